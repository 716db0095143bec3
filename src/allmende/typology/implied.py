"""Implied facts: what the rules of a simulated world say about value, ownership, decision and pay.

A simulated community is placed as a real one is: facts from its rules, everything else from its Panel. The
table below says which answers each institution and each form of works implies, and no more than that: what is
made (K2) and how strong ties are (K3) must show in the Panel.
"""

from collections.abc import Iterator

from allmende.model.institutions import Firms, Foundation, Platform, Sponsor
from allmende.model.rules import Institution, Rules
from allmende.model.works import CommonWork, Proposals, SeparableWorks, Works
from allmende.typology.codebook import CODEBOOK
from allmende.typology.facts import Dossier, Period

__all__ = ["implied_facts"]


def implied_facts(
    name: str, rules: Rules, works: Works, *, start: int = 0, stop: int | None = None
) -> Dossier:
    """The facts that hold in a world under these rules.

    Institutions that answer differently count in equal parts: a platform beside a foundation holds half of
    the infrastructure.

    Args:
        name: What the community is called.
        rules: The rules in force, policies included.
        works: The form of works.
        start: First month in which they hold.
        stop: Month after the last, None while they go on.
    """
    answers: dict[str, dict[str, str]] = {}
    for criterion, level, source in _all_answers(rules, works):
        answers.setdefault(criterion, {})[level] = source
    facts = {
        one.name: {level: 1 / len(answers[one.name]) for level in answers[one.name]}
        for one in CODEBOOK
        if one.name in answers
    }
    sources = {criterion: "; ".join(dict.fromkeys(found.values())) for criterion, found in answers.items()}
    return Dossier(name, (Period(start, stop, facts, sources),))


def _all_answers(rules: Rules, works: Works) -> Iterator[tuple[str, str, str]]:
    for institution in rules.institutions:
        for criterion, level in _of_institution(institution, rules):
            yield criterion, level, f"rules: {institution.name}"
    for criterion, level in _of_works(works):
        yield criterion, level, f"rules: {type(works).__name__}"


def _of_institution(institution: Institution, rules: Rules) -> Iterator[tuple[str, str]]:
    match institution:
        case Platform():
            yield "value_captor", "attention_platform"
            yield "pay", "revenue_share" if institution.share > 0 else "none"
            if institution.serves:
                yield "infrastructure", "company"
                yield "main_funding", "ads"
        case Foundation():
            yield "infrastructure", "foundation"
            yield "main_funding", "donations"
            if any(isinstance(one, Firms) and one.dues > 0 for one in rules.institutions):
                yield "main_funding", "dues"
        case Firms():
            yield "value_captor", "many_companies"
            yield "pay", "wages_many_employers"
        case Sponsor():
            yield "value_captor", "single_company"
            yield "infrastructure", "company"
            yield "main_funding", "single_company"
            yield "decision", "company"
            yield "pay", "prize"
            yield "mode", "probabilistic" if institution.open_call else "specified"


def _of_works(works: Works) -> Iterator[tuple[str, str]]:
    match works:
        case SeparableWorks():
            # Each maker publishes; nobody integrates.
            yield "decision", "individual"
            yield "mode", "spontaneous"
        case CommonWork():
            # The core reviews what comes in, and members become core by what they did.
            yield "decision", "earned_commit"
            yield "mode", "coordinated"
        case Proposals():
            yield "mode", "probabilistic"
