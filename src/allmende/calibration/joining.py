"""Joining: newcomers a month, the season, the trend, and the environment that all members of a world share.

Newcomers are counts with mean

    level  season(month of the year)  exp(s z - s^2 / 2)

negative binomial where they vary more than that; active days beyond those expected of the members there
follow the same z with a spread of their own. z is the environment of the simulation: a first-order
autoregression with deviation 1, so months that were good tell of months to come. It is filtered on a grid;
level, spreads and over-dispersion are where the likelihood, times the priors of the parameters, is highest.
A trend is estimated and shown, and never carried forward: trends of single communities on a logarithmic
scale foretell growth that does not come (`evidence.md` J).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.search import climb, gaussians, rooted, slope_of
from allmende.elementary import exp, log
from allmende.kernel import compiled, kernel
from allmende.months import MONTHS_A_YEAR

__all__ = ["Joining", "Series", "fit_joining", "season_of"]

Numbers = NDArray[np.float64]

RECENT = 60
_GRID = np.linspace(-3.5, 3.5, 41)
_SEASON_WEIGHT = 60.0
_NAMES = ("level", "joining_spread", "size", "activity", "activity_spread", "activity_size")
_PRIOR = np.array([[0.0, 30.0], [np.log(0.2), 0.4], [2.5, 1.5], [0.0, 0.5], [np.log(0.3), 0.4], [2.5, 1.5]])
_LOW = np.array([-12.0, -4.6, -3.0, -3.0, -4.6, -5.0])
_HIGH = np.array([12.0, 0.4, 8.0, 3.0, 0.4, 8.0])


@dataclass(frozen=True, slots=True)
class Series:
    """What is known of each month of the window.

    Args:
        start: First month.
        newcomers: Who came. float64[months].
        days: Active days beyond first ones. float64[months].
        expected: Days to be expected of those there, from the law and their own histories. float64[months].
    """

    start: int
    newcomers: Numbers
    days: Numbers
    expected: Numbers

    def last(self, months: int) -> "Series":
        """The last months of it."""
        cut = max(len(self.newcomers) - months, 0)
        return Series(self.start + cut, self.newcomers[cut:], self.days[cut:], self.expected[cut:])


@dataclass(frozen=True, slots=True)
class Joining:
    """Newcomers and the environment, fitted.

    Args:
        level: Newcomers a month where the environment is as usual.
        season: Ratio of each month of the year, January first; mean 1. float64[12].
        size: Size of the negative binomial of newcomers; large is Poisson.
        trend: Change of log newcomers a year, and its standard error: shown, not carried forward.
        joining_spread: Deviation of the environment in the logarithm of newcomers.
        activity: Active days against those expected, where the environment is as usual.
        activity_spread: Deviation of the environment in the logarithm of activity.
        persistence: Correlation of the environment with that of the month before.
        environment: Mean and deviation of z at the end of the window.
        logs: Logarithms of level, joining_spread, size, activity, activity_spread, activity_size. float64[6].
        covariance: Their covariance. float64[6, 6].
        data: Newcomers, season, days, days expected in each month it rests on. float64[4, months].
    """

    level: float
    season: Numbers
    size: float
    trend: tuple[float, float]
    joining_spread: float
    activity: float
    activity_spread: float
    persistence: float
    environment: tuple[float, float]
    logs: Numbers
    covariance: Numbers
    data: Numbers

    @property
    def rate(self) -> float:
        """Newcomers a month at the end of the window, as the environment is there."""
        z, spread = self.environment[0], self.joining_spread
        return float(self.level * np.exp(spread * z - 0.5 * spread * spread))

    def drawn(self, size: int, *, seed: int) -> Numbers:
        """Draws of level, joining_spread, size, activity, activity_spread, activity_size, z at the end.

        z is drawn from what the filter says under the other six: level and environment trade off.

        Args:
            size: How many.
            seed: Seed; the same seed gives the same draws.
        """
        standard = gaussians(seed, "joining", size, len(_NAMES) + 1)
        logs = np.clip(self.logs + standard[:, :-1] @ rooted(self.covariance).T, _LOW, _HIGH)
        moves = _moves(self.persistence)
        states = np.array([_state(self.data, moves, one) for one in logs])
        z = np.clip(states[:, 0] + states[:, 1] * standard[:, -1], _GRID[0], _GRID[-1])
        return np.column_stack([np.exp(logs), z])

    def error(self, name: str) -> float:
        """Standard error of the logarithm of a fitted number."""
        place = _NAMES.index(name)
        return float(np.sqrt(self.covariance[place, place]))


def fit_joining(series: Series, *, persistence: float = 0.92) -> Joining:
    """The most likely level, spreads and over-dispersion.

    Args:
        series: The months; the last five years count.
        persistence: Correlation from month to month: hardly told by one community, so it is given.
    """
    recent = series.last(RECENT)
    season = season_of(recent.newcomers, recent.start)
    month = (recent.start + np.arange(len(recent.newcomers))) % MONTHS_A_YEAR
    expected = np.maximum(recent.expected, 1e-6)
    data = np.stack([recent.newcomers, season[month], recent.days, expected])
    moves = _moves(persistence)

    def value(logs: Numbers) -> float:
        apart = (logs - prior[:, 0]) / prior[:, 1]
        held = np.zeros(len(_GRID))
        return _filtered(data, moves, logs, held) - 0.5 * float(apart @ apart)

    prior = _PRIOR.copy()
    prior[0, 0] = log(max(float(recent.newcomers.sum()) / len(recent.newcomers), 1e-3))
    peak = climb(slope_of(value, step=1e-4), np.clip(prior[:, 0], _LOW, _HIGH), low=_LOW, high=_HIGH)
    level, joining, size, activity, acting, _ = np.exp(peak.at)
    return Joining(
        float(level), season, float(size), _trend(recent.newcomers, season[month]), float(joining),
        float(activity), float(acting), persistence, _state(data, moves, peak.at), peak.at, peak.covariance,
        data,
    )  # fmt: skip


def season_of(counts: Numbers, start: int) -> Numbers:
    """Ratio of each month of the year to the year around it, shrunk to 1. float64[12], mean 1.

    Args:
        counts: By month.
        start: The month of the first.
    """
    if len(counts) < 2 * MONTHS_A_YEAR:
        return np.ones(MONTHS_A_YEAR)
    year = np.convolve(counts, np.ones(MONTHS_A_YEAR) / MONTHS_A_YEAR, "valid")
    ends = (MONTHS_A_YEAR // 2, MONTHS_A_YEAR - 1 - MONTHS_A_YEAR // 2)
    around = np.pad(year, ends, mode="edge")[: len(counts)]
    month = (start + np.arange(len(counts))) % MONTHS_A_YEAR
    seen = np.bincount(month, counts, MONTHS_A_YEAR) + _SEASON_WEIGHT
    usual = np.bincount(month, around, MONTHS_A_YEAR) + _SEASON_WEIGHT
    ratio = seen / usual
    return np.asarray(ratio / ratio.mean())


def _trend(counts: Numbers, season: Numbers) -> tuple[float, float]:
    """Slope of the logarithm of newcomers by year, by Poisson regression, its error widened by dispersion."""
    years = (np.arange(len(counts)) - 0.5 * (len(counts) - 1)) / MONTHS_A_YEAR
    at = np.array([np.log(max(float(counts.mean()), 1e-3)), 0.0])
    design = np.stack([np.ones(len(counts)), years])
    for _ in range(30):
        mean = season * np.exp(np.clip(at @ design, -20.0, 20.0))
        information = (design * mean) @ design.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, design @ (counts - mean))
        at = at + np.clip(step, -1.0, 1.0)
    mean = season * np.exp(at @ design)
    dispersion = max(
        1.0, float(((counts - mean) ** 2 / np.maximum(mean, 1e-9)).sum()) / max(len(counts) - 2, 1)
    )
    return float(at[1]), float(np.sqrt(dispersion * np.linalg.inv(information)[1, 1]))


def _moves(persistence: float) -> Numbers:
    """Chances to go from each point of the grid to each. float64[from, to]."""
    away = (_GRID[None, :] - persistence * _GRID[:, None]) / np.sqrt(1.0 - persistence * persistence)
    chances = np.exp(-0.5 * away * away)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def _state(data: Numbers, moves: Numbers, logs: Numbers) -> tuple[float, float]:
    """Mean and deviation of z in the last month."""
    held = np.zeros(len(_GRID))
    _filtered(data, moves, logs, held)
    mean = float(held @ _GRID)
    return mean, float(np.sqrt(max(float(held @ _GRID**2) - mean**2, 1e-6)))


def _filtered(data: Numbers, moves: Numbers, logs: Numbers, held: Numbers) -> float:
    start = np.exp(-0.5 * _GRID * _GRID)
    held[:] = start / start.sum()
    scales = np.exp(logs)
    return float(compiled(_forward)(data, moves, _GRID, scales, held, np.zeros(len(_GRID))))


def _forward(  # noqa: PLR0917 - compiled code takes no keywords
    data: Numbers, moves: Numbers, grid: Numbers, scales: Numbers, held: Numbers, chance: Numbers
) -> float:  # fmt: skip
    """Log-likelihood of the months; `held` becomes what is believed of z in the last one."""
    total = 0.0
    points = len(grid)
    for month in range(data.shape[1]):
        if month > 0:
            for to in range(points):
                moved = 0.0
                for begin in range(points):
                    moved += held[begin] * moves[begin, to]
                chance[to] = moved
            for to in range(points):
                held[to] = chance[to]
        highest = -1e300
        for at in range(points):
            joining = scales[1] * grid[at] - 0.5 * scales[1] * scales[1]
            acting = scales[4] * grid[at] - 0.5 * scales[4] * scales[4]
            chance[at] = _log_chance(data[0, month], scales[0] * data[1, month] * exp(joining), scales[2])
            chance[at] += _log_chance(
                data[2, month], scales[3] * data[3, month] * exp(acting), scales[5] * data[3, month]
            )
            highest = max(highest, chance[at])
        month_total = 0.0
        for at in range(points):
            held[at] *= exp(chance[at] - highest)
            month_total += held[at]
        for at in range(points):
            held[at] /= month_total
        total += highest + log(month_total)
    return total


@kernel
def _log_chance(count: float, mean: float, size: float) -> float:
    """Negative binomial of that mean and size, its logarithm."""
    rising = _log_gamma(size + count) - _log_gamma(size) - _log_gamma(count + 1.0)
    both = log(size + mean)
    return rising + size * (log(size) - both) + count * (log(mean) - both)


@kernel
def _log_gamma(x: float) -> float:
    """Stirling's series beyond 8, reached by recurrence."""
    product = 1.0
    while x < 8.0:  # noqa: PLR2004 - where the series is exact to 10^-11
        product *= x
        x += 1.0
    y = 1.0 / (x * x)
    series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x
    return (x - 0.5) * log(x) - x + 0.9189385332046727 + series - log(product)
