"""Columns of a table, whatever file they came from, and what their cells mean.

A text column is a code for each row into a table of distinct texts, so that whatever has to be
understood is understood once for each distinct text. A cell that cannot be understood never stops
anything: its row is marked with a reason, and the first reason of a row stands.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from allmende.events import OFFSET_UNKNOWN, Refusals
from allmende.months import MICROSECONDS_A_DAY, instant
from allmende.tables.mapping import TimeForm

__all__ = ["SEPARATOR", "Batch", "Column", "Faults", "flags", "instants", "numbers", "texts", "time_unit"]

FIRST_INSTANT = instant(datetime(1, 1, 1, tzinfo=UTC))
LAST_INSTANT = instant(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
SEPARATOR = "\0\x1f"
"""Before each text of a list of texts that travels as one text; no name may hold a NUL."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNZONED = timedelta.min
LARGEST = 1 << 53
"""Beyond this a number of a table is a mistake, and sums over 10^3 rows could overflow."""

NOTHING = frozenset({"", "NA", "NULL", "null", "None", "NaN", "nan", "\\N", "<NA>"})
TRUE = frozenset({"true", "t", "yes", "y", "1"})
FALSE = frozenset({"false", "f", "no", "n", "0"})
PLAIN_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", re.ASCII)
UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        kind: What its values are: codes into `table`, whole numbers, fractions, flags (0 and 1), or
            instants (microseconds since 1970, UTC).
        values: One for each row; meaningless where missing.
        missing: Where the table has nothing.
        table: The distinct texts of a text column.
    """

    kind: Literal["text", "whole", "fraction", "flag", "instant"]
    values: NDArray[Any]
    missing: NDArray[np.bool_]
    table: tuple[str, ...] = ()

    @classmethod
    def of_texts(cls, values: Sequence[str]) -> Self:
        """A text column; an empty text is a missing one."""
        codes: defaultdict[str, int] = defaultdict()
        codes.default_factory = codes.__len__
        column = np.array([codes[value] for value in values], np.int32)
        return cls("text", column, column == codes.get("", -1), tuple(codes))

    @classmethod
    def nothing(cls, size: int) -> Self:
        """A column in which everything is missing."""
        return cls("text", np.zeros(size, np.int32), np.ones(size, np.bool_), ("",))

    def take(self, rows: NDArray[np.bool_]) -> "Column":
        """The rows where this is true."""
        return Column(self.kind, self.values[rows], self.missing[rows], self.table)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a table.

    Args:
        columns: By source column, all of one length.
        places: Line or row number of each row in its file.
        refused: What could not even become a row.
    """

    columns: dict[str, Column]
    places: NDArray[np.int64]
    refused: Refusals

    def take(self, rows: NDArray[np.bool_]) -> "Batch":
        """The rows where this is true; what was refused stays."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return Batch(columns, self.places[rows], self.refused)


class Faults:
    """Which rows cannot become events, and the first reason of each."""

    def __init__(self, size: int) -> None:
        self._reasons: list[str] = []
        self._code = np.zeros(size, np.int32)

    @property
    def fine(self) -> NDArray[np.bool_]:
        """Rows without a fault."""
        return np.equal(self._code, 0)

    def mark(self, rows: NDArray[np.bool_], reason: str) -> None:
        """Give these rows a reason, unless they have one."""
        fresh = rows & self.fine
        if fresh.any():
            self._reasons.append(reason)
            self._code[fresh] = len(self._reasons)

    def refusals(self, place: Callable[[int], str], places: NDArray[np.int64]) -> Refusals:
        """The faults counted by reason, with the first places of each."""
        counts: dict[str, int] = {}
        examples: dict[str, tuple[str, ...]] = {}
        for code, reason in enumerate(self._reasons, 1):
            rows = np.flatnonzero(self._code == code)
            counts[reason] = counts.get(reason, 0) + len(rows)
            named = tuple(place(int(number)) for number in places[rows[: Refusals.KEPT]])
            examples[reason] = (*examples.get(reason, ()), *named)[: Refusals.KEPT]
        return Refusals(counts, examples)


def texts(column: Column) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """A column as codes into texts: numbers in base ten, flags as true and false, nothing as ""."""
    if column.kind == "text":
        if not column.missing.any():
            return column.values, column.table
        nothing = column.table.index("") if "" in column.table else len(column.table)
        table = column.table if "" in column.table else (*column.table, "")
        return np.where(column.missing, nothing, column.values).astype(np.int32), table
    distinct, codes = np.unique(column.values, return_inverse=True)
    words = [str(value) for value in distinct.tolist()]
    if column.kind == "flag":
        words = [("false", "true")[word != "0"] for word in words]
    return np.where(column.missing, len(words), codes).astype(np.int32), (*words, "")


def _understand(
    column: Column, convert: Callable[[str], int | None], faults: Faults, reason: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The number that each text means, and where there is one; others are faults."""
    meanings: list[int] = []
    empty: list[bool] = []
    wrong: list[bool] = []
    for text in column.table:
        nothing = text.strip() in NOTHING
        meaning = None if nothing else convert(text.strip())
        meanings.append(0 if meaning is None else meaning)
        empty.append(nothing)
        wrong.append(meaning is None and not nothing)
    codes = column.values
    there = ~column.missing & ~np.array(empty or [True])[codes]
    faults.mark(there & np.array(wrong or [False])[codes], reason)
    return np.array(meanings or [0], np.int64)[codes], there


def numbers(
    column: Column, faults: Faults, name: str, *, factor: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Whole numbers, and where there are any.

    Args:
        column: The column.
        faults: Told of cells that are not whole numbers after multiplication, or beyond 2^53.
        name: What the number is, for the reason.
        factor: Multiplied by it: 100 reads dollars as cents.
    """
    reason = f"{name} is not a whole number"
    if column.kind == "text":
        values, there = _understand(column, lambda text: _whole(text, factor), faults, reason)
    elif column.kind == "fraction":
        there = ~column.missing & ~np.isnan(column.values)
        # Clipped, so that infinity too is merely beyond the largest.
        scaled = np.clip(np.where(there, column.values, 0.0), -LARGEST, LARGEST) * factor
        # 12.1 dollars are 1210.0000000000002 cents in a file of binary fractions.
        whole = np.round(scaled)
        near = (np.abs(scaled) < LARGEST) & (np.abs(scaled - whole) <= 1e-9 * np.abs(whole))
        faults.mark(there & ~near, reason)
        values = np.where(near, whole, 0.0).astype(np.int64)
    else:
        there = ~column.missing
        values = np.where(there, column.values, 0)
        faults.mark(np.abs(values) > LARGEST // factor, f"{name} is too large")
        values = np.where(np.abs(values) > LARGEST // factor, 0, values) * factor
    return values, there


def _whole(text: str, factor: int) -> int | None:
    """A number with up to as many decimals as the factor has noughts, exactly; 3.0 is 3."""
    body, _, decimals = text.partition(".")
    noughts = len(str(factor)) - 1
    decimals = decimals.rstrip("0")
    digits = body.removeprefix("-").removeprefix("+")
    if len(digits) > 16 or len(decimals) > noughts or not (digits + decimals).isascii():  # noqa: PLR2004 - 2^53 has 16
        return None
    if not digits.isdigit() or (decimals and not decimals.isdigit()):
        return None
    value = int(digits + decimals.ljust(noughts, "0"))
    return None if value > LARGEST else -value if body.startswith("-") else value


def flags(column: Column, faults: Faults, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """True or false, and where either is said."""
    if column.kind != "text":
        return ~column.missing & (column.values != 0), ~column.missing
    values, there = _understand(column, _flag, faults, f"{name} is neither true nor false")
    return there & (values == 1), there


def _flag(text: str) -> int | None:
    folded = text.lower()
    return 1 if folded in TRUE else 0 if folded in FALSE else None


def time_unit(column: Column) -> str:
    """The unit of numbers that count from 1970, told by their size: the median decides.

    "" for a text column that is not mostly such numbers: there, a number is a mistake.
    """
    if column.kind == "text":
        written = [text.strip() for text in column.table[:1000] if text.strip() not in NOTHING]
        samples = [abs(int(text)) for text in written if _epoch(text)]
        if 2 * len(samples) < len(written) or not written:
            return ""
    else:
        samples = np.abs(column.values[~column.missing][:1000]).astype(np.float64).tolist()
    middle = float(np.median(samples)) if samples else 0.0
    return next((unit for unit, most in (("s", 1e11), ("ms", 1e14), ("us", 1e17)) if middle < most), "ns")


def _epoch(text: str) -> bool:
    """Whether a text is a number that counts from 1970; eight digits are a date, 20240131."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 19 and len(text) != 8  # noqa: PLR2004


def instants(
    column: Column, form: TimeForm, faults: Faults, name: str = "time"
) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.bool_]]:
    """Microseconds since 1970 (UTC), the offset each was written with, and where there are any.

    Args:
        column: The column.
        form: How moments are written; numbers need a unit by now (`time_unit`).
        faults: Told of cells that are no moments, or outside the years 1 to 9999.
        name: What the moment is, for the reason.
    """
    outside = f"{name} outside the years 1 to 9999"
    if column.kind == "text":
        at, offset, there = _moments(column, form, faults, name)
    else:
        there = ~column.missing
        at = _microseconds(column, form, there)
        offset = np.full(len(at), OFFSET_UNKNOWN, np.int16)
    beyond = there & ((at < FIRST_INSTANT) | (at > LAST_INSTANT))
    faults.mark(beyond, outside)
    return np.where(there & ~beyond, at, 0), offset, there


def _microseconds(column: Column, form: TimeForm, there: NDArray[np.bool_]) -> NDArray[np.int64]:
    beyond = LAST_INSTANT + 1
    if column.kind == "instant":
        return np.where(there, column.values, 0)
    values = np.where(there, column.values, 0)
    if form.unit == "ns":
        return np.floor_divide(values, 1000).astype(np.int64)
    if column.kind == "fraction":
        scaled = np.nan_to_num(values, nan=np.inf) * UNITS[form.unit or "s"]
        return np.where(np.abs(scaled) < beyond, scaled, beyond).astype(np.int64)
    factor = UNITS[form.unit or "s"]
    near = np.abs(values) <= beyond // factor
    return np.where(near, np.where(near, values, 0) * factor, beyond).astype(np.int64)


def _moments(
    column: Column, form: TimeForm, faults: Faults, name: str
) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.bool_]]:
    if not form.format and (not form.zone) and (quick := _plain_moments(column.table)) is not None:
        return quick[column.values], np.full(len(column.values), OFFSET_UNKNOWN, np.int16), ~column.missing
    zone = ZoneInfo(form.zone) if form.zone else UTC
    size = max(len(column.table), 1)
    at, offset = np.zeros(size, np.int64), np.full(size, OFFSET_UNKNOWN, np.int16)
    empty, wrong = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for row, text in enumerate(map(str.strip, column.table)):
        if text in NOTHING:
            empty[row] = True
            continue
        try:
            if form.unit and not form.format and _epoch(text):
                at[row] = _counted(int(text), form.unit)
            else:
                at[row], offset[row] = _written(text, form, zone)
        except (ValueError, OverflowError):
            wrong[row] = True
    codes = column.values
    there = ~column.missing & ~empty[codes]
    faults.mark(there & wrong[codes], f"{name} not understood")
    return at[codes], offset[codes], there


def _plain_moments(table: tuple[str, ...]) -> NDArray[np.int64] | None:
    """All of them at once where all are written 2024-01-31T12:00:00, with or without a Z; else None."""
    plain = [text.removesuffix("Z") for text in table]
    if not all(map(PLAIN_MOMENT.fullmatch, plain)):
        return None
    try:
        return np.array(plain, "datetime64[us]").astype(np.int64)
    except ValueError:
        return None


def _counted(number: int, unit: str) -> int:
    microseconds = number // 1000 if unit == "ns" else number * UNITS[unit]
    return min(max(microseconds, FIRST_INSTANT - 1), LAST_INSTANT + 1)


def _written(text: str, form: TimeForm, zone: tzinfo) -> tuple[int, int]:
    # Without a format the ISO reader of C is five times as fast as strptime.
    moment = datetime.strptime(text, form.format) if form.format else datetime.fromisoformat(text)  # noqa: DTZ007 - the zone follows
    east = moment.utcoffset()
    if east is None:
        moment, east = moment.replace(tzinfo=zone), UNZONED
    since = moment - EPOCH
    # A clock that writes Z is a machine's: it tells nothing about where the member is.
    told = east is not UNZONED and not text.endswith(("Z", "z"))
    return (
        since.days * MICROSECONDS_A_DAY + since.seconds * 1_000_000 + since.microseconds,
        east.days * 1440 + east.seconds // 60 if told else OFFSET_UNKNOWN,
    )
