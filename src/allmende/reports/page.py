"""Page: a measurement in full, for reading in a browser and for keeping."""

from allmende.measurement import Measurement
from allmende.months import text
from allmende.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Section,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.figures import figures, series_figures
from allmende.reports.machine import json_text
from allmende.reports.making import made_by
from allmende.reports.provenance import raw_table, worth
from allmende.reports.standings import standings_section
from allmende.reports.telling import (
    caution,
    facts,
    findings,
    numbers_table,
    refused_answers,
    tiles,
)
from allmende.summaries import records_digest

__all__ = ["READING", "footer", "page"]

READING = (
    (
        "Every number has an interval",
        (
            "It says how different the number could be with other people of the same kind: members are "
            "drawn again and again, with repetition, and the number is made anew each time. It does not "
            "cover what the record leaves out."
        ),
    ),
    (
        "Changes meet the same luck",
        (
            "The last twelve complete months stand against the twelve before them, with the same members "
            "drawn in both. A change with a star leaves zero outside its interval; the others are within "
            "chance."
        ),
    ),
    (
        "No number is an answer too",
        (
            "Where data are too few, the page says so and why, and names the estimate it distrusts where "
            "there is one."
        ),
    ),
    (
        "No person is measured",
        (
            "The page speaks of a community. No member appears in it, neither by name nor by pseudonym, "
            "and nothing in it ranks or scores people."
        ),
    ),
    (
        "Records count different things",
        (
            "A record that names those who enter work must not be compared with one that names those who "
            "do it. Imports, splits and rewrites of a history look like growth or collapse and are "
            "neither: they are listed under the record."
        ),
    ),
)


def page(measurement: Measurement, *, command: str = "") -> Document:
    """The whole of a measurement: findings, charts, every number, the record, how to read it.

    Args:
        measurement: What was measured.
        command: The command that makes it again.
    """
    record = worth(measurement.community, raw=raw_table(measurement))
    sections = [
        Section("findings", "", findings(measurement), "cards"),
        Section("glance", "At a glance", (Facts(facts(measurement)), tiles(measurement))),
        Section("charts", "Who comes, who stays, who carries the work", tuple(figures(measurement)), "grid"),
        Section("numbers", "Every number", _numbers(measurement)),
        standings_section(measurement),
        Section("series", f"By {measurement.by}", tuple(series_figures(measurement)), "small"),
        Section(
            "record",
            "What the record is worth",
            tuple(record),
        ),
        Section("reading", "How to read this page", (Facts(READING),), "prose"),
    ]
    notes = caution(measurement.community)
    if notes.notes:
        sections.insert(0, Section("caution", "Before you read on", (notes,)))
    panel = measurement.panel
    return Document(
        visible(measurement.community.name),
        f"{panel.origin.capitalize()} · from its own records, {text(panel.start)} to {text(panel.stop - 1)}",
        tuple(one for one in sections if one.blocks),
        footer(measurement, command=command),
        json_text(measurement, command=command),
    )


def footer(measurement: Measurement, *, command: str = "") -> tuple[tuple[str, str], ...]:
    """How a page was made, so that anybody can make it again."""
    return made_by(
        command,
        ("Seed", f"{measurement.seed}, {measurement.replicates} resamplings of members"),
        ("Digest of the records", records_digest(measurement.community)),
        ("Key of the pseudonyms", measurement.community.identities.key_fingerprint),
    )


def _numbers(measurement: Measurement) -> tuple[Block, ...]:
    blocks: list[Block] = [numbers_table(measurement, definitions=True, refusals=False)]
    refused = tuple(refused_answers(measurement.answers))
    if refused:
        columns = (Column("Not answered"), Column("Why"))
        rows = tuple((Cell(titles), Cell(reason)) for titles, reason in refused)
        blocks.append(Table("What could not be answered, and why", columns, rows))
    return tuple(blocks)
