"""Events: what members did, one row an act, as the record tells it.

Columns are NumPy arrays of equal length; members and organisations are codes into tuples of names.
The schema has a version and one rule of evolution: columns are only ever added, with a default.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from allmende.months import instant

__all__ = [
    "ACTIONS",
    "OFFSET_UNKNOWN",
    "RECORDER_UNKNOWN",
    "SCHEMA_VERSION",
    "Event",
    "Events",
    "Refusal",
    "Refusals",
    "Touches",
    "action_code",
    "concatenate",
]

SCHEMA_VERSION = 1
ACTIONS = ("make", "revise", "review", "discuss", "pay", "join", "leave", "decide", "use")
OFFSET_UNKNOWN = -32768
RECORDER_UNKNOWN = -1


def action_code(action: str) -> int:
    """The code of an action in the `action` column.

    >>> action_code("review")
    2
    """
    return ACTIONS.index(action)


class Event(NamedTuple):
    """One act by one member, as a reader of small sources yields it.

    Args:
        at: When, UTC (a moment without a zone is taken as UTC).
        member: Who, as the source writes it.
        action: One of `ACTIONS`.
        offset: Minutes east of UTC on the member's clock, None when unknown.
        effort: Lines, bytes or seconds, in the unit the reader declares.
        cents: Money that changed hands, 0 when none.
        org: Employer or organisation, "" when unknown.
        ref: Commit, revision, address: where the act can be looked up.
        recorder: Who entered it into the record, as the source writes it; None for the member.
        recorded: When it was entered; None for `at`.
        works: The works (files, pages) it touched.
    """

    at: datetime
    member: str
    action: str = "make"
    offset: int | None = None
    effort: int = 1
    cents: int = 0
    org: str = ""
    ref: str = ""
    recorder: str | None = None
    recorded: datetime | None = None
    works: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Something in a source that could not become an event: where, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """All refusals of a source, counted by reason, with the first places of each.

    Args:
        counts: How many for each reason.
        examples: Up to ten places for each reason.
    """

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)

    KEPT = 10

    @property
    def total(self) -> int:
        """How many things were refused."""
        return sum(self.counts.values())

    @classmethod
    def of(cls, refusals: Iterable[Refusal]) -> Self:
        """Count refusals.

        >>> Refusals.of([Refusal("line 3", "no date"), Refusal("line 9", "no date")]).counts
        {'no date': 2}
        """
        counts: dict[str, int] = {}
        examples: dict[str, tuple[str, ...]] = {}
        for place, reason in refusals:
            counts[reason] = counts.get(reason, 0) + 1
            if counts[reason] <= cls.KEPT:
                examples[reason] = (*examples.get(reason, ()), place)
        return cls(counts, examples)

    def __add__(self, other: "Refusals") -> "Refusals":
        counts = dict(self.counts)
        examples = dict(self.examples)
        for reason, number in other.counts.items():
            counts[reason] = counts.get(reason, 0) + number
            examples[reason] = (*examples.get(reason, ()), *other.examples.get(reason, ()))[: self.KEPT]
        return Refusals(counts, examples)


@dataclass(frozen=True, slots=True)
class Touches:
    """Which works an event touched: the optional relation touches(event, work).

    Args:
        event: Row of the event in its `Events`, int64, ascending.
        work: Code into `works`, int32.
        works: Names of the works.
    """

    event: NDArray[np.int64]
    work: NDArray[np.int32]
    works: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """The acts of a community in order of time.

    Args:
        at: Microseconds since 1970, UTC. int64.
        offset: Minutes east of UTC, `OFFSET_UNKNOWN` when unknown. int16.
        member: Code into `members`. int32.
        action: Code into `ACTIONS`. uint8.
        effort: In `effort_unit`s, whole numbers so that sums are exact. int64.
        cents: Money that changed hands. int64.
        org: Code into `orgs`; code 0 is "", unknown. int32.
        ref: Commit, revision id, address. bytes.
        recorder: Code into `members` of who entered the act; `RECORDER_UNKNOWN` for another, unnamed. int32.
        recorded: Microseconds at which it was entered. int64.
        members: Names of the members, as the source writes them, or pseudonyms.
        orgs: Names of the organisations; the first is "".
        effort_unit: What one unit of effort is: "events" when the source tells nothing more.
        touches: Which works each event touched, or None when that was not read.
    """

    at: NDArray[np.int64]
    offset: NDArray[np.int16]
    member: NDArray[np.int32]
    action: NDArray[np.uint8]
    effort: NDArray[np.int64]
    cents: NDArray[np.int64]
    org: NDArray[np.int32]
    ref: NDArray[np.bytes_]
    recorder: NDArray[np.int32]
    recorded: NDArray[np.int64]
    members: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ("",)
    effort_unit: str = "events"
    touches: Touches | None = None

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in COLUMNS}
        assert len(set(lengths.values())) == 1, f"columns of unequal length: {lengths}"
        assert self.orgs[:1] == ("",), "organisation 0 must be the unknown one"

    def __len__(self) -> int:
        return len(self.at)

    @classmethod
    def of_columns(
        cls,
        at: NDArray[np.int64],
        member: NDArray[np.int32],
        members: tuple[str, ...],
        **given: Any,
    ) -> Self:
        """Events from the two columns that every source has; the others take their defaults.

        Args:
            at: Microseconds since 1970, UTC.
            member: Codes into `members`.
            members: Names of the members.
            given: Any other field of the class.
        """
        size = len(at)
        columns: dict[str, Any] = {
            "offset": np.full(size, OFFSET_UNKNOWN, np.int16),
            "action": np.zeros(size, np.uint8),
            "effort": np.ones(size, np.int64),
            "cents": np.zeros(size, np.int64),
            "org": np.zeros(size, np.int32),
            "ref": np.zeros(size, "S1"),
            "recorder": member,
            "recorded": at,
        } | given
        return cls(at=at, member=member, members=members, **columns)

    @classmethod
    def of(cls, events: Iterable[Event], *, effort_unit: str = "events") -> Self:
        """Events from single acts, sorted by time."""
        rows = sorted(events, key=lambda event: instant(event.at))
        members: dict[str, int] = {}
        orgs: dict[str, int] = {"": 0}
        works: dict[str, int] = {}
        member = [members.setdefault(row.member, len(members)) for row in rows]
        recorder = [
            code if row.recorder is None else members.setdefault(row.recorder, len(members))
            for row, code in zip(rows, member, strict=True)
        ]
        touched = [
            (index, works.setdefault(work, len(works)))
            for index, row in enumerate(rows)
            for work in row.works
        ]
        at = np.array([instant(row.at) for row in rows], np.int64)
        return cls.of_columns(
            at,
            np.array(member, np.int32),
            tuple(members),
            offset=np.array([OFFSET_UNKNOWN if r.offset is None else r.offset for r in rows], np.int16),
            action=np.array([action_code(row.action) for row in rows], np.uint8),
            effort=np.array([row.effort for row in rows], np.int64),
            cents=np.array([row.cents for row in rows], np.int64),
            org=np.array([orgs.setdefault(row.org, len(orgs)) for row in rows], np.int32),
            ref=np.array([row.ref.encode() for row in rows] or [b""], np.bytes_)[: len(rows)],
            recorder=np.array(recorder, np.int32),
            recorded=np.array(
                [instant(row.at if row.recorded is None else row.recorded) for row in rows], np.int64
            ),
            orgs=tuple(orgs),
            effort_unit=effort_unit,
            touches=_touches(touched, works),
        )

    def take(self, rows: NDArray[Any]) -> "Events":
        """The events at these row numbers (or where this mask is true), touches included."""
        index = np.flatnonzero(rows) if rows.dtype == bool else np.asarray(rows, np.int64)
        columns = {name: getattr(self, name)[index] for name in COLUMNS}
        return replace(self, **columns, touches=_take_touches(self.touches, index, len(self)))

    def in_time_order(self) -> "Events":
        """The same events sorted by `at`, ties in their present order."""
        if np.all(self.at[1:] >= self.at[:-1]):
            return self
        return self.take(np.argsort(self.at, kind="stable"))


COLUMNS = tuple(f.name for f in fields(Events) if f.name not in {"members", "orgs", "effort_unit", "touches"})


def _touches(touched: list[tuple[int, int]], works: dict[str, int]) -> Touches | None:
    if not touched:
        return None
    table = np.array(touched, np.int64)
    return Touches(table[:, 0], table[:, 1].astype(np.int32), tuple(works))


def _take_touches(touches: Touches | None, index: NDArray[np.int64], size: int) -> Touches | None:
    if touches is None:
        return None
    first = np.searchsorted(touches.event, np.arange(size + 1))
    counts = first[index + 1] - first[index]
    event = np.repeat(np.arange(len(index)), counts)
    within = np.arange(len(event)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Touches(event, touches.work[np.repeat(first[index], counts) + within], touches.works)


def concatenate(parts: Iterator[Events] | list[Events]) -> Events:
    """Several event tables as one, in time order; names are joined, codes renumbered."""
    tables = list(parts)
    members: dict[str, int] = {}
    orgs: dict[str, int] = {"": 0}
    works: dict[str, int] = {}
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}
    touched: list[NDArray[np.int64]] = []
    rows = 0
    for table in tables:
        to_member = _renumber(table.members, members)
        to_org = _renumber(table.orgs, orgs)
        for name in COLUMNS:
            columns[name].append(getattr(table, name))
        columns["member"][-1] = to_member[table.member]
        columns["org"][-1] = to_org[table.org]
        unknown = table.recorder == RECORDER_UNKNOWN
        columns["recorder"][-1] = (
            np.where(unknown, RECORDER_UNKNOWN, to_member[np.where(unknown, 0, table.recorder)]).astype(
                np.int32
            )
            if len(table)
            else table.recorder
        )
        if table.touches is not None:
            to_work = _renumber(table.touches.works, works)
            touched.append(np.stack([table.touches.event + rows, to_work[table.touches.work]]))
        rows += len(table)
    touches = None
    if touched:
        joined = np.concatenate(touched, axis=1)
        touches = Touches(joined[0], joined[1].astype(np.int32), tuple(works))
    if not tables:
        return Events.of([])
    return Events(
        **{name: np.concatenate(parts) for name, parts in columns.items()},
        members=tuple(members),
        orgs=tuple(orgs),
        effort_unit=tables[0].effort_unit,
        touches=touches,
    ).in_time_order()


def _renumber(names: tuple[str, ...], known: dict[str, int]) -> NDArray[np.int32]:
    return np.array([known.setdefault(name, len(known)) for name in names] or [0], np.int32)
