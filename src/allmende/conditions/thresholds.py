"""Thresholds: where along a parameter, or two of them, does an effect turn its sign?

The share of worlds with more is smoothed along the parameter's place in its belief, by local lines with a
normal kernel. Where the band of 95 % around it holds one half, the sign cannot be told; a threshold is such a
gap between a stretch with more and a stretch with less, each of which is beyond doubt somewhere (three
standard errors). The gap is the interval of the threshold: those places at which one half is not refuted.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cell", "Odds", "Threshold", "cells", "odds", "thresholds"]

Numbers = NDArray[np.float64]
_GRID = 201
_SHOWN = 10
_CELLS = 10
_Z95 = 1.959963984540054
_SURELY = 3.0
_LEAST_VARIANCE = 1e-3
_HALF = 0.5
_RARE = 0.01
_WIDTH = 0.5
_WIDTH_OF_TWO = 0.8
_LEAST_WIDTH, _MOST_WIDTH = 0.02, 0.15


class Odds(NamedTuple):
    """The share of worlds with more, at a value of a parameter, and its 95 % band."""

    value: float
    more: float
    low: float
    high: float


class Threshold(NamedTuple):
    """A value of a parameter at which the sign turns.

    Args:
        value: The value: as many worlds with more as with less.
        low: Lower end of its 95 % interval.
        high: Upper end.
        below: Share of worlds with more below it, down to the next threshold if there is one.
        above: Share of worlds with more above it, up to the next one.
    """

    value: float
    low: float
    high: float
    below: float
    above: float


class Cell(NamedTuple):
    """A part of the plane of two parameters.

    Args:
        x_low: Where it begins on the first parameter.
        x_high: Where it ends.
        y_low: Where it begins on the second.
        y_high: Where it ends.
        more: Share of worlds with more, in it and around it.
        size: Median effect of the draws in it, in the unit it was given in; nan where there is none.
    """

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    more: float
    size: float


def odds(unit: Numbers, values: Numbers, more: Numbers) -> tuple[Odds, ...]:
    """The share of worlds with more along a parameter, at evenly believed values; the rarest are left out.

    Args:
        unit: Place of each draw in the belief. float64[draws].
        values: Value of each draw.
        more: Share of the draw's worlds with more, 0 to 1.
    """
    grid = np.linspace(0, 1, _GRID)
    share, error = _smoothed(grid, unit, more)
    at = _values_at(np.clip(grid, _RARE, 1 - _RARE), unit, values)
    return tuple(
        Odds(
            float(at[i]),
            float(share[i]),
            float(max(share[i] - _Z95 * error[i], 0.0)),
            float(min(share[i] + _Z95 * error[i], 1.0)),
        )
        for i in range(0, _GRID, _SHOWN)
    )


def thresholds(unit: Numbers, values: Numbers, more: Numbers) -> tuple[Threshold, ...]:
    """The values of a parameter at which the sign turns, in rising order; none where it does not.

    Args:
        unit: As in `odds`.
        values: As in `odds`.
        more: As in `odds`.

    >>> unit = (np.arange(400) + 0.5) / 400
    >>> [round(each.value, 2) for each in thresholds(unit, 10 * unit, (unit > 0.7).astype(float))]
    [7.0]
    """
    grid = np.linspace(0, 1, _GRID)
    share, error = _smoothed(grid, unit, more)
    places = list(_turns(grid, share, error))
    edges = [-np.inf, *(middle for _, middle, _ in places), np.inf]
    found = []
    for number, (low, middle, high) in enumerate(places):
        below = more[(unit > edges[number]) & (unit <= middle)]
        above = more[(unit > middle) & (unit <= edges[number + 2])]
        value, least, most = (float(at) for at in _values_at(np.array([middle, low, high]), unit, values))
        found.append(Threshold(value, least, most, float(below.mean()), float(above.mean())))
    return tuple(found)


def cells(
    unit: Numbers, values: Numbers, more: Numbers, sizes: Numbers, *, side: int = _CELLS
) -> tuple[Cell, ...]:
    """The share of worlds with more over the plane of two parameters, in cells that are believed alike.

    One value in a hundred lies beyond each edge: axes that reach to the rarest show little else.

    Args:
        unit: Place of each draw in both beliefs. float64[draws, 2].
        values: Values of each draw. float64[draws, 2].
        more: Share of the draw's worlds with more.
        sizes: Effect in each draw.
        side: Cells along each side.
    """
    edges = np.linspace(0, 1, side + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    outer = np.clip(edges, _RARE, 1 - _RARE)
    x, y = (_values_at(outer, unit[:, axis], values[:, axis]) for axis in (0, 1))
    width = float(np.clip(_WIDTH_OF_TWO * len(more) ** (-1 / 3), _LEAST_WIDTH, _MOST_WIDTH))
    columns, rows = (np.exp(-0.5 * ((middles[:, None] - unit[:, axis]) / width) ** 2) for axis in (0, 1))
    place = np.minimum((unit * side).astype(int), side - 1)
    found = []
    for i in range(side):
        for j in range(side):
            weights = columns[i] * rows[j]
            within = sizes[(place == (i, j)).all(axis=1)]
            within = within[np.isfinite(within)]
            size = float(np.median(within)) if within.size else np.nan
            share = float(weights @ more / weights.sum())
            found.append(Cell(float(x[i]), float(x[i + 1]), float(y[j]), float(y[j + 1]), share, size))
    return tuple(found)


def _smoothed(grid: Numbers, unit: Numbers, more: Numbers) -> tuple[Numbers, Numbers]:
    """Local lines through the shares, and their standard errors."""
    width = float(np.clip(_WIDTH * len(more) ** (-1 / 3), _LEAST_WIDTH, _MOST_WIDTH))
    away = unit - grid[:, None]
    weights = np.exp(-0.5 * (away / width) ** 2)
    first, second = (weights * away).sum(axis=1), (weights * away**2).sum(axis=1)
    lines = weights * (second[:, None] - away * first[:, None])
    lines /= lines.sum(axis=1, keepdims=True)
    share = np.clip(lines @ more, 0.0, 1.0)
    around = (weights * (more - share[:, None]) ** 2).sum(axis=1) / weights.sum(axis=1)
    error = np.sqrt((lines**2).sum(axis=1) * np.maximum(around, _LEAST_VARIANCE))
    return share, error


def _turns(grid: Numbers, share: Numbers, error: Numbers) -> Iterator[tuple[float, float, float]]:
    """Low end, middle and high end of each gap between a stretch with more and one with less."""
    score = (share - _HALF) / error
    sign = np.where(np.abs(score) > _Z95, np.sign(score), 0.0)
    last: tuple[int, float] | None = None
    for start, end in _stretches(sign):
        if np.abs(score[start:end]).max() <= _SURELY:
            continue
        if last is not None and last[1] != sign[start]:
            # Of several places in the gap where the share passes one half, the one that parts it best.
            at = last[0] + int(np.cumsum(score[last[0] : start + 1] * last[1]).argmax())
            yield float(grid[last[0]]), _crossing(grid, share, at), float(grid[start])
        last = (end - 1, float(sign[start]))


def _stretches(sign: Numbers) -> Iterator[tuple[int, int]]:
    """Beginnings and ends of runs of one sign, without those of none."""
    edges = [0, *(np.flatnonzero(np.diff(sign)) + 1).tolist(), len(sign)]
    for start, end in pairwise(edges):
        if sign[start]:
            yield start, end


def _crossing(grid: Numbers, share: Numbers, at: int) -> float:
    """Where the line between a place and the next meets one half."""
    if at + 1 >= len(grid) or share[at] == share[at + 1]:
        return float(grid[at])
    part = (_HALF - share[at]) / (share[at + 1] - share[at])
    return float(grid[at] + np.clip(part, 0.0, 1.0) * (grid[at + 1] - grid[at]))


def _values_at(places: Numbers, unit: Numbers, values: Numbers) -> Numbers:
    """Values of the parameter at places in its belief."""
    order = np.argsort(unit, kind="stable")
    return np.asarray(np.interp(places, unit[order], values[order]), np.float64)
