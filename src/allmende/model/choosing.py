"""Choosing: all members of all worlds choose at once, in blocks of compiled code.

A block is up to 512 neighbouring rows of one world. Its first loops run over every row and are straight
lines, which a compiler turns into vector instructions; only for the few who act do the scalar rules
of `model.member` run one after the other. Sums are taken in a fixed order inside a block and then over
blocks, so the bits do not depend on how blocks are dealt to threads.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, moment_of, stream_of, threefry, unit
from allmende.elementary import exp, log
from allmende.kernel import kernel, word
from allmende.model.member import (
    active_days,
    acts,
    chance_of,
    dropout_exponent,
    mean_days,
    rate_exponent,
)
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import Members, Standing, Status
from allmende.model.traits import draw
from allmende.transforms import normal

__all__ = [
    "BLOCK",
    "act",
    "blocks_of",
    "choose",
    "employ",
    "forget",
    "intentions",
    "mixed",
    "newcomer_exponent",
    "propose",
    "streams_of",
]

BLOCK = 512
FAR = 1e9

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
A_MAKER, A_MARKET = int(Amount.MAKER_VALUE), int(Amount.MARKET_VALUE)
D_ACTIVITY, D_WORK, D_ARRIVAL = int(Decision.ACTIVITY), int(Decision.WORK), int(Decision.ARRIVAL)
D_MARKET, D_USE = int(Decision.MARKET_VALUE), int(Decision.USE_VALUE)
D_EMPLOYER = int(Decision.TRAIT_EMPLOYER)


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
def newcomer_exponent(signals: Any, answered: int) -> float:
    """The gate, and the response against the usual share of responses, on a newcomer's odds."""
    return float(signals[NEWCOMER_ODDS] - signals[RESPONSE] * (answered - signals[USUAL]))


@kernel
def act(
    members: Members, row: int, signals: Any, keys: Any, seed: int, month: int, mean: float,
    u_days: float, u_stay: float, tally: Any, amount: Any,
) -> None:  # fmt: skip
    """The month of one member who may act: days, contributions, staying, and what they add up to."""
    arrival, rank = int(members.arrival[row]), int(members.rank[row])
    employed = members.employer[row] > 0
    newcomer = arrival == month
    is_core = members.lifetime[row] >= signals[CORE]
    u_acts, u_answer = draw(seed, int(keys[D_WORK]), arrival, rank, month, 0)
    first, answered, extra_odds = 0, 0, 0.0
    if newcomer:
        # The first active day falls anywhere in the month; only what is left of it can hold more.
        u_rest, _ = draw(seed, int(keys[D_ARRIVAL]), arrival, rank, month, 0)
        first, mean = 1, mean * u_rest
        answered = 1 if u_answer < signals[ANSWERED] else 0
        extra_odds = newcomer_exponent(signals, answered)
    elif signals[CORE_RATE] != 0.0 or signals[OUTER_RATE] != 0.0:
        mean = mean_days(mean, signals[CORE_RATE] if is_core else signals[OUTER_RATE])
    outsider = 0.0 if employed else signals[OUTSIDER_ODDS]
    exponent = dropout_exponent(signals[ODDS], signals[STAY], float(members.ties[row]), outsider, extra_odds)
    chance = chance_of(float(members.dropout[row]), exponent)
    days, left = active_days(first, mean, chance, u_days, u_stay)
    if days == 0:
        return
    count = acts(days, signals[EXTRA] * float(members.intensity[row]), u_acts)
    members.days[row] = days
    members.acts[row] = count
    members.year[row] += count
    members.lifetime[row] = min(int(members.lifetime[row]) + days, 65_535)
    members.ties[row] = float(members.ties[row]) + signals[TIES_MADE] * days
    if left:
        members.status[row] = LEAVING
    _add(members, row, days, count, left, newcomer, answered, employed, is_core, tally, amount)


@kernel
def _add(
    members: Members, row: int, days: int, count: int, left: int, newcomer: int, answered: int,
    employed: int, is_core: int, tally: Any, amount: Any,
) -> None:  # fmt: skip
    output = float(members.quality[row]) * count
    tally[N_ACTING] += 1
    tally[N_DAYS] += days
    tally[N_ACTS] += count
    tally[N_LEFT] += left
    amount[A_OUTPUT] += output
    if newcomer:
        tally[N_NEWCOMERS] += 1
        tally[N_ANSWERED] += answered
    if is_core:
        tally[N_CORE_DAYS] += days
    if employed:
        tally[N_EMPLOYED_ACTING] += 1
        tally[N_EMPLOYED_ACTS] += count
        amount[A_EMPLOYED] += output
    elif members.receipt[row] > 0.0:
        tally[N_PAID_ACTING] += 1
        amount[A_PAID] += output


@kernel
def propose(
    members: Members, row: int, signals: Any, keys: Any, seed: int, month: int, tally: Any, amount: Any
) -> None:
    """The best of a member's proposals of the month, judged by the sponsor.

    Judged value is the best of n standard normals, Phi^-1(u^(1/n)); true market value correlates with it by
    `JUDGEMENT`, the value to the maker with the market value by `PROPOSAL` (rho).
    """
    count = int(members.acts[row])
    if count == 0:
        return
    arrival, rank = int(members.arrival[row]), int(members.rank[row])
    u_best, u_market = draw(seed, int(keys[D_MARKET]), arrival, rank, month, 0)
    u_use, _ = draw(seed, int(keys[D_USE]), arrival, rank, month, 0)
    judged = normal(exp(log(u_best) / count))
    market = mixed(judged, normal(u_market), signals[JUDGEMENT])
    own = mixed(market, normal(u_use), signals[PROPOSAL])
    if own > 0.0:
        amount[A_MAKER] += own
    if judged > signals[BAR]:
        members.accepted[row] = 1
        tally[N_ACCEPTED] += 1
        amount[A_MARKET] += market


@kernel
def mixed(first: float, second: float, correlation: float) -> float:
    """A standard normal number that correlates with `first`: c first + sqrt(1 - c^2) second."""
    return correlation * first + math.sqrt(1.0 - correlation * correlation) * second


@kernel
def employ(members: Members, row: int, signals: Any, keys: Any, seed: int, month: int) -> None:
    """Hiring of active core volunteers, and dismissal of employed members."""
    u_change, u_firm = draw(
        seed, int(keys[D_EMPLOYER]), int(members.arrival[row]), int(members.rank[row]), month, 1
    )
    if members.employer[row] == 0:
        if members.days[row] > 0 and members.lifetime[row] >= signals[CORE] and u_change < signals[HIRE]:
            members.employer[row] = 1 + int(u_firm * signals[FIRMS])
    elif u_change < signals[LAYOFF]:
        members.employer[row] = 0
        members.status[row] = LEAVING


def choose(
    members: Members,
    blocks: NDArray[np.int64],
    lo: int,
    hi: int,
    signals: NDArray[np.float64],
    streams: NDArray[np.uint64],
    seed: int,
    month: int,
    tallies: NDArray[np.int64],
    amounts: NDArray[np.float64],
) -> None:
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
    for block in range(lo, hi):
        world, start, stop = int(blocks[block, 0]), int(blocks[block, 1]), int(blocks[block, 2])
        row_signals, keys = signals[world], streams[world]
        tally, amount = tallies[block], amounts[block]
        forget(members, start, stop, row_signals[TIES_KEPT])
        intentions(members, start, stop, row_signals, seed, int(keys[D_ACTIVITY]), month, room)
        proposing = row_signals[BAR] < FAR
        employing = row_signals[HIRE] > 0.0 or row_signals[LAYOFF] > 0.0
        for j in range(stop - start):
            row = start + j
            status = members.status[row]
            if status not in (ACTIVE, BACK):
                continue
            tally[N_ALIVE] += 1
            if status == BACK:
                tally[N_BACK] += 1
                members.status[row] = ACTIVE
            if members.employer[row] > 0:
                tally[N_EMPLOYED] += 1
            if room[2, j] > room[1, j] or members.arrival[row] == month:
                act(
                    members, row, row_signals, keys, seed, month, room[0, j], room[2, j], room[3, j],
                    tally, amount,
                )  # fmt: skip
                if proposing:
                    propose(members, row, row_signals, keys, seed, month, tally, amount)
            if employing:
                employ(members, row, row_signals, keys, seed, month)
