"""Opening: a database at its place, in the present form."""

import sqlite3
from pathlib import Path

from allmende.errors import StoreError
from allmende.studio.database.dialect import POSTGRES, SQLITE
from allmende.studio.database.migrations import migrate
from allmende.studio.database.store import Store

__all__ = ["open_store"]


def open_store(place: str | Path) -> Store:
    """Open a database and bring it to the present form.

    Args:
        place: A file, or `postgresql://...`.

    Raises:
        StoreError: it is from a newer version.
        AllmendeError: the library for PostgreSQL is not installed.
    """
    text = str(place)
    store = Store(POSTGRES if text.startswith(("postgresql://", "postgres://")) else SQLITE, text)
    try:
        migrate(store)
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"the database cannot be opened: {error}",
            where=text,
            next_step="Restore it from a copy, or name another folder.",
        ) from error
    return store
