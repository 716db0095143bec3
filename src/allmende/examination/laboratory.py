"""Laboratory: where claims are tried - how many points, with which seed, and what several of them share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Points
from allmende.draws import key_of
from allmende.executors import Progress
from allmende.model.economy import Economy
from allmende.model.parameters import MemberParams
from allmende.model.rules import Policy
from allmende.params import Params
from allmende.simulation import PREPARING, simulate

__all__ = ["FULL", "QUICK", "Laboratory", "Size", "Trial", "points_of"]

Found = TypeVar("Found")
Drawn = TypeVar("Drawn", bound=Params)
Numbers = NDArray[np.float64]
_CHUNK = 32


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done.

    Args:
        name: How it is called.
        draws: Draws of parameters for claims that simulate worlds.
        replicates: Worlds of other luck for each.
        members: Members each world starts with.
        months: Length of each world.
        columns: Columns of a map.
        rows: Rows of a map.
        cell_worlds: Worlds of other luck for each field of a map.
        contests: Draws of parameters for claims that are computed.
        contests_run: Simulated contests beside each point of a closed form.
    """

    name: str
    draws: int
    replicates: int
    members: int
    months: int
    columns: int
    rows: int
    cell_worlds: int
    contests: int
    contests_run: int


FULL = Size("full", 400, 2, 250, 60, 12, 8, 6, 2_000, 2_000)
QUICK = Size("quick", 32, 1, 150, 36, 6, 4, 2, 300, 300)


@dataclass(frozen=True, slots=True)
class Trial:
    """Paired futures of many draws, averaged over the months in which policies are in force.

    Args:
        futures: Their labels; the first is the baseline.
        values: Each outcome, averaged over months and replicates. float64[futures, draws].
        money: Cents a month by kind, payer and payee. float64[futures, draws].
    """

    futures: tuple[str, ...]
    values: Mapping[str, Numbers]
    money: Mapping[tuple[str, str, str], Numbers]

    def ratio(self, outcome: str, future: int) -> Numbers:
        """Logarithm of an outcome in a future against the baseline; 0 where there is nothing in either."""
        return self.between(outcome, future, 0)

    def between(self, outcome: str, future: int, other: int) -> Numbers:
        """Logarithm of an outcome in a future against another future; 0 where there is nothing in either."""
        values = self.values[outcome]
        least = 1e-9
        return np.asarray(np.log(np.maximum(values[future], least) / np.maximum(values[other], least)))

    def paid(self, kind: str, payee: str, future: int) -> Numbers:
        """Cents a month of a kind that reach an account, from whomever. float64[draws]."""
        found = np.zeros(next(iter(self.values.values())).shape[1])
        for (what, _, to), cents in self.money.items():
            if what == kind and to == payee:
                found = found + cents[future]
        return found


@dataclass(slots=True)
class Laboratory:
    """Where claims are tried.

    Args:
        seed: Seed of the study; the same seed gives the same bits.
        size: How much is done.
        threads: How many threads; all processors when None. Changes nothing but the time.
        progress: Called with the stage, what is done and what is to be done.
        at: The claim in hand, for the progress.
    """

    seed: int = 1
    size: Size = FULL
    threads: int | None = None
    progress: Progress | None = None
    at: str = ""
    _kept: dict[str, Any] = field(default_factory=dict)
    _trials: int = 0

    def once(self, name: str, make: Callable[[], Found]) -> Found:
        """What `make` gives, made once: several claims look at the same worlds.

        Args:
            name: What it is, unique in a laboratory.
            make: A function without arguments.
        """
        if name not in self._kept:
            self._kept[name] = make()
        return cast("Found", self._kept[name])

    def drawn(self, prior: Drawn, count: int) -> tuple[Drawn, ...]:
        """So many sets of parameters, drawn from what is believed about each."""
        return tuple(prior.drawn(seed=self.seed, draw=draw) for draw in range(count))

    def trial(
        self,
        economy: str | Economy,
        draws: Sequence[MemberParams],
        futures: Sequence[Policy | Sequence[Policy]],
        *,
        wanted: Sequence[str],
        start: int,
        replicates: int | None = None,
    ) -> Trial:
        """Simulate futures of many draws, paired inside each world, and keep what is wanted.

        Args:
            economy: The economy.
            draws: Sets of parameters.
            futures: Futures besides the baseline.
            wanted: Outcomes to keep.
            start: Month from which outcomes are averaged.
            replicates: Worlds of other luck for each draw; those of the size when None.
        """
        parts = []
        self._trials += 1
        for first in range(0, len(draws), _CHUNK):
            some = draws[first : first + _CHUNK]
            # Worlds of one call share the seed and differ by number; each call has a seed of its own.
            results = simulate(
                economy,
                members=self.size.members,
                months=self.size.months,
                replicates=replicates or self.size.replicates,
                seed=key_of(f"{self.seed} {first}") >> 1,
                draws=(*some, some[0]) if len(some) == 1 else some,
                policies=futures,
                threads=self.threads,
                progress=self._progress(first, len(draws)),
            )
            kept = len(some)
            values = {name: _mean(results[name], start)[:, :kept] for name in wanted}
            money = {key: _mean(cents, start)[:, :kept] for key, cents in results.flows.items()}
            parts.append(Trial(results.policies, values, money))
        return _joined(parts)

    def _progress(self, first: int, draws: int) -> Progress | None:
        told, stage_of_trial = self.progress, f"{self.at} worlds, part {self._trials}"
        if told is None:
            return None

        def tell(stage: str, done: float, total: float | None, /) -> None:
            if stage == PREPARING and first == 0:
                told(stage, 0.0, None)
            if total:
                part = min(_CHUNK, draws - first)
                told(stage_of_trial, first + part * done / total, float(draws))

        return tell


def points_of(draws: Sequence[Params], **more: Numbers) -> Points:
    """The parameters that differ between draws, as points, and further quantities beside them.

    Args:
        draws: Sets of parameters.
        **more: Further quantities by name. float64[points] each.
    """
    said = draws[0].declarations()
    values = {
        name: np.array([float(getattr(each, name)) for each in draws])
        for name, declared in said.items()
        if declared.prior is not None
    }
    values = {name: each for name, each in values.items() if np.any(each != each[0])}
    return Points(
        {**values, **more},
        {**{name: said[name].provenance for name in values}, **dict.fromkeys(more, "assumed")},
        {**{name: said[name].doc for name in values}, **dict.fromkeys(more, "")},
    )


def _mean(values: NDArray[Any], start: int) -> Numbers:
    """Over replicates and the months from `start` on; months in which it was not measured are left out."""
    late = values[..., start:].astype(np.float64)
    measured = np.isfinite(late)
    total = np.where(measured, late, 0.0).sum(axis=(-1, -2))
    return np.asarray(total / np.maximum(measured.sum(axis=(-1, -2)), 1))


def _joined(parts: Sequence[Trial]) -> Trial:
    futures = parts[0].futures
    values = {name: np.concatenate([part.values[name] for part in parts], axis=1) for name in parts[0].values}
    money = {}
    for key in sorted({key for part in parts for key in part.money}):
        shapes = [next(iter(part.values.values())).shape for part in parts]
        money[key] = np.concatenate(
            [part.money.get(key, np.zeros(shape)) for part, shape in zip(parts, shapes, strict=True)], axis=1
        )
    return Trial(futures, values, money)
