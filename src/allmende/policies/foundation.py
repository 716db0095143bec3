"""Foundation: the foundation in the middle gets more money, from users and from the firms around the work.

Question:
    What does a better financed foundation do for a community that makes a common work (S4, S5)?

Levers:
    `donations`, what a user gives in a month beyond what users give already; `dues`, share of the firms'
    revenue that goes to it beyond what goes already.

Mechanism:
    The money reaches the foundation, which serves more of the uses with it: service keeps users and members.
    Firms that pay more have less for wages. The foundation stays in the background and pays nobody who
    contributes.

Expect:
    Better service, more users and use value, where the foundation was short of money; otherwise it only
    gathers reserves. Founding one widened the circle of committers
    for a time and raised no output, so contributions may go either way.

References:
    S4 and S5 as the source has them; `evidence.md` E1, E3, E4, E12.
"""

from dataclasses import dataclass

import numpy as np

from allmende.model.rules import Acts, Payment, Rules, View
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Drive", "Foundation"]


@dataclass(frozen=True, slots=True)
class Drive:
    """Money raised for the foundation, by what was earned and used last month.

    Args:
        donations: Cents a user.
        dues: Share of the firms' revenue.
        name: Its name in the rules.
    """

    donations: float
    dues: float
    name: str = "foundation drive"

    def __call__(self, view: View, /) -> Acts:
        """Collect."""
        given = view.cents(self.donations * view.of("users"))
        payments = [Payment("donors", "foundation", given, kind="donations raised")]
        if self.dues > 0:
            revenue = view.parameter("revenue_a_user") * view.of("users") * view.of("service")
            held = np.maximum(view.balances["firms"], 0)
            dues = np.minimum(view.cents(self.dues * revenue), held)
            payments.append(Payment("firms", "foundation", dues, kind="dues raised"))
        return Acts(payments=tuple(payments))


@policy(
    expect={
        "balance_foundation": "+",
        "service": "+",
        "users": "+",
        "use_value": "+",
        "contributions": "both",
    },
    needs=("foundation",),
    # A foundation that is short of money; at the defaults it can pay for all that is asked for.
    shown={"donated_capacity": 0.1, "donations": 0.1, "endowment": 0.0},
    independent=("recognition", "gate", "relicense"),
)
class Foundation(Levers):
    """More donations and dues for the foundation."""

    donations: float = lever(
        2.0, low=0, high=1e6, unit="cents/user", zero="no more donations", doc="Given by a user in a month."
    )
    dues: float = lever(0.0, low=0, high=1, zero="no more dues", doc="Share of the firms' revenue.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Raise money for the foundation."""
        institution(rules, "foundation", object)
        if self.dues > 0:
            institution(rules, "firms", object)
        return rules if self.idle else rules.with_institution(Drive(self.donations, self.dues))
