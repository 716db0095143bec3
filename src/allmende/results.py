"""Results: what a simulation returns, and how it is kept.

Arrays with the dimensions (policy, draw, replicate, month), each with its unit; the flows of money; the
parameters with their provenance; and what is needed to run it again and get the same hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray

__all__ = ["DIMENSIONS", "Replay", "Results", "Variable"]

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
    """

    policies: tuple[str, ...]
    months: NDArray[np.int32]
    variables: Mapping[str, Variable]
    parameters: tuple[Mapping[str, str], ...]
    replay: Replay
    flows: Mapping[tuple[str, str, str], NDArray[np.int64]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def hash(self) -> str:
        """SHA-256 of everything but the notes, over bytes that do not depend on machine or library."""
        raise NotImplementedError

    def save(self, folder: Path) -> Path:
        """Write a new folder: arrays, then the manifest with their checksums. All or nothing."""
        raise NotImplementedError

    @classmethod
    def load(cls, folder: Path) -> "Results":
        """Read a folder back.

        Raises:
            StoreError: a file is missing, damaged, or from a newer version; the file is named.
        """
        raise NotImplementedError

    def to_xarray(self) -> "xarray.Dataset":
        """The variables and flows as a labelled data set."""
        raise NotImplementedError
