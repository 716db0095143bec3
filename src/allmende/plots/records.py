"""Charts of a record and of what was measured in it."""

from collections.abc import Sequence
from typing import NamedTuple

from allmende.plots.vegalite import (
    FAINT,
    NEUTRAL,
    PAPER,
    SEQUENCE,
    SERIES,
    Specification,
    area,
    chart,
    colours,
    layered,
    line,
    line_end,
    periods,
    reference_line,
    spread,
    tooltip,
    values,
)
from allmende.summaries import CohortActivity, HourCell, LorenzPoint, OrganisationActivity, ReferencePoint

__all__ = [
    "CurveRow",
    "SeriesRow",
    "cohorts",
    "curve",
    "heat",
    "lorenz",
    "organisations",
    "series",
]


class CurveRow(NamedTuple):
    """A point of a curve; y is None where data are too few."""

    x: float
    label: str
    y: float | None
    low: float | None
    high: float | None
    members: float


class SeriesRow(NamedTuple):
    """An indicator in a period; value is None where it refused."""

    period: str
    value: float | None
    low: float | None
    high: float | None


def cohorts(rows: Sequence[CohortActivity], *, origin: str, x_title: str) -> Specification:
    """Active members by period, stacked by the years in which they came.

    Args:
        rows: `summaries.CohortActivity`.
        origin: "observed" or "simulated".
        x_title: What a period is.
    """
    names = list(dict.fromkeys(row.cohort for row in rows))
    return chart(
        "Active members by year of first contribution",
        origin,
        rows,
        mark={"type": "bar", "stroke": PAPER, "strokeWidth": 0.5},
        encoding={
            "x": periods(x_title),
            "y": {"field": "members", "type": "quantitative", "title": "active members"},
            "color": colours("cohort", names, spread(SEQUENCE[::-1], len(names))),
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": tooltip(period="nominal", cohort="nominal", members="quantitative"),
        },
        place_of=("cohort", names),
    )


def organisations(rows: Sequence[OrganisationActivity], *, origin: str, x_title: str) -> Specification:
    """Shares of contributions by organisation and period.

    Args:
        rows: `summaries.OrganisationActivity`.
        origin: "observed" or "simulated".
        x_title: What a period is.
    """
    names = list(dict.fromkeys(row.organisation for row in rows))
    known = [name for name in names if name not in {"others", "unknown"}]
    palette = {name: SERIES[i % len(SERIES)] for i, name in enumerate(known)}
    palette |= {"others": NEUTRAL, "unknown": FAINT}
    return chart(
        "Contributions by organisation, as far as mail domains tell",
        origin,
        rows,
        mark={"type": "bar", "stroke": PAPER, "strokeWidth": 0.5},
        encoding={
            "x": periods(x_title),
            "y": {
                "field": "contributions",
                "type": "quantitative",
                "stack": "normalize",
                "title": "share of contributions",
                "axis": {"format": "%"},
            },
            "color": colours("organisation", names, [palette[name] for name in names]),
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": tooltip(period="nominal", organisation="nominal", contributions="quantitative"),
        },
        place_of=("organisation", names),
    )


def lorenz(rows: Sequence[LorenzPoint], *, origin: str) -> Specification:
    """The Lorenz curve with the line of equality.

    Args:
        rows: `summaries.LorenzPoint`.
        origin: "observed" or "simulated".
    """
    percent = {"axis": {"format": "%", "tickCount": 5}, "scale": {"domain": [0, 1]}, "type": "quantitative"}
    x = {"field": "members", "title": "share of members, least active first", **percent}
    y = {"field": "contributions", "title": "share of contributions", **percent}
    return layered(
        "How unequally the work is shared",
        origin,
        [
            {"data": values(rows), "mark": area(), "encoding": {"x": x, "y": y}},
            {
                "data": {"values": [{"members": 0, "contributions": 0}, {"members": 1, "contributions": 1}]},
                "mark": reference_line(),
                "encoding": {"x": x, "y": y},
            },
            {
                "data": values(rows),
                "mark": line(),
                "encoding": {"x": x, "y": y, "tooltip": tooltip(members=".1%", contributions=".1%")},
            },
        ],
    )


def curve(
    rows: Sequence[CurveRow],
    *,
    title: str,
    origin: str,
    x_title: str,
    y_title: str,
    share: bool = False,
    logarithmic: bool = False,
    reference: Sequence[ReferencePoint] = (),
    reference_name: str = "",
) -> Specification:
    """A curve with its interval at each point.

    Args:
        rows: Its points.
        title: What the curve is.
        origin: "observed" or "simulated".
        x_title: What x is, with its unit.
        y_title: What y is, with its unit.
        share: Whether y is a share, written in per cent.
        logarithmic: Whether both axes are logarithmic.
        reference: What theory expects, drawn dashed.
        reference_name: What the dashed line is.
    """
    scale: Specification = {"type": "log"} if logarithmic else {}
    axis = {"format": "~%" if share else "~g"}
    x = {"field": "x", "type": "quantitative", "title": x_title, "scale": {**scale, "nice": False}}
    y = {"field": "y", "type": "quantitative", "title": y_title, "scale": dict(scale), "axis": axis}
    number = ".1%" if share else ".4~g"
    layers: list[Specification] = [
        {
            "data": values(rows),
            "mark": {"type": "area", "color": SERIES[0], "opacity": 0.18},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {"data": values(rows), "mark": line(), "encoding": {"x": x, "y": y}},
        {
            "data": values(rows),
            "mark": {"type": "point", "filled": True, "size": 44, "opacity": 1, "color": SERIES[0]},
            "encoding": {
                "x": x,
                "y": y,
                "tooltip": [
                    {"field": "label", "type": "nominal", "title": x_title},
                    *tooltip(y=number, low=number, high=number, members="quantitative"),
                ],
            },
        },
    ]
    if reference:
        layers.insert(1, {"data": values(reference), "mark": reference_line(), "encoding": {"x": x, "y": y}})
        layers.append(line_end(reference, reference_name, x, y))
    return layered(title, origin, layers)


def heat(rows: Sequence[HourCell], *, origin: str) -> Specification:
    """Acts by weekday and hour.

    Args:
        rows: `summaries.HourCell`.
        origin: "observed" or "simulated".
    """
    days = list(dict.fromkeys(row.weekday for row in rows))
    most = max((row.acts for row in rows), default=1)
    return chart(
        "When members act, by their own clocks",
        origin,
        rows,
        mark={"type": "rect", "stroke": PAPER, "strokeWidth": 1.5, "cornerRadius": 2},
        encoding={
            "x": {
                "field": "hour",
                "type": "ordinal",
                "title": "hour of the member's clock",
                "axis": {"labelAngle": 0, "labelOverlap": "greedy", "domain": False},
                "scale": {"padding": 0},
            },
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "sort": days,
                "title": None,
                "axis": {"labelExpr": "slice(datum.label, 0, 3)"},
                "scale": {"padding": 0},
            },
            "color": {
                "field": "acts",
                "type": "quantitative",
                "scale": {"type": "quantize", "domain": [0, most], "range": list(SEQUENCE)},
                "legend": {"direction": "horizontal", "format": ",.0f", "columns": 6},
            },
            "tooltip": tooltip(weekday="nominal", hour="nominal", acts="quantitative"),
        },
        height=200,
    )


def series(
    rows: Sequence[SeriesRow],
    *,
    title: str,
    origin: str,
    y_title: str,
    share: bool = False,
    height: int = 150,
) -> Specification:
    """An indicator over time with its interval.

    Args:
        rows: Its periods.
        title: The question it answers.
        origin: "observed" or "simulated".
        y_title: The unit.
        share: Whether it is a share, written in per cent.
        height: Height in pixels.
    """
    x = periods(None)
    axis = {"format": "~%" if share else "~s", "tickCount": 4}
    y = {"field": "value", "type": "quantitative", "title": y_title, "axis": axis, "scale": {"zero": True}}
    number = ".1%" if share else ",.4~g"
    return layered(
        title,
        origin,
        [
            {
                "data": values(rows),
                "mark": {"type": "rule", "color": SERIES[0], "opacity": 0.35, "strokeWidth": 5},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {"data": values(rows), "mark": {**line(), "opacity": 0.7}, "encoding": {"x": x, "y": y}},
            {
                "data": values(rows),
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": SERIES[0]},
                "encoding": {
                    "x": x,
                    "y": y,
                    "tooltip": tooltip(period="nominal", value=number, low=number, high=number),
                },
            },
        ],
        height=height,
    )
