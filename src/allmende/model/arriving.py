"""Arriving: newcomers, and the members that a run starts with, a block of them side by side.

Members at the start arrived in the months before it and are still there. Who they are follows from the
kernel: a candidate who arrived `t` months ago with rate `lambda` and dropout `p` is still there with
probability (1 - p) exp(-lambda p t); p given survival of the first day is Beta(a, b + 1), the rest is
thinned. So no months before the start have to be run.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision, member_key, moment_of
from allmende.elementary import exp
from allmende.kernel import apart, kernel, word
from allmende.model.blocks import BLOCK
from allmende.model.member import chance_of
from allmende.model.state import Members, Status
from allmende.model.traits import Trait, employed_rate, employer_of, intensity_of, mean_one, uniforms
from allmende.transforms import SECOND_PART, log_gammas, share_of

__all__ = ["arrive", "born", "clear", "natures", "past", "settle"]

SHAPE, SCALE, A, B = int(Trait.SHAPE), int(Trait.SCALE), int(Trait.A), int(Trait.B)
QUALITY, INTENSITY, NEED = int(Trait.QUALITY), int(Trait.INTENSITY), int(Trait.NEED)
EMPLOYED, PAID_DAYS, ROLE = int(Trait.EMPLOYED), int(Trait.PAID_DAYS), int(Trait.ROLE)
FIRMS, HISTORY, EMPLOYED_START = int(Trait.FIRMS), int(Trait.HISTORY), int(Trait.EMPLOYED_START)
AUDIENCE, TIES = int(Trait.AUDIENCE), int(Trait.TIES)
D_RATE, D_DROPOUT = int(Decision.TRAIT_RATE), int(Decision.TRAIT_DROPOUT)
D_SKILL, D_EMPLOYER = int(Decision.TRAIT_SKILL), int(Decision.TRAIT_EMPLOYER)
D_MOTIVE, D_ARRIVAL = int(Decision.TRAIT_MOTIVE), int(Decision.ARRIVAL)
ACTIVE = int(Status.ACTIVE)
BEFORE = -10_000
TRIES = 64
MOST_PAST_DAYS = 10_000.0

# Rows of the table in which a block is drawn, float64[ROOM, BLOCK].
RATE, DROPOUT, SINCE, TRIED_RATE, TRIED_DROPOUT, ONE, TWO, THREE = range(8)
ROOM = 8


@apart
@kernel
def natures(
    traits: Any, survived: float, seed: int, keys: Any, names: Any, attempt: int, rates: Any, dropouts: Any,
    room: Any,
) -> None:  # fmt: skip
    """Rates and dropout chances: lambda ~ Gamma(r, alpha), p ~ Beta(a, b + survived).

    Args:
        traits: The world's row of `Trait`s.
        survived: 1 for those who have survived a first day already.
        seed: Seed of the study.
        keys: The world's streams.
        names: Whose. uint64[members].
        attempt: Which candidate for the place.
        rates: The answer, float64[members].
        dropouts: The answer, float64[members].
        room: The table.
    """
    size, moment = names.size, moment_of(word(attempt), word(0))
    one, two, three = room[ONE][:size], room[TWO][:size], room[THREE][:size]
    log_gammas(traits[SHAPE], word(seed), word(int(keys[D_RATE])), names, moment, rates, one, two)
    scale = traits[SCALE]
    for k in range(size):
        rates[k] = exp(rates[k]) / scale
    stream, second = word(int(keys[D_DROPOUT])), moment + (word(SECOND_PART) << 32)
    log_gammas(traits[A], word(seed), stream, names, moment, dropouts, one, two)
    log_gammas(traits[B] + survived, word(seed), stream, names, second, three, one, two)
    for k in range(size):
        dropouts[k] = share_of(dropouts[k], three[k])


@apart
@kernel
def past(
    traits: Any, keys: Any, seed: int, names: Any, size: int, tried: Any, places: Any, room: Any
) -> None:
    """Rates, dropout chances and months since arrival of members who are there at the start.

    Candidates are tried, each with draws of its own, until one would still be there; of 64 the last is taken.

    Args:
        traits: The world's row of `Trait`s.
        keys: The world's streams.
        seed: Seed of the study.
        names: Whose. uint64[BLOCK].
        size: How many.
        tried: Room for the names of those still to be found. uint64[BLOCK].
        places: Room for their places. int64[BLOCK].
        room: The table; the first three rows are filled.
    """
    rates, dropouts, sinces = room[RATE], room[DROPOUT], room[SINCE]
    for k in range(size):
        tried[k] = names[k]
        places[k] = k
    left, attempt = size, 0
    while left > 0:
        rate, dropout = room[TRIED_RATE][:left], room[TRIED_DROPOUT][:left]
        natures(traits, 1.0, seed, keys, tried[:left], attempt, rate, dropout, room)
        u_since, u_there, there = room[ONE][:left], room[TWO][:left], room[THREE][:left]
        uniforms(tried[:left], seed, keys[D_ARRIVAL], attempt, u_since, u_there)
        for n in range(left):
            u_since[n] *= traits[HISTORY]
            there[n] = exp(-rate[n] * dropout[n] * u_since[n])
        attempt += 1
        again = 0
        for n in range(left):
            place, name = places[n], tried[n]
            rates[place] = rate[n]
            dropouts[place] = dropout[n]
            sinces[place] = u_since[n]
            places[again] = place
            tried[again] = name
            again += 0 if u_there[n] < there[n] or attempt == TRIES else 1
        left = again


@apart
@kernel
def born(
    members: Members, begin: int, rank_from: int, employed: float, traits: Any, keys: Any, seed: int,
    quality_ratio: float, names: Any, room: Any,
) -> None:  # fmt: skip
    """Draw the remaining traits of rows that hold arrival, rate and dropout already.

        quality, need ~ log-normal of mean 1;   intensity as in `intensity_of`

    Args:
        members: The rows; changed in place.
        begin: First row.
        rank_from: Rank of the first.
        employed: Chance of being employed to take part.
        traits: The world's row of `Trait`s.
        keys: The world's streams.
        seed: Seed of the study.
        quality_ratio: Ratio on their quality.
        names: Their names. uint64[members].
        room: The table; the first three rows stay as they are.
    """
    size = names.size
    stop = begin + size
    employers = members.employer[begin:stop]
    rates, dropouts = members.rate[begin:stop], members.dropout[begin:stop]
    ranks, status = members.rank[begin:stop], members.status[begin:stop]
    for k in range(size):
        ranks[k] = rank_from + k
    for k in range(size):
        status[k] = ACTIVE
    one, two = room[ONE][:size], room[TWO][:size]
    uniforms(names, seed, keys[D_EMPLOYER], 0, one, two)
    _employ(employers, rates, dropouts, employed, traits, one, two)
    qualities, intensities, needs = members.quality, members.intensity, members.need
    uniforms(names, seed, keys[D_SKILL], 0, one, two)
    spread = traits[QUALITY]
    for k in range(size):
        one[k] = mean_one(one[k], spread)
    for k in range(size):
        qualities[begin + k] = quality_ratio * one[k]
    spread = traits[INTENSITY]
    for k in range(size):
        two[k] = intensity_of(float(dropouts[k]), two[k], spread)
    for k in range(size):
        intensities[begin + k] = two[k]
    uniforms(names, seed, keys[D_MOTIVE], 0, one, two)
    spread = traits[NEED]
    for k in range(size):
        one[k] = mean_one(one[k], spread)
    for k in range(size):
        needs[begin + k] = one[k]


@kernel
def _employ(
    employers: Any, rates: Any, dropouts: Any, employed: float, traits: Any, u_employed: Any, u_firm: Any
) -> None:  # fmt: skip
    """Who is employed acts more and stays longer."""
    for k in range(employers.size):
        employers[k] = 0
        if u_employed[k] < employed:
            employers[k] = employer_of(u_firm[k], traits[FIRMS])
            rates[k] = employed_rate(float(rates[k]), traits[PAID_DAYS])
            dropouts[k] = chance_of(float(dropouts[k]), -traits[ROLE])


@kernel
def clear(members: Members, start: int, stop: int) -> None:
    """Nothing has happened yet in these rows."""
    members.ties[start:stop] = 0.0
    members.drive[start:stop] = 0.0
    members.audience[start:stop] = 0.0
    members.expected[start:stop] = 0.0
    members.receipt[start:stop] = 0.0
    members.frame[start:stop] = 0.0
    members.wake[start:stop] = 0
    members.acts[start:stop] = 0
    members.year[start:stop] = 0
    members.lifetime[start:stop] = 0
    members.days[start:stop] = 0
    members.accepted[start:stop] = 0


def settle(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], numbers: NDArray[np.int64],
    lo: int, hi: int, traits: NDArray[np.float64], streams: NDArray[np.uint64], seed: int,
) -> None:  # fmt: skip
    """The members of worlds lo ... hi - 1 at the start.

    Args:
        members: The rows; changed in place.
        first: Row where each world begins.
        count: Rows in use; grows by `numbers`.
        numbers: How many members each world starts with. int64[worlds].
        lo: First world.
        hi: World after the last.
        traits: Rows of `Trait`. float64[worlds, traits].
        streams: From `blocks.streams_of`.
        seed: Seed of the study.
    """
    rates, dropouts, arrivals = members.rate, members.dropout, members.arrival
    lifetimes, ties, audiences, qualities = members.lifetime, members.ties, members.audience, members.quality
    names, tried = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    places, room = np.empty(BLOCK, np.int64), np.empty((ROOM, BLOCK), np.float64)
    for world in range(lo, hi):
        trait, keys = traits[world], streams[world]
        for rank in range(0, numbers[world], BLOCK):
            size = min(int(numbers[world]) - rank, BLOCK)
            begin = int(first[world] + count[world]) + rank
            clear(members, begin, begin + size)
            for k in range(size):
                names[k] = member_key(word(BEFORE), word(rank + k))
            past(trait, keys, seed, names, size, tried, places, room)
            rate, dropout, since, u_past = room[RATE], room[DROPOUT], room[SINCE], room[ONE]
            uniforms(names[:size], seed, keys[D_ARRIVAL], TRIES, u_past[:size], room[TWO][:size])
            for k in range(size):
                rates[begin + k] = rate[k]
                dropouts[begin + k] = dropout[k]
                arrivals[begin + k] = -1 - int(since[k])
                mean = min(rate[k] * (1.0 - dropout[k]) * since[k], MOST_PAST_DAYS)
                lifetimes[begin + k] = 1 + poisson(mean, u_past[k])
            born(members, begin, rank, trait[EMPLOYED_START], trait, keys, seed, 1.0, names[:size], room)
            for row in range(begin, begin + size):
                ties[row] = float(rates[row]) * trait[TIES]
                audiences[row] = float(rates[row]) * float(qualities[row]) * trait[AUDIENCE]
        count[world] += numbers[world]


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
        rank_from: Rank of the first of them: of `turnover.RANKS`.
        traits: Rows of `Trait`. float64[worlds, traits].
        quality: Ratio on their quality. float64[worlds].
        streams: From `blocks.streams_of`.
        seed: Seed of the study.
        month: Month of arrival.
    """
    rates, dropouts, arrivals = members.rate, members.dropout, members.arrival
    names, room = np.empty(BLOCK, np.uint64), np.empty((ROOM, BLOCK), np.float64)
    for world in range(lo, hi):
        trait, keys = traits[world], streams[world]
        for since in range(0, numbers[world], BLOCK):
            size, rank = min(int(numbers[world]) - since, BLOCK), rank_from + since
            begin = int(first[world] + count[world]) + since
            clear(members, begin, begin + size)
            for k in range(size):
                names[k] = member_key(word(month), word(rank + k))
            rate, dropout = room[RATE][:size], room[DROPOUT][:size]
            natures(trait, 0.0, seed, keys, names[:size], 0, rate, dropout, room)
            for k in range(size):
                rates[begin + k] = rate[k]
                dropouts[begin + k] = dropout[k]
                arrivals[begin + k] = month
            born(members, begin, rank, trait[EMPLOYED], trait, keys, seed, quality[world], names[:size], room)
        count[world] += numbers[world]
