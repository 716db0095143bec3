"""Charts of evaluations: what happened as points, against what was to be expected, the event marked."""

from collections.abc import Sequence
from typing import NamedTuple

from allmende.plots.forecasts import FanRow, fan
from allmende.plots.vegalite import MUTED, NEUTRAL, Specification, periods, values

__all__ = ["against_expected"]


class _Mark(NamedTuple):
    # The month of the event, and what is written beside its line.
    period: str
    label: str


def against_expected(
    rows: Sequence[FanRow], *, event: str, title: str, origin: str, y_title: str
) -> Specification:
    """The record as a line, what was expected as nested bands, what happened as points, the event as a line.

    Args:
        rows: Months in order.
        event: The month of the event, one of the rows'.
        title: What was counted.
        origin: What the reader should know before looking.
        y_title: The unit.
    """
    drawn = fan(rows, title=title, origin=origin, y_title=y_title)
    x = periods("month", [row.period for row in rows])
    mark = {
        "data": values([_Mark(event, "event")]),
        "encoding": {"x": x},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": NEUTRAL}},
            {
                "mark": {"type": "text", "align": "right", "baseline": "top", "dx": -4, "color": MUTED},
                "encoding": {"text": {"field": "label"}, "y": {"value": 0}},
            },
        ],
    }
    return drawn | {"layer": [*drawn["layer"], mark]}
