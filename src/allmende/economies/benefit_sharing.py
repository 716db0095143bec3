"""Benefit sharing: a sharing platform that pays into a foundation, not to persons (a hybrid).

Purpose and patterns:
    To ask what becomes of a sharing community whose platform returns part of its revenue to the commons - to
    a foundation that runs infrastructure and meetings - instead of to the persons who make the works. The
    difference between benefit sharing and revenue sharing is the policy variable that the source names
    elsewhere (`evidence.md` I1). Patterns: those of sharing (B1-B4, A20-A23, G1, C18); no member is paid, so
    no pay norm moves (C20); the foundation provides part of the infrastructure (E12).

Entities, state variables, scales:
    Members, a platform, a foundation, an audience that adopts the works. One step is a month.

Process:
    The eight steps of `simulation.run`. The platform passes a share of last month's advertising income to the
    foundation, which buys capacity.

Design concepts:
    Basic principles: as in sharing; money to a collective is not felt as pay (C6: the option to give the
    payment away cancels crowding out). Emergence: who carries the infrastructure. Adaptation: rates follow
    the own audience. Objectives: institutions keep reserves. Learning: expectations follow the audience.
    Prediction: none. Sensing: last month's world. Interaction: through attention and service.
    Stochasticity: keyed draws (`draws.Decision`). Collectives: none. Observation:
    `model.recording.MEASURES`, and the Panel.

Initialisation:
    As in sharing.

Input:
    None; parameters may be fitted to records.

Submodels:
    Those of sharing, and `model.institutions.Foundation` fed by `Returns`.
"""

from dataclasses import dataclass

from allmende.economies.sharing import SharingParams
from allmende.model.economy import Criterion, Economy
from allmende.model.institutions import Foundation, Platform
from allmende.model.rules import Acts, Payment, View
from allmende.model.works import SeparableWorks
from allmende.params import param
from allmende.priors import Uniform

__all__ = ["BENEFIT_SHARING", "BenefitSharingParams", "Returns"]


class BenefitSharingParams(SharingParams):
    """What benefit sharing adds: how much comes back."""

    returned: float = param(
        0.3, low=0, high=1, prior=Uniform(0.1, 0.55), provenance="literature", evidence=("I1", "G8"),
        doc="Share of advertising income that the platform returns to the foundation.",
    )  # fmt: skip
    donations: float = param(
        0.1,
        low=0,
        high=1e6,
        unit="cents/user",
        prior=Uniform(0, 0.5),
        doc="What a user gives the foundation in a month.",
    )


@dataclass(frozen=True, slots=True)
class Returns:
    """The platform's payment to the foundation, by what it earned last month.

    Args:
        name: Its name in the rules.
    """

    name: str = "returns"

    def __call__(self, view: View, /) -> Acts:
        """Pay the share that is returned."""
        income = view.of("served") * view.parameter("views_a_use") * view.parameter("ad_price")
        returned = view.cents(view.parameter("returned") * income)
        return Acts(payments=(Payment("platform", "foundation", returned, kind="benefit sharing"),))


BENEFIT_SHARING = Economy(
    name="benefit_sharing",
    title="A sharing platform that pays into a foundation",
    parameters=BenefitSharingParams(),  # type: ignore[call-arg]  # defaults stand first in param(...)
    works=SeparableWorks(),
    institutions=(Foundation(), Platform(serves=False), Returns()),
    criteria=(
        Criterion("K2 separable works", high=True, pattern="works touched by one member only"),
        Criterion("K4 attention is sold", high=True, pattern="exchange value goes to the platform"),
        Criterion("K7 money to members", high=False, pattern="none"),
        Criterion("K8 money to a foundation", high=True, pattern="the platform finances the foundation"),
    ),
    maker="volunteers",
    taker="platform",
    between="a foundation to which the platform returns part of what it earns",
    module=__name__,
)
