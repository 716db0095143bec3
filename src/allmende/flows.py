"""Flows: who makes use value, who takes exchange value, and what passes through whom, as the source draws it.

Nodes are those who make, hold or pay; edges are money by reason, and use value from its makers to the
audience, in amounts a year averaged over the worlds of one policy.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.months import MONTHS_A_YEAR
from allmende.results import Results

__all__ = ["Edge", "Flows", "Node", "flows"]

INVESTED = "endowment"


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody who makes, takes, pays or is paid.

    Args:
        name: "volunteers", "foundation".
        made: Use value made a year, in uses; 0 for those who make none.
        kept: Exchange value kept a year, in cents: what came in less what went out; below 0 outside.
        through: Money that came in a year, in cents.
    """

    name: str
    made: float
    kept: float
    through: float


@dataclass(frozen=True, slots=True)
class Edge:
    """What goes from one to another in a year.

    Args:
        source: From whom.
        target: To whom.
        kind: The reason, "dues"; "use value" for what makers give the audience.
        unit: "cents" or "uses".
        amount: How much in a year, mean over worlds.
    """

    source: str
    target: str
    kind: str
    unit: str
    amount: float


@dataclass(frozen=True, slots=True)
class Flows:
    """The picture of an economy.

    Args:
        nodes: In alphabetical order.
        edges: Largest first, uses before cents.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def flows(results: Results, *, policy: int = 0, last: int | None = None) -> Flows:
    """Who makes use value, who takes exchange value, and what passes through the foundation?

    What institutions are endowed with at the start is left out: it is no yearly flow.

    Args:
        results: From `simulation.simulate`.
        policy: Which future, 0 for the baseline.
        last: Only the last so many months; the whole run when None.

    >>> from allmende.simulation import simulate
    >>> found = flows(simulate("commons", members=50, months=12, replicates=2))
    >>> [edge.kind for edge in found.edges if edge.target == "foundation"]
    ['dues', 'donations']
    """
    edges = []
    for name, variable in results.variables.items():
        if name.startswith("use_value_by_"):
            amount = _a_year(variable.values[policy], last)
            if amount > 0:
                edges.append(
                    Edge(name.removeprefix("use_value_by_"), "audience", "use value", "uses", amount)
                )
    for (kind, payer, payee), cents in results.flows.items():
        amount = _a_year(cents[policy], last)
        if amount > 0 and kind != INVESTED:
            edges.append(Edge(payer, payee, kind, "cents", amount))
    edges.sort(key=lambda edge: (edge.unit == "cents", -edge.amount, edge.source, edge.target))
    names = sorted({edge.source for edge in edges} | {edge.target for edge in edges})
    return Flows(tuple(_node(name, edges) for name in names), tuple(edges))


def _node(name: str, edges: list[Edge]) -> Node:
    money = [edge for edge in edges if edge.unit == "cents"]
    received = sum(edge.amount for edge in money if edge.target == name)
    spent = sum(edge.amount for edge in money if edge.source == name)
    made = sum(edge.amount for edge in edges if edge.unit == "uses" and edge.source == name)
    return Node(name, made, received - spent, received)


def _a_year(values: NDArray[Any], last: int | None) -> float:
    """Mean over worlds of what a year brings, from monthly amounts[draw, replicate, month]."""
    shown = values if last is None else values[..., -last:]
    return float(np.mean(shown)) * MONTHS_A_YEAR
