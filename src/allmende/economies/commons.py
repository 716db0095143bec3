"""Commons: volunteers make one integrated work that ventures monetise, with a foundation between (Mozilla).

Purpose and patterns:
    To ask what a foundation that finances infrastructure does for a community that makes a common work, and
    what follows when the ventures that finance it stop (S4, S5). Patterns: stopping hazard about 1/n (B3),
    one-commit members (B1), inequality (A20-A23); organisations that make half of the contributions are one
    to three (D12); most infrastructure comes from a non-profit (E12); losing the audience costs activity
    (C18).

Entities, state variables, scales:
    Members, some of them employed by firms and counted as volunteers of their firm; a foundation; firms;
    users; one work, a stock. One step is a month.

Process:
    The eight steps of `simulation.run`. Contributions raise the stock with a team-size exponent; it decays
    without maintenance; everybody uses it.

Design concepts:
    Basic principles: dropout after each active day (J2); ties made by working on the same things; own use.
    Emergence: concentration of work, dependence of the foundation on firms. Adaptation: rates follow ties,
    usefulness, service and review load. Objectives: none for members; institutions keep reserves. Learning:
    none. Prediction: none. Sensing: last month's world. Interaction: through the work, review load and
    service. Stochasticity: keyed draws. Collectives: firms. Observation: `model.recording.MEASURES`, and
    the Panel.

Initialisation:
    Members arrived over `history` months and are still there; the first month's output sets the scale of
    the work.

Input:
    None; parameters may be fitted to records.

Submodels:
    `model.member`, `model.choosing`, `model.works.CommonWork`, `model.audience`,
    `model.institutions.Foundation`, `model.institutions.Firms`.
"""

from allmende.model.economy import Criterion, Economy
from allmende.model.institutions import Firms, Foundation
from allmende.model.parameters import MemberParams
from allmende.model.works import CommonWork
from allmende.params import param
from allmende.priors import LogNormal, Uniform

__all__ = ["COMMONS", "CommonsParams"]


class CommonsParams(MemberParams):
    """What a commons adds: one work, and those who live by it."""

    employed: float = param(
        0.01, low=0, high=1, prior=Uniform(0, 0.05), provenance="literature", evidence=("D1", "D9"),
        doc="Share of newcomers employed to take part.",
    )  # fmt: skip
    employed_start: float = param(
        0.05, low=0, high=1, prior=Uniform(0, 0.2), provenance="literature", evidence=("D1", "D9"),
        doc="Share of members at the start employed to take part.",
    )  # fmt: skip
    decay: float = param(
        0.02,
        low=0,
        high=1,
        unit="1/month",
        prior=Uniform(0.01, 0.05),
        doc="What the work loses in a month without upkeep.",
    )
    team_exponent: float = param(
        1.0, low=0.3, high=2, prior=Uniform(0.7, 1.33), provenance="literature", evidence=("J10",),
        doc="Returns to team size; studies find both signs, so both are to be run.",
    )  # fmt: skip
    donations: float = param(
        0.5, low=0, high=1e6, unit="cents/user", prior=LogNormal(0.5, 1.0), evidence=("E1", "E3"),
        doc="What a user gives the foundation in a month.",
    )  # fmt: skip
    revenue_a_user: float = param(
        20.0,
        low=0,
        high=1e9,
        unit="cents/user",
        prior=LogNormal(20, 1.0),
        doc="What ventures earn by a user in a month.",
    )
    wage: float = param(
        600.0, low=0, high=1e9, unit="cents/month", prior=LogNormal(600, 0.7),
        doc="Wage of an employed member, in the same small money as the revenue of a user.",
    )  # fmt: skip


COMMONS = Economy(
    name="commons",
    title="One common work, ventures around it, a foundation between",
    parameters=CommonsParams(),  # type: ignore[call-arg]  # defaults stand first in param(...)
    works=CommonWork(),
    institutions=(Firms(), Foundation()),
    criteria=(
        Criterion("K2 common work", high=True, pattern="works touched by many members"),
        Criterion("K3 ties", high=True, pattern="repeated pairs"),
        Criterion("K4 many firms earn", high=True, pattern="exchange value goes to firms around the work"),
        Criterion(
            "K8 firms finance the foundation", high=True, pattern="dues flow from firms to the foundation"
        ),
    ),
    maker="volunteers",
    taker="firms",
    between="a foundation that finances infrastructure and stays in the background",
    module=__name__,
)
