"""Comparison: several measured communities on one page, when their records count the same things."""

from collections.abc import Sequence
from itertools import pairwise

from allmende.errors import TooFewError
from allmende.indicator import FAMILIES
from allmende.measurement import Measurement
from allmende.records.record import comparable
from allmende.reports.document import Cell, Column, Document, Facts, Section, Table
from allmende.reports.escaping import visible
from allmende.reports.numbers import between, number, shown_unit
from allmende.reports.page import READING, footer
from allmende.reports.telling import described, facts, findings

__all__ = ["comparison"]


def comparison(measured: Sequence[Measurement], *, command: str = "") -> Document:
    """Several communities side by side: every indicator that all were asked, and the findings of each.

    Args:
        measured: What was measured; at least one.
        command: The command that makes it again.

    Raises:
        RegimeMismatchError: some records name who did the work, others who entered it.
        TooFewError: there is nothing to compare.
    """
    if not measured:
        raise TooFewError("no measurement was given to compare", expected="one or more")
    names = [visible(one.community.name, longest=40) for one in measured]
    for (one, first), (other, second) in pairwise(zip(measured, names, strict=True)):
        comparable(one.community.record, other.community.record, names=(first, second))
    sections = [
        Section(
            "communities",
            "Communities",
            tuple(
                Facts((("Community", name), *facts(one))) for name, one in zip(names, measured, strict=True)
            ),
        ),
        Section("numbers", "Side by side", (_side_by_side(names, measured),)),
        *(
            Section(f"findings-{i}", name, findings(one), "cards")
            for i, (name, one) in enumerate(zip(names, measured, strict=True), 1)
        ),
        Section("reading", "How to read this page", (Facts(READING),), "prose"),
    ]
    return Document(
        " · ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else ""),  # noqa: PLR2004 - a title
        f"{measured[0].panel.origin.capitalize()} · {len(names)} communities side by side",
        tuple(sections),
        footer(measured[0], command=command)[:2],
    )


def _side_by_side(names: Sequence[str], measured: Sequence[Measurement]) -> Table:
    answers = [{one.indicator: one for one in each.answers} for each in measured]
    asked = [one.indicator for one in measured[0].answers if one.curve is None]
    rows: list[tuple[Cell, ...]] = []
    for family in FAMILIES:
        told = [described(name) for name in asked if described(name).family == family]
        if told:
            rows.append((Cell(family.capitalize(), group=True),))
        for about in told:
            cells = [Cell(about.title, more=about.question)]
            for each in answers:
                one = each.get(about.name)
                value = number(one.value, about.unit) if one else number(None, about.unit)
                interval = between(one.interval, about.unit) if one else ""
                cells.append(Cell(f"{value} ({interval})" if interval else value))
            rows.append((*cells, Cell(shown_unit(about.unit), muted=True)))
    columns = (Column("Indicator"), *(Column(name, numeric=True) for name in names), Column("Unit"))
    return Table("Every number, with its interval", columns, tuple(rows))
