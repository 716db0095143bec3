"""Outcomes: the small tables that pages of simulated worlds show, from the results of a simulation.

Intervals are over worlds: `LEVEL` of the replicates and draws of a future lie inside.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.months import MONTHS_A_YEAR
from allmende.results import Results

__all__ = ["LEVEL", "MAKERS", "Band", "Closing", "Flow", "bands", "closing", "flows", "makers"]

INVESTED = "endowment"
LEVEL = 0.8
MAKERS = ("volunteers", "employees", "paid", "contractors")


class Band(NamedTuple):
    """An outcome of a future in a month: the world in the middle, and the interval of the others."""

    month: int
    world: str
    mid: float
    low: float
    high: float


class Flow(NamedTuple):
    """Money that went from one to another in the last twelve months, in whole units."""

    kind: str
    payer: str
    payee: str
    mid: float
    low: float
    high: float


class Closing(NamedTuple):
    """An outcome at the end: its mean over the last twelve months, or the year's value."""

    name: str
    title: str
    unit: str
    mid: float
    low: float
    high: float


def bands(results: Results, name: str) -> tuple[Band, ...]:
    """An outcome month by month for every future; months in which it is not measured are left out.

    Args:
        results: What the simulation returned.
        name: Name of the variable.

    Raises:
        UnknownNameError: there is no such variable.
    """
    values = results[name].astype(np.float64)
    rows = []
    for i, world in enumerate(results.policies):
        for j in range(len(results.months)):
            sample = _measured(values[i, :, :, j])
            if sample.size:
                rows.append(Band(j + 1, world, *_interval(sample)))
    return tuple(rows)


def closing(results: Results, name: str, *, policy: int = 0) -> Closing:
    """What an outcome was at the end of the run.

    Args:
        results: What the simulation returned.
        name: Name of the variable.
        policy: Which future; 0 is the baseline.
    """
    variable = results.variables[name]
    last = variable.values[policy, :, :, -MONTHS_A_YEAR:].astype(np.float64)
    months = np.isfinite(last)
    total = np.where(months, last, 0.0).sum(axis=-1)
    count = months.sum(axis=-1)
    sample = total[count > 0] / count[count > 0]
    ends = _interval(sample) if sample.size else (np.nan, np.nan, np.nan)
    return Closing(name, variable.title, variable.unit, *ends)


def flows(results: Results, *, policy: int = 0) -> tuple[Flow, ...]:
    """Money by kind, payer and payee in the last twelve months, greatest first; nothing that did not flow.

    What institutions are endowed with at the start is left out: it is no yearly flow.

    Args:
        results: What the simulation returned.
        policy: Which future; 0 is the baseline.
    """
    found = []
    for (kind, payer, payee), cents in results.flows.items():
        year = cents[policy, :, :, -MONTHS_A_YEAR:].sum(axis=-1).astype(np.float64) / 100
        if year.any() and kind != INVESTED:
            found.append(Flow(kind, payer, payee, *_interval(year.ravel())))
    return tuple(sorted(found, key=lambda flow: -flow.mid))


def makers(results: Results, *, policy: int = 0) -> tuple[Closing, ...]:
    """Who makes the use value: shares of the last twelve months, by kind of maker.

    Args:
        results: What the simulation returned.
        policy: Which future; 0 is the baseline.
    """
    made = {
        maker: results[f"use_value_by_{maker}"][policy, :, :, -MONTHS_A_YEAR:].astype(np.float64).sum(axis=-1)
        for maker in MAKERS
        if f"use_value_by_{maker}" in results.variables
    }
    total = sum(made.values(), start=np.zeros(1))
    told = total > 0
    return tuple(
        Closing(maker, f"Made by {maker}", "share", *_interval(value[told] / total[told]))
        for maker, value in made.items()
        if told.any() and value.any()
    )


def _measured(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    return sample[np.isfinite(sample)]


def _interval(sample: NDArray[np.float64]) -> tuple[float, float, float]:
    low, mid, high = np.quantile(sample, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
    return float(mid), float(low), float(high)
