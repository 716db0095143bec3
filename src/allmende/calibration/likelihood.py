"""Likelihood of the member model in monthly steps, in closed form.

While active, a member has `N ~ Poisson(lambda)` active days a month (one more in the month of joining) and
drops out after each with chance p: `min(N, G)` days, `G ~ Geometric(p)`. For a member with k days before the
last active month, n days in it (the very first day not counted), x = k + n + 1, that month L months after the
first, seen for T months, with lambda ~ Gamma(r, alpha) and p ~ Beta(a, b):

    active   B(a, b + x) / B(a, b)          G(k + n, T) / n!
    gone     B(a + 1, b + x - 1) / B(a, b)  G(k, L) P(M >= n)

where G(k, T) = alpha^r Gamma(r + k) / (Gamma(r) (alpha + T)^(r + k)) and M is negative binomial with shape
r + k and chance 1 / (alpha + L + 1): who dropped out in a month may have had more days ahead in it. Factors
that hold no parameter are left out. Every gamma function is a sum over whole numbers, so one table for each
parameter serves all groups.

Whether somebody may drop out after the very first day tells MBG/NBD (yes; Batislam, Denizel and Filiztekin
2007) from BG/NBD (no; Fader, Hardie and Lee 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers, Groups
from allmende.elementary import log
from allmende.kernel import compiled, kernel

__all__ = ["NAMES", "Parts", "alive", "log_likelihood", "parts_of", "tails"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
NAMES = ("r", "alpha", "a", "b")
_NOTHING = 1e-17
_MOST_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Parts:
    """Logarithms of the two parts of a likelihood, and their slopes by the logarithms of the parameters.

    Args:
        active: Part of those who take part. float64[groups].
        gone: Part of those who dropped out. float64[groups].
        active_slope: float64[4, groups].
        gone_slope: float64[4, groups].
    """

    active: Numbers
    gone: Numbers
    active_slope: Numbers
    gone_slope: Numbers


def log_likelihood(groups: Groups, logs: Numbers, *, first_day: bool = True) -> tuple[float, Numbers]:
    """Log-likelihood of all members, and its slope by the logarithms of r, alpha, a, b.

    Args:
        groups: The members.
        logs: Logarithms of the parameters. float64[4].
        first_day: Whether the first day may be the last (MBG/NBD) or not (BG/NBD).
    """
    parts = parts_of(groups, logs, first_day=first_day)
    both = np.logaddexp(parts.active, parts.gone)
    share = np.exp(parts.active - both)
    slope = share * parts.active_slope + (1.0 - share) * parts.gone_slope
    # Sums without threads: a machine that is busy waits longer for them than they take.
    return float((groups.times * both).sum()), (groups.times * slope).sum(axis=1)


def alive(groups: Groups | Careers, logs: Numbers) -> Numbers:
    """Chance that each still takes part at the end of the window. float64[groups]."""
    parts = parts_of(groups, logs)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(parts.gone - parts.active, -700.0, 700.0))))


def parts_of(groups: Groups | Careers, logs: Numbers, *, first_day: bool = True) -> Parts:
    """The two parts of each group's likelihood."""
    r, alpha, a, b = np.exp(logs)
    k, n, last, seen = groups.before, groups.within, groups.last, groups.seen
    chances = k + n + (1 if first_day else 0)
    rise, rise_slope = _rising(r, int((k + n).max(initial=0)))
    at, at_slope = _rising(b, int(chances.max(initial=0)))
    sums, sums_slope = _rising(a + b, int(chances.max(initial=0)))
    factorial = np.r_[0.0, np.cumsum(np.log(np.arange(1, int(n.max(initial=0)) + 1)))]
    tail, tail_r, tail_alpha = tails(k, n, last, r, alpha)

    active = rise[k + n] + r * np.log(alpha) - (r + k + n) * np.log(alpha + seen) - factorial[n]
    active = active + at[chances] - sums[chances]
    active_slope = np.stack(
        [
            r * (rise_slope[k + n] + np.log(alpha) - np.log(alpha + seen)),
            r - alpha * (r + k + n) / (alpha + seen),
            -a * sums_slope[chances],
            b * (at_slope[chances] - sums_slope[chances]),
        ]
    )
    # Who had no chance to drop out yet cannot have.
    one = np.maximum(chances - 1, 0)
    gone = rise[k] + r * np.log(alpha) - (r + k) * np.log(alpha + last) + tail
    gone = gone + np.log(a) - np.log(a + b + one) + at[one] - sums[one]
    gone = np.where(chances > 0, gone, -np.inf)
    gone_slope = np.stack(
        [
            r * (rise_slope[k] + np.log(alpha) - np.log(alpha + last) + tail_r),
            r - alpha * (r + k) / (alpha + last) + alpha * tail_alpha,
            1.0 - a / (a + b + one) - a * sums_slope[one],
            -b / (a + b + one) + b * (at_slope[one] - sums_slope[one]),
        ]
    )
    return Parts(active, gone, active_slope, gone_slope)


def tails(k: Whole, n: Whole, last: Whole, r: float, alpha: float) -> tuple[Numbers, Numbers, Numbers]:
    """The logarithm of P(M >= n), M negative binomial with shape r + k and chance 1 / (alpha + last + 1).

    Returns:
        The logarithms, and their slopes by r and by alpha. float64[groups] each.
    """
    found = np.zeros((3, len(k)))
    compiled(_tails)(
        k.astype(np.float64), n.astype(np.float64), last.astype(np.float64), float(r), float(alpha), found
    )
    return found[0], found[1], found[2]


def _tails(  # noqa: PLR0917 - compiled code takes no keywords
    k: Numbers, n: Numbers, last: Numbers, r: float, alpha: float, found: Numbers
) -> None:  # fmt: skip
    for i in range(len(k)):
        if n[i] > 0.0:
            found[0, i], found[1, i], found[2, i] = _tail(r + k[i], alpha + last[i], n[i])


@kernel
def _tail(shape: float, rate: float, n: float) -> tuple[float, float, float]:
    """Summed upwards from n, so that nothing cancels where hardly anything is left."""
    chance = 1.0 / (rate + 1.0)
    stay = log(1.0 - chance)
    start, harmonic = shape * stay, 0.0
    j = 0.0
    while j < n:
        start += log(chance * (shape + j) / (j + 1.0))
        harmonic += 1.0 / (shape + j)
        j += 1.0
    term, total, by_shape, by_chance = 1.0, 0.0, 0.0, 0.0
    steps = 0
    while steps < _MOST_TERMS and (term > _NOTHING * total or j < shape / rate):
        total += term
        by_shape += term * (harmonic + stay)
        by_chance += term * (j / chance - shape / (1.0 - chance))
        term *= chance * (shape + j) / (j + 1.0)
        harmonic += 1.0 / (shape + j)
        j += 1.0
        steps += 1
    return start + log(total), by_shape / total, -by_chance / total * chance * chance


def _rising(value: float, most: int) -> tuple[Numbers, Numbers]:
    """The logarithm of Gamma(value + j) / Gamma(value) for j = 0 ... most, and its slope by the value."""
    steps = value + np.arange(most)
    return np.r_[0.0, np.cumsum(np.log(steps))], np.r_[0.0, np.cumsum(1.0 / steps)]
