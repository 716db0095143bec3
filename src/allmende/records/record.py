"""Record: what kind of record this is, to be read before any number made from it.

Version control before git, and some communities since, write down who *entered* an act; git writes
down who *made* it. The two count different things: with no change of its community a project goes from 8-13
"authors" a year to 29-35 when its record moves to git (`evidence.md` L1). So the regime is detected and
printed, and records of different regimes are not compared. Repository surgery shows as breaks
(L2, E24), which are annotated and never reported as collapse; office hours are read only off
clocks that tell the member's own time (L12).
"""

from time import time

import numpy as np
from numpy.typing import NDArray

from allmende.community import Record
from allmende.errors import RegimeMismatchError
from allmende.events import OFFSET_UNKNOWN, Events
from allmende.months import MICROSECONDS_A_DAY
from allmende.reader import Source
from allmende.records.breaks import breaks_of
from allmende.records.regimes import Regime, regime_of

__all__ = ["comparable", "describe", "possible_moment", "readable_clock"]

NAMES_MAKERS = ("mediawiki", "wiki")
MICROSECONDS_A_MINUTE = 60_000_000
EARLIEST = 315_532_800_000_000  # 1980-01-01, before which no such clock was set rightly
HOUR = 60
FARTHEST_ZONE = 14 * HOUR
DAYS_A_WEEK, HOURS_A_DAY = 7, 24
THURSDAY = 3  # 1970-01-01


def describe(
    events: Events, bot: NDArray[np.bool_], source: Source | None = None, *, now: int | None = None
) -> Record:
    """What kind of record is this?

    Args:
        events: The events, members identified.
        bot: For each member code, whether it is a program; programs tell nothing about the regime.
        source: Where the events came from.
        now: The present, microseconds since 1970: what is later is a fault. By default the clock's.
    """
    people = ~bot[events.member] if len(events) else np.zeros(0, np.bool_)
    wiki = source is not None and source.reader in NAMES_MAKERS
    regime = Regime("author", "a wiki names who made an edit") if wiki else regime_of(events, people)
    readable = readable_clock(events)
    present = int(time() * 1_000_000) if now is None else now
    return Record(
        regime=regime.name,
        regime_note=regime.note,
        breaks=tuple(sorted((*regime.breaks, *breaks_of(events, people)), key=lambda b: (b.month, b.kind))),
        clock_faults=_faults(events, present),
        zoned_share=float(readable.mean()) if len(events) else 0.0,
        hours=_hours(events, readable),
    )


def comparable(one: Record, other: Record, *, names: tuple[str, str] = ("the one", "the other")) -> None:
    """Nothing, if two records count the same thing.

    A record whose regime is unknown passes: nothing is known against it.

    Args:
        one: A record.
        other: Another.
        names: What to call them.

    Raises:
        RegimeMismatchError: they do not, or one of them changed its regime half way.
    """
    regimes = {one.regime, other.regime} - {"unknown"}
    if len(regimes) <= 1 and "mixed" not in regimes:
        return
    raise RegimeMismatchError(
        f"these records count different things: {names[0]} {_told(one)}, {names[1]} {_told(other)}",
        expected="two records that both name who made an act, or both who entered it",
        next_step="Compare stretches of one regime (--since, --until); the page of each names its breaks.",
    )


def _told(record: Record) -> str:
    meaning = {
        "author": "who made an act",
        "committer": "who entered it",
        "mixed": "first one, then the other",
    }
    return f"is {record.regime} ({meaning.get(record.regime, 'not known')})"


def readable_clock(events: Events) -> NDArray[np.bool_]:
    """Whether the hour on the member's own clock can be read from each event. bool.

    Not where the offset is missing or no zone's. Not where it is zero, which importers, servers and web
    pages write for "not known" (`evidence.md` L12), unless the member's other offsets are those of a
    country that keeps Greenwich time in winter: all of them one hour, and the zeros fall into winter.
    """
    offset = events.offset
    known = (offset != OFFSET_UNKNOWN) & (np.abs(offset.astype(np.int32)) <= FARTHEST_ZONE)
    zero = known & (offset == 0)
    away = known & (offset != 0)
    if not zero.any() or not away.any():
        return np.asarray(away, np.bool_)
    size = len(events.members)
    month = events.at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
    winter = (month <= 2) | (month >= 9)  # noqa: PLR2004 - October to March
    elsewhere = np.bincount(events.member[away & (offset != HOUR)], minlength=size)
    summer = np.bincount(events.member[away & (offset == HOUR) & ~winter], minlength=size)
    zero_in_summer = np.bincount(events.member[zero & ~winter], minlength=size)
    greenwich = (elsewhere == 0) & (summer > zero_in_summer)
    return np.asarray(away | (zero & greenwich[events.member]), np.bool_)


def _hours(events: Events, readable: NDArray[np.bool_]) -> NDArray[np.int64]:
    local = events.at[readable] + events.offset[readable].astype(np.int64) * MICROSECONDS_A_MINUTE
    hour = np.floor_divide(local, MICROSECONDS_A_DAY // HOURS_A_DAY)
    of_week = (hour + THURSDAY * HOURS_A_DAY) % (DAYS_A_WEEK * HOURS_A_DAY)
    counts = np.bincount(of_week, minlength=DAYS_A_WEEK * HOURS_A_DAY)
    return counts.astype(np.int64).reshape(DAYS_A_WEEK, HOURS_A_DAY)


def possible_moment(events: Events, *, now: int | None = None) -> NDArray[np.bool_]:
    """For each act, whether its moment can be true.

    Not on the first day of 1970, which clocks tell that were never set, or before; and not in the future.

    Args:
        events: The acts.
        now: The present, microseconds since 1970; by default the clock's.
    """
    present = int(time() * 1_000_000) if now is None else now
    return (events.at >= MICROSECONDS_A_DAY) & (events.at <= present + MICROSECONDS_A_DAY)


def _faults(events: Events, now: int) -> dict[str, int]:
    offset = events.offset.astype(np.int32)
    faults = {
        "before 1980": (events.at < EARLIEST) & (events.at >= MICROSECONDS_A_DAY),
        "before 1970, or its first day (left out)": events.at < MICROSECONDS_A_DAY,
        "in the future (left out)": events.at > now + MICROSECONDS_A_DAY,
        "recorded before it was made": events.recorded < events.at,
        "recorded more than a year later": events.recorded - events.at > 365 * MICROSECONDS_A_DAY,
        "zone that does not exist": (offset != OFFSET_UNKNOWN) & (np.abs(offset) > FARTHEST_ZONE),
    }
    return {kind: count for kind, mask in faults.items() if (count := int(np.count_nonzero(mask)))}
