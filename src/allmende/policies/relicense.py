"""Relicense: one firm takes the control rights of everybody else, in one month.

Question:
    Who leaves when a community's licence or government is taken over, and what is left?

Levers:
    `shock`, log odds on outsiders' dropping out, fading; `control`, share of the decision rights that others
    had which the firm takes.

Mechanism:
    Members without an employer here drop out more often: at once by the shock, later by grievance over lost
    control. The effect is as large as the part that outsiders had. What leaves is lost; a project into which
    they go is the policy `fork`.

Expect:
    Fewer active members and contributions, in proportion to what outsiders did; the employed weigh more.

References:
    `evidence.md` D7, D8, D9, E8, E9, E11.
"""

from allmende.model.rules import Rules, Shock
from allmende.policy import Levers, lever, policy

__all__ = ["Relicense"]


@policy(
    expect={"active_members": "-", "contributions": "-", "use_value_by_volunteers": "-"},
    independent=("recognition", "gate", "bounty", "grant", "foundation"),
)
class Relicense(Levers):
    """Outsiders lose their control rights."""

    shock: float = lever(
        2.0, low=0, high=6, unit="log odds", zero="no shock", doc="On outsiders' dropping out, in that month."
    )
    control: float = lever(
        0.0, low=0, high=1, zero="control stays where it is", doc="Share of the others' rights taken."
    )

    def __call__(self, rules: Rules, /) -> Rules:
        """Take over."""
        changed = rules.with_shock(Shock(self.start, self.shock)) if self.shock > 0 else rules
        if self.control == 0:
            return changed
        return changed.with_change("control", times=1.0 - self.control, add=self.control)
