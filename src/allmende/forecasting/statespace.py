"""State space: a count whose level wanders.

    y_t ~ NegativeBinomial(mean = exp(level_t) season_t, size)
    level_t = centre + persistence (level_{t-1} - centre) + spread z_t

The level lives on a grid, so that filtering is exact up to the grid and needs no iteration; so do the
parameters, which are averaged over with their posterior weights instead of chosen. Season is a ratio for each
month of the year, shrunk towards 1. Own work after the usual dynamic generalised linear models (West,
Harrison, Migon 1985).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.months import MONTHS_A_YEAR

__all__ = ["Filtered", "filtered", "season_of", "simulated"]

Numbers = NDArray[np.float64]

PERSISTENCES = (0.9, 0.97, 0.995)
SPREADS = (0.04, 0.08, 0.14, 0.22, 0.34)
SIZES = (3.0, 8.0, 20.0, 60.0, 300.0)
CELLS = 96
MEMORY = 96
HALF_A_YEAR = 6
SEASON_PRIOR = 6.0
_MARGIN = 1.2
_LEAST = 0.15


@dataclass(frozen=True, slots=True)
class Filtered:
    """What is known of the level at the end of a record.

    Args:
        grid: Logarithms of the levels. float64[cells].
        weight: Posterior weight of each parameter set. float64[sets].
        level: Chance of each level given the parameter set. float64[sets, cells].
        parameters: Persistence, spread, size of each set. float64[sets, 3].
        season: Ratio of each month of the year, January first. float64[12].
        centre: The level to which it returns, that of the last half-year.
    """

    grid: Numbers
    weight: Numbers
    level: Numbers
    parameters: Numbers
    season: Numbers
    centre: float


def season_of(series: Numbers, start: int, *, prior: float = SEASON_PRIOR) -> Numbers:
    """Ratio of each calendar month to the year around it, shrunk towards 1. float64[12], mean 1.

    Args:
        series: Monthly counts.
        start: Month number of the first.
        prior: How many years of no season are believed beforehand.
    """
    years = len(series) // MONTHS_A_YEAR
    if years < 3:  # noqa: PLR2004 - two years tell no season from luck
        return np.ones(MONTHS_A_YEAR)
    known = series[-years * MONTHS_A_YEAR :][-MEMORY:]
    weights = np.r_[0.5, np.ones(MONTHS_A_YEAR - 1), 0.5] / MONTHS_A_YEAR
    around = np.convolve(known, weights, mode="valid")
    half = MONTHS_A_YEAR // 2
    logs = np.log((known[half:-half] + 0.5) / (around + 0.5))
    calendar = (start + len(series) - len(known) + half + np.arange(len(logs))) % MONTHS_A_YEAR
    sums = np.bincount(calendar, logs, minlength=MONTHS_A_YEAR)
    counts = np.bincount(calendar, minlength=MONTHS_A_YEAR)
    # A month of many acts tells its season better than a month of few: noise of a count sets the shrinkage.
    noise = prior * (1 + 4 / (1 + known.mean()))
    ratio = np.exp(sums / (counts + noise))
    answer: Numbers = ratio / ratio.mean()
    return answer


def filtered(series: Numbers, start: int) -> Filtered:
    """The level at the end of a record of monthly counts.

    Args:
        series: Monthly counts, oldest first.
        start: Month number of the first.
    """
    season = season_of(series, start)
    known = series[-MEMORY:]
    calendar = (start + len(series) - len(known) + np.arange(len(known))) % MONTHS_A_YEAR
    factor = season[calendar]
    smooth = np.convolve(known / factor, np.ones(6) / 6, mode="valid") if len(known) >= 6 else known  # noqa: PLR2004
    low = np.log(max(smooth.min(), _LEAST)) - _MARGIN
    high = np.log(max(smooth.max(), _LEAST)) + _MARGIN
    grid = np.linspace(low, high, CELLS)
    recent = (known / factor)[-HALF_A_YEAR:]
    centre = float(np.log(max(recent.mean(), _LEAST)))
    walks = [(p, s) for p in PERSISTENCES for s in SPREADS]
    moves = np.array([_moves(grid, p, s, centre) for p, s in walks])
    sizes = np.array(SIZES)
    level = np.full((len(walks), len(sizes), CELLS), 1 / CELLS)
    score = np.zeros((len(walks), len(sizes)))
    for count, ratio in zip(known, factor, strict=True):
        level = level @ moves
        likely = np.exp(_log_negative_binomial(count, np.exp(grid)[None, :] * ratio, sizes[:, None]))
        level *= likely[None]
        total = level.sum(axis=2, keepdims=True)
        score += np.log(np.maximum(total[..., 0], 1e-300))
        level /= np.maximum(total, 1e-300)
    weight = np.exp(score - score.max())
    parameters = np.array([(p, s, k) for p, s in walks for k in SIZES])
    return Filtered(
        grid, (weight / weight.sum()).ravel(), level.reshape(-1, CELLS), parameters, season, centre
    )


def simulated(
    known: Filtered, stop: int, *, months: int, paths: int, seed: int, part: int
) -> tuple[Numbers, Numbers]:
    """Futures of the counts, and of their means.

    Args:
        known: What is known at the end of the record.
        stop: First month of the future.
        months: How many.
        paths: How many futures.
        seed: Seed of the draws.
        part: Number of the outcome: each has luck of its own.

    Returns:
        Counts and means, float64[paths, months] each.
    """
    from scipy.special import gammaincinv, ndtri, pdtrik

    path = np.arange(paths)
    member = np.uint64(part)
    begin = uniform(
        seed, Decision.ENVIRONMENT, replicate=path[:, None], member=member, index=np.arange(2), month=-1
    )
    # Sets by stratified luck: every share of the posterior is met by its share of the paths.
    order = (path + begin[:, 0]) / paths
    chosen = np.minimum(np.searchsorted(np.cumsum(known.weight), order), len(known.weight) - 1)
    within = np.cumsum(known.level[chosen], axis=1)
    cell = (begin[:, 1:2] * within[:, -1:] > within).sum(axis=1)
    level = known.grid[np.minimum(cell, len(known.grid) - 1)]
    u = uniform(
        seed, Decision.ENVIRONMENT, replicate=path[:, None, None], member=member,
        month=np.arange(months)[None, :, None], index=np.arange(3)[None, None, :],
    )  # fmt: skip
    step = ndtri(u[..., 0])
    persistence, spread, size = known.parameters[chosen].T
    means = np.empty((paths, months))
    for month in range(months):
        level = known.centre + persistence * (level - known.centre) + spread * step[:, month]
        means[:, month] = np.exp(level) * known.season[(stop + month) % MONTHS_A_YEAR]
    shape = size[:, None]
    rate = means * gammaincinv(shape, u[..., 1]) / shape
    counts = np.maximum(np.ceil(pdtrik(u[..., 2], np.maximum(rate, 1e-9))), 0.0)
    return counts, means


def _moves(grid: Numbers, persistence: float, spread: float, centre: float) -> Numbers:
    """Chance of each level after each level. float64[cells, cells], rows sum to 1."""
    width = grid[1] - grid[0]
    # A step narrower than the grid would stand still: the grid's own width is the least that it can show.
    effective = max(spread, width / 2)
    mean = centre + persistence * (grid - centre)
    chance = np.exp(-0.5 * ((grid[None, :] - mean[:, None]) / effective) ** 2)
    answer: Numbers = chance / chance.sum(axis=1, keepdims=True)
    return answer


def _log_negative_binomial(count: float, mean: Numbers, size: Numbers) -> Numbers:
    from scipy.special import gammaln

    answer: Numbers = (
        gammaln(count + size)
        - gammaln(size)
        - gammaln(count + 1)
        + size * np.log(size / (size + mean))
        + count * np.log(mean / (size + mean))
    )
    return answer
