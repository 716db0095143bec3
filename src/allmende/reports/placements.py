"""Placements: where communities stand among the three economies, when, and on what evidence.

The same blocks on a terminal, where weights are bars of letters, and in a page, where they are drawn.
"""

from collections.abc import Iterator, Sequence

from allmende.months import text
from allmende.plots.shares import shares
from allmende.plots.ternary import PlacedPoint, ternary
from allmende.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Notes,
    Paragraph,
    Section,
    Span,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.making import made_by
from allmende.reports.numbers import between, number
from allmende.typology.codebook import ECONOMIES, criterion
from allmende.typology.placement import Evidence, Placement
from allmende.typology.placing import Trajectory

__all__ = ["placements_brief", "placements_page"]

_BLOCKS = 4
_MOST_MISSING = 3
_LONGEST_SOURCE = {False: 52, True: 600}
"""On a terminal a source is named; a page has room for what it says."""
_READING = (
    (
        "A state, not a nature",
        (
            "A placement is dated. The same community can be sharing in one year and a commons ten years "
            "later."
        ),
    ),
    (
        "Weights of evidence",
        (
            "Each piece of evidence speaks for or against each economy. The weights are natural logarithms "
            "of odds; they are added, and nothing else happens. Who captures exchange value weighs most; "
            "who began, least."
        ),
    ),
    (
        "Undetermined and conflict are answers",
        (
            "Without knowing who captures exchange value, and who owns or decides, nothing can place a "
            "community. Where these keys point to different economies, that is said instead of being "
            "averaged away."
        ),
    ),
    (
        "What the intervals cover",
        (
            "How different the shares could be if other cases had been coded, and how uncertain what was "
            "measured is. They do not cover wrong facts."
        ),
    ),
)


def placements_brief(trajectories: Sequence[Trajectory]) -> Document:
    """Shares, verdict, evidence and what is missing, on one screen.

    Args:
        trajectories: The communities.
    """
    sections = []
    for one in trajectories:
        sections.append(Section("shares", visible(one.name), tuple(_shares_blocks(one))))
        sections.append(Section("ledger", "Evidence", (_ledger(one.last, drawn=False),)))
        sections.append(Section("missing", "", (Facts(tuple(_missing(one.last))),)))
    count = len(trajectories)
    title = "Placement" if count == 1 else f"Placement of {count} communities"
    return Document(title, _subtitle(trajectories), tuple(sections))


def placements_page(trajectories: Sequence[Trajectory], *, command: str = "", data: str = "") -> Document:
    """The triangle, and for each community its shares, its ledger of evidence and what is missing.

    Args:
        trajectories: The communities.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    names = [visible(one.name) for one in trajectories]
    sections = [
        Section(
            "triangle",
            "Where they stand" if len(names) > 1 else "Where it stands",
            _triangle(trajectories),
            "grid",
        )
    ]
    for place, one in enumerate(trajectories, 1):
        blocks: list[Block] = [*_shares_blocks(one), _ledger(one.last, drawn=True)]
        missing = tuple(_missing(one.last))
        sections.append(Section(f"community-{place}", names[place - 1], (*blocks, Facts(missing))))
    sections.append(Section("reading", "How to read this page", (Facts(_READING),), "prose"))
    return Document(
        " and ".join(names) if len(names) <= _MOST_MISSING else f"{len(names)} communities",
        _subtitle(trajectories),
        tuple(sections),
        made_by(command),
        data,
    )


def _subtitle(trajectories: Sequence[Trajectory]) -> str:
    if len(trajectories) == 1:
        return "Sharing, commons or crowdsourcing, and on what evidence"
    return "Among sharing, commons and crowdsourcing, and on what evidence"


def _triangle(trajectories: Sequence[Trajectory]) -> tuple[Block, ...]:
    points = [
        PlacedPoint(visible(one.name, longest=40), _span(placed), placed.verdict, placed.shares)
        for one in trajectories
        for placed in one.placements
    ]
    columns = (
        Column("Community"),
        Column("When"),
        Column("Answer"),
        *(Column(name, numeric=True) for name in ECONOMIES),
    )
    rows = tuple(
        (
            Cell(point.community),
            Cell(point.period),
            Cell(point.verdict, strong=True),
            *(Cell(number(point.shares[name].mid, "share")) for name in ECONOMIES),
        )
        for point in points
    )
    table = Table("Placements", columns, rows)
    return (
        Figure(
            "triangle",
            "The three economies",
            "each corner is one economy alone",
            "Communities as points in a triangle whose corners are sharing, commons and crowdsourcing.",
            ternary(points, title="The three economies", origin="observed"),
            table,
            note="The shaded shape is what the intervals of the three shares allow together, at the first "
            "and the latest placement. A line joins the placements of one community in order of time.",
        ),
        Figure(
            "shares",
            "Shares",
            "how far each economy explains the evidence",
            "For each placement a bar divided into the shares of sharing, commons and crowdsourcing.",
            shares(points, title="Shares", origin="observed"),
            table,
        ),
    )


def _shares_blocks(one: Trajectory) -> Iterator[Block]:
    last = one.last
    answer = last.verdict if not last.reason else f"{last.verdict}: {last.reason}"
    yield Facts((("Answer", answer), ("When", _span(last))))
    if one.notes:
        yield Notes(tuple(visible(note) for note in one.notes))
    columns = (
        Column("When"),
        Column("Answer"),
        *(
            column
            for name in ECONOMIES
            for column in (Column(name, numeric=True), Column("interval", numeric=True))
        ),
    )
    rows = tuple(
        (
            Cell(_span(placed)),
            Cell(placed.verdict, strong=True),
            *(
                cell
                for name in ECONOMIES
                for cell in (
                    Cell(number(placed.shares[name].mid, "share"), strong=name == placed.leading),
                    Cell(between(placed.shares[name], "share"), muted=True),
                )
            ),
        )
        for placed in one.placements
    )
    yield Table(f"Shares, with {last.shares[ECONOMIES[0]].level:.0%} intervals", columns, rows)


def _ledger(placed: Placement, *, drawn: bool) -> Block:
    if not placed.evidence:
        return Paragraph(
            "There is no evidence at all: neither facts, nor a record long enough, nor a licence."
        )
    most = max(abs(weight) for one in placed.evidence for weight in one.weights) or 1.0
    columns = (
        Column("Evidence"),
        Column("Says"),
        *(Column(name if drawn else _short(name), numeric=not drawn) for name in ECONOMIES),
        Column("Where it is written"),
    )
    rows = tuple(
        (
            Cell(
                f"{criterion(one.criterion).code} {_plain(one.criterion)}",
                more=_question(one) if drawn else "",
            ),
            Cell(_said(one)),
            *(_weight(weight, most, drawn=drawn) for weight in one.weights),
            Cell(
                visible(one.reference, longest=_LONGEST_SOURCE[drawn]) or "no source given",
                muted=True,
            ),
        )
        for one in placed.evidence
    )
    return Table(
        f"Weights of evidence, {_span(placed)}: for (right, +) and against (left, \u2212)", columns, rows
    )


def _weight(weight: float, most: float, *, drawn: bool) -> Cell:
    told = f"{weight:+.2f}".replace("-", "\u2212")
    if drawn:
        at = 0.5 + 0.5 * weight / most
        return Cell(told, span=Span(min(0.5, at), at, max(0.5, at)), muted=abs(at - 0.5) < 0.02)  # noqa: PLR2004
    bar = ("\u2588" if weight > 0 else "\u2591") * round(_BLOCKS * abs(weight) / most)
    return Cell(f"{told} {bar:<{_BLOCKS}}")


def _missing(placed: Placement) -> Iterator[tuple[str, str]]:
    if not placed.missing:
        yield "Nothing is missing", "every criterion of the codebook is answered"
        return
    first, *others = placed.missing
    one = criterion(first)
    asked = f"{one.code} {first}: {one.question} One of: {', '.join(one.levels)}."
    yield "Would change most", f"{asked} Write it into a facts file; `allmende facts PATH` begins one."
    for name in others[: _MOST_MISSING - 1]:
        yield "Then", f"{criterion(name).code} {name}: {criterion(name).question}"


def _question(one: Evidence) -> str:
    about = criterion(one.criterion)
    return f"{about.question}\n\n{about.why}"


def _said(one: Evidence) -> str:
    if len(one.levels) == 1:
        return _plain(next(iter(one.levels)))
    ordered = sorted(one.levels.items(), key=lambda item: -item[1])
    return ", ".join(f"{_plain(level)} {part:.0%}" for level, part in ordered if part >= 0.005)  # noqa: PLR2004


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _short(name: str) -> str:
    return {"crowdsourcing": "crowd"}.get(name, name)


def _span(placed: Placement) -> str:
    if placed.start is None or placed.stop is None:
        return "undated"
    start, last = text(placed.start), text(placed.stop - 1)
    if start.endswith("-01") and last == f"{start[:4]}-12":
        return start[:4]
    return start if start == last else f"{start} to {last}"
