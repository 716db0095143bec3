"""Charts of simulated worlds."""

from collections.abc import Sequence

from allmende.outcomes import Band
from allmende.plots.vegalite import SERIES, Specification, colours, layered, tooltip, unique, values

__all__ = ["bands"]


def bands(
    rows: Sequence[Band], *, title: str, origin: str, y_title: str, share: bool = False, height: int = 200
) -> Specification:
    """Outcomes of worlds by month: the middle one as a line and the interval of the others as a band.

    Args:
        rows: Months of one or more worlds.
        title: What the outcome is.
        origin: "observed" or "simulated".
        y_title: The unit.
        share: Whether it is a share, written in per cent.
        height: Height in pixels.
    """
    names = unique(row.world for row in rows)
    number = ".1%" if share else ",.4~g"
    x = {"field": "month", "type": "quantitative", "title": "month of the run", "scale": {"nice": False}}
    y = {
        "field": "mid",
        "type": "quantitative",
        "title": y_title,
        "axis": {"format": "~%" if share else "~s"},
    }
    colour = colours("world", names, [SERIES[i % len(SERIES)] for i in range(len(names))])
    # Futures have long names: one below the other, none of them cut.
    colour["legend"] = {"columns": 1, "labelLimit": 320} if len(names) > 1 else None
    return layered(
        title,
        origin,
        [
            {
                "data": values(rows),
                "mark": {"type": "area", "opacity": 0.2},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "data": values(rows),
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "tooltip": tooltip(
                        month="quantitative", world="nominal", mid=number, low=number, high=number
                    ),
                },
            },
        ],
        height=height,
    )
