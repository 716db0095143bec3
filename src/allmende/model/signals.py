"""Signals and tallies: what a world tells its members, and what a month of members adds up to.

Members never look at the world or at each other. Each month the institutions, the works and the audience
of last month are condensed into one row of `Signal`s for each world; a member's choice is a function of the
member, that row, and keyed draws. What members did comes back as one row of `Tally` (whole numbers) and
one of `Amount` (measured numbers) for each world. So members cost the same whatever the institutions
are, and an institution is plain arrays over worlds.
"""

from enum import IntEnum

__all__ = ["Amount", "Signal", "Tally"]


class Signal(IntEnum):
    """What members hear at the beginning of a month; logarithms of ratios unless said otherwise."""

    RATE = 0
    """Common to all: audience, service, friction, environment."""
    NEED = 1
    """For a member whose need is 1: how much more useful the common work is than at the start."""
    BELONGING = 2
    """Full ties against no ties, on the rate."""
    BELONGING_STAY = 3
    """Full ties against no ties, on the odds of dropping out (subtracted)."""
    CORE_RATE = 4
    """Members of the core: recognition."""
    OUTER_RATE = 5
    """Members outside the core."""
    ODDS = 6
    """Common to all, on the odds of dropping out."""
    OUTSIDER_ODDS = 7
    """Members without an employer here: control rights lost (grievance, shock)."""
    NEWCOMER_ODDS = 8
    """In the month of arrival: the gate."""
    RESPONSE = 9
    """An answered first contribution against an unanswered one (subtracted)."""
    ANSWERED = 10
    """Chance that a first contribution is answered. 0 to 1."""
    USUAL = 11
    """Share of first contributions answered where dropout was measured. 0 to 1."""
    CORE = 12
    """Active days from which a member is of the core."""
    FIRMS = 13
    """How many firms hire."""
    TIES_KEPT = 14
    """Share of ties that last a month. 0 to 1."""
    TIES_MADE = 15
    """Ties made on an active day, in units of which 1 is half of full ties."""
    HIRE = 16
    """Chance a month that an active core volunteer is employed. 0 to 1."""
    LAYOFF = 17
    """Chance a month that an employed member is dismissed and stops. 0 to 1."""
    ACTS = 18
    """Acts a day beyond the first, of a member who never drops out."""
    PROPOSAL = 19
    """Correlation of what a proposal is worth to its maker with what it is worth to the market. -1 to 1."""
    BAR = 20
    """Judged market value from which the sponsor integrates a proposal, in standard deviations."""
    JUDGEMENT = 21
    """Correlation of judged with true market value. 0 to 1."""
    PAID_DAYS = 22
    """Active days a month that an employer adds to a member's rate."""
    ROLE = 23
    """What employment takes off the log odds of dropping out."""
    CAREER = 24
    """What a volunteer does less on the own account once employed; logarithm of a ratio (subtracted)."""


class Tally(IntEnum):
    """Whole numbers that a month of members adds up to, for each world."""

    ALIVE = 0
    """Members who have not dropped out, at the beginning of the month."""
    ACTING = 1
    """Members with an active day."""
    NEWCOMERS = 2
    """Members whose first active day falls into the month."""
    DAYS = 3
    """Active days."""
    ACTS = 4
    """Contributions."""
    EMPLOYED_ACTING = 5
    """Employed members with an active day."""
    EMPLOYED_ACTS = 6
    """Contributions of employed members."""
    CORE_DAYS = 7
    """Active days of the core, which reviews."""
    LEFT = 8
    """Members who dropped out."""
    RETURNED = 9
    """Members who came back from a pause."""
    ACCEPTED = 10
    """Proposals that the sponsor integrates."""
    PAID_ACTING = 11
    """Members with an active day who have lately received money for it."""
    EMPLOYED = 12
    """Employed members, at the beginning of the month."""
    ANSWERED = 13
    """Newcomers whose first contribution was answered."""


class Amount(IntEnum):
    """Measured numbers that a month of members adds up to, for each world."""

    OUTPUT = 0
    """Contributions weighted by the quality of their makers."""
    EMPLOYED_OUTPUT = 1
    """The part of employed members."""
    PULL = 2
    """Attractiveness of all members' works to the audience."""
    MAKER_VALUE = 3
    """What proposals are worth to their makers (positive parts), in standard deviations."""
    MARKET_VALUE = 4
    """What integrated proposals are worth to the market, in standard deviations."""
    PAID_OUTPUT = 5
    """The part of members who have lately received money and are not employed."""
