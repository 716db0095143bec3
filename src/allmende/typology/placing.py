"""Place: which economy is this, when, and how do we know?

Brings together what is known of a community: its facts file, the signs in its tree, and what can be
measured in its panel, for its last year or year by year.
"""

from collections.abc import Sequence
from pathlib import Path

from allmende.aggregation import panel_of
from allmende.answers import answer, complete_window, indicators, periods
from allmende.community import Community
from allmende.gitlog.tree import Tree
from allmende.panel import Panel
from allmende.reader import Progress, silent
from allmende.typology.casebook import likelihoods
from allmende.typology.facts import Dossier, read_facts
from allmende.typology.measured import measured_evidence
from allmende.typology.placement import Evidence, Placement, place_evidence, statements
from allmende.typology.signs import tree_evidence

__all__ = ["place"]

_ASKED = ("shared_work_share", "repeated_dyads", "employed_share_at_least", "elephant_factor")


def place(
    target: Community | Panel | None = None,
    *,
    facts: Dossier | Path | str | None = None,
    tree: Tree | None = None,
    by: str = "",
    replicates: int = 100,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Placement, ...]:
    """Which of the three economies is this, when, and on what evidence?

    Args:
        target: The community or panel whose record is measured; None when there are facts only.
        facts: A facts file, or facts.
        tree: The tree of its repository, for licence and agreements; it counts for the last span only.
        by: "" for the last year alone (or, with facts only, for each of their periods); "year" for each year.
        replicates: How often members are resampled for the intervals of what is measured.
        seed: Seed of the resampling and of the intervals.
        progress: Told how far it has come.

    Returns:
        A placement for each span, oldest first.

    Raises:
        MappingError: the facts are not facts.
        UnknownNameError: a fact, level or period is unknown.
    """
    dossier = read_facts(Path(facts)) if isinstance(facts, str | Path) else facts
    panel = panel_of(target) if isinstance(target, Community) else target
    spans = _spans(panel, dossier, by)
    known = likelihoods(without=dossier.community if dossier else "")
    placed = []
    for done, (start, stop) in enumerate(spans, 1):
        evidence = _evidence(panel, dossier, (start, stop), replicates=replicates, seed=seed)
        if tree is not None and (start, stop) == spans[-1]:
            said = {one.criterion for one in evidence}
            evidence += [one for one in tree_evidence(tree) if one.criterion not in said]
        placed.append(place_evidence(evidence, known, seed=seed, span=(start, stop)))
        progress("placing", done, len(spans))
    return tuple(placed)


def _spans(panel: Panel | None, dossier: Dossier | None, by: str) -> Sequence[tuple[int, int]]:
    if panel is not None and len(panel):
        return periods(panel, by) if by else [complete_window(panel)]
    if dossier is None:
        return []
    return [(one.start, one.stop if one.stop is not None else one.start + 1) for one in dossier.periods]


def _evidence(
    panel: Panel | None, dossier: Dossier | None, span: tuple[int, int], *, replicates: int, seed: int
) -> list[Evidence]:
    """Facts first; what is measured answers what they leave open."""
    period = dossier.at(span[1] - 1) if dossier else None
    found = statements(period.facts, period.sources) if period else []
    said = {one.criterion for one in found}
    if panel is not None and len(panel):
        window = panel.between(*span)
        answers = answer(indicators(_ASKED), window, replicates=replicates, seed=seed)
        found += [one for one in measured_evidence(window, answers) if one.criterion not in said]
    return found
