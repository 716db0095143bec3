"""Bounty: money from outside, announced, for those who do the work.

Question:
    Does paying for work bring more of it, or does it drive out the work that was done for other reasons?

Levers:
    `pool`, money a month; `threshold`, least active days a month for a share; `contingency`, how far it
    depends on quality.

Mechanism:
    Each month the pool is split over the active days of members who had at least so many. The first cent is a
    jump whose sign the pay norm decides, larger amounts add, and what an active member gets on average is an
    offer that draws entrants. When it ends, the paid fall below where they began.

Expect:
    More newcomers, and a pay norm that moves up. Contributions may rise or fall: both signs are published.

References:
    `evidence.md` C1, C3, C5, C8, C24, C27, C28, C38.
"""

from dataclasses import dataclass

import numpy as np

from allmende.model.rules import Acts, Payment, Rules, View
from allmende.policy import Levers, lever, policy

__all__ = ["Bounties", "Bounty"]


@dataclass(frozen=True, slots=True)
class Bounties:
    """Pays a pool by active days.

    Args:
        pool: Cents a month.
        threshold: Least active days.
        contingency: How far pay depends on quality.
        name: Its name in the rules.
    """

    pool: int
    threshold: float
    contingency: float
    name: str = "bounties"

    def __call__(self, view: View, /) -> Acts:
        """Pay, and announce."""
        pool = view.cents(self.pool)
        paid = Payment(
            "donors", "members", pool, kind="bounties", basis="days",
            threshold=self.threshold, contingency=self.contingency,
        )  # fmt: skip
        return Acts(payments=(paid,), offer=pool / np.maximum(view.of("active_members"), 1.0))


@policy(
    expect={
        "newcomers": "+",
        "pay_norm": "+",
        "exchange_value_to_members": "+",
        "contributions": "both",
    },
    independent=("recognition", "gate", "relicense"),
)
class Bounty(Levers):
    """A pool for work that is done."""

    pool: int = lever(
        2_000_00, low=0, high=10**12, unit="cents/month", zero="no bounty", doc="Money for all together."
    )
    threshold: float = lever(3.0, low=0, high=31, unit="days/month", doc="Least active days for a share.")
    contingency: float = lever(0.0, low=0, high=1, doc="How far a bounty depends on quality.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Add the sponsor of bounties."""
        if self.idle:
            return rules
        return rules.with_institution(Bounties(self.pool, self.threshold, self.contingency))
