"""Design: what a sweep runs, row by row, and how it is cut into pieces that are worth their way.

A case is one row: an economy, its parameters or draws of them, the futures to be compared, and how many
members, months and replicates. Every case is simulated as `simulation.simulate` would, with all futures of a
world meeting the same people and the same luck.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from allmende.errors import AllmendeError, OutOfRangeError
from allmende.model.asking import Asked, asked
from allmende.model.beginning import Calibrated
from allmende.model.economy import Economy
from allmende.model.gathering import arguments_of
from allmende.model.parameters import MemberParams
from allmende.model.rules import Policy
from allmende.params import Number
from allmende.simulation import economy_called

__all__ = ["Case", "Design", "Piece", "Shape", "case", "pieces_of"]

MOST_CASES = 100_000


class Shape(NamedTuple):
    """How large a case is.

    Args:
        futures: Futures, the baseline included.
        worlds: Worlds of each future: draws x replicates.
        size: Worlds in one piece.
    """

    futures: int
    worlds: int
    size: int


class Piece(NamedTuple):
    """Some worlds of one future of one case: what a worker runs at a time.

    Args:
        number: Its number in the sweep, from 0.
        case: Number of the case, from 0.
        future: Number of the future, from 0, which is the baseline.
        first: Its first world (draw x replicates + replicate).
        last: The world after its last one.
    """

    number: int
    case: int
    future: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a design.

    Args:
        name: Its name, unique in the design.
        asked: What is simulated.
        given: The parameters that were given, to be able to ask again.
    """

    name: str
    asked: Asked
    given: Mapping[str, Number] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """How large it is."""
        return Shape(len(self.asked.policies), self.asked.worlds, self.asked.worlds_a_piece)

    @property
    def runs(self) -> int:
        """How many runs it has: futures x draws x replicates."""
        return len(self.asked.policies) * self.asked.worlds

    @property
    def arguments(self) -> dict[str, Any]:
        """What is needed to ask again, as plain values."""
        return arguments_of(self.asked, self.given)


def case(
    economy: str | Economy | Calibrated,
    *,
    name: str = "",
    members: int = 1_000,
    months: int = 120,
    replicates: int = 20,
    seed: int = 1,
    draws: int | Sequence[MemberParams] = 1,
    parameters: Mapping[str, Number] | None = None,
    policies: Sequence[Policy | Sequence[Policy]] = (),
) -> Case:
    """A row of a design; the arguments are those of `simulation.simulate`.

    Args:
        economy: An economy, its name, or a calibrated community.
        name: Its name in the sweep; that of the community or economy when "".
        members: Members each world starts with.
        months: How many months.
        replicates: Worlds of different luck for each draw.
        seed: Seed of the study. Cases of the same seed meet the same luck.
        draws: How many sets of parameters are drawn from the priors, or the sets themselves.
        parameters: Parameters other than the defaults, by name.
        policies: Futures besides the baseline, each a policy or several together.

    Raises:
        UnknownNameError: there is no such economy or parameter; the nearest is offered.
        OutOfRangeError: a number is out of its bounds.

    >>> case("commons", replicates=10).runs
    10
    """
    question = asked(
        economy if isinstance(economy, Calibrated) else economy_called(economy), members=members,
        months=months, replicates=replicates, seed=seed, draws=draws, parameters=parameters,
        policies=policies,
    )  # fmt: skip
    return Case(name or question.community or question.economy.name, question, dict(parameters or {}))


@dataclass(frozen=True)
class Design:
    """The rows of a sweep.

    Args:
        cases: One or more, with different names.

    Raises:
        OutOfRangeError: there is no case, or there are too many.
        AllmendeError: two cases have the same name.
    """

    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.cases) <= MOST_CASES:
            raise OutOfRangeError(
                f"{len(self.cases)} cases", where="sweep", expected=f"1 to {MOST_CASES:,} cases"
            )
        seen: set[str] = set()
        for each in self.cases:
            if each.name in seen:
                raise AllmendeError(
                    f"two cases are called '{each.name}'", where="sweep", next_step="Rename one of them."
                )
            seen.add(each.name)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """What workers run at a time, in the order in which they begin."""
        return pieces_of([each.shape for each in self.cases])

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return sum(each.runs for each in self.cases)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that decides the bits of the results, and of the names."""
        said = [[each.name, each.asked.fingerprint()] for each in self.cases]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def pieces_of(shapes: Sequence[Shape]) -> tuple[Piece, ...]:
    """The pieces of cases of these shapes.

    The futures of the same worlds follow one another, so that what is there while a sweep runs is paired.

    >>> [tuple(piece) for piece in pieces_of([Shape(futures=2, worlds=3, size=2)])]
    [(0, 0, 0, 0, 2), (1, 0, 1, 0, 2), (2, 0, 0, 2, 3), (3, 0, 1, 2, 3)]
    """
    cuts = (
        (number, future, first, min(first + shape.size, shape.worlds))
        for number, shape in enumerate(shapes)
        for first in range(0, shape.worlds, shape.size)
        for future in range(shape.futures)
    )
    return tuple(Piece(number, *cut) for number, cut in enumerate(cuts))
