"""Gate: stricter quality control of what newcomers bring, or laxer where the lever is below zero.

Question:
    What does a stricter gate cost in newcomers who do not come back?

Levers:
    `strictness`, on newcomers' odds of dropping out.

Mechanism:
    Added to the log odds that a newcomer drops out. Those who would have become members are missing later.
    What the gate does for quality is not modelled: the answer is its price only.

Expect:
    Fewer active members and fewer contributions.

References:
    `evidence.md` B19.
"""

from allmende.model.rules import Rules
from allmende.policy import Levers, lever, policy

__all__ = ["Gate"]


@policy(
    expect={"active_members": "-", "contributions": "-"},
    independent=("recognition", "bounty", "grant", "foundation"),
)
class Gate(Levers):
    """Stricter quality control."""

    strictness: float = lever(
        1.0, low=-3, high=3, unit="log odds", zero="the gate is as before", doc="On newcomers' dropping out."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Move the gate, as far as it goes."""
        return rules if self.idle else rules.with_change("gate", add=self.strictness)
