"""Migrations: numbered files that bring a database from any earlier form to the present one.

A file is never changed once it was released; a change is a new file. Each runs once, all or nothing.
"""

from importlib.resources import files

from allmende.errors import StoreError
from allmende.studio.database.store import Act, Store

__all__ = ["migrate", "migrations"]

_FIRST = "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)"


def migrations() -> dict[int, str]:
    """The text of each migration by its number, in order."""
    found = {
        int(file.name[:4]): file.read_text(encoding="utf-8")
        for file in (files("allmende.studio.database") / "sql").iterdir()
        if file.name.endswith(".sql")
    }
    return dict(sorted(found.items()))


def migrate(store: Store) -> int:
    """Bring a database to the present form; how many migrations it needed.

    Raises:
        StoreError: it is from a newer version.
    """
    known = migrations()
    done = 0
    with store.opening() as act:
        act.run(_FIRST)
        there = {int(row["number"]) for row in act.rows("SELECT number FROM migrations")}
        if there - set(known):
            raise StoreError(
                f"the database has form {max(there)}; this version knows {max(known)}",
                where=store.place.rpartition("@")[2],
                next_step="Use the version of Allmende that wrote it, or a later one.",
            )
        for number, text in known.items():
            if number not in there:
                _run(store, act, number, text)
                done += 1
    return done


def _run(store: Store, act: Act, number: int, text: str) -> None:
    for statement in store.dialect.script(text):
        act.run(statement)
    act.run("INSERT INTO migrations (number) VALUES (?)", number)
