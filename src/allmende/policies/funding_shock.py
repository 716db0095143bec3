"""Funding shock: those who run the infrastructure and employ people lose part of their income.

Question:
    How fragile is a community whose institutions live by one source of money (S5)?

Levers:
    `sales`, share of what users and advertisers pay that is lost; `donations`, share of the donations that is
    lost.

Mechanism:
    Every institution sees lower prices and donations. Reserves last for a while; then less is served, dues
    fall, and firms whose wages are above their means dismiss.

Expect:
    Less money comes in. Service, users and employment fall once reserves are spent, or not at all where they
    last.

References:
    S5 as the source has it; `evidence.md` E1, E2, E5, D13.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

from allmende.model.rules import Acts, Institution, Rules, View
from allmende.policy import Levers, lever, policy

__all__ = ["FundingShock", "Poorer"]

SALES = ("ad_price", "revenue_a_user")


@dataclass(frozen=True, slots=True)
class Poorer:
    """An institution that earns less than it would.

    Args:
        institution: What it does otherwise.
        sales: Share of sales lost.
        donations: Share of donations lost.
    """

    institution: Institution
    sales: float
    donations: float

    @property
    def name(self) -> str:
        """The name of the institution."""
        return self.institution.name

    def __call__(self, view: View, /) -> Acts:
        """What the institution does in a world of lower prices."""
        kept = dict.fromkeys(SALES, 1.0 - self.sales) | {"donations": 1.0 - self.donations}
        lower = {
            name: view.parameters[name] * share for name, share in kept.items() if name in view.parameters
        }
        return self.institution(replace(view, parameters=MappingProxyType({**view.parameters, **lower})))


@policy(
    expect={"exchange_value": "-", "service": "both", "users": "both", "contributions": "both"},
    independent=("recognition", "gate"),
)
class FundingShock(Levers):
    """Income is lost."""

    sales: float = lever(0.5, low=0, high=1, zero="sales are as before", doc="Share of sales lost.")
    donations: float = lever(
        0.0, low=0, high=1, zero="donations are as before", doc="Share of donations lost."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Make every institution poorer."""
        if self.idle:
            return rules
        poorer = tuple(Poorer(each, self.sales, self.donations) for each in rules.institutions)
        return replace(rules, institutions=poorer)
