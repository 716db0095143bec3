"""Counts: Poisson and binomial numbers by inversion of their distribution functions.

One number between 0 and 1 gives one count; the count never falls when that number or the mean rises, so that
a policy which raises a rate never costs the member an act by luck alone. Small means are summed
from 0; large ones start beside the normal quantile and sum the smaller tail from there, with probabilities by
Loader's saddle-point expansion (2000), so that both tails are right to about 10^-14 of themselves.
"""

import math

import numpy as np
from numpy.typing import NDArray

from allmende.elementary import exp, log, log1p
from allmende.kernel import apart, kernel
from allmende.transforms import normal

__all__ = ["FEW", "VAST", "binomial", "poisson", "poissons"]

FEW = 12.0
VAST = 1e8
_EVEN = 0.5
_PASSES = 8  # enough for nine in ten active members of a month
_NEARLY_ONE = 1.0 - 2.0**-20
_NOTHING = 2.0**-80
_LAST = 2.0**-56
_RECIPROCALS = np.array([0.0, *(1.0 / n for n in range(1, 257))])
_STIRLING_ERRORS = np.array(
    [
        0.0,
        0.0810614667953272582196702,
        0.0413406959554092940938221,
        0.02767792568499833914878929,
        0.02079067210376509311152277,
        0.01664469118982119216319487,
        0.01387612882307074799874573,
        0.01189670994589177009505572,
        0.010411265261972096497478567,
        0.009255462182712732917728637,
        0.008330563433362871256469318,
        0.007573675487951840794972024,
        0.006942840107209529865664152,
        0.006408994188004207068439631,
        0.005951370112758847735624416,
        0.005554733551962801371038690,
    ]
)


@kernel
def poisson(mean: float, u: float) -> int:
    """The least n with P(N <= n) >= u for a Poisson count N of that mean.

    Args:
        mean: At least 0; above `VAST` the Cornish-Fisher expansion is used, whose distribution
            function is off by less than 10^-7.
        u: Strictly between 0 and 1: `draws.unit(word)`.
    """
    if mean < FEW:
        return _from_zero(mean, 0.0, exp(-mean), u)
    guess = _guess(mean, math.sqrt(mean), 1.0, normal(u))
    if mean > VAST:
        return guess
    return _walk(mean, 0.0, u, guess, _poisson_chance(guess, mean), guess <= mean)


@apart
@kernel
def poissons(
    means: NDArray[np.float64], us: NDArray[np.float64], counts: NDArray[np.int64], below: NDArray[np.float64]
) -> None:
    """`poisson` for a block of members, with the same counts.

    The first few steps are straight lines that a compiler turns into vector instructions; `poisson` is asked
    for the members who need more.

    Args:
        means: float64[members].
        us: float64[members].
        counts: The answer, int64[members].
        below: Room for as many; holds P(N <= count) after the first steps.
    """
    for i in range(means.size):
        chance = exp(-means[i])
        reached, count = chance, 0
        for n in range(1, _PASSES + 1):
            count += 1 if us[i] > reached else 0
            chance *= means[i] * _RECIPROCALS[n]
            reached += chance
        counts[i] = count
        below[i] = reached
    for i in range(means.size):
        if us[i] > min(below[i], _NEARLY_ONE) or means[i] >= FEW:
            counts[i] = poisson(means[i], us[i])


@kernel
def binomial(trials: int, chance: float, u: float) -> int:
    """The least n with P(N <= n) >= u for the number N of successes in that many trials.

    Above a chance of 1/2 failures are counted, with 1 - u. As `poisson`, expanded when the mean of the rarer
    outcome is above `VAST`.
    """
    if trials <= 0 or chance <= 0.0:
        return 0
    if chance >= 1.0:
        return trials
    if chance > _EVEN:
        return trials - _rarer(trials, 1.0 - chance, 1.0 - u)
    return _rarer(trials, chance, u)


@kernel
def _rarer(trials: int, chance: float, u: float) -> int:
    mean, odds = trials * chance, chance / (1.0 - chance)
    if mean < FEW:
        start = exp(trials * log1p(-chance))
        return _from_zero((trials + 1) * odds, odds, start, u)
    guess = _guess(mean, math.sqrt(mean * (1.0 - chance)), 1.0 - 2.0 * chance, normal(u))
    guess = min(guess, trials)
    if mean > VAST:
        return guess
    start = _binomial_chance(guess, trials, chance)
    return _walk((trials + 1) * odds, odds, u, guess, start, guess <= mean)


@kernel
def _from_zero(a: float, b: float, chance: float, u: float) -> int:
    """The quantile u of a law with p(n) = p(n - 1) (a - b n) / n, from p(0) on."""
    if u > _NEARLY_ONE:
        return _from_beyond(a, b, chance, 1.0 - u)
    below, n = chance, 0
    while u > below:
        n += 1
        chance *= (a - b * n) * _RECIPROCALS[n]
        below += chance
    return n


@kernel
def _from_beyond(a: float, b: float, chance: float, v: float) -> int:
    """The least n with P(N > n) <= v for small v: out to where nothing is left, and back adding up.

    A sum from 0 would be rounded to 1 before it got there.
    """
    n, following = 0, chance
    while following > _NOTHING:
        chance = following
        n += 1
        following = chance * (a - b * n) * _RECIPROCALS[n]
    n -= 1
    above = 0.0
    while n > 0 and above + chance <= v:
        above += chance
        chance *= n / (a - b * n)
        n -= 1
    return n


@kernel
def _guess(mean: float, deviation: float, skew: float, z: float) -> int:
    """Cornish-Fisher: the count beside which the quantile lies; skew is that of one event."""
    near = mean + z * deviation + skew * (z * z - 1.0) / 6.0 + (z - z * z * z) / (72.0 * deviation)
    return max(math.floor(near + 0.5), 0)


@kernel
def _walk(  # noqa: PLR0917 - compiled code takes no keywords
    a: float,
    b: float,
    u: float,
    guess: int,
    chance: float,
    lower: bool,  # noqa: FBT001 - likewise
) -> int:
    """The quantile u of a law with p(n) = p(n - 1) (a - b n) / n, from a guess whose chance is known.

    Works with the sum up to n, or with the sum beyond n, whichever is the smaller.
    """
    if lower:
        below = chance * _sum_down(a, b, guess)
        return _step(a, b, u, guess, chance, below)
    above = chance * _sum_up(a, b, guess)
    return _step(a, b, u - 1.0, guess, chance, -above)


@kernel
def _step(a: float, b: float, target: float, n: int, chance: float, reached: float) -> int:  # noqa: PLR0917 - likewise
    """From n, whose sum is known, to the least n whose sum reaches the target."""
    while reached < target and chance > 0.0:
        n += 1
        chance *= (a - b * n) / n
        reached += chance
    while n > 0 and reached - chance >= target:
        reached -= chance
        chance *= n / (a - b * n)
        n -= 1
    return n


@kernel
def _sum_down(a: float, b: float, n: int) -> float:
    """P(N <= n) / p(n)."""
    term, total, k = 1.0, 1.0, n
    while term > _LAST * total:
        term *= k / (a - b * k)
        total += term
        k -= 1
    return total


@kernel
def _sum_up(a: float, b: float, n: int) -> float:
    """P(N > n) / p(n)."""
    k = n + 1
    term = (a - b * k) / k
    total = term
    while term > _LAST * total:
        k += 1
        term *= (a - b * k) / k
        total += term
    return total


@kernel
def _poisson_chance(n: int, mean: float) -> float:
    if n == 0:
        return exp(-mean)
    return exp(-_stirling_error(n) - _deviance(n, mean)) / math.sqrt(2.0 * math.pi * n)


@kernel
def _binomial_chance(n: int, trials: int, chance: float) -> float:
    if n == 0:
        return exp(trials * log1p(-chance))
    if n == trials:
        return exp(trials * log(chance))
    rest = trials - n
    exponent = _stirling_error(trials) - _stirling_error(n) - _stirling_error(rest)
    exponent -= _deviance(n, trials * chance) + _deviance(rest, trials * (1.0 - chance))
    return exp(exponent) * math.sqrt(trials / (2.0 * math.pi * n * rest))


@kernel
def _stirling_error(n: int) -> float:
    """What Stirling's formula for log n! leaves."""
    if n < _STIRLING_ERRORS.size:
        return float(_STIRLING_ERRORS[n])
    x = 1.0 * n
    y = 1.0 / (x * x)
    return (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)))) / x


@kernel
def _deviance(n: float, mean: float) -> float:
    """The value of n log(n / mean) + mean - n, without loss when n is near the mean."""
    x = 1.0 * n
    if abs(x - mean) >= 0.1 * (x + mean):
        return x * log(x / mean) + mean - x
    v = (x - mean) / (x + mean)
    total, term, k = (x - mean) * v, 2.0 * x * v, 1
    v *= v
    before = total - 1.0
    while total != before:
        before = total
        term *= v
        total += term / (2 * k + 1)
        k += 1
    return total
