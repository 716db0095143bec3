"""Foundation: the foundation in the middle gets more money, from users and from the firms around the work.

Question:
    What does a better financed foundation do for a community that makes a common work (S4, S5)?

Levers:
    `donations`, what a user gives in a month beyond what users give already; `dues`, what firms together
    pay in a month beyond what they pay already, as far as they have it.

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
    """Money raised for the foundation, from users and from firms.

    Args:
        donations: Cents a user.
        dues: Cents a month, of all firms together.
        name: Its name in the rules.
    """

    donations: float
    dues: int
    name: str = "foundation drive"

    def __call__(self, view: View, /) -> Acts:
        """Collect."""
        given = view.cents(self.donations * view.of("users"))
        payments = [Payment("donors", "foundation", given, kind="donations raised")]
        if self.dues > 0:
            held = np.maximum(view.balances["firms"], 0)
            dues = np.minimum(view.cents(self.dues), held)
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
    dues: int = lever(
        0, low=0, high=10**12, unit="cents/month", zero="no more dues", doc="Paid by all firms together."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Raise money for the foundation."""
        institution(rules, "foundation", object)
        if self.dues > 0:
            institution(rules, "firms", object)
        return rules if self.idle else rules.with_institution(Drive(self.donations, self.dues))
