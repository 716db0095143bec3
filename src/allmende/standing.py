"""Standing: where a community is among others of its size and age, number by number.

The table (`data/reference.json`) holds deciles of each indicator over the git histories of known
free-software projects, by members active in the year and by age of the record; classes of fewer than five
communities are left out, and no community's numbers are in it. It is made by
`benchmarks/reference_values.py`. These communities are known and mostly past their beginnings: the table says
how such communities are, not how one should be.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from allmende.answers import Answer, complete_window
from allmende.measurement import Measurement
from allmende.months import MONTHS_A_YEAR
from allmende.panel import NEVER, Panel

__all__ = [
    "AGES",
    "ANY_AGE",
    "DECILES",
    "SIZES",
    "Cell",
    "Reference",
    "Standing",
    "cell_of",
    "reference",
    "size_and_age",
    "standings",
    "told_cell",
]

SIZES = (5, 25, 100, 300)
"""Members active in a year from which each class of size begins; fewer than the first are in none."""
AGES = (0, 5, 12)
"""Years of record from which each class of age begins."""
DECILES = tuple(range(10, 100, 10))
ANY_AGE = "any age"
_FILE = "reference.json"


@dataclass(frozen=True, slots=True)
class Cell:
    """Deciles of an indicator over communities of one class.

    Args:
        communities: How many there are.
        deciles: Values below which 10, 20, ... 90 % of them lie.
    """

    communities: int
    deciles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The table.

    Args:
        made_by: The command that makes it.
        communities: How many histories it is made from.
        cells: class (see `cell_of`) -> indicator -> deciles.
    """

    made_by: str
    communities: int
    cells: Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one number stands.

    Args:
        indicator: Name of the indicator.
        value: The number.
        low: Share of the others that lie below it, at least; 0 below the first decile.
        high: The same at most: 1 above the last decile.
        middle: Median of the others.
        communities: How many others there are.
        cell: Their class.
    """

    indicator: str
    value: float
    low: float
    high: float
    middle: float
    communities: int
    cell: str

    @property
    def unusual(self) -> bool:
        """Whether nine tenths of the others are on one side of it."""
        return self.high <= DECILES[0] / 100 or self.low >= DECILES[-1] / 100


@cache
def reference() -> Reference:
    """The table that is shipped."""
    import msgspec

    return msgspec.json.decode((files("allmende") / "data" / _FILE).read_bytes(), type=Reference)


def cell_of(active: int, years: float) -> str:
    """The class of a community; "" when it is smaller than the smallest class.

    Args:
        active: Members active in the year.
        years: Age of the record at the end of that year.

    >>> cell_of(40, 7.5), cell_of(3, 7.5), cell_of(1200, 30)
    ('25-99, 5-12', '', '300+, 12+')
    """
    if active < SIZES[0]:
        return ""
    return f"{_span(SIZES, active, last=1)}, {_span(AGES, years)}"


def told_cell(cell: str) -> str:
    """A class in words.

    >>> told_cell("25-99, 5-12")
    '25 to 99 active members, 5 to 12 years old'
    >>> told_cell("300+, any age")
    '300 and more active members'
    """
    size, _, age = cell.partition(", ")
    members = f"{_words(size)} active members"
    return members if age == ANY_AGE else f"{members}, {_words(age)} years old"


def standings(measurement: Measurement) -> tuple[Standing, ...]:
    """Where each number of a measurement stands among communities of its size and age.

    Nothing where the record names those who enter work (the others' records name who did it), where the
    community is too small, or where the table has no such class.
    """
    panel = measurement.panel
    if panel.regime in {"committer", "mixed"} or measurement.community.record.regime in {
        "committer",
        "mixed",
    }:
        return ()
    cell = cell_of(*size_and_age(panel, *complete_window(panel)))
    found = (_standing(one, cell) for one in measurement.answers)
    return tuple(one for one in found if one is not None)


def size_and_age(panel: Panel, start: int, stop: int) -> tuple[int, float]:
    """Members active from `start` to before `stop`, and the years from the first act to then."""
    rows = panel.rows(window=False)
    inside = (rows.month >= start) & (rows.month < stop)
    first = panel.first_month()
    known = first[first != NEVER]
    age = (stop - int(known.min())) / MONTHS_A_YEAR if len(known) else 0.0
    return len(np.unique(rows.member[inside])), age


def _standing(answer: Answer, cell: str) -> Standing | None:
    if answer.value is None or not cell:
        return None
    cells = reference().cells
    for name in (cell, f"{cell.partition(', ')[0]}, {ANY_AGE}"):
        known = cells.get(name, {}).get(answer.indicator)
        if known is not None:
            low, high = _between(answer.value, known.deciles)
            middle = known.deciles[len(known.deciles) // 2]
            return Standing(answer.indicator, answer.value, low, high, middle, known.communities, name)
    return None


def _between(value: float, deciles: tuple[float, ...]) -> tuple[float, float]:
    """The deciles around a value; several when it equals several."""
    below = sum(one < value for one in deciles)
    through = sum(one <= value for one in deciles)
    levels = (0, *DECILES, 100)
    return levels[below] / 100, levels[min(through + 1, len(levels) - 1)] / 100


def _span(begins: tuple[int, ...], value: float, *, last: int = 0) -> str:
    place = bisect_right(begins, value) - 1
    if place == len(begins) - 1:
        return f"{begins[place]}+"
    return f"{begins[place]}-{begins[place + 1] - last}"


def _words(span: str) -> str:
    return f"{span[:-1]} and more" if span.endswith("+") else span.replace("-", " to ")
