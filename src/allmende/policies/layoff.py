"""Layoff: employers dismiss members whom they paid to take part, for some months.

Question:
    What is left of a community when those who employ its members leave?

Levers:
    `chance` a month that an employed member is dismissed; `months`, how long it goes on.

Mechanism:
    Who is dismissed stops, and may come back on the own account as others who dropped out do. What the
    employed made is missing, and with it whatever followed from it.

Expect:
    Fewer employed members and contributions; less goes to members as wages.

References:
    `evidence.md` B17, D1, E2, E5.
"""

from dataclasses import dataclass

from allmende.model.rules import Acts, Rules, View
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Dismissal", "Layoff"]


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Dismisses employed members for some months.

    Args:
        chance: Chance a month of each employed member.
        until: First month in which nobody is dismissed any more.
        name: Its name in the rules.
    """

    chance: float
    until: int
    name: str = "layoff"

    def __call__(self, view: View, /) -> Acts:
        """Dismiss."""
        return Acts(layoff=self.chance if view.month < self.until else 0.0)


@policy(
    expect={"employed_members": "-", "contributions": "-", "exchange_value_to_members": "-"},
    needs=("firms",),
    independent=("recognition", "gate", "relicense", "foundation"),
)
class Layoff(Levers):
    """Employed members are dismissed."""

    chance: float = lever(
        0.5, low=0, high=1, unit="1/month", zero="nobody is dismissed", doc="Chance of each employed member."
    )
    months: int = lever(1, low=1, high=1_200, unit="months", doc="How long it goes on.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Dismiss."""
        institution(rules, "firms", object)
        until = self.start + self.months
        return rules if self.idle else rules.with_institution(Dismissal(self.chance, until))
