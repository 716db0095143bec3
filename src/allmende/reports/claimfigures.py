"""Figures of claims: each exhibit as a chart with the table behind it."""

from allmende.exhibits import Bars, Exhibit, Field, Lines
from allmende.plots import claims as plots
from allmende.reports.document import Cell, Column, Figure, Table
from allmende.reports.numbers import number

__all__ = ["figures_of"]


def figures_of(name: str, exhibit: Exhibit) -> tuple[Figure, ...]:
    """An exhibit as figures: one, or one for each pane of a map.

    Args:
        name: Prefix of their names, unique in the document.
        exhibit: What is to be shown.
    """
    origin = f"{exhibit.origin} · {exhibit.says}"
    if isinstance(exhibit, Bars):
        return (
            Figure(
                f"{name}-{exhibit.name}",
                exhibit.title,
                origin,
                f"{exhibit.title}: {exhibit.says}.",
                plots.bars(exhibit),
                _bars_table(exhibit),
                wide=True,
            ),
        )
    if isinstance(exhibit, Lines):
        return (
            Figure(
                f"{name}-{exhibit.name}",
                exhibit.title,
                origin,
                f"{exhibit.title}: {exhibit.says}.",
                plots.lines(exhibit),
                _lines_table(exhibit),
                wide=True,
            ),
        )
    return tuple(
        Figure(
            f"{name}-{exhibit.name}-{place}",
            pane.title[:1].upper() + pane.title[1:],
            origin,
            f"{exhibit.title}, {pane.title}: {exhibit.says}.",
            plots.regions(exhibit, pane),
            _field_table(exhibit, place),
        )
        for place, pane in enumerate(exhibit.panes)
    )


def _bars_table(exhibit: Bars) -> Table:
    unit = "share" if exhibit.unit == "share" else "1"
    rows = tuple(
        (
            Cell(bar.label),
            Cell(bar.group, muted=True),
            *(Cell(number(each, unit)) for each in (bar.mid, bar.low, bar.high)),
        )
        for bar in exhibit.bars
    )
    columns = (
        Column("What"),
        Column("Kind"),
        Column("Middle", numeric=True),
        Column("Low", numeric=True),
        Column("High", numeric=True),
    )
    return Table(exhibit.title, columns, rows)


def _lines_table(exhibit: Lines) -> Table:
    rows = tuple(
        (Cell(curve.label), Cell(curve.kind, muted=True), *(Cell(number(each, "1")) for each in point))
        for curve in exhibit.curves
        for point in curve.points
    )
    columns = (
        Column("Curve"),
        Column("Kind"),
        Column(exhibit.x.capitalize(), numeric=True),
        Column(exhibit.y.capitalize(), numeric=True),
        Column("Low", numeric=True),
        Column("High", numeric=True),
    )
    return Table(exhibit.title, columns, rows)


def _field_table(exhibit: Field, place: int) -> Table:
    rows = tuple(
        (
            Cell(f"{number(cell.x, '1')} to {number(cell.x2, '1')}"),
            Cell(f"{number(cell.y, '1')} to {number(cell.y2, '1')}"),
            Cell(cell.region),
            Cell(number(cell.effect, "share")),
        )
        for cell in exhibit.panes[place].cells
    )
    columns = (
        Column(exhibit.x.capitalize()),
        Column(exhibit.y.capitalize()),
        Column("Region"),
        Column(exhibit.effect.capitalize(), numeric=True),
    )
    return Table(exhibit.panes[place].title, columns, rows)
