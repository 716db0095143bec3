"""Crowdsourcing: a company initiates, and builds what a community proposes into its own products (Eclipse).

Purpose and patterns:
    To compare probabilistic production ("you make it and we see if there is a market for it") with
    commissions, under which maker-market correlation each is the better (S6-S8). Patterns: 0.1 to 1 % of
    proposals are used (F10, F13), fewer when more are handed in than can be judged (F11); of what is
    commissioned one third helps, one third does nothing, one third hurts (F16); stopping hazard, one-day
    members, inequality as elsewhere (A20-A23, B1-B4): the same engineering (S6).

Entities, state variables, scales:
    Members, a sponsor with its product, users who buy it, contractors. One step is a month.

Process:
    The eight steps of `simulation.run`. A contribution is a proposal; the sponsor judges as many as it can
    and integrates those above a bar, paying a prize for each.

Design concepts:
    Basic principles: best of n draws (CF4), judged with error; dropout after each active day (J2).
    Emergence: the funnel; the value of the product. Adaptation: rates follow prizes, usefulness, service.
    Objectives: the sponsor keeps a bar that fits its capacity. Learning: none. Prediction: the sponsor's
    judgement correlates with the market by `judgement`. Sensing: last month's world. Interaction: through
    the bar and the product. Stochasticity: keyed draws. Collectives: none. Observation:
    `model.recording.MEASURES`, the Panel.

Initialisation:
    Members arrived over `history` months and are still there; the first month sets the scale of the product.

Input:
    None; parameters may be fitted to records.

Submodels:
    `model.member`, `model.choosing.propose`, `model.works.Proposals`, `model.audience`,
    `model.institutions.Sponsor`.
"""

from allmende.model.economy import Criterion, Economy
from allmende.model.institutions import Sponsor
from allmende.model.parameters import MemberParams
from allmende.model.works import Proposals
from allmende.params import param
from allmende.priors import LogNormal, Uniform

__all__ = ["CROWDSOURCING", "CrowdsourcingParams"]


class CrowdsourcingParams(MemberParams):
    """What crowdsourcing adds: proposals, judgement, prizes and contracts."""

    belonging: float = param(
        0.1, low=0, high=3, unit="log ratio", prior=Uniform(0, 0.2), evidence=("I1",),
        doc="Full ties against none, on the rate: links are weak to middling.",
    )  # fmt: skip
    pay_norm: float = param(
        0.5, low=0, high=1, prior=Uniform(0.2, 0.8), evidence=("C12", "K7"),
        doc="Pay norm at the start: prizes are expected.",
    )  # fmt: skip
    control: float = param(
        0.5, low=0, high=1, prior=Uniform(0, 1), evidence=("D8", "K6"),
        doc="Share of decision rights held by the sponsor, beyond what members were used to.",
    )  # fmt: skip
    grievance: float = param(
        0.1, low=0, high=3, unit="log odds", prior=Uniform(0, 0.3), evidence=("D8",),
        doc="Full control, on the odds of dropping out; who comes knows whose product it is.",
    )  # fmt: skip
    decay: float = param(
        0.03,
        low=0,
        high=1,
        unit="1/month",
        prior=Uniform(0.01, 0.06),
        doc="What the product loses of its value in a month.",
    )
    product_start: float = param(
        0.1, low=0, high=1e6, unit="deviations/member", prior=LogNormal(0.1, 0.5),
        doc="Market value of the sponsor's product at the start, for each member.",
    )  # fmt: skip
    maker_market: float = param(
        0.3, low=-0.99, high=0.99, prior=Uniform(0, 0.7), evidence=("F1", "F5"),
        doc="Correlation of what a proposal is worth to its maker with its market value (rho).",
    )  # fmt: skip
    judgement: float = param(
        0.6, low=0, high=0.99, prior=Uniform(0.3, 0.9), doc="Correlation of judged with true market value."
    )
    open_share: float = param(
        0.003, low=0, high=1, prior=LogNormal(0.003, 0.7), provenance="literature", evidence=("F10", "F13"),
        doc="Share of judged proposals that are integrated.",
    )  # fmt: skip
    judging_capacity: float = param(
        2.0, low=0, high=1e6, unit="acts/member", prior=LogNormal(2, 0.5), evidence=("F11",),
        doc="Proposals the sponsor can judge in a month, for each member at the start.",
    )  # fmt: skip
    judging_cost: float = param(
        20.0, low=0, high=1e9, unit="cents/act", prior=LogNormal(20, 1.0), doc="Cost of judging a proposal."
    )
    contract_price: float = param(
        20_000.0,
        low=0,
        high=1e12,
        unit="cents",
        prior=LogNormal(20_000, 1.0),
        doc="Price of a commissioned feature.",
    )
    hit_value: float = param(
        2.0,
        low=0,
        high=1_000,
        prior=LogNormal(2, 0.5),
        doc="Worth of a commissioned feature that helps, or cost of one that hurts.",
    )
    revenue_a_user: float = param(
        20.0,
        low=0,
        high=1e9,
        unit="cents/user",
        prior=LogNormal(20, 1.0),
        doc="What the sponsor earns by a user in a month.",
    )


CROWDSOURCING = Economy(
    name="crowdsourcing",
    title="Proposals to a company that integrates a few into its product",
    parameters=CrowdsourcingParams(),  # type: ignore[call-arg]  # defaults stand first in param(...)
    works=Proposals(),
    institutions=(Sponsor(prize=5_000),),
    criteria=(
        Criterion("K1 a company initiated", high=True, pattern="the sponsor's product is the object"),
        Criterion("K4 own product", high=True, pattern="exchange value goes to the sponsor"),
        Criterion("K6 the firm selects", high=True, pattern="integration decided by the sponsor"),
        Criterion("K9 funnel", high=True, pattern="proposals far more than uses"),
    ),
    maker="volunteers",
    taker="sponsor",
    between="probabilistic production against commissions",
    module=__name__,
)
