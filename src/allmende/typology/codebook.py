"""The codebook: ten criteria, what each economy predicts for them, how much each weighs and why.

Criteria K1 to K10 are those of `docs/typology.md`. What an economy predicts is written as plausibilities
of the levels: 6 what the economy is known by, 3 usual, 1 possible, 0.3 odd. They are the prior of the
likelihoods that `placement` learns from the casebook.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CODEBOOK", "DECIDING", "ECONOMIES", "KEYS", "Criterion", "criterion"]

ECONOMIES = ("sharing", "commons", "crowdsourcing")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that tells the economies apart.

    Args:
        name: Name of the fact, as in a facts file.
        code: K1 to K10 of `docs/typology.md`.
        question: What is asked.
        observed: How a coder, or a measurement, finds the answer.
        weight: How much of its likelihood counts, 0 to 1: facts that follow from one another must not count
            twice, and the initiator must not decide.
        why: Why it weighs so much.
        levels: Plausibility of each answer under sharing, commons, crowdsourcing.
    """

    name: str
    code: str
    question: str
    observed: str
    weight: float
    why: str
    levels: Mapping[str, tuple[float, float, float]]

    def likelihood(self, level: str) -> tuple[float, float, float]:
        """Probability of a level under each economy, before any case was seen."""
        totals = [sum(plausible[i] for plausible in self.levels.values()) for i in range(len(ECONOMIES))]
        given = self.levels[level]
        return given[0] / totals[0], given[1] / totals[1], given[2] / totals[2]


def _levels(**plausible: tuple[float, float, float]) -> Mapping[str, tuple[float, float, float]]:
    return MappingProxyType(plausible)


CODEBOOK = (
    Criterion(
        "value_captor",
        "K4",
        "Who captures the exchange value that the work makes possible?",
        "Income by source; who sells the work, attention to it, or products that contain it.",
        1.0,
        "First key: the source's table differs first of all in who takes exchange value.",
        _levels(
            attention_platform=(6, 0.3, 0.3),
            individuals=(1, 0.3, 0.3),
            many_companies=(0.3, 6, 0.3),
            foundation_company=(0.3, 3, 0.3),
            single_company=(0.3, 0.3, 6),
            none=(1, 2, 0.3),
        ),
    ),
    Criterion(
        "infrastructure",
        "K5",
        "Who holds the infrastructure of cooperation?",
        "Owner of the domain, the servers, the forge organisation.",
        0.5,
        "Second key, with marks; halved because marks say much of the same.",
        _levels(
            company=(6, 0.6, 6),
            foundation=(0.3, 6, 0.3),
            volunteers=(1, 3, 0.3),
            university=(1, 1, 0.3),
            code_host_only=(2, 2, 1),
        ),
    ),
    Criterion(
        "marks_owner",
        "K5",
        "Who owns the name and marks?",
        "Trademark registers, foundation asset lists, the licence text's copyright line.",
        0.7,
        "Second key: whoever owns the name can end the present order.",
        _levels(
            company=(6, 0.4, 6),
            foundation=(0.3, 6, 0.4),
            nonprofit_other=(0.3, 3, 0.3),
            individual=(1, 1, 0.3),
            university=(0.6, 1, 0.3),
            none=(1, 3, 0.3),
        ),
    ),
    Criterion(
        "decision",
        "K6",
        "Who decides what goes in?",
        "Who may merge and how that right is gained; acceptance of outsiders against insiders.",
        0.8,
        "Third key: selection by the firm is what makes a crowd a supplier.",
        _levels(
            # One person: each maker for the own work, or one for all. Neither is a decision of the producers.
            individual=(6, 0.4, 0.3),
            earned_commit=(0.3, 6, 0.3),
            mixed=(1, 2, 1),
            company=(0.3, 0.3, 6),
        ),
    ),
    Criterion(
        "object",
        "K2",
        "What is produced: separable works, one common artefact, or components for a firm's product?",
        "Share of contributions to items that two or more members touched.",
        0.7,
        "Breaks ties; a common artefact is made by commons and by firms with a crowd.",
        _levels(
            separable=(6, 0.3, 1),
            common=(0.3, 6, 2),
            components=(0.3, 0.6, 4),
        ),
    ),
    Criterion(
        "ties",
        "K3",
        "How strong are the ties between members?",
        "Pairs who work on the same items again and again, per active pair.",
        0.4,
        "Follows largely from the object.",
        _levels(weak=(6, 1, 3), medium=(1, 2, 2), strong=(0.3, 6, 0.6)),
    ),
    Criterion(
        "pay",
        "K7",
        "What money reaches the individual who contributes?",
        "Payments to persons; wages by employers; prizes, royalties, shares of revenue.",
        0.4,
        "Wages by many employers are compatible with a commons; a share of revenue is new to sharing.",
        _levels(
            none=(4, 2, 0.6),
            marginal=(3, 1, 1),
            revenue_share=(1, 0.3, 1),
            wages_many_employers=(0.3, 6, 0.6),
            wages_one_employer=(0.3, 0.6, 3),
            prize=(0.3, 0.3, 4),
        ),
    ),
    Criterion(
        "main_funding",
        "K8",
        "Where does the money for infrastructure and production come from?",
        "Shares of income of whoever holds the infrastructure: dues, donations, advertising, one firm.",
        0.4,
        "In a commons firms finance the foundation; elsewhere the firm pays all, or nobody does.",
        _levels(
            ads=(6, 0.3, 0.3),
            donations=(0.6, 3, 0.3),
            dues=(0.3, 4, 0.4),
            many_companies=(0.3, 4, 0.3),
            single_company=(1, 0.8, 6),
            grants=(0.6, 1, 0.3),
            university=(0.6, 0.6, 0.3),
            none=(2, 2, 0.3),
        ),
    ),
    Criterion(
        "mode",
        "K9",
        "How does work come about?",
        "Whether the task is specified before, whether pay depends on acceptance; submissions against uses.",
        0.5,
        "Probabilistic production is the source's own mark of crowdsourcing.",
        _levels(
            spontaneous=(6, 2, 0.6),
            coordinated=(0.3, 6, 2),
            probabilistic=(0.6, 0.3, 6),
            specified=(0.3, 0.3, 3),
        ),
    ),
    Criterion(
        "agreement",
        "K10",
        "To whom do contributors sign rights away?",
        "Contributor agreement or certificate of origin in the tree; who may relicense.",
        0.4,
        "A firm that can relicense alone holds the enclosure option.",
        _levels(
            none=(3, 3, 1),
            dco=(0.6, 2, 1),
            cla_foundation=(0.3, 3, 0.3),
            cla_company=(1, 0.3, 6),
            platform_terms=(6, 0.3, 1),
        ),
    ),
    Criterion(
        "licence",
        "K10",
        "Under which licence is the work?",
        "Licence file of the tree and its changes.",
        0.3,
        "Free licences are used in all three; a source-available one shows an owner who excludes.",
        _levels(
            permissive=(1, 3, 3),
            copyleft=(1, 3, 1.5),
            content=(6, 1, 2),
            source_available=(0.3, 0.3, 3),
            mixed=(1, 1.5, 1.5),
        ),
    ),
    Criterion(
        "initiator",
        "K1",
        "Who began?",
        "Founding document, employer of the first committer, copyright header.",
        0.2,
        "Never decides alone: Mozilla was begun by a firm and is a commons.",
        _levels(
            company=(3, 1, 6),
            community=(0.6, 4, 0.3),
            individual=(2, 4, 0.6),
            university=(1, 2, 0.6),
        ),
    ),
)

DECIDING = (("value_captor",), ("infrastructure", "marks_owner", "decision"))
"""Without one fact of each group a community cannot be placed."""

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "value capture": ("value_captor",),
        "ownership": ("infrastructure", "marks_owner"),
        "decision": ("decision",),
    }
)
"""The keys that may contradict each other, K4, K5 and K6, with their criteria."""


def criterion(name: str) -> Criterion:
    """The criterion of a fact's name.

    Raises:
        UnknownNameError: there is none.
    """
    from allmende.errors import UnknownNameError

    for one in CODEBOOK:
        if one.name == name:
            return one
    raise UnknownNameError("criterion", name, [one.name for one in CODEBOOK])
