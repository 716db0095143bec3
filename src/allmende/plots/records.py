"""Charts of a record and of what was measured in it."""

from collections.abc import Sequence
from typing import NamedTuple

from allmende.plots.vegalite import (
    FAINT,
    INK,
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
    periods,
    point,
    reference_line,
    spread,
    tooltip,
    unique,
    values,
)
from allmende.summaries import CohortActivity, HourCell, LorenzPoint, OrganisationActivity, ReferencePoint

__all__ = [
    "CurveRow",
    "SeriesRow",
    "categories",
    "cohorts",
    "curve",
    "heat",
    "lorenz",
    "organisations",
    "series",
]


_WHOLE = {"tickMinStep": 1}
_DECADES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


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
    names = unique(row.cohort for row in rows)
    return chart(
        "Active members by year of first contribution",
        origin,
        rows,
        mark={"type": "bar", "stroke": PAPER, "strokeWidth": 0.5},
        encoding={
            "x": periods(x_title, unique(row.period for row in rows), bars=True),
            "y": {"field": "members", "type": "quantitative", "title": "active members", "axis": _WHOLE},
            "color": colours("cohort", names, spread(SEQUENCE[:0:-1], len(names))),
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
    names = unique(row.organisation for row in rows)
    known = [name for name in names if name not in {"others", "unknown"}]
    palette = {name: SERIES[i % len(SERIES)] for i, name in enumerate(known)}
    palette |= {"others": NEUTRAL, "unknown": FAINT}
    return chart(
        "Contributions by organisation, as far as mail domains tell",
        origin,
        rows,
        mark={"type": "bar", "stroke": PAPER, "strokeWidth": 0.5},
        encoding={
            "x": periods(x_title, unique(row.period for row in rows), bars=True),
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


def lorenz(rows: Sequence[LorenzPoint], *, origin: str, intervals: Sequence[CurveRow] = ()) -> Specification:
    """The Lorenz curve with the line of equality.

    Args:
        rows: Its points.
        origin: "observed" or "simulated".
        intervals: Points of the curve with their intervals.
    """
    percent: Specification = {"type": "quantitative", "axis": {"format": "%", "tickCount": 5}}
    x = {"field": "members", "title": "share of members, least active first", **percent}
    y = {"field": "contributions", "title": "share of contributions", **percent}
    equality = [LorenzPoint(0.0, 0.0), LorenzPoint(1.0, 1.0)]
    tips = tooltip(members=".1%", contributions=".1%")
    return layered(
        "How unequally the work is shared",
        origin,
        [
            {"data": values(equality), "mark": reference_line(), "encoding": {"x": x, "y": y}},
            {
                "data": values(intervals),
                "mark": area(),
                "encoding": {
                    "x": {**x, "field": "x"},
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                },
            },
            {"data": values(rows), "mark": line(), "encoding": {"x": x, "y": y, "tooltip": tips}},
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
    """
    scale: Specification = {"type": "log"} if logarithmic else {}
    axis: Specification = {"format": "~%" if share else "~g"}
    if logarithmic:
        axis["values"] = list(_DECADES)
    x = {"field": "x", "type": "quantitative", "title": x_title, "scale": {**scale, "nice": False}}
    y = {"field": "y", "type": "quantitative", "title": y_title, "scale": dict(scale), "axis": axis}
    layers: list[Specification] = [
        {"data": values(reference), "mark": reference_line(), "encoding": {"x": x, "y": y}},
        {
            "data": values(rows),
            "mark": area(),
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {"data": values(rows), "mark": line(), "encoding": {"x": x, "y": y}},
        {
            "data": values(rows),
            "mark": point(),
            "encoding": {"x": x, "y": y, "tooltip": _curve_tips(x_title, share=share)},
        },
    ]
    return layered(title, origin, layers if reference else layers[1:])


def categories(
    rows: Sequence[CurveRow],
    *,
    title: str,
    origin: str,
    x_title: str,
    y_title: str,
    share: bool = False,
) -> Specification:
    """Bars with intervals, for an answer whose points are classes or names rather than places on a line.

    Args:
        rows: Its points, from top to bottom.
        title: What they show.
        origin: "observed" or "simulated".
        x_title: What the classes are.
        y_title: What is measured, with its unit.
        share: Whether that is a share, written in per cent.
    """
    axis = {"format": "~%" if share else "~g", "grid": True, "domain": False}
    x = {"field": "y", "type": "quantitative", "title": y_title, "axis": axis}
    y = {
        "field": "label",
        "type": "ordinal",
        "sort": [row.label for row in rows],
        "title": x_title,
        "axis": {"labelLimit": 150},
        "scale": {"padding": 0.25},
    }
    return layered(
        title,
        origin,
        [
            {
                "data": values(rows),
                "mark": {"type": "bar", "color": SERIES[0], "opacity": 0.55, "cornerRadiusEnd": 2},
                "encoding": {"x": x, "y": y, "tooltip": _curve_tips(x_title, share=share)},
            },
            {
                "data": values(rows),
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
            },
        ],
        height=max(120, 34 * len(rows)),
    )


def heat(rows: Sequence[HourCell], *, origin: str) -> Specification:
    """Acts by weekday and hour.

    Args:
        rows: `summaries.HourCell`.
        origin: "observed" or "simulated".
    """
    days = unique(row.weekday for row in rows)
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
    x = periods(None, unique(row.period for row in rows))
    axis = {"format": "~%" if share else "~s", "tickCount": 4}
    y = {"field": "value", "type": "quantitative", "title": y_title, "axis": axis, "scale": {"zero": True}}
    number = ".1%" if share else ",.4~g"
    return layered(
        title,
        origin,
        [
            {
                "data": values(rows),
                "mark": _rule(),
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {"data": values(rows), "mark": {**line(), "opacity": 0.7}, "encoding": {"x": x, "y": y}},
            {
                "data": values(rows),
                "mark": {**point(), "size": 34},
                "encoding": {
                    "x": x,
                    "y": y,
                    "tooltip": tooltip(period="nominal", value=number, low=number, high=number),
                },
            },
        ],
        height=height,
    )


def _curve_tips(x_title: str, *, share: bool) -> list[Specification]:
    number = ".1%" if share else ".4~g"
    label = {"field": "label", "type": "nominal", "title": x_title}
    return [label, *tooltip(y=number, low=number, high=number, members="quantitative")]


def _rule() -> Specification:
    return {"type": "rule", "color": SERIES[0], "opacity": 0.35, "strokeWidth": 5}
