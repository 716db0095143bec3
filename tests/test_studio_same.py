"""The same pages from SQLite and from PostgreSQL, and an interface for programs that keeps what it says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from allmende.studio.discussion import comments, notes, private
from allmende.studio.studies import versions
from studio_postgres import postgres
from studio_site import Site, now, running

# Yesterday: what is older than a month and undecided is erased.
THEN = now() // 86_400 * 86_400 - 86_400


def told(site: Site, answer: Path) -> None:
    """The same story for every database."""
    store = site.studio.store
    with store.write() as act:
        act.run("UPDATE accounts SET created = ?", THEN)
        act.run("DELETE FROM sessions")
    for number in range(3):
        study = versions.create(
            store,
            title=f"Study {number} é",
            source="case:mozilla-2006",
            owner=site.ids["author"],
            now=THEN + number,
        )  # fmt: skip
        with store.write() as act:
            made = versions.add_version(
                act, study.id, kind="place", title="Placed", command="allmende place case:mozilla-2006",
                digest="0" * 64, job=0, now=THEN,
            )  # fmt: skip
        shutil.copytree(answer, site.studio.settings.folder / "studies" / study.id / str(made))
        if number:
            versions.publish(store, study, {made}, now=THEN + 10 + number)
        for title, tags in (("On pay", "Pay, C++"), ("On care", "care, pay")):
            notes.save(
                store, study=study.id, note=None, author=site.ids["author"], title=title,
                body="A *note*.[^1]\n\n[^1]: x",
                tags=tags, public=number != 1, now=THEN + 20,
            )  # fmt: skip
        parent = 0
        for count in range(12):
            with store.write() as act:
                made = comments.add(
                    act, study=study.id, note=0, parent=parent, name=f"Näme {count}", account="",
                    text=f"Text {count}[fn]www.example.org[/fn] 100 % a@example.org", renderer=1,
                    state="published" if count % 4 else "pending", flags=("links",),
                    writer="w", now=THEN + count,
                )  # fmt: skip
                private.keep_address(act, made, "x@example.org", now=now())
            parent = made if count % 3 and count % 4 else 0
        comments.remove(store, made)
        waiting = comments.queue(store)
        comments.decide(
            store, waiting[0].id, "spam", account=site.ids["moderator"], reason="advertising", now=THEN
        )


def normal(text: str) -> str:
    """A page without what differs from one look to the next."""
    text = re.sub(r'name="stamp" value="[^"]*"', "stamp", text)
    return re.sub(r"Since <time.*?</time>, last used <time.*?</time>", "Since", text)


def pages(site: Site) -> dict[tuple[str, str], str]:
    base = "/studies/study-1-e"
    below = (
        "",
        "/versions/1",
        "/notes/on-pay",
        "/comments",
        "/comments.atom",
        "/feed.atom",
        "/publish",
        "/compare",
    )
    paths = [
        *(f"{base}{path}" for path in below), f"/api{base}", f"/api{base}/comments", f"{base}/publish",
        "/studies/study-0-e", "/studies/study-2-e", "/", "/tags", "/tags/pay", "/tags/pay/feed.atom",
        "/feed.atom", "/comments.atom", "/api/studies", "/moderation", "/moderation?state=spam", "/people",
        "/account", "/contact?c=c14&n=1", "/c/14",
    ]  # fmt: skip
    found = {}
    # What each role may see is the same code for both; here are the least, the owner and the most.
    for who in ("visitor", "author", "administrator"):
        browser = site.browser(who)
        for path in paths:
            answer = browser.get(path)
            found[who, path] = f"{answer.status_code} {normal(answer.text)}"
    return found


def test_both_databases_give_the_same_pages(tmp_path: Path) -> None:
    with running(tmp_path / "pattern") as pattern:
        study = pattern.published()
        answer = pattern.studio.settings.folder / "studies" / study.id / "1"
        with running(tmp_path / "s") as site:
            told(site, answer)
            first = pages(site)
        (tmp_path / "p").mkdir(mode=0o700)
        shutil.copy(tmp_path / "s" / "secret", tmp_path / "p" / "secret")
        with postgres() as address, running(tmp_path / "p", database=address) as site:
            told(site, answer)
            second = pages(site)
    assert first.keys() == second.keys()
    for key, text in first.items():
        assert text == second[key], key
    assert sum(text.startswith("200") for text in first.values()) > 55


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running(tmp_path / "s") as found:
        yield found


def test_the_interface_keeps_what_its_description_says(site: Site) -> None:
    """Made-up requests of every kind get an answer that the description allows, and no fault."""
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    import hypothesis

    study = site.published(title="For programs")
    with site.studio.store.write() as act:
        comments.add(
            act, study=study.id, note=0, parent=0, name="x", account="", text="y", renderer=1,
            state="published", flags=(), writer="", now=now(),
        )  # fmt: skip
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", site.app, headers={"host": "127.0.0.1:8642"})
    asked = 0
    for operation in (one.ok() for one in schema.get_all_operations()):

        @hypothesis.settings(max_examples=15, deadline=None, database=None)
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: object) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers={"host": "127.0.0.1:8642"})  # type: ignore[attr-defined]

        ask()
    assert asked > 20
    browser = site.browser()
    for path in ("/api/studies", f"/api/studies/{study.id}", f"/api/studies/{study.id}/comments"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
