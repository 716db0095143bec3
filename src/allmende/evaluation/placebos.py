"""Placebos: the same question asked of earlier dates, at which nothing is said to have happened.

How large are the "effects" of nothing in this community? Their spread, in units of what the expectation
gave as its own, says by how much its intervals are to be widened. Few dates prove little, so the factor is
drawn towards 1 as if `BELIEVED` further dates had gone just as other communities' forecasts go; windows
overlap by half, and count half. Intervals are never narrowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.evaluation.expected import Window, expected, log_ratios
from allmende.forecasting.history import History
from allmende.forecasting.sufficient import usable

__all__ = ["Placebo", "placebo_at", "placebo_of", "placebos_of", "widening"]

MOST = 10
PATHS = 400
BELIEVED = 5.0
_OVERLAP = 0.5
_NORMAL = 1.2815515655446004  # 90 % point of the normal law
_LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Placebo:
    """What would have been called the effect of an event at a date without one.

    Args:
        start: First month that counts.
        logs: way -> logarithm of what happened over the middle of what was expected.
        scores: way -> the same over the expectation's own deviation.
    """

    start: int
    logs: Mapping[str, float]
    scores: Mapping[str, float]


def placebos_of(history: History, window: Window, *, seed: int) -> tuple[Placebo, ...]:
    """Placebos before a window, latest first: each ends before the event, steps of half a window.

    Args:
        history: The record.
        window: The months of the event.
        seed: Seed of the draws.
    """
    length = window.stop - window.known
    step = max(1, length // 2)
    found = []
    for number in range(MOST):
        earlier = window.moved(-length - number * step)
        if earlier.known <= history.start or not usable(history.until(earlier.known)):
            break
        found.append(placebo_at(history, earlier, seed=seed))
    return tuple(found)


def placebo_at(history: History, window: Window, *, seed: int) -> Placebo:
    """The placebo of one window.

    Args:
        history: The record.
        window: The months.
        seed: Seed of the draws.
    """
    told = expected(history, window, paths=PATHS, seed=seed)
    observed = window.observed(history)
    return placebo_of(window.start, {way: log_ratios(observed, paths) for way, paths in told.items()})


def placebo_of(start: int, ratios: Mapping[str, NDArray[np.float64]]) -> Placebo:
    """The placebo that these logarithms of ratios make.

    Args:
        start: First month that counts.
        ratios: way -> what happened over what each future says, as logarithms. float64[paths].
    """
    logs, scores = {}, {}
    for way, all_ratios in ratios.items():
        low, mid, high = np.quantile(all_ratios, [0.1, 0.5, 0.9])
        logs[way] = float(mid)
        scores[way] = float(mid / max((high - low) / (2 * _NORMAL), _LEAST_SPREAD))
    return Placebo(start, logs, scores)


def widening(placebos: Sequence[Placebo], way: str) -> float:
    """By how much the intervals of a way are to be widened, 1 or more.

    >>> calm = Placebo(0, {"both": 0.0}, {"both": 0.0})
    >>> wild = Placebo(0, {"both": 0.9}, {"both": 3.0})
    >>> widening([], "both"), widening([calm] * 10, "both"), round(widening([wild] * 10, "both"), 2)
    (1.0, 1.0, 2.24)
    """
    squares = [one.scores[way] ** 2 for one in placebos]
    seen = _OVERLAP * sum(squares)
    return max(1.0, float(np.sqrt((BELIEVED + seen) / (BELIEVED + _OVERLAP * len(squares)))))
