"""State: the members of a batch of worlds in flat arrays, 64 bytes a member.

Members of world w stand in rows `first[w] ... first[w] + count[w] - 1`, in order of arrival; the rows up to
`first[w + 1]` are room for those to come. A member is named by (month of arrival, rank in that month),
never by a row, so rows may be moved: at the end of each year of the run the rows of those who are gone for
good are given back.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.draws import member_key

__all__ = [
    "BYTES_A_MEMBER",
    "LONGEST_LIFETIME",
    "MEMBER_FIELDS",
    "Members",
    "Standing",
    "Status",
    "names_of",
    "room_for",
]

LONGEST_LIFETIME = 65_535
"""Active days up to which a lifetime is counted."""


class Status(IntEnum):
    """Whether a member takes part."""

    GONE = 0
    """Dropped out for good (also: an empty row)."""
    ACTIVE = 1
    """Takes part: acts at the member's own rate."""
    PAUSED = 2
    """Dropped out, and will return in month `wake`."""
    LEAVING = 3
    """Dropped out in this month; settled at its end (turnover)."""
    RETURNED = 4
    """Back from a pause in this month, otherwise as ACTIVE."""


class Members(NamedTuple):
    """One row for each member; units in brackets."""

    arrival: NDArray[np.int16]
    """Month in which the first active day falls; below 0 for the members there at the start. [month]"""
    rank: NDArray[np.uint32]
    """Rank among those who arrived in that month; entrants drawn by pay count from 2^31, recruits from
    3 2^30. [1]"""
    rate: NDArray[np.float32]
    """Active days a month while every driver is zero: lambda. [days/month]"""
    dropout: NDArray[np.float32]
    """Chance of dropping out after an active day while every driver is zero: p. [1]"""
    quality: NDArray[np.float32]
    """Quality of a contribution, mean 1 over arrivals. [1]"""
    intensity: NDArray[np.float32]
    """Contributions a day beyond the first, relative to the world's `ACTS`. [1]"""
    need: NDArray[np.float32]
    """How much the member needs the common work, mean 1. [1]"""
    ties: NDArray[np.float32]
    """Ties made by working on the same things; 1 is half of full ties. [1]"""
    drive: NDArray[np.float32]
    """Own audience and own pay, as decided at the end of last month. [log ratio of the rate]"""
    audience: NDArray[np.float32]
    """Attention that the member's works have gathered. [views/month]"""
    expected: NDArray[np.float32]
    """Attention the member has become used to. [views/month]"""
    receipt: NDArray[np.float32]
    """Money received lately, a moving average. [cents/month]"""
    frame: NDArray[np.float32]
    """How much the member has come to work for pay, 0 to 1; falls far more slowly than it rises. [1]"""
    wake: NDArray[np.int16]
    """Month of return of a paused member. [month]"""
    acts: NDArray[np.uint16]
    """Contributions of this month. [acts]"""
    year: NDArray[np.uint32]
    """Contributions since the last end of a year. [acts]"""
    lifetime: NDArray[np.uint16]
    """Active days so far, at most 65,535. [days]"""
    days: NDArray[np.uint8]
    """Active days of this month. [days]"""
    status: NDArray[np.uint8]
    """A `Status`."""
    employer: NDArray[np.uint8]
    """Number of the firm that employs the member, 0 when none. [1]"""
    accepted: NDArray[np.uint8]
    """Proposals of this month that the sponsor integrates. [1]"""


MEMBER_FIELDS: dict[str, type] = {
    "arrival": np.int16, "rank": np.uint32, "rate": np.float32, "dropout": np.float32,
    "quality": np.float32, "intensity": np.float32, "need": np.float32, "ties": np.float32,
    "drive": np.float32, "audience": np.float32, "expected": np.float32, "receipt": np.float32,
    "frame": np.float32, "wake": np.int16, "acts": np.uint16, "year": np.uint32,
    "lifetime": np.uint16, "days": np.uint8, "status": np.uint8, "employer": np.uint8,
    "accepted": np.uint8,
}  # fmt: skip
BYTES_A_MEMBER = sum(np.dtype(kind).itemsize for kind in MEMBER_FIELDS.values())


@dataclass(slots=True)
class Standing:
    """The members of a batch, and where each world's stand.

    Args:
        members: The rows.
        first: Row where each world begins, and where the last ends. int64[worlds + 1].
        count: Rows in use in each world. int64[worlds].
    """

    members: Members
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of_room(cls, room: NDArray[np.int64]) -> "Standing":
        """Nobody yet, with room for so many members in each world."""
        first = np.zeros(len(room) + 1, np.int64)
        np.cumsum(room, out=first[1:])
        rows = int(first[-1])
        members = Members(*(np.zeros(rows, kind) for kind in MEMBER_FIELDS.values()))
        return cls(members, first, np.zeros(len(room), np.int64))

    def rows(self, world: int) -> slice:
        """The rows in use of one world."""
        return slice(int(self.first[world]), int(self.first[world] + self.count[world]))


def names_of(members: Members, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Month of arrival and rank of the members in these rows, packed as draws are keyed. uint64[rows]."""
    arrival = members.arrival[rows].astype(np.int64).astype(np.uint64)
    return np.asarray(member_key(arrival, members.rank[rows].astype(np.uint64)), np.uint64)


def room_for(count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows to reserve for so many members: a quarter more, at least 64, so that growth is rare."""
    return count + np.maximum(count // 4, 64)
