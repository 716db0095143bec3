"""Store: reading and writing, the same for both databases.

    with store.write() as act:
        act.run("UPDATE studies SET title = ? WHERE id = ?", "Redis", "redis")
    store.row("SELECT title FROM studies WHERE id = ?", "redis")

Readers never wait for writers. Writers wait for each other: a transaction that writes is alone from its first
statement to its last, in all processes, so that nothing it read has changed when it writes.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from allmende.errors import AllmendeError
from allmende.studio.database.dialect import SQLITE, Dialect

__all__ = ["Act", "Connection", "Row", "Store"]

Row = Mapping[str, Any]
Value = str | int | float | bytes | None

_PATIENCE_MS = 60_000
_STALE = 1.0


class Connection(Protocol):
    """What both libraries call a connection."""

    def execute(self, statement: str, values: Any = ..., /) -> Any:
        """Run a statement."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """A transaction that writes."""

    dialect: Dialect
    connection: Connection

    def run(self, statement: str, *values: Value) -> int:
        """Run a statement; how many rows it changed."""
        return int(self.connection.execute(self.dialect.written(statement), values).rowcount)

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """The rows of a question."""
        return list(self.connection.execute(self.dialect.written(statement), values).fetchall())

    def row(self, statement: str, *values: Value) -> Row | None:
        """The first row of a question; None when there is none."""
        return next(iter(self.rows(statement, *values)), None)

    def next(self, counter: str) -> int:
        """The next number of a counter; no number is given twice."""
        found = self.row("UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value", counter)
        assert found is not None, counter
        return int(found["value"])


@dataclass(slots=True)
class Store:
    """An open database; safe to use from any thread.

    Args:
        dialect: Which kind.
        place: The file, or the address.
    """

    dialect: Dialect
    place: str
    _idle: list[Connection] = field(default_factory=list)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _writer: Connection | None = None
    _change: tuple[float, int] = (0.0, -1)

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """The rows of a question."""
        text = self.dialect.written(statement)
        with self._reading() as connection:
            return list(connection.execute(text, values).fetchall())

    def row(self, statement: str, *values: Value) -> Row | None:
        """The first row of a question; None when there is none."""
        return next(iter(self.rows(statement, *values)), None)

    def value(self, statement: str, *values: Value) -> Any:
        """The first value of the first row; None when there is none."""
        found = self.row(statement, *values)
        return None if found is None else next(iter(found.values()))

    @contextmanager
    def write(self) -> Iterator[Act]:
        """A transaction that writes: all of it or, when something is raised, nothing of it."""
        with self.opening() as act:
            yield act
            act.run("UPDATE counters SET value = value + 1 WHERE name = 'change'")
        self._change = (0.0, self._change[1])

    @contextmanager
    def opening(self) -> Iterator[Act]:
        """A transaction in a database that may have no table yet; readers are not told of a change."""
        with self._writing:
            if self._writer is None:
                self._writer = self._connect(reading=False)
            connection = self._writer
            try:
                for statement in self.dialect.begin:
                    connection.execute(statement)
                yield Act(self.dialect, connection)
                connection.execute("COMMIT")
            except BaseException:
                self._give_up(connection)
                raise

    def change(self) -> int:
        """A number that grows with every write, of this process at once, of others within a second."""
        now = time.monotonic()
        at, number = self._change
        if now - at > _STALE:
            number = int(self.value("SELECT value FROM counters WHERE name = 'change'"))
            self._change = (now, number)
        return number

    def close(self) -> None:
        """Give every connection back."""
        with self._writing:
            while self._idle:
                self._idle.pop().close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection that nobody else uses meanwhile; one that failed is not used again."""
        # Threads come and go, connections are kept; taking from the end of a list is safe from any thread.
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect(reading=True)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def _connect(self, *, reading: bool) -> Connection:
        connect = _sqlite if self.dialect is SQLITE else _postgres
        return connect(self.place, reading=reading)

    def _give_up(self, connection: Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - a connection that cannot roll back is given up, whatever it says
            connection.close()
            self._writer = None


def _sqlite(place: str, *, reading: bool) -> Connection:
    def named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
        return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}

    connection = sqlite3.connect(
        place, timeout=_PATIENCE_MS / 1000, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = named
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        f"PRAGMA busy_timeout = {_PATIENCE_MS}",
        "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cell_size_check = ON",
        *(("PRAGMA query_only = ON",) if reading else ()),
    ):
        connection.execute(statement)
    return connection


def _postgres(place: str, *, reading: bool) -> Connection:
    try:
        import psycopg
        from psycopg.rows import dict_row
    except ImportError as error:
        raise AllmendeError(
            "the library for PostgreSQL is not installed",
            where=place.rpartition("@")[2],
            next_step="Install it: pip install 'allmende[postgres]'.",
        ) from error
    connection = psycopg.connect(place, autocommit=True, row_factory=dict_row)
    if reading:
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    return connection
