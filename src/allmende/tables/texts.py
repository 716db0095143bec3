"""Text files of rows, CSV, TSV and JSON Lines, as batches of columns.

They are read in this process with Python's own csv module and msgspec's JSON: both are memory-safe on
hostile input, and both let us see each line, so every row has its line number. Blocks without a fault
go through in one call; a block with one is read line by line. A line that cannot become a row is
refused with its number, and the next line is read as if nothing had happened.
"""

import csv
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np

from allmende.events import Refusal, Refusals
from allmende.tables.columns import SEPARATOR, Batch, Column
from allmende.tables.decompression import Stream
from allmende.tables.lines import TOO_LONG, Lines, encoded

__all__ = ["BATCH", "NOT_PLAIN", "Batches", "delimited", "json_lines"]

BATCH = 20_000
MOST_COLUMNS = 1_000
RETURNS = 1_000
NOT_PLAIN = "\0not plain"

Place = Callable[[int], str]
Batches = Callable[[tuple[str, ...]], Iterator[Batch]]
"""From the source columns that are wanted to the rows."""

Row = list[str]
Rows = tuple[list[Any], list[int], list[Refusal], bool]


def delimited(
    stream: Stream, place: Place, *, delimiter: str = "", encoding: str = "utf-8"
) -> tuple[tuple[str, ...], Batches]:
    """A file of delimited values: its column names, and the way to its rows.

    Args:
        stream: The file.
        place: How a line number is written.
        delimiter: Between two values; "" looks at the first line.
        encoding: Of the text.
    """
    lines = Lines(stream, encoding)
    first = next(lines, "")
    lines.back([first])
    mark = delimiter or max(",;\t|", key=first.count)
    header = next(_rows(lines, mark, 0), [])
    names = tuple(name.removeprefix("\ufeff").strip() for name in header) if isinstance(header, list) else ()

    def columns(rows: list[Any], wanted: tuple[str, ...]) -> dict[str, Column]:
        across = list(zip(*rows, strict=True)) or [()] * len(names)
        return {name: Column.of_texts(across[names.index(name)]) for name in wanted if name in names}

    def read() -> Rows:
        return _read_delimited(lines, mark, len(names), place)

    return names, lambda wanted: _batches(read, lambda rows: columns(rows, wanted))


def json_lines(stream: Stream, place: Place) -> tuple[tuple[str, ...], Batches]:
    """A file with a JSON object on each line: the names in its first objects, and the way to its rows.

    A wanted name with dots leads into objects: "actor.login".

    Args:
        stream: The file.
        place: How a line number is written.
    """
    lines = Lines(stream, "utf-8")
    first: list[str] = []
    names: dict[str, None] = {}
    while not names and len(first) < BATCH and (block := lines.block()):
        first += block
        for line in block:
            found = _object(line)
            names |= dict.fromkeys(found) if isinstance(found, dict) else {}
    lines.back(first)

    def read() -> Rows:
        return _read_objects(lines, place)

    return tuple(names)[:MOST_COLUMNS], lambda wanted: _batches(read, lambda rows: _pick(rows, wanted))


def _batches(read: Callable[[], Rows], columns: Callable[[list[Any]], dict[str, Column]]) -> Iterator[Batch]:
    ended = False
    while not ended:
        kept: list[Any] = []
        places: list[int] = []
        refused: list[Refusal] = []
        while not ended and len(kept) + len(refused) < BATCH:
            rows, numbers, faults, ended = read()
            kept += rows
            places += numbers
            refused += faults
        yield Batch(columns(kept), np.array(places, np.int64), Refusals.of(refused))


def _read_delimited(lines: Lines, delimiter: str, width: int, place: Place) -> Rows:
    start = lines.number
    block = lines.block()
    if lines.clean and (fast := _one_call(block, delimiter, width)) is not None:
        numbers = [start + index for index, row in enumerate(fast, 1) if row]
        return [row for row in fast if row], numbers, [], not block
    lines.back(block)
    kept: list[Row] = []
    places: list[int] = []
    refused: list[Refusal] = []
    reading = _rows(lines, delimiter, width)
    while lines.number < start + len(block) and (found := next(reading, None)) is not None:
        if isinstance(found, list):
            kept.append(found)
            places.append(lines.number)
        else:
            refused.append(Refusal(place(lines.number), found))
    return kept, places, refused, not block


def _one_call(block: list[str], delimiter: str, width: int) -> list[Row] | None:
    """All rows of a block, when none spans lines, is ragged or faulty."""
    try:
        rows = list(csv.reader(block, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    fine = len(rows) == len(block) and set(map(len, rows)) <= {width, 0}
    return rows if fine else None


class _Recorder:
    """Lines of the row that is being read, so that they can be gone back to."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.row: list[str] = []

    def __iter__(self) -> "_Recorder":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.row.append(line)
        return line


def _rows(lines: Lines, delimiter: str, width: int) -> Iterator[Row | str]:
    """Rows, or the reason for which a line is not one; blank lines are nothing.

    A row that went wrong over several lines is most likely one stray quote: its first line is refused
    and reading goes on with its second, a thousand times in a file at most.
    """
    source = _Recorder(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.row.clear()
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            reason = _reason(str(fault))
            # A fresh one: after a fault the old one may still believe itself inside a quote.
            reader = csv.reader(source, delimiter=delimiter, strict=True)
        else:
            reason = _fault(found, source.row, width, lines)
        if not reason:
            if found:
                yield found
            continue
        if len(source.row) > 1 and lines.returns < RETURNS:
            lines.returns += 1
            lines.back(source.row[1:])
        yield reason


def _reason(fault: str) -> str:
    if "field larger" in fault:
        return f"a value is longer than {csv.field_size_limit()} characters"
    if "unexpected end" in fault:
        return "a quote is never closed"
    if "expected after" in fault:
        return "text after a closing quote"
    return "a bare carriage return inside a line" if "new-line" in fault else "not a row of delimited values"


def _fault(found: Row, raw: list[str], width: int, lines: Lines) -> str:
    if any("\0" in line for line in raw):
        return "longer than a line may be" if raw[0].startswith(TOO_LONG) else "holds a NUL byte"
    if width and found and len(found) != width:
        cut = lines.cut and lines.at_end and len(found) < width
        return "cut off in the last line" if cut else f"has not {width} values"
    if any(not encoded(line) for line in raw):
        return "not in the declared encoding"
    return "" if len(found) <= MOST_COLUMNS else f"has more than {MOST_COLUMNS} values"


def _read_objects(lines: Lines, place: Place) -> Rows:
    start = lines.number
    block = lines.block()
    kept: list[dict[str, Any]] = []
    places: list[int] = []
    refused: list[Refusal] = []
    for number, line in enumerate(block, start + 1):
        found = _object(line)
        if isinstance(found, dict):
            kept.append(found)
            places.append(number)
        elif found:
            last = lines.cut and lines.at_end and line is block[-1]
            refused.append(Refusal(place(number), "cut off in the last line" if last else found))
    return kept, places, refused, not block


_DECODER = msgspec.json.Decoder(dict[str, Any])


def _object(line: str) -> dict[str, Any] | str:
    """The object on a line, or why there is none; "" for a blank line."""
    try:
        return _DECODER.decode(line)
    except RecursionError:
        return "JSON nested too deep"
    except (msgspec.DecodeError, UnicodeError) as fault:
        return _not_an_object(line, fault) if line.strip() else ""


def _not_an_object(line: str, fault: Exception) -> str:
    if line.startswith(TOO_LONG):
        return "longer than a line may be"
    if not encoded(line):
        return "not in the declared encoding"
    if "out of range" in str(fault):
        return "a number beyond 64 bits"
    return "not a JSON object" if isinstance(fault, msgspec.ValidationError) else "not JSON"


def _pick(rows: list[dict[str, Any]], wanted: tuple[str, ...]) -> dict[str, Column]:
    return {name: Column.of_texts(_values(rows, name)) for name in wanted}


def _values(rows: list[dict[str, Any]], name: str) -> list[str]:
    found = [row.get(name) for row in rows]
    if "." in name and not any(value is not None for value in found):
        found = [_inside(row, name.split(".")) for row in rows]
    return [value if type(value) is str else _text(value) for value in found]


def _inside(row: Any, path: list[str]) -> Any:
    for step in path:
        row = row.get(step) if isinstance(row, dict) else None
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(type(one) is str for one in value):
        return "".join(SEPARATOR + one for one in value)
    # A list or an object where a plain value is due: no such text is a time, a number or an action.
    return NOT_PLAIN
