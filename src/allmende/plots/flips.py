"""Charts of where an effect turns its sign: along one parameter, and on the plane of two."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from allmende.conditions.hinges import FlipMap
from allmende.conditions.thresholds import Cell, Odds, Threshold
from allmende.plots.vegalite import (
    DIVERGING,
    INK,
    MUTED,
    NEUTRAL,
    PAPER,
    SERIES,
    Rows,
    Specification,
    layered,
    tooltip,
    values,
)

__all__ = ["flip_map", "odds_curve"]

_STEPS = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)
_SURE, _UNSURE = 0.9, 0.1
_SIDE = 340
_WIDE = 10.0
_FEW = 3


class _Tile(NamedTuple):
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    x: float
    y: float
    more: float
    effect: float | None
    sign: str


class _Here(NamedTuple):
    x: float
    y: float
    label: str


class _Line(NamedTuple):
    value: float
    low: float
    high: float


def flip_map(
    found: FlipMap,
    *,
    here: tuple[float, float],
    label: str,
    title: str,
    origin: str,
    words: tuple[str, str],
    legend: str,
) -> Specification:
    """The plane of two parameters, coloured by the share of worlds in which the outcome rises.

    A sign stands in the parts where nine of ten worlds agree, for those who cannot tell the colours.

    Args:
        found: The map.
        here: Where the community is believed to stand on both parameters.
        label: What is written beside that point.
        title: What is shown.
        origin: "observed" or "simulated".
        words: Names of the parameters with their units, across and up.
        legend: What is coloured.
    """
    wide_x = _is_wide([(cell.x_low, cell.x_high) for cell in found.cells])
    wide_y = _is_wide([(cell.y_low, cell.y_high) for cell in found.cells])
    tiles = [_tile(cell, wide_x=wide_x, wide_y=wide_y) for cell in found.cells]
    x, y = _axis("x", words[0], wide=wide_x), _axis("y", words[1], wide=wide_y)
    scale: Specification = {"type": "threshold", "domain": list(_STEPS), "range": list(DIVERGING)}
    colour: Specification = {
        "field": "more", "type": "quantitative", "scale": scale,
        "legend": {
            "title": legend, "format": ".0%", "direction": "horizontal", "gradientLength": 250,
            "titleColor": MUTED, "titleFontSize": 12, "titleFontWeight": "normal",
        },
    }  # fmt: skip
    drawn = layered(
        title,
        origin,
        [
            {
                "data": values(tiles),
                "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 1},
                "encoding": {
                    "x": {**x, "field": "x_low"},
                    "x2": {"field": "x_high"},
                    "y": {**y, "field": "y_low"},
                    "y2": {"field": "y_high"},
                    "color": colour,
                    "tooltip": tooltip(x=",.3~g", y=",.3~g", more=".0%", effect=",.3~g"),
                },
            },
            _text(tiles, x, y),
            *_here(_Here(*here, label), x, y),
        ],
        height=_SIDE,
    )
    # Seven colours with six figures between them need more room than a legend usually has.
    legends = {**drawn["config"]["legend"], "gradientHorizontalMaxLength": 260, "gradientLength": 260}
    return {**drawn, "config": {**drawn["config"], "legend": legends}}


def odds_curve(
    found: Sequence[Odds],
    *,
    thresholds: Sequence[Threshold],
    here: float,
    title: str,
    origin: str,
    words: str,
    legend: str,
) -> Specification:
    """The share of worlds in which the outcome rises, along one parameter, with its band.

    Args:
        found: The share at values of the parameter.
        thresholds: Where the sign turns.
        here: Where the community is believed to stand.
        title: What is shown.
        origin: "observed" or "simulated".
        words: Name of the parameter with its unit.
        legend: What is drawn.
    """
    x = _axis("value", words, wide=_is_wide([(found[2].value, found[-3].value)]))
    y: Specification = {
        "field": "more", "type": "quantitative", "title": legend,
        "axis": {"format": "~%", "tickCount": 5}, "scale": {"domain": [0, 1]},
    }  # fmt: skip
    edges = [_Line(each.value, each.low, each.high) for each in thresholds]
    layers: list[Specification] = [
        {
            "data": values(edges),
            "mark": {"type": "rect", "color": NEUTRAL, "opacity": 0.25},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "data": {"values": [{"more": 0.5}]},
            "mark": {"type": "rule", "strokeDash": [5, 4], "color": NEUTRAL, "strokeWidth": 1.5},
            "encoding": {"y": y},
        },
        {
            "data": values(found),
            "mark": {"type": "area", "opacity": 0.2, "color": SERIES[0]},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": values(found),
            "mark": {"type": "line", "strokeWidth": 2, "color": SERIES[0]},
            "encoding": {
                "x": x,
                "y": y,
                "tooltip": tooltip(value=",.3~g", more=".0%", low=".0%", high=".0%"),
            },
        },
        {
            "data": {"values": [{"value": here}]},
            "mark": {"type": "rule", "strokeWidth": 2, "color": INK},
            "encoding": {"x": x},
        },
    ]
    return layered(title, origin, layers if edges else layers[1:], height=200)


def _tile(cell: Cell, *, wide_x: bool, wide_y: bool) -> _Tile:
    x_low, x_high, y_low, y_high, more, size = cell
    sign = "+" if more >= _SURE else "\u2212" if more <= _UNSURE else ""
    x, y = _middle(x_low, x_high, wide=wide_x), _middle(y_low, y_high, wide=wide_y)
    return _Tile(x_low, x_high, y_low, y_high, x, y, more, size if isfinite(size) else None, sign)


def _middle(low: float, high: float, *, wide: bool) -> float:
    return float((low * high) ** 0.5) if wide else (low + high) / 2


def _is_wide(ends: Sequence[tuple[float, float]]) -> bool:
    """Whether most values are of different orders of magnitude, so that a logarithmic axis shows them.

    Args:
        ends: Ends of the cells along an axis, or the ends of the axis alone.
    """
    edges = sorted({each for pair in ends for each in pair})
    low, high = (edges[1], edges[-2]) if len(edges) > _FEW else (edges[0], edges[-1])
    return low > 0 and high / low > _WIDE


def _axis(name: str, title: str, *, wide: bool) -> dict[str, Any]:
    return {
        "field": name,
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "nice": False} if wide else {"zero": False, "nice": False},
        "axis": {"format": "~g" if wide else ".3~g", "grid": False, "tickCount": 5},
    }


def _text(tiles: Rows, x: dict[str, Any], y: dict[str, Any]) -> Specification:
    return {
        "data": values(tiles),
        "mark": {"type": "text", "color": PAPER, "fontSize": 12, "fontWeight": "bold"},
        "encoding": {"x": x, "y": y, "text": {"field": "sign", "type": "nominal"}},
    }


def _here(point: _Here, x: dict[str, Any], y: dict[str, Any]) -> list[Specification]:
    at = {"x": x, "y": y}
    return [
        {
            "data": values([point]),
            "mark": {
                "type": "point", "filled": True, "size": 130, "opacity": 1, "color": INK, "stroke": PAPER,
                "strokeWidth": 2,
            },
            "encoding": at,
        },
        # The words lie on many colours: a rim of the paper's colour keeps them readable on all of them.
        *(
            {
                "data": values([point]),
                "mark": {
                    "type": "text", "align": "left", "dx": 11, "dy": -9, "fontSize": 13,
                    "fontWeight": "bold", "color": INK, **rim,
                },
                "encoding": at | {"text": {"field": "label", "type": "nominal"}},
            }
            for rim in ({"stroke": PAPER, "strokeWidth": 4}, {})
        ),
    ]  # fmt: skip
