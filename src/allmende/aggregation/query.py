"""The one text of SQL that makes a panel, and how its answer becomes columns.

    acts --PARTS--> parts --COMPLETE--> complete --PANEL--> rows of the panel

Each name is a table or view of the connection; the column names are those of `panel.COLUMNS`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import BudgetExceededError, OutOfRangeError, StoreError

__all__ = ["COMPLETE", "PANEL", "PARTS", "WORKS", "executed", "fetched", "refuse_missing", "window"]

# From `acts` (at, offset, member, action, effort, cents, org) to parts. DuckDB's dates are those of the
# proleptic Gregorian calendar, also before 1970. Sums are made in 128 bits; the cast refuses what does
# not fit in 64. Whether an offset of zero is a member's own clock or an importer's is known only when all
# parts are together (`record.readable_clock`), so acts at zero are counted apart, as are those at one
# hour, which tell.
PARTS = """
SELECT member, month, action, org,
       count(*) AS count,
       bit_or((1 << (day(moment) - 1))::UINTEGER) AS day_set,
       sum(effort)::BIGINT AS effort,
       sum(cents)::BIGINT AS cents,
       count(*) FILTER (away) AS zoned,
       count(*) FILTER (away AND in_office) AS office,
       count(*) FILTER (away AND at_weekend) AS weekend,
       count(*) FILTER (zero) AS zero,
       count(*) FILTER (zero AND in_office) AS zero_office,
       count(*) FILTER (zero AND at_weekend) AS zero_weekend,
       count(*) FILTER (east = 60) AS one_hour
FROM (
    SELECT member, action, org, effort, cents,
           make_timestamp("at") AS moment,
           ((year(moment) - 1970) * 12 + month(moment) - 1)::INTEGER AS month,
           -- No zone is further than fourteen hours from Greenwich.
           CASE WHEN "offset" BETWEEN -840 AND 840 THEN "offset"::BIGINT END AS east,
           coalesce(east <> 0, false) AS away,
           coalesce(east = 0, false) AS zero,
           make_timestamp("at" + 60000000 * coalesce(east, 0)) AS clock,
           isodow(clock) >= 6 AS at_weekend,
           NOT at_weekend AND hour(clock) BETWEEN 9 AND 16 AS in_office
    FROM acts
)
GROUP BY member, month, action, org
"""
# From `parts` to `complete`, in which no two rows have the same key.
COMPLETE = """
SELECT member, month, action, org,
       sum(count)::BIGINT AS count, bit_or(day_set) AS day_set,
       sum(effort)::BIGINT AS effort, sum(cents)::BIGINT AS cents,
       sum(zoned)::BIGINT AS zoned, sum(office)::BIGINT AS office, sum(weekend)::BIGINT AS weekend,
       sum(zero)::BIGINT AS zero, sum(zero_office)::BIGINT AS zero_office,
       sum(zero_weekend)::BIGINT AS zero_weekend, sum(one_hour)::BIGINT AS one_hour
FROM parts
GROUP BY member, month, action, org
"""
# From `complete`, whose organisations are coded in the order of their names, to the rows of the panel.
# Greenwich: members whose zeros are a clock, since their other offsets are one hour and mostly in summer.
PANEL = """
WITH greenwich AS (
    SELECT member
    FROM (SELECT *, (month % 12 + 12) % 12 BETWEEN 3 AND 8 AS summer FROM complete)
    GROUP BY member
    HAVING sum(zoned) = sum(one_hour)
       AND sum(one_hour) FILTER (summer) > sum(zero) FILTER (summer)
)
SELECT member, month, action,
       sum(count)::BIGINT AS count, bit_or(day_set) AS day_set,
       sum(effort)::BIGINT AS effort, sum(cents)::BIGINT AS cents,
       arg_min(org, (-count, org)) AS org,
       sum(zoned + own * zero)::BIGINT AS zoned,
       sum(office + own * zero_office)::BIGINT AS office,
       sum(weekend + own * zero_weekend)::BIGINT AS weekend
FROM (SELECT *, (member IN (SELECT member FROM greenwich))::BIGINT AS own FROM complete)
GROUP BY member, month, action
ORDER BY member, month, action
"""
# From `touched` (event, at, member, work).
WORKS = """
SELECT member, month, work, count(DISTINCT event) AS count
FROM (
    SELECT event, member, work,
           ((year(moment) - 1970) * 12 + month(moment) - 1)::INTEGER AS month
    FROM (SELECT *, make_timestamp("at") AS moment FROM touched)
)
GROUP BY member, month, work
ORDER BY member, month, work
"""
_LACKING = """
FROM $table SELECT sum(count) FILTER (month IS NULL), sum(count) FILTER (member IS NULL),
                   sum(count) FILTER (action IS NULL), sum(count) FILTER (org IS NULL)
"""
_KINDS = {
    "member": np.int32,
    "month": np.int32,
    "action": np.uint8,
    "day_set": np.uint32,
    "org": np.int32,
    "work": np.int32,
}


def executed(connection: Any, statement: str, *, where: str = "") -> Any:
    """The connection after a statement has run.

    Args:
        connection: The database.
        statement: SQL.
        where: The files it reads, for the error.

    Raises:
        OutOfRangeError: a moment or a sum does not fit in 64 bits.
        BudgetExceededError: the memory allowed does not suffice.
    """
    import duckdb

    try:
        return connection.execute(statement)
    except duckdb.OutOfMemoryException as error:
        raise BudgetExceededError(
            f"the memory allowed does not suffice: {str(error).splitlines()[0]}",
            where=where,
            next_step="Allow more, use fewer workers, or reduce the log in smaller parts.",
        ) from error
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise OutOfRangeError(
            f"a moment or a sum is too large to be counted: {str(error).splitlines()[0]}",
            where=where,
            expected="sums of effort and money below 2^63, in cents and in the unit of effort",
            next_step="Look for wrong sizes or dates in the source.",
        ) from error


def fetched(connection: Any, query: str) -> dict[str, Any]:
    """The answer of a query as columns in the types of the panel.

    Raises:
        OutOfRangeError: a moment or a sum does not fit in 64 bits.
    """
    columns = executed(connection, query).fetchnumpy()
    return {name: column.astype(_KINDS.get(name, np.int64), copy=False) for name, column in columns.items()}


def window(months: NDArray[np.int32], start: int | None, stop: int | None) -> tuple[int, int]:
    """The window of a panel with rows in these months, as far as it was not given.

    Raises:
        OutOfRangeError: it ends before it starts.
    """
    if start is not None and stop is not None and start > stop:
        raise OutOfRangeError(
            f"the window ends in month {stop}, before it starts in month {start}",
            expected="a start that is not after the stop",
        )
    first = start if start is not None else int(months.min()) if len(months) else stop or 0
    end = stop if stop is not None else max(first, int(months.max()) + 1 if len(months) else first)
    return min(first, end), end


def refuse_missing(connection: Any, *, table: str, where: str = "") -> None:
    """Nothing, if every act has a moment, a member and a known action.

    Args:
        connection: The database.
        table: Table of parts in it.
        where: The files, for the error.

    Raises:
        StoreError: one has none.
    """
    lacking = connection.execute(_LACKING.replace("$table", table)).fetchone()
    named = ("moment", "member", "action", "organisation")
    for name, count in zip(named, lacking, strict=True):
        if count:
            raise StoreError(
                f"{count} acts have no {name} that can be understood",
                where=where,
                expected="a moment, a member and a known action in every row",
                next_step="Look for empty or unknown values in the source.",
            )
