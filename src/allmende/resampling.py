"""Resampling: how different could a number be with other people of the same kind?

Each member counts as often as a draw from Poisson(1) says. The draw is keyed by the member's name:
neither the order of the rows nor the number of other members changes anybody's luck, and two windows of
one community meet the same luck, which makes differences between them paired.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf, isfinite, nan
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from allmende import draws
from allmende.errors import TooFewError
from allmende.indicator import Curve, Indicator, Interval
from allmende.panel import NEVER, Panel

__all__ = ["LEVEL", "REPLICATES", "attempt", "attempted", "enough", "interval", "interval_of", "picks"]

REPLICATES = 200
FEWEST = 30
SIZE_FULL = 10_000
MEMORY = 72
LEVEL = 0.9


def enough(members: int, *, replicates: int = REPLICATES, least: int = FEWEST) -> int:
    """How often to resample so many members: intervals of large communities are narrow, and need less.

    All replicates up to ten thousand members; beyond, fewer by the square of the size.

    >>> enough(500), enough(20_000), enough(40_000), enough(500, replicates=0)
    (200, 50, 30, 0)
    """
    fewer = int(replicates * (SIZE_FULL / max(members, SIZE_FULL)) ** 2)
    return min(replicates, max(fewer, least))


def picks(
    panel: Panel, *, replicates: int = REPLICATES, seed: int = 0, careers: bool = True
) -> Iterator[NDArray[np.int64]]:
    """Members drawn with repetition, once for each replicate: what `Panel.resampled` takes.

    Members who had not yet come by the end of the window take no part.

    Args:
        panel: The panel.
        replicates: How many times.
        seed: Seed of the resampling.
        careers: Whether whole careers matter. Otherwise members whose last act lies `MEMORY` months
            before the window take no part: no indicator of a window looks so far back.
    """
    last = panel.last_month()
    present = np.flatnonzero((last != NEVER) & (careers | (last >= panel.start - MEMORY)))
    for replicate in range(replicates):
        yield np.repeat(present, _times(panel.members, seed, replicate)[present])


@lru_cache(maxsize=REPLICATES)
def _times(members: tuple[str, ...], seed: int, replicate: int) -> NDArray[np.uint8]:
    """How often each member is in one replicate: drawn once for all windows of a community."""
    return draws.poisson_one(seed, replicate=replicate, member=_keys(members))


@lru_cache(maxsize=2)
def _keys(members: tuple[str, ...]) -> NDArray[np.uint64]:
    """Keys of the members' draws."""
    return np.array([draws.key_of(name) for name in members], np.uint64)


def interval(
    indicator: Indicator,
    panel: Panel,
    *,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """The uncertainty of an indicator over a window, by resampling members.

    Raises:
        TooFewError: the indicator refuses the panel.
    """
    value = indicator(panel)
    assert isinstance(value, float | int), "a curve has an interval at each point"
    values = [
        attempted(indicator, panel.resampled(pick)) for pick in picks(panel, replicates=replicates, seed=seed)
    ]
    return interval_of(float(value), values, level, indicator.bounds)


def interval_of(
    value: float, values: Sequence[float], level: float = LEVEL, bounds: tuple[float, float] = (-inf, inf)
) -> Interval:
    """Bias-corrected percentile interval (Efron 1981) of resampled values around an estimate.

    Args:
        value: The estimate.
        values: Resampled values; those that are not finite are left out.
        level: Share of the values inside.
        bounds: Least and greatest possible value.
    """
    sample = np.array([one for one in values if isfinite(one)])
    if not len(sample):
        return Interval(value, value, value, level)
    below = (np.sum(sample < value) + 0.5 * np.sum(sample == value)) / len(sample)
    normal = NormalDist()
    # A shift of more than two standard errors says that the sample is too odd to correct by.
    shift = normal.inv_cdf(float(np.clip(below, 0.025, 0.975)))
    tail = normal.inv_cdf((1 - level) / 2)
    low, high = np.quantile(sample, [normal.cdf(2 * shift + tail), normal.cdf(2 * shift - tail)])
    low, high = np.clip([min(low, value), max(high, value)], *bounds)
    return Interval(float(low), value, float(high), level)


def attempt(indicator: Indicator, panel: Panel) -> float | Curve | None:
    """The answer, or the distrusted estimate of an indicator that refuses."""
    try:
        return indicator(panel)
    except TooFewError as refusal:
        return refusal.estimate


def attempted(indicator: Indicator, panel: Panel) -> float:
    """The same as a number: nan where there is none."""
    value = attempt(indicator, panel)
    return nan if value is None or isinstance(value, Curve) else float(value)
