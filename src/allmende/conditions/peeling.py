"""Peeling: how a box shrinks to where something holds, and grows back where it was cut too far.

See `allmende.conditions.box` for the method and its sources.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ends", "inside", "peeled", "whole"]

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]
_PEEL = 0.05
_LEAST_MASS = 0.05
_LEAST_ROWS = 20


class Ends(NamedTuple):
    """Least and greatest value inside, for each parameter; infinite where there is no limit."""

    low: Numbers
    high: Numbers

    @property
    def limited(self) -> NDArray[np.int64]:
        """The parameters that have a limit, by their place."""
        return np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))


def whole(columns: int) -> Ends:
    """The box that holds everything."""
    return Ends(np.full(columns, -np.inf), np.full(columns, np.inf))


def inside(values: Numbers, ends: Ends) -> Truths:
    """Which rows lie inside.

    >>> inside(np.array([[1.0], [2.0]]), Ends(np.array([1.5]), np.array([np.inf]))).tolist()
    [False, True]
    """
    limited = ends.limited
    asked = values[:, limited]
    return np.asarray(((asked >= ends.low[limited]) & (asked <= ends.high[limited])).all(axis=1))


def peeled(values: Numbers, held: Truths) -> Iterator[Ends]:
    """Boxes from everything to the smallest, each a twentieth smaller than the one before; then pasted.

    Args:
        values: float64[rows, parameters].
        held: For which rows it holds.
    """
    ends = whole(values.shape[1])
    least = max(_LEAST_ROWS, round(_LEAST_MASS * held.size))
    # Rows of each column from its least to its greatest value; what is cut off leaves all columns at once.
    order = np.argsort(values.T, axis=1, kind="stable")
    yield ends
    while True:
        cut = _best_cut(np.take_along_axis(values.T, order, axis=1), held[order], least)
        if cut is None:
            break
        ends = _limited(ends, *cut)
        column, side, value = cut
        stays = values[:, column] >= value if side == 0 else values[:, column] <= value
        order = order[stays[order]].reshape(len(order), -1)
        yield ends
    yield from _pasted(values, held, ends)


def _best_cut(ranked: Numbers, held: Truths, least: int) -> tuple[int, int, float] | None:
    """The column, the side and the new limit after which most of the rest holds.

    Args:
        ranked: Values of what is left, each column in rising order. float64[parameters, rows].
        held: For which of them it holds, in the same order.
        least: Fewest rows of a box.
    """
    count = ranked.shape[1]
    off = max(1, round(_PEEL * count))
    if count - off < least or held[0].all():
        return None
    sums = np.cumsum(held, axis=1, dtype=np.int64)
    best: tuple[float, int, int, float] | None = None
    for side in (0, 1):
        limit = ranked[:, off] if side == 0 else ranked[:, count - 1 - off]
        # Rows with the same value go together, so a cut may take fewer than a twentieth, or none.
        gone = (ranked < limit[:, None] if side == 0 else ranked > limit[:, None]).sum(axis=1)
        end = np.maximum(gone if side == 0 else count - gone, 1) - 1
        before = np.take_along_axis(sums, end[:, None], axis=1)[:, 0]
        kept = sums[:, -1] - before if side == 0 else before
        share = np.where(gone > 0, kept / (count - gone), -1.0)
        column = int(share.argmax())
        if best is None or share[column] > best[0]:
            best = (float(share[column]), column, side, float(limit[column]))
    assert best is not None
    return best[1:] if best[0] >= 0 else None


def _pasted(values: Numbers, held: Truths, ends: Ends) -> Iterator[Ends]:
    """The last box grown again, end by end, as long as that makes it denser."""
    dense = float(held[inside(values, ends)].mean())
    while True:
        grown = [(float(held[inside(values, wider)].mean()), wider) for wider in _wider(values, ends)]
        better = max(grown, key=lambda each: each[0], default=None)
        if better is None or better[0] <= dense:
            return
        dense, ends = better
        yield ends


def _wider(values: Numbers, ends: Ends) -> Iterator[Ends]:
    """The box with one end moved out by a twentieth of what is inside."""
    room = max(1, round(_PEEL * inside(values, ends).sum()))
    for column in ends.limited:
        for side in (0, 1):
            if not np.isfinite(ends[side][column]):
                continue
            free = _limited(ends, int(column), side, -np.inf if side == 0 else np.inf)
            ranked = np.sort(values[inside(values, free), column])
            beyond = (
                ranked[ranked < ends.low[column]][::-1] if side == 0 else ranked[ranked > ends.high[column]]
            )
            if beyond.size:
                yield _limited(ends, int(column), side, float(beyond[min(room, beyond.size) - 1]))


def _limited(ends: Ends, column: int, side: int, value: float) -> Ends:
    moved = (ends.low.copy(), ends.high.copy())
    moved[side][column] = value
    return Ends(*moved)
