"""The casebook told: its cases in a table."""

from allmende.months import text
from allmende.reports.document import Cell, Column, Document, Section, Table
from allmende.typology.casebook import cases

__all__ = ["casebook_table"]


def casebook_table(economy: str = "") -> Document:
    """Every case, with when it was so, its economy, and who says so.

    Args:
        economy: Only cases with this label; "" for all.
    """
    chosen = [one for one in cases().values() if economy in {"", one.label}]
    columns = (Column("Case"), Column("From"), Column("To"), Column("Economy"), Column("By"), Column("Note"))
    rows = tuple(
        (
            Cell(one.slug, strong=True),
            Cell(text(one.period.start)),
            Cell("" if one.period.stop is None else text(one.period.stop - 1)),
            Cell(one.label + (f", {one.second}" if one.second else "")),
            Cell(one.by, muted=True),
            Cell(one.note, muted=True),
        )
        for one in chosen
    )
    table = Table(f"{len(rows)} cases", columns, rows)
    return Document("Casebook", "dated cases of the three economies", (Section("cases", "", (table,)),))
