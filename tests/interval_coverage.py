"""How often the intervals hold: many villages with the same parameters, and the mean of all as the truth."""

from dataclasses import dataclass
from functools import cache

import numpy as np

import settlements
from allmende import plugins
from allmende.indicator import Curve, Indicator
from allmende.panel import Panel
from allmende.resampling import LEVEL, attempt, interval_of, picks
from indicator_cases import MOVERS

# The points of curves that are looked at; for the others those of `MOVERS`.
POINTS = {"return_curve": "1", "lorenz": "80 %"}


@dataclass(frozen=True)
class Coverage:
    """How an indicator's intervals did: share that held, mean and deviation of the estimates, villages."""

    share: float
    mean: float
    deviation: float
    villages: int


def number(plugin: Indicator, panel: Panel) -> float:
    """The answer, a point of it for a curve, the estimate of a refusal; nan where there is none."""
    return _number(plugin, attempt(plugin, panel))


def _number(plugin: Indicator, value: float | Curve | None) -> float:
    if isinstance(value, Curve):
        label = POINTS.get(plugin.name, MOVERS[plugin.name][2])
        return float(value.y[value.labels.index(label)]) if label in value.labels else np.nan
    return np.nan if value is None else float(value)


def window(plugin: Indicator, panel: Panel) -> Panel:
    """The whole life for careers, the last two years for the others."""
    return panel if plugin.lifetime else panel.last(24)


@cache
def coverage(*, villages: int = 60, more: int = 200, replicates: int = 100) -> dict[str, Coverage]:
    """For each indicator, in which share of `villages` the interval holds the mean of `more` villages."""
    installed = [one for one in plugins.find("indicator").values() if isinstance(one, Indicator)]
    towns = [settlements.village(seed=seed) for seed in range(more)]
    # One panel for each kind of window, so that views are shared as they are when a community is measured.
    windows = [{False: town.last(24), True: town} for town in towns]
    truth = {one.name: np.array([number(one, pair[one.lifetime]) for pair in windows]) for one in installed}
    held: dict[str, list[bool]] = {one.name: [] for one in installed}
    for place, pair in enumerate(windows[:villages]):
        for lifetime, panel in pair.items():
            asked = [one for one in installed if one.lifetime == lifetime]
            found: dict[str, list[float]] = {one.name: [] for one in asked}
            for pick in picks(panel, replicates=replicates):
                resampled = panel.resampled(pick)
                for one in asked:
                    found[one.name].append(number(one, resampled))
            for one in asked:
                estimate = truth[one.name][place]
                if np.isfinite(estimate):
                    ends = interval_of(float(estimate), found[one.name], LEVEL, one.bounds)
                    mean = float(np.nanmean(truth[one.name]))
                    held[one.name].append(ends.low - 1e-9 <= mean <= ends.high + 1e-9)
    return {
        name: Coverage(
            float(np.mean(rows)), float(np.nanmean(truth[name])), float(np.nanstd(truth[name])), len(rows)
        )
        for name, rows in held.items()
    }
