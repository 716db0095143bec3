"""A parsed history as events, in one canonical order.

Whatever way a history was read (at once, in pieces, from the cache), the events are the same to the
last byte: in order of author date, ties by commit id; members and works numbered in order of name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allmende.events import RECORDER_UNKNOWN, Events, Refusals, Touches, action_code, concatenate
from allmende.gitlog.parse import Log

__all__ = ["Told", "canonical", "decoded", "joined", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a history told.

    Args:
        events: Its readable commits, in canonical order.
        acts: How many commits it has.
        refusals: Those that could not become events.
        oversized: Commits that touched too many paths to keep them.
        unrecorded: Commits that do not say who entered them, or when.
    """

    events: Events
    acts: int
    refusals: Refusals
    oversized: int = 0
    unrecorded: int = 0


def told(log: Log, *, touches: bool = False, lines: bool = False) -> Told:
    """What a log told, as events; options as in `_events`."""
    return Told(
        _events(log, touches=touches, lines=lines),
        log.acts,
        Refusals.of(log.refusals),
        log.oversized,
        log.unrecorded,
    )


def _events(log: Log, *, touches: bool = False, lines: bool = False) -> Events:
    """The commits of a log as events in canonical order.

    A commit is an act of making; a merge is a decision to let others' work in.

    Args:
        log: The commits.
        touches: With the works they touched.
        lines: With lines added and removed as effort; otherwise each is an effort of one.
    """
    rows = np.repeat(np.arange(len(log.at)), log.touched)
    return canonical(
        Events(
            at=log.at,
            offset=log.offset,
            member=log.member,
            action=np.where(log.merge, action_code("decide"), action_code("make")).astype(np.uint8),
            effort=log.lines if lines else np.ones(len(log.at), np.int64),
            cents=np.zeros(len(log.at), np.int64),
            org=np.zeros(len(log.at), np.int32),
            ref=log.ref,
            recorder=log.recorder,
            recorded=log.recorded,
            members=decoded(log.people),
            effort_unit="lines" if lines else "events",
            touches=Touches(rows, log.work, decoded(log.works)) if touches else None,
        )
    )


def joined(older: Told, newer: Told) -> Told:
    """Two parts of one history as one."""
    return Told(
        canonical(concatenate([older.events, newer.events])),
        older.acts + newer.acts,
        newer.refusals + older.refusals,
        older.oversized + newer.oversized,
        older.unrecorded + newer.unrecorded,
    )


def decoded(names: Iterable[bytes]) -> tuple[str, ...]:
    r"""Text of names: UTF-8 where it is that, else Windows-1252, which old histories are full of.

    >>> decoded([b"Zo\xc3\xab", b"Zo\xeb"])
    ('Zoë', 'Zoë')
    """
    return tuple(_text(name) for name in names)


def canonical(table: Events) -> Events:
    """The same events in canonical order, with no name that nobody bears."""
    table = _in_order(table)
    members, codes = _by_name(
        table.members, np.concatenate([table.member, table.recorder[table.recorder >= 0]])
    )
    recorder = np.where(table.recorder < 0, RECORDER_UNKNOWN, codes[np.maximum(table.recorder, 0)])
    touches = table.touches
    if touches is not None:
        works, work_codes = _by_name(touches.works, touches.work)
        touches = Touches(touches.event, work_codes[touches.work], works)
    return replace(
        table,
        member=codes[table.member],
        recorder=recorder.astype(np.int32),
        members=members,
        touches=touches,
    )


def _in_order(table: Events) -> Events:
    order = np.argsort(table.at, kind="stable")
    at = table.at[order]
    equal = np.zeros(len(at) + 1, np.bool_)
    equal[1:-1] = at[1:] == at[:-1]
    tied = order[equal[1:] | equal[:-1]]
    order[equal[1:] | equal[:-1]] = tied[np.lexsort((table.ref[tied], table.at[tied]))]
    return table.take(order)


def _by_name(names: tuple[str, ...], used: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The names in use in order, and the new code of each old one."""
    borne = np.flatnonzero(np.bincount(used, minlength=len(names))).tolist()
    known = {name: code for code, name in enumerate(sorted({names[code] for code in borne}))}
    codes = np.zeros(max(len(names), 1), np.int32)
    codes[borne] = [known[names[code]] for code in borne]
    return tuple(known), codes


def _text(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp1252", "replace")
