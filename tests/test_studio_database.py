"""The store on both databases: transactions, writers at once, writers that are killed, older forms."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from allmende.errors import AllmendeError, StoreError
from allmende.studio.database.migrations import migrate, migrations
from allmende.studio.database.opening import open_store
from allmende.studio.database.store import Store
from studio_postgres import postgres

WRITER = """
import sys, time
from allmende.studio.database.opening import open_store
from allmende.studio.discussion.comments import add
store = open_store(sys.argv[1])
name, count = sys.argv[2], int(sys.argv[3])
for number in range(count):
    begun = time.perf_counter()
    with store.write() as act:
        made = add(act, study="s", note=0, parent=0, name=name, account="",
                   text=f"{name} {number}", renderer=1, state="published", flags=(), writer="", now=number)
    print(number, made, time.perf_counter() - begun, flush=True)
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "s.sqlite3")
    address = request.getfixturevalue("address")
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return str(address)


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    found = open_store(place)
    yield found
    found.close()


def with_study(store: Store) -> None:
    with store.write() as act:
        act.run("INSERT INTO accounts VALUES ('a', 'A', 'a', 'author', '', 0, 0)")
        act.run("INSERT INTO studies VALUES ('s', 'S', 'x', 'a', 'published', 'open', 0, 0, 0)")


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    with_study(store)
    before = store.change()

    def fail_halfway() -> None:
        with store.write() as act:
            act.run("UPDATE studies SET title = 'Other' WHERE id = 's'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert store.value("SELECT title FROM studies WHERE id = ?", "s") == "S"
    assert store.change() == before
    with store.write() as act:
        act.run("UPDATE studies SET title = ? WHERE id = 's'", "100 % sure?")
    assert store.row("SELECT title FROM studies WHERE id = ?", "s") == {"title": "100 % sure?"}
    assert store.change() > before


def test_numbers_are_never_given_twice(store: Store) -> None:
    found: list[int] = []

    def draw() -> None:
        for _ in range(20):
            with store.write() as act:
                found.append(act.next("comment"))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 81))


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        store.rows("INSERT INTO tags (slug, name) VALUES ('a', 'a') RETURNING slug")


def test_migrations_run_once_and_newer_forms_are_refused(store: Store) -> None:
    assert list(migrations()) == list(range(1, len(migrations()) + 1))
    assert migrate(store) == 0
    with store.write() as act:
        act.run("INSERT INTO migrations (number) VALUES (9999)")
    with pytest.raises(StoreError, match="form 9999"):
        migrate(store)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "s.sqlite3"
    place.write_text("no database " * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(place)


def test_the_library_for_postgresql_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(AllmendeError, match=r"allmende\[postgres\]"):
        open_store("postgresql://somebody:secret@127.0.0.1:1/x")


def lines_of(process: "subprocess.Popen[str]") -> list[list[str]]:
    text, _ = process.communicate(timeout=600)
    return [line.split() for line in text.splitlines()]


def begun(place: str, name: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, place, name, str(count)], stdout=subprocess.PIPE, text=True
    )


def write_at_once(store: Store, place: str, writers: int, each: int) -> list[float]:
    with_study(store)
    processes = [begun(place, f"w{number}", each) for number in range(writers)]
    told = [lines_of(process) for process in processes]
    assert all(process.returncode == 0 for process in processes)
    kept = {
        (row["name"], row["text"]): row["id"] for row in store.rows("SELECT id, name, text FROM comments")
    }
    assert len(kept) == writers * each
    assert sorted(kept.values()) == list(range(1, writers * each + 1))
    for number, lines in enumerate(told):
        for line in lines:
            assert kept[f"w{number}", f"w{number} {line[0]}"] == int(line[1])
    return sorted(float(line[2]) for lines in told for line in lines)


def test_writers_at_once_lose_nothing(store: Store, place: str) -> None:
    write_at_once(store, place, writers=4, each=25)


@pytest.mark.slow
def test_sixteen_writers_of_a_thousand_comments_each_lose_nothing(store: Store, place: str) -> None:
    took = write_at_once(store, place, writers=16, each=1000)
    assert took[-1] < 60


def kill_while_writing(place: str, store: Store, times: int) -> None:
    """What was acknowledged before `kill -9` is there, whole, and the next writer goes on."""
    with_study(store)
    acknowledged = 0
    for number in range(times):
        process = begun(place, f"k{number}", 100_000)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(1 + number % 5)]
        time.sleep(0.001 * (number % 7))
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        made = [line.split() for line in (*lines, *rest.splitlines(keepends=True)) if line.endswith("\n")]
        acknowledged += len(made)
        for line in made:
            row = store.row("SELECT name, text FROM comments WHERE id = ?", int(line[1]))
            assert row == {"name": f"k{number}", "text": f"k{number} {line[0]}"}
    count = int(store.value("SELECT count(*) FROM comments"))
    assert acknowledged <= count <= acknowledged + times
    assert store.value("SELECT max(id) FROM comments") == count
    if "://" not in place:
        with sqlite3.connect(place) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def test_writers_that_are_killed_lose_nothing_they_acknowledged(store: Store, place: str) -> None:
    kill_while_writing(place, store, times=5)


@pytest.mark.slow
def test_a_hundred_writers_that_are_killed_lose_nothing(store: Store, place: str) -> None:
    kill_while_writing(place, store, times=100)
