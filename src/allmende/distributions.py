"""Distributions: which law do counts of at least one follow, decided by likelihood.

Six laws for how much each member did (n = 1, 2, ...), fitted by maximum likelihood and compared by AIC
and Vuong's test. A straight line on log-log paper decides nothing: the pure power law is rejected for 99 %
of wikis (`evidence.md` A5), and the beta-geometric, which the member model implies, beats or ties it in git
histories (B5).

    power law             P(n) = n^-alpha / zeta(alpha)
    truncated power law   P(n) ~ n^-alpha exp(-rate n)
    log-normal            P(n) = Phi(z(n + 1/2)) - Phi(z(n - 1/2)), z(x) = (ln x - mu) / sigma, given n > 1/2
    stretched exponential P(n) = S(n - 1/2) - S(n + 1/2), S(x) = exp(-(x / scale)^shape), given n > 1/2
    beta-geometric        P(n) = B(a + 1, b + n - 1) / B(a, b)
    geometric             P(n) = p (1 - p)^(n - 1)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import erfc, exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import TooFewError, UnknownNameError
from allmende.laws import LAWS, Law, beta_geometric_goal, natural, searched

__all__ = ["LAWS", "Comparison", "Fit", "Vuong", "compare", "fit", "log_probability", "vuong"]

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]
MINIMUM = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """A law fitted to counts.

    Args:
        law: One of `LAWS`.
        parameters: Its parameters at the maximum of the likelihood.
        log_likelihood: Logarithm of the likelihood there.
        size: How many counts were fitted.
        at_bound: Whether a parameter stands at the end of its range: the law degenerates here.
    """

    law: str
    parameters: Mapping[str, float]
    log_likelihood: float
    size: int
    at_bound: bool

    @property
    def aic(self) -> float:
        """Akaike's criterion: twice the number of parameters minus twice log-likelihood; less is better."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood


@dataclass(frozen=True, slots=True)
class Vuong:
    """Vuong's test of two laws that do not contain each other.

    Args:
        z: Above zero when the first is nearer to the counts, standard normal when both are as near.
        p: Probability of a z at least so far from zero when both are as near.
    """

    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All laws fitted to the same counts.

    Args:
        fits: The fits, best (least AIC) first.
        weights: Akaike weight of each law: its share of the evidence among these laws.
        tests: Vuong's test of the best law against each other one.
    """

    fits: tuple[Fit, ...]
    weights: Mapping[str, float]
    tests: Mapping[str, Vuong]

    @property
    def best(self) -> Fit:
        """The law with the least AIC."""
        return self.fits[0]

    def __getitem__(self, law: str) -> Fit:
        """The fit of one law."""
        return next(one for one in self.fits if one.law == law)


def compare(counts: Counts, *, minimum: int = MINIMUM) -> Comparison:
    """Which law do these counts follow?

    Args:
        counts: How much each member did, at least 1 each. int64[n].
        minimum: How many members are enough.

    Raises:
        TooFewError: fewer members than `minimum`, or all did the same.
    """
    fits = tuple(sorted((fit(law, counts, minimum=minimum) for law in LAWS), key=lambda one: one.aic))
    evidence = {one.law: exp((fits[0].aic - one.aic) / 2) for one in fits}
    total = sum(evidence.values())
    return Comparison(
        fits,
        {law: share / total for law, share in evidence.items()},
        {one.law: vuong(fits[0], one, counts) for one in fits[1:]},
    )


def fit(law: str, counts: Counts, *, minimum: int = MINIMUM) -> Fit:
    """The member of a family of laws that makes these counts most likely.

    Args:
        law: One of `LAWS`.
        counts: How much each member did, at least 1 each. int64[n].
        minimum: How many members are enough.

    Raises:
        UnknownNameError: there is no such law.
        TooFewError: fewer members than `minimum`, or all did the same.

    >>> fit("geometric", np.array([1, 2, 3] * 4)).parameters
    {'p': 0.5}
    """
    family = _law(law)
    values, times = np.unique(np.asarray(counts, np.float64), return_counts=True)
    _refuse(values, len(counts), minimum)
    if law == "geometric":
        return _geometric_fit(values, times)
    goal = beta_geometric_goal(values, times) if law == "beta-geometric" else _goal(family, values, times)
    at, least = _lowest(goal, family, slope=law == "beta-geometric")
    low, high = np.array(family.bounds).T
    at_bound = bool(np.any((at <= low + 1e-9) | (at >= high - 1e-9)))
    parameters = (float(value) for value in natural(law, at))
    likelihood = -least * len(counts)
    return Fit(law, dict(zip(family.parameters, parameters, strict=True)), likelihood, len(counts), at_bound)


def log_probability(fitted: Fit, counts: Counts) -> Numbers:
    """Logarithm of the probability of each count under a fitted law. float64[n].

    >>> one = Fit("geometric", {"p": 0.5}, 0.0, 1, False)
    >>> np.exp(log_probability(one, np.array([1, 2]))).round(3).tolist()
    [0.5, 0.25]
    """
    values, place = np.unique(np.asarray(counts, np.float64), return_inverse=True)
    parameters = searched(fitted.law, np.array(list(fitted.parameters.values())))
    answer: Numbers = _law(fitted.law).log_probability(values, parameters)[place]
    return answer


def vuong(first: Fit, second: Fit, counts: Counts) -> Vuong:
    """Which of two laws is nearer to the counts, and could that be luck?

    z = (LR - (k1 - k2) ln(n) / 2) / (sqrt(n) s), s the deviation of the log-ratio of single counts (Vuong
    1989, Econometrica 57, with the correction for the number of parameters). Not valid between a law and
    its own special case: the power law is the truncated one with rate 0; there, look at AIC.
    """
    ratio = log_probability(first, counts) - log_probability(second, counts)
    size, spread = len(ratio), float(ratio.std())
    if not spread > 0:
        return Vuong(0.0, 1.0)
    correction = (len(first.parameters) - len(second.parameters)) * log(size) / 2
    z = (float(ratio.sum()) - correction) / (sqrt(size) * spread)
    return Vuong(z, erfc(abs(z) / sqrt(2)))


def _law(name: str) -> Law:
    if name not in LAWS:
        raise UnknownNameError("law", name, LAWS)
    return LAWS[name]


def _refuse(values: Numbers, size: int, minimum: int) -> None:
    assert not size or values[0] >= 1, "members who did nothing are left out"
    if size < max(minimum, 1):
        raise TooFewError(f"{size} members are too few to tell laws apart", expected=f"at least {minimum}")
    if len(values) == 1:
        raise TooFewError(
            f"all {size} members did {values[0]:.0f} each, which every law explains equally well",
            expected="members who did different amounts",
        )


def _lowest(goal: Callable[[Any], Any], law: Law, *, slope: bool) -> tuple[Numbers, float]:
    """Where a goal is least, and how low; `slope` says that it answers its gradient as well.

    Neither method calls threaded linear algebra: on a busy machine L-BFGS-B spent 50 times as long
    waiting for its threads as this whole search takes.
    """
    from scipy.optimize import minimize

    start = np.array(law.start)
    if slope:
        found = minimize(
            goal,
            start,
            jac=True,
            method="TNC",
            bounds=law.bounds,
            options={"maxfun": 2000, "ftol": 1e-13, "xtol": 1e-10, "gtol": 1e-9},
        )
    else:
        found = minimize(
            goal, start, method="Nelder-Mead", bounds=law.bounds, options={"xatol": 1e-6, "fatol": 1e-11}
        )
    return np.asarray(found.x, np.float64), float(found.fun)


def _goal(family: Law, values: Numbers, times: Counts) -> Callable[[Numbers], float]:
    weights = times / times.sum()

    def goal(parameters: Numbers) -> float:
        return -float(weights @ family.log_probability(values, parameters))

    return goal


def _geometric_fit(values: Numbers, times: Counts) -> Fit:
    size = int(times.sum())
    p = size / float(times @ values)
    likelihood = float(times @ LAWS["geometric"].log_probability(values, np.array([p])))
    return Fit("geometric", {"p": p}, likelihood, size, at_bound=False)
