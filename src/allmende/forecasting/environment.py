"""Environment: what moves a whole community, learned from how forecasts of other communities went wrong.

Members who act independently average out, and a forecast made of them alone is far too sure of a year. So
every path of a part of the forecast is multiplied by a factor common to all of its members,

    exp(w_h (drift + pull g + spread z)),    w_h ~ sqrt(h), mean 1 over the first year,

z a heavy-tailed number of the path (Student's t with five degrees of freedom, scaled to the normal's
middle 80 %), g the logarithm of the last year's total over the part's median for the next: how far the
part departs from repeating last year. Drift is the mild decline of known communities past their peak, pull
how much it pays to stay near last year, spread the size of what nobody foresees. The three numbers of each
part and outcome are learned across communities (`benchmarks/backtest.py --learn`); scores are made with
those of the *other* communities only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.months import MONTHS_A_YEAR

__all__ = ["CALM", "Adjustment", "Miss", "adjusted", "adjusted_year", "gap", "learned", "shipped"]

Numbers = NDArray[np.float64]

FREEDOM = 5
_MIDDLE = (1.2815515655446004, 1.4758840488244815)  # 90 % points of the normal law and of t with 5 degrees
_PULLS = np.linspace(0, 0.7, 8)
_SPREADS = np.arange(0, 0.8, 0.01)
_LEVEL = 0.8
_FILE = "environment.json"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is learned for a part and an outcome; each is the logarithm of a ratio of yearly totals.

    Args:
        drift: What totals are above the part's median, beside the pull.
        pull: Share of the way back to last year's total, 0 to 1.
        spread: Deviation of the common factor.
    """

    drift: float = 0.0
    pull: float = 0.0
    spread: float = 0.0


CALM = Adjustment()
"""No common factor: the part as it comes."""


@dataclass(frozen=True, slots=True)
class Miss:
    """How one forecast of a year went wrong.

    Args:
        error: Logarithm of what happened over the part's median.
        gap: See `gap`.
        own: Deviation of the logarithm of the part's own paths.
    """

    error: float
    gap: float
    own: float


def gap(paths: Numbers, last: float) -> float:
    """Logarithm of last year's monthly mean over the median path's in the first year."""
    coming = np.median(paths[:, :MONTHS_A_YEAR].mean(axis=1))
    one = 1 / MONTHS_A_YEAR
    return float(np.log((last / MONTHS_A_YEAR + one) / (coming + one)))


def adjusted(paths: Numbers, last: float, adjustment: Adjustment, *, seed: int, part: int) -> Numbers:
    """Paths of counts under a common environment, in whole numbers again.

    Args:
        paths: float64[paths, months].
        last: Total of the year before.
        adjustment: What was learned.
        seed: Seed of the draws.
        part: Number of the part and outcome: each has an environment of its own.
    """
    if adjustment == CALM:
        return paths
    size, months = paths.shape
    common = _common(size, gap(paths, last), adjustment, seed=seed, part=part)
    factor = np.exp(common[:, None] * _ramp(months)[None, :])
    path, month = np.arange(size)[:, None], np.arange(months)[None, :]
    dice = uniform(seed, Decision.SHOCK, replicate=path, month=month, member=part)
    answer: Numbers = np.floor(paths * factor + dice)
    return answer


def adjusted_year(values: Numbers, last: float, adjustment: Adjustment, *, seed: int, part: int) -> Numbers:
    """The same for a figure of a whole year, such as a number of organisations.

    Args:
        values: float64[paths].
        last: The figure of the year before.
        adjustment: What was learned.
        seed: Seed of the draws.
        part: Number of the part and outcome.
    """
    if adjustment == CALM:
        return values
    distance = float(np.log((last + 1) / (np.median(values) + 1)))
    factor = np.exp(_common(len(values), distance, adjustment, seed=seed, part=part))
    dice = uniform(seed, Decision.SHOCK, replicate=np.arange(len(values)), month=0, member=part)
    answer: Numbers = np.floor(values * factor + dice)
    return answer


def learned(misses: list[Miss]) -> Adjustment:
    """The adjustment that would have made these forecasts right in the middle and as wide as they should be.

    Drift and pull are those of least absolute error; spread is the least with which four fifths of the errors
    lie within the middle 80 %.

    Args:
        misses: Of many communities; at least one.
    """
    error, towards, own = np.array([(one.error, one.gap, one.own) for one in misses]).T
    tries = []
    for pull in _PULLS:
        left = error - pull * towards
        drift = float(np.median(left))
        tries.append((float(np.abs(left - drift).mean()), drift, float(pull)))
    _, drift, pull = min(tries)
    left = np.abs(error - pull * towards - drift)
    inside = [(left < _MIDDLE[0] * np.hypot(own, spread)).mean() for spread in _SPREADS]
    return Adjustment(drift, pull, float(_SPREADS[int(np.argmax(np.array(inside) >= _LEVEL))]))


@cache
def shipped() -> Mapping[str, Adjustment]:
    """The adjustments learned over all communities, by "part outcome"."""
    import msgspec

    text = (files("allmende") / "data" / _FILE).read_bytes()
    return msgspec.json.decode(text, type=_Shipped).adjustments


@dataclass(frozen=True, slots=True)
class _Shipped:
    # The file: what was learned, from how many communities and forecasts, by which command.
    made_by: str
    communities: int
    forecasts: int
    adjustments: dict[str, Adjustment]


def _common(size: int, distance: float, adjustment: Adjustment, *, seed: int, part: int) -> Numbers:
    from scipy.stats import t

    u = uniform(seed, Decision.SHOCK, replicate=np.arange(size), month=-1, member=part)
    z = t.ppf(u, FREEDOM) * _MIDDLE[0] / _MIDDLE[1]
    answer: Numbers = adjustment.drift + adjustment.pull * distance + adjustment.spread * z
    return answer


def _ramp(months: int) -> Numbers:
    weights = np.sqrt(np.arange(1, months + 1))
    year = np.sqrt(np.arange(1, MONTHS_A_YEAR + 1)).mean()
    answer: Numbers = weights / year
    return answer
