"""Exhibits: what a study has to show, as numbers, before anybody draws it.

Bars are numbers side by side, lines are closed forms beside the simulation, fields are maps of regions with
real communities on them.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bar",
    "Bars",
    "Case",
    "Cell",
    "Curve",
    "Exhibit",
    "Field",
    "Line",
    "Lines",
    "Pane",
    "closed_form",
    "four_fifths",
]

Numbers = NDArray[np.float64]


class Bar(NamedTuple):
    """A number with its interval.

    Args:
        label: Of what.
        low: Lower end.
        mid: The number.
        high: Upper end.
        group: What it belongs to; the colour.
    """

    label: str
    low: float
    mid: float
    high: float
    group: str


def four_fifths(label: str, values: Numbers, group: str) -> Bar:
    """The middle draw as a bar, with four fifths of all draws as its interval.

    Args:
        label: Of what.
        values: One number for each draw. float64[draws].
        group: What it belongs to.

    >>> four_fifths("change", np.arange(11.0), "all")
    Bar(label='change', low=1.0, mid=5.0, high=9.0, group='all')
    """
    low, mid, high = np.quantile(values, [0.1, 0.5, 0.9])
    return Bar(label, float(low), float(mid), float(high), group)


@dataclass(frozen=True, slots=True)
class Bars:
    """Numbers side by side, each with an interval.

    Args:
        name: Short name, unique in its claim.
        title: What they are.
        says: What is to be seen.
        unit: Their unit; "share" is written in per cent.
        bars: The numbers, in the order in which they are drawn.
        origin: "simulated" or "computed".
    """

    name: str
    title: str
    says: str
    unit: str
    bars: tuple[Bar, ...]
    origin: str = "simulated"


class Line(NamedTuple):
    """A point of a curve.

    Args:
        x: Across.
        y: Up.
        low: Lower end of the interval; y where there is none.
        high: Upper end.
    """

    x: float
    y: float
    low: float
    high: float


class Curve(NamedTuple):
    """A curve.

    Args:
        label: What it is; curves of one label have one colour.
        kind: "closed form" is drawn as a line, "simulated" as points with their intervals.
        points: Its points.
    """

    label: str
    kind: Literal["closed form", "simulated"]
    points: tuple[Line, ...]


def closed_form(label: str, x: Numbers, y: Numbers) -> Curve:
    """A curve that is known exactly: its points have no interval.

    Args:
        label: What it is.
        x: Across. float64[points].
        y: Up. float64[points].
    """
    points = tuple(Line(one, up, up, up) for one, up in zip(x.tolist(), y.tolist(), strict=True))
    return Curve(label, "closed form", points)


@dataclass(frozen=True, slots=True)
class Lines:
    """Closed forms beside the simulation; fields as in `Bars`.

    Args:
        x: What goes across.
        y: What goes up.
        curves: The curves.
        log_x: Whether the horizontal axis is logarithmic.
    """

    name: str
    title: str
    says: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    log_x: bool = True
    origin: str = "simulated"


class Cell(NamedTuple):
    """A rectangle of a map.

    Args:
        x: From here ...
        x2: ... to here, across.
        y: From here ...
        y2: ... to here, up.
        region: What is found there.
        effect: The number on which the region rests.
    """

    x: float
    x2: float
    y: float
    y2: float
    region: str
    effect: float


class Case(NamedTuple):
    """A real community on a map.

    Args:
        name: Its name and years.
        x: Where it stands, across, with its span.
        x_low: Lower end.
        x_high: Upper end.
        y: Where it stands, up, with its span.
        y_low: Lower end.
        y_high: Upper end.
        predicted: The regions that the model puts it in.
        seen: The regions that the evidence puts it in.
        rests_on: The rows that its place and its outcome rest on, and what is recalled or assumed.
    """

    name: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    predicted: tuple[str, ...]
    seen: tuple[str, ...]
    rests_on: str

    @property
    def agrees(self) -> bool:
        """Whether the two have a region in common."""
        return bool(set(self.predicted) & set(self.seen))


class Pane(NamedTuple):
    """One of several maps side by side: a title, its cells, and the cases that stand on it."""

    title: str
    cells: tuple[Cell, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """Maps of regions over two quantities; other fields as in `Bars`.

    Args:
        x: What goes across; the axis is logarithmic.
        y: What goes up.
        regions: The regions, in the order of their colours.
        panes: The maps.
        effect: What `Cell.effect` is.
        log_y: Whether the vertical axis is logarithmic.
    """

    name: str
    title: str
    says: str
    x: str
    y: str
    regions: tuple[str, ...]
    panes: tuple[Pane, ...]
    effect: str
    log_y: bool = False
    origin: str = "simulated"

    @property
    def cases(self) -> tuple[Case, ...]:
        """The real communities on all of its maps."""
        return tuple(case for pane in self.panes for case in pane.cases)


Exhibit = Bars | Lines | Field
