"""Laws: families of distributions on 1, 2, ..., as log-probabilities of plain arrays.

Positive parameters are searched as logarithms (`natural`, `searched`), so that steps are relative and none
turns negative. The formulas stand in `distributions`, which fits and compares them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAWS", "Law", "beta_geometric_goal", "natural", "searched"]

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Law:
    """A family of distributions on 1, 2, ...

    Args:
        parameters: Names of its parameters.
        start: Where the search for them begins.
        bounds: Least and greatest value of each; a fit at a bound says that the law degenerates.
        log_probability: `(n, values of the parameters) -> log P(n)`.
    """

    parameters: tuple[str, ...]
    start: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...]
    log_probability: Callable[[Numbers, Numbers], Numbers]


_LOGARITHMIC = {
    "power law": (False,),
    "truncated power law": (False, True),
    "log-normal": (False, True),
    "stretched exponential": (True, True),
    "beta-geometric": (True, True),
    "geometric": (False,),
}


def natural(law: str, coordinates: Numbers) -> Numbers:
    """Parameters of a law from the coordinates in which they are searched."""
    positive = _LOGARITHMIC[law]
    return np.where(positive, np.exp(np.where(positive, coordinates, 0.0)), coordinates)


def searched(law: str, parameters: Numbers) -> Numbers:
    """The coordinates in which the parameters of a law are searched."""
    positive = _LOGARITHMIC[law]
    return np.where(positive, np.log(np.where(positive, parameters, 1.0)), parameters)


def _power_law(n: Numbers, parameters: Numbers) -> Numbers:
    from scipy.special import zeta

    return np.asarray(-parameters[0] * np.log(n) - log(zeta(parameters[0])))


def _truncated_power_law(n: Numbers, parameters: Numbers) -> Numbers:
    alpha, rate = float(parameters[0]), exp(parameters[1])
    return np.asarray(-alpha * np.log(n) - rate * n - log(_polylog(alpha, rate)))


@cache
def _nodes() -> tuple[Numbers, Numbers]:
    at, weight = np.polynomial.legendre.leggauss(80)
    return (at + 1) / 2, weight / 2


def _polylog(alpha: float, rate: float) -> float:
    """Sum over n of n^-alpha e^(-rate n): the first 400 terms, then Euler-Maclaurin with x = 400 e^t."""
    cut = 400.0
    n = np.arange(1.0, cut)
    head = float(np.exp(-alpha * np.log(n) - rate * n).sum())
    at, weight = _nodes()
    # Beyond this the integrand is below e^-45 of its value at the cut.
    longest = log(1 + 45.0 / (rate * cut))
    widest = min(longest, 45.0 / (alpha - 1)) if alpha > 1 else longest
    t = at * widest
    tail = float(weight @ np.exp((1 - alpha) * t - rate * cut * np.exp(t))) * widest * cut ** (1 - alpha)
    last = exp(-alpha * log(cut) - rate * cut)
    return float(head + tail + last / 2 + last * (alpha / cut + rate) / 12)


def _log_normal(n: Numbers, parameters: Numbers) -> Numbers:
    from scipy.special import log_ndtr

    mu, sigma = float(parameters[0]), exp(parameters[1])
    low, high = (np.log(n - 0.5) - mu) / sigma, (np.log(n + 0.5) - mu) / sigma
    # The difference is taken in the nearer tail, where it does not cancel, and on the log scale, where it
    # does not vanish.
    right = low > 0
    larger = log_ndtr(np.where(right, -low, high))
    smaller = log_ndtr(np.where(right, -high, low))
    inside = np.log(np.maximum(-np.expm1(smaller - larger), 1e-300))
    return np.asarray(larger + inside - log_ndtr(-(log(0.5) - mu) / sigma))


def _stretched_exponential(n: Numbers, parameters: Numbers) -> Numbers:
    scale, shape = exp(parameters[0]), exp(parameters[1])
    low, high = ((n - 0.5) / scale) ** shape, ((n + 0.5) / scale) ** shape
    inside = -np.expm1(-(high - low))
    return np.asarray((0.5 / scale) ** shape - low + np.log(np.maximum(inside, 1e-300)))


def _beta_geometric(n: Numbers, parameters: Numbers) -> Numbers:
    from scipy.special import betaln

    a, b = np.exp(parameters)
    answer: Numbers = betaln(a + 1, b + n - 1) - betaln(a, b)
    return answer


def beta_geometric_goal(values: Numbers, times: Counts) -> Callable[[Numbers], tuple[float, Numbers]]:
    """Minus the mean log-likelihood of the beta-geometric, and its slope, over coordinates (log a, log b).

    Args:
        values: Different counts, at least 1. float64[n].
        times: How often each occurs. int64[n].
    """
    from scipy.special import digamma

    weights = times / times.sum()

    def goal(parameters: Numbers) -> tuple[float, Numbers]:
        a, b = np.exp(parameters)
        likelihood = float(weights @ _beta_geometric(values, parameters))
        both = digamma(a + b) - weights @ digamma(a + b + values)
        slope_a = 1 / a + both
        slope_b = both - digamma(b) + weights @ digamma(b + values - 1)
        return -likelihood, -np.array([slope_a * a, slope_b * b])

    return goal


def _geometric(n: Numbers, parameters: Numbers) -> Numbers:
    p = parameters[0]
    return np.asarray((n - 1) * np.log1p(-p) + np.log(p))


LAWS: dict[str, Law] = {
    "power law": Law(("alpha",), (2.0,), ((1.01, 20.0),), _power_law),
    "truncated power law": Law(
        ("alpha", "rate"), (1.5, -5.0), ((-1.0, 20.0), (-16.0, 2.0)), _truncated_power_law
    ),
    "log-normal": Law(("mu", "sigma"), (0.0, 0.7), ((-40.0, 20.0), (-3.0, 4.0)), _log_normal),
    "stretched exponential": Law(
        ("scale", "shape"), (0.0, -0.7), ((-40.0, 20.0), (-4.0, 1.5)), _stretched_exponential
    ),
    "beta-geometric": Law(("a", "b"), (0.0, 0.0), ((-5.0, 8.0), (-7.0, 12.0)), _beta_geometric),
    "geometric": Law(("p",), (0.5,), ((1e-9, 1.0),), _geometric),
}
