"""Member: what one member does in one month, one scalar function for each decision.

The kernel is the modified beta-geometric / NBD model (Batislam, Denizel, Filiztekin 2007; `evidence.md`
J1-J2). While active, a member has active days as a Poisson process of `rate` a month; after every
active day, the first one included, the member drops out with chance `dropout`. Everything else is a rate
ratio on the rate or an odds ratio on the chance, so each published effect enters as it was measured.
With every ratio at 1 the simulation is MBG/NBD and reproduces its closed forms (`docs/verification.md`).

Each function runs as plain Python and compiled, with the same bits.
"""

from allmende.counts import poisson
from allmende.elementary import exp, log
from allmende.kernel import kernel
from allmende.transforms import geometric_within

__all__ = [
    "DAYS_A_MONTH",
    "MOST_ACTS",
    "active_days",
    "acts",
    "bond",
    "chance_of",
    "clipped",
    "dropout_exponent",
    "mean_days",
    "pay_exponent",
    "rate_exponent",
    "return_gap",
]

DAYS_A_MONTH = 31
MOST_ACTS = 60_000
LARGEST_MEAN = 60.0
LARGEST_EXPONENT = 20.0
LONGEST_GAP = 60


@kernel
def bond(ties: float) -> float:
    """How bound a member is, 0 to 1: ties / (1 + ties)."""
    return ties / (1.0 + ties)


@kernel
def clipped(value: float, limit: float) -> float:
    """The value, within -limit and limit."""
    return min(max(value, -limit), limit)


@kernel
def rate_exponent(
    common: float, need_signal: float, need: float, belonging: float, ties: float, own: float
) -> float:
    """Logarithm of the ratio on a member's rate, as the drivers have it.

        common + need_signal need + belonging (bond(ties) - 1/2) + own

    Belonging is centred: a member with half of full ties acts at the rate that was measured.

    Args:
        common: `Signal.RATE`: audience, service, friction, environment.
        need_signal: `Signal.NEED`.
        need: The member's need, mean 1.
        belonging: `Signal.BELONGING`.
        ties: The member's ties.
        own: The member's own part: audience, pay, recognition.
    """
    return common + need_signal * need + belonging * (bond(ties) - 0.5) + own


@kernel
def mean_days(rate: float, exponent: float) -> float:
    """Expected active days of a month without dropout: rate exp(exponent), at most 60."""
    return min(rate * exp(clipped(exponent, LARGEST_EXPONENT)), LARGEST_MEAN)


@kernel
def dropout_exponent(common: float, belonging: float, ties: float, outsider: float, newcomer: float) -> float:
    """Logarithm of the ratio on the odds of dropping out.

        common - belonging (bond(ties) - 1/2) + outsider + newcomer

    Args:
        common: `Signal.ODDS`.
        belonging: `Signal.BELONGING_STAY`.
        ties: The member's ties.
        outsider: `Signal.OUTSIDER_ODDS` where the member is one, else 0.
        newcomer: The gate and the response in the month of arrival, else 0.
    """
    return common - belonging * (bond(ties) - 0.5) + outsider + newcomer


@kernel
def chance_of(chance: float, exponent: float) -> float:
    """A chance whose odds are multiplied by exp(exponent); untouched where the exponent is 0."""
    if exponent == 0.0:
        return chance
    odds = chance * exp(clipped(exponent, LARGEST_EXPONENT))
    return odds / (1.0 - chance + odds)


@kernel
def active_days(first: int, mean: float, chance: float, u_days: float, u_stay: float) -> tuple[int, int]:
    """Active days of a month, and whether the member dropped out in it.

        N = first + Poisson(mean),  G = Geometric(chance):  min(N, G) days, gone when G <= N

    Exact for the continuous process, except that a month has at most 31 days.

    Args:
        first: 1 in the month of arrival, whose first active day is certain; else 0.
        mean: Expected active days without dropout.
        chance: Chance of dropping out after an active day.
        u_days: Uniform number that decides N.
        u_stay: Uniform number that decides G.
    """
    planned = min(first + poisson(mean, u_days), DAYS_A_MONTH)
    if planned == 0:
        return 0, 0
    last = geometric_within(chance, u_stay, planned)
    if last <= planned:
        return last, 1
    return planned, 0


@kernel
def acts(days: int, extra: float, u: float) -> int:
    """Contributions on so many active days: one a day and Poisson(extra) more on each."""
    return min(days + poisson(min(extra * days, LARGEST_MEAN * DAYS_A_MONTH), u), MOST_ACTS)


@kernel
def pay_exponent(
    receipt: float, frame: float, jump: float, slope: float, withdrawal: float, pay_unit: float
) -> float:
    """What money does to a member's rate, as a logarithm.

        receipt > 0:   jump + slope log(1 + receipt / pay_unit)
        otherwise:     - withdrawal frame

    A jump at zero with a slope behind it (`evidence.md` C3-C4), from receipt and not from the offer (C20);
    who came to work for pay and gets none any more works less than before (C5, C8, C33).

    Args:
        receipt: Money received lately, cents a month.
        frame: How much the member has come to work for pay, 0 to 1.
        jump: Effect of the first cent under the present pay norm.
        slope: Effect of each e-fold of money above the unit.
        withdrawal: Loss when pay ends.
        pay_unit: Cents a month at which the slope begins to count.
    """
    if receipt > 0.0:
        return jump + slope * log(1.0 + receipt / pay_unit)
    return -withdrawal * frame


@kernel
def return_gap(u: float, chance: float, shape: float) -> int:
    """Months until a member who dropped out returns; 0 when never.

        P(not back after g months) = 1 - chance (1 - (1 + g)^-shape)

    The hazard falls with the gap (`evidence.md` B15: 35-55 % return from a pause, 21-26 % after a year).
    Gaps above 60 months count as never.

    Args:
        u: Uniform number.
        chance: Chance of ever returning.
        shape: How fast the hazard falls.
    """
    if u >= chance:
        return 0
    left = 1.0 - u / chance
    gap = exp(min(-log(left) / shape, LARGEST_EXPONENT)) - 1.0
    if gap >= LONGEST_GAP:
        return 0
    return int(gap) + 1
