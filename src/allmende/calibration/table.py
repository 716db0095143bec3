"""Table: from many runs with known parameters to what one record says of them.

A network (scikit-learn) predicts the parameters from the summaries; its predictions are the summary
statistics of rejection with local-linear adjustment. What it predicts on runs kept aside tells which
parameters can be told at all, and how often intervals hold the truth.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import AllmendeError

__all__ = ["Learned", "learned"]

Numbers = NDArray[np.float64]

_ASIDE = 0.15
_TOLD = 0.05
_MOVED = 0.1
_NEAREST = 0.02
_FEWEST_NEAR = 100
_CHECKED = 200
_FAR = 0.99


@dataclass(frozen=True, slots=True)
class Learned:
    """What a record says of parameters that its likelihood does not reach, as standard normal numbers.

    Args:
        names: The parameters.
        told: Share of each one's variance that a network tells on runs kept aside. float64[names].
        draws: What is believed; prior where nothing is told. float64[draws, names].
        covered: Of 200 runs kept aside, the share whose 80 % intervals hold the truth. float64[names].
        outside: Whether the record lies outside what the runs show.
    """

    names: tuple[str, ...]
    told: Numbers
    draws: Numbers
    covered: Numbers
    outside: bool

    def contractions(self) -> Mapping[str, float]:
        """By how much the belief in each narrowed, 1 minus the variance left; only those that did."""
        if self.outside:
            return {}
        left = 1.0 - self.draws.var(axis=0)
        moved = (self.told >= _TOLD) & (left >= _MOVED)
        return {name: float(left[place]) for place, name in enumerate(self.names) if moved[place]}


def learned(
    names: tuple[str, ...], parameters: Numbers, shown: Numbers, happened: Numbers, *, seed: int
) -> Learned:
    """What the record says.

    Args:
        names: The parameters.
        parameters: Of each run, as standard normal numbers. float64[runs, names].
        shown: Summaries of each run. float64[runs, summaries].
        happened: Summaries of the record. float64[summaries].
        seed: Seed of the network.

    Raises:
        AllmendeError: scikit-learn is not installed.
    """
    runs = len(parameters)
    aside = np.arange(runs) >= runs - max(int(_ASIDE * runs), 50)
    centre, scale = shown[~aside].mean(axis=0), shown[~aside].std(axis=0) + 1e-9
    scaled, record = np.clip((shown - centre) / scale, -6, 6), np.clip((happened - centre) / scale, -6, 6)
    network = _network(scaled[~aside], parameters[~aside], seed)
    predicted: Numbers = network.predict(scaled)
    left = ((predicted - parameters)[aside] ** 2).mean(axis=0)
    told = np.maximum(1.0 - left / parameters[aside].var(axis=0), 0.0)
    use = told >= _TOLD
    outside = _outside(scaled[~aside], scaled[aside], record)
    draws = np.array(parameters)
    covered = np.full(len(names), np.nan)
    if use.any() and not outside:
        here: Numbers = network.predict(record[None, :])[0]
        draws = _adjusted(parameters, predicted, here, use)
        covered = _coverage(parameters, predicted, use, aside)
    return Learned(names, told, draws, covered, bool(outside))


def _network(shown: Numbers, parameters: Numbers, seed: int) -> Any:
    try:
        networks = importlib.import_module("sklearn.neural_network")
    except ModuleNotFoundError as error:
        raise AllmendeError(
            "scikit-learn is not installed", where="learn",
            next_step="Install it: pip install 'allmende[inference]'.",
        ) from error  # fmt: skip
    network = networks.MLPRegressor(
        hidden_layer_sizes=(64, 64), alpha=1e-3, batch_size="auto", early_stopping=True, max_iter=400,
        n_iter_no_change=6, random_state=seed % 2**32,
    )  # fmt: skip
    return network.fit(shown, parameters)


def _outside(near: Numbers, aside: Numbers, record: Numbers) -> bool:
    """Whether the record is farther from the runs than nearly all runs kept aside are."""
    some = aside[:_CHECKED]
    gaps = np.array([_gap(near, one) for one in some])
    return bool(_gap(near, record) > 1.5 * np.quantile(gaps, _FAR))


def _gap(near: Numbers, one: Numbers) -> float:
    distances = np.sqrt(((near - one) ** 2).mean(axis=1))
    return float(np.partition(distances, 10)[:10].mean())


def _adjusted(parameters: Numbers, predicted: Numbers, here: Numbers, use: NDArray[np.bool_]) -> Numbers:
    """The runs nearest to the record, moved along the plane that fits them, drawn by their weights."""
    apart = predicted[:, use] - here[use]
    distance = np.sqrt(((apart / (predicted[:, use].std(axis=0) + 1e-9)) ** 2).sum(axis=1))
    number = min(max(int(_NEAREST * len(distance)), _FEWEST_NEAR), len(distance) - 1)
    near = np.argpartition(distance, number)[:number]
    weight = np.maximum(1.0 - (distance[near] / distance[near].max()) ** 2, 1e-6)
    design = np.column_stack([np.ones(number), apart[near]])
    normal = (design * weight[:, None]).T @ design + 1e-6 * np.eye(design.shape[1])
    slopes = np.linalg.solve(normal, (design * weight[:, None]).T @ parameters[near])
    moved = parameters[near].copy()
    moved[:, use] -= (apart[near] @ slopes[1:])[:, use]
    # The same places for everybody: systematic, in the order of weights.
    places = np.searchsorted(np.cumsum(weight) / weight.sum(), (np.arange(number) + 0.5) / number)
    return np.asarray(moved[np.minimum(places, number - 1)])


def _coverage(
    parameters: Numbers, predicted: Numbers, use: NDArray[np.bool_], aside: NDArray[np.bool_]
) -> Numbers:  # fmt: skip
    chosen = np.flatnonzero(aside)[:_CHECKED]
    held = np.zeros((len(chosen), parameters.shape[1]))
    for row, run in enumerate(chosen):
        others = np.arange(len(parameters)) != run
        draws = _adjusted(parameters[others], predicted[others], predicted[run], use)
        low, high = np.quantile(draws, (0.1, 0.9), axis=0)
        held[row] = (parameters[run] >= low) & (parameters[run] <= high)
    covered = held.mean(axis=0)
    return np.asarray(np.where(use, covered, np.nan))
