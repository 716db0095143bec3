"""Charts of forecasts: what was, what is expected with its intervals, and what happened where it is known."""

from collections.abc import Sequence
from typing import NamedTuple

from allmende.plots.vegalite import (
    INK,
    SERIES,
    Specification,
    layered,
    line,
    periods,
    tooltip,
    values,
)

__all__ = ["FanRow", "fan"]


class FanRow(NamedTuple):
    """A month of a forecast, or of the record before it.

    Args:
        period: The month as text.
        known: What happened; None where it is not known.
        mid: The middle of the forecast; None before it begins.
        low50: Low end of the interval that holds half of the futures.
        high50: Its high end.
        low80: Low end of the interval of four fifths.
        high80: Its high end.
        low95: Low end of the interval of nineteen twentieths.
        high95: Its high end.
    """

    period: str
    known: float | None
    mid: float | None = None
    low50: float | None = None
    high50: float | None = None
    low80: float | None = None
    high80: float | None = None
    low95: float | None = None
    high95: float | None = None


def fan(rows: Sequence[FanRow], *, title: str, origin: str, y_title: str) -> Specification:
    """The record as a line, the forecast as nested bands, and as points what happened afterwards.

    Args:
        rows: Months in order.
        title: What is forecast.
        origin: What the reader should know before looking.
        y_title: The unit.
    """
    x = periods("month", [row.period for row in rows])
    before = [row for row in rows if row.mid is None]
    coming = [row for row in rows if row.mid is not None]
    since = [row for row in coming if row.known is not None]
    y: Specification = {"field": "mid", "type": "quantitative", "title": y_title}
    bands = [
        {
            "data": values(coming),
            "mark": {"type": "area", "color": SERIES[0], "opacity": opacity},
            "encoding": {"x": x, "y": {**y, "field": f"low{level}"}, "y2": {"field": f"high{level}"}},
        }
        for level, opacity in ((95, 0.12), (80, 0.18), (50, 0.28))
    ]
    told = tooltip(
        period="nominal", mid=",.4~g", low80=",.4~g", high80=",.4~g", low95=",.4~g", high95=",.4~g"
    )
    lines = [
        {
            "data": values(before),
            "mark": {"type": "line", "strokeWidth": 1.5, "color": INK},
            "encoding": {
                "x": x,
                "y": {**y, "field": "known"},
                "tooltip": tooltip(period="nominal", known="quantitative"),
            },
        },
        {"data": values(coming), "mark": line(), "encoding": {"x": x, "y": y, "tooltip": told}},
    ]
    points = [
        {
            "data": values(since),
            "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": INK},
            "encoding": {
                "x": x,
                "y": {**y, "field": "known"},
                "tooltip": tooltip(period="nominal", known="quantitative"),
            },
        }
    ]
    return layered(title, origin, [*bands, *lines, *(points if since else [])])
