"""Parameters that every economy has: who comes, what moves members, and what a use is worth.

Defaults are those of a git-like community. `NULL` are the values under which every driver is off and the
simulation is MBG/NBD: the null model, the verification target, and the baseline of every forecast.
"""

from types import MappingProxyType

from allmende.params import Params, param
from allmende.priors import LogNormal, Normal, Uniform

__all__ = ["NULL", "MemberParams"]


class MemberParams(Params):
    """What every economy knows about its members, its audience and its infrastructure."""

    r: float = param(
        0.4, low=0.05, high=20, prior=LogNormal(0.4, 0.4), provenance="measured", evidence=("J1", "B4"),
        doc="Shape of the members' rates; the smaller, the more unequal (median of fourteen git histories).",
    )  # fmt: skip
    alpha: float = param(
        0.3, low=0.01, high=100, unit="months", prior=LogNormal(0.3, 0.5), provenance="measured",
        evidence=("J1",), doc="Scale of the members' rates; the mean rate is r / alpha active days a month.",
    )  # fmt: skip
    a: float = param(
        0.8, low=0.05, high=20, prior=Normal(0.8, 0.15), provenance="literature",
        evidence=("B4", "K"), doc="First shape of the dropout chance; the tail exponent of days is 1 + a.",
    )  # fmt: skip
    b: float = param(
        0.5, low=0.05, high=100, prior=Normal(0.5, 0.1), provenance="literature",
        evidence=("B4", "K"), doc="Second shape of the dropout chance; a / (a + b) stay for a single day.",
    )  # fmt: skip
    extra_acts: float = param(
        1.3, low=0, high=100, unit="acts/day", prior=LogNormal(1.3, 0.3), provenance="measured",
        evidence=("B1",), doc="Contributions a day beyond the first, of a member who never drops out.",
    )  # fmt: skip
    acts_spread: float = param(
        0.7, low=0, high=2, prior=Uniform(0.4, 1.0),
        doc="Standard deviation of the logarithm of members' contributions a day beyond the first.",
    )  # fmt: skip
    quality_spread: float = param(
        0.5, low=0, high=3, prior=Uniform(0.2, 0.8), doc="Standard deviation of log quality."
    )
    need_spread: float = param(
        0.5, low=0, high=2, prior=Uniform(0.2, 0.8), doc="Standard deviation of log need of the common work."
    )
    arrivals: float = param(
        0.06, low=0, high=2, unit="1/month", prior=LogNormal(0.06, 0.5), provenance="literature",
        evidence=("B9",), doc="Newcomers a month for each member at the start, while drivers are zero.",
    )  # fmt: skip
    history: float = param(
        36.0, low=0, high=120, unit="months", doc="Months before the start in which first members arrived."
    )
    joining_spread: float = param(
        0.2, low=0, high=1.5, prior=LogNormal(0.2, 0.4), provenance="literature", evidence=("J15",),
        doc="Standard deviation of the shared environment of a world in the logarithm of arrivals.",
    )  # fmt: skip
    activity_spread: float = param(
        0.3, low=0, high=1.5, prior=LogNormal(0.3, 0.4), provenance="literature", evidence=("J15",),
        doc="Standard deviation of the shared environment of a world in the logarithm of activity.",
    )  # fmt: skip
    persistence: float = param(
        0.92, low=0, high=0.999, prior=Uniform(0.85, 0.97),
        doc="Correlation of the environment with that of the month before.",
    )  # fmt: skip
    drift: float = param(
        0.0, low=-1, high=1, unit="log ratio/year", provenance="literature", evidence=("J15",),
        doc="Change a year of the logarithms of arrivals and activity, from the start on.",
    )  # fmt: skip
    vigour: float = param(
        0.0, low=-3, high=3, unit="log ratio",
        doc="Added to the logarithm of activity: how busy members are against their measured rates.",
    )  # fmt: skip
    audience_elasticity: float = param(
        0.35, low=0, high=2, prior=Normal(0.35, 0.15), provenance="literature", evidence=("C18",),
        doc="Elasticity of activity to the audience; losing four fifths of it costs 43 % of activity.",
    )  # fmt: skip
    joining_elasticity: float = param(
        0.5, low=0, high=2, prior=Uniform(0.2, 1.0), doc="Elasticity of arrivals to the audience."
    )
    openness: float = param(
        0.0, low=-3, high=3, unit="log ratio", provenance="literature", evidence=("D8", "E7"),
        doc="Added to the logarithm of arrivals: how easily outsiders may begin.",
    )  # fmt: skip
    belonging: float = param(
        0.2, low=0, high=3, unit="log ratio", prior=Normal(0.2, 0.1), evidence=("C13", "C17"),
        doc="Full ties against none, on the rate.",
    )  # fmt: skip
    belonging_stay: float = param(
        0.2, low=0, high=3, unit="log odds", prior=Normal(0.2, 0.1), evidence=("C15",),
        doc="Full ties against none, on the odds of staying.",
    )  # fmt: skip
    ties_kept: float = param(0.9, low=0, high=1, unit="1/month", doc="Share of ties that last a month.")
    ties_made: float = param(
        0.05, low=0, high=5, unit="1/day", doc="Ties made on an active day; 1 is half of full ties."
    )
    need: float = param(
        0.2, low=0, high=2, prior=Uniform(0, 0.5), evidence=("F4", "F5"),
        doc="Elasticity of activity to the usefulness of the common work, for a member of mean need.",
    )  # fmt: skip
    pay_jump: float = param(
        0.3, low=-1, high=2, unit="log ratio", prior=Normal(0.3, 0.15), provenance="literature",
        evidence=("C1", "C3", "C4", "C20", "C24"),
        doc="Loss of activity at the first cent received, where the norm is that nobody is paid.",
    )  # fmt: skip
    pay_welcome: float = param(
        0.1, low=-1, high=2, unit="log ratio", prior=Normal(0.1, 0.1), provenance="literature",
        evidence=("C12", "C39"), doc="Gain of activity at the first cent received, where pay is the norm.",
    )  # fmt: skip
    pay_slope: float = param(
        0.05, low=0, high=1, unit="log ratio", prior=LogNormal(0.05, 0.7), provenance="literature",
        evidence=("C3", "C8", "C27"), doc="Gain of activity with each e-fold of money above the unit.",
    )  # fmt: skip
    pay_unit: float = param(
        1_000.0, low=1, high=1e9, unit="cents/month", prior=LogNormal(1_000, 1.0),
        doc="Monthly money from which amounts matter.",
    )  # fmt: skip
    pay_contingency: float = param(
        1.5, low=0, high=3, prior=Uniform(1, 2), provenance="literature", evidence=("C1", "C24", "C25"),
        doc="How far pay that depends on quality undoes the jump: 1 cancels it, above 1 turns its sign.",
    )  # fmt: skip
    withdrawal: float = param(
        0.2, low=0, high=2, unit="log ratio", prior=Normal(0.2, 0.1), provenance="literature",
        evidence=("C5", "C8", "C33"), doc="Loss of activity, against never having been paid, when pay ends.",
    )  # fmt: skip
    pay_norm: float = param(
        0.0, low=0, high=1, prior=Uniform(0, 0.5), evidence=("C12",),
        doc="Pay norm at the start: 0 nobody is paid, 1 pay is normal.",
    )  # fmt: skip
    norm_up: float = param(
        0.1, low=0, high=1, unit="1/month", provenance="literature", evidence=("C5", "C10"),
        doc="Share of the way that the norm goes up in a month while more are paid than it says.",
    )  # fmt: skip
    norm_down: float = param(
        0.01, low=0, high=1, unit="1/month", provenance="literature", evidence=("C5", "C33"),
        doc="Share of the way that the norm goes down in a month while fewer are paid than it says.",
    )  # fmt: skip
    attraction: float = param(
        0.1, low=0, high=2, unit="log ratio", prior=Uniform(0, 0.3), provenance="literature",
        evidence=("C24",), doc="Entrants drawn by an offer, for each e-fold of it above the pay unit.",
    )  # fmt: skip
    entrant_quality: float = param(
        -0.3, low=-3, high=1, unit="log ratio", prior=Normal(-0.3, 0.15), provenance="literature",
        evidence=("C24", "C38"), doc="Quality of entrants drawn by pay which does not depend on quality.",
    )  # fmt: skip
    friction: float = param(
        0.1, low=0, high=2, prior=Uniform(0, 0.3), evidence=("B12", "B19", "C38"),
        doc="Elasticity of activity to the load on reviewers (subtracted).",
    )  # fmt: skip
    review_capacity: float = param(
        4.0, low=0.01, high=1_000, unit="acts/day", prior=LogNormal(4, 0.5),
        doc="Contributions that a core member can review on an active day.",
    )  # fmt: skip
    response: float = param(
        0.693, low=0, high=3, unit="log odds", prior=Normal(0.693, 0.2), provenance="literature",
        evidence=("B12",), doc="An answer to the first contribution, on the odds of staying: twice.",
    )  # fmt: skip
    answered: float = param(
        0.6, low=0, high=1, prior=Uniform(0.3, 0.9),
        doc="Share of first contributions answered while reviewers keep up.",
    )  # fmt: skip
    gate: float = param(
        0.0, low=-3, high=3, unit="log odds", provenance="literature", evidence=("B19",),
        doc="Stricter quality control, on newcomers' odds of dropping out.",
    )  # fmt: skip
    control: float = param(
        0.0, low=0, high=1, evidence=("D8",), doc="Share of decision rights held by one firm."
    )
    grievance: float = param(
        0.5, low=0, high=3, unit="log odds", prior=Uniform(0, 1), provenance="literature", evidence=("D8",),
        doc="Full control by one firm, on outsiders' odds of dropping out.",
    )  # fmt: skip
    shock_kept: float = param(
        0.9, low=0, high=1, unit="1/month", evidence=("E8", "E9"), doc="Share of a shock that lasts a month."
    )
    returning: float = param(
        0.45, low=0, high=1, prior=Uniform(0.35, 0.55), provenance="literature", evidence=("B15",),
        doc="Chance that a member of long standing who dropped out ever returns.",
    )  # fmt: skip
    return_shape: float = param(
        0.38, low=0.05, high=5, prior=Uniform(0.25, 0.5), provenance="literature", evidence=("B15",),
        doc="How fast the hazard of return falls with the gap.",
    )  # fmt: skip
    core_days: int = param(
        10, low=1, high=10_000, unit="days", doc="Active days from which one is of the core."
    )
    recognition_core: float = param(
        0.0, low=-2, high=2, unit="log ratio", provenance="literature", evidence=("C13",),
        doc="Recognition of the core, on its rate.",
    )  # fmt: skip
    recognition_outer: float = param(
        0.0, low=-2, high=2, unit="log ratio", provenance="literature", evidence=("C14",),
        doc="Recognition, on the rate of members outside the core.",
    )  # fmt: skip
    employed: float = param(
        0.0, low=0, high=1, prior=Uniform(0, 0.1), evidence=("D1", "D9"),
        doc="Share of newcomers employed to take part.",
    )  # fmt: skip
    employed_start: float = param(
        0.0, low=0, high=1, prior=Uniform(0, 0.3), evidence=("D1", "D9"),
        doc="Share of members at the start employed to take part.",
    )  # fmt: skip
    paid_days: float = param(
        6.0, low=0, high=31, unit="days/month", doc="Active days a month that an employer adds."
    )
    role: float = param(
        2.0, low=0, high=6, unit="log odds", provenance="literature", evidence=("B4", "B17"),
        doc="Employment, on the odds of staying.",
    )  # fmt: skip
    career_concern: float = param(
        0.2, low=0, high=2, unit="log ratio", prior=Uniform(0, 0.3), provenance="literature",
        evidence=("C19b",),
        doc="Loss of a volunteer's activity on the own account once employed: who has the job need not show.",
    )  # fmt: skip
    firms: int = param(4, low=1, high=200, unit="firms", evidence=("D12",), doc="How many firms employ.")
    hire: float = param(
        0.0,
        low=0,
        high=1,
        unit="1/month",
        evidence=("D4",),
        doc="Chance that an active core volunteer is employed.",
    )
    layoff: float = param(
        0.0,
        low=0,
        high=1,
        unit="1/month",
        evidence=("E2",),
        doc="Chance that an employed member is dismissed.",
    )
    market: float = param(
        100.0, low=0, high=1e6, unit="people/member", prior=LogNormal(100, 1.0),
        doc="People who might use the works, for each member at the start.",
    )  # fmt: skip
    reach: float = param(
        1.0,
        low=0,
        high=10,
        provenance="literature",
        evidence=("C18",),
        doc="Share of the audience that can be reached.",
    )
    adopted: float = param(
        0.3, low=0.01, high=0.99, doc="Share of the market that uses the works at the start."
    )
    innovation: float = param(
        0.003,
        low=0,
        high=1,
        unit="1/month",
        prior=LogNormal(0.003, 0.5),
        doc="Adoption by own discovery (Bass p).",
    )
    imitation: float = param(
        0.05,
        low=0,
        high=1,
        unit="1/month",
        prior=LogNormal(0.05, 0.5),
        doc="Adoption by word of mouth (Bass q).",
    )
    appeal: float = param(
        0.5,
        low=0,
        high=3,
        prior=Uniform(0.2, 0.8),
        doc="Elasticity of adoption to the usefulness of the works.",
    )
    upkeep_cost: float = param(
        2.0,
        low=0,
        high=1e6,
        unit="cents/use",
        prior=LogNormal(2, 1.0),
        doc="Cost of serving one use of the works.",
    )
    spare: float = param(1.2, low=0, high=10, doc="Capacity an owner aims at, in units of last month's uses.")
    donated_capacity: float = param(
        0.5,
        low=0,
        high=10,
        evidence=("E12",),
        doc="Capacity that costs nothing, in units of uses at the start.",
    )
    service_elasticity: float = param(
        0.5, low=0, high=3, prior=Uniform(0.2, 1), evidence=("E12",),
        doc="Elasticity of activity to the service of the infrastructure.",
    )  # fmt: skip
    service_loss: float = param(
        0.1, low=0, high=1, unit="1/month", doc="Share of users lost in a month in which nothing is served."
    )
    endowment: float = param(
        3.0,
        low=0,
        high=1_000,
        unit="months",
        doc="Money institutions begin with, in months of serving the uses at the start.",
    )


NULL = MappingProxyType(
    {
        "joining_spread": 0.0, "activity_spread": 0.0, "drift": 0.0, "vigour": 0.0,
        "audience_elasticity": 0.0,
        "joining_elasticity": 0.0, "openness": 0.0, "belonging": 0.0, "belonging_stay": 0.0, "need": 0.0,
        "pay_jump": 0.0, "pay_welcome": 0.0, "pay_slope": 0.0, "withdrawal": 0.0, "attraction": 0.0,
        "friction": 0.0, "response": 0.0, "gate": 0.0, "grievance": 0.0, "returning": 0.0,
        "recognition_core": 0.0, "recognition_outer": 0.0, "employed": 0.0, "employed_start": 0.0,
        "hire": 0.0, "layoff": 0.0, "career_concern": 0.0, "service_elasticity": 0.0,
    }
)  # fmt: skip
"""Values under which every driver is off: the simulation is MBG/NBD with Poisson arrivals."""
