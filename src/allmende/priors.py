"""Priors: what is believed about a number before looking, as small frozen values.

A prior is its quantile function. One number between 0 and 1 gives one believable value, so that draws
from priors are keyed like every other draw, and a value for one parameter does not depend on how many
others there are. Only `allmende.elementary` is used: a prior draw has the same bits everywhere.
"""

from dataclasses import dataclass
from functools import cache
from typing import Protocol, runtime_checkable

from allmende.elementary import exp, log, log1p
from allmende.errors import OutOfRangeError
from allmende.kernel import compiled, kernel
from allmende.transforms import normal

__all__ = [
    "Beta",
    "Fixed",
    "HalfNormal",
    "LogNormal",
    "LogUniform",
    "Normal",
    "Prior",
    "Uniform",
    "quantile_within",
    "share_below",
]


@runtime_checkable
class Prior(Protocol):
    """What is believed about a number, as a quantile function. Frozen, hence hashable."""

    def __hash__(self) -> int: ...

    def quantile(self, u: float, /) -> float:
        """The number below which the share u of the belief lies; never falls when u rises.

        Args:
            u: Strictly between 0 and 1.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Known: always that value."""

    value: float

    def quantile(self, _u: float, /) -> float:
        """See `Prior`."""
        return self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything from low to high, alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require(self.low < self.high, self, "low below high")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> Uniform(2, 4).quantile(0.25)
        2.5
        """
        return self.low + u * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Anything from low to high, every factor alike: as much between 1 and 10 as between 10 and 100."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require(0 < self.low < self.high, self, "0 below low, and low below high")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> round(LogUniform(1, 100).quantile(0.5), 9)
        10.0
        """
        return self.low * exp(u * (log(self.high) - log(self.low)))


@dataclass(frozen=True, slots=True)
class Normal:
    """Around mean, give or take deviation. Bounds of the parameter cut it off."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        _require(self.deviation > 0, self, "a deviation above 0")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> Normal(3, 2).quantile(0.5)
        3.0
        """
        return self.mean + self.deviation * normal(u)


@dataclass(frozen=True, slots=True)
class HalfNormal:
    """From 0, most likely small: the size of a normal number around 0."""

    deviation: float

    def __post_init__(self) -> None:
        _require(self.deviation > 0, self, "a deviation above 0")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> round(HalfNormal(1).quantile(0.5), 6)
        0.67449
        """
        # Half of 1 - u from the lower tail, where numbers between 0 and 1 are finest.
        return -self.deviation * normal(0.5 * (1.0 - u))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Around median, give or take a factor of e^deviation."""

    median: float
    deviation: float

    def __post_init__(self) -> None:
        _require(self.median > 0 and self.deviation > 0, self, "a median and a deviation above 0")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> LogNormal(3, 2).quantile(0.5)
        3.0
        """
        return self.median * exp(self.deviation * normal(u))


@dataclass(frozen=True, slots=True)
class Beta:
    """A share: as believed after seeing first - 1 of one kind and second - 1 of the other."""

    first: float
    second: float

    def __post_init__(self) -> None:
        _require(self.first > 0 and self.second > 0, self, "two shapes above 0")

    def quantile(self, u: float, /) -> float:
        """See `Prior`.

        >>> round(Beta(2, 2).quantile(0.5), 9), round(Beta(1, 3).quantile(0.271), 9)
        (0.5, 0.1)
        """
        return float(compiled(_beta_quantile)(float(self.first), float(self.second), float(u)))


@cache
def share_below(prior: Prior, value: float) -> float:
    """The share of the belief below a value, found by bisection of the quantile function.

    >>> round(share_below(Normal(0, 1), 1.96), 6)
    0.975002
    """
    low, high = 0.0, 1.0
    middle = 0.5
    while low < middle < high:
        if prior.quantile(middle) < value:
            low = middle
        else:
            high = middle
        middle = 0.5 * (low + high)
        if high < _LEAST_SHARE:
            return 0.0
    return middle


def quantile_within(prior: Prior, u: float, low: float, high: float) -> float:
    """The quantile u of a prior that is cut off outside low to high.

    Raises:
        OutOfRangeError: the prior believes that nothing lies between them.

    >>> quantile_within(Normal(0, 1), 0.5, 0, float("inf")) == HalfNormal(1).quantile(0.5)
    True
    """
    below, above = share_below(prior, low), share_below(prior, high)
    if isinstance(prior, Fixed):
        below, above = 0.0, float(low <= prior.value <= high)
    if above <= below:
        raise OutOfRangeError(
            f"{prior!r} lies outside {low:g} to {high:g}", expected="a prior within the bounds"
        )
    within = min(max(below + u * (above - below), _LEAST_SHARE), 1.0 - 2.0**-53)
    return min(max(prior.quantile(within), low), high)


_LEAST_SHARE = 2.0**-60


def _require(kept: bool, prior: object, expected: str) -> None:  # noqa: FBT001 - a condition is no option
    if not kept:
        raise OutOfRangeError(f"{prior!r} is not a prior", expected=expected)


@kernel
def _beta_quantile(a: float, b: float, u: float) -> float:
    """Bisection of the distribution function, to the last bit."""
    low, high, middle = 0.0, 1.0, 0.5
    while low < middle < high:
        if _beta_below(a, b, middle) < u:
            low = middle
        else:
            high = middle
        middle = 0.5 * (low + high)
    return middle


@kernel
def _beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function; the fraction converges fast on its own side of the mean."""
    if x < (a + 1.0) / (a + b + 2.0):
        return _beta_fraction(a, b, x)
    return 1.0 - _beta_fraction(b, a, 1.0 - x)


@kernel
def _beta_fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method."""
    if x <= 0.0:
        return 0.0
    front = exp(a * log(x) + b * log1p(-x) - _log_gamma(a) - _log_gamma(b) + _log_gamma(a + b)) / a
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    total, step = d, 0.0
    m = 1.0
    while abs(step - 1.0) > _CLOSE and m < _MOST_TERMS:
        even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        d = 1.0 / (1.0 + even * d)
        c = 1.0 + even / c
        total *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        d = 1.0 / (1.0 + odd * d)
        c = 1.0 + odd / c
        step = d * c
        total *= step
        m += 1.0
    return front * total


@kernel
def _log_gamma(x: float) -> float:
    """The logarithm of the gamma function: Stirling's series beyond 10, reached by recurrence."""
    product = 1.0
    while x < _STIRLING_FROM:
        product *= x
        x += 1.0
    y = 1.0 / (x * x)
    series = 1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)))
    return (x - 0.5) * log(x) - x + _HALF_LOG_TAU + series / x - log(product)


_CLOSE, _MOST_TERMS = 1e-15, 10_000.0
_STIRLING_FROM = 10.0
_HALF_LOG_TAU = 0.9189385332046727
