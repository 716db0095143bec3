"""Regimes: whether a record names who made an act or who entered it (`evidence.md` L1).

A year is of the committer's regime when nearly every act was entered by the member it is put down
to, and besides either all clocks stand at UTC (an importer's mark) or hardly anybody acted only once
(those who may enter acts are few and stay; where everybody's own name stands, a fifth and more
of the members of a year act once). A stretch told by the second mark alone needs three years and
fifty acts a member and year: young projects look the same for a year or two. The bounds
stand between the two clusters of the 77 histories they were looked up in; `tests/test_regimes.py` names
cases on both sides.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.community import Break
from allmende.events import OFFSET_UNKNOWN, Events
from allmende.months import MONTHS_A_YEAR, month_numbers, text

__all__ = ["Regime", "regime_of"]

SELF_ENTERED = 0.985
SELF_ENTERED_AFTER = 0.95
AT_UTC = 0.95
ONCE_AT_MOST = 0.25
ONCE_AFTER = 0.3
FEW_MEMBERS = 5
MANY_MEMBERS = 20
YEARS_WITHOUT_MARK = 3
ACTS_A_MEMBER = 50
FEW_EVENTS = 30
MINORITY = 0.1


@dataclass(frozen=True, slots=True)
class Regime:
    """A record's regime: "author", "committer", "mixed" or "unknown", the figures behind it, the changes."""

    name: str
    note: str
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class _Years:
    # Figures of each calendar year with acts. All arrays are of one length.
    year: NDArray[np.int64]
    events: NDArray[np.int64]
    members: NDArray[np.int64]
    own: NDArray[np.float64]
    utc: NDArray[np.float64]
    once: NDArray[np.float64]


def regime_of(events: Events, people: NDArray[np.bool_]) -> Regime:
    """The regime of a record.

    Args:
        events: The events.
        people: For each event, whether it counts: not a program's.
    """
    if not people.any():
        return Regime("unknown", "no acts")
    own = (events.recorder == events.member)[people]
    offset = events.offset[people]
    if own.all() and not (offset != OFFSET_UNKNOWN).any() and (events.recorded == events.at)[people].all():
        return Regime("author", "the source names one member for each act and no other who entered it")
    years = _years(events, people)
    committer = _committer_years(years)
    share = float(years.events[committer].sum() / years.events.sum())
    breaks = _changes(years, committer, _months_like_committer(events, people))
    name = "author" if share < MINORITY else "committer" if share > 1 - MINORITY else "mixed"
    return Regime(name, _note(years, committer, events, people), breaks if name == "mixed" or breaks else ())


def _years(events: Events, people: NDArray[np.bool_]) -> _Years:
    at, member = events.at[people], events.member[people]
    number = month_numbers(at).astype(np.int64) // MONTHS_A_YEAR + 1970
    year, index = np.unique(number, return_inverse=True)
    total = np.bincount(index)
    own = np.bincount(index, (events.recorder == events.member)[people])
    # A clock that is not known counts as UTC only beside clocks that are: see `regime_of`.
    utc = np.bincount(index, np.isin(events.offset[people], (0, OFFSET_UNKNOWN)))
    pair, acts = np.unique(index * np.int64(len(events.members)) + member, return_counts=True)
    of_year = pair // len(events.members)
    members = np.bincount(of_year, minlength=len(year))
    once = np.bincount(of_year, acts == 1, minlength=len(year))
    return _Years(year, total, members, own / total, utc / total, once / members)


def _committer_years(years: _Years) -> NDArray[np.bool_]:
    committer = np.zeros(len(years.year), np.bool_)
    marked = (years.own >= SELF_ENTERED) & (years.utc >= AT_UTC) & (years.events >= FEW_EVENTS)
    before = False
    for i in range(len(committer)):
        few = years.events[i] < FEW_EVENTS or years.members[i] < FEW_MEMBERS
        enters = years.own[i] >= SELF_ENTERED and (few or years.once[i] <= ONCE_AT_MOST)
        opened = years.members[i] >= MANY_MEMBERS and years.once[i] > ONCE_AFTER
        stays = before and years.own[i] >= SELF_ENTERED_AFTER and not opened
        committer[i] = before = bool(marked[i] or enters or stays)
    _fill(committer)
    return _long_enough(committer, marked, years)


def _fill(committer: NDArray[np.bool_]) -> None:
    # One odd year between two is a year in which somebody entered the acts of others under their names.
    gap = ~committer[1:-1] & committer[:-2] & committer[2:]
    committer[1:-1] |= gap


def _long_enough(committer: NDArray[np.bool_], marked: NDArray[np.bool_], years: _Years) -> NDArray[np.bool_]:
    kept = np.zeros_like(committer)
    edges = np.flatnonzero(np.diff(np.r_[False, committer, False]))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        stretch = slice(start, stop)
        weight = years.events[stretch]
        told = weight[marked[stretch]].sum() * 2 > weight.sum()
        members = years.members[stretch]
        busy = np.median(members) >= FEW_MEMBERS and weight.sum() >= ACTS_A_MEMBER * members.sum()
        kept[stretch] = told or (stop - start >= YEARS_WITHOUT_MARK and busy)
    return kept


def _months_like_committer(
    events: Events, people: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    # Months with acts, and whether each looks like the committer's regime by entering and clock alone.
    month, index = np.unique(month_numbers(events.at[people]).astype(np.int64), return_inverse=True)
    total = np.bincount(index)
    own = np.bincount(index, (events.recorder == events.member)[people]) / total
    utc = np.bincount(index, np.isin(events.offset[people], (0, OFFSET_UNKNOWN))) / total
    return month, (own >= SELF_ENTERED_AFTER) & (utc >= 1 / 2)


def _changes(
    years: _Years, committer: NDArray[np.bool_], months: tuple[NDArray[np.int64], NDArray[np.bool_]]
) -> tuple[Break, ...]:
    changes = []
    for i in np.flatnonzero(committer[1:] != committer[:-1]):
        first = (years.year[i + 1] - 1970) * MONTHS_A_YEAR
        month, told = _finer(int(first), months) if committer[i] else (int(first), False)
        one, other = ("committer", "author") if committer[i] else ("author", "committer")
        about = "" if told else "about "
        note = (
            f"from {about}{text(month)} on the record names the {other} of an act, before the {one}: "
            f"acts entered by the member they are put down to {years.own[i]:.0%} in {years.year[i]}, "
            f"{years.own[i + 1]:.0%} in {years.year[i + 1]}; "
            f"members a year {years.members[i]} and {years.members[i + 1]}"
        )
        changes.append(Break(month, "regime", note))
    return tuple(changes)


def _finer(first: int, months: tuple[NDArray[np.int64], NDArray[np.bool_]]) -> tuple[int, bool]:
    # The month after the last one that still looks imported, within a year of the turn.
    month, like = months
    near = like & (month >= first - MONTHS_A_YEAR) & (month < first + MONTHS_A_YEAR)
    return (int(month[near][-1]) + 1, True) if near.any() and not near.all() else (first, False)


def _note(years: _Years, committer: NDArray[np.bool_], events: Events, people: NDArray[np.bool_]) -> str:
    def share(which: NDArray[np.bool_], value: NDArray[np.float64]) -> float:
        return float(np.average(value[which], weights=years.events[which])) if which.any() else 0.0

    everywhere = np.ones_like(committer)
    recorders = len(np.unique(events.recorder[people]))
    note = (
        f"{share(everywhere, years.own):.1%} of acts were entered by the member they are put down to, "
        f"{share(everywhere, years.utc):.1%} carry no zone but UTC, {recorders} "
        f"{'member' if recorders == 1 else 'members'} entered acts"
    )
    if committer.any() and not committer.all():
        named = _stretches(years.year[committer])
        note += (
            f"; in {named} the record names who entered an act ({share(committer, years.own):.1%} their own)"
        )
    return note


def _stretches(years: NDArray[np.int64]) -> str:
    cuts = np.split(years, np.flatnonzero(np.diff(years) > 1) + 1)
    return ", ".join(f"{cut[0]}-{cut[-1]}" if len(cut) > 1 else f"{cut[0]}" for cut in cuts)
