"""Turnover: members leave, return, and arrive; rows of those gone for good are given back.

Arrivals of month t + 1 are drawn at the end of month t. Their traits are drawn once, keyed by the
month of arrival and the rank in it, so the n-th newcomer of a month is the same person in every world
that has one, whatever the policy.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision
from allmende.kernel import kernel
from allmende.model.member import return_gap
from allmende.model.state import Members, Standing, Status
from allmende.model.traits import draw, newborn

__all__ = [
    "PAID_RANK",
    "arrivals",
    "arrive",
    "newcomers",
    "resettle",
    "settle_leaver",
    "settle_leavers",
    "take_over",
]

PAID_RANK = 2**31
GONE, ACTIVE, PAUSED = int(Status.GONE), int(Status.ACTIVE), int(Status.PAUSED)
LEAVING, BACK = int(Status.LEAVING), int(Status.RETURNED)
D_RETURN, D_ARRIVAL = int(Decision.RETURN), int(Decision.ARRIVAL)
LONG_STANDING = 5


@kernel
def settle_leaver(
    members: Members, row: int, chance: float, shape: float, seed: int, key: int, month: int
) -> None:
    """A member who dropped out pauses or is gone: the longer the member took part, the likelier a return.

    The chance of ever returning is `chance` n / (n + 5) after n active days (`field.md` B15 is about
    core developers; one-day members seldom come back, B6).
    """
    u, _ = draw(seed, key, int(members.arrival[row]), int(members.rank[row]), month, 0)
    lifetime = int(members.lifetime[row])
    gap = return_gap(u, chance * (lifetime / (lifetime + LONG_STANDING)), shape)
    members.wake[row] = month + gap
    members.status[row] = PAUSED if gap > 0 else GONE


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
    for block in range(lo, hi):
        world = int(blocks[block, 0])
        for row in range(int(blocks[block, 1]), int(blocks[block, 2])):
            status = members.status[row]
            if status in (ACTIVE, GONE):
                continue
            if status == LEAVING:
                settle_leaver(
                    members, row, chance[world], shape[world], seed, int(streams[world, D_RETURN]), month
                )
            elif status == PAUSED and members.wake[row] <= month + 1:
                members.status[row] = BACK


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
        part: 0 for those who come anyway, 1 for those drawn by pay.
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


def arrive(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], numbers: NDArray[np.int64],
    lo: int, hi: int, rank_from: int, traits: NDArray[np.float64], quality: NDArray[np.float64],
    streams: NDArray[np.uint64], seed: int, month: int,
) -> None:  # fmt: skip
    """New members in worlds lo ... hi - 1, with traits drawn from the world's distributions.

    Args:
        members: The rows; changed in place.
        first: Row where each world begins.
        count: Rows in use; grows by `numbers`.
        numbers: How many arrive in each world. int64[worlds].
        lo: First world.
        hi: World after the last.
        rank_from: Rank of the first of them: 0, or `PAID_RANK` for those drawn by pay.
        traits: Rows of `traits.Trait`. float64[worlds, traits].
        quality: Ratio on their quality. float64[worlds].
        streams: From `streams_of`.
        seed: Seed of the study.
        month: Month of arrival.
    """
    for world in range(lo, hi):
        begin = int(first[world] + count[world])
        for k in range(int(numbers[world])):
            newborn(members, begin + k, month, rank_from + k, traits[world], streams[world], seed)
            members.quality[begin + k] = float(members.quality[begin + k]) * quality[world]
        count[world] += numbers[world]


def take_over(
    old: Members, old_first: NDArray[np.int64], old_count: NDArray[np.int64], new: Members,
    new_first: NDArray[np.int64], new_count: NDArray[np.int64], keep_gone: int, archive: NDArray[np.float64],
) -> None:  # fmt: skip
    """Move rows into a new standing in order, leaving out who is gone for good.

    Args:
        old: Rows so far.
        old_first: Where worlds begin.
        old_count: Rows in use.
        new: Rows to fill.
        new_first: Where worlds begin there.
        new_count: Filled with the rows in use.
        keep_gone: Whether rows of members who are gone are kept.
        archive: Audience of the works of members whose rows are given back is added here. float64[worlds].
    """
    for world in range(len(old_count)):
        there = int(new_first[world])
        for row in range(int(old_first[world]), int(old_first[world] + old_count[world])):
            if keep_gone or old.status[row] != GONE:
                _copy(old, row, new, there)
                there += 1
            else:
                archive[world] += float(old.audience[row])
        new_count[world] = there - new_first[world]


@kernel
def _copy(old: Any, row: int, new: Any, there: int) -> None:
    new.arrival[there] = old.arrival[row]
    new.rank[there] = old.rank[row]
    new.rate[there] = old.rate[row]
    new.dropout[there] = old.dropout[row]
    new.quality[there] = old.quality[row]
    new.intensity[there] = old.intensity[row]
    new.need[there] = old.need[row]
    new.ties[there] = old.ties[row]
    new.drive[there] = old.drive[row]
    new.audience[there] = old.audience[row]
    new.expected[there] = old.expected[row]
    new.receipt[there] = old.receipt[row]
    new.frame[there] = old.frame[row]
    new.wake[there] = old.wake[row]
    new.acts[there] = old.acts[row]
    new.year[there] = old.year[row]
    new.lifetime[there] = old.lifetime[row]
    new.days[there] = old.days[row]
    new.status[there] = old.status[row]
    new.employer[there] = old.employer[row]
    new.accepted[there] = old.accepted[row]


def resettle(
    standing: Standing, room: NDArray[np.int64], archive: NDArray[np.float64], *, keep_gone: bool
) -> Standing:
    """The same members in a new standing with at least that much room in each world.

    Args:
        standing: The members so far.
        room: Rows to reserve. int64[worlds].
        archive: See `take_over`; changed in place.
        keep_gone: See `take_over`.
    """
    from allmende.kernel import compiled

    fresh = Standing.of_room(room)
    compiled(take_over)(
        standing.members, standing.first, standing.count, fresh.members, fresh.first, fresh.count,
        keep_gone, archive,
    )  # fmt: skip
    return fresh
