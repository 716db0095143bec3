"""Regions: where a claim fails, as limits on a few parameters, in words and numbers."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Points
from allmende.conditions.box import Limit, find_boxes
from allmende.params import Provenance

__all__ = ["Bound", "Region", "in_words", "regions_of"]

_DENSITY = 0.8
_MOST_LIMITS = 4
_FEW_LEVELS = 4
_LEAST_COVERAGE = 0.1
_PART = 0.1

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Bound(NamedTuple):
    """A limit on a parameter.

    Args:
        parameter: Its name.
        low: Least value inside; minus infinity where there is no lower limit.
        high: Greatest value inside; infinity where there is no upper limit.
        provenance: Where what is believed about the parameter comes from.
        meaning: What it means.
    """

    parameter: str
    low: float
    high: float
    provenance: Provenance
    meaning: str

    @property
    def words(self) -> str:
        """The limit as it is written.

        >>> Bound("rho", 0.1, float("inf"), "assumed", "").words
        'rho at least 0.1'
        """
        if math.isinf(self.low):
            return f"{self.parameter} at most {self.high:.3g}"
        if math.isinf(self.high):
            return f"{self.parameter} at least {self.low:.3g}"
        return f"{self.parameter} from {self.low:.3g} to {self.high:.3g}"


class Region(NamedTuple):
    """A box of parameters in which a claim fails (or holds) more often than elsewhere.

    Args:
        bounds: The limits, the most telling first; what is not named may be anything.
        coverage: Share of all failures that lie inside.
        density: Share of what lies inside that fails.
        unseen: The density among points that were not used to find the box.
        mass: Share of all points inside.
    """

    bounds: tuple[Bound, ...]
    coverage: float
    density: float
    unseen: float
    mass: float


def regions_of(points: Points, happens: Truths) -> tuple[Region, ...]:
    """The regions in which something happens: none where it happens everywhere or nowhere, or by chance.

    Quantities of few levels (a lever that is on or off) are spread between their levels so that they can be
    peeled, and limits on them are set back to a level: a box says what it says about the points as they are.

    Args:
        points: Where it was tried.
        happens: At which points it does.
    """
    names = list(points.values)
    levels = {name: np.unique(points.values[name]) for name in names}
    spread = [_spread(points.values[name], levels[name]) for name in names]
    left = np.ones(len(happens), bool)
    found = []
    for box in find_boxes(np.column_stack(spread), names, happens, density=_DENSITY):
        limits = [_at_level(limit, levels[limit.parameter]) for limit in box.limits]
        bounds = tuple(_bound(points, limit) for limit in limits[:_MOST_LIMITS] if limit is not None)
        inside = left & _inside(points, bounds)
        region = Region(
            bounds,
            float(happens[inside].sum() / max(happens.sum(), 1)),
            float(happens[inside].mean()) if inside.any() else 0.0,
            box.unseen,
            float(inside.mean()),
        )
        if bounds and region.coverage >= _LEAST_COVERAGE and region.density > happens.mean():
            found.append(region)
        left &= ~inside
    return tuple(found)


def _spread(values: Numbers, levels: Numbers) -> Numbers:
    """Values of few levels spread evenly below the next level; others as they are."""
    if not 1 < len(levels) <= _FEW_LEVELS:
        return values
    place = np.searchsorted(levels, values)
    steps = np.append(np.diff(levels), levels[-1] - levels[-2])
    found = np.empty(len(values))
    for level in range(len(levels)):
        here = np.flatnonzero(place == level)
        found[here] = levels[level] + steps[level] * (np.arange(len(here)) + 0.5) / max(len(here), 1)
    return found


def _at_level(limit: Limit, levels: Numbers) -> Limit | None:
    """The limit set back to a level where there are few; None where it then limits nothing."""
    if not 1 < len(levels) <= _FEW_LEVELS:
        return limit
    steps = np.append(np.diff(levels), levels[-1] - levels[-2])
    # A level of which a part was peeled off is one that was not wanted.
    cut = _PART * steps
    inside = levels[(levels + cut >= limit.low) & (levels + steps - cut <= limit.high)]
    if len(inside) in {0, len(levels)}:
        return None
    low = float(inside[0]) if inside[0] > levels[0] else -np.inf
    high = float(inside[-1]) if inside[-1] < levels[-1] else np.inf
    return limit._replace(low=low, high=high)


def _inside(points: Points, bounds: tuple[Bound, ...]) -> Truths:
    found = np.ones(len(points), bool)
    for bound in bounds:
        values = points.values[bound.parameter]
        found &= (values >= bound.low) & (values <= bound.high)
    return found


def in_words(region: Region) -> str:
    """The limits of a region in one line."""
    return " and ".join(bound.words for bound in region.bounds)


def _bound(points: Points, limit: Limit) -> Bound:
    name = limit.parameter
    return Bound(name, limit.low, limit.high, points.provenance[name], points.meaning[name])
