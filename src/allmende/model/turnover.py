"""Turnover: members leave, return, and arrive; rows of those gone for good are given back.

Arrivals of month t + 1 are drawn at the end of month t. Their traits are drawn once, keyed by the
month of arrival and the rank in it, so the n-th newcomer of a month is the same person in every world
that has one, whatever the policy.
"""

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision
from allmende.kernel import compiled, kernel
from allmende.model.member import return_gap
from allmende.model.state import MEMBER_FIELDS, Members, Standing, Status
from allmende.model.traits import draw

__all__ = ["RANKS", "arrivals", "gap_of", "newcomers", "resettle", "settle_leavers", "survivors"]

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
    arrival, rank, lifetime = members.arrival, members.rank, members.lifetime
    wake, statuses = members.wake, members.status
    for block in range(lo, hi):
        world = int(blocks[block, 0])
        key = int(streams[world, D_RETURN])
        for row in range(int(blocks[block, 1]), int(blocks[block, 2])):
            status = statuses[row]
            if status == LEAVING:
                u, _ = draw(seed, key, int(arrival[row]), int(rank[row]), month, 0)
                gap = gap_of(int(lifetime[row]), u, chance[world], shape[world])
                wake[row] = month + gap
                statuses[row] = PAUSED if gap > 0 else GONE
            elif status == PAUSED and wake[row] <= month + 1:
                statuses[row] = BACK


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


def survivors(
    status: NDArray[np.uint8], audience: NDArray[np.float32], first: NDArray[np.int64],
    count: NDArray[np.int64], new_first: NDArray[np.int64], keep_gone: int, source: NDArray[np.int64],
    target: NDArray[np.int64], new_count: NDArray[np.int64], archive: NDArray[np.float64],
) -> int:  # fmt: skip
    """Which rows move where, leaving out who is gone for good; answers how many rows move.

    Args:
        status: Of each row.
        audience: Of each row.
        first: Where worlds begin.
        count: Rows in use.
        new_first: Where worlds begin in the new standing.
        keep_gone: 1 when rows of members who are gone are kept.
        source: Filled with the rows that move.
        target: Filled with where to.
        new_count: Filled with the rows in use there.
        archive: Audience of the works of members whose rows are given back is added here. float64[worlds].
    """
    moved = 0
    for world in range(len(count)):
        there = int(new_first[world])
        for row in range(int(first[world]), int(first[world] + count[world])):
            if keep_gone == 0 and status[row] == GONE:
                archive[world] += float(audience[row])
                continue
            source[moved] = row
            target[moved] = there
            moved += 1
            there += 1
        new_count[world] = there - new_first[world]
    return moved


def resettle(
    standing: Standing, room: NDArray[np.int64], archive: NDArray[np.float64], *, keep_gone: bool
) -> Standing:
    """The same members in a new standing with at least that much room in each world.

    Args:
        standing: The members so far.
        room: Rows to reserve. int64[worlds].
        archive: See `survivors`; changed in place.
        keep_gone: See `survivors`.
    """
    fresh, old = Standing.of_room(room), standing.members
    size = int(standing.count.sum())
    source, target = np.empty(size, np.int64), np.empty(size, np.int64)
    moved = compiled(survivors)(
        old.status, old.audience, standing.first, standing.count, fresh.first, int(keep_gone), source, target,
        fresh.count, archive,
    )  # fmt: skip
    for name in MEMBER_FIELDS:
        getattr(fresh.members, name)[target[:moved]] = getattr(old, name)[source[:moved]]
    return fresh
