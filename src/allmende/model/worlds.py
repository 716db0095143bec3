"""Worlds: everything about a batch of worlds that is not a member, as arrays over worlds.

A batch holds worlds of one sequence of rules that differ in draw (parameter values) and replicate (luck).
Worlds never look at each other, so any split of them into batches gives the same bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.kernel import compiled
from allmende.ledger import Ledger
from allmende.model.blocks import blocks_of, streams_of
from allmende.model.founders import Population
from allmende.model.rules import Rules
from allmende.model.state import Standing
from allmende.transforms import normal

__all__ = ["MAKERS", "Batch", "Receipts", "Worlds", "columns_of", "normals", "normals_below"]

Numbers = NDArray[np.float64]
MAKERS = ("volunteers", "employees", "paid", "contractors")


@dataclass(frozen=True, slots=True)
class Batch:
    """Which worlds are run together.

    Args:
        seed: Seed of the study.
        members: Members that each world starts with.
        replicates: Replicate of each world. int64[worlds].
        drawn: Parameters that differ between worlds, by name. float64[worlds] each.
        population: Members of a community to begin with; made up when None.
        draws: Draw of each world, where there is a population. int64[worlds].
    """

    seed: int
    members: int
    replicates: NDArray[np.int64]
    drawn: Mapping[str, Numbers] = field(default_factory=dict)
    population: Population | None = None
    draws: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def size(self) -> int:
        """How many worlds there are."""
        return len(self.replicates)

    def part(self, worlds: slice) -> "Batch":
        """Some of the worlds, as a batch of their own."""
        drawn = {name: values[worlds] for name, values in self.drawn.items()}
        return Batch(
            self.seed, self.members, self.replicates[worlds], drawn, self.population, self.draws[worlds]
        )


class Receipts(NamedTuple):
    """Members who were paid in a month, one by one: by name, since rows may have moved before it is read."""

    first: NDArray[np.int64]
    """Where those of each world begin, and where the last end. int64[worlds + 1]."""
    names: NDArray[np.uint64]
    """Month of arrival and rank, packed."""
    cents: NDArray[np.int64]
    """What each got."""


@dataclass(slots=True)
class Worlds:
    """The state of a batch at the beginning of a month.

    Args:
        batch: Which worlds.
        standing: Their members.
        ledger: Their books.
        streams: Second half of the key of every decision. uint64[worlds, decisions].
        environment: What is common to all members of a world, standard normal over time.
        adopted: Share of the market that uses the works.
        stock: The works there are, by who made them. float64[worlds, makers].
        stock_start: Their sum at the start; 0 before the first month has set the scale.
        capacity: Uses a month that the infrastructure can serve.
        service: Share of last month's uses that were served, 0 to 1.
        norm: Pay norm, 0 to 1.
        shock: Log odds of outsiders' dropout that a shock has left.
        archive: Attention of the works of members whose rows were given back.
        contingency: How far last month's pay depended on quality, 0 to 1.
        offer: Cents a month promised to newcomers.
        parted: Members who parted from the project this month, in a fork.
        month: Months since the start.
        moneyed: Whether any member of any world ever got money: until then settlement has nothing to do.
        measures: What was recorded of last month, by name.
        columns: The rules last in force and their parameters by world, kept because rules seldom change.
        noted: Whether it is kept who was paid this month, for a diary.
        receipts: Who was paid this month, when that is kept.
    """

    batch: Batch
    standing: Standing
    ledger: Ledger
    streams: NDArray[np.uint64]
    environment: Numbers
    adopted: Numbers
    stock: Numbers
    stock_start: Numbers
    capacity: Numbers
    service: Numbers
    norm: Numbers
    shock: Numbers
    archive: Numbers
    contingency: Numbers
    offer: Numbers
    parted: Numbers
    month: int = 0
    moneyed: bool = False
    measures: dict[str, Numbers] = field(default_factory=dict)
    columns: tuple[Rules, Mapping[str, Numbers]] | None = None
    noted: bool = False
    receipts: Receipts | None = None

    @classmethod
    def opened(cls, batch: Batch, values: Mapping[str, Numbers], standing: Standing) -> "Worlds":
        """Worlds in which nothing has happened yet.

        Args:
            batch: Which worlds.
            values: Parameters, from `columns_of`.
            standing: Members there at the start.
        """
        zeros = np.zeros(batch.size)
        return cls(
            batch=batch,
            standing=standing,
            ledger=Ledger.opened(worlds=batch.size),
            streams=streams_of(batch.replicates),
            environment=normals(batch, Decision.ENVIRONMENT, -1),
            adopted=values["adopted"].copy(),
            stock=np.zeros((batch.size, len(MAKERS))),
            stock_start=zeros.copy(),
            capacity=zeros.copy(),
            service=np.ones(batch.size),
            norm=values["pay_norm"].copy(),
            shock=zeros.copy(),
            archive=zeros.copy(),
            contingency=zeros.copy(),
            offer=zeros.copy(),
            parted=zeros.copy(),
        )

    @property
    def usefulness(self) -> Numbers:
        """Logarithm of the works there are against the start, within -5 and 5; 0 before the first month."""
        there = (self.stock_start > 0) & (self.stock.sum(axis=1) > 0)
        ratio = np.where(there, self.stock.sum(axis=1), 1.0) / np.where(there, self.stock_start, 1.0)
        known = np.clip(np.log(ratio), -5.0, 5.0)
        return np.where(there, known, np.where(self.stock_start > 0, -5.0, 0.0))

    def values(self, rules: Rules) -> Mapping[str, Numbers]:
        """Every parameter under these rules, one value for each world."""
        if self.columns is None or self.columns[0] is not rules:
            self.columns = (rules, columns_of(self.batch, rules))
        return self.columns[1]

    def blocks(self) -> NDArray[np.int64]:
        """The blocks into which members fall now."""
        return blocks_of(self.standing)


def columns_of(batch: Batch, rules: Rules) -> dict[str, Numbers]:
    """Every parameter as one value for each world: as drawn or as the rules have it, changed by policies.

    `answered_usual` is what `answered` is without any policy: dropout was measured where that share was
    answered (`hearing`).
    """
    values: dict[str, Numbers] = {}
    for name, value in rules.parameters.values().items():
        values[name] = _frozen(batch.drawn.get(name, np.full(batch.size, float(value))))
    values["answered_usual"] = values["answered"]
    declared = rules.parameters.declarations()
    for change in rules.changes:
        values[change.name] = change.times * values[change.name] + change.add
    for name in dict.fromkeys(change.name for change in rules.changes):
        held = np.clip(values[name], declared[name].low, declared[name].high)
        values[name] = _frozen(np.floor(held + 0.5) if declared[name].kind is int else held)
    return values


def normals(batch: Batch, decision: Decision, month: int, index: int = 0) -> Numbers:
    """A standard normal number of one month for each world, keyed by the replicate."""
    u = uniform(batch.seed, decision, replicate=batch.replicates, month=month, index=index)
    return normals_below(u)


def normals_below(u: Numbers) -> Numbers:
    """The standard normal numbers below which these shares lie."""
    found = np.empty(len(u))
    compiled(_quantiles)(np.ascontiguousarray(u, np.float64), found)
    return found


def _quantiles(u: Numbers, found: Numbers) -> None:
    for i in range(len(u)):
        found[i] = normal(u[i])


def _frozen(values: Numbers) -> Numbers:
    kept = np.array(values, np.float64)
    kept.flags.writeable = False
    return kept
