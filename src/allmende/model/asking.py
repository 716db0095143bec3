"""Asking: what was asked of a simulation, checked before anything is reserved or run."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from allmende.errors import BudgetExceededError, OutOfRangeError
from allmende.executors import threads_allowed
from allmende.model.beginning import Calibrated
from allmende.model.economy import Economy
from allmende.model.founders import Population
from allmende.model.parameters import MemberParams
from allmende.model.recording import MEASURES
from allmende.model.rules import Policy, label_of
from allmende.model.state import BYTES_A_MEMBER
from allmende.model.worlds import Batch
from allmende.params import Number

__all__ = ["Asked", "asked", "check_memory", "free_memory", "workers_of"]

ROWS_A_BATCH = 2**20
WORK_A_PIECE = 10**7  # member-months
WORLD_IN_MEMBERS = 50  # what a month of a world costs beside its members
MOST_MEMBERS = 10**9
MOST_MONTHS = 1_200
BYTES_A_ROW = BYTES_A_MEMBER + 32
SHARE_OF_MEMORY = 0.85


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be simulated.

    Args:
        economy: The economy.
        members: Members each world starts with.
        months: How many months.
        replicates: Worlds of different luck for each draw.
        seed: Seed of the study.
        draws: Parameters of each draw.
        policies: For each future, its policies; the first is the baseline and has none.
        population: Members of a community to begin with; made up when None.
        community: Name of the community; "" where members are made up.
        notes: Sentences a reader of the results must see.
    """

    economy: Economy
    members: int
    months: int
    replicates: int
    seed: int
    draws: tuple[MemberParams, ...]
    policies: tuple[tuple[Policy, ...], ...]
    population: Population | None = None
    community: str = ""
    notes: tuple[str, ...] = ()

    @property
    def worlds(self) -> int:
        """Worlds of one future: draws x replicates, the replicates of a draw side by side."""
        return len(self.draws) * self.replicates

    @property
    def labels(self) -> tuple[str, ...]:
        """How the futures are called; numbered where two would be called alike."""
        found: list[str] = []
        for policies in self.policies:
            name = " + ".join(label_of(each) for each in policies) or "baseline"
            found.append(f"{name} {len(found)}" if name in found else name)
        return tuple(found)

    @property
    def rows_a_world(self) -> int:
        """Rows that a world is likely to need at its largest."""
        arriving = max(float(draw.arrivals) for draw in self.draws)
        # About two in three who arrive are gone for good within a year, when rows are given back.
        there = max(self.members, self.population.size if self.population else 0)
        return int(there * (1.1 + arriving * (18.0 + 0.15 * self.months))) + 128

    @property
    def worlds_a_batch(self) -> int:
        """Worlds run together: as many as fit the nearer memories of a processor, at least one."""
        return max(1, min(self.worlds, ROWS_A_BATCH // self.rows_a_world))

    def batch(self, chosen: slice | None = None) -> Batch:
        """Worlds of a future, all or some. Luck differs by draw and replicate, never by policy."""
        worlds = np.arange(self.worlds, dtype=np.int64)[chosen or slice(None)]
        drawn = {}
        if len(self.draws) > 1:
            first = self.draws[0].values()
            numbers, places = np.unique(worlds // self.replicates, return_inverse=True)
            sets = [self.draws[number].values() for number in numbers]
            for name in first:
                values = np.array([float(each[name]) for each in sets])
                if np.any(values != float(first[name])):
                    drawn[name] = values[places]
        return Batch(self.seed, self.members, worlds, drawn, self.population, worlds // self.replicates)

    @property
    def worlds_a_piece(self) -> int:
        """Worlds that keep a processor busy for about a second, at most a batch of them."""
        return min(self.worlds_a_batch, -(-WORK_A_PIECE // (self.months * (self.members + WORLD_IN_MEMBERS))))

    def parts(self, most: int | None = None) -> Iterator[tuple[int, slice]]:
        """The batches: which future, and which of its worlds.

        Args:
            most: Most worlds in one; as many as fit when None.
        """
        size = min(most or self.worlds_a_batch, self.worlds_a_batch)
        for future in range(len(self.policies)):
            for first in range(0, self.worlds, size):
                yield future, slice(first, min(first + size, self.worlds))

    def fingerprint(self) -> str:
        """A hash of everything that decides the bits of the result."""
        said = (
            self.economy.name, self.economy.works, self.economy.institutions, self.members, self.months,
            self.replicates, self.seed, self.draws, self.policies,
        )  # fmt: skip
        known = (self.population.fingerprint,) if self.population else ()
        return hashlib.sha256(repr((*said, *known)).encode()).hexdigest()


def asked(
    target: Economy | Calibrated,
    *,
    members: int,
    months: int,
    replicates: int,
    seed: int,
    draws: int | Sequence[MemberParams],
    parameters: Mapping[str, Number] | None,
    policies: Sequence[Policy | Sequence[Policy]],
) -> Asked:
    """What was asked, checked; the arguments are those of `simulation.simulate`.

    Raises:
        OutOfRangeError: a number cannot be simulated.
        UnknownNameError: there is no such parameter; the nearest is offered.
    """
    _within("members", members, 0, MOST_MEMBERS, "0 is allowed: nothing happens then.")
    _within("months", months, 1, MOST_MONTHS, "Ask for at least one month.")
    _within("replicates", replicates, 1, 2**31, "Ask for at least one replicate.")
    _within("seed", seed, 0, 2**63 - 1, "Any whole number will do.")
    if isinstance(target, Calibrated):
        return _of_community(target, months, replicates, seed, draws, parameters, policies)
    economy = target
    base = economy.parameters.with_values(**cast("dict[str, Any]", dict(parameters or {})))
    if isinstance(draws, int):
        _within(
            "draws", draws, 1, 2**31, "1 takes the parameters as they are, more are drawn from the priors."
        )
        drawn = (base,) if draws == 1 else _from_priors(base, parameters or {}, seed, draws)
    else:
        drawn = tuple(draws)
        _within("draws", len(drawn), 1, 2**31, "Give at least one set of parameters.")
    return Asked(economy, members, months, replicates, seed, drawn, _futures(policies))


def _of_community(
    target: Calibrated, months: int, replicates: int, seed: int, draws: int | Sequence[MemberParams],
    parameters: Mapping[str, Number] | None, policies: Sequence[Policy | Sequence[Policy]],
) -> Asked:  # fmt: skip
    """What was asked of a calibrated community: members and parameters are its own.

    One draw for all replicates would hide how little is known: then every replicate has a draw of its own.
    """
    if not isinstance(draws, int):
        raise OutOfRangeError(
            "sets of parameters are given", where="simulate", expected="a number of draws",
            next_step="A calibrated community draws its own.",
        )  # fmt: skip
    _within("draws", draws, 1, 2**31, "1 gives every replicate a draw of its own.")
    many, worlds = (replicates, 1) if draws == 1 else (draws, replicates)
    start = target.beginning(draws=many, seed=seed, parameters=parameters)
    return Asked(
        start.economy, start.members, months, worlds, seed, start.draws, _futures(policies),
        start.population, start.name, start.notes,
    )  # fmt: skip


def _futures(policies: Sequence[Policy | Sequence[Policy]]) -> tuple[tuple[Policy, ...], ...]:
    """The policies of each future, the baseline first."""
    return ((), *(tuple(each) if isinstance(each, Sequence) else (each,) for each in policies))


def workers_of(threads: int | None) -> int:
    """How many threads: as many as asked for, or all that may be started here.

    Raises:
        OutOfRangeError: fewer than one.
    """
    if threads is None:
        return threads_allowed()
    _within("threads", threads, 1, 1_024, "Leave it out to use every processor.")
    return threads


def _from_priors(
    base: MemberParams, fixed: Mapping[str, Number], seed: int, draws: int
) -> tuple[MemberParams, ...]:
    """Parameters drawn from their priors; those that were given stay as given."""
    return tuple(
        base.drawn(seed=seed, draw=draw).with_values(**cast("dict[str, Any]", dict(fixed)))
        for draw in range(draws)
    )


def _within(name: str, value: int, low: int, high: int, advice: str) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not low <= value <= high:
        raise OutOfRangeError(
            f"{name} is {value!r}", where="simulate", expected=f"a whole number from {low} to {high}",
            next_step=advice,
        )  # fmt: skip


def check_memory(wanted: Asked, *, at_once: int) -> None:
    """Refuse before anything is reserved when it would not fit.

    Args:
        wanted: What was asked.
        at_once: Batches that run at the same time.

    Raises:
        BudgetExceededError: more memory is needed than is free; the figures and what to do are said.
    """
    futures = len(wanted.policies)
    rows = wanted.rows_a_world * wanted.worlds_a_batch * min(at_once, futures * wanted.worlds)
    state = rows * (BYTES_A_ROW + BYTES_A_MEMBER)
    records = 3 * 8 * (len(MEASURES) + 10) * wanted.worlds * futures * wanted.months
    free = free_memory()
    if state + records > SHARE_OF_MEMORY * free:
        raise BudgetExceededError(
            f"{wanted.members:,} members in {wanted.worlds * futures:,} worlds for {wanted.months:,} months "
            f"need {(state + records) / 2**30:,.1f} GiB of memory; {free / 2**30:,.1f} GiB are free",
            where="simulate",
            next_step="Ask for fewer members or replicates, use one thread, or run the replicates in turns "
            "(each has its own luck, so the results are the same).",
        )


def free_memory() -> int:
    """Bytes that can be had without swapping; all there are where the system does not say."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 2**63 - 1
