"""Reliability: how forecasts of this community would have gone in the years that are known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allmende.forecasting.environment import shipped
from allmende.forecasting.history import MONTHLY, History
from allmende.forecasting.naive import seasonal_naive
from allmende.forecasting.parts import parts_of, pooled
from allmende.forecasting.scoring import covered, crps
from allmende.forecasting.sufficient import usable
from allmende.months import MONTHS_A_YEAR

__all__ = ["Hindcast", "Reliability", "reliability_of"]

YEARS = 5
PATHS = 400


@dataclass(frozen=True, slots=True)
class Hindcast:
    """A year that was forecast from what lies before it.

    Args:
        start: Its first month.
        low: outcome -> low end of the 80 % interval of its total.
        mid: The middle.
        high: The high end.
        truth: What happened.
    """

    start: int
    low: Mapping[str, float]
    mid: Mapping[str, float]
    high: Mapping[str, float]
    truth: Mapping[str, float]

    def inside(self, outcome: str) -> bool:
        """Whether what happened lies inside the interval."""
        return self.low[outcome] <= self.truth[outcome] <= self.high[outcome]


@dataclass(frozen=True, slots=True)
class Reliability:
    """How forecasts of a community went.

    Args:
        hindcasts: The years, latest first; at least one.
        skill: outcome -> CRPS over that of repeating last year's months; below 1 is better.
        months_inside: outcome -> share of months inside the 80 % interval.
    """

    hindcasts: tuple[Hindcast, ...]
    skill: Mapping[str, float]
    months_inside: Mapping[str, float]


def reliability_of(history: History, *, seed: int, years: int = YEARS) -> Reliability | None:
    """How forecasts of this community would have gone, in up to `years` years before its end.

    Args:
        history: What is known.
        seed: Seed of the draws.
        years: At most so many.
    """
    found: list[Hindcast] = []
    scores: dict[str, list[tuple[float, float, float]]] = {name: [] for name in MONTHLY}
    for number in range(1, years + 1):
        start = history.stop - number * MONTHS_A_YEAR
        known = history.until(start)
        if start <= history.start or not usable(known):
            break
        told = pooled(parts_of(known, months=MONTHS_A_YEAR, paths=PATHS, seed=seed), shipped(), seed=seed)
        begin = start - history.start
        truth = {name: values[begin : begin + MONTHS_A_YEAR] for name, values in history.series.items()}
        for name in MONTHLY:
            naive = seasonal_naive(known.series[name], months=MONTHS_A_YEAR, paths=PATHS, seed=seed)
            scores[name].append(
                (
                    float(crps(told[name], truth[name]).sum()),
                    float(crps(naive, truth[name]).sum()),
                    float(covered(told[name], truth[name], 0.8).mean()),
                )
            )
        ends = {name: np.quantile(told[name].sum(axis=1), [0.1, 0.5, 0.9]).tolist() for name in MONTHLY}
        low, mid, high = ({name: ends[name][place] for name in MONTHLY} for place in range(3))
        found.append(Hindcast(start, low, mid, high, {name: float(truth[name].sum()) for name in MONTHLY}))
    if not found:
        return None
    sums = {name: np.array(rows).sum(axis=0) for name, rows in scores.items()}
    return Reliability(
        tuple(found),
        {name: float(row[0] / row[1]) if row[1] > 0 else float("nan") for name, row in sums.items()},
        {name: float(row[2] / len(found)) for name, row in sums.items()},
    )
