"""Gathering: what was recorded of batches of worlds, put together as results."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.model.asking import Asked
from allmende.model.recording import MEASURES, Outcome
from allmende.model.rules import table_of
from allmende.params import Number
from allmende.results import Replay, Results, Variable

__all__ = ["NOTES", "arguments_of", "gathered", "variables_of"]

NOTES = (
    "Figures of a whole year stand under its last month and are empty elsewhere.",
    "The past of members at the start is not recorded; month 0 holds institutions' endowments.",
)
Flow = tuple[str, str, str]


def gathered(
    wanted: Asked, outcomes: Sequence[Outcome], parameters: Mapping[str, Number] | None = None
) -> Results:
    """The results of a simulation.

    Args:
        wanted: What was asked.
        outcomes: What was recorded, in the order of futures and worlds, however they were cut.
        parameters: The parameters that were given, to be able to ask again.
    """
    shape = (len(wanted.policies), len(wanted.draws), wanted.replicates, wanted.months)
    joined = {
        name: np.concatenate([each.measures[name] for each in outcomes]).reshape(shape) for name in MEASURES
    }
    keys = sorted({key for each in outcomes for key in each.flows})
    flows = {
        key: np.concatenate([_flow(each, key, wanted.months) for each in outcomes]).reshape(shape)
        for key in keys
    }
    return Results(
        policies=wanted.labels,
        months=np.arange(wanted.months, dtype=np.int32),
        variables=variables_of(joined),
        parameters=tuple(wanted.draws[0].describe()),
        replay=Replay("simulate", arguments_of(wanted, parameters), wanted.seed, version("allmende")),
        flows=flows,
        notes=(*wanted.notes, *NOTES),
    )


def variables_of(values: Mapping[str, NDArray[Any]]) -> dict[str, Variable]:
    """Every measure with its unit and title; whole numbers are whole.

    Args:
        values: The values of every measure of `recording.MEASURES`.
    """
    return {
        name: Variable(
            name,
            measure.unit,
            measure.title,
            values[name].astype(np.int64) if measure.whole else values[name],
        )
        for name, measure in MEASURES.items()
    }


def arguments_of(wanted: Asked, parameters: Mapping[str, Number] | None = None) -> dict[str, Any]:
    """What is needed to ask again, as plain numbers, texts, lists and tables."""
    return {
        "economy": wanted.economy.name, "members": wanted.members, "months": wanted.months,
        "replicates": wanted.replicates, "draws": len(wanted.draws), "parameters": dict(parameters or {}),
        "policies": [[table_of(policy) for policy in future] for future in wanted.policies],
        **({"community": wanted.community} if wanted.community else {}),
    }  # fmt: skip


def _flow(outcome: Outcome, key: Flow, months: int) -> NDArray[np.int64]:
    worlds = len(next(iter(outcome.measures.values())))
    return outcome.flows.get(key, np.zeros((worlds, months), np.int64))
