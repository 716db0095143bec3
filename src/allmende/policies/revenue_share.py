"""Revenue share: a platform pays members a share of what it earns by their works.

Question:
    Does sharing the revenue with those who make the works bring more of them, or does it spoil a community
    that was not there for money (S2, S3)?

Levers:
    `share` of last month's advertising income; `threshold`, least views a month for a share; `equally`,
    whether all who are active get the same instead of a part by views; `contingency`, how far it depends on
    quality.

Mechanism:
    The platform pays the share every month. Who receives the first cent feels the jump at zero, whose sign
    the pay norm decides; larger amounts add. What an active member gets on average is the offer that draws
    entrants, of lower quality unless pay depends on quality. By views, most get next to nothing.

Expect:
    More newcomers; the platform keeps less. Contributions of those who are there may fall or rise: both
    signs are published.

References:
    S2 and S3 as the source has them; `evidence.md` C3, C12, C20, C24, C25, C33, C34, C35, G5, G8, G9.
"""

from dataclasses import replace

from allmende.model.institutions import Platform
from allmende.model.rules import Basis, Rules
from allmende.policy import Levers, institution, lever, policy

__all__ = ["RevenueShare"]


@policy(
    expect={
        "newcomers": "+",
        "exchange_value_to_platform": "-",
        "paid_members": "+",
        "contributions": "both",
    },
    needs=("platform",),
    independent=("recognition", "gate"),
)
class RevenueShare(Levers):
    """A share of advertising income goes to members."""

    share: float = lever(0.55, low=0, high=1, zero="nothing is shared", doc="Share of advertising income.")
    threshold: float = lever(0.0, low=0, high=1e9, unit="views/month", doc="Least views for a share.")
    equally: bool = lever(default=False, low=0, high=1, doc="Equal parts for all who are active.")
    contingency: float = lever(0.0, low=0, high=1, doc="How far the share depends on quality.")

    def __call__(self, rules: Rules, /) -> Rules:
        """The platform shares."""
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
