"""Traits: who a newcomer is, and who the members are that a run starts with.

Traits are drawn at arrival, each from its own decision, keyed by (month of arrival, rank). The person
carries most of the inequality, from the first day on (`field.md` B13).

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
from allmende.model.state import Members, Status
from allmende.transforms import beta, gamma, log_normal

__all__ = [
    "Trait",
    "born",
    "draw",
    "mean_one",
    "newborn",
    "settle",
    "settler",
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
def born(
    members: Members, row: int, arrival: int, rank: int, rate: float, dropout: float, employed: float,
    traits: Any, keys: Any, seed: int,
) -> None:  # fmt: skip
    """A member of that rate and dropout, with the remaining traits drawn; nothing has happened yet.

        quality, need ~ log-normal of mean 1;  intensity = (1 - p)^2 log-normal

    Who is likely to leave after a day also does one thing in it: 93 % of one-day authors made one commit,
    of all author-days 66 % hold one (fitted to fourteen git histories).

    Args:
        members: The rows; changed in place.
        row: Where.
        arrival: Month of arrival.
        rank: Rank in that month.
        rate: lambda.
        dropout: p.
        employed: Chance of being employed to take part.
        traits: The world's row of `Trait`s.
        keys: The world's streams.
        seed: Seed of the study.
    """
    u_quality, u_intensity = draw(seed, int(keys[D_SKILL]), arrival, rank, 0, 0)
    u_need, _ = draw(seed, int(keys[D_MOTIVE]), arrival, rank, 0, 0)
    u_employed, u_firm = draw(seed, int(keys[D_EMPLOYER]), arrival, rank, 0, 0)
    employer = 0
    if u_employed < employed:
        # Firms differ in size: the second has half of the first, the fourth a quarter.
        employer = 1 + int(exp(u_firm * traits[FIRMS]) - 1.0)
        rate = rate + traits[PAID_DAYS]
        odds = dropout * exp(-traits[ROLE])
        dropout = odds / (1.0 - dropout + odds)
    members.arrival[row] = arrival
    members.rank[row] = rank
    members.rate[row] = rate
    members.dropout[row] = dropout
    members.quality[row] = mean_one(u_quality, traits[QUALITY])
    members.intensity[row] = (1.0 - dropout) * (1.0 - dropout) * mean_one(u_intensity, traits[INTENSITY])
    members.need[row] = mean_one(u_need, traits[NEED])
    members.employer[row] = employer
    members.status[row] = ACTIVE
    _blank(members, row)


@kernel
def _blank(members: Members, row: int) -> None:
    members.ties[row] = 0.0
    members.drive[row] = 0.0
    members.audience[row] = 0.0
    members.expected[row] = 0.0
    members.receipt[row] = 0.0
    members.frame[row] = 0.0
    members.wake[row] = 0
    members.acts[row] = 0
    members.year[row] = 0
    members.lifetime[row] = 0
    members.days[row] = 0
    members.accepted[row] = 0


@kernel
def newborn(members: Members, row: int, arrival: int, rank: int, traits: Any, keys: Any, seed: int) -> None:
    """A newcomer: lambda ~ Gamma(r, alpha), p ~ Beta(a, b), the rest as in `born`."""
    key, moment = member_key(word(arrival), word(rank)), moment_of(word(0), word(0))
    rate = gamma(traits[SHAPE], word(seed), word(int(keys[D_RATE])), key, moment) / traits[SCALE]
    dropout = beta(traits[A], traits[B], word(seed), word(int(keys[D_DROPOUT])), key, moment)
    born(members, row, arrival, rank, rate, dropout, traits[EMPLOYED], traits, keys, seed)


@kernel
def settler(members: Members, row: int, rank: int, traits: Any, keys: Any, seed: int) -> None:
    """A member who is there at the start, with a past that follows from the kernel."""
    key = member_key(word(BEFORE), word(rank))
    rate, dropout, since = 0.0, 0.0, 0.0
    for attempt in range(TRIES):
        moment = moment_of(word(attempt), word(0))
        rate = gamma(traits[SHAPE], word(seed), word(int(keys[D_RATE])), key, moment) / traits[SCALE]
        dropout = beta(traits[A], traits[B] + 1.0, word(seed), word(int(keys[D_DROPOUT])), key, moment)
        u_since, u_there = draw(seed, int(keys[D_ARRIVAL]), BEFORE, rank, attempt, 0)
        since = u_since * traits[HISTORY]
        if u_there < exp(-rate * dropout * since):
            break
    arrival = -1 - int(since)
    born(members, row, arrival, rank, rate, dropout, traits[EMPLOYED_START], traits, keys, seed)
    u_past, _ = draw(seed, int(keys[D_ARRIVAL]), BEFORE, rank, TRIES, 0)
    past = 1 + poisson(min(rate * (1.0 - dropout) * since, 10_000.0), u_past)
    members.lifetime[row] = min(past, 65_535)
    settled_rate = float(members.rate[row])
    members.ties[row] = settled_rate * traits[TIES]
    members.audience[row] = settled_rate * float(members.quality[row]) * traits[AUDIENCE]


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
        streams: From `choosing.streams_of`.
        seed: Seed of the study.
    """
    for world in range(lo, hi):
        begin = int(first[world] + count[world])
        for rank in range(int(numbers[world])):
            settler(members, begin + rank, rank, traits[world], streams[world], seed)
        count[world] += numbers[world]
