"""The triangle of the three economies: where communities stand, how surely, and where they went."""

from collections.abc import Mapping, Sequence
from math import atan2, sqrt
from typing import NamedTuple

from allmende.indicator import Interval
from allmende.plots.vegalite import (
    FAINT,
    INK,
    MUTED,
    NEUTRAL,
    SERIES,
    Specification,
    colours,
    layered,
    tooltip,
    unique,
    values,
)

__all__ = ["CORNERS", "PlacedPoint", "region", "ternary"]

CORNERS: Mapping[str, tuple[float, float]] = {
    "sharing": (0.0, 0.0),
    "commons": (0.5, sqrt(3) / 2),
    "crowdsourcing": (1.0, 0.0),
}
"""Where on the plane a community stands that is one economy alone."""

_SIDE = 440
_STEPS = (0.25, 0.5, 0.75)
_SLACK = 1e-9
_APART = (0.2, 0.035)
"""Points nearer than this, across and up, share a label."""
_THREE = 3


class PlacedPoint(NamedTuple):
    """A community in a span of time.

    Args:
        community: Its name.
        period: The span, as text.
        verdict: What was decided.
        shares: The three shares with their intervals, by economy.
    """

    community: str
    period: str
    verdict: str
    shares: Mapping[str, Interval]


class _Point(NamedTuple):
    community: str
    period: str
    verdict: str
    sharing: float
    commons: float
    crowdsourcing: float
    x: float
    y: float
    step: int
    label: str


class _Vertex(NamedTuple):
    community: str
    step: int
    x: float
    y: float


class _Line(NamedTuple):
    x: float
    y: float
    line: str


class _Name(NamedTuple):
    x: float
    y: float
    name: str


def region(shares: Mapping[str, Interval]) -> list[tuple[float, float]]:
    """The corners of the shape of all points that lie inside all three intervals, in order around it.

    >>> sure = {name: Interval(1 / 3, 1 / 3, 1 / 3) for name in CORNERS}
    >>> len(region(sure))
    1
    """
    names = list(CORNERS)
    found = set()
    for third in range(_THREE):
        one, other = (third + 1) % _THREE, (third + 2) % _THREE
        for a in (shares[names[one]].low, shares[names[one]].high):
            for b in (shares[names[other]].low, shares[names[other]].high):
                rest, limits = 1.0 - a - b, shares[names[third]]
                if limits.low - _SLACK <= rest <= limits.high + _SLACK:
                    point = {names[one]: a, names[other]: b, names[third]: rest}
                    found.add(tuple(round(value, 9) for value in _position(point)))
    if not found:
        return []
    middle = tuple(sum(axis) / len(found) for axis in zip(*found, strict=True))
    return sorted(((x, y) for x, y in found), key=lambda at: atan2(at[1] - middle[1], at[0] - middle[0]))


def ternary(points: Sequence[PlacedPoint], *, title: str, origin: str) -> Specification:
    """Communities on the triangle; one that moved leaves a line.

    Args:
        points: Placements, those of one community in order of time.
        title: What is shown.
        origin: "observed" or "simulated".
    """
    names = unique(point.community for point in points)
    rows = _rows(points)
    colour = colours("community", names, [SERIES[i % len(SERIES)] for i in range(len(names))])
    if len(names) == 1:
        colour["legend"] = None
    layers = [
        *_frame(),
        _regions(points, colour),
        {
            "data": values(rows),
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": _at() | {"color": colour, "order": {"field": "step", "type": "quantitative"}},
        },
        {
            "data": values(rows),
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
            "encoding": _at()
            | {
                "color": colour,
                "tooltip": tooltip(
                    community="nominal",
                    period="nominal",
                    verdict="nominal",
                    sharing=".0%",
                    commons=".0%",
                    crowdsourcing=".0%",
                ),
            },
        },
        {
            "data": values([row for row in rows if row.label]),
            "mark": {"type": "text", "align": "left", "dx": 8, "dy": -7, "fontSize": 12, "color": INK},
            "encoding": _at() | {"text": {"field": "label", "type": "nominal"}},
        },
    ]
    drawn = layered(title, origin, layers, height=round(_SIDE * 0.93))
    return {
        **drawn,
        "width": _SIDE,
        "autosize": {"type": "pad", "contains": "padding"},
        "config": {**drawn["config"], "axis": {**drawn["config"]["axis"], "grid": False}},
    }


def _rows(points: Sequence[PlacedPoint]) -> list[_Point]:
    labels = _labels(points)
    rows = []
    for step, point in enumerate(points):
        share = {name: one.mid for name, one in point.shares.items()}
        x, y = _position(share)
        rows.append(
            _Point(
                point.community, point.period, point.verdict,
                share["sharing"], share["commons"], share["crowdsourcing"],
                x, y, step, labels.get(step, ""),
            )
        )  # fmt: skip
    return rows


def _labels(points: Sequence[PlacedPoint]) -> dict[int, str]:
    """What stands beside which point: both ends of one trajectory, or the last point of each of several.

    Points that would cover each other's labels share one.
    """
    single = len(unique(point.community for point in points)) == 1
    ends = {point.community: step for step, point in enumerate(points)}
    wanted = [0, len(points) - 1] if single else list(ends.values())
    at: dict[int, tuple[float, float]] = {}
    names: dict[int, list[str]] = {}
    for step in wanted:
        x, y = _position({name: one.mid for name, one in points[step].shares.items()})
        near = next(
            (one for one, (a, b) in at.items() if abs(x - a) < _APART[0] and abs(y - b) < _APART[1]), step
        )
        at.setdefault(near, (x, y))
        named = points[step].period if single else points[step].community
        names.setdefault(near, [])
        if named not in names[near]:
            names[near].append(named)
    return {step: _together(found) for step, found in names.items()}


def _together(names: list[str]) -> str:
    """Names on one label.

    >>> _together(["a", "b"]), _together(["a", "b", "c"])
    ('a, b', 'a and 2 more')
    """
    return ", ".join(names) if len(names) < _THREE else f"{names[0]} and {len(names) - 1} more"


def _regions(points: Sequence[PlacedPoint], colour: Specification) -> Specification:
    # Shapes of every year would hide each other: a community has those of its first and its latest answer.
    ends = {point.community: point for point in reversed(points)}
    shown = [*ends.values(), *({point.community: point for point in points}.values())]
    unlike = {(point.community, tuple(point.shares.values())): point for point in shown}
    vertices = [
        _Vertex(point.community, step, x, y)
        for step, point in enumerate(unlike.values())
        for x, y in region(point.shares)
    ]
    return {
        "data": values(vertices),
        "transform": [{"window": [{"op": "row_number", "as": "place"}], "groupby": ["step"]}],
        "mark": {
            "type": "line",
            "filled": True,
            "fillOpacity": 0.16,
            "strokeWidth": 0,
            "interpolate": "linear-closed",
        },
        "encoding": _at()
        | {
            "fill": {**colour, "legend": None},
            "detail": {"field": "step", "type": "nominal"},
            "order": {"field": "place", "type": "quantitative"},
        },
    }


def _frame() -> list[Specification]:
    """The triangle, its inner lines at a quarter, a half and three quarters, and the names of its corners."""
    edges, inner = [], []
    names = list(CORNERS)
    for i, (x, y) in enumerate((*CORNERS.values(), CORNERS[names[0]])):
        edges.append(_Vertex("", i, x, y))
    for name in names:
        one, other = (each for each in names if each != name)
        for share in _STEPS:
            for end in (one, other):
                x, y = _position({name: share, end: 1.0 - share})
                inner.append(_Line(x, y, f"{name} {share}"))
    sides = {"sharing": ("left", -0.07), "commons": ("center", 0.05), "crowdsourcing": ("right", -0.07)}
    layers: list[Specification] = [
        {
            "data": values(inner),
            "mark": {"type": "line", "strokeWidth": 1, "color": FAINT},
            "encoding": _at() | {"detail": {"field": "line", "type": "nominal"}},
        },
        {
            "data": values(edges),
            "mark": {"type": "line", "strokeWidth": 1.5, "color": NEUTRAL},
            "encoding": _at() | {"order": {"field": "step", "type": "quantitative"}},
        },
    ]
    for name, (align, below) in sides.items():
        x, y = CORNERS[name]
        layers.append(
            {
                "data": values([_Name(x, y + below, name)]),
                "mark": {
                    "type": "text",
                    "align": align,
                    "fontSize": 13,
                    "fontWeight": "bold",
                    "color": MUTED,
                },
                "encoding": _at() | {"text": {"field": "name", "type": "nominal"}},
            }
        )
    return layers


def _at() -> Specification:
    return {
        "x": {
            "field": "x",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [-0.03, 1.03], "nice": False},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [-0.1, 0.95], "nice": False},
        },
    }


def _position(shares: Mapping[str, float]) -> tuple[float, float]:
    x = sum(share * CORNERS[name][0] for name, share in shares.items())
    y = sum(share * CORNERS[name][1] for name, share in shares.items())
    return x, y
