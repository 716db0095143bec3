"""Expected: what the months of an event would have been, from the record before it, in two ways.

*members* follows each member of the record (`forecasting.members`) in the learned environment; *level* is the
count alone, whose level wanders (`forecasting.statespace`); *both* is their linear pool, the package's own
forecast, which was checked on other communities. `level` is told without an environment: it is then a
method that knows this community only, as the trial behind `docs/how-to/evaluate.md` had it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.forecasting.environment import shipped
from allmende.forecasting.history import MONTHLY, History
from allmende.forecasting.parts import parts_of, pooled
from allmende.indicator import Interval

__all__ = ["LEVELS", "Window", "expected", "interval_of", "log_ratios", "widened"]

Numbers = NDArray[np.float64]

LEVELS = (0.8, 0.95)
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """The months over which an outcome is held against what was expected.

    Args:
        known: Month after the last that the expectation knows.
        start: First month that counts; later than `known` where an event came late in its month.
        stop: Month after the last that counts.
        outcome: One of `MONTHLY`.
    """

    known: int
    start: int
    stop: int
    outcome: str

    def moved(self, months: int) -> "Window":
        """The same window so many months later."""
        return Window(self.known + months, self.start + months, self.stop + months, self.outcome)

    def observed(self, history: History) -> Numbers:
        """What happened in it. float64[months]."""
        inside = slice(self.start - history.start, self.stop - history.start)
        values: Numbers = history.series[self.outcome][inside]
        return values


def expected(history: History, window: Window, *, paths: int, seed: int) -> Mapping[str, Numbers]:
    """Futures of the window as each way tells them: float64[paths or fewer, months] by way, "both" first.

    Args:
        history: The record; only what lies before `window.known` is used.
        window: The months.
        paths: How many futures.
        seed: Seed of the draws.
    """
    parts = parts_of(history.until(window.known), months=window.stop - window.known, paths=paths, seed=seed)
    pool = pooled(parts, shipped(), seed=seed)[window.outcome]
    # In the pool every other path follows the members; newcomers are told by the level alone.
    ways = {"both": pool, "members": pool[::2], "level": parts.monthly["level"][window.outcome]}
    if window.outcome == MONTHLY[1]:
        del ways["members"]
    return {way: told[:, window.start - window.known :] for way, told in ways.items()}


def log_ratios(observed: Numbers, paths: Numbers) -> Numbers:
    """Logarithm of what happened over what each future says, of the sums over the window. float64[paths]."""
    answer: Numbers = np.log((observed.sum() + _HALF) / (paths.sum(axis=1) + _HALF))
    return answer


def widened(logs: Numbers, factor: float) -> Numbers:
    """Logarithms spread so many times as wide about their median.

    >>> widened(np.array([-1.0, 0.0, 1.0]), 2.0).tolist()
    [-2.0, 0.0, 2.0]
    """
    middle = np.median(logs, axis=0)
    answer: Numbers = middle + factor * (logs - middle)
    return answer


def interval_of(logs: Numbers, level: float) -> Interval:
    """The central interval of ratios given by their logarithms."""
    low, mid, high = np.exp(np.quantile(logs, [(1 - level) / 2, 0.5, (1 + level) / 2]))
    return Interval(float(low), float(mid), float(high), level)
