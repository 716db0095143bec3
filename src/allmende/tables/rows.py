"""Rows: what the rows of a table say about a community, by a mapping.

Every row becomes an event or a counted refusal with its place and the first reason found, or, where
only one community of several was asked for, is left out and counted.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from allmende.events import ACTIONS, OFFSET_UNKNOWN, RECORDER_UNKNOWN, Events, Refusals, action_code
from allmende.tables.columns import (
    NOTHING,
    SEPARATOR,
    Batch,
    Column,
    Faults,
    flags,
    instants,
    numbers,
    texts,
    time_unit,
)
from allmende.tables.mapping import Columns, Constants, Mapping
from allmende.tables.works import touched

__all__ = ["Heard", "hear", "settle"]

LONGEST_NAME = 1_000
LONGEST_REF = 200
FURTHEST_OFFSET = 18 * 60
NAMED_VALUES = 20


@dataclass(frozen=True, slots=True)
class Heard:
    """What some rows said.

    Args:
        events: In the order of the rows.
        refusals: Rows that could not become events.
        communities: Communities that the rows belong to, the ones left out included.
        elsewhere: Rows of communities that were not asked for.
        bots: How many acts of each member the table calls a program's.
        unsized: Events whose effort the table does not tell.
    """

    events: Events
    refusals: Refusals
    communities: frozenset[str] = frozenset()
    elsewhere: int = 0
    bots: Counter[str] = field(default_factory=Counter)
    unsized: int = 0


def settle(mapping: Mapping, batch: Batch, *, guessed: bool) -> tuple[Mapping, tuple[str, ...]]:
    """A mapping with what only the rows can tell: the unit of numbers that are times, whether actions are.

    Args:
        mapping: The mapping.
        batch: The first rows.
        guessed: Whether columns were told by their names only.

    Returns:
        The mapping, and sentences about what was assumed.
    """
    notes: list[str] = []
    columns = mapping.columns
    clock = batch.columns.get(columns.at or "")
    if clock is not None and clock.kind != "instant" and not mapping.time.unit and not mapping.time.format:
        unit = time_unit(clock)
        mapping = msgspec.structs.replace(mapping, time=msgspec.structs.replace(mapping.time, unit=unit))
        if unit:
            notes.append(f"the numbers in {columns.at} are taken for {unit} since 1970")
    if guessed and columns.action and columns.action in batch.columns:
        known = {*ACTIONS, *mapping.actions.get(columns.action, {})}
        words = {word.strip().lower() for word in texts(batch.columns[columns.action])[1]}
        if not words & known:
            notes.append(f"the values of {columns.action} name no known action: every row counts as make")
            mapping = msgspec.structs.replace(
                mapping,
                columns=msgspec.structs.replace(columns, action=None),
                actions={},
                constants=msgspec.structs.replace(mapping.constants, action="make"),
            )
    return mapping, tuple(notes)


def hear(
    batch: Batch,
    mapping: Mapping,
    place: Callable[[int], str],
    *,
    effort: bool = False,
    touches: bool = False,
) -> Heard:
    """What the rows of a batch say.

    Args:
        batch: The rows; it has all columns that the mapping wants, or they count as empty.
        mapping: Settled.
        place: How a line or row number is written.
        effort: Sizes were asked for.
        touches: Works were asked for.
    """
    total = len(batch.places)
    batch, communities = _of_community(batch, mapping)
    size = len(batch.places)
    faults = Faults(size)
    table = _Table(batch.columns, mapping.columns, mapping.constants, size, faults)
    _refuse(table, mapping)
    at, offset, there = instants(table.column("at"), mapping.time, faults)
    faults.mark(~there, "no time")
    member, members = table.names("member", required=True)
    action = _actions(table, mapping)
    sizes, known = _efforts(table, mapping, wanted=effort or not mapping.effort_on_request)
    columns: dict[str, Any] = {
        "offset": _offsets(table, offset),
        "action": action,
        "effort": sizes,
        "cents": table.whole("cents", 0, factor=1 if mapping.money == "cents" else 100),
        "ref": _refs(table),
    }
    columns["org"], columns["orgs"] = _with_nothing(*table.names("org", missing=mapping.constants.org))
    columns["recorder"], columns["recorded"], members = _recorded(table, mapping, at, member, members)
    if touches and mapping.columns.work:
        columns["touches"] = touched(*table.names("work"))
    robots = flags(table.column("bot"), faults, "bot")[0]
    events = Events.of_columns(at, member, members, **columns).take(faults.fine)
    return Heard(
        _without_idle(events),
        batch.refused + faults.refusals(place, batch.places),
        communities,
        total - size,
        Counter(members[code] for code in member[faults.fine & robots].tolist()),
        int(np.count_nonzero(faults.fine & ~known)),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns of a batch by what they mean."""

    columns: dict[str, Column]
    meaning: Columns
    constants: Constants
    size: int
    faults: Faults

    def source(self, name: str) -> Column:
        """A source column; empty where the file has none of that name."""
        return self.columns.get(name) or Column.nothing(self.size)

    def column(self, what: str) -> Column:
        """The column that means this."""
        return self.source(getattr(self.meaning, what) or "\0")

    def names(
        self, what: str, *, required: bool = False, missing: str = ""
    ) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Names as codes into a table; what cannot be a name is a fault."""
        constant = getattr(self.constants, what, None) or missing
        codes, table = texts(self.column(what))
        if not getattr(self.meaning, what):
            codes, table = np.zeros(self.size, np.int32), (constant,)
        table = table or ("",)
        empty = np.array([not name.strip() for name in table])
        odd = _any(table, lambda name: name == "\0not plain" or (SEPARATOR in name and what != "work"))
        self.faults.mark(odd[codes], f"{what} is a list or an object")
        unclean = _any(table, lambda name: "\0" in name.replace(SEPARATOR, ""))
        self.faults.mark(unclean[codes], "holds a NUL byte")
        too_long = _any(table, lambda name: len(name) > LONGEST_NAME and what != "work")[codes]
        self.faults.mark(too_long, f"{what} is longer than {LONGEST_NAME} characters")
        if required:
            self.faults.mark(empty[codes], f"no {what}")
        elif constant and empty.any():
            table = tuple(constant if nothing else name for name, nothing in zip(table, empty, strict=True))
        return codes, table

    def whole(self, what: str, missing: int, *, factor: int = 1) -> NDArray[np.int64]:
        """Whole numbers; a constant where there are none."""
        name = "amount in cents" if what == "cents" else what
        values, there = numbers(self.column(what), self.faults, name, factor=factor)
        return np.where(there, values, getattr(self.constants, what, None) or missing)


def _without_idle(events: Events) -> Events:
    """The events without the names of those who only stood in refused rows."""
    named = events.recorder >= 0
    used = np.unique(np.concatenate([events.member, events.recorder[named]]))
    recorder = np.where(named, np.searchsorted(used, events.recorder), events.recorder)
    return replace(
        events,
        member=np.searchsorted(used, events.member).astype(np.int32),
        recorder=recorder.astype(np.int32),
        members=tuple(events.members[code] for code in used.tolist()),
    )


def _any(table: tuple[str, ...], test: Callable[[str], bool]) -> NDArray[np.bool_]:
    return np.array([test(name) for name in table], np.bool_)


def _of_community(batch: Batch, mapping: Mapping) -> tuple[Batch, frozenset[str]]:
    column = batch.columns.get(mapping.columns.community or "\0")
    if column is None or not len(batch.places):
        return batch, frozenset()
    codes, table = texts(column)
    communities = frozenset(table[code].strip() for code in np.unique(codes).tolist()) - {""}
    if not mapping.only:
        return batch, communities
    return batch.take(_any(table, lambda name: name.strip() == mapping.only)[codes]), communities


def _refuse(table: _Table, mapping: Mapping) -> None:
    for name, values in mapping.refuse.items():
        codes, words = texts(table.source(name))
        for value in values:
            unwanted = str(value).lower() if isinstance(value, bool) else str(value)
            rows = _any(words or ("",), lambda word, unwanted=unwanted: word == unwanted)[codes]  # type: ignore[misc]
            table.faults.mark(rows, f"{name} is '{unwanted}', refused by the mapping")


def _actions(table: _Table, mapping: Mapping) -> NDArray[np.uint8]:
    """The first listed column whose value is listed decides, then the action column, then the constant."""
    found = np.full(table.size, -1, np.int64)
    own = mapping.columns.action
    rules = [*mapping.actions.items(), *([(own, {})] if own else [])]
    for name, meanings in rules:
        codes, words = texts(table.source(name))
        known = meanings | ({word: word for word in ACTIONS} if name == own else {})
        plain = [word.strip() for word in words or ("",)]
        meant = [known.get(word) or known.get(word.lower()) for word in plain]
        listed = np.array([-1 if word is None else action_code(word) for word in meant])
        found = np.where(found < 0, listed[codes], found)
    if mapping.constants.action:
        found = np.where(found < 0, action_code(mapping.constants.action), found)
    unknown = found < 0
    if unknown.any() and rules:
        codes, words = texts(table.source(own or rules[-1][0]))
        for code in np.unique(codes[unknown & table.faults.fine])[:NAMED_VALUES].tolist():
            shown = "".join(mark if mark.isprintable() else "?" for mark in words[code][:40])
            reason = f"'{shown}' is no known action" if shown.strip() else "no action"
            table.faults.mark(unknown & (codes == code), reason)
    table.faults.mark(unknown, "unknown action")
    return np.where(unknown, 0, found).astype(np.uint8)


def _efforts(table: _Table, mapping: Mapping, *, wanted: bool) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The efforts added up, and where any was told."""
    if not wanted or not mapping.columns.efforts:
        return np.full(table.size, mapping.constants.effort, np.int64), np.ones(table.size, np.bool_)
    total, known = np.zeros(table.size, np.int64), np.zeros(table.size, np.bool_)
    for name in mapping.columns.efforts:
        values, there = numbers(table.source(name), table.faults, name)
        if not mapping.effort_absolute:
            table.faults.mark(there & (values < 0), f"{name} is negative")
        total += np.where(there, np.abs(values), 0)
        known |= there
    return total, known


def _offsets(table: _Table, written: NDArray[np.int16]) -> NDArray[np.int16]:
    column = table.column("offset")
    if table.meaning.offset and column.kind == "text":
        column = Column(
            "text", column.values, column.missing, tuple(_minutes(word.strip()) for word in column.table)
        )
    values, there = numbers(column, table.faults, "offset")
    constant = table.constants.offset
    default = written if constant is None else np.full(table.size, constant, np.int16)
    # The member's clock is a courtesy: an absurd offset costs the offset, not the event.
    sane = there & (np.abs(values) <= FURTHEST_OFFSET)
    told = np.where(sane, values, np.where(there, OFFSET_UNKNOWN, default))
    return np.where(np.abs(told.astype(np.int64)) <= FURTHEST_OFFSET, told, OFFSET_UNKNOWN).astype(np.int16)


def _minutes(text: str) -> str:
    """The text of an offset in minutes where it is written as +05:30 or +0530."""
    if found := re.fullmatch(r"([+-])(\d\d):?([0-5]\d)", text, re.ASCII):
        sign, hours, minutes = found.groups()
        return f"{sign}{int(hours) * 60 + int(minutes)}"
    return text


def _refs(table: _Table) -> NDArray[np.bytes_]:
    if not table.meaning.ref:
        return np.zeros(table.size, "S1")
    codes, words = texts(table.column("ref"))
    written = [b"" if word.strip() in NOTHING else word.encode("utf-8", "replace") for word in words or ("",)]
    too_long = np.array([len(word) > LONGEST_REF or b"\0" in word for word in written])
    table.faults.mark(too_long[codes], f"ref is longer than {LONGEST_REF} bytes or no plain text")
    return np.array([word[:LONGEST_REF] for word in written], np.bytes_)[codes]


def _with_nothing(
    codes: NDArray[np.int32], table: tuple[str, ...]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Codes into a table whose first name is ""."""
    names = ("", *dict.fromkeys(name for name in (name.strip() for name in table) if name))
    code = {name: number for number, name in enumerate(names)}
    return np.array([code[name.strip()] for name in table], np.int32)[codes], names


def _recorded(
    table: _Table,
    mapping: Mapping,
    at: NDArray[np.int64],
    member: NDArray[np.int32],
    members: tuple[str, ...],
) -> tuple[NDArray[np.int32], NDArray[np.int64], tuple[str, ...]]:
    """Who entered each act and when, and the members with the recorders among them."""
    recorder, recorded = member, at
    if mapping.columns.recorder:
        codes, names = table.names("recorder")
        known = dict.fromkeys([*members, *(name for name in names if name.strip())])
        code = {name: number for number, name in enumerate(known)}
        members = tuple(known)
        own = np.array([code.get(name, -1) for name in names], np.int32)[codes]
        recorder = np.where(own < 0, member, own).astype(np.int32)
    if mapping.columns.self_recorded:
        true, said = flags(table.column("self_recorded"), table.faults, "self_recorded")
        recorder = np.where(said & ~true, RECORDER_UNKNOWN, recorder).astype(np.int32)
    if mapping.columns.recorded:
        moments, _, there = instants(
            table.column("recorded"), mapping.time, table.faults, "time of recording"
        )
        recorded = np.where(there, moments, at)
    return recorder, recorded, members
