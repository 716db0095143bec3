"""Vega-Lite: the pieces that all charts are put together from - frame, axes, colours, marks.

Colours are those of Okabe and Ito (2008), told apart by colour-blind eyes, one sequential scale of
blues, and one from orange over grey to blue, whose ends are told apart by the same eyes.
Pages may replace each by their own for a dark background: `COLOURS` names the role of each.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = [
    "COLOURS",
    "DIVERGING",
    "FAINT",
    "HEIGHT",
    "INK",
    "MUTED",
    "NEUTRAL",
    "PAPER",
    "SEQUENCE",
    "SERIES",
    "Rows",
    "Specification",
    "area",
    "chart",
    "colours",
    "layered",
    "line",
    "periods",
    "point",
    "reference_line",
    "spread",
    "tooltip",
    "unique",
    "values",
]

Specification = dict[str, Any]
Rows = Sequence[NamedTuple]

INK, MUTED, GRID, PAPER = "#1f2328", "#57606a", "#d8dee4", "#fffffe"
SERIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d1f", "#7b6fb0")
SEQUENCE = ("#dcebf4", "#aed4e6", "#74b5d2", "#3a8fb7", "#1d6a96", "#0d4770")
DIVERGING = ("#b8500c", "#e2924f", "#f3cda5", "#e8eaec", "#b5d8ea", "#5ba6d0", "#0b5d8b")
NEUTRAL, FAINT = "#9aa4ae", "#c9d1d9"

COLOURS: Mapping[str, str] = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    PAPER: "paper",
    NEUTRAL: "neutral",
    FAINT: "faint",
    **{colour: f"series-{i}" for i, colour in enumerate(SERIES, 1)},
    **{colour: f"sequence-{i}" for i, colour in enumerate(SEQUENCE, 1)},
    **{colour: f"diverging-{i}" for i, colour in enumerate(DIVERGING, 1)},
}
"""The name of the role of each colour that a specification may contain."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
HEIGHT = 260
_CONFIG: Specification = {
    "aria": False,
    "background": "transparent",
    "font": _FONT,
    "padding": 0,
    "view": {"stroke": None},
    "axis": {
        "domainColor": NEUTRAL,
        "gridColor": GRID,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelPadding": 5,
        "ticks": False,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "axisY": {"domain": False, "tickCount": 5},
    "axisX": {"grid": False, "labelOverlap": "greedy", "labelSeparation": 6},
    "legend": {
        "columns": {"expr": "max(2, floor(width / 135))"},
        "labelLimit": 105,
        "labelColor": INK,
        "labelFontSize": 12,
        "orient": "top",
        "offset": 12,
        "rowPadding": 4,
        "columnPadding": 14,
        "symbolSize": 110,
        "symbolStrokeWidth": 0,
        "symbolType": "square",
        "title": None,
    },
    "title": {
        "anchor": "start",
        "color": INK,
        "subtitleColor": MUTED,
        "fontSize": 15,
        "subtitleFontSize": 12,
    },
}


def chart(
    title: str,
    origin: str,
    rows: Rows,
    *,
    mark: Specification,
    encoding: Specification,
    height: int = HEIGHT,
    place_of: tuple[str, list[str]] | None = None,
) -> Specification:
    """A chart of one mark.

    Args:
        title: What it shows.
        origin: "observed" or "simulated".
        rows: The rows drawn.
        mark: Vega-Lite mark.
        encoding: Vega-Lite encoding.
        height: Height in pixels.
        place_of: A field and its values in the order in which they are stacked.
    """
    table = [row._asdict() for row in rows]
    if place_of is not None:
        name, order = place_of
        table = [{**row, "place": order.index(row[name])} for row in table]
    return _framed(title, origin, height) | {"data": {"values": table}, "mark": mark, "encoding": encoding}


def layered(title: str, origin: str, layers: list[Specification], *, height: int = HEIGHT) -> Specification:
    """A chart of several marks, each with its own data."""
    return _framed(title, origin, height) | {"layer": layers}


def _framed(title: str, origin: str, height: int) -> Specification:
    return {
        "$schema": _SCHEMA,
        "title": {"text": title, "subtitle": origin},
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _CONFIG,
    }


def values(rows: Rows) -> Specification:
    """Rows as the data of a layer."""
    return {"values": [row._asdict() for row in rows]}


def periods(title: str | None, order: Sequence[str], *, bars: bool = False) -> Specification:
    """The x axis of calendar periods, in this order; bars have a width and a space between them."""
    # Labels stay level and give way to each other: a tilted year is hard to read on a telephone.
    return {
        "field": "period",
        "type": "ordinal",
        "sort": list(order),
        "title": title,
        "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6},
        "scale": {"paddingInner": 0.15, "paddingOuter": 0.1} if bars else {"paddingOuter": 0.1},
    }


def colours(name: str, domain: list[str], palette: Sequence[str]) -> Specification:
    """One colour for each value of a field."""
    return {
        "field": name,
        "type": "nominal",
        "scale": {"domain": domain, "range": list(palette)},
        "sort": domain,
    }


def spread(scale: Sequence[str], count: int) -> list[str]:
    """As many colours as asked for, evenly over a sequential scale.

    >>> spread(("a", "b", "c"), 2)
    ['a', 'c']
    """
    if count <= 1:
        return [scale[1]]
    return [scale[round(i * (len(scale) - 1) / (count - 1))] for i in range(count)]


def tooltip(**formats: str) -> list[Specification]:
    """What the pointer shows: fields with "nominal", "quantitative" (thousands apart) or a number format."""
    return [
        {"field": name, "type": kind, **({"format": ","} if kind == "quantitative" else {})}
        if kind in {"nominal", "quantitative"}
        else {"field": name, "type": "quantitative", "format": kind}
        for name, kind in formats.items()
    ]


def line() -> Specification:
    """A line in the first colour."""
    return {"type": "line", "strokeWidth": 2, "color": SERIES[0]}


def unique(names: Iterable[str]) -> list[str]:
    """Each name once, in the order of its first appearance."""
    return list(dict.fromkeys(names))


def point() -> Specification:
    """A filled point in the first colour."""
    return {"type": "point", "filled": True, "size": 44, "opacity": 1, "color": SERIES[0]}


def area() -> Specification:
    """A pale area in the first colour."""
    return {"type": "area", "color": SERIES[0], "opacity": 0.18}


def reference_line() -> Specification:
    """A dashed grey line: what theory or equality would be."""
    return {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": NEUTRAL}
