"""Charts of claims: shares with intervals, closed forms beside the simulation, maps of regions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from allmende.examination.places import HARMS, REGIONS
from allmende.exhibits import Bars, Case, Field, Lines, Pane
from allmende.plots.vegalite import (
    INK,
    NEUTRAL,
    SERIES,
    Specification,
    colours,
    layered,
    tooltip,
    unique,
    values,
)

__all__ = ["bars", "lines", "regions"]

_ROW, _LEAST = 22, 120
_REGIONS = (NEUTRAL, SERIES[5], SERIES[2])
_HARMS = (NEUTRAL, SERIES[1], SERIES[5])
_TWO_REGIONS = (SERIES[0], SERIES[1])
_PALETTES: Mapping[tuple[str, ...], tuple[str, ...]] = {REGIONS: _REGIONS, HARMS: _HARMS}
_SIDE = 300


class _Point(NamedTuple):
    label: str
    kind: str
    x: float
    y: float
    low: float
    high: float


class _Case(NamedTuple):
    name: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    model: str
    evidence: str


def bars(exhibit: Bars) -> Specification:
    """Numbers with their intervals, one below the other; those of one label side by side.

    Args:
        exhibit: The numbers.
    """
    labels, groups = unique(bar.label for bar in exhibit.bars), unique(bar.group for bar in exhibit.bars)
    share = exhibit.unit == "share"
    number = ".1%" if share else ",.3~g"
    x: Specification = {
        "field": "mid",
        "type": "quantitative",
        "title": None,
        "axis": {"format": "~%" if share else "~g", "tickCount": 5, "grid": True},
        "scale": {"zero": not any(bar.mid < 0 for bar in exhibit.bars), "nice": True},
    }
    y: Specification = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "title": None,
        "axis": {"labelLimit": 260},
    }
    shared: Specification = {"y": y, "color": _coloured("group", groups)}
    if len(labels) < len(exhibit.bars):
        shared["yOffset"] = {"field": "group", "type": "nominal", "sort": groups}
    many = len(labels) * (1 if len(labels) == len(exhibit.bars) else len(groups) * 0.65)
    return layered(
        exhibit.title,
        exhibit.says,
        [
            {
                "data": values(exhibit.bars),
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {**shared, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "data": values(exhibit.bars),
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {
                    **shared,
                    "x": x,
                    "tooltip": tooltip(label="nominal", group="nominal", mid=number, low=number, high=number),
                },
            },
        ],
        height=max(_LEAST, round(_ROW * many)),
    )


def lines(exhibit: Lines) -> Specification:
    """Closed forms as lines, the simulation as points with intervals.

    Args:
        exhibit: The curves.
    """
    rows = [
        _Point(curve.label, curve.kind, point.x, point.y, point.low, point.high)
        for curve in exhibit.curves
        for point in curve.points
    ]
    labels = unique(row.label for row in rows)
    colour = _coloured("label", labels)
    x = {
        "field": "x",
        "type": "quantitative",
        "title": exhibit.x,
        "axis": {"format": ",~f", "tickCount": 5, "grid": False},
        "scale": {"type": "log" if exhibit.log_x else "linear", "nice": False},
    }
    y = {"field": "y", "type": "quantitative", "title": exhibit.y, "axis": {"format": ",~f"}}
    closed = [row for row in rows if row.kind == "closed form"]
    tried = [row for row in rows if row.kind != "closed form"]
    layers = [
        {
            "data": values(closed),
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": values(tried),
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
        },
        {
            "data": values(tried),
            "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": colour,
                "tooltip": tooltip(
                    label="nominal", kind="nominal", x=",.4~g", y=".3~g", low=".3~g", high=".3~g"
                ),
            },
        },
    ]
    return layered(exhibit.title, exhibit.says, layers)


def regions(exhibit: Field, pane: Pane) -> Specification:
    """A map of regions: fields in the colour of their region, real communities as points with their spans.

    Args:
        exhibit: The map.
        pane: Which of its panes.
    """
    palette = _PALETTES.get(exhibit.regions, _TWO_REGIONS)
    cells = pane.cells
    least, most = min(cell.x for cell in cells), max(cell.x2 for cell in cells)
    across = {
        "type": "quantitative",
        "title": _two_lines(exhibit.x),
        "axis": {"format": "~g", "tickCount": 5, "grid": False},
        "scale": {"type": "log", "domain": [least, most], "nice": False, "clamp": True},
    }
    up = {
        "type": "quantitative",
        "title": _two_lines(exhibit.y),
        "axis": {
            "format": "~g" if exhibit.log_y or max(cell.y2 for cell in cells) < 1 else "~%",
            "grid": False,
        },
        "scale": {
            "type": "log" if exhibit.log_y else "linear",
            "domain": [min(cell.y for cell in cells), max(cell.y2 for cell in cells)],
            "nice": False,
        },
    }
    layers: list[Specification] = [
        {
            "data": values(cells),
            "mark": {"type": "rect", "opacity": 0.55},
            "encoding": {
                "x": {"field": "x", **across},
                "x2": {"field": "x2"},
                "y": {"field": "y", **up},
                "y2": {"field": "y2"},
                "color": colours("region", list(exhibit.regions), palette) | {"legend": {"labelLimit": 160}},
                "tooltip": tooltip(region="nominal", effect=".1%", x=".3~g", y=".2~g"),
            },
        },
        *_cases(pane.cases, across, up),
    ]
    return layered(pane.title, exhibit.says, layers, height=_SIDE)


def _cases(cases: Sequence[Case], across: Specification, up: Specification) -> list[Specification]:
    rows = [
        _Case(
            case.name, case.x, case.x_low, case.x_high, case.y, case.y_low, case.y_high,
            " or ".join(case.predicted), " or ".join(case.seen),
        )
        for case in cases
    ]  # fmt: skip
    x, y = {"field": "x", **across}, {"field": "y", **up}
    rule = {"type": "rule", "strokeWidth": 1.5, "color": INK, "opacity": 0.75}
    if not rows:
        return []
    return [
        {
            "data": values(rows),
            "mark": rule,
            "encoding": {"x": {**x, "field": "x_low"}, "x2": {"field": "x_high"}, "y": y},
        },
        {
            "data": values(rows),
            "mark": rule,
            "encoding": {"x": x, "y": {**y, "field": "y_low"}, "y2": {"field": "y_high"}},
        },
        {
            "data": values(rows),
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": INK},
            "encoding": {
                "x": x,
                "y": y,
                "tooltip": tooltip(name="nominal", model="nominal", evidence="nominal"),
            },
        },
        {
            "data": values(rows),
            "mark": {"type": "text", "align": "left", "dx": 7, "dy": -8, "fontSize": 12, "color": INK},
            "encoding": {"x": x, "y": y, "text": {"field": "name", "type": "nominal"}},
        },
    ]


def _two_lines(title: str) -> list[str]:
    """A title on two lines where it has a part in brackets.

    >>> _two_lines("money (1 = ten dollars)"), _two_lines("money")
    (['money', '(1 = ten dollars)'], ['money'])
    """
    before, bracket, rest = title.partition(" (")
    return [before, f"({rest}"] if bracket else [before]


def _coloured(field: str, groups: list[str]) -> Specification:
    palette = [SERIES[i % len(SERIES)] for i in range(len(groups))]
    if tuple(groups) == REGIONS:
        palette = list(_REGIONS)
    colour = colours(field, groups, palette)
    colour["legend"] = {"columns": 1, "labelLimit": 320} if len(groups) > 1 else None
    return colour
