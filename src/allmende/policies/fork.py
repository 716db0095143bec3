"""Fork: part of the members leaves for a project of their own, in one month.

Question:
    What is left of a project whose core goes away with the works, and what becomes of the fork?

Levers:
    `core`, share of the core's volunteers who go; `outer`, share of the other volunteers; `employed`, share
    of the employed; `users`, share of the users who go along; `shock`, log odds on the dropping out of
    volunteers who stay, fading; `fork`, which project is followed: the one that is left, or the new one.

Mechanism:
    Each member goes or stays by one number, the same in both projects, so that who is missing in the one is
    in the other; `parted_members` counts them. Both have the works as they were. Newcomers follow the
    users. The fork begins without the foundation's money, and no firm holds control of it.

Expect:
    Fewer members, contributions and users than the project would have had, in each of the two. Both together
    may have more: newcomers come to both.

References:
    `evidence.md` E8, E9, E10, E11, E14, E15, E17, E18.
"""

from dataclasses import dataclass

from allmende.model.rules import Acts, Parting, Payment, Rules, Shock, View
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Beginning", "Fork"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The fork's first month: what the foundation holds is left with the project.

    Args:
        start: First month of the fork.
        name: Its name in the rules.
    """

    start: int
    name: str = "fork"

    def __call__(self, view: View, /) -> Acts:
        """Leave the money behind."""
        if view.month != self.start:
            return Acts()
        held = view.balances["foundation"]
        return Acts(payments=(Payment("foundation", "donors", held, kind="left with the project"),))


@policy(
    expect={
        "parted_members": "+",
        "active_members": "-",
        "contributions": "-",
        "users": "-",
        "use_value": "-",
        "newcomers": "-",
    },
    needs=("foundation", "firms"),
    independent=("recognition", "gate", "bounty", "grant"),
)
class Fork(Levers):
    """Members leave together."""

    core: float = lever(0.9, low=0, high=1, zero="nobody of the core goes", doc="Of the core's volunteers.")
    outer: float = lever(0.2, low=0, high=1, zero="no other volunteer goes", doc="Of the other volunteers.")
    employed: float = lever(0.0, low=0, high=1, zero="the employed stay", doc="Of the employed.")
    users: float = lever(0.3, low=0, high=1, doc="Share of the users who go along.")
    shock: float = lever(
        0.0, low=0, high=6, unit="log odds", zero="no shock", doc="On the dropping out of who stays."
    )
    fork: bool = lever(default=False, low=0, high=1, doc="Whether the fork is followed.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Part."""
        institution(rules, "foundation", object)
        institution(rules, "firms", object)
        if self.idle:
            return rules
        parting = Parting(self.start, self.core, self.outer, self.employed, self.users, self.fork)
        parted = rules.with_parting(parting)
        if self.fork:
            return parted.with_parameters(control=0.0).with_institution(Beginning(self.start))
        return parted.with_shock(Shock(self.start, self.shock)) if self.shock > 0 else parted
