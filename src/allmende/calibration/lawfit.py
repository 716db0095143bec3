"""The law of the members, fitted: most likely values, standard errors, and draws of what is believed.

The estimates are those of maximum likelihood. Draws are from the posterior under weak priors (`PRIORS`, far
wider than what is known of git communities, so that committers, wikis and strangers all fit in): a normal
distribution around its peak, corrected by importance weights where members are few and the peak is lopsided.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Groups
from allmende.calibration.likelihood import NAMES, log_likelihood
from allmende.calibration.search import Peak, climb, gaussians, resampled, rooted

__all__ = ["PRIORS", "Law", "draw_law", "fit_law"]

Numbers = NDArray[np.float64]

PRIORS = {"r": (0.4, 0.8), "alpha": (0.3, 1.0), "a": (0.8, 0.6), "b": (0.5, 1.2)}
"""Median and standard deviation of the logarithm of each parameter: log-normal."""

_LOW = np.log([0.005, 1e-4, 0.01, 0.005])
_HIGH = np.log([20.0, 500.0, 20.0, 200.0])
_MANY = 5_000
_CANDIDATES = 3
_TAILS = 5.0


@dataclass(frozen=True, slots=True)
class Law:
    """The law of members' active days, fitted.

    Args:
        values: r, alpha, a, b at the maximum of the likelihood. float64[4].
        errors: Standard errors of their logarithms, from the observed information. float64[4].
        log_likelihood: Its maximum, without factors that hold no parameter.
        size: Members it rests on.
        peak: Peak of the posterior over logarithms.
        found: Whether the likelihood has a maximum inside the bounds.
        groups: The members it rests on.
    """

    values: Numbers
    errors: Numbers
    log_likelihood: float
    size: int
    peak: Peak
    found: bool
    groups: Groups

    @property
    def logs(self) -> Numbers:
        """Logarithms of the values."""
        return np.asarray(np.log(self.values))

    def interval(self, name: str, *, z: float = 1.96) -> tuple[float, float]:
        """An interval of a parameter: of the logarithm, so that it stays above zero."""
        place = NAMES.index(name)
        spread = np.exp(z * self.errors[place])
        return float(self.values[place] / spread), float(self.values[place] * spread)


def fit_law(groups: Groups, *, first_day: bool = True) -> Law:
    """The most likely r, alpha, a, b.

    Args:
        groups: Members, seen from their first day.
        first_day: As in `log_likelihood`.
    """
    centre, spread = _prior()

    def likelihood(logs: Numbers) -> tuple[float, Numbers]:
        return log_likelihood(groups, logs, first_day=first_day)

    def posterior(logs: Numbers) -> tuple[float, Numbers]:
        value, slope = likelihood(logs)
        apart = (logs - centre) / spread
        return value - 0.5 * float(apart @ apart), slope - apart / spread

    believed = climb(posterior, centre, low=_LOW, high=_HIGH)
    best = climb(likelihood, believed.at, low=_LOW, high=_HIGH)
    errors = np.sqrt(np.diag(best.covariance))
    return Law(np.exp(best.at), errors, best.height, groups.size, believed, best.found, groups)


def draw_law(law: Law, size: int, *, seed: int) -> Numbers:
    """Draws of r, alpha, a, b from what is believed after the record. float64[size, 4].

    Args:
        law: The fit.
        size: How many.
        seed: Seed; the same seed gives the same draws.
    """
    peak = law.peak
    root = rooted(peak.covariance)
    if law.size >= _MANY:
        return np.asarray(np.exp(peak.at + gaussians(seed, "law of members", size, len(NAMES)) @ root.T))
    count = max(_CANDIDATES * size, 400)
    standard = gaussians(seed, "law of members", count, len(NAMES) + 1)
    # Student's tails: weights of a normal candidate would have none where the posterior is the wider.
    scale = np.sqrt(_TAILS / _chi_square(seed, count))
    away = standard[:, : len(NAMES)] * scale[:, None]
    logs = np.clip(peak.at + away @ root.T, _LOW, _HIGH)
    candidate = -0.5 * (_TAILS + len(NAMES)) * np.log1p((away * away).sum(axis=1) / _TAILS)
    centre, spread = _prior()
    believed = np.array([log_likelihood(law.groups, one)[0] for one in logs])
    believed = believed - 0.5 * (((logs - centre) / spread) ** 2).sum(axis=1)
    weights = believed - candidate
    weights = np.exp(weights - weights.max())
    # A few weights that outdo all others would repeat one draw again and again (Ionides 2008).
    weights = np.minimum(weights, weights.mean() * np.sqrt(count))
    return np.asarray(np.exp(logs[resampled(weights, size, seed=seed, name="law of members")]))


def _chi_square(seed: int, count: int) -> Numbers:
    squares = gaussians(seed, "spread of the law of members", count, int(_TAILS)) ** 2
    return np.asarray(squares.sum(axis=1))


def _prior() -> tuple[Numbers, Numbers]:
    medians, spreads = zip(*(PRIORS[name] for name in NAMES), strict=True)
    return np.log(medians), np.array(spreads)
