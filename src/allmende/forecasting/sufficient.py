"""Sufficient: whether a history can carry a forecast, and what stands against trusting it."""

from collections.abc import Sequence

import numpy as np

from allmende.community import Break
from allmende.errors import TooFewError
from allmende.forecasting.history import History
from allmende.months import MONTHS_A_YEAR, text

__all__ = ["LEAST_ACTIVE", "LEAST_MEMBERS", "LEAST_MONTHS", "cautions", "refuse", "since_break", "usable"]

LEAST_MONTHS = 24
LEAST_MEMBERS = 3
LEAST_ACTIVE = 12
_RECENT = 36


def usable(history: History) -> bool:
    """Whether the history can carry a forecast."""
    return not _lacks(history)


def refuse(history: History, name: str) -> None:
    """Refuse a history that cannot carry a forecast.

    Raises:
        TooFewError: it cannot; the error carries the mean of active members a month of the last year.
    """
    lacks = _lacks(history)
    if not lacks:
        return
    known = history.series["active_members"][-MONTHS_A_YEAR:]
    estimate = float(known.mean()) if len(known) else None
    said = f"; a flat line would say {estimate:.1f} active members a month" if estimate is not None else ""
    raise TooFewError(
        f"'{name}' is too small to forecast: {lacks[0]}{said}",
        estimate=estimate,
        expected=f"{LEAST_MONTHS} months of record, and in the last twelve {LEAST_MEMBERS} members and "
        f"{LEAST_ACTIVE} member-months with a contribution",
        next_step=lacks[1],
    )


def _lacks(history: History) -> tuple[str, str] | None:
    inside = history.month >= history.stop - MONTHS_A_YEAR
    active, members = int(inside.sum()), len(np.unique(history.member[inside]))
    if not len(history.member):
        return "no month of it is known completely", "Read a longer record."
    if history.length < LEAST_MONTHS:
        months = f"{history.length} month{'' if history.length == 1 else 's'}"
        return (
            f"{months} of record are known completely",
            f"Come back in {text(history.start + LEAST_MONTHS)}, or read what it grew out of with it.",
        )
    if not active:
        return (
            f"nobody contributed in the twelve months before {text(history.stop)}",
            "What would bring a community back is not in its record; compare policies instead.",
        )
    if members == 1:
        return (
            "one person made all contributions of the last twelve months",
            "Whether one person goes on is not a matter of statistics; ask that person.",
        )
    if members < LEAST_MEMBERS or active < LEAST_ACTIVE:
        return (
            f"{members} members with {active} active months between them in the last twelve",
            "Read more of what the community does: its other repositories, all branches, its wiki.",
        )
    return None


def since_break(history: History, breaks: Sequence[Break]) -> tuple[History, tuple[str, ...]]:
    """The history since the record last changed what it counts, and what to say of its breaks.

    A change of the regime makes numbers before it numbers of something else: where enough is known since,
    they are left out. Moves and splits are levels like others, and are only told.
    """
    inside = [one for one in breaks if history.start < one.month < history.stop]
    regimes = [one.month for one in inside if one.kind == "regime"]
    said = tuple(
        f"The record broke in {text(one.month)} ({one.kind}: {one.note}). The forecast takes what was seen "
        "before and after as one story."
        for one in inside
        if one.kind in {"move", "split"} and one.month >= history.stop - _RECENT
    )
    if not regimes:
        return history, said
    last = max(regimes)
    if history.stop - last >= LEAST_MONTHS:
        learned = f"The record counts other people since {text(last)}: what was before is left out."
        return history.since(last), (learned, *said)
    mixed = (
        f"The record counts other people since {text(last)}, which is too lately to leave out what was "
        "before: do not trust the level."
    )
    return history, (mixed, *said)


def cautions(history: History, regime: str, truncated: str) -> tuple[str, ...]:
    """What else a reader should know before trusting the forecast.

    Args:
        history: What is known.
        regime: Regime of the record.
        truncated: Why part of the history is missing; "" when it is whole.
    """
    said = []
    if history.newcomer.all():
        said.append(
            "No member was ever active in a second month: the forecast is one of newcomers alone, and "
            "nothing in it knows how long anybody stays."
        )
    if truncated:
        said.append(f"The history is cut short ({truncated}): members who came before the cut look new.")
    if regime == "committer":
        said.append(
            "The record names those who enter work, not those who do it: members here are committers."
        )
    return tuple(said)
