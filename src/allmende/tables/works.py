"""Works: which files or pages the rows of a table touched, one in a cell or a list of them."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from allmende.events import Touches
from allmende.tables.columns import SEPARATOR

__all__ = ["touched"]


def touched(codes: NDArray[np.int32], cells: tuple[str, ...]) -> Touches:
    """The works of each row.

    Args:
        codes: Code of each row's cell.
        cells: The distinct cells.

    >>> found = touched(np.array([1, 0, 1]), ("", '["a", "b"]'))
    >>> found.event.tolist(), [found.works[code] for code in found.work]
    ([0, 0, 2, 2], ['a', 'b', 'a', 'b'])
    """
    works: dict[str, int] = {}
    lists = [[works.setdefault(name, len(works)) for name in _names(cell)] for cell in cells]
    sizes = np.array([len(found) for found in lists], np.int64)
    flat = np.array([code for found in lists for code in found], np.int32)
    begins = np.cumsum(sizes) - sizes
    counts = sizes[codes]
    event = np.repeat(np.arange(len(codes)), counts)
    within = np.arange(len(event)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Touches(event, flat[np.repeat(begins[codes], counts) + within], tuple(works))


def _names(cell: str) -> list[str]:
    """The names in a cell: a list from Parquet or JSON, a JSON list inside a cell, or one name."""
    if SEPARATOR in cell:
        return [name for name in cell.split(SEPARATOR) if name.strip()]
    if cell.startswith("[") and cell.endswith("]"):
        try:
            return [name for name in msgspec.json.decode(cell, type=list[str]) if name.strip()]
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return [cell]
    return [cell] if cell.strip() else []
