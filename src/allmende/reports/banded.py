"""Banded: the table behind a chart of worlds by month, for simulations and for comparisons alike."""

from collections.abc import Sequence

from allmende.outcomes import LEVEL, Band
from allmende.reports.document import Cell, Column, Table
from allmende.reports.escaping import visible
from allmende.reports.numbers import number

__all__ = ["MONEY", "as_written", "band_table", "in_units"]

MONEY = "cents"
_WHOLE = {"members", "people", "acts", "uses", "days", "proposals"}


def as_written(unit: str) -> str:
    """The unit in whose manner a number is written: whatever is counted is written like members."""
    return "members" if unit in _WHOLE else unit


def in_units(rows: Sequence[Band], unit: str) -> tuple[tuple[Band, ...], str]:
    """Bands and their unit as people read them: cents become money, all else stays."""
    if unit != MONEY:
        return tuple(rows), unit
    return (
        tuple(row._replace(mid=row.mid / 100, low=row.low / 100, high=row.high / 100) for row in rows),
        "money",
    )


def band_table(title: str, rows: Sequence[Band], unit: str, *, heading: str) -> Table:
    """Month, future, middle world and interval of the others.

    Args:
        title: Of the table.
        rows: The bands, in the unit they are shown in.
        unit: That unit.
        heading: Of the column of middle worlds.
    """
    columns = (
        Column("month", numeric=True),
        Column("future"),
        Column(heading, numeric=True),
        Column(f"{LEVEL:.0%} of worlds", numeric=True),
    )
    written = as_written(unit)
    body = tuple(
        (
            Cell(str(row.month)),
            Cell(visible(row.world)),
            Cell(number(row.mid, written), strong=True),
            Cell(f"{number(row.low, written)} to {number(row.high, written)}", muted=True),
        )
        for row in rows
    )
    return Table(title, columns, body)
