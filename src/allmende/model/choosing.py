"""Choosing: all members of all worlds choose at once, in blocks of compiled code.

A block is up to 512 neighbouring rows of one world. Its first loops run over every row and are straight
lines, which a compiler turns into vector instructions; only for the few who act do the scalar rules
of `model.member` run one after the other. Sums are taken in a fixed order inside a block and then over
blocks, so the bits do not depend on how blocks are dealt to threads.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision
from allmende.kernel import kernel
from allmende.model.acting import (
    Own,
    chances,
    collect,
    contributions,
    days_of,
    luck_of,
    rates,
)
from allmende.model.blocks import BLOCK, forget, gather, intentions
from allmende.model.proposing import employ, propose
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import LONGEST_LIFETIME, Members, Status

__all__ = ["choose", "keep"]

FAR = 1e9
OWNS = len(Own)

# Plain integers, so that compiled code is made anew when one of them changes.
LEAVING = int(Status.LEAVING)
FRESH, ANSWERED = int(Own.FRESH), int(Own.ANSWERED)
TIES_KEPT, TIES_MADE, CORE = int(Signal.TIES_KEPT), int(Signal.TIES_MADE), int(Signal.CORE)
HIRE, LAYOFF, EXTRA, BAR = int(Signal.HIRE), int(Signal.LAYOFF), int(Signal.ACTS), int(Signal.BAR)
N_ACTING, N_NEWCOMERS, N_ANSWERED = int(Tally.ACTING), int(Tally.NEWCOMERS), int(Tally.ANSWERED)
N_DAYS, N_ACTS, N_CORE_DAYS = int(Tally.DAYS), int(Tally.ACTS), int(Tally.CORE_DAYS)
N_EMPLOYED_ACTING, N_EMPLOYED_ACTS = int(Tally.EMPLOYED_ACTING), int(Tally.EMPLOYED_ACTS)
N_LEFT, N_PAID_ACTING = int(Tally.LEFT), int(Tally.PAID_ACTING)
A_OUTPUT, A_EMPLOYED, A_PAID = (
    int(Amount.OUTPUT), int(Amount.EMPLOYED_OUTPUT), int(Amount.PAID_OUTPUT),
)  # fmt: skip
D_ACTIVITY = int(Decision.ACTIVITY)


@kernel
def keep(
    members: Members, start: int, who: Any, size: int, signals: Any, own: Any, choice: Any, tally: Any,
    amount: Any,
) -> None:  # fmt: skip
    """Write what was decided into the members' rows, and add up what those who acted did.

    Args:
        members: All members; changed in place.
        start: First row of the block.
        who: From `gather`.
        size: How many of them.
        signals: The world's row of `Signal`s.
        own: From `acting`.
        choice: From `acting`.
        tally: The block's row of `Tally`s.
        amount: The block's row of `Amount`s.
    """
    days, count, year = members.days, members.acts, members.year
    lifetime, ties, status = members.lifetime, members.ties, members.status
    quality, receipt, employer = members.quality, members.receipt, members.employer
    made, core = signals[TIES_MADE], signals[CORE]
    acting, newcomers, answered, left, all_days, all_acts, core_days = 0, 0, 0, 0, 0, 0, 0
    employed_acting, employed_acts, paid_acting = 0, 0, 0
    output, employed_output, paid_output = 0.0, 0.0, 0.0
    for k in range(size):
        done = choice[0, k]
        if done == 0:
            continue
        row, contributed = start + int(who[k]), choice[1, k]
        before = int(lifetime[row])
        days[row] = done
        count[row] = contributed
        year[row] += contributed
        lifetime[row] = min(before + done, LONGEST_LIFETIME)
        ties[row] = float(ties[row]) + made * done
        status[row] = LEAVING if choice[2, k] > 0 else int(status[row])
        worth = float(quality[row]) * contributed
        acting += 1
        all_days += done
        all_acts += contributed
        left += choice[2, k]
        newcomers += int(own[FRESH, k])
        answered += int(own[ANSWERED, k])
        core_days += done if before >= core else 0
        output += worth
        if employer[row] > 0:
            employed_acting += 1
            employed_acts += contributed
            employed_output += worth
        elif receipt[row] > 0.0:
            paid_acting += 1
            paid_output += worth
    tally[N_ACTING], tally[N_NEWCOMERS], tally[N_ANSWERED], tally[N_LEFT] = acting, newcomers, answered, left
    tally[N_DAYS], tally[N_ACTS], tally[N_CORE_DAYS] = all_days, all_acts, core_days
    tally[N_EMPLOYED_ACTING], tally[N_EMPLOYED_ACTS] = employed_acting, employed_acts
    tally[N_PAID_ACTING], amount[A_PAID] = paid_acting, paid_output
    amount[A_OUTPUT], amount[A_EMPLOYED] = output, employed_output


def choose(
    members: Members, blocks: NDArray[np.int64], lo: int, hi: int, signals: NDArray[np.float64],
    streams: NDArray[np.uint64], seed: int, month: int, tallies: NDArray[np.int64],
    amounts: NDArray[np.float64],
) -> None:  # fmt: skip
    """Every member of blocks lo ... hi - 1 chooses, from last month's world.

    Args:
        members: The rows of all worlds; changed in place.
        blocks: From `blocks_of`.
        lo: First block.
        hi: Block after the last.
        signals: float64[worlds, signals].
        streams: From `streams_of`.
        seed: Seed of the study.
        month: Month of the run.
        tallies: int64[blocks, tallies], zero at first.
        amounts: float64[blocks, amounts], zero at first.
    """
    room, own = np.empty((4, BLOCK), np.float64), np.empty((OWNS, BLOCK), np.float64)
    who, choice = np.empty(BLOCK, np.int64), np.empty((5, BLOCK), np.int64)
    names = np.empty(BLOCK, np.uint64)
    for block in range(lo, hi):
        world, start, stop = int(blocks[block, 0]), int(blocks[block, 1]), int(blocks[block, 2])
        heard, keys, tally, amount = signals[world], streams[world], tallies[block], amounts[block]
        forget(members, start, stop, heard[TIES_KEPT])
        intentions(members, start, stop, heard, seed, int(keys[D_ACTIVITY]), month, room)
        size = gather(members, start, stop, month, room, who, choice[4], tally)
        collect(members, start, who, size, month, room, own, names)
        luck_of(names, size, keys, seed, month, own)
        chances(size, heard, own)
        rates(names, size, heard, keys, seed, month, own, choice[4])
        days_of(size, own, choice)
        contributions(size, heard[EXTRA], own, choice)
        keep(members, start, who, size, heard, own, choice, tally, amount)
        if heard[BAR] < FAR:
            propose(members, start, who, size, heard, keys, seed, month, choice, tally, amount)
        if heard[HIRE] > 0.0 or heard[LAYOFF] > 0.0:
            employ(members, start, stop, heard, keys, seed, month)
