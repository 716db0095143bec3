"""Provenance: what a record is worth - attribution, breaks, clocks, accounts, refusals, sources."""

from collections import Counter
from collections.abc import Iterator, Mapping

from allmende.community import Community
from allmende.measurement import Measurement
from allmende.months import text
from allmende.reports.document import Block, Cell, Column, Document, Facts, Notes, Paragraph, Section, Table
from allmende.reports.escaping import visible
from allmende.reports.numbers import number
from allmende.reports.telling import caution, described, source_notes
from allmende.summaries import overview

__all__ = ["merges", "raw_table", "record_page", "worth"]

_NOTHING = "No break, no clock fault and nothing unreadable was found."
_LONG = 1000
_SHOWN_SOURCES = 50
_SHOWN_PLACES = 3
_TIP = 16


def record_page(community: Community) -> Document:
    """What a record is, before anything is measured in it.

    Args:
        community: The community as it was read.
    """
    seen = overview(community)
    span = f"{text(seen.first_month)} to {text(seen.last_month)}" if seen.acts else "no act by a person"
    facts = (
        ("Record", span),
        ("Acts read", f"{seen.acts + seen.bot_acts:,}, of them {seen.bot_acts:,} by programs"),
        ("Refused", f"{seen.refused:,}"),
        ("Members", f"{seen.members:,}"),
    )
    return Document(
        visible(community.name),
        "the record",
        (
            Section("head", "", (Facts(facts), caution(community))),
            Section("worth", "", tuple(worth(community))),
        ),
    )


def worth(community: Community, *, raw: Table | None = None) -> Iterator[Block]:
    """What has to be known about a record before a number made from it is believed.

    Args:
        community: The community.
        raw: What merging accounts changed (`raw_table`).
    """
    yield Facts(tuple(_facts(community)))
    yield from _breaks(community)
    if raw is not None and raw.rows:
        yield raw
    yield from _refusals(community)
    yield from _sources(community)


def raw_table(measurement: Measurement) -> Table:
    """Figures made from the accounts as they stand beside those made from members."""
    merged = {one.indicator: one.value for one in measurement.answers}
    rows = tuple(
        (
            Cell(described(name).title),
            Cell(number(value, described(name).unit)),
            Cell(number(merged.get(name), described(name).unit), strong=True),
        )
        for name, value in measurement.raw.items()
    )
    columns = (
        Column("Indicator"),
        Column("Accounts as they stand", numeric=True),
        Column("Members", numeric=True),
    )
    return Table("What merging accounts into members changed", columns, rows)


def merges(community: Community) -> Document:
    """Why accounts are one member, each merge with its reason; for the local screen only.

    Args:
        community: The community; its members are pseudonyms unless names were asked for.
    """
    identities = community.identities
    rows = tuple(
        (Cell(visible(one.member, longest=60)), *_joined(one.accounts), Cell(visible(one.reason), muted=True))
        for one in identities.merges
    )
    programs = tuple(
        (Cell(visible(member, longest=60)), Cell(visible(reason), muted=True))
        for member, reason in sorted(identities.bots.items())
    )
    columns = (Column("Member"), Column("Account"), Column("is the same as"), Column("Because"))
    blocks: list[Block] = [Table("Accounts joined", columns, rows)] if rows else []
    if programs:
        blocks.append(Table("Programs", (Column("Program"), Column("Because")), programs))
    blocks.append(
        Paragraph(
            "To correct a merge, write a .mailmap and give it with --identities; it wins over everything "
            "that was recognised."
            if rows or programs
            else "No account was joined to another, and no program was recognised."
        )
    )
    return Document(visible(community.name), "identities", (Section("merges", "", tuple(blocks)),))


def _joined(accounts: tuple[str, str]) -> tuple[Cell, Cell]:
    first, second = (Cell(visible(one, longest=60)) for one in accounts)
    return first, second


def _facts(community: Community) -> Iterator[tuple[str, str]]:
    record, identities = community.record, community.identities
    note = f" ({visible(record.regime_note, longest=_LONG)})" if record.regime_note else ""
    yield "Attributed to", f"{record.regime}{note}"
    yield "Clock offsets readable", f"{number(record.zoned_share, 'share')} of the acts"
    yield "Clock faults", _counted(record.clock_faults) or "none"
    yield "Accounts", f"{identities.accounts:,}" if identities.accounts else "not told apart from members"
    yield "Accounts merged", _counted(Counter(one.reason for one in identities.merges)) or "none"
    yield "Programs left out", _counted(Counter(identities.bots.values())) or "none recognised"
    if identities.suspects:
        yield (
            "Act as no person does",
            f"{_counted(Counter(identities.suspects.values()))}; counted all the same",
        )
    if identities.notes:
        yield "Notes on identities", "; ".join(visible(note, longest=_LONG) for note in identities.notes)
    notes = source_notes(community)
    if notes:
        yield "Notes of the reader", "; ".join(notes)
    if identities.key_fingerprint:
        yield "Pseudonyms", f"made with the key {identities.key_fingerprint}, which stays with the user"


def _breaks(community: Community) -> Iterator[Block]:
    breaks = community.record.breaks
    if breaks:
        columns = (Column("Month"), Column("Kind"), Column("What was seen"))
        rows = tuple(
            (Cell(text(one.month)), Cell(visible(one.kind)), Cell(visible(one.note, longest=_LONG)))
            for one in breaks
        )
        yield Table("Breaks: months in which the record itself changed", columns, rows)
    elif not community.record.clock_faults and not community.refusals.total:
        yield Paragraph(_NOTHING)


def _refusals(community: Community) -> Iterator[Block]:
    refusals = community.refusals
    if not refusals.total:
        return
    columns = (Column("Reason"), Column("Times", numeric=True), Column("First places"))
    rows = tuple(
        (
            Cell(visible(reason)),
            Cell(f"{count:,}"),
            Cell(
                ", ".join(
                    visible(one, longest=80) for one in refusals.examples.get(reason, ())[:_SHOWN_PLACES]
                ),
                muted=True,
            ),
        )
        for reason, count in sorted(refusals.counts.items(), key=lambda item: -item[1])
    )
    yield Table("What could not be read", columns, rows)


def _sources(community: Community) -> Iterator[Block]:
    sources = community.sources
    columns = (Column("Source"), Column("Reader"), Column("Acts", numeric=True), Column("Stood at"))
    rows = tuple(
        (
            Cell(visible(one.name)),
            Cell(one.reader),
            Cell(f"{one.acts:,}"),
            Cell(", ".join(visible(tip, longest=_TIP) for tip in one.tips[:2]) or "unknown", muted=True),
        )
        for one in sources[:_SHOWN_SOURCES]
    )
    if rows:
        yield Table("Sources", columns, rows)
    if len(sources) > len(rows):
        yield Notes((f"{len(sources) - len(rows):,} more sources are not listed.",))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{visible(reason)}: {count:,}" for reason, count in sorted(counts.items()))
