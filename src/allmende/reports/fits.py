"""Fits told: what a calibration says of a community, what it was held against, and what was assumed."""

import numpy as np

from allmende.calibration.fit import Estimate, Fit
from allmende.calibration.table import Learned
from allmende.months import text
from allmende.reports.document import Cell, Column, Document, Facts, Notes, Section, Table
from allmende.reports.escaping import visible
from allmende.reports.making import made_by
from allmende.reports.numbers import number

__all__ = ["fit_brief", "fit_page"]

_SOURCES = {
    "measured": "Measured in this community's record",
    "literature": "Taken from published studies",
    "assumed": "Assumed",
}
_READING = (
    (
        "The member model",
        (
            "Each member has a rate of active days and a chance to drop out after each of them. Both differ "
            "between members; the record says how. Four numbers carry one-day members, the heavy few and "
            "who comes back after a pause (MBG/NBD; Batislam, Denizel and Filiztekin 2007)."
        ),
    ),
    (
        "Held against the record",
        (
            "Worlds in which the same people follow the fitted law are laid beside what they did, in figures "
            "that nothing was fitted to. A pattern is missed when it lies outside what 99% of the worlds "
            "show and more than a fifth away from their middle. A law that misses patterns may still be the "
            "best there is; what rests on the missed ones should not be trusted."
        ),
    ),
    (
        "Intervals",
        (
            "Intervals hold 95% of what is believed after the record, under weak priors. They say what the "
            "record tells if the law is right."
        ),
    ),
)


def fit_page(told: Fit, *, command: str = "", data: str = "") -> Document:
    """The page of a calibration.

    Args:
        told: The fit.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = (
        *_opening(told),
        Section("patterns", "Held against the record", (_patterns(told),) if told.patterns else ()),
        Section("rivals", "Other laws of dropping out", (_rivals(told),)),
        Section("unseen", "What no likelihood reaches", (_unseen(told.unseen),) if told.unseen else ()),
        Section("assumed", "What the record does not say", (_rest(told),)),
        Section("reading", "How to read this page", (Facts(_READING),), "prose"),
    )
    kept = tuple(one for one in sections if one.blocks)
    return Document(visible(told.name), _subtitle(told), kept, _footer(told, command), data)


def fit_brief(told: Fit) -> Document:
    """A calibration on one screen.

    Args:
        told: The fit.
    """
    sections = (
        *_opening(told),
        Section("patterns", "Held against the record", (_patterns(told),) if told.patterns else ()),
    )
    return Document(visible(told.name), _subtitle(told), tuple(one for one in sections if one.blocks))


def _subtitle(told: Fit) -> str:
    return f"calibrated on {told.stretch.told}"


def _opening(told: Fit) -> tuple[Section, ...]:
    notes = tuple(visible(note, longest=2000) for note in told.notes)
    return (
        Section("caution", "Before you read on", (Notes(notes),) if notes else ()),
        Section("short", "In short", (Facts(_short(told)),)),
        Section("measured", _SOURCES["measured"], (_measured(told),)),
    )


def _short(told: Fit) -> tuple[tuple[str, str], ...]:
    once = float((told.joined.days == 1).mean())
    change, error = told.joining.trend
    z = told.joining.environment[0]
    state = "as usual" if abs(z) < 1 / 2 else "better than usual" if z > 0 else "worse than usual"
    spread = np.expm1(told.joining.activity_spread)
    return (
        ("Months", f"{told.stretch.told}, those who joined from {text(told.since)} on"),
        ("Members seen", f"{len(told.members):,}, of whom {told.law.size:,} tell the law of members"),
        ("Take part still", f"{told.members.expected_active:,.0f} expected"),
        ("Newcomers", f"{told.joining.rate:.1f} a month now, {told.joining.level:.1f} as usual"),
        ("Trend of newcomers", f"{change:+.0%} a year (give or take {error:.0%}); not carried forward"),
        ("Stay for a single day", f"{once:.0%} of newcomers"),
        ("Environment", f"{state}; all members together swing by about {spread:.0%}"),
    )


def _measured(told: Fit) -> Table:
    measured = [one for one in told.estimates() if one.provenance == "measured" and one.high > one.low]
    said = told.parameters().declarations()
    rows = tuple(
        (
            Cell(one.name, more=said[one.name].doc),
            Cell(number(one.value, "1"), strong=True),
            Cell(f"{number(one.low, '1')} to {number(one.high, '1')}"),
            Cell(said[one.name].doc, muted=True),
        )
        for one in measured
    )
    columns = (Column("parameter"), Column("value", numeric=True), Column("95%", numeric=True), Column(""))
    return Table("Parameters fitted to this record", columns, rows)


def _patterns(told: Fit) -> Table:
    rows = tuple(
        (
            Cell(one.name),
            Cell(number(one.observed, "1"), strong=True),
            Cell(number(one.middle, "1")),
            Cell(f"{number(max(one.low, 0.0), '1')} to {number(one.high, '1')}", muted=True),
            Cell("missed" if one.missed else "shown", strong=one.missed),
        )
        for one in told.patterns
    )
    columns = (
        Column("pattern"), Column("record", numeric=True), Column("law", numeric=True),
        Column("99% of worlds", numeric=True), Column(""),
    )  # fmt: skip
    missed = sum(one.missed for one in told.patterns)
    return Table(f"{len(rows) - missed} of {len(rows)} patterns are shown by the law", columns, rows)


def _rivals(told: Fit) -> Table:
    found = told.rivals()
    rows = tuple(
        (Cell(one.name), Cell(f"{one.log_likelihood - found[0].log_likelihood:.1f}")) for one in found
    )
    columns = (Column("law"), Column("log-likelihood against the likeliest", numeric=True))
    return Table(f"Four laws with four parameters each, {found[0].members:,} members", columns, rows)


def _unseen(told: Learned) -> Table:
    moved = told.contractions()
    rows = tuple(
        (
            Cell(name),
            Cell(f"{told.told[place]:.0%}"),
            Cell(f"{moved[name]:.0%}" if name in moved else "keeps its prior", muted=name not in moved),
            Cell("" if np.isnan(told.covered[place]) else f"{told.covered[place]:.0%}"),
        )
        for place, name in enumerate(told.names)
    )
    columns = (
        Column("parameter"), Column("can be told", numeric=True), Column("narrowed by", numeric=True),
        Column("80% intervals that held", numeric=True),
    )  # fmt: skip
    return Table("Learned by simulation; checked on runs kept aside", columns, rows)


def _rest(told: Fit) -> Table:
    estimates = told.estimates()
    rows: list[tuple[Cell, ...]] = []
    for source in ("literature", "assumed"):
        rows.append((Cell(_SOURCES[source], group=True),))
        rows += [_assumed(told, one) for one in estimates if one.provenance == source]
    columns = (Column("parameter"), Column("value", numeric=True), Column(""))
    return Table("Parameters as the economy has them", columns, tuple(rows))


def _assumed(told: Fit, one: Estimate) -> tuple[Cell, ...]:
    said = told.parameters().declarations()[one.name]
    evidence = f" ({', '.join(said.evidence)})" if said.evidence else ""
    return (Cell(one.name), Cell(number(one.value, "1")), Cell(f"{said.doc}{evidence}", muted=True))


def _footer(told: Fit, command: str) -> tuple[tuple[str, str], ...]:
    return made_by(command, ("Seed", str(told.seed)))
