"""Revenue share: who earns by the works pays members a share of it.

Question:
    Does sharing the revenue with those who make the works bring more of them, or does it spoil a community
    that was not there for money (S2, S3)?

Levers:
    `share` of last month's income; `threshold`, least views a month for a share, where there are views;
    `equally`, whether all who are active get the same instead of a part by views or days; `contingency`, how
    far it depends on quality.

Mechanism:
    A platform shares its advertising income by views. In a commons the firms around the work share their
    sales, and in crowdsourcing the sponsor shares its own, by active days: nobody counts views of a part of
    one work. The share is paid every month. Who receives the first cent feels the jump at zero, whose sign
    the pay norm decides; larger amounts add. What an active member gets on average is the offer that draws
    entrants, of lower quality unless pay depends on quality. By views, most get next to nothing.

Expect:
    More newcomers; who earns keeps less. Contributions of those who are there may fall or rise: both
    signs are published.

References:
    S2 and S3 as the source has them; `evidence.md` C3, C12, C20, C24, C25, C33, C34, C35, G5, G8, G9.
"""

from dataclasses import dataclass, replace

import numpy as np

from allmende.model.institutions import Platform, sales_of
from allmende.model.rules import Acts, Basis, Payment, Rules, View
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Earners", "RevenueShare"]


@dataclass(frozen=True, slots=True)
class Earners:
    """Those who earn by a common work share last month's sales with members.

    Args:
        account: Who earns: "firms" or "sponsor".
        share: Share of the sales.
        basis: How it is divided.
        contingency: How far it depends on quality.
        name: Its name in the rules.
    """

    account: str
    share: float
    basis: Basis
    contingency: float
    name: str = "revenue share"

    def __call__(self, view: View, /) -> Acts:
        """Share."""
        shared = view.cents(self.share * sales_of(view))
        paid = Payment(
            self.account, "members", shared, kind="revenue share", basis=self.basis,
            contingency=self.contingency,
        )  # fmt: skip
        return Acts(payments=(paid,), offer=shared / np.maximum(view.of("active_members"), 1.0))


@policy(
    expect={
        "newcomers": "+",
        "paid_members": "+",
        "contributions": "both",
    },
    independent=("recognition", "gate"),
)
class RevenueShare(Levers):
    """A share of what is earned by the works goes to members."""

    share: float = lever(0.55, low=0, high=1, zero="nothing is shared", doc="Share of what is earned.")
    threshold: float = lever(0.0, low=0, high=1e9, unit="views/month", doc="Least views for a share.")
    equally: bool = lever(default=False, low=0, high=1, doc="Equal parts for all who are active.")
    contingency: float = lever(0.0, low=0, high=1, doc="How far the share depends on quality.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Who earns shares."""
        names = {each.name for each in rules.institutions}
        earner = next((each for each in ("platform", "firms", "sponsor") if each in names), "platform")
        if earner == "platform":
            return self._platform_shares(rules)
        if self.idle:
            return rules
        basis: Basis = "members" if self.equally else "days"
        return rules.with_institution(Earners(earner, self.share, basis, self.contingency))

    def _platform_shares(self, rules: Rules) -> Rules:
        platform = institution(rules, "platform", Platform)
        if self.idle:
            return rules
        basis: Basis = "members" if self.equally else "views"
        return rules.with_institution(
            replace(
                platform,
                share=self.share,
                basis=basis,
                threshold=0.0 if self.equally else self.threshold,
                contingency=self.contingency,
            )
        )
