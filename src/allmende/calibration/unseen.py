"""Unseen: what no likelihood reaches (response, belonging, friction ...), by simulation of the last years.

Worlds begin where the community stood some years ago, with members and laws as believed then, and every other
parameter drawn from its prior. What they show is condensed (`summaries`); a small network learns to tell each
parameter from it, and its answers are the statistics of an approximate Bayesian computation with local-linear
adjustment (Fearnhead and Prangle 2012; Beaumont, Zhang and Balding 2002). Worlds kept aside say how much the
network can tell at all: a parameter that records cannot move keeps its prior, and that is said.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.fit import Fit
from allmende.calibration.fitting import calibrate
from allmende.calibration.summaries import MONTHLY, observed, summarised
from allmende.calibration.table import Learned, learned
from allmende.errors import OutOfRangeError, TooFewError
from allmende.executors import Progress
from allmende.model.beginning import Beginning
from allmende.model.founders import Population
from allmende.model.recording import YEARLY
from allmende.months import MONTHS_A_YEAR, text
from allmende.params import Number
from allmende.simulation import simulate

__all__ = ["MONTHS", "RUNS", "learn"]

Numbers = NDArray[np.float64]

MONTHS = 3 * MONTHS_A_YEAR
RUNS = 10_000
_LAWS = 200
_CELLS = 4e7


def learn(
    fit: Fit, *, months: int = MONTHS, runs: int = RUNS, seed: int = 1, progress: Progress | None = None
) -> Fit:
    """The fit, with what the last years say of the parameters that the likelihood does not reach.

    Args:
        fit: A fit that keeps its record.
        months: How many of its last months speak: a whole number of years.
        runs: How many worlds.
        seed: Seed of the worlds.
        progress: Called with the stage, world-months done and world-months to do.

    Raises:
        TooFewError: the record before those months is too short or too small.
        OutOfRangeError: not a whole number of years, or the fit keeps no record.
    """
    if months < MONTHS_A_YEAR or months % MONTHS_A_YEAR or fit.panel is None:
        raise OutOfRangeError(
            f"{months} months" if fit.panel is not None else "the fit keeps no record", where="learn",
            expected="a whole number of years of a record",
        )  # fmt: skip
    begin = fit.stretch.stop - months
    if begin <= fit.stretch.start:
        raise TooFewError(
            f"the record that is fitted begins in {text(fit.stretch.start)}", where="learn",
            expected=f"a record that begins before {text(begin)}",
            next_step="Ask for fewer months.",
        )  # fmt: skip
    past = calibrate(
        fit.panel, until=begin - 1, seed=fit.seed, name=fit.name, economy=fit.economy, check=False
    )
    explorer = _Explorer(past, seed)
    size = int(min(runs, max(_CELLS / max(len(past.members), 1), 500)))
    results = simulate(cast("Any", explorer), months=months, replicates=size, seed=seed, progress=progress)
    shown = summarised({name: results[name][0, :, 0] for name in (*MONTHLY, *YEARLY)})
    happened = summarised(observed(fit.panel, start=begin, months=months))[0]
    told = learned(explorer.names, explorer.normals, shown, happened, seed=seed)
    return replace(fit, unseen=told, notes=(*fit.notes, *_said(told, months)))


def _said(told: Learned, months: int) -> tuple[str, ...]:
    last = f"the last {months} months"
    if told.outside:
        return (
            f"Worlds of this community do not show {last}: what the likelihood does not reach is a guess.",
        )
    moved = [f"{name} ({narrowed:.0%})" for name, narrowed in told.contractions().items()]
    what = f"narrow {', '.join(moved)}" if moved else "narrow none"
    kept = len(told.names) - len(moved)
    rest = f"{kept} keep their priors, because the record does not tell them."
    return (f"Of {len(told.names)} parameters that the likelihood does not reach, {last} {what}; {rest}",)


class _Explorer:
    """A community whose other parameters are drawn from their priors, run by run."""

    def __init__(self, past: Fit, seed: int) -> None:
        self.past, self.seed = past, seed
        self.names: tuple[str, ...] = ()
        self.normals: Numbers = np.zeros((0, 0))

    def beginning(
        self, *, draws: int, seed: int, parameters: Mapping[str, Number] | None = None
    ) -> Beginning:  # fmt: skip
        """See `model.beginning.Calibrated`: few laws, many sets of the other parameters."""
        from allmende.calibration.fit import reachable, values_of
        from allmende.calibration.search import gaussians

        few = min(_LAWS, draws)
        start = self.past.beginning(draws=few, seed=seed, parameters=parameters)
        self.names = reachable(self.past.economy)
        self.normals = gaussians(seed, "unseen parameters", draws, len(self.names))
        sets = tuple(
            start.draws[number % few].with_values(
                **cast("dict[str, Any]", values_of(self.past.economy, self.names, row))
            )
            for number, row in enumerate(self.normals)
        )
        people = start.population
        turns = np.arange(draws) % few
        wide = Population(
            people.fingerprint, people.chance[turns], people.days, people.seen, people.intensity,
            people.environment[turns],
        )  # fmt: skip
        return replace(start, draws=sets, population=wide)
