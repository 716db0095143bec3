"""Telling: the parts of a measurement as blocks that both the terminal and the page show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allmende import plugins
from allmende.answers import Answer, Change
from allmende.community import Community
from allmende.errors import UnknownNameError
from allmende.indicator import FAMILIES, Indicator
from allmende.measurement import Measurement
from allmende.months import MONTHS_A_YEAR, text
from allmende.reports.document import Cell, Column, Notes, Sentences, Span, Table, Tile, Tiles
from allmende.reports.escaping import visible
from allmende.reports.numbers import between, change, counted, number, shown_unit
from allmende.summaries import overview

__all__ = [
    "FINDINGS",
    "Described",
    "caution",
    "described",
    "facts",
    "findings",
    "numbers_table",
    "refused_answers",
    "source_notes",
    "span_text",
    "tiles",
    "window_text",
]

FINDINGS = {
    "healthy": "Healthy",
    "fragile": "Fragile",
    "changed": "What changed",
    "unsure": "How sure",
}
_NOTHING = {
    "healthy": "Nothing stands out as healthy beyond doubt.",
    "fragile": "Nothing stands out as fragile.",
    "changed": "There is no earlier year of equal length to compare with.",
    "unsure": "Nothing in the record itself gives reason to doubt these numbers.",
}
_TILES = (
    "active_members",
    "contributor_absence_factor",
    "newcomers",
    "yearly_people_retention",
    "yearly_work_retention",
    "elephant_factor",
)
_LONG_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Described:
    """What a page says about an indicator.

    Args:
        name: Name under which users ask for it.
        title: The name as people write it.
        family: One of `FAMILIES`.
        unit: Unit of its numbers.
        question: The question it answers.
        definition: How it is defined, and its traps.
        reference: Where the definition comes from.
        bounds: Least and greatest possible answer.
    """

    name: str
    title: str
    family: str
    unit: str
    question: str
    definition: str
    reference: str
    bounds: tuple[float, float]


def described(name: str) -> Described:
    """What is to be said about an indicator; little when it is not installed here."""
    title = name.replace("_", " ").capitalize().replace("hhi", "HHI")
    try:
        one = plugins.get("indicator", name)
    except UnknownNameError:
        return Described(name, title, "activity", "1", title, "", "", (float("-inf"), float("inf")))
    assert isinstance(one, Indicator)
    return Described(
        name, title, one.family, one.unit, one.question, _prose(one.definition), one.reference, one.bounds
    )


def facts(measurement: Measurement) -> tuple[tuple[str, str], ...]:
    """Who and what was measured, in a few short facts."""
    community, seen = measurement.community, overview(measurement.community)
    accounts = f" from {counted(seen.accounts, 'account')}" if seen.accounts else ""
    programs = (
        f"{seen.bots:,} with {counted(seen.bot_acts, 'act')}, left out" if seen.bots else "none recognised"
    )
    return (
        ("Record", span_text(measurement)),
        ("Numbers are for", window_text(measurement)),
        ("Members", f"{seen.members:,}{accounts}"),
        ("Acts", f"{seen.acts:,} by people"),
        ("Programs", programs),
        ("Attributed to", _regime(community.record.regime)),
    )


def span_text(measurement: Measurement) -> str:
    """The months of the record, and how long that is."""
    panel = measurement.panel
    years, rest = divmod(panel.length, MONTHS_A_YEAR)
    parts = [counted(count, word) for count, word in ((years, "year"), (rest, "month")) if count]
    return f"{text(panel.start)} to {text(panel.stop - 1)} ({', '.join(parts) or 'no month'})"


def window_text(measurement: Measurement) -> str:
    """The months that the numbers of a window speak of."""
    spans = [(one.start, one.stop) for one in measurement.answers]
    if not spans:
        return "no window"
    start, stop = min(spans, key=lambda span: (span[1] - span[0], -span[1]))
    return f"{text(start)} to {text(stop - 1)} ({counted(stop - start, 'month')})"


def caution(community: Community) -> Notes:
    """What has to be known before any number is believed: that history is missing."""
    if not community.truncated:
        return Notes(())
    return Notes((f"The history is cut short: {visible(community.truncated, longest=_LONG_NOTE)}",))


def source_notes(community: Community) -> tuple[str, ...]:
    """What readers say about how they read: what was left out, what fell back; each sentence once."""
    notes = [note for source in community.sources for note in source.notes]
    return tuple(visible(note, longest=_LONG_NOTE) for note in dict.fromkeys(notes))


def findings(measurement: Measurement) -> tuple[Sentences, ...]:
    """The four questions of a maintainer, each with its answer or the sentence that there is none."""
    told = []
    for kind, title in FINDINGS.items():
        sentences = tuple(
            visible(one.text, longest=_LONG_NOTE) for one in measurement.findings if one.kind == kind
        )
        told.append(Sentences(kind, title, sentences or (_NOTHING[kind],)))
    return tuple(told)


def tiles(measurement: Measurement) -> Tiles:
    """The few numbers to look at first, those of them that were answered."""
    answers = {one.indicator: one for one in measurement.answers}
    moves = {one.indicator: one for one in measurement.changes}
    return Tiles(
        tuple(
            _tile(answers[name], moves.get(name))
            for name in _TILES
            if name in answers and answers[name].value is not None
        )
    )


def numbers_table(measurement: Measurement, *, definitions: bool = False, refusals: bool = True) -> Table:
    """Every indicator by family: value, interval, change against the window before, unit.

    Args:
        measurement: What was measured.
        definitions: Whether the full definition stands behind each name.
        refusals: Whether indicators that refused have a row.
    """
    moves = {one.indicator: one for one in measurement.changes}
    rows: list[tuple[Cell, ...]] = []
    for family in FAMILIES:
        of_family = [
            (described(one.indicator), one)
            for one in measurement.answers
            if one.curve is None and (refusals or one.value is not None)
        ]
        told = [(about, one) for about, one in of_family if about.family == family]
        if told:
            rows.append((Cell(family.capitalize(), group=True),))
            rows += [_row(about, one, moves.get(about.name), definitions=definitions) for about, one in told]
    return Table(
        f"Every number, with the interval in which {measurement.level:.0%} of resampled communities lie",
        (
            Column("Indicator"),
            Column("Value", numeric=True),
            Column(f"{measurement.level:.0%} interval", numeric=True),
            Column("Year before (* clear)", numeric=True),
            Column("Unit"),
        ),
        tuple(rows),
    )


def refused_answers(answers: Sequence[Answer], *, short: bool = False) -> Iterator[tuple[str, str]]:
    """Indicators that refused, and why, each reason once; `short` leaves out what to do about it."""
    reasons: dict[str, list[str]] = {}
    for one in answers:
        if one.value is None and one.curve is None:
            reasons.setdefault(_why(one, short=short), []).append(described(one.indicator).title)
    for reason, titles in reasons.items():
        yield ", ".join(titles), reason


def _tile(answer: Answer, move: Change | None) -> Tile:
    about = described(answer.indicator)
    moved = ""
    if move is not None and move.difference is not None:
        sure = "" if move.clear else ", within chance"
        moved = f"{change(move.difference, about.unit)} on the year before{sure}"
    return Tile(
        about.title,
        number(answer.value, about.unit),
        between(answer.interval, about.unit),
        moved,
        about.question,
    )


def _row(about: Described, answer: Answer, move: Change | None, *, definitions: bool) -> tuple[Cell, ...]:
    more = ""
    if definitions:
        more = "\n\n".join(part for part in (about.question, about.definition) if part)
        more += f"\n\nDefined in: {about.reference}" if about.reference else ""
    name = Cell(about.title, more=more)
    if answer.value is None:
        return name, Cell("not answered", muted=True, more=_why(answer)), Cell(""), Cell(""), Cell("")
    whole = about.bounds == (0, 1) and answer.interval is not None
    span = (
        Span(answer.interval.low, answer.interval.mid, answer.interval.high)
        if whole and answer.interval
        else None
    )
    moved, clear = "", False
    if move is not None and move.difference is not None:
        clear = move.clear
        moved = f"{'* ' if clear else ''}{change(move.difference, about.unit)}"
    return (
        name,
        Cell(number(answer.value, about.unit), strong=True),
        Cell(between(answer.interval, about.unit), muted=True, span=span),
        Cell(moved, strong=clear, muted=not clear),
        Cell(shown_unit(about.unit), muted=True),
    )


def _why(answer: Answer, *, short: bool = False) -> str:
    told = answer.note.partition("\n")[0].partition(" Expected: ")[0] if short else answer.note
    note = visible(" ".join(told.split()), longest=_LONG_NOTE)
    note = f"{note[:1].upper()}{note[1:]}"
    if answer.distrusted is None:
        return note
    estimate = number(answer.distrusted, described(answer.indicator).unit)
    return f"{note} The distrusted estimate is {estimate}."


def _prose(definition: str) -> str:
    """A docstring without its question, its examples and its argument list: what readers of a page need."""
    body = definition.partition("\n")[2]
    kept: list[str] = []
    for paragraph in body.split("\n\n"):
        told = " ".join(paragraph.split())
        if told.startswith(">>>"):
            continue
        if told.startswith(("Args:", "Returns:", "Raises:", "Examples:")):
            break
        kept.append(told.replace("`", "'"))
    return "\n\n".join(part for part in kept if part)


def _regime(regime: str) -> str:
    return {
        "author": "authors, those who did the work",
        "committer": "committers, those who entered the work",
        "mixed": "authors and committers, by period",
    }.get(regime, "unknown: authors or those who enter their work")
