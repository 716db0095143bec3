"""Effects: differences between futures inside worlds, and how sure they are.

Every function takes results whose first future is the baseline. A world is a pair of draw and replicate.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.months import MONTHS_A_YEAR
from allmende.outcomes import LEVEL as WORLDS_LEVEL
from allmende.outcomes import Band
from allmende.results import Results

__all__ = [
    "LESS_IS_BETTER",
    "LEVEL",
    "Effect",
    "Standing",
    "differences",
    "effect_of",
    "ends",
    "measured_mean",
    "standings_of",
]

Numbers = NDArray[np.float64]
LEVEL = 0.95
LESS_IS_BETTER = frozenset({"leavers", "gini", "top_tenth_share", "review_load"})
_LEAST_WORLDS = 2
_ROUNDING = 1e-12


class Effect(NamedTuple):
    """What a future does to an outcome, in the last twelve months of the run.

    Args:
        policy: The future.
        name: Name of the outcome.
        title: What it is.
        unit: Its unit.
        baseline: Mean without the policy.
        mean: Mean of the differences inside worlds.
        low: Lower end of the interval of that mean, at `LEVEL`; nan where worlds are too few.
        high: Its upper end.
        worlds_low: Four fifths of the worlds have a difference above this ...
        worlds_high: ... and below this.
        more: Share of worlds in which it is more than in the baseline; ties count half.
        gain: Variance of a difference between unpaired runs over that of a paired one; nan without an effect.
    """

    policy: str
    name: str
    title: str
    unit: str
    baseline: float
    mean: float
    low: float
    high: float
    worlds_low: float
    worlds_high: float
    more: float
    gain: float

    @property
    def verdict(self) -> str:
        """In which direction it goes on average: "more", "less", "the same", or "cannot be told"."""
        if self.worlds_low == self.worlds_high == self.mean == 0:
            return "the same"
        if self.low > 0:
            return "more"
        return "less" if self.high < 0 else "cannot be told"


class Standing(NamedTuple):
    """How a future stands by the outcome that decides.

    Args:
        policy: The future; the baseline is one of them.
        better: Share of worlds in which it does better than the baseline; ties count half.
        best: Share of worlds in which no other future does better; shared among equals.
        regret: What is missed on average, in the outcome's unit, against the best future of each world.
    """

    policy: str
    better: float
    best: float
    regret: float


def ends(results: Results, name: str) -> Numbers:
    """An outcome at the end of each world: its mean over the last twelve months, or the year's value.

    A future that differs from the baseline by no more than the rounding of a sum has the baseline's value.

    Returns:
        float64[policy, draw, replicate], nan where it was not measured.
    """
    return _settled(measured_mean(results[name][..., -MONTHS_A_YEAR:].astype(np.float64)))


def measured_mean(values: Numbers) -> Numbers:
    """Means along the last axis, without what was not measured; nan where nothing was.

    >>> measured_mean(np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    measured = np.isfinite(values)
    total, count = np.where(measured, values, 0.0).sum(axis=-1), measured.sum(axis=-1)
    found = np.full(total.shape, np.nan)
    np.divide(total, count, out=found, where=count > 0)
    return found


def differences(results: Results, name: str) -> tuple[Band, ...]:
    """Differences to the baseline inside worlds, month by month: the middle one and four fifths of them.

    Args:
        results: Futures, the baseline first.
        name: Name of the outcome.
    """
    values = _settled(results[name].astype(np.float64))
    rows = []
    for i, future in enumerate(results.policies[1:], 1):
        for j in range(values.shape[-1]):
            sample = (values[i, ..., j] - values[0, ..., j]).ravel()
            sample = sample[np.isfinite(sample)]
            if sample.size:
                low, mid, high = np.quantile(sample, _tails(WORLDS_LEVEL))
                rows.append(Band(j + 1, future, float(mid), float(low), float(high)))
    return tuple(rows)


def effect_of(results: Results, name: str, future: int) -> Effect:
    """What a future does to an outcome.

    Args:
        results: Futures, the baseline first.
        name: Name of the outcome.
        future: Which future; 1 is the first policy.
    """
    variable, values = results.variables[name], ends(results, name)
    paired = values[future] - values[0]
    sample = paired[np.isfinite(paired)]
    about = (results.policies[future], name, variable.title, variable.unit)
    if not sample.size:
        return Effect(*about, *([math.nan] * 8))
    low, high = _interval(paired)
    worlds_low, _, worlds_high = np.quantile(sample, _tails(WORLDS_LEVEL))
    more = (sample > 0).mean() + 0.5 * (sample == 0).mean()
    return Effect(
        *about,
        float(np.nanmean(values[0])),
        float(sample.mean()),
        low,
        high,
        float(worlds_low),
        float(worlds_high),
        float(more),
        _gain(values[0], values[future]),
    )


def _settled(values: Numbers) -> Numbers:
    """Values of futures, the baseline's own where they differ from it as sums in another order do.

    Args:
        values: float64[policy, ...], the baseline first.
    """
    return np.where(np.abs(values - values[0]) <= _ROUNDING * np.abs(values[0]), values[0], values)


def _interval(paired: Numbers) -> tuple[float, float]:
    """Student's interval of the mean: over replicates, or over the means of draws where there are several."""
    units = paired.ravel() if len(paired) == 1 else np.array([_mean(row) for row in paired])
    units = units[np.isfinite(units)]
    if len(units) < _LEAST_WORLDS:
        return math.nan, math.nan
    from scipy.special import stdtrit

    half = float(stdtrit(len(units) - 1, (1 + LEVEL) / 2)) * float(units.std(ddof=1)) / math.sqrt(len(units))
    return float(units.mean()) - half, float(units.mean()) + half


def _gain(baseline: Numbers, future: Numbers) -> float:
    """Variance of unpaired over that of paired differences, within draws, averaged over them."""
    if baseline.shape[1] < _LEAST_WORLDS or not np.isfinite(baseline + future).all():
        return math.nan
    paired = _within(future - baseline)
    return (_within(baseline) + _within(future)) / paired if paired > 0 else math.nan


def _within(values: Numbers) -> float:
    return float(values.var(axis=1, ddof=1).mean())


def standings_of(results: Results, outcome: str) -> tuple[Standing, ...]:
    """How every future stands by an outcome; of `LESS_IS_BETTER` less is better.

    Args:
        results: Futures, the baseline first.
        outcome: The outcome that decides.
    """
    values = ends(results, outcome).reshape(len(results.policies), -1)
    values = values[:, np.isfinite(values).all(axis=0)]
    values = -values if outcome in LESS_IS_BETTER else values
    if not values.size:
        return tuple(Standing(future, math.nan, math.nan, math.nan) for future in results.policies)
    best = values.max(axis=0)
    equals = (values == best).sum(axis=0)
    told = []
    for future, row in zip(results.policies, values, strict=True):
        better = (row > values[0]).mean() + 0.5 * (row == values[0]).mean()
        share = ((row == best) / equals).mean()
        told.append(Standing(future, float(better), float(share), float((best - row).mean())))
    return tuple(told)


def _mean(values: Numbers) -> float:
    told = values[np.isfinite(values)]
    return float(told.mean()) if told.size else math.nan


def _tails(level: float) -> list[float]:
    return [(1 - level) / 2, 0.5, (1 + level) / 2]
