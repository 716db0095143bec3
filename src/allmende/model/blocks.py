"""Blocks: the rows of a batch in blocks, and the loops over every row with which a month begins.

These loops are straight lines, without branches that depend on luck, so that a compiler turns them into
vector instructions: who is there, how many days are to be expected, and who may act at all.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, moment_of, stream_of, threefry, unit
from allmende.elementary import exp
from allmende.kernel import kernel, word
from allmende.model.member import mean_days, rate_exponent
from allmende.model.signals import Signal, Tally
from allmende.model.state import Members, Standing, Status

__all__ = ["BLOCK", "blocks_of", "forget", "gather", "intentions", "streams_of"]

BLOCK = 512

# Plain integers, so that compiled code is made anew when one of them changes.
ACTIVE, BACK = int(Status.ACTIVE), int(Status.RETURNED)
RATE, NEED, BELONGING = int(Signal.RATE), int(Signal.NEED), int(Signal.BELONGING)
N_ALIVE, N_BACK, N_EMPLOYED = int(Tally.ALIVE), int(Tally.RETURNED), int(Tally.EMPLOYED)


def blocks_of(standing: Standing) -> NDArray[np.int64]:
    """World, first row and row after the last of each block, in order. int64[blocks, 3]."""
    each = -(-standing.count // BLOCK)
    world = np.repeat(np.arange(len(standing.count)), each)
    within = np.arange(len(world)) - np.repeat(np.cumsum(each) - each, each)
    start = standing.first[:-1][world] + within * BLOCK
    stop = np.minimum(start + BLOCK, (standing.first[:-1] + standing.count)[world])
    return np.stack([world, start, stop], axis=1)


def streams_of(replicates: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Second half of the key of every decision in every world. uint64[worlds, decisions]."""
    decisions = np.array([int(d) for d in Decision], np.uint64)
    return np.asarray(stream_of(decisions[None, :], replicates.astype(np.uint64)[:, None]), np.uint64)


@kernel
def intentions(
    members: Members, start: int, stop: int, signals: Any, seed: int, stream: int, month: int, room: Any
) -> None:
    """Fill `room` for one block: expected days, chance of none, and two uniform numbers a member.

    Args:
        members: All members.
        start: First row.
        stop: Row after the last.
        signals: The world's row of `Signal`s.
        seed: Seed of the study.
        stream: Stream of the decision ACTIVITY.
        month: Month of the run.
        room: float64[4, BLOCK]: mean, chance of no day, uniform for days, uniform for staying.
    """
    size = stop - start
    arrival, rank = members.arrival[start:stop], members.rank[start:stop]
    u_days, u_stay = room[2], room[3]
    moment = moment_of(word(month), word(0))
    for j in range(size):
        first, second = threefry(
            word(seed), word(stream), member_key(word(int(arrival[j])), word(int(rank[j]))), moment
        )
        u_days[j] = unit(first)
        u_stay[j] = unit(second)
    need, ties, drive = members.need[start:stop], members.ties[start:stop], members.drive[start:stop]
    common, need_signal, belonging = signals[RATE], signals[NEED], signals[BELONGING]
    mean, none = room[0], room[1]
    for j in range(size):
        mean[j] = rate_exponent(
            common, need_signal, float(need[j]), belonging, float(ties[j]), float(drive[j])
        )
    rate, status = members.rate[start:stop], members.status[start:stop]
    for j in range(size):
        expected = mean_days(float(rate[j]), mean[j])
        here = status[j] == ACTIVE or status[j] == BACK
        mean[j] = expected if here else 0.0
        none[j] = exp(-mean[j])


@kernel
def forget(members: Members, start: int, stop: int, kept: float) -> None:
    """Last month's acts are cleared, and ties fade."""
    days, count, ties = members.days[start:stop], members.acts[start:stop], members.ties[start:stop]
    accepted = members.accepted[start:stop]
    for j in range(stop - start):
        days[j] = 0
    for j in range(stop - start):
        count[j] = 0
    for j in range(stop - start):
        accepted[j] = 0
    for j in range(stop - start):
        ties[j] = float(ties[j]) * kept


@kernel
def gather(
    members: Members, start: int, stop: int, month: int, room: Any, who: Any, may: Any, tally: Any
) -> int:  # fmt: skip
    """Note who may act, and count who is there. Answers how many may act.

    Args:
        members: All members; who was back is active from now on.
        start: First row.
        stop: Row after the last.
        month: Month of the run.
        room: From `intentions`.
        who: Filled with places in the block, in order. int64[BLOCK].
        may: Room for a flag each. int64[BLOCK].
        tally: The block's row of `Tally`s.
    """
    arrival, status = members.arrival[start:stop], members.status[start:stop]
    employer = members.employer[start:stop]
    none, u_days = room[1], room[2]
    alive, back, employed = 0, 0, 0
    for j in range(stop - start):
        here = 1 if status[j] == ACTIVE or status[j] == BACK else 0
        alive += here
        employed += here if employer[j] > 0 else 0
        back += 1 if status[j] == BACK else 0
    tally[N_ALIVE], tally[N_BACK], tally[N_EMPLOYED] = alive, back, employed
    for j in range(stop - start):
        status[j] = ACTIVE if status[j] == BACK else status[j]
    for j in range(stop - start):
        comes = arrival[j] == month and status[j] == ACTIVE
        may[j] = 1 if u_days[j] > none[j] or comes else 0
    size = 0
    # Every place is noted and the next one overwrites it unless it counts: a branch would be guessed wrong.
    for j in range(stop - start):
        who[size] = j
        size += may[j]
    return size
