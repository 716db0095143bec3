"""Recognition: praise and awards without money, for the core.

Question:
    What does it do to a community when its most active members are honoured, and the others see it?

Levers:
    `core`, on the rate of the core; `outer`, on the rate of everybody else, usually nothing or less.

Mechanism:
    Both are added to the logarithm of members' rates while the policy is in force. No money moves, and so no
    norm does.

Expect:
    The core does more. What all do together, and how unequal it is, depends on the others: both signs are
    published.

References:
    `evidence.md` C1, C13, C14. One trial found +60 % for the top hundredth; the default is shrunk to +30 %.
"""

from allmende.model.rules import Rules
from allmende.policy import Levers, lever, policy

__all__ = ["Recognition"]


@policy(
    expect={"core_days": "+", "contributions": "both", "gini": "both"},
    independent=("gate", "bounty", "grant", "foundation"),
)
class Recognition(Levers):
    """Awards for the core."""

    core: float = lever(
        0.26, low=-1, high=1, unit="log ratio", zero="the core is not honoured", doc="On the core's rate."
    )
    outer: float = lever(
        0.0, low=-1, high=1, unit="log ratio", zero="the others do not mind", doc="On the others' rate."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Raise the rates."""
        if self.idle:
            return rules
        honoured = rules.with_change("recognition_core", add=self.core)
        return honoured.with_change("recognition_outer", add=self.outer)
