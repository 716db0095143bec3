"""Contract: the sponsor commissions more features against its own forecast.

Question:
    Is command and control cheaper than waiting for what a community will probably make (S7, S8)?

Levers:
    `commissions`, features a month beyond those commissioned already, for each thousand members at the start;
    `closed`, whether the open call ends.

Mechanism:
    Of what is commissioned a third helps, a third does nothing, a third hurts. Contractors are paid for all
    of it. With the call closed, nothing that members propose is integrated and nobody is paid a prize.

Expect:
    Contractors get more, the sponsor keeps less. Use value may go either way: commissions that hurt are as
    many as those that help.

References:
    S7 and S8 as the source has them; `evidence.md` F14, F16, F17.
"""

from dataclasses import replace

from allmende.model.institutions import Sponsor
from allmende.model.rules import Rules
from allmende.policy import Levers, institution, lever, policy

__all__ = ["Contract"]


@policy(
    expect={
        "exchange_value_to_contractors": "+",
        "exchange_value_to_sponsor": "-",
        "use_value": "both",
    },
    needs=("sponsor",),
    independent=("recognition", "gate", "open_call"),
)
class Contract(Levers):
    """More commissions."""

    commissions: float = lever(
        2.0, low=0, high=1e6, unit="features/month", zero="no more commissions", doc="For a thousand members."
    )
    closed: bool = lever(default=False, low=0, high=1, zero="the call goes on", doc="The open call ends.")

    def __call__(self, rules: Rules, /) -> Rules:
        """Commission."""
        sponsor = institution(rules, "sponsor", Sponsor)
        if self.idle:
            return rules
        return rules.with_institution(
            replace(
                sponsor,
                commissions=sponsor.commissions + self.commissions,
                open_call=sponsor.open_call and not self.closed,
            )
        )
