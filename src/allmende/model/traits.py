"""Traits: who a newcomer is, and who the members are that a run starts with.

Traits are drawn at arrival, each from its own decision, keyed by (month of arrival, rank). The person
carries most of the inequality, from the first day on (`evidence.md` B13).

Members at the start arrived in the months before it and are still there. Who they are follows from the
kernel: a candidate who arrived `t` months ago with rate `lambda` and dropout `p` is still there with
probability (1 - p) exp(-lambda p t); p given survival of the first day is Beta(a, b + 1), the rest is
thinned. So no months before the start have to be run.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision, member_key, moment_of, threefry, unit
from allmende.elementary import exp
from allmende.kernel import kernel, word
from allmende.model.member import chance_of
from allmende.model.state import Members, Status
from allmende.transforms import beta, gamma, log_normal

__all__ = [
    "Trait",
    "arrive",
    "born",
    "clear",
    "draw",
    "employed_rate",
    "employer_of",
    "intensity_of",
    "mean_one",
    "nature",
    "past",
    "settle",
]


class Trait(IntEnum):
    """Distributions from which traits are drawn: one number for each world."""

    SHAPE = 0
    """r of lambda ~ Gamma(r, alpha)."""
    SCALE = 1
    """alpha, in months."""
    A = 2
    """a of p ~ Beta(a, b)."""
    B = 3
    """b."""
    QUALITY = 4
    """Standard deviation of log quality."""
    INTENSITY = 5
    """Standard deviation of log intensity."""
    NEED = 6
    """Standard deviation of log need."""
    EMPLOYED = 7
    """Chance that a newcomer is employed to take part."""
    PAID_DAYS = 8
    """Active days a month that an employer adds."""
    ROLE = 9
    """What employment takes off the log odds of dropping out."""
    FIRMS = 10
    """How many firms employ."""
    HISTORY = 11
    """Months before the start over which the first members arrived."""
    EMPLOYED_START = 12
    """Chance that a member at the start is employed."""
    AUDIENCE = 13
    """Attention of a member at the start for each expected active day a month. [views/day]"""
    TIES = 14
    """Ties of a member at the start for each expected active day a month."""


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


@kernel
def draw(seed: int, stream: int, arrival: int, rank: int, month: int, part: int) -> tuple[float, float]:
    """Two uniform numbers for one member and one decision in one month.

    Args:
        seed: Seed of the study.
        stream: `stream_of(decision, replicate)`.
        arrival: Month of the member's arrival.
        rank: Rank in that month.
        month: Month of the decision.
        part: Which pair of the decision.
    """
    first, second = threefry(
        word(seed), word(stream), member_key(word(arrival), word(rank)), moment_of(word(month), word(part))
    )
    return unit(first), unit(second)


@kernel
def mean_one(u: float, spread: float) -> float:
    """A log-normal number of mean 1."""
    return log_normal(-0.5 * spread * spread, spread, u)


@kernel
def employed_rate(rate: float, paid_days: float) -> float:
    """Active days a month of an employed member: the own rate and what the employer adds."""
    return rate + paid_days


@kernel
def employer_of(u: float, log_firms: float) -> int:
    """Which firm employs: the second has half as many as the first, the fourth a quarter."""
    return 1 + int(exp(u * log_firms) - 1.0)


@kernel
def intensity_of(dropout: float, u: float, spread: float) -> float:
    """Contributions a day beyond the first, relative to `Signal.ACTS`: (1 - p)^2 log-normal.

    Who is likely to leave after a day also does one thing in it: 93 % of one-day authors made one commit,
    of all author-days 66 % hold one (fitted to fourteen git histories).
    """
    return (1.0 - dropout) * (1.0 - dropout) * mean_one(u, spread)


@kernel
def nature(
    traits: Any, survived: float, seed: int, keys: Any, key: Any, moment: Any
) -> tuple[float, float]:  # fmt: skip
    """Rate and dropout chance: lambda ~ Gamma(r, alpha), p ~ Beta(a, b + survived)."""
    rate = gamma(traits[SHAPE], word(seed), word(int(keys[D_RATE])), key, moment) / traits[SCALE]
    b = traits[B] + survived
    return rate, beta(traits[A], b, word(seed), word(int(keys[D_DROPOUT])), key, moment)


@kernel
def past(rank: int, traits: Any, keys: Any, seed: int) -> tuple[float, float, float]:
    """Rate, dropout chance and months since arrival of a member who is there at the start.

    Candidates are tried, each with draws of its own, until one would still be there; of 64 the last is taken.
    """
    key = member_key(word(BEFORE), word(rank))
    rate, dropout, since = 0.0, 0.0, 0.0
    for attempt in range(TRIES):
        moment = moment_of(word(attempt), word(0))
        rate, dropout = nature(traits, 1.0, seed, keys, key, moment)
        u_since, u_there = draw(seed, int(keys[D_ARRIVAL]), BEFORE, rank, attempt, 0)
        since = u_since * traits[HISTORY]
        if u_there < exp(-rate * dropout * since):
            break
    return rate, dropout, since


@kernel
def born(
    members: Members, begin: int, numbers: int, rank_from: int, arrival: int, employed: float,
    traits: Any, keys: Any, seed: int, quality_ratio: float,
) -> None:  # fmt: skip
    """Draw the remaining traits of rows that hold arrival, rate and dropout already.

        quality, need ~ log-normal of mean 1;   intensity as in `intensity_of`

    Args:
        members: The rows; changed in place.
        begin: First row.
        numbers: How many rows.
        rank_from: Rank of the first.
        arrival: Month of arrival that the keys of their traits hold.
        employed: Chance of being employed to take part.
        traits: The world's row of `Trait`s.
        keys: The world's streams.
        seed: Seed of the study.
        quality_ratio: Ratio on their quality.
    """
    rates, dropouts, qualities = members.rate, members.dropout, members.quality
    intensities, needs, employers = members.intensity, members.need, members.employer
    ranks, status = members.rank, members.status
    skill, motive, employment = int(keys[D_SKILL]), int(keys[D_MOTIVE]), int(keys[D_EMPLOYER])
    for k in range(numbers):
        row, rank = begin + k, rank_from + k
        u_quality, u_intensity = draw(seed, skill, arrival, rank, 0, 0)
        u_need, _ = draw(seed, motive, arrival, rank, 0, 0)
        u_employed, u_firm = draw(seed, employment, arrival, rank, 0, 0)
        employers[row] = 0
        if u_employed < employed:
            employers[row] = employer_of(u_firm, traits[FIRMS])
            rates[row] = employed_rate(float(rates[row]), traits[PAID_DAYS])
            dropouts[row] = chance_of(float(dropouts[row]), -traits[ROLE])
        qualities[row] = quality_ratio * mean_one(u_quality, traits[QUALITY])
        intensities[row] = intensity_of(float(dropouts[row]), u_intensity, traits[INTENSITY])
        needs[row] = mean_one(u_need, traits[NEED])
        ranks[row] = rank
        status[row] = ACTIVE


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
    for world in range(lo, hi):
        begin, size = int(first[world] + count[world]), int(numbers[world])
        trait, keys = traits[world], streams[world]
        clear(members, begin, begin + size)
        for rank in range(size):
            rate, dropout, since = past(rank, trait, keys, seed)
            rates[begin + rank] = rate
            dropouts[begin + rank] = dropout
            arrivals[begin + rank] = -1 - int(since)
            u_past, _ = draw(seed, int(keys[D_ARRIVAL]), BEFORE, rank, TRIES, 0)
            days = 1 + poisson(min(rate * (1.0 - dropout) * since, 10_000.0), u_past)
            lifetimes[begin + rank] = days
        born(members, begin, size, 0, BEFORE, trait[EMPLOYED_START], trait, keys, seed, 1.0)
        for row in range(begin, begin + size):
            ties[row] = float(rates[row]) * trait[TIES]
            audiences[row] = float(rates[row]) * float(qualities[row]) * trait[AUDIENCE]
        count[world] += size


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
    moment = moment_of(word(0), word(0))
    for world in range(lo, hi):
        begin, size = int(first[world] + count[world]), int(numbers[world])
        trait, keys = traits[world], streams[world]
        clear(members, begin, begin + size)
        for k in range(size):
            key = member_key(word(month), word(rank_from + k))
            rate, dropout = nature(trait, 0.0, seed, keys, key, moment)
            rates[begin + k] = rate
            dropouts[begin + k] = dropout
            arrivals[begin + k] = month
        born(members, begin, size, rank_from, month, trait[EMPLOYED], trait, keys, seed, quality[world])
        count[world] += size
