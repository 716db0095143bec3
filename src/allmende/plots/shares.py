"""The shares of the three economies as bars, one for each placement."""

from collections.abc import Sequence
from typing import NamedTuple

from allmende.plots.ternary import CORNERS, PlacedPoint
from allmende.plots.vegalite import SERIES, Specification, chart, colours, tooltip, unique

__all__ = ["shares"]

_BAR, _LEAST_BARS = 20, 90


class _Share(NamedTuple):
    placement: str
    economy: str
    share: float
    low: float
    high: float
    place: int


def shares(points: Sequence[PlacedPoint], *, title: str, origin: str) -> Specification:
    """The three shares of each placement as one bar, below each other.

    Args:
        points: Placements, in the order in which they stand.
        title: What is shown.
        origin: "observed" or "simulated".
    """
    names = [_bar_name(point, points) for point in points]
    rows = [
        _Share(
            name, economy, point.shares[economy].mid, point.shares[economy].low, point.shares[economy].high, i
        )
        for name, point in zip(names, points, strict=True)
        for i, economy in enumerate(CORNERS)
    ]
    return chart(
        title,
        origin,
        rows,
        mark={"type": "bar"},
        encoding={
            "y": {
                "field": "placement",
                "type": "nominal",
                "sort": names,
                "title": None,
                "axis": {"labelLimit": 120},
                "scale": {"paddingInner": 0.2},
            },
            "x": {
                "field": "share",
                "type": "quantitative",
                "title": None,
                "axis": {"format": ".0%", "tickCount": 4},
                "scale": {"domain": [0, 1]},
            },
            "color": colours("economy", list(CORNERS), SERIES[: len(CORNERS)]) | {"legend": {"columns": 1}},
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": tooltip(placement="nominal", economy="nominal", share=".0%", low=".0%", high=".0%"),
        },
        height=max(_LEAST_BARS, _BAR * len(points)),
    )


def _bar_name(point: PlacedPoint, points: Sequence[PlacedPoint]) -> str:
    communities = unique(each.community for each in points)
    if len(communities) == 1:
        return point.period
    alone = sum(each.community == point.community for each in points) == 1
    return point.community if alone else f"{point.community}, {point.period}"
