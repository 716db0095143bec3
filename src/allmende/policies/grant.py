"""Grant: money from outside for members, which was not announced.

Question:
    What do grants do to those who get them and to those who see it, by how they are allocated?

Levers:
    `pool`, money a month; `by_work`, whether it goes to those with many active days instead of to all in
    equal parts; `threshold`, least active days where it goes by work; `judged`, how far a committee judges
    quality.

Mechanism:
    As a bounty, but nobody is drawn by it, since it is not promised. A committee that judges quality undoes
    the jump at the first cent; equal parts reach everybody who acts.

Expect:
    Members get the money and the pay norm moves up. Contributions may rise or fall: both signs are published.

References:
    `evidence.md` C2, C12, C20, C23, C25, C29.
"""

from dataclasses import dataclass

from allmende.model.rules import Acts, Payment, Rules, View
from allmende.policy import Levers, lever, policy

__all__ = ["Grant", "Grants"]


@dataclass(frozen=True, slots=True)
class Grants:
    """Pays a pool that nobody was promised.

    Args:
        pool: Cents a month.
        by_work: By active days, not in equal parts.
        threshold: Least active days, where it goes by work.
        judged: How far pay depends on quality.
        name: Its name in the rules.
    """

    pool: int
    by_work: bool
    threshold: float
    judged: float
    name: str = "grants"

    def __call__(self, view: View, /) -> Acts:
        """Pay."""
        paid = Payment(
            "donors", "members", view.cents(self.pool), kind="grants",
            basis="days" if self.by_work else "members",
            threshold=self.threshold if self.by_work else 0.0, contingency=self.judged,
        )  # fmt: skip
        return Acts(payments=(paid,))


@policy(
    expect={"pay_norm": "+", "exchange_value_to_members": "+", "contributions": "both"},
    independent=("recognition", "gate", "relicense"),
)
class Grant(Levers):
    """A pool for members."""

    pool: int = lever(
        2_000_00, low=0, high=10**12, unit="cents/month", zero="no grant", doc="Money for all together."
    )
    by_work: bool = lever(default=True, low=0, high=1, doc="By active days instead of in equal parts.")
    threshold: float = lever(5.0, low=0, high=31, unit="days/month", doc="Least active days, by work.")
    judged: float = lever(1.0, low=0, high=1, doc="How far a committee judges quality.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Add the giver of grants."""
        if self.idle:
            return rules
        return rules.with_institution(Grants(self.pool, self.by_work, self.threshold, self.judged))
