"""Choosing: all members of all worlds choose at once, in blocks of compiled code.

A block is up to 512 neighbouring rows of one world. Its first loops run over every row and are straight
lines, which a compiler turns into vector instructions; only for the few who act do the scalar rules
of `model.member` run one after the other. Sums are taken in a fixed order inside a block and then over
blocks, so the bits do not depend on how blocks are dealt to threads.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, moment_of, threefry, unit
from allmende.kernel import kernel, word
from allmende.model.blocks import BLOCK, forget, gather, intentions
from allmende.model.member import (
    active_days,
    acts,
    chance_of,
    dropout_exponent,
    mean_days,
)
from allmende.model.proposing import employ, propose
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import Members, Status
from allmende.model.traits import draw

__all__ = ["add_up", "chances", "choose", "decide", "keep", "luck_of", "newcomer_exponent"]

FAR = 1e9
LONGEST_LIFETIME = 65_535

# Plain integers, so that compiled code is made anew when one of them changes.
ACTIVE, LEAVING, BACK = int(Status.ACTIVE), int(Status.LEAVING), int(Status.RETURNED)
RATE, NEED, BELONGING, STAY = (
    int(Signal.RATE), int(Signal.NEED), int(Signal.BELONGING), int(Signal.BELONGING_STAY),
)  # fmt: skip
CORE_RATE, OUTER_RATE, ODDS = int(Signal.CORE_RATE), int(Signal.OUTER_RATE), int(Signal.ODDS)
OUTSIDER_ODDS, NEWCOMER_ODDS = int(Signal.OUTSIDER_ODDS), int(Signal.NEWCOMER_ODDS)
RESPONSE, ANSWERED, USUAL = int(Signal.RESPONSE), int(Signal.ANSWERED), int(Signal.USUAL)
TIES_KEPT, TIES_MADE = int(Signal.TIES_KEPT), int(Signal.TIES_MADE)
HIRE, LAYOFF, EXTRA = int(Signal.HIRE), int(Signal.LAYOFF), int(Signal.ACTS)
PROPOSAL, BAR, JUDGEMENT = int(Signal.PROPOSAL), int(Signal.BAR), int(Signal.JUDGEMENT)
CORE, FIRMS = int(Signal.CORE), int(Signal.FIRMS)
N_ALIVE, N_ACTING, N_NEWCOMERS = int(Tally.ALIVE), int(Tally.ACTING), int(Tally.NEWCOMERS)
N_DAYS, N_ACTS, N_CORE_DAYS = int(Tally.DAYS), int(Tally.ACTS), int(Tally.CORE_DAYS)
N_EMPLOYED_ACTING, N_EMPLOYED_ACTS = int(Tally.EMPLOYED_ACTING), int(Tally.EMPLOYED_ACTS)
N_LEFT, N_BACK, N_ACCEPTED = int(Tally.LEFT), int(Tally.RETURNED), int(Tally.ACCEPTED)
N_PAID_ACTING, N_EMPLOYED, N_ANSWERED = (
    int(Tally.PAID_ACTING), int(Tally.EMPLOYED), int(Tally.ANSWERED),
)  # fmt: skip
A_OUTPUT, A_EMPLOYED, A_PAID = (
    int(Amount.OUTPUT), int(Amount.EMPLOYED_OUTPUT), int(Amount.PAID_OUTPUT),
)  # fmt: skip
D_ACTIVITY, D_WORK, D_ARRIVAL = int(Decision.ACTIVITY), int(Decision.WORK), int(Decision.ARRIVAL)


@kernel
def newcomer_exponent(gate: float, response: float, answered: int, usual: float) -> float:
    """The gate, and the response against the usual share of responses, on a newcomer's odds."""
    return gate - response * (answered - usual)


@kernel
def luck_of(
    members: Members, start: int, who: Any, size: int, keys: Any, seed: int, month: int, names: Any, luck: Any
) -> None:
    """Two uniform numbers for each member who may act: for contributions, and for an answer.

    Args:
        members: All members.
        start: First row of the block.
        who: From `gather`.
        size: How many of them.
        keys: The world's streams.
        seed: Seed of the study.
        month: Month of the run.
        names: Filled with the names of these members. uint64[BLOCK].
        luck: Rows 0 and 1 are filled. float64[3, BLOCK].
    """
    arrival, rank = members.arrival, members.rank
    for k in range(size):
        row = start + int(who[k])
        names[k] = member_key(word(int(arrival[row])), word(int(rank[row])))
    stream, moment = word(int(keys[D_WORK])), moment_of(word(month), word(0))
    u_acts, u_answer = luck[0], luck[1]
    for k in range(size):
        first, second = threefry(word(seed), stream, word(int(names[k])), moment)
        u_acts[k] = unit(first)
        u_answer[k] = unit(second)


@kernel
def chances(members: Members, start: int, who: Any, size: int, signals: Any, month: int, luck: Any) -> None:
    """Chance of dropping out after an active day, into row 2 of `luck`; arguments as in `luck_of`."""
    arrival, ties, employer, dropout = members.arrival, members.ties, members.employer, members.dropout
    odds, stay, outsider_odds = signals[ODDS], signals[STAY], signals[OUTSIDER_ODDS]
    gate, response, usual = signals[NEWCOMER_ODDS], signals[RESPONSE], signals[USUAL]
    share = signals[ANSWERED]
    for k in range(size):
        row = start + int(who[k])
        newcomer = 0.0
        if arrival[row] == month:
            newcomer = newcomer_exponent(gate, response, 1 if luck[1, k] < share else 0, usual)
        outsider = 0.0 if employer[row] > 0 else outsider_odds
        exponent = dropout_exponent(odds, stay, float(ties[row]), outsider, newcomer)
        luck[2, k] = chance_of(float(dropout[row]), exponent)


@kernel
def decide(
    members: Members, start: int, who: Any, size: int, signals: Any, keys: Any, seed: int, month: int,
    room: Any, luck: Any, choice: Any,
) -> None:  # fmt: skip
    """The month of each member who may act: active days, contributions, leaving, and whether answered.

    Args:
        members: All members.
        start: First row of the block.
        who: From `gather`.
        size: How many of them.
        signals: The world's row of `Signal`s.
        keys: The world's streams.
        seed: Seed of the study.
        month: Month of the run.
        room: From `intentions`.
        luck: From `luck_of` and `chances`.
        choice: Filled: days, contributions, left, answered. int64[4, BLOCK].
    """
    arrival, rank, lifetime = members.arrival, members.rank, members.lifetime
    intensity, coming = members.intensity, int(keys[D_ARRIVAL])
    recognised = signals[CORE_RATE] != 0.0 or signals[OUTER_RATE] != 0.0
    for k in range(size):
        j = int(who[k])
        row = start + j
        first, answered, mean = 0, 0, room[0, j]
        if arrival[row] == month:
            # The first active day falls anywhere in the month; only what is left of it can hold more.
            u_rest, _ = draw(seed, coming, month, int(rank[row]), month, 0)
            first, mean = 1, mean * u_rest
            answered = 1 if luck[1, k] < signals[ANSWERED] else 0
        elif recognised:
            own = signals[CORE_RATE] if lifetime[row] >= signals[CORE] else signals[OUTER_RATE]
            mean = mean_days(mean, own)
        days, left = active_days(first, mean, luck[2, k], room[2, j], room[3, j])
        choice[0, k] = days
        choice[1, k] = acts(days, signals[EXTRA] * float(intensity[row]), luck[0, k])
        choice[2, k] = left
        choice[3, k] = answered


@kernel
def keep(members: Members, start: int, who: Any, size: int, made: float, choice: Any) -> None:
    """Write what was decided into the members' rows.

    Args:
        members: All members; changed in place.
        start: First row of the block.
        who: From `gather`.
        size: How many of them.
        made: Ties made on an active day.
        choice: From `decide`.
    """
    days, count, year = members.days, members.acts, members.year
    lifetime, ties, status = members.lifetime, members.ties, members.status
    for k in range(size):
        row, done = start + int(who[k]), int(choice[0, k])
        days[row] = done
        count[row] = choice[1, k]
        year[row] += choice[1, k]
        lifetime[row] = min(int(lifetime[row]) + done, LONGEST_LIFETIME)
        ties[row] = float(ties[row]) + made * done
        if choice[2, k] > 0:
            status[row] = LEAVING


@kernel
def add_up(
    members: Members,
    start: int,
    who: Any,
    size: int,
    month: int,
    core: float,
    choice: Any,
    tally: Any,
    amount: Any,
) -> None:
    """What those who acted add up to; arguments as in `decide` and `keep`."""
    arrival, quality, receipt = members.arrival, members.quality, members.receipt
    employer, lifetime = members.employer, members.lifetime
    for k in range(size):
        days = int(choice[0, k])
        if days == 0:
            continue
        row, count = start + int(who[k]), int(choice[1, k])
        output = float(quality[row]) * count
        tally[N_ACTING] += 1
        tally[N_DAYS] += days
        tally[N_ACTS] += count
        tally[N_LEFT] += choice[2, k]
        amount[A_OUTPUT] += output
        if arrival[row] == month:
            tally[N_NEWCOMERS] += 1
            tally[N_ANSWERED] += choice[3, k]
        if lifetime[row] - days >= core:
            tally[N_CORE_DAYS] += days
        if employer[row] > 0:
            tally[N_EMPLOYED_ACTING] += 1
            tally[N_EMPLOYED_ACTS] += count
            amount[A_EMPLOYED] += output
        elif receipt[row] > 0.0:
            tally[N_PAID_ACTING] += 1
            amount[A_PAID] += output


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
    room = np.empty((4, BLOCK), np.float64)
    who, choice = np.empty(BLOCK, np.int64), np.empty((4, BLOCK), np.int64)
    names, luck = np.empty(BLOCK, np.uint64), np.empty((3, BLOCK), np.float64)
    for block in range(lo, hi):
        world, start, stop = int(blocks[block, 0]), int(blocks[block, 1]), int(blocks[block, 2])
        heard, keys, tally, amount = signals[world], streams[world], tallies[block], amounts[block]
        forget(members, start, stop, heard[TIES_KEPT])
        intentions(members, start, stop, heard, seed, int(keys[D_ACTIVITY]), month, room)
        size = gather(members, start, stop, month, room, who, tally)
        luck_of(members, start, who, size, keys, seed, month, names, luck)
        chances(members, start, who, size, heard, month, luck)
        decide(members, start, who, size, heard, keys, seed, month, room, luck, choice)
        keep(members, start, who, size, heard[TIES_MADE], choice)
        add_up(members, start, who, size, month, heard[CORE], choice, tally, amount)
        if heard[BAR] < FAR:
            propose(members, start, who, size, heard, keys, seed, month, choice, tally, amount)
        if heard[HIRE] > 0.0 or heard[LAYOFF] > 0.0:
            employ(members, start, stop, heard, keys, seed, month)
