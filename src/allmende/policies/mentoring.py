"""Mentoring: members answer newcomers whose first contribution nobody would have answered.

Question:
    Do more newcomers stay when somebody answers them, and is that worth the time of those who do?

Levers:
    `share`, of the first contributions otherwise unanswered that mentors answer; `effort`, share of the
    core's time for reviews that it takes to answer all of them.

Mechanism:
    An answered first contribution has half the odds of being the last. The odds of those whom the community
    answers anyway are in its dropout already; what mentors add counts. Their time is taken from
    reviews, so that where reviewers barely keep up, contributions wait longer.

Expect:
    More newcomers are answered, and more members stay. Contributions may go either way: those who stay
    contribute, those who wait for a review do less.

References:
    `evidence.md` B11, B12, B14, B19.
"""

from dataclasses import dataclass

from allmende.model.rules import Acts, Rules, View
from allmende.policy import Levers, lever, policy

__all__ = ["Mentoring", "Mentors"]


@dataclass(frozen=True, slots=True)
class Mentors:
    """Answer first contributions.

    Args:
        share: Share of those otherwise unanswered.
        name: Its name in the rules.
    """

    share: float
    name: str = "mentors"

    def __call__(self, view: View, /) -> Acts:  # noqa: ARG002 - mentors answer whatever the world is like
        """Answer."""
        return Acts(answer=self.share)


@policy(
    expect={"answered_newcomers": "+", "members": "+", "active_members": "+", "contributions": "both"},
    independent=("recognition", "gate", "bounty", "grant", "foundation", "relicense"),
)
class Mentoring(Levers):
    """Newcomers are answered."""

    share: float = lever(
        0.5, low=0, high=1, zero="nobody more is answered", doc="Share of unanswered first contributions."
    )
    effort: float = lever(0.1, low=0, high=1, doc="Share of review time that answering all of them takes.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Appoint mentors."""
        if self.idle:
            return rules
        mentored = rules.with_institution(Mentors(self.share))
        return mentored.with_change("review_capacity", times=1.0 - self.share * self.effort)
