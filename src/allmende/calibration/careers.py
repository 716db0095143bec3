"""Careers: what the member model needs to know of each member, and nothing more.

A career begins in the month of the first active day. Its sufficient statistics (`careers_of`) are the days up
to the last active month, the days in it, and two spans; members with the same four numbers are one group, so
that the cost of a likelihood does not grow with the community (`grouped`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.grouping import changes, distinct_days
from allmende.panel import CONTRIBUTIONS, NEVER, Panel

__all__ = ["Careers", "Groups", "careers_of", "grouped"]

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Careers:
    """Who did how much from when to when. All arrays have an entry for each member of the panel who acted.

    Args:
        member: Code of the member in the panel. int64.
        joined: Month of the first active day of the window. int64.
        before: Active days of the months before the last active one, without the very first day. int64.
        within: Active days of the last active month, without the very first day. int64.
        last: Months from joining to the last active month. int64.
        seen: Months from joining to the end of the window, the first one included. int64.
        made: Contributions. int64.
        org: Organisation of most contributions, code of the panel; 0 unknown. int64.
        fresh: Whether the first day of the window is the member's first of all. bool.
    """

    member: Whole
    joined: Whole
    before: Whole
    within: Whole
    last: Whole
    seen: Whole
    made: Whole
    org: Whole
    fresh: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.member)

    @property
    def days(self) -> Whole:
        """Active days of each member. int64."""
        return self.before + self.within + 1

    def where(self, chosen: NDArray[np.bool_]) -> "Careers":
        """The careers of some members."""
        names = self.__dataclass_fields__
        return Careers(**{name: getattr(self, name)[chosen] for name in names})


@dataclass(frozen=True, slots=True)
class Groups:
    """Careers that are alike, counted. All arrays have an entry for each group.

    Args:
        before: As in `Careers`. int64.
        within: As in `Careers`. int64.
        last: As in `Careers`. int64.
        seen: As in `Careers`. int64.
        times: How many members. float64.
    """

    before: Whole
    within: Whole
    last: Whole
    seen: Whole
    times: NDArray[np.float64]

    @property
    def days(self) -> Whole:
        """Active days of a member of each group. int64."""
        return self.before + self.within + 1

    @property
    def size(self) -> int:
        """How many members there are in all groups."""
        return int(self.times.sum())


def careers_of(panel: Panel, *, start: int, stop: int) -> Careers:
    """The careers of everybody who contributed in [start, stop).

    Args:
        panel: The panel; what lies before `start` tells only whose first day it is.
        start: First month of the window.
        stop: Month after the last.
    """
    rows = panel.rows(window=False, actions=CONTRIBUTIONS)
    inside = np.flatnonzero((rows.month >= start) & (rows.month < stop))
    member, month = rows.member[inside].astype(np.int64), rows.month[inside].astype(np.int64)
    # Rows are sorted by member and month; the actions of one member-month stand together.
    cells = np.flatnonzero(changes(member, month))
    if not len(cells):
        empty = np.zeros(0, np.int64)
        return Careers(*(empty,) * 8, np.zeros(0, bool))
    days = distinct_days(rows.day_set[inside], cells)
    made = np.add.reduceat(rows.count[inside], cells)
    who, when, org = member[cells], month[cells], rows.org[inside].astype(np.int64)[cells]
    begins = np.flatnonzero(changes(who))
    ends = np.r_[begins[1:], len(who)] - 1
    total = np.add.reduceat(days, begins)
    joined, last = when[begins], when[ends]
    # The very first day is no count of the rate: it is what makes somebody a member.
    within = days[ends] - (begins == ends)
    first = panel.first_month().astype(np.int64)[who[begins]]
    return Careers(
        who[begins], joined, total - 1 - within, within, last - joined, stop - joined,
        np.add.reduceat(made, begins), org[ends], (first == joined) & (first != NEVER),
    )  # fmt: skip


def grouped(careers: Careers) -> Groups:
    """Members with the same four numbers, counted."""
    table = np.stack([careers.before, careers.within, careers.last, careers.seen], axis=1)
    if not len(table):
        return Groups(*(np.zeros(0, np.int64),) * 4, np.zeros(0))
    # One key for each row sorts several times as fast as rows.
    widths = [int(column.max()) + 1 for column in table.T]
    key = table[:, 0]
    for column, width in zip(table.T[1:], widths[1:], strict=True):
        key = key * width + column
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    before, within, last, seen = (np.ascontiguousarray(column) for column in table[first].T)
    return Groups(before, within, last, seen, times.astype(np.float64))
