"""Page: a measurement in full, for reading in a browser and for keeping."""

from collections import Counter
from collections.abc import Iterator

import allmende
from allmende.measurement import Measurement
from allmende.months import text
from allmende.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Notes,
    Paragraph,
    Section,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.figures import figures, series_figures
from allmende.reports.machine import json_text
from allmende.reports.numbers import number
from allmende.reports.telling import (
    caution,
    described,
    facts,
    findings,
    numbers_table,
    refused_answers,
    tiles,
)
from allmende.summaries import records_digest

__all__ = ["READING", "footer", "page"]

_NO_CHANGES = "No break, no clock fault and nothing unreadable was found."
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
            "drawn in both. A change in bold leaves zero outside its interval; the others are within "
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
    sections = [
        Section("findings", "", findings(measurement), "cards"),
        Section("glance", "At a glance", (Facts(facts(measurement)), tiles(measurement))),
        Section("charts", "Who comes, who stays, who carries the work", tuple(figures(measurement)), "grid"),
        Section("numbers", "Every number", _numbers(measurement)),
        Section("series", f"By {measurement.by}", tuple(series_figures(measurement)), "small"),
        Section("record", "What the record is worth", tuple(_record(measurement))),
        Section("reading", "How to read this page", (Facts(READING),), "prose"),
    ]
    notes = caution(measurement)
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
    lines = [
        ("Made by", f"Allmende {allmende.__version__}"),
        ("To make it again", visible(command)),
        ("Seed", f"{measurement.seed}, {measurement.replicates} resamplings of members"),
        ("Digest of the records", records_digest(measurement.community)),
        ("Key of the pseudonyms", measurement.community.identities.key_fingerprint),
    ]
    return tuple((name, value) for name, value in lines if value)


def _numbers(measurement: Measurement) -> tuple[Block, ...]:
    blocks: list[Block] = [numbers_table(measurement, definitions=True, refusals=False)]
    refused = tuple(refused_answers(measurement.answers))
    if refused:
        columns = (Column("Not answered"), Column("Why"))
        rows = tuple((Cell(titles), Cell(reason)) for titles, reason in refused)
        blocks.append(Table("What could not be answered, and why", columns, rows))
    return tuple(blocks)


def _record(measurement: Measurement) -> Iterator[Block]:
    community = measurement.community
    record, identities = community.record, community.identities
    facts_of_record = [
        ("Attributed to", f"{record.regime}. {visible(record.regime_note, longest=1000)}".strip()),
        ("Clock offsets readable", f"{number(record.zoned_share, 'share')} of the acts"),
        ("Clock faults", _counted(record.clock_faults) or "none"),
        ("Accounts", f"{identities.accounts:,}" if identities.accounts else "not told apart from members"),
        ("Accounts merged", _counted(Counter(one.reason for one in identities.merges)) or "none"),
        ("Programs left out", _counted(Counter(identities.bots.values())) or "none recognised"),
        ("Pseudonyms", identities.key_fingerprint and f"key {identities.key_fingerprint}, kept by the user"),
    ]
    yield Facts(tuple((name, value) for name, value in facts_of_record if value))
    yield from _breaks(measurement)
    yield from _raw(measurement)
    yield from _refusals(measurement)
    yield from _sources(measurement)


def _breaks(measurement: Measurement) -> Iterator[Block]:
    breaks = measurement.community.record.breaks
    if breaks:
        columns = (Column("Month"), Column("Kind"), Column("What was seen"))
        rows = tuple(
            (Cell(text(one.month)), Cell(visible(one.kind)), Cell(visible(one.note, longest=1000)))
            for one in breaks
        )
        yield Table("Breaks: months in which the record itself changed", columns, rows)
    elif not measurement.community.record.clock_faults and not measurement.community.refusals.total:
        yield Paragraph(_NO_CHANGES)


def _raw(measurement: Measurement) -> Iterator[Block]:
    merged = {one.indicator: one.value for one in measurement.answers}
    rows = tuple(
        (
            Cell(described(name).title),
            Cell(number(value, described(name).unit)),
            Cell(number(merged.get(name), described(name).unit), strong=True),
        )
        for name, value in measurement.raw.items()
    )
    if rows:
        columns = (
            Column("Indicator"),
            Column("Accounts as they stand", numeric=True),
            Column("Members", numeric=True),
        )
        yield Table("What merging accounts into members changed", columns, rows)


def _refusals(measurement: Measurement) -> Iterator[Block]:
    refusals = measurement.community.refusals
    if not refusals.total:
        return
    columns = (Column("Reason"), Column("Times", numeric=True), Column("First places"))
    rows = tuple(
        (
            Cell(visible(reason)),
            Cell(f"{count:,}"),
            Cell(
                ", ".join(visible(one, longest=80) for one in refusals.examples.get(reason, ())[:3]),
                muted=True,
            ),
        )
        for reason, count in sorted(refusals.counts.items(), key=lambda item: -item[1])
    )
    yield Table("What could not be read", columns, rows)


def _sources(measurement: Measurement) -> Iterator[Block]:
    sources = measurement.community.sources
    columns = (Column("Source"), Column("Reader"), Column("Acts", numeric=True), Column("Stood at"))
    rows = tuple(
        (
            Cell(visible(one.name)),
            Cell(one.reader),
            Cell(f"{one.acts:,}"),
            Cell(", ".join(visible(tip, longest=16) for tip in one.tips[:2]) or "unknown", muted=True),
        )
        for one in sources[:50]
    )
    if rows:
        yield Table("Sources", columns, rows)
    if len(sources) > len(rows):
        yield Notes((f"{len(sources) - len(rows)} more sources are in the data inside this page.",))


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{visible(reason)}: {count:,}" for reason, count in sorted(counts.items()))
