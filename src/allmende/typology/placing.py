"""Place: which economy is this, when, and how do we know?

Brings together what is known of a community: its facts file, the signs in its trees, and what can be
measured in its panel, for its last year or year by year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from allmende.aggregation import panel_of
from allmende.answers import answer, complete_window, indicators, periods
from allmende.community import Community
from allmende.gitlog import layout
from allmende.gitlog.tree import Tree, changes_of, tree_of
from allmende.months import MICROSECONDS_A_DAY, MONTHS_A_YEAR, first_day
from allmende.panel import Panel
from allmende.reader import Progress, silent
from allmende.records.record import possible_moment
from allmende.typology.casebook import likelihoods
from allmende.typology.codebook import CODEBOOK
from allmende.typology.facts import Dossier, Period, read_facts
from allmende.typology.measured import measured_evidence
from allmende.typology.placement import Evidence, Placement, place_evidence, statements
from allmende.typology.signs import LICENCE_NAMES, is_sign, tree_evidence

__all__ = ["Trajectory", "place", "trees_at"]

_ASKED = ("shared_work_share", "repeated_dyads", "employed_share_at_least", "elephant_factor")
_SECONDS_A_DAY = MICROSECONDS_A_DAY // 1_000_000


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Where a community stood, span by span.

    Args:
        name: The community.
        placements: A placement for each span, oldest first.
        notes: What a reader should know: conflicts that a coder saw in the facts.
    """

    name: str
    placements: tuple[Placement, ...]
    notes: tuple[str, ...] = ()

    @property
    def last(self) -> Placement:
        """The latest placement."""
        return self.placements[-1]

    def __str__(self) -> str:
        """One line for each placement."""
        return "\n".join(f"{self.name}: {one}" for one in self.placements)


def place(
    target: Community | Panel | None = None,
    *,
    facts: Dossier | Path | str | None = None,
    trees: Sequence[Tree] = (),
    by: str = "",
    name: str = "",
    replicates: int = 100,
    seed: int = 0,
    progress: Progress = silent,
) -> Trajectory:
    """Which of the three economies is this, when, and on what evidence?

    Facts come first; what is measured, and then what stands in the trees, answers what they leave open.

    Args:
        target: The community or panel whose record is measured; None when there are facts only.
        facts: A facts file, or facts.
        trees: Trees of its repository, oldest first, for licence and agreements: `trees_at` reads them.
        by: "" for the last year alone (or, with facts only, for each of their periods); "year" for each year.
        name: What the community is called; by default as the facts or the record call it.
        replicates: How often members are resampled for the intervals of what is measured.
        seed: Seed of the resampling and of the intervals.
        progress: Told how far it has come.

    Raises:
        MappingError: the facts are not facts.
        UnknownNameError: a fact or level is unknown.
    """
    dossier = read_facts(Path(facts)) if isinstance(facts, str | Path) else facts
    panel = _panel(target) if isinstance(target, Community) else target
    known = likelihoods(without=dossier.community if dossier else "")
    spans = _spans(panel, dossier, by)
    placed = []
    for done, span in enumerate(spans, 1):
        last = span == spans[-1]
        evidence = _evidence(panel, dossier, trees, span, last=last, replicates=replicates, seed=seed)
        placed.append(place_evidence(evidence, known, seed=seed, span=span))
        progress("placing", done, len(spans))
    if not placed:
        placed = [place_evidence(_new([], _standing(trees, None)), known, seed=seed)]
    return Trajectory(
        name or (dossier.community if dossier else "") or getattr(target, "name", ""),
        tuple(placed),
        tuple(one.conflict for one in dossier.periods if one.conflict) if dossier else (),
    )


def trees_at(source: Path) -> tuple[Tree, ...]:
    """The licence files of a repository over time, and its tree now; nothing where there is no repository.

    Args:
        source: A work tree or git directory.

    Raises:
        SourceRefusedError: it may not or cannot be read.
        BudgetExceededError: its history is too large to be walked.
    """
    if not layout.recognises(source):
        return ()
    return (*changes_of(source, LICENCE_NAMES), tree_of(source, is_sign))


def _panel(community: Community) -> Panel:
    return panel_of(community, kept=possible_moment(community.events))


def _spans(panel: Panel | None, dossier: Dossier | None, by: str) -> list[tuple[int, int]]:
    recorded = panel if panel is not None and len(panel) else None
    if by:
        measured = periods(recorded, by) if recorded is not None else []
        return sorted({*measured, *(_years(dossier) if dossier else [])})
    if recorded is not None:
        return [complete_window(recorded)]
    return [(one.start, _end(one)) for one in dossier.periods] if dossier else []


def _years(dossier: Dossier) -> list[tuple[int, int]]:
    """The calendar years in which facts hold."""
    first = min((one.start for one in dossier.periods), default=0) // MONTHS_A_YEAR
    last = (max((_end(one) for one in dossier.periods), default=0) - 1) // MONTHS_A_YEAR
    years = [(year * MONTHS_A_YEAR, (year + 1) * MONTHS_A_YEAR) for year in range(first, last + 1)]
    return [span for span in years if _holding(dossier, span) is not None]


def _end(period: Period) -> int:
    return period.start + 1 if period.stop is None else period.stop


def _holding(dossier: Dossier, span: tuple[int, int]) -> Period | None:
    """The facts at the end of a span, else at its beginning: a placement is the state that a span ends in."""
    return dossier.at(span[1] - 1) or dossier.at(span[0])


def _evidence(
    panel: Panel | None,
    dossier: Dossier | None,
    trees: Sequence[Tree],
    span: tuple[int, int],
    *,
    last: bool,
    replicates: int,
    seed: int,
) -> list[Evidence]:
    period = _holding(dossier, span) if dossier else None
    found = statements(period.facts, period.sources) if period else []
    if panel is not None and len(panel) and panel.start <= span[0] and span[1] <= panel.stop:
        window = panel.between(*span)
        answers = answer(indicators(_ASKED), window, replicates=replicates, seed=seed)
        found = _new(found, measured_evidence(window, answers))
    return _new(found, _standing(trees, None if last else span[1]))


def _standing(trees: Sequence[Tree], stop: int | None) -> list[Evidence]:
    """What stood in the last tree before a month; in the last of all for None."""
    until = None if stop is None else int(first_day(stop)) * _SECONDS_A_DAY
    before = [tree for tree in trees if until is None or tree.at < until]
    return tree_evidence(before[-1]) if before else []


def _new(found: list[Evidence], more: Sequence[Evidence]) -> list[Evidence]:
    """Evidence, with more on criteria that were not answered yet, in the order of the codebook."""
    said = {one.criterion for one in found}
    order = [one.name for one in CODEBOOK]
    return sorted(
        [*found, *(one for one in more if one.criterion not in said)],
        key=lambda one: order.index(one.criterion),
    )
