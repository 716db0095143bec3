"""Traits: the laws by which members differ.

Traits are drawn at arrival, each from its own decision, keyed by (month of arrival, rank). The person
carries most of the inequality, from the first day on (`evidence.md` B13). Who draws them is in
`model.arriving`.
"""

from enum import IntEnum
from typing import Any

from allmende.draws import member_key, moment_of, threefry, unit
from allmende.elementary import exp
from allmende.kernel import kernel, word
from allmende.transforms import log_normal

__all__ = ["Trait", "draw", "employed_rate", "employer_of", "intensity_of", "mean_one", "uniforms"]


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
def uniforms(names: Any, seed: int, stream: Any, month: int, firsts: Any, seconds: Any) -> None:
    """`draw` of part 0 for a block of members.

    Args:
        names: Whose: `draws.member_key` of each. uint64[members].
        seed: Seed of the study.
        stream: `stream_of(decision, replicate)`.
        month: Month of the decision.
        firsts: The first number of each. float64[members].
        seconds: The second number of each. float64[members].
    """
    moment = moment_of(word(month), word(0))
    for k in range(names.size):
        first, second = threefry(word(seed), word(int(stream)), word(int(names[k])), moment)
        firsts[k] = unit(first)
        seconds[k] = unit(second)


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
