"""Sufficiency: when data are too few, say so and show the estimate that is distrusted.

These are the sentences with which every family of indicators refuses.
"""

from allmende.errors import TooFewError
from allmende.months import text
from allmende.panel import NEVER, Panel

__all__ = ["record_start", "require", "require_history", "require_record", "share_of"]


def require(found: int, minimum: int, noun: str, *, estimate: float | None = None) -> None:
    """Refuse when fewer than `minimum`, or none at all, were found.

    Args:
        found: How many there are.
        minimum: How many are enough.
        noun: What is counted, in the plural.
        estimate: What so few would say all the same.

    Raises:
        TooFewError: there are fewer.
    """
    if found < max(minimum, 1):
        few = {0: f"there are no {noun}", 1: f"of {noun} there is only one"}
        raise TooFewError(
            few.get(found, f"there are only {found} {noun}"),
            estimate=estimate,
            expected=f"at least {max(minimum, 1)}",
            next_step="Take a longer window, or read more of the record.",
        )


def share_of(part: float, whole: float, *, found: int, minimum: int, noun: str) -> float:
    """`part / whole`, refused when it rests on fewer than `minimum` of what is found.

    Raises:
        TooFewError: the share rests on too few; it is the estimate the error carries.
    """
    estimate = float(part / whole) if whole > 0 else None
    require(found, minimum, noun, estimate=estimate)
    if estimate is None:
        raise TooFewError(f"there is nothing to take a share of, though there are {found} {noun}")
    return estimate


def record_start(panel: Panel) -> int | None:
    """The month of the first contribution of the whole record, resampled or not; None when there is none."""
    return panel.kept(_record_start)


def require_record(panel: Panel) -> None:
    """Refuse a panel in which nobody ever contributed.

    Raises:
        TooFewError: the panel has no contribution before the end of its window.
    """
    if record_start(panel) is None:
        raise TooFewError(
            "nobody has contributed by the end of the window",
            expected="a record with contributions",
            next_step="Take a later window, or check what was read with `allmende read`.",
        )


def require_history(panel: Panel, month: int, what: str, *, estimate: float | None = None) -> None:
    """Refuse when the record does not reach back to a month.

    Args:
        panel: The panel.
        month: The month by which the record must have begun.
        what: What is looked for there, as the subject of a sentence.
        estimate: What the shorter record would say all the same.

    Raises:
        TooFewError: the record begins later, or never.
    """
    begin = record_start(panel)
    if begin is None or begin > month:
        known = "is empty" if begin is None else f"begins in {text(begin)}"
        raise TooFewError(
            f"the record {known}, and {what} would need it from {text(month)} on",
            estimate=estimate,
            next_step="Take a later window.",
        )


def _record_start(panel: Panel) -> int | None:
    first = panel.first_month()
    known = first[first != NEVER]
    return int(known.min()) if len(known) else None
