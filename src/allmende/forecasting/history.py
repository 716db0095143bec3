"""History: what a forecast may know of a community, one row for each member and month with an act.

Made from a panel once; `until` gives the history as it was known at an earlier date, for backtests.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.grouping import changes, distinct_days
from allmende.months import MONTHS_A_YEAR
from allmende.panel import CONTRIBUTIONS, Panel

__all__ = ["MONTHLY", "YEARLY", "History", "absence_factor", "history_of"]

MONTHLY = ("active_members", "newcomers", "contributions")
YEARLY = ("contributor_absence_factor", "organisations")
"""Outcomes of a whole year; those of `MONTHLY` have a value in each month and a total."""


@dataclass(frozen=True)
class History:
    """Who was active when, sorted by member and month.

    Args:
        member: Member code. int32.
        month: Month number. int32.
        days: Days with a contribution. int64.
        count: Contributions. int64.
        org: Organisation code, 0 unknown. int32.
        newcomer: Whether it is the member's first month ever, also before `start`. bool.
        start: First month of the record.
        stop: Month after the last month that is known completely.
    """

    member: NDArray[np.int32]
    month: NDArray[np.int32]
    days: NDArray[np.int64]
    count: NDArray[np.int64]
    org: NDArray[np.int32]
    newcomer: NDArray[np.bool_]
    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many months are known."""
        return self.stop - self.start

    @cached_property
    def series(self) -> dict[str, NDArray[np.float64]]:
        """Each outcome of `MONTHLY` by month, from `start`. float64[length] each."""
        place, size = self.month - self.start, self.length
        return {
            "active_members": np.bincount(place, minlength=size).astype(np.float64),
            "newcomers": np.bincount(place[self.newcomer], minlength=size).astype(np.float64),
            "contributions": np.bincount(place, self.count, minlength=size).astype(np.float64),
        }

    def until(self, stop: int) -> "History":
        """What was known before the month `stop`."""
        return self._taken(self.month < stop, self.start, stop)

    def since(self, start: int) -> "History":
        """What happened from the month `start` on; who came before it is not new after it."""
        return self._taken(self.month >= start, start, self.stop)

    def totals(self, stop: int, length: int = MONTHS_A_YEAR) -> dict[str, float]:
        """The outcomes over the `length` months before `stop`: sums, and the outcomes of `YEARLY`."""
        inside = (self.month >= stop - length) & (self.month < stop)
        made = np.bincount(self.member[inside], self.count[inside])
        orgs = np.unique(self.org[inside & (self.org > 0)])
        ends = slice(stop - length - self.start, stop - self.start)
        sums = {name: float(values[ends].sum()) for name, values in self.series.items()}
        return sums | {
            "contributor_absence_factor": float(absence_factor(made)),
            "organisations": float(len(orgs)),
        }

    def _taken(self, kept: NDArray[np.bool_], start: int, stop: int) -> "History":
        return History(
            self.member[kept],
            self.month[kept],
            self.days[kept],
            self.count[kept],
            self.org[kept],
            self.newcomer[kept],
            start,
            stop,
        )


def absence_factor(made: NDArray[Any]) -> int:
    """The fewest members who made half of the contributions.

    >>> absence_factor(np.array([1000, 202, 90, 33, 332, 343, 42, 433]))
    2
    """
    ordered = np.sort(made)[::-1]
    return int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2) + 1) if len(ordered) else 0


def history_of(panel: Panel, *, stop: int | None = None) -> History:
    """The history of a panel's contributions.

    Args:
        panel: The panel; what lies before its window is history too.
        stop: Month after the last that is known completely; an observed record's last month is taken as
            incomplete, a simulated one's is complete.
    """
    end = panel.stop - (panel.origin == "observed") if stop is None else stop
    rows = panel.rows(window=False, actions=CONTRIBUTIONS)
    kept = np.flatnonzero(rows.month < end)
    member, month = rows.member[kept], rows.month[kept]
    begins = np.flatnonzero(changes(member, month))
    if not len(begins):
        empty = np.zeros(0, np.int64)
        narrow = empty.astype(np.int32)
        return History(narrow, narrow, empty, empty, narrow, empty.astype(bool), min(panel.start, end), end)
    return History(
        member[begins],
        month[begins],
        distinct_days(rows.day_set[kept], begins),
        np.add.reduceat(rows.count[kept], begins),
        np.maximum.reduceat(rows.org[kept], begins),
        changes(member[begins]),
        int(month.min()),
        end,
    )
