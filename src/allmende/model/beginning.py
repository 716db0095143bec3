"""Beginning: how worlds of a calibrated community begin; the simulator's side of `calibration`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from allmende.model.economy import Economy
from allmende.model.founders import Population
from allmende.model.parameters import MemberParams
from allmende.params import Number

__all__ = ["Beginning", "Calibrated"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """How worlds of a community begin.

    Args:
        economy: The economy they run in.
        members: How many members are expected: the scale of arrivals and of the market.
        draws: Parameters of each draw.
        population: The members.
        name: The community.
        notes: Sentences a reader of its futures must see.
    """

    economy: Economy
    members: int
    draws: tuple[MemberParams, ...]
    population: Population
    name: str
    notes: tuple[str, ...]


@runtime_checkable
class Calibrated(Protocol):
    """What can say how worlds begin: a fit of `calibration`."""

    def beginning(
        self, *, draws: int, seed: int, parameters: Mapping[str, Number] | None = None
    ) -> Beginning:  # fmt: skip
        """Parameters of so many draws, and the members.

        Args:
            draws: How many sets of parameters.
            seed: Seed of the study.
            parameters: Parameters that are to be other than fitted.
        """
        ...
