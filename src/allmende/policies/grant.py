"""Grant: money from outside for members, which was not announced.

Question:
    What do grants do to those who get them and to those who see it, by how they are allocated?

Levers:
    `pool`, money a month. How it is allocated: `equally`, share of the pool in equal parts to all who act;
    `matched`, share by quadratic matching of what supporters give; the rest goes by a committee, to those
    with many active days. `threshold`, least active days for the committee; `judged`, how far it judges
    quality.

Mechanism:
    As a bounty, but nobody is drawn by it, since it is not promised. A committee that judges quality undoes
    the jump at the first cent, and so does matching, which follows what supporters value; equal parts
    reach everybody who acts, and do not. Matching counts many small gifts for more than a few large
    ones: (sum of sqrt c)^2 over a member's supporters, who follow the quality of what was made.

Expect:
    Members get the money and the pay norm moves up. Contributions may rise or fall: both signs are published.

References:
    `evidence.md` C2, C12, C20, C23, C25, C29.
"""

from dataclasses import dataclass

from allmende.errors import OutOfRangeError
from allmende.model.rules import Acts, Payment, Rules, View
from allmende.policy import Levers, lever, policy

__all__ = ["Grant", "Grants"]


@dataclass(frozen=True, slots=True)
class Grants:
    """Pays a pool that nobody was promised.

    Args:
        pool: Cents a month.
        equally: Share in equal parts.
        matched: Share by quadratic matching; the rest goes by a committee.
        threshold: Least active days for the committee.
        judged: How far the committee judges quality.
        name: Its name in the rules.
    """

    pool: int
    equally: float
    matched: float
    threshold: float
    judged: float
    name: str = "grants"

    def __call__(self, view: View, /) -> Acts:
        """Pay, each part by its rule."""
        money = view.cents(self.pool)
        equal, supported = view.cents(self.equally * self.pool), view.cents(self.matched * self.pool)
        parts = (
            Payment(
                "donors", "members", money - equal - supported, kind="grants by committee", basis="days",
                threshold=self.threshold, contingency=self.judged,
            ),
            Payment("donors", "members", equal, kind="grants in equal parts", basis="members"),
            Payment(
                "donors", "members", supported, kind="grants matched", basis="supporters", contingency=1.0
            ),
        )  # fmt: skip
        return Acts(payments=tuple(part for part in parts if part.cents.any()))


@policy(
    expect={"pay_norm": "+", "exchange_value_to_members": "+", "contributions": "both"},
    independent=("recognition", "gate", "relicense"),
)
class Grant(Levers):
    """A pool for members."""

    pool: int = lever(
        2_000_00, low=0, high=10**12, unit="cents/month", zero="no grant", doc="Money for all together."
    )
    equally: float = lever(0.0, low=0, high=1, doc="Share of the pool in equal parts.")
    matched: float = lever(0.0, low=0, high=1, doc="Share of the pool by quadratic matching.")
    threshold: float = lever(5.0, low=0, high=31, unit="days/month", doc="Least active days, by committee.")
    judged: float = lever(1.0, low=0, high=1, doc="How far the committee judges quality.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Add the giver of grants.

        Raises:
            OutOfRangeError: more than the whole pool is given away.
        """
        if self.idle:
            return rules
        if self.equally + self.matched > 1:
            raise OutOfRangeError(
                f"{self.equally:g} of the pool in equal parts and {self.matched:g} by matching",
                where="grant", expected="at most 1 together",
                next_step="What is left of the pool goes by a committee.",
            )  # fmt: skip
        given = (self.pool, self.equally, self.matched, self.threshold, self.judged)
        return rules.with_institution(Grants(*given))
