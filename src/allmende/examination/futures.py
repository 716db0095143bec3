"""Futures: the paired worlds that several claims look at - shared revenue, lost motives, foundations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from allmende.economies.commons import CommonsParams
from allmende.economies.sharing import SharingParams
from allmende.examination.laboratory import Laboratory, Trial
from allmende.model.institutions import Firms, bought_capacity
from allmende.model.parameters import MemberParams
from allmende.model.rules import Acts, Payment, Policy, Rules, View
from allmende.params import param
from allmende.policies.funding_shock import FundingShock
from allmende.policies.revenue_share import RevenueShare
from allmende.policy import institution
from allmende.priors import LogUniform

__all__ = [
    "COMMONS",
    "DESIGNS",
    "FOUNDATIONS",
    "LOSSES",
    "SHARED",
    "START",
    "Change",
    "Design",
    "FoundationPrior",
    "Host",
    "HostedByFirm",
    "NoDues",
    "NoFoundation",
    "SharedPrior",
    "Sharing",
    "foundation_draws",
    "foundations",
    "shared",
    "shared_draws",
    "sharing",
    "without_entrants",
]

Numbers = NDArray[np.float64]
START = 12
"""Month in which policies start: a community that is there already."""

_WANTED = ("output", "contributions", "active_members", "newcomers", "paid_members")
_WANTED_FOUNDATION = (
    "use_value",
    "service",
    "users",
    "contributions",
    "use_value_by_volunteers",
    "use_value_by_employees",
    "use_value_by_paid",
)


class SharedPrior(SharingParams):
    """What is believed about a sharing community, and how fast it would get used to pay."""

    norm_up: float = param(
        0.1, low=0, high=1, unit="1/month", prior=LogUniform(0.003, 0.3), evidence=("C5", "C10"),
        doc="Share of the way that the norm goes up in a month while more are paid than it says.",
    )  # fmt: skip


class FoundationPrior(CommonsParams):
    """What is believed about a commons, and how much of its infrastructure costs nothing."""

    donated_capacity: float = param(
        0.5, low=0, high=10, prior=LogUniform(0.05, 2.0), evidence=("E12",),
        doc="Capacity that costs nothing, in units of uses at the start.",
    )  # fmt: skip


SHARED = SharedPrior()  # type: ignore[call-arg]  # defaults stand first in param(...)
COMMONS = FoundationPrior()  # type: ignore[call-arg]  # defaults stand first in param(...)


@dataclass(frozen=True, slots=True)
class Design:
    """A way to share revenue.

    Args:
        title: What it is called.
        share: Share of the income.
        threshold: Least views a month for a share.
        equally: Whether all who are active get the same.
        contingency: How far it depends on quality.
    """

    title: str
    share: float = 0.55
    threshold: float = 0.0
    equally: bool = False
    contingency: float = 0.0

    @property
    def policy(self) -> Policy:
        """The policy, from month `START` on."""
        made = RevenueShare(
            share=self.share, threshold=self.threshold, equally=self.equally, contingency=self.contingency,
            start=START,
        )  # fmt: skip
        return cast("Policy", made)


_BAR = 10_000.0
DESIGNS = (
    Design("by views, from the first cent"),
    Design("by views, a tenth only", share=0.1),
    Design("in equal parts", equally=True),
    Design("by views above a bar", threshold=_BAR),
    Design("for quality, from the first cent", contingency=1.0),
    Design("for quality, above a bar", threshold=_BAR, contingency=1.0),
)
"""Ways to share: 55 % unless said otherwise (G8); the bar is 10,000 views a month (G9)."""


@dataclass(frozen=True, slots=True)
class Change:
    """A policy that only sets parameters.

    Args:
        name: How it is called.
        values: Parameters and their values.
        start: First month in force.
    """

    name: str
    values: tuple[tuple[str, float], ...]
    start: int = START

    def __call__(self, rules: Rules, /) -> Rules:
        """Set them."""
        return rules.with_parameters(**dict(self.values))


LOSSES = (
    Change("four fifths of the audience lost", (("reach", 0.2),)),
    Change("no first contribution answered", (("answered", 0.0),)),
    Change("no ties made", (("ties_made", 0.0),)),
    Change("an award for the core", (("recognition_core", 0.26),)),
)
"""Motives other than money, each taken away or given: C18, B12, C17, and C13 shrunk to +30 % (K)."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """A sharing community with and without shared revenue.

    Args:
        draws: The parameters of each draw.
        trial: The baseline, `DESIGNS`, `LOSSES`.
        there: The same without those whom pay draws: the baseline and `DESIGNS`.
    """

    draws: tuple[SharedPrior, ...]
    trial: Trial
    there: Trial

    def outputs(self) -> tuple[Numbers, Numbers]:
        """Logarithm of output under each design against the baseline: of all, and of those there anyway.

        Returns:
            float64[designs, draws] each.
        """
        places = range(1, 1 + len(DESIGNS))
        everybody, own = (
            np.stack([worlds.ratio("output", place) for place in places])
            for worlds in (self.trial, self.there)
        )
        return everybody, own


@dataclass(frozen=True, slots=True)
class NoFoundation:
    """There is no foundation, and nobody pays dues.

    Args:
        name: How it is called.
        start: First month in force.
    """

    name: str = "no foundation"
    start: int = 0

    def __call__(self, rules: Rules, /) -> Rules:
        """Take it away."""
        return NoDues()(rules).without_institution("foundation")


@dataclass(frozen=True, slots=True)
class NoDues:
    """Firms pay no dues to the foundation.

    Args:
        name: How it is called.
        start: First month in force.
    """

    name: str = "no dues"
    start: int = 0

    def __call__(self, rules: Rules, /) -> Rules:
        """Stop the dues."""
        return rules.with_institution(replace(institution(rules, "firms", Firms), dues=0.0))


@dataclass(frozen=True, slots=True)
class Host:
    """The firms pay for the infrastructure themselves.

    Args:
        name: Its name in the rules.
    """

    name: str = "host"

    def __call__(self, view: View, /) -> Acts:
        """Buy what is wanted, from what the firms hold."""
        capacity, cost = bought_capacity(view, view.balances["firms"].astype(np.float64))
        return Acts(
            payments=(Payment("firms", "suppliers", view.cents(cost), kind="infrastructure"),),
            capacity=capacity,
        )


@dataclass(frozen=True, slots=True)
class HostedByFirm:
    """A firm serves instead of a foundation, and decides (`evidence.md` D8, E12).

    Args:
        name: How it is called.
        start: First month in force.
    """

    name: str = "hosted by a firm"
    start: int = 0

    def __call__(self, rules: Rules, /) -> Rules:
        """Put the firm in the foundation's place, with full control."""
        return NoFoundation()(rules).with_institution(Host()).with_parameters(control=1.0)


FOUNDATIONS: tuple[Policy, ...] = (
    NoFoundation(),
    NoDues(),
    cast("Policy", FundingShock(sales=0.5, start=START)),
    HostedByFirm(),
)
"""Futures of a commons besides the one with a foundation that firms finance."""


def shared_draws(laboratory: Laboratory) -> tuple[SharedPrior, ...]:
    """Sharing communities as believed."""
    return laboratory.once("sharing draws", lambda: laboratory.drawn(SHARED, laboratory.size.draws))


def foundation_draws(laboratory: Laboratory) -> tuple[FoundationPrior, ...]:
    """Commons as believed."""
    return laboratory.once("commons draws", lambda: laboratory.drawn(COMMONS, laboratory.size.draws))


def sharing(laboratory: Laboratory) -> Sharing:
    """The worlds of S1, S2 and S3, simulated once."""
    return laboratory.once("sharing", lambda: shared(laboratory, shared_draws(laboratory)))


def shared(laboratory: Laboratory, draws: tuple[SharedPrior, ...]) -> Sharing:
    """Sharing communities with and without shared revenue.

    Who is drawn by pay is told from who is there anyway by a second run in which an offer draws nobody: the
    baseline is the same bit for bit, and so are the people.

    Args:
        laboratory: Where.
        draws: The parameters.
    """
    designs = [design.policy for design in DESIGNS]
    there = without_entrants(draws)
    return Sharing(
        draws,
        laboratory.trial("sharing", draws, [*designs, *LOSSES], wanted=_WANTED, start=START),
        laboratory.trial("sharing", there, designs, wanted=_WANTED, start=START),
    )


def without_entrants(draws: Sequence[MemberParams]) -> tuple[MemberParams, ...]:
    """The same draws, in which an offer of pay draws nobody."""
    return tuple(draw.with_values(attraction=0.0) for draw in draws)


def foundations(laboratory: Laboratory) -> Trial:
    """The worlds of S4 and S5, simulated once."""
    return laboratory.once(
        "foundations",
        lambda: laboratory.trial(
            "commons", foundation_draws(laboratory), FOUNDATIONS, wanted=_WANTED_FOUNDATION, start=START
        ),
    )
