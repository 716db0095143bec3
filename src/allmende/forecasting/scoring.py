"""Scoring: how good were forecasts, once it is known what happened?

A forecast is a sample of paths. CRPS rewards sharp intervals that hold (Gneiting and Raftery 2007); for one
path it is the absolute error. Coverage of counts is taken from the distribution function on both sides of
the count (Czado, Gneiting, Held 2009), so that small counts do not look covered by being discrete.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["covered", "crps", "crps_quantiles", "geometric_ratio", "paired_ratio", "scale"]

Numbers = NDArray[np.float64]


def crps(paths: Numbers, truth: Numbers) -> Numbers:
    """Continuous ranked probability score at each point: E|X - y| - E|X - X'| / 2; less is better.

    Args:
        paths: float64[paths, ...].
        truth: What happened, float64[...].

    >>> crps(np.array([[1.0], [3.0]]), np.array([2.0])).tolist()
    [0.5]
    """
    size = len(paths)
    ordered = np.sort(paths, axis=0)
    weights = (2 * np.arange(1, size + 1) - size - 1).reshape(-1, *([1] * truth.ndim))
    spread = (weights * ordered).sum(axis=0) / size**2
    answer: Numbers = np.abs(ordered - truth).mean(axis=0) - spread
    return answer


def crps_quantiles(levels: Numbers, quantiles: Numbers, truth: Numbers) -> Numbers:
    """CRPS from quantiles at equally spaced levels: twice the mean pinball loss."""
    level = levels.reshape(-1, *([1] * truth.ndim))
    miss = truth - quantiles
    answer: Numbers = 2 * np.maximum(level * miss, (level - 1) * miss).mean(axis=0)
    return answer


def covered(paths: Numbers, truth: Numbers, level: float) -> Numbers:
    """How much of the count lies inside the central interval: 0 to 1 at each point.

    The count y stands for the stretch of the distribution function from F(y - 1) to F(y); the answer is the
    share of that stretch between (1 - level) / 2 and (1 + level) / 2.

    >>> covered(np.arange(100.0)[:, None], np.array([50.0]), 0.8).tolist()
    [1.0]
    """
    low = (paths < truth - 0.5).mean(axis=0)
    high = (paths < truth + 0.5).mean(axis=0)
    left, right = (1 - level) / 2, (1 + level) / 2
    inside = np.minimum(high, right) - np.maximum(low, left)
    width = high - low
    point = ((low >= left) & (high <= right)).astype(np.float64)
    answer: Numbers = np.where(width > 0, np.clip(inside / np.where(width > 0, width, 1), 0, 1), point)
    return answer


def scale(series: Numbers, season: int = 12) -> float:
    """Mean absolute error of the seasonal naive forecast within the training record: the unit of MASE."""
    if len(series) <= season:
        return float("nan")
    return float(np.abs(series[season:] - series[:-season]).mean())


def geometric_ratio(one: Numbers, other: Numbers) -> float:
    """Geometric mean over communities of `one / other`; those where either is zero are left out."""
    use = (one > 0) & (other > 0)
    return float(np.exp(np.log(one[use] / other[use]).mean()))


def paired_ratio(
    one: Numbers, other: Numbers, *, replicates: int = 2000, level: float = 0.95, seed: int = 1
) -> tuple[float, float, float]:
    """`geometric_ratio` with its interval, communities drawn again with both scores of each.

    Args:
        one: Score of each community. float64[communities].
        other: Score of the same communities.
        replicates: How many times.
        level: Share of replicates inside the interval.
        seed: Seed of the draws.
    """
    from allmende.draws import Decision, uniform

    use = (one > 0) & (other > 0)
    logs = np.log(one[use] / other[use])
    size = len(logs)
    drawn = uniform(
        seed, Decision.RESAMPLE, replicate=np.arange(replicates)[:, None], member=np.arange(size)[None, :]
    )
    means = logs[(drawn * size).astype(np.int64)].mean(axis=1)
    low, high = np.exp(np.quantile(means, [(1 - level) / 2, (1 + level) / 2]))
    return float(np.exp(logs.mean())), float(low), float(high)
