"""Grouping: rows of a panel that belong together, which stand together because rows are sorted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["changes", "distinct_days"]


def changes(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a row differs from the one above it in any column; the first does. bool[rows].

    >>> changes(np.array([1, 1, 2]), np.array([5, 6, 6])).tolist()
    [True, True, True]
    """
    changed = np.zeros(len(columns[0]), bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def distinct_days(day_set: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """On how many different days something was done in each group of rows. int64[groups].

    Args:
        day_set: Days of the month as bits, one set for each row. uint32[rows].
        starts: First row of each group, the first of them 0; empty when there are no rows.

    >>> distinct_days(np.array([0b011, 0b110, 0b001], np.uint32), np.array([0, 2])).tolist()
    [3, 1]
    """
    if not len(starts):
        return np.zeros(0, np.int64)
    return np.bitwise_count(np.bitwise_or.reduceat(day_set, starts)).astype(np.int64)
