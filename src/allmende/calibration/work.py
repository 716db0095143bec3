"""Work: contributions on an active day, from the few who make many and the many who make one.

A member with dropout chance p makes, on x active days, x contributions and a Poisson number more with mean
`extra x (1 - p)^2 Q`, Q log-normal with mean 1 and deviation `spread` (`model.traits.intensity_of`). Both are
fitted by maximum likelihood, the integral over Q by Gauss and Hermite; (1 - p)^2 is its mean given the
member's own history.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers
from allmende.calibration.search import climb, slope_of

__all__ = ["Work", "fit_work", "intensities", "staying"]

Numbers = NDArray[np.float64]

_NODES = 21
_MOST_MEMBERS = 4_000
_MOST_EXTRA = 60.0
_LOW, _HIGH = np.log([1e-3, 0.05]), np.log([90.0, 2.0])


@dataclass(frozen=True, slots=True)
class Work:
    """Contributions a day beyond the first, fitted.

    Args:
        extra: Of a member who never drops out. [acts/day]
        spread: Standard deviation of the logarithm among members.
        errors: Standard errors of the logarithms of both.
        covariance: Covariance of the logarithms. float64[2, 2].
    """

    extra: float
    spread: float
    errors: tuple[float, float]
    covariance: Numbers


def fit_work(careers: Careers, law: Numbers, active: Numbers) -> Work:
    """The most likely contributions a day.

    Args:
        careers: The members.
        law: r, alpha, a, b.
        active: Chance that each member still takes part.
    """
    every = max(1, -(-len(careers) // _MOST_MEMBERS))
    days = careers.days[::every].astype(np.float64)
    more = np.minimum((careers.made - careers.days)[::every], _MOST_EXTRA * days).astype(np.float64)
    means = staying(careers, law, active)[::every] * days
    at, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    weight = np.log(weight / weight.sum())

    def value(logs: Numbers) -> float:
        extra, spread = np.exp(logs)
        mean = extra * means[:, None] * np.exp(spread * at - 0.5 * spread * spread)
        each = more[:, None] * np.log(mean) - mean + weight
        highest = each.max(axis=1)
        # A weak prior on the spread: where members are few it cannot be told from nothing.
        believed = -0.5 * ((logs[1] - np.log(0.7)) / 0.7) ** 2
        return float((highest + np.log(np.exp(each - highest[:, None]).sum(axis=1))).sum() + believed)

    start = np.log([max(more.sum() / means.sum(), 0.01), 0.7])
    peak = climb(slope_of(value), np.clip(start, _LOW, _HIGH), low=_LOW, high=_HIGH)
    covariance = peak.covariance / every
    errors = np.sqrt(np.diag(covariance))
    extra, spread = np.exp(peak.at)
    return Work(float(extra), float(spread), (float(errors[0]), float(errors[1])), covariance)


def staying(careers: Careers, law: Numbers, active: Numbers) -> Numbers:
    """Mean of (1 - p)^2 of each member, given the history.

    p ~ Beta(a, b + x) of who takes part, Beta(a + 1, b + x - 1) of who is gone.
    """
    a, b, x = law[2], law[3], careers.days
    return np.asarray(
        active * _square(a, b + x) + (1.0 - active) * _square(a + 1.0, np.maximum(b + x - 1.0, 1e-9))
    )


def intensities(careers: Careers, law: Numbers, active: Numbers, work: Work) -> Numbers:
    """What each member makes on a day beyond the first, relative to `extra`, given what the member made.

    The mean of a gamma law with the mean and variance of the log-normal one after seeing the record.
    """
    usual = staying(careers, law, active)
    shape = 1.0 / np.expm1(max(work.spread, 0.05) ** 2)
    expected = work.extra * usual * careers.days
    return np.asarray(usual * (shape + careers.made - careers.days) / (shape + expected))


def _square(first: Numbers | float, second: Numbers) -> Numbers:
    total = first + second
    return np.asarray(second * (second + 1.0) / (total * (total + 1.0)))
