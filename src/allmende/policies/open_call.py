"""Open call: a sponsor pays a higher prize for each proposal that it integrates.

Question:
    Does a higher prize bring a company more of what it can use, or only more to judge (S6, S7)?

Levers:
    `prize`, cents for each integrated proposal beyond what is paid already.

Mechanism:
    Few proposals are integrated, and their makers get the prize, which depends on quality: that undoes the
    jump at the first cent. How many are integrated is limited by what the sponsor can judge.

Expect:
    Members get more and the sponsor keeps less. Contributions may go either way: a larger prize brings more
    who try and less of each, by what is published.

References:
    S6 and S7 as the source has them; `evidence.md` C25, F6, F8, F10, F11.
"""

from dataclasses import replace

from allmende.model.institutions import Sponsor
from allmende.model.rules import Rules
from allmende.policy import Levers, institution, lever, policy

__all__ = ["OpenCall"]


@policy(
    expect={"exchange_value_to_members": "+", "exchange_value_to_sponsor": "-", "contributions": "both"},
    needs=("sponsor",),
    independent=("recognition", "gate", "contract"),
)
class OpenCall(Levers):
    """Higher prizes."""

    prize: int = lever(
        20_000,
        low=0,
        high=10**9,
        unit="cents",
        zero="prizes are as before",
        doc="For each proposal integrated.",
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Raise the prize."""
        sponsor = institution(rules, "sponsor", Sponsor)
        if self.idle:
            return rules
        return rules.with_institution(replace(sponsor, prize=sponsor.prize + self.prize))
