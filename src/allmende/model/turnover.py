"""Turnover: members leave, return, and arrive; rows of those gone for good are given back.

Arrivals of month t + 1 are drawn at the end of month t. Their traits are drawn once, keyed by the
month of arrival and the rank in it, so the n-th newcomer of a month is the same person in every world
that has one, whatever the policy.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision, member_key
from allmende.kernel import kernel, word
from allmende.model.blocks import BLOCK
from allmende.model.member import return_gap
from allmende.model.state import MEMBER_FIELDS, Members, Standing, Status
from allmende.model.traits import draw, uniforms

__all__ = ["RANKS", "arrivals", "gap_of", "give_back", "newcomers", "resettle", "settle_leavers"]

RANKS = (0, 2**31, 3 * 2**30)
"""From where they count in their month: who comes anyway, who is drawn by pay, who is recruited."""
GONE, ACTIVE, PAUSED = int(Status.GONE), int(Status.ACTIVE), int(Status.PAUSED)
LEAVING, BACK = int(Status.LEAVING), int(Status.RETURNED)
D_RETURN, D_ARRIVAL = int(Decision.RETURN), int(Decision.ARRIVAL)
LONG_STANDING = 5


@kernel
def gap_of(lifetime: int, u: float, chance: float, shape: float) -> int:
    """Months until a member who dropped out returns, 0 for never.

    The longer a member took part, the likelier a return: chance n / (n + 5) after n active days.
    `evidence.md` B15 is about core developers; one-day members seldom come back (B6).
    """
    return return_gap(u, chance * (lifetime / (lifetime + LONG_STANDING)), shape)


def settle_leavers(
    members: Members, blocks: NDArray[np.int64], lo: int, hi: int, chance: NDArray[np.float64],
    shape: NDArray[np.float64], streams: NDArray[np.uint64], seed: int, month: int,
) -> None:  # fmt: skip
    """End of the month in blocks lo ... hi - 1: who left pauses or is gone, who is due wakes.

    Args:
        members: The rows; changed in place.
        blocks: From `blocks_of`.
        lo: First block.
        hi: Block after the last.
        chance: Chance that a member of long standing ever returns. float64[worlds].
        shape: How fast the hazard of return falls with the gap. float64[worlds].
        streams: From `streams_of`.
        seed: Seed of the study.
        month: Month of the run.
    """
    wake, status, lifetime = members.wake, members.status, members.lifetime
    who, names, room = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.uint64), np.empty((2, BLOCK), np.float64)
    luck = room[0]
    for block in range(lo, hi):
        world, start, stop = int(blocks[block, 0]), int(blocks[block, 1]), int(blocks[block, 2])
        here, due = status[start:stop], wake[start:stop]
        for j in range(stop - start):
            here[j] = BACK if here[j] == PAUSED and due[j] <= month + 1 else int(here[j])
        size = _leavers(members, start, stop, who, names)
        uniforms(names[:size], seed, streams[world, D_RETURN], month, luck[:size], room[1][:size])
        for k in range(size):
            row = start + int(who[k])
            gap = gap_of(int(lifetime[row]), luck[k], chance[world], shape[world])
            wake[row] = month + gap
            status[row] = PAUSED if gap > 0 else GONE


@kernel
def _leavers(members: Members, start: int, stop: int, who: Any, names: Any) -> int:
    """Places in a block, and names, of those who left; how many they are."""
    status, size = members.status, 0
    # Every place is noted and the next one overwrites it unless it counts: a branch would be guessed wrong.
    for j in range(stop - start):
        who[size] = j
        size += 1 if status[start + j] == LEAVING else 0
    arrival, rank = members.arrival, members.rank
    for k in range(size):
        row = start + int(who[k])
        names[k] = member_key(word(int(arrival[row])), word(int(rank[row])))
    return size


def newcomers(
    expected: NDArray[np.float64], streams: NDArray[np.uint64], seed: int, month: int, part: int,
    numbers: NDArray[np.int64],
) -> None:  # fmt: skip
    """How many arrive in each world: Poisson, keyed by the world's replicate and the month.

    Args:
        expected: Expected arrivals. float64[worlds].
        streams: From `streams_of`.
        seed: Seed of the study.
        month: Month of arrival.
        part: 0 for those who come anyway, 1 for those drawn by pay, 2 for those recruited.
        numbers: Filled with the numbers. int64[worlds].
    """
    for world in range(len(expected)):
        u, _ = draw(seed, int(streams[world, D_ARRIVAL]), 0, 0, month, part + 1)
        numbers[world] = arrivals(u, expected[world])


@kernel
def arrivals(u: float, expected: float) -> int:
    """A Poisson number from one uniform number; nobody where nobody is expected."""
    if expected <= 0.0:
        return 0
    return poisson(expected, u)


def give_back(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], lo: int, hi: int,
    archive: NDArray[np.float64],
) -> None:  # fmt: skip
    """Give back the rows of those who are gone for good in worlds lo ... hi - 1; the others move up.

    Args:
        members: The rows; changed in place.
        first: Where worlds begin.
        count: Rows in use; falls.
        lo: First world.
        hi: World after the last.
        archive: Audience of the works of members whose rows are given back is added here. float64[worlds].
    """
    kept = np.empty(0, np.int64)
    for world in range(lo, hi):
        begin, size, size_kept = int(first[world]), int(count[world]), 0
        if size > kept.size:
            kept = np.empty(size, np.int64)
        status, audience = members.status[begin : begin + size], members.audience[begin : begin + size]
        for j in range(size):
            gone = status[j] == GONE
            archive[world] += float(audience[j]) if gone else 0.0
            kept[size_kept] = j
            size_kept += 0 if gone else 1
        _move_up(members, begin, kept[:size_kept])
        for j in range(size_kept, size):
            status[j] = GONE
        count[world] = size_kept


@kernel
def _move_up(members: Members, begin: int, kept: Any) -> None:
    """Rows begin + kept[0], begin + kept[1], ... become rows begin, begin + 1, ..."""
    _column_up(members.arrival, begin, kept)
    _column_up(members.rank, begin, kept)
    _column_up(members.rate, begin, kept)
    _column_up(members.dropout, begin, kept)
    _column_up(members.quality, begin, kept)
    _column_up(members.intensity, begin, kept)
    _column_up(members.need, begin, kept)
    _column_up(members.ties, begin, kept)
    _column_up(members.drive, begin, kept)
    _column_up(members.audience, begin, kept)
    _column_up(members.expected, begin, kept)
    _column_up(members.receipt, begin, kept)
    _column_up(members.frame, begin, kept)
    _column_up(members.wake, begin, kept)
    _column_up(members.acts, begin, kept)
    _column_up(members.year, begin, kept)
    _column_up(members.lifetime, begin, kept)
    _column_up(members.days, begin, kept)
    _column_up(members.status, begin, kept)
    _column_up(members.employer, begin, kept)
    _column_up(members.accepted, begin, kept)


@kernel
def _column_up(column: Any, begin: int, kept: Any) -> None:
    for k in range(kept.size):
        column[begin + k] = column[begin + kept[k]]


def resettle(standing: Standing, room: NDArray[np.int64]) -> Standing:
    """The same members in a new standing with at least that much room in each world.

    Args:
        standing: The members so far.
        room: Rows to reserve. int64[worlds].
    """
    fresh = Standing.of_room(room)
    fresh.count[:] = standing.count
    for name in MEMBER_FIELDS:
        old, new = getattr(standing.members, name), getattr(fresh.members, name)
        for world in range(len(room)):
            new[fresh.rows(world)] = old[standing.rows(world)]
    return fresh
