"""Tables: the rows that finished runs become, and results made of such rows again.

A row is one month of one run. Its columns are `case_name`, `future`, `draw`, `replicate`, `month`, a column
for each measure (`model.recording.MEASURES`), and one for each flow of money, "kind|payer|payee", in cents.
A yearly measure is null in months in which it is not measured, a flow where a case has no such flow.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import StoreError
from allmende.model.recording import MEASURES, Outcome
from allmende.sweeps.design import Piece

if TYPE_CHECKING:
    import duckdb

__all__ = ["KEYS", "arrays_of", "columns_of", "is_flow", "key_of_flow", "write_rows"]

KEYS = ("case_name", "future", "draw", "replicate", "month")
_JOINER, _JOINERS = "|", 2
Arrays = dict[str, NDArray[Any]]


def columns_of(piece: Piece, outcome: Outcome, *, case: str, future: str, replicates: int) -> Arrays:
    """The rows of a piece, column by column.

    Args:
        piece: Which worlds.
        outcome: What was recorded of them.
        case: Name of the case.
        future: Label of the future.
        replicates: Replicates of each draw.
    """
    worlds, months = next(iter(outcome.measures.values())).shape
    numbers = np.repeat(np.arange(piece.first, piece.last), months)
    rows = worlds * months
    columns: Arrays = {
        "case_name": np.full(rows, case, object),
        "future": np.full(rows, future, object),
        "draw": (numbers // replicates).astype(np.int32),
        "replicate": (numbers % replicates).astype(np.int32),
        "month": np.tile(np.arange(months, dtype=np.int32), worlds),
    }
    for name, measure in MEASURES.items():
        values = outcome.measures[name].ravel()
        columns[name] = values.astype(np.int64) if measure.whole else values
    return columns | {
        _JOINER.join(key): cents.astype(np.int64).ravel() for key, cents in outcome.flows.items()
    }


def write_rows(connection: "duckdb.DuckDBPyConnection", path: Path, parts: Sequence[Arrays]) -> None:
    """Write the rows of several pieces to a Parquet file.

    Args:
        connection: To DuckDB; opening one costs more than writing.
        path: The file.
        parts: The columns of each piece; a column that only some have is null in the others.
    """
    names = [f"part{number}" for number in range(len(parts))]
    for name, columns in zip(names, parts, strict=True):
        connection.register(name, columns)
    union = " UNION ALL BY NAME ".join(f"FROM {name}" for name in names)
    connection.sql(union).write_parquet(str(path), compression="snappy")
    for name in names:
        connection.unregister(name)


def is_flow(name: str) -> bool:
    """Whether a column of that name is a flow of money."""
    return name.count(_JOINER) == _JOINERS


def key_of_flow(name: str) -> tuple[str, str, str]:
    """Kind, payer and payee that the name of a column holds.

    >>> key_of_flow("dues|firms|foundation")
    ('dues', 'firms', 'foundation')
    """
    kind, payer, payee = name.split(_JOINER)
    return kind, payer, payee


def arrays_of(
    rows: Mapping[str, NDArray[Any]], *, futures: int, shape: tuple[int, int, int], where: str
) -> tuple[Arrays, dict[tuple[str, str, str], NDArray[np.int64]]]:
    """The measures and flows of one case: the rows of all its runs, put in their places.

    Args:
        rows: Columns; "future" as its number, null numbers masked.
        futures: How many futures there are.
        shape: Draws, replicates and months that are to be there.
        where: The place, for messages.

    Returns:
        Arrays with the dimensions (future, draw, replicate, month) of the measures and flows among the
        columns. A flow that no row has is left out.

    Raises:
        StoreError: a month of a run is missing.
    """
    draws, replicates, months = shape
    at = rows["future"].astype(np.int64)
    for key, count in (("draw", draws), ("replicate", replicates), ("month", months)):
        at = at * count + rows[key]
    size = futures * draws * replicates * months
    there = np.zeros(size, bool)
    there[at] = True
    if not there.all():
        raise StoreError(f"{size - int(there.sum()):,} of {size:,} months of runs are missing", where=where)
    whole = (futures, draws, replicates, months)
    measures = {name: _placed(rows[name], at, size).reshape(whole) for name in MEASURES if name in rows}
    flows = {
        key_of_flow(name): _placed(values, at, size).reshape(whole)
        for name, values in rows.items()
        if is_flow(name) and not np.ma.getmaskarray(values).all()
    }
    return measures, flows


def _placed(values: NDArray[Any], at: NDArray[np.int64], size: int) -> NDArray[Any]:
    filled = np.ma.filled(values, np.nan) if values.dtype.kind == "f" else np.ma.filled(values, 0)
    placed = np.empty(size, filled.dtype)
    placed[at] = filled
    return placed
