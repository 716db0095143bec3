"""Every address, as everybody, with one's own thing and another's in every state: a table says what happens.

In the table (`studio_doors.csv`) "enter" is to be sent to sign in; all else is the status of the answer. What
is refused changes nothing.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from allmende.studio.accounts.roles import ROLES, Role
from allmende.studio.jobs.question import Question
from allmende.studio.jobs.runner import Runner, version_folder
from allmende.studio.routes import DOORS, Door
from studio_site import running
from studio_world import OBJECTS, PEOPLE, World

TABLE = Path(__file__).with_name("studio_doors.csv")
RANK = {"stranger": Role.VISITOR, "visitor": Role.VISITOR, "other author": Role.AUTHOR, **ROLES}
REFUSED = {"enter", "403", "404", "410"}
SESSIONS = {"/leave", "/account/sessions", "/welcome/{token}"}
STATES = ("pending", "published", "old", "hidden", "rejected", "spam", "removed")
KNOWN = {(door.method, door.path): door for door in DOORS}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def world_at(folder: Path) -> Iterator[World]:
    """A studio in which jobs stay queued, and an author who owns nothing there."""
    with running(folder / "s", jobs_each=10_000) as site, pytest.MonkeyPatch.context() as patch:
        study = site.study(source="case:mozilla-2006")
        number = site.answered(study, Question("place", study.source))
        patch.setattr(Runner, "_start_next", lambda _: None)
        site.add("other author", Role.AUTHOR)
        yield World(site, version_folder(site.studio.settings.folder, study.id, number))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_at(tmp_path_factory.mktemp("walk")) as found:
        yield found


def came_out(world: World, door: Door, thing: str, who: str) -> tuple[str, bool]:
    """What somebody gets at an address, and whether anything was written."""
    parts = world.parts(door, thing)
    browser = world.browser(who, fresh=door.path in SESSIONS)
    written = "SELECT value FROM counters WHERE name = 'change'"
    before = world.site.studio.store.value(written)
    path = world.path(door, parts)
    answer = browser.get(path) if door.method == "GET" else browser.post(path, data=world.fields(door, parts))
    turned_away = answer.status_code == 303 and answer.headers["location"] == "/enter"
    said = "enter" if turned_away and door.path != "/account/sessions" else str(answer.status_code)
    changed = world.site.studio.store.value(written) != before
    if changed:
        world.changed(door, thing)
    return said, changed


@pytest.mark.parametrize(
    ("address", "some"),
    [(key, list(group)) for key, group in groupby(rows(), lambda row: (row["method"], row["path"]))],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_everybody_gets_what_the_table_says(
    address: tuple[str, str], some: list[dict[str, str]], world: World
) -> None:
    door = KNOWN[address]
    for row in some:
        for who in PEOPLE:
            said, written = came_out(world, door, row["thing"], who)
            assert said == row[who], (row["thing"], who)
            assert not written or (door.method == "POST" and said not in REFUSED), (row["thing"], who)


def test_the_table_has_every_address_with_everything_it_can_meet() -> None:
    things: dict[tuple[str, str], set[str]] = {}
    for row in rows():
        things.setdefault((row["method"], row["path"]), set()).add(row["thing"])
    assert list(things) == list(KNOWN)
    comment = {f"of a {who}, {state}" for who in ("visitor", "reader") for state in STATES} | {"missing"}
    for (method, path), met in things.items():
        if "{study}" in path:
            assert {thing.partition(":")[0] for thing in met} == set(OBJECTS), (method, path)
        if path.startswith(("/c/", "/comments/{")) or path == "/contact":
            assert comment | {"of the author, published", "of a reader, published, withdrawn study"} <= met


def test_the_table_says_nothing_else_than_the_roles_of_the_routes() -> None:
    """Who has not the role, or not the study where it must be one's own, is turned away at every line."""
    for row in rows():
        door = KNOWN[row["method"], row["path"]]
        for who in PEOPLE:
            owns = who in {"author", "administrator"}
            if RANK[who] < door.role or ("{study}" in door.path and door.own and not owns):
                assert row[who] in REFUSED, (row, who)
            if "{study}" in door.path and not row["thing"].startswith("public") and not owns:
                assert row[who] in REFUSED, (row, who)
