"""Results: what a simulation returns.

Arrays with the dimensions (policy, draw, replicate, month), each with its unit; the flows of money; the
parameters with their provenance; and what is needed to run it again and get the same hash. How they are kept
on disk is in `allmende.keeping`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import UnknownNameError

if TYPE_CHECKING:
    import xarray

__all__ = ["DIMENSIONS", "Replay", "Results", "Variable", "hash_of"]

DIMENSIONS = ("policy", "draw", "replicate", "month")


@dataclass(frozen=True, slots=True)
class Variable:
    """One quantity, for every policy, draw, replicate and month.

    Args:
        name: Its name, "active_members".
        unit: Its unit, "members".
        title: What it is, for axes and tables, "Active members".
        values: int64 or float64[policy, draw, replicate, month].
    """

    name: str
    unit: str
    title: str
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Replay:
    """What is needed to run it again.

    Args:
        verb: What was asked, "simulate".
        arguments: With which arguments; plain numbers, texts, lists and tables.
        seed: Seed of the study.
        version: Version of the package.
    """

    verb: str
    arguments: Mapping[str, Any]
    seed: int
    version: str


@dataclass(frozen=True, slots=True)
class Results:
    """What a simulation returns.

    Args:
        policies: Labels of the policies; the first is the baseline.
        months: Month numbers of the run.
        variables: By name.
        parameters: Rows of `Params.describe`.
        replay: What is needed to run it again.
        flows: Money by (kind, payer, payee): int64[policy, draw, replicate, month].
        notes: Sentences a reader must see.

    Raises:
        AssertionError: shapes do not fit; that is a fault of the program which made the results.
    """

    policies: tuple[str, ...]
    months: NDArray[np.int32]
    variables: Mapping[str, Variable]
    parameters: tuple[Mapping[str, str], ...]
    replay: Replay
    flows: Mapping[tuple[str, str, str], NDArray[np.int64]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shapes = {name: values.shape for name, values in self._arrays()}
        assert len(set(shapes.values())) <= 1, f"variables and flows differ in shape: {shapes}"
        for name, shape in shapes.items():
            assert len(shape) == len(DIMENSIONS), (
                f"{name} has shape {shape}, not one axis for each of {DIMENSIONS}"
            )
            assert shape[0] == len(self.policies), f"{name} has {shape[0]} policies, not {len(self.policies)}"
            assert shape[3] == self.months.size, f"{name} has {shape[3]} months, not {self.months.size}"
        for name, variable in self.variables.items():
            assert name == variable.name, f"variable '{variable.name}' is filed under '{name}'"

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The values of a variable.

        Raises:
            UnknownNameError: there is no variable of that name; the nearest is offered.
        """
        if name not in self.variables:
            raise UnknownNameError("variable", name, self.variables, where="the results")
        return self.variables[name].values

    def hash(self) -> str:
        """SHA-256 of what came out: policies, months, variables, flows, parameters.

        Notes, the version and how it was asked are left out, so that the same outcome has the same hash
        however it was computed. The bytes are little-endian on every machine, and every nan is the same nan.
        """
        return hash_of(
            policies=self.policies,
            months=self.months.tolist(),
            variables=[(v.name, v.unit, v.title) for _, v in sorted(self.variables.items())],
            flows=sorted(self.flows),
            parameters=self.parameters,
            arrays=self._arrays(),
        )

    def to_xarray(self) -> "xarray.Dataset":
        """The variables and flows as a labelled data set; flows have one more dimension, `flow`."""
        import xarray

        arrays: dict[str, Any] = {
            name: (DIMENSIONS, variable.values, {"units": variable.unit, "long_name": variable.title})
            for name, variable in self.variables.items()
        }
        coordinates: dict[str, Any] = {"policy": list(self.policies), "month": self.months}
        if self.flows:
            keys = sorted(self.flows)
            money = np.stack([self.flows[key] for key in keys])
            arrays["flows"] = (("flow", *DIMENSIONS), money, {"units": "cents", "long_name": "Money moved"})
            coordinates["flow"] = [f"{kind}: {payer} to {payee}" for kind, payer, payee in keys]
        facts = {"seed": str(self.replay.seed), "version": self.replay.version, "hash": self.hash()}
        return xarray.Dataset(arrays, coordinates, attrs=facts)

    def _arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        yield from ((name, self.variables[name].values) for name in sorted(self.variables))
        yield from (("|".join(key), self.flows[key]) for key in sorted(self.flows))


def hash_of(
    *,
    policies: Sequence[str],
    months: Sequence[int],
    variables: Sequence[tuple[str, str, str]],
    flows: Sequence[tuple[str, str, str]],
    parameters: Sequence[Mapping[str, str]],
    arrays: Iterable[tuple[str, NDArray[Any]]],
) -> str:
    """The hash that results with this content have, for those that are never in memory as a whole.

    Args:
        policies: Labels of the policies.
        months: Month numbers.
        variables: Name, unit and title of each variable, sorted by name.
        flows: Kind, payer and payee of each flow, sorted.
        parameters: Rows of `Params.describe`.
        arrays: Values of the variables in that order, then those of the flows, "kind|payer|payee", in theirs.
    """
    said = {
        "policies": tuple(policies),
        "months": list(months),
        "variables": [list(each) for each in variables],
        "flows": [list(each) for each in flows],
        "parameters": [dict(row) for row in parameters],
    }
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, values in arrays:
        digest.update(f"\n{name} {values.dtype.kind} {values.shape}\n".encode())
        digest.update(_canonical(values))
    return digest.hexdigest()


def _canonical(values: NDArray[Any]) -> bytes:
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes()
    return values.astype("<i8").tobytes()
