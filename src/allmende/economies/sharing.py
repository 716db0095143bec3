"""Sharing: people share works of their own on a platform that sells the attention (YouTube, early Linux).

Purpose and patterns:
    To ask what happens to a community that makes separable works for many motives, money not among them,
    when the site on which it shares them earns by advertising; and what sharing that revenue does (S1-S3).
    Patterns: 3 % of channels get 85 % of the views (G1); when revenue is shared, the top 1 % get more than
    half of it and the median nothing (G5); losing four fifths of the audience costs 43 % of activity
    (C18); stopping hazard about 1/n (B3), one-day makers (B2), inequality of contributions (A20-A23).

Entities, state variables, scales:
    Members (`model.state`), one platform, an audience that adopts the works. One step is a month; a world has
    as many members as asked for and an audience a hundred times as large.

Process:
    The eight steps of `simulation.run`. Views of a month fall on members' works in proportion to the
    followers gathered and the new works; part of the viewers stay as followers.

Design concepts:
    Basic principles: dropout after each active day (Wilkinson's law, J2); attention by preferential
    attachment, quality and luck. Emergence: inequality of views and of payouts. Adaptation: a member's rate
    follows the own audience against what the member is used to. Objectives: none; members follow rates.
    Learning: expectations follow the audience. Prediction: none. Sensing: members sense their own views and
    receipts, not those of others. Interaction: only through attention, which is shared out. Stochasticity:
    keyed draws (`draws.Decision`). Collectives: none. Observation: `model.recording.MEASURES`, and the Panel.

Initialisation:
    Members arrived over `history` months and are still there (`model.arriving.settle`); their followers
    are in proportion to rate and quality.

Input:
    None; parameters may be fitted to records.

Submodels:
    `model.member`, `model.choosing`, `model.settlement`, `model.works.SeparableWorks`, `model.audience`,
    `model.institutions.Platform`.
"""

from allmende.model.economy import Criterion, Economy
from allmende.model.institutions import Platform
from allmende.model.parameters import MemberParams
from allmende.model.works import SeparableWorks
from allmende.params import param
from allmende.priors import LogNormal, Uniform

__all__ = ["SHARING", "SharingParams"]


class SharingParams(MemberParams):
    """What sharing adds: attention, and its price."""

    quality_spread: float = param(
        1.4, low=0, high=3, prior=Uniform(1.0, 1.8), evidence=("G1", "G7"),
        doc="Standard deviation of log quality; works that stand alone differ more than parts of one work.",
    )  # fmt: skip
    belonging: float = param(
        0.05, low=0, high=3, unit="log ratio", prior=Uniform(0, 0.1), evidence=("I1",),
        doc="Full ties against none, on the rate: links are weak.",
    )  # fmt: skip
    belonging_stay: float = param(
        0.05, low=0, high=3, unit="log odds", prior=Uniform(0, 0.1), evidence=("I1",),
        doc="Full ties against none, on the odds of staying.",
    )  # fmt: skip
    need: float = param(0.0, low=0, high=2, doc="Members do not need each other's works to go on.")
    decay: float = param(
        0.05, low=0, high=1, unit="1/month", prior=Uniform(0.02, 0.1), evidence=("G12",),
        doc="Share of works that loses its audience in a month.",
    )  # fmt: skip
    views_a_use: float = param(
        30.0,
        low=0,
        high=10_000,
        unit="views/use",
        prior=LogNormal(30, 0.5),
        doc="Works a user views in a month.",
    )
    ad_price: float = param(
        0.2,
        low=0,
        high=1_000,
        unit="cents/view",
        prior=LogNormal(0.2, 0.5),
        doc="What advertisers pay for a view.",
    )
    attention_kept: float = param(
        0.95,
        low=0,
        high=1,
        unit="1/month",
        prior=Uniform(0.9, 0.98),
        doc="Share of followers who stay a month.",
    )
    attention_captured: float = param(
        0.05,
        low=0,
        high=1,
        prior=Uniform(0.02, 0.1),
        evidence=("C34",),
        doc="Share of views that bring a follower.",
    )
    attention_luck: float = param(
        1.2, low=0, high=3, prior=Uniform(0.8, 1.6), evidence=("G2", "G12"),
        doc="Standard deviation of log views of one member's works in a month.",
    )  # fmt: skip
    fresh_pull: float = param(
        100.0,
        low=0,
        high=1e6,
        unit="views/act",
        prior=LogNormal(100, 0.7),
        doc="Pull of a new work of mean quality.",
    )
    adaptation: float = param(
        0.02,
        low=0,
        high=1,
        unit="1/month",
        prior=Uniform(0.01, 0.1),
        doc="How fast makers get used to an audience.",
    )


SHARING = Economy(
    name="sharing",
    title="Separable works on a platform that sells attention",
    parameters=SharingParams(),  # type: ignore[call-arg]  # defaults stand first in param(...)
    works=SeparableWorks(),
    institutions=(Platform(),),
    criteria=(
        Criterion("K2 separable works", high=True, pattern="works touched by one member only"),
        Criterion("K3 ties", high=False, pattern="few repeated pairs"),
        Criterion("K4 attention is sold", high=True, pattern="exchange value goes to the platform"),
        Criterion("K7 money to members", high=False, pattern="nothing or next to nothing for the median"),
    ),
    maker="volunteers",
    taker="platform",
    between="a division of the commercial from the non-commercial side",
    module=__name__,
)
