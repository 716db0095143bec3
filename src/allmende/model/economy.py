"""Economy: a composition of member parameters, a form of works, institutions, and criteria.

The three economies of the source ship in `allmende.economies`; a hybrid is another composition. Its module
docstring has the ODD headings from which `docs/odd/` is made.
"""

import importlib
from dataclasses import dataclass
from typing import Any, cast

from allmende.model.parameters import MemberParams
from allmende.model.rules import Institution, Rules
from allmende.model.works import Works

__all__ = ["Criterion", "Economy"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A sign by which the economy shows in records (`docs/typology.md`).

    Args:
        name: Id and name, "K2 separable works".
        high: Whether it is high (or present) in this economy.
        pattern: What must be seen in records or runs.
    """

    name: str
    high: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Economy:
    """An economy plug-in.

    Args:
        name: Name under which users ask for it.
        title: One line for tables.
        parameters: Its parameters, at their defaults.
        works: Its form of works.
        institutions: Who acts in it, in this order.
        criteria: How it shows in records.
        maker: Who makes the use value, as the source has it.
        taker: Who takes the exchange value: an account.
        between: What stands between the two.
        module: Where it was defined.
    """

    name: str
    title: str
    parameters: MemberParams
    works: Works
    institutions: tuple[Institution, ...]
    criteria: tuple[Criterion, ...]
    maker: str
    taker: str
    between: str
    module: str

    def rules(self, **values: float) -> Rules:
        """The rules in force before any policy, with some parameters changed.

        Raises:
            UnknownNameError: there is no such parameter; the nearest is offered.
            OutOfRangeError: a value breaks a bound.
        """
        return Rules(self.parameters.with_values(**cast("dict[str, Any]", values)), self.institutions)

    @property
    def definition(self) -> str:
        """The docstring of its module."""
        return importlib.import_module(self.module).__doc__ or ""
