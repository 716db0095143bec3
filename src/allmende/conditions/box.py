"""Box: in which region of the parameters does something hold? The patient rule induction method (PRIM).

A box is a limit or two on a few parameters. It is found by peeling: again and again a twentieth of what is
left inside is cut off at that end of that parameter after which most of the rest holds; then ends are pasted
back while that makes it denser. What comes of it is a trajectory from large and thin to small and dense, from
which one box is taken; its rows are set aside and the next box is found (covering).

    coverage   share of all that holds which lies inside
    density    share of what lies inside which holds
    mass       share of everything that lies inside

Friedman and Fisher (1999), "Bump hunting in high-dimensional data"; Bryant and Lempert (2010), "Thinking
inside the box", for coverage, density and the quasi-p-value of a limit: how likely chance alone would make
the box so dense if that limit were taken away. A dense corner is found in noise too, so each box is also
judged by draws that were not used to find it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.conditions.peeling import Ends, inside, peeled

__all__ = ["Box", "Limit", "find_boxes", "trajectory"]

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]
_DENSE = 0.9
_FOLDS = 5
_SURE = 0.05
_MOST_BOXES = 2
_LEAST_ROWS = 40
_SLACK = 0.01


class Limit(NamedTuple):
    """A limit on a parameter.

    Args:
        parameter: Its name.
        low: Least value inside; minus infinity where there is no lower limit.
        high: Greatest value inside; infinity where there is no upper limit.
        p: Quasi-p-value: how likely chance would make the box so dense without this limit.
    """

    parameter: str
    low: float
    high: float
    p: float


class Box(NamedTuple):
    """A region in which something holds more often than elsewhere.

    Args:
        limits: The limits, the most telling first; a parameter that is not named may be anything.
        coverage: Share of all that holds which lies inside.
        density: Share of what lies inside which holds.
        mass: Share of all draws that lie inside.
        base: Share of all draws for which it holds.
        unseen: The density among draws that were not used to find the box (five parts in turn).
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    base: float
    unseen: float


class _Found(NamedTuple):
    ends: Ends
    hits: int
    rows: int


def trajectory(values: Numbers, held: Truths) -> tuple[tuple[float, float, float], ...]:
    """Coverage, density and mass along the way from everything to the smallest box.

    Args:
        values: float64[draws, parameters].
        held: For which draws it holds.
    """
    total = max(float(held.sum()), 1.0)
    steps = []
    for ends in peeled(values, held):
        mask = inside(values, ends)
        steps.append((float(held[mask].sum()) / total, float(held[mask].mean()), float(mask.mean())))
    return tuple(steps)


def find_boxes(
    values: Numbers,
    names: Sequence[str],
    held: Truths,
    *,
    density: float = _DENSE,
    most: int = _MOST_BOXES,
) -> tuple[Box, ...]:
    """The regions in which something holds.

    None is given where it holds everywhere or nowhere, where draws are too few, or where no box is denser
    than the whole among draws that were not used to find it (binomial test, 5 %).

    Args:
        values: float64[draws, parameters].
        names: Of the parameters.
        held: For which draws it holds. bool[draws].
        density: The density that is wanted; where it is not reached, the densest box is taken that
            is no fluke.
        most: Most boxes.

    >>> values = np.random.default_rng(1).random((400, 3))
    >>> box, = find_boxes(values, ["a", "b", "c"], (values[:, 0] > 0.6) & (values[:, 2] < 0.5))
    >>> [limit.parameter for limit in box.limits], box.density >= 0.9, box.coverage > 0.9
    (['a', 'c'], True, True)
    """
    base = float(held.mean()) if held.size else 0.0
    if held.size < _LEAST_ROWS or not 0 < base < 1:
        return ()
    boxes: list[Box] = []
    left = np.ones(held.size, bool)
    while len(boxes) < most and left.sum() >= _LEAST_ROWS and held[left].any():
        ends = _one(values[left], held[left], density)
        hits, count = _unseen(values[left], held[left], density)
        if not ends.limited.size or not count or _at_least(hits, count, float(held[left].mean())) >= _SURE:
            break
        boxes.append(_described(values, names, held, left, ends)._replace(unseen=hits / count))
        left &= ~inside(values, ends)
    return tuple(boxes)


def _one(values: Numbers, held: Truths, density: float) -> Ends:
    """The box of the trajectory that is chosen, without idle limits."""
    found = [
        _Found(ends, int(held[mask].sum()), int(mask.sum()))
        for ends in peeled(values, held)
        for mask in (inside(values, ends),)
    ]
    dense = [each for each in found if each.hits >= density * each.rows]
    # Where the density that is wanted is reached, the best balance of coverage and density (their harmonic
    # mean); elsewhere the box whose density is surely greatest, which a tiny one is not.
    total = int(held.sum())
    if dense:
        return _simpler(values, held, max(dense, key=lambda each: each.hits / (each.rows + total)).ends)
    return _simpler(values, held, max(found, key=lambda each: _surely(each.hits, each.rows)).ends)


def _surely(hits: int, rows: int) -> float:
    """The density of a box less two standard errors of it (Wilson's lower end)."""
    share, four = hits / rows, 4 / rows
    return (share + four / 2 - 2 * math.sqrt((share * (1 - share) + four / 4) / rows)) / (1 + four)


def _simpler(values: Numbers, held: Truths, ends: Ends) -> Ends:
    """The box without the limits that chance explains, or that add next to no density."""
    for column in sorted(ends.limited.tolist(), key=lambda each: -_chance(values, held, ends, each)):
        wider = _without(ends, column)
        before, after = held[inside(values, ends)], held[inside(values, wider)]
        if _chance(values, held, ends, column) > _SURE or after.mean() >= before.mean() - _SLACK:
            ends = wider
    return ends


def _described(values: Numbers, names: Sequence[str], held: Truths, left: Truths, ends: Ends) -> Box:
    mask = inside(values, ends) & left
    limits = [
        Limit(
            names[column],
            float(ends.low[column]),
            float(ends.high[column]),
            _chance(values[left], held[left], ends, column),
        )
        for column in ends.limited.tolist()
    ]
    return Box(
        tuple(sorted(limits, key=lambda limit: limit.p)),
        float(held[mask].sum() / held.sum()),
        float(held[mask].mean()),
        float(mask.mean()),
        float(held.mean()),
        np.nan,
    )


def _unseen(values: Numbers, held: Truths, density: float) -> tuple[int, int]:
    """Unseen draws inside for which it holds, and all of them: each fifth is judged by the others' box."""
    hits, count = 0, 0
    parts = np.arange(held.size) % _FOLDS
    for part in range(_FOLDS):
        seen = parts != part
        if not held[seen].any():
            continue
        ends = _one(values[seen], held[seen], density)
        mask = inside(values[~seen], ends)
        hits, count = hits + int(held[~seen][mask].sum()), count + int(mask.sum())
    return hits, count


def _chance(values: Numbers, held: Truths, ends: Ends, column: int) -> float:
    """Quasi-p-value of a limit (Bryant and Lempert 2010)."""
    within, wider = held[inside(values, ends)], held[inside(values, _without(ends, column))]
    return _at_least(int(within.sum()), within.size, float(wider.mean()))


def _at_least(hits: int, count: int, share: float) -> float:
    """The chance of so many hits or more in so many draws."""
    from scipy.special import bdtrc

    return float(bdtrc(hits - 1, count, share)) if hits > 0 else 1.0


def _without(ends: Ends, column: int) -> Ends:
    low, high = ends.low.copy(), ends.high.copy()
    low[column], high[column] = -np.inf, np.inf
    return Ends(low, high)
