"""Hiring: firms employ volunteers of the core, and send outsiders.

Question:
    What does a community gain when firms pay more people to take part, and what becomes of the volunteers?

Levers:
    `volunteers`, chance a month that an active volunteer of the core is hired; `outsiders`, people hired from
    outside a month for each thousand members at the start.

Mechanism:
    Who is hired gets the employer's days on top and seldom leaves, but does less on the own account: who has
    the job need not show. Outsiders arrive employed. Both are paid the wage from the next month on, as all
    the employed are. Firms hire only while they can pay the wages there are.

Expect:
    More employed members, who get more money; firms keep less. Contributions rise, and with them what the
    employed make of the use value; what volunteers make of it may go either way.

References:
    `evidence.md` C19b, D1, D3, D4, D6, D8, D10, D11.
"""

from dataclasses import dataclass

import numpy as np

from allmende.model.institutions import sales_of
from allmende.model.rules import Acts, Rules, View
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Hiring", "Recruiters"]


@dataclass(frozen=True, slots=True)
class Recruiters:
    """Hire for the firms while they can pay.

    Args:
        volunteers: Chance a month of an active volunteer of the core.
        outsiders: People a month for each thousand members at the start.
        name: Its name in the rules.
    """

    volunteers: float
    outsiders: float
    name: str = "recruiters"

    def __call__(self, view: View, /) -> Acts:
        """Hire."""
        wages = view.parameter("wage") * view.of("employed_members")
        able = np.where(wages < view.balances["firms"] + sales_of(view), 1.0, 0.0)
        wanted = self.outsiders * view.of("members_start") / 1000.0
        return Acts(hire=able * self.volunteers, recruit=able * wanted)


@policy(
    expect={
        "employed_members": "+",
        "contributions": "+",
        "use_value_by_employees": "+",
        "exchange_value_to_members": "+",
        "balance_firms": "-",
        "use_value_by_volunteers": "both",
    },
    needs=("firms",),
    independent=("recognition", "gate", "relicense", "foundation", "layoff"),
)
class Hiring(Levers):
    """Firms employ more people."""

    volunteers: float = lever(
        0.02, low=0, high=1, unit="1/month", zero="no volunteer is hired", doc="Chance of a core volunteer."
    )
    outsiders: float = lever(
        0.0, low=0, high=1_000, unit="people/month", zero="nobody is sent", doc="For a thousand members."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Hire."""
        institution(rules, "firms", object)
        return rules if self.idle else rules.with_institution(Recruiters(self.volunteers, self.outsiders))
