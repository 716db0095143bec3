"""Panel: who did what in which month. The waist of the package.

Readers fill it, the simulator fills it, and everything above (indicators, placement, calibration,
plots, reports) reads only it. One row for each member, month and action; rows sorted by member, then
month, then action. A panel carries a window: indicators speak about the window and may look back at
the history before it, never beyond its end.

Days are kept as the set of days of the month on which the member acted (bit d-1 for day d), so
that the union over actions, sources and parts of a log is exact: two commits, a review and a merge
on one day are one active day, the unit of the member model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from allmende.events import action_code
from allmende.grouping import changes, distinct_days

__all__ = ["COLUMNS", "CONTRIBUTIONS", "NEVER", "MemberWorks", "Panel"]

CONTRIBUTIONS = ("make", "revise")
NEVER = np.iinfo(np.int32).min
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class MemberWorks:
    """Which works a member touched in a month: one row for each member, month and work.

    Args:
        member: Member code. int32.
        month: Month number. int32.
        work: Work code, 0 ... `size` - 1. int32.
        count: How many of the member's acts touched the work. int64.
        size: How many works there are.
    """

    member: NDArray[np.int32]
    month: NDArray[np.int32]
    work: NDArray[np.int32]
    count: NDArray[np.int64]
    size: int


@dataclass(frozen=True)
class Panel:
    """Members x months x actions, with a window.

    Args:
        member: Member code. int32.
        month: Month number (`months`). int32.
        action: Action code (`events.ACTIONS`). uint8.
        count: Acts. int64, at least 1.
        day_set: Days of the month with an act, bit d-1 for day d. uint32.
        effort: Sum of effort, whole units. int64.
        cents: Sum of money that changed hands. int64.
        org: Organisation under which most of these acts were done, code into `orgs`; 0 unknown. int32.
        zoned: Acts whose local hour can be read. int64.
        office: Of the zoned acts, those on Monday to Friday from 9.00 to 16.59 of the member's clock. int64.
        weekend: Of the zoned acts, those on Saturday or Sunday. int64.
        members: Name (pseudonym) of each member code.
        orgs: Name of each organisation code; the first is "".
        start: First month of the window.
        stop: Month after the last of the window; rows at or after it do not exist.
        origin: "observed" or "simulated"; every chart says which.
        regime: Recording regime, from the community's record.
        effort_unit: Unit of effort.
        works: Which works members touched, or None when that was not read.
    """

    member: NDArray[np.int32]
    month: NDArray[np.int32]
    action: NDArray[np.uint8]
    count: NDArray[np.int64]
    day_set: NDArray[np.uint32]
    effort: NDArray[np.int64]
    cents: NDArray[np.int64]
    org: NDArray[np.int32]
    zoned: NDArray[np.int64]
    office: NDArray[np.int64]
    weekend: NDArray[np.int64]
    members: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ("",)
    start: int = 0
    stop: int = 0
    origin: str = "observed"
    regime: str = "unknown"
    effort_unit: str = "events"
    works: MemberWorks | None = None
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _whole: "Panel | None" = field(default=None, repr=False, compare=False)
    _pick: NDArray[np.int64] | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.member)

    @property
    def size(self) -> int:
        """How many members the panel knows, active in the window or not."""
        return len(self._pick) if self._pick is not None else len(self.members)

    @property
    def length(self) -> int:
        """How many months the window has."""
        return self.stop - self.start

    @property
    def days(self) -> NDArray[np.int64]:
        """Active days of each row: how many days are in `day_set`."""
        return np.bitwise_count(self.day_set).astype(np.int64)

    @classmethod
    def of_counts(cls, counts: Sequence[int], *, actions: Sequence[str] = ("make",)) -> "Panel":
        """A panel of one month in which each member did that many acts: for examples and tests.

        >>> Panel.of_counts([3, 1]).counts().tolist()
        [3, 1]
        """
        # Who did nothing is a member without a row.
        busy = np.flatnonzero(np.array(counts, np.int64))
        return cls.of_columns(
            member=busy.astype(np.int32),
            month=np.zeros(len(busy), np.int32),
            action=np.array([action_code(actions[i % len(actions)]) for i in busy.tolist()], np.uint8),
            count=np.array(counts, np.int64)[busy],
            day_set=np.ones(len(busy), np.uint32),
            members=tuple(f"member-{i}" for i in range(len(counts))),
            start=0,
            stop=1,
        )

    @classmethod
    def of_columns(
        cls,
        *,
        member: NDArray[np.int32],
        month: NDArray[np.int32],
        action: NDArray[np.uint8],
        count: NDArray[np.int64],
        day_set: NDArray[np.uint32],
        **given: Any,
    ) -> "Panel":
        """A panel from its first five columns; the others take their defaults (zero, unknown)."""
        size = len(member)
        zeros = {name: np.zeros(size, np.int64) for name in ("effort", "cents", "zoned", "office", "weekend")}
        columns = {"org": np.zeros(size, np.int32)} | zeros | given
        return cls(member=member, month=month, action=action, count=count, day_set=day_set, **columns)

    def between(self, start: int, stop: int) -> "Panel":
        """The panel with the window [start, stop): the history before it stays, what follows is gone."""
        assert start <= stop, "a window ends after it starts"
        whole = self._whole if self._whole is not None else self
        keep = whole.month < stop
        works = whole.works
        if works is not None:
            kept = works.month < stop
            works = MemberWorks(
                works.member[kept], works.month[kept], works.work[kept], works.count[kept], works.size
            )
        columns = {
            name: getattr(whole, name) if keep.all() else getattr(whole, name)[keep] for name in COLUMNS
        }
        narrowed = replace(
            whole, **columns, start=start, stop=stop, works=works, _kept={}, _whole=None, _pick=None
        )
        return narrowed if self._pick is None else narrowed.resampled(self._pick)

    def last(self, length: int = 12) -> "Panel":
        """The panel with the last `length` months of its window as window."""
        return self.between(self.stop - length, self.stop)

    def before(self) -> "Panel":
        """The panel with the window of equal length just before this one."""
        return self.between(self.start - self.length, self.start)

    def resampled(self, pick: NDArray[np.int64]) -> "Panel":
        """The panel in which the members `pick` (with repetition) are the members, one after the other.

        Figures for each member (`view`) are gathered, not computed again, so that intervals by
        resampling members cost little. Rows are gathered when asked for (`rows`).
        """
        assert self._whole is None, "a resampled panel is not resampled again"
        return replace(self, _kept={}, _whole=self, _pick=np.asarray(pick, np.int64))

    def view(self, compute: "Callable[[Panel], NDArray[Any]]") -> NDArray[Any]:
        """Figures with one entry for each member, computed once for each panel and gathered when resampled.

        Args:
            compute: A module-level function of the panel whose answer has a member in each row.
        """
        key = f"{compute.__module__}.{compute.__qualname__}"
        if key not in self._kept:
            if self._whole is not None and self._pick is not None:
                self._kept[key] = self._whole.view(compute)[self._pick]
            else:
                value = compute(self)
                assert len(value) == self.size, f"{key} must have one entry for each member"
                self._kept[key] = value
        answer: NDArray[Any] = self._kept[key]
        return answer

    def kept(self, compute: "Callable[[Panel], Kept]") -> Kept:
        """What a function says of the panel before it was resampled, computed once: sparse tables, landmarks.

        Args:
            compute: A module-level function of the panel. Its member codes are those `times` counts.
        """
        whole = self._whole if self._whole is not None else self
        key = f"kept {compute.__module__}.{compute.__qualname__}"
        if key not in whole._kept:  # noqa: SLF001 - another panel, the same class
            whole._kept[key] = compute(whole)  # noqa: SLF001
        answer: Kept = whole._kept[key]  # noqa: SLF001
        return answer

    def times(self) -> NDArray[np.int64]:
        """How often each member of the panel before resampling is a member here: 1 without resampling."""
        if self._pick is None:
            return np.ones(len(self.members), np.int64)
        if "times" not in self._kept:
            self._kept["times"] = np.bincount(self._pick, minlength=len(self.members)).astype(np.int64)
        answer: NDArray[np.int64] = self._kept["times"]
        return answer

    def rows(self, *, window: bool = True, actions: tuple[str, ...] = CONTRIBUTIONS) -> "Panel":
        """The rows of these actions, in the window or with the history, members renumbered if resampled."""
        key = f"rows {window} {actions}"
        if key not in self._kept:
            source = self._gathered() if self._pick is not None else self
            keep = np.isin(source.action, [action_code(action) for action in actions])
            if window:
                keep &= source.month >= self.start
            chosen = {name: getattr(source, name)[keep] for name in COLUMNS}
            self._kept[key] = replace(source, **chosen, _kept={})
        answer: Panel = self._kept[key]
        return answer

    def counts(self) -> NDArray[np.int64]:
        """Contributions of each member in the window. int64[size]."""
        return self.view(_counts)

    def active_days(self) -> NDArray[np.int64]:
        """Days of the window on which each member contributed. int64[size]."""
        return self.view(_active_days)

    def lifetime_days(self) -> NDArray[np.int64]:
        """Days on which each member contributed, from the first to the end of the window. int64[size]."""
        return self.view(_lifetime_days)

    def first_month(self) -> NDArray[np.int32]:
        """Month of each member's first contribution, `NEVER` where there is none. int32[size]."""
        return self.view(_first_month)

    def last_month(self) -> NDArray[np.int32]:
        """Month of each member's last contribution before the window's end, `NEVER` where there is none."""
        return self.view(_last_month)

    def monthly_counts(self) -> NDArray[np.int64]:
        """Contributions of each member in each month of the window. int64[size, length]."""
        return self.view(_monthly_counts)

    def _gathered(self) -> "Panel":
        assert self._whole is not None
        assert self._pick is not None
        whole = self._whole
        first = np.searchsorted(whole.member, np.arange(len(whole.members) + 1))
        length = (first[1:] - first[:-1])[self._pick]
        member = np.repeat(np.arange(len(self._pick), dtype=np.int32), length)
        within = np.arange(len(member)) - np.repeat(np.cumsum(length) - length, length)
        row = np.repeat(first[self._pick], length) + within
        columns = {name: getattr(whole, name)[row] for name in COLUMNS} | {"member": member}
        names = tuple(whole.members[i] for i in self._pick)
        return replace(self, **columns, members=names, _kept={}, _whole=None, _pick=None)


COLUMNS = tuple(
    f.name
    for f in fields(Panel)
    if f.name
    in {
        "member",
        "month",
        "action",
        "count",
        "day_set",
        "effort",
        "cents",
        "org",
        "zoned",
        "office",
        "weekend",
    }
)


def _of_members(panel: Panel, member: NDArray[np.int32], weights: NDArray[np.int64]) -> NDArray[np.int64]:
    # bincount sums in float64, exact for whole numbers below 2^53.
    return np.bincount(member, weights, minlength=panel.size).astype(np.int64)


def _counts(panel: Panel) -> NDArray[np.int64]:
    rows = panel.rows()
    return _of_members(panel, rows.member, rows.count)


def _days(panel: Panel, rows: Panel) -> NDArray[np.int64]:
    starts = np.flatnonzero(changes(rows.member, rows.month))
    return _of_members(panel, rows.member[starts], distinct_days(rows.day_set, starts))


def _active_days(panel: Panel) -> NDArray[np.int64]:
    return _days(panel, panel.rows())


def _lifetime_days(panel: Panel) -> NDArray[np.int64]:
    return _days(panel, panel.rows(window=False))


def _first_month(panel: Panel) -> NDArray[np.int32]:
    rows = panel.rows(window=False)
    first = np.full(panel.size, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, rows.member, rows.month)
    return np.where(first == np.iinfo(np.int32).max, NEVER, first).astype(np.int32)


def _last_month(panel: Panel) -> NDArray[np.int32]:
    rows = panel.rows(window=False)
    last = np.full(panel.size, NEVER, np.int32)
    np.maximum.at(last, rows.member, rows.month)
    return last


def _monthly_counts(panel: Panel) -> NDArray[np.int64]:
    rows = panel.rows()
    cells = rows.member.astype(np.int64) * panel.length + (rows.month - panel.start)
    return (
        np.bincount(cells, rows.count, minlength=panel.size * panel.length)
        .astype(np.int64)
        .reshape(panel.size, panel.length)
    )
