"""Standings told: each number beside those of communities of its size and age."""

from allmende.measurement import Measurement
from allmende.reports.document import Block, Cell, Column, Facts, Paragraph, Section, Table
from allmende.reports.numbers import number, shown_unit
from allmende.reports.telling import described
from allmende.standing import Standing, reference, standings, told_cell

__all__ = ["percentile", "standings_brief", "standings_section"]

_ABOUT = (
    "From deciles over git histories of known free-software projects, each counted once. They tell how such "
    "communities are, not how one should be: being unlike most is no fault."
)
_MOST = 8


def percentile(one: Standing) -> str:
    """Where a number stands, in words.

    >>> percentile(Standing("gini", 0.9, 0.9, 1.0, 0.7, 30, "25-99, 5-12"))
    'above 90% of them'
    >>> percentile(Standing("gini", 0.7, 0.4, 0.5, 0.7, 30, "25-99, 5-12"))
    'above 40 to 50% of them'
    """
    if one.low <= 0:
        return f"below {1 - one.high:.0%} of them"
    if one.high >= 1:
        return f"above {one.low:.0%} of them"
    return f"above {one.low * 100:.0f} to {one.high:.0%} of them"


def standings_section(measurement: Measurement) -> Section:
    """Every number that has a place among others; an empty section where none has."""
    found = standings(measurement)
    if not found:
        return Section("standing", "", ())
    rows = tuple(
        (
            Cell(described(one.indicator).title),
            Cell(number(one.value, described(one.indicator).unit), strong=True),
            Cell(number(one.middle, described(one.indicator).unit)),
            Cell(percentile(one), strong=one.unusual),
            Cell(f"{one.communities}", muted=True),
            Cell(shown_unit(described(one.indicator).unit), muted=True),
        )
        for one in found
    )
    columns = (
        Column("Indicator"),
        Column("Here", numeric=True),
        Column("Median of them", numeric=True),
        Column("This is"),
        Column("How many", numeric=True),
        Column("Unit"),
    )
    return Section(
        "standing",
        f"Among communities of {told_cell(found[0].cell)}",
        (Paragraph(_ABOUT), Table(f"Against up to {_most(found)} communities", columns, rows)),
    )


def standings_brief(measurement: Measurement) -> tuple[Block, ...]:
    """What is unusual among communities of this size and age, in a few lines."""
    found = standings(measurement)
    if not found:
        return ()
    unusual = [one for one in found if one.unusual][:_MOST]
    them = f"{told_cell(found[0].cell)} ({_most(found)} of {reference().communities} known)"
    lines = [("Compared with communities of", them)]
    for one in unusual:
        about = described(one.indicator)
        value, middle = number(one.value, about.unit), number(one.middle, about.unit)
        lines.append((about.title, f"{value}, {percentile(one)}; their median is {middle}"))
    if not unusual:
        lines.append(("Unusual among them", "nothing: every number lies between their first and last tenth"))
    return (Facts(tuple(lines)),)


def _most(found: tuple[Standing, ...]) -> int:
    return max(one.communities for one in found)
