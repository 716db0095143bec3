"""Notes, comments, moderation, feeds, guards - and an address that is private stays private."""

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.errors import AllmendeError
from allmende.studio.accounts.people import token_digest
from allmende.studio.discussion import comments, guards, private
from allmende.studio.discussion.comments import add
from allmende.studio.discussion.tags import LEVELS, tag_slug, weights
from allmende.studio.discussion.threads import DEEPEST, in_order, on_page
from allmende.studio.discussion.writing import note_html, summary
from allmende.studio.studies.versions import Study
from studio_site import VISITOR, WHO, Site, fields_of, now, running

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "textformat-vectors.json"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("studio") / "s") as found:
        yield found


@pytest.fixture
def study(site: Site, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A published study; forms may be sent at once, for the clock of the guards has tests of its own."""
    monkeypatch.setattr(guards, "_LEAST_S", 0.0)
    with site.studio.store.write() as act:
        act.run("DELETE FROM private_networks")
    return site.published("author", title="Talked about")


def vectors(kind: str) -> list[Any]:
    if not VECTORS.exists():
        return []
    return [one for one in json.loads(VECTORS.read_text())["blog"] if one["kind"] == kind]


def written(
    site: Site,
    study: Study,
    text: str,
    *,
    who: str = VISITOR,
    action: str = "save",
    browser: Any = None,
    **more: str,
) -> Any:
    """What the form of a study answers; `browser` keeps its cookies."""
    client = browser or site.browser(who, address=f"192.{len(text) % 200}.{abs(hash(text)) % 250}.1")
    page = client.get(f"/studies/{study.id}").text
    path = f"/studies/{study.id}/comments"
    typed = {"name": "Jane", "email": "", "text": text, "action": action}
    return client.post(path, data={**fields_of(page, path), **typed, **more})


def number_of(answer: Any) -> int:
    assert answer.status_code == 303, answer.text[-900:]
    return int(answer.headers["location"].rpartition("#c")[2])


def test_shared_vectors_of_the_blog_side() -> None:
    if not VECTORS.exists():
        pytest.skip("the shared vectors are not beside this checkout")
    for one in vectors("tag-weights"):
        assert weights(one["counts"], levels=one["levels"]) == one["expect"], one["id"]
    for one in vectors("tag-name"):
        assert tag_slug(one["input"]) == ((one["name"], one["slug"]) if one["slug"] else None), one["id"]
    for one in vectors("thread-order"):
        pairs = [(number, parent or 0) for number, parent in one["comments"]]
        assert [list(pair) for pair in in_order(pairs)] == one["expect"], one["id"]
    for one in vectors("form-guard"):
        case = one["case"]
        preview = case.get("action") == "preview"
        said = guards.verdict(
            trap=case["trap"], age=case["age_s"], failures=case["failures"], preview=preview
        )
        assert said == one["expect"], one["id"]


@pytest.mark.parametrize(
    ("age", "failures", "said"),
    [
        (4, 0, "too-fast"),
        (5, 1, "too-fast"),
        (23, 3, "too-fast"),
        (24, 3, "pass"),
        (6, 0, "pass"),
        (299, 99, "too-fast"),
        (300, 99, "pass"),
        (86_401, 0, "stale"),
    ],
)
def test_those_who_failed_wait_longer(age: int, failures: int, said: str) -> None:
    assert guards.verdict(trap="", age=age, failures=failures) == said


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=60))
def test_weights_lie_between_one_and_the_largest_and_follow_the_counts(counts: list[int]) -> None:
    levels = weights(counts)
    assert all(1 <= level <= LEVELS for level in levels)
    assert all(
        a <= b
        for (x, a) in zip(counts, levels, strict=True)
        for (y, b) in zip(counts, levels, strict=True)
        if x <= y
    )


@given(st.lists(st.integers(0, 30), max_size=120))
def test_a_thread_holds_every_comment_once_below_what_it_answers(parents: list[int]) -> None:
    pairs = [(number, min(parent, number - 1)) for number, parent in enumerate(parents, 1)]
    ordered = in_order(pairs)
    assert sorted(number for number, _ in ordered) == list(range(1, len(pairs) + 1))
    place = {number: index for index, (number, _) in enumerate(ordered)}
    depth = dict(ordered)
    for number, parent in pairs:
        assert 0 <= depth[number] <= DEEPEST
        if parent:
            assert place[parent] < place[number]
            assert depth[number] == min(depth[parent] + 1, DEEPEST)
    gathered = [one for page in range(1, on_page(ordered, 1)[1] + 1) for one in on_page(ordered, page)[0]]
    assert gathered == ordered


def test_ten_thousand_replies_below_each_other_are_ordered() -> None:
    assert len(in_order((number, number - 1) for number in range(1, 10_001))) == 10_000


def test_a_stranger_is_looked_at_first_and_a_commenter_is_not(site: Site, study: Study) -> None:
    stranger = site.browser()
    waiting = number_of(
        written(site, study, "A stranger's view[fn]of www.example.org[/fn]", browser=stranger)
    )
    known = number_of(written(site, study, "A commenter's view", who="commenter"))
    path = f"/studies/{study.id}"
    everybody = site.browser().get(path).text
    assert f'id="c{known}"' in everybody
    assert f'id="c{waiting}"' not in everybody
    own = stranger.get(path).text
    assert f'id="c{waiting}"' in own
    assert "only you see this" in own
    moderator = site.browser("moderator")
    assert "A stranger" in moderator.get("/moderation").text
    moderator.post("/moderation", data={"comment": str(waiting), "state": "published", "reason": "fine"})
    later = site.browser().get(path).text
    assert f'id="c{waiting}"' in later
    assert 'role="doc-noteref"' in later
    undo = re.findall(r'action="(/moderation/undo/\d+)"', moderator.get("/moderation").text)[0]
    moderator.post(undo, data={"go": "1"})
    assert f'id="c{waiting}"' not in site.browser().get(path).text


def test_a_preview_writes_nothing_and_keeps_what_was_typed(site: Site, study: Study) -> None:
    before = site.studio.store.value("SELECT count(*) FROM comments")
    answer = written(
        site, study, "Half a note [fn]never closed", action="preview", name="Ada", email="ada@example.org"
    )
    assert answer.status_code == 200
    assert "Preview: nothing is saved yet." in answer.text
    assert "is not closed" in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert 'value="Ada"' in answer.text
    assert site.studio.store.value("SELECT count(*) FROM comments") == before


def test_replies_stand_below_and_may_not_answer_what_is_not_shown(site: Site, study: Study) -> None:
    first = number_of(written(site, study, "First", who="commenter"))
    client = site.browser("commenter")
    page = client.get(f"/studies/{study.id}/comments?reply={first}").text
    path = f"/studies/{study.id}/comments"
    sent = {**fields_of(page, path), "name": "x", "email": "", "text": "A reply", "action": "save"}
    reply = number_of(client.post(path, data=sent))
    found = comments.comment_of(site.studio.store, reply)
    assert found is not None
    assert found.parent == first
    assert f'class="comment depth1" id="c{reply}"' in site.browser().get(f"/studies/{study.id}").text
    with pytest.raises(AllmendeError, match="not there any more"), site.studio.store.write() as act:
        add(
            act, study="another", note=0, parent=first, name="x", account="", text="x", renderer=1,
            state="pending", flags=(), writer="", now=now(),
        )  # fmt: skip


def test_a_form_is_used_once_and_a_trap_refuses(site: Site, study: Study) -> None:
    client = site.browser("commenter")
    path = f"/studies/{study.id}/comments"
    fields = fields_of(client.get(f"/studies/{study.id}").text, path)
    sent = {**fields, "name": "x", "email": "", "text": "Once", "action": "save"}
    number_of(client.post(path, data=sent))
    again = client.post(path, data=sent)
    assert "#c" not in again.headers["location"]
    assert site.studio.store.value("SELECT count(*) FROM comments WHERE text = 'Once'") == 1
    trap = guards.trap_name(site.studio.key)
    for bait in ("0", " ", "http://spam.example"):
        fresh = fields_of(client.get(f"/studies/{study.id}").text, path)
        assert (
            client.post(path, data={**fresh, **sent, "stamp": fresh["stamp"], trap: bait}).status_code == 403
        )
    forged = client.post(path, data={**sent, "stamp": "1.0123456789abcdef.00", "text": "Kept in the form"})
    assert forged.status_code == 422
    assert "Kept in the form" in forged.text


def test_too_many_are_refused_with_a_time_to_wait(site: Site, study: Study) -> None:
    client = site.browser(address="198.51.100.9")
    codes = [written(site, study, f"Quick {number}", browser=client).status_code for number in range(3)]
    assert codes == [303, 303, 429]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("www.a.example www.b.example www.c.example and words", "links"),
        ("http://a.example", "only-links"),
        ("\u202ea\u202eb\u202ec", "hidden-characters"),
    ],
)
def test_what_a_text_is_made_of_raises_flags(text: str, flag: str) -> None:
    assert flag in guards.content_flags(text, known=False, repeated=False)
    assert guards.content_flags("Plain words, www.a.example", known=False, repeated=False) == []


def test_its_writer_may_change_it_for_fifteen_minutes_and_remove_it_always(site: Site, study: Study) -> None:
    writer = site.browser(address="203.0.113.5")
    number = number_of(written(site, study, "Frist", browser=writer, email="gone@example.org"))
    for other in ("visitor", "commenter", "author", "administrator"):
        assert site.browser(other).get(f"/comments/{number}/edit").status_code == 404
        assert site.browser(other).post(f"/comments/{number}/remove", data={"go": "1"}).status_code == 404
    assert (
        writer.post(f"/comments/{number}/edit", data={"text": "First", "action": "save"}).status_code == 303
    )
    found = comments.comment_of(site.studio.store, number)
    assert found is not None
    assert (found.text, found.edited > 0) == ("First", True)
    with site.studio.store.write() as act:
        act.run("UPDATE comments SET created = created - 1000 WHERE id = ?", number)
    assert writer.get(f"/comments/{number}/edit").status_code == 404
    assert writer.post(f"/comments/{number}/remove", data={"go": "1"}).status_code == 303
    found = comments.comment_of(site.studio.store, number)
    assert found is not None
    assert (found.state, found.text, found.name, found.writer) == ("removed", "", "", "")
    assert private.look(site.studio.store, number, "x", now=now()) == ""


def test_a_removed_comment_with_replies_leaves_a_place(site: Site, study: Study) -> None:
    client = site.browser("commenter")
    path = f"/studies/{study.id}/comments"
    first = number_of(written(site, study, "Below me stands one", browser=client))
    fields = fields_of(client.get(f"{path}?reply={first}").text, path)
    number_of(
        client.post(path, data={**fields, "name": "", "email": "", "text": "I am the one", "action": "save"})
    )
    client.post(f"/comments/{first}/remove", data={"go": "1"})
    page = site.browser().get(f"/studies/{study.id}").text
    assert "Removed by its author." in page
    assert "Below me stands one" not in page
    assert "I am the one" in page


def test_notes_have_tags_revisions_and_an_address_that_stays(site: Site, study: Study) -> None:
    author = site.browser("author")
    base = f"/studies/{study.id}"
    sent = {
        "title": "On money",
        "body": "Who *pays*?[^1]\n\n[^1]: Nobody.\n\n<script>x</script>",
        "tags": "Free Software, C++",
    }
    preview = author.post(f"{base}/notes", data={**sent, "action": "preview"})
    assert "nothing is saved yet" in preview.text
    path = author.post(f"{base}/notes", data={**sent, "action": "draft"}).headers["location"]
    assert path == f"{base}/notes/on-money"
    assert site.browser().get(path).status_code == 404
    author.post(f"{path}/edit", data={**sent, "action": "publish"})
    page = site.browser().get(path)
    assert page.status_code == 200
    assert "<em>pays</em>" in page.text
    assert "&lt;script&gt;x" in page.text
    assert "/tags/c%2B%2B" in page.text
    author.post(
        f"{path}/edit", data={**sent, "title": "On money, again", "body": "Other.", "action": "publish"}
    )
    assert "On money, again" in site.browser().get(path).text
    assert "<em>pays</em>" in site.browser().get(f"{path}?rev=2").text
    assert site.browser().get(f"{path}?rev=1").status_code == 404
    assert "Free Software" in site.browser().get("/tags").text
    assert "On money, again" in site.browser().get("/tags/free-software").text
    feed = ET.fromstring(site.browser().get("/tags/free-software/feed.atom").content)
    assert feed.find(f"{ATOM}entry/{ATOM}title").text == "On money, again"
    author.post(f"{path}/edit", data={"action": "withdraw"})
    assert site.browser().get(path).status_code == 410
    assert site.browser().get("/tags/free-software").status_code == 404


def test_markdown_is_text_with_headings_below_the_title() -> None:
    html = note_html(
        "# A\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) ![i](http://x.example/i.png) [b](https://b.example)",
        doc_id="n1",
    )
    assert "<h2>A</h2>" in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("javascript:alert(1))", "")
    assert 'href="https://b.example" rel="nofollow noopener"' in html
    assert summary("# T\n\n" + "word " * 100).endswith("…")


def test_an_address_in_a_comment_is_behind_a_form(site: Site, study: Study) -> None:
    number = number_of(written(site, study, "Write to jane@example.org", who="commenter"))
    page = site.browser().get(f"/studies/{study.id}").text
    assert "jane@example.org" not in page
    assert "jane [at] example [dot] org" in page
    client = site.browser()
    asked = client.get(f"/contact?c=c{number}&n=1").text
    assert "jane@example.org" not in asked
    assert "jane@example.org" in client.post("/contact", data=fields_of(asked, "/contact")).text
    assert client.get(f"/contact?c=c{number}&n=2").status_code == 404


def test_feeds_are_atom_with_published_things_alone(site: Site, study: Study) -> None:
    shown = number_of(written(site, study, "In the feed <b>& [fn]with a note[/fn]\x0b", who="commenter"))
    hidden = number_of(written(site, study, "Not in the feed"))
    answer = site.browser().get(f"/studies/{study.id}/comments.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    assert f"http://127.0.0.1:8642/studies/{study.id}#c{shown}" in links
    assert not any(link.endswith(f"#c{hidden}") for link in links)
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}id").text.startswith("tag:")
        assert entry.find(f"{ATOM}updated").text.endswith("Z")
    ids = [entry.find(f"{ATOM}id").text for entry in feed.findall(f"{ATOM}entry")]
    again = ET.fromstring(site.browser().get("/comments.atom").content)
    assert set(ids) <= {entry.find(f"{ATOM}id").text for entry in again.findall(f"{ATOM}entry")}


def test_private_addresses_are_nowhere(site: Site, study: Study, caplog: pytest.LogCaptureFixture) -> None:
    """Canary test: 100 addresses nobody else uses, in every state, looked for everywhere as everybody."""
    canaries = [f"canary{number}@private{number}.example" for number in range(100)]
    states = ("pending", "published", "rejected", "spam", "hidden", "removed")
    for number, address in enumerate(canaries):
        with site.studio.store.write() as act:
            made = add(
                act, study=study.id, note=0, parent=0, name=f"Writer {number}", account="",
                text=f"Text {number}",
                renderer=1, state=states[number % 5], flags=(), writer=token_digest(str(number)), now=now(),
            )  # fmt: skip
            private.keep_address(act, made, address, now=now())
        if number % 6 == 5:
            comments.remove(site.studio.store, made)
    answer = written(site, study, "By the form", email="canary100@private100.example")
    assert number_of(answer)
    author = site.browser("author")
    author.post(f"/studies/{study.id}/publish", data={"version": "1"})
    seen: list[bytes] = []
    base = f"/studies/{study.id}"
    below = ("", "?page=2", "?page=3", "/comments", "/comments.atom", "/feed.atom", "/publish", "/versions/1")
    files = ("/versions/1/page.html", "/versions/1/data.json")
    paths = [
        *(f"{base}{path}" for path in (*below, *files)), "/", "/tags", "/comments.atom", "/feed.atom",
        "/moderation",
        "/moderation?state=spam", "/api/studies", f"/api{base}", f"/api{base}/comments", "/no/such/page",
    ]  # fmt: skip
    for who in WHO:
        browser = site.browser(who)
        for path in paths:
            answer = browser.get(path)
            seen += [answer.content, str(answer.headers).encode()]
    archive = zipfile.ZipFile(io.BytesIO(author.get(f"{base}/export.zip").content))
    seen += [archive.read(name) for name in archive.namelist()]
    folder = site.studio.settings.folder
    kept = [place for place in folder.rglob("*") if place.is_file() and "studio.sqlite3" not in place.name]
    assert any("published" in place.parts for place in kept)
    seen += [place.read_bytes() for place in kept]
    seen.append(caplog.text.encode())
    assert len(seen) > 200
    canary = re.compile(rb"canary\d+@|private\d+\.example")
    assert canary.search(b"x canary7@private7.example")
    assert not [one[:200] for one in seen if canary.search(one)]
    moderator = site.browser("moderator")
    one = site.studio.store.value("SELECT min(comment) FROM private_addresses WHERE email LIKE 'canary%'")
    assert "canary" in moderator.post(f"/moderation/{one}/address", data={"go": "1"}).text
    assert site.studio.store.value("SELECT count(*) FROM looks WHERE comment = ?", one) == 1


def test_nothing_private_outlives_its_date(site: Site, study: Study) -> None:
    with site.studio.store.write() as act:
        made = add(
            act, study=study.id, note=0, parent=0, name="Old", account="", text="Old", renderer=1,
            state="spam", flags=(), writer="w", now=1000,
        )  # fmt: skip
        private.keep_address(act, made, "old@example.org", now=1000)
        private.keep_network(act, "n", what="thread", study="s", now=1000)
    private.purge(site.studio.store, now=1000 + 86_400 * 14 - 1)
    assert site.studio.store.value("SELECT count(*) FROM private_addresses WHERE comment = ?", made) == 1
    private.purge(site.studio.store, now=1000 + 86_400 * 14 + 1)
    assert site.studio.store.value("SELECT count(*) FROM private_addresses WHERE comment = ?", made) == 0
    assert site.studio.store.value("SELECT count(*) FROM private_networks WHERE network = 'n'") == 0
    found = comments.comment_of(site.studio.store, made)
    assert found is not None
    assert (found.state, found.text) == ("removed", "")


def test_a_closed_discussion_and_a_draft_take_nothing(site: Site, study: Study) -> None:
    author = site.browser("author")
    author.post(f"/studies/{study.id}/settings", data={"title": "T", "comments": "closed"})
    path = f"/studies/{study.id}/comments"
    assert site.browser("commenter").post(path, data={"text": "x", "action": "save"}).status_code == 403
    assert "The discussion is closed." in site.browser().get(f"/studies/{study.id}").text
    author.post(f"/studies/{study.id}/settings", data={"title": "T", "comments": "moderated"})
    number = number_of(written(site, study, "Looked at first", who="commenter"))
    found = comments.comment_of(site.studio.store, number)
    assert found is not None
    assert found.state == "pending"
    author.post(f"/studies/{study.id}/withdraw", data={"go": "1"})
    assert site.browser().get(f"/studies/{study.id}").status_code == 410
    assert author.get(f"/studies/{study.id}").status_code == 200


def test_each_visitor_gets_a_stamp_of_their_own_and_nothing_typed_is_lost(site: Site, study: Study) -> None:
    path = f"/studies/{study.id}/comments"
    first, second = (
        fields_of(site.browser().get(f"/studies/{study.id}").text, path)["stamp"] for _ in range(2)
    )
    assert first != second
    sent = {"name": "Jane", "email": "", "stamp": first, "action": "save"}
    client = site.browser(address="198.51.100.77")
    assert number_of(client.post(path, data={**sent, "text": "One text"}))
    twice = client.post(path, data={**sent, "text": "One text"})
    assert twice.status_code == 303
    other = client.post(path, data={**sent, "text": "Another text"})
    assert other.status_code == 422
    assert "Another text" in other.text
    assert fields_of(other.text, path)["stamp"] != first


def test_many_who_ask_at_once_wait_for_one_answer() -> None:
    import asyncio

    from starlette.responses import Response

    from allmende.studio.kept import Answer, Kept, answer_of

    made = 0

    async def make() -> Answer:
        nonlocal made
        made += 1
        await asyncio.sleep(0.01)
        return answer_of(Response("x"))

    async def ask() -> None:
        kept = Kept()
        await asyncio.gather(*(kept.get(("/", ""), 1, make) for _ in range(50)))
        assert made == 1
        await kept.get(("/", ""), 1, make)
        assert made == 1
        await kept.get(("/", ""), 2, make)
        assert made == 2

    asyncio.run(ask())


def test_comments_go_with_the_note_they_stand_under(site: Site, study: Study) -> None:
    author, visitor = site.browser("author"), site.browser()
    sent = {"title": "Soon gone", "body": "Text.", "tags": "", "action": "publish"}
    path = author.post(f"/studies/{study.id}/notes", data=sent).headers["location"]
    commenter = site.browser("commenter")
    form = f"/studies/{study.id}/comments"
    typed = {"name": "Jane", "email": "", "text": "Ask joan@example.org", "action": "save"}
    number = number_of(commenter.post(form, data={**fields_of(commenter.get(path).text, form), **typed}))
    places = (f"/c/{number}", f"/contact?c=c{number}&n=1")
    assert [visitor.get(place).status_code for place in places] == [303, 200]
    author.post(f"{path}/edit", data={"action": "withdraw"})
    assert [visitor.get(place).status_code for place in places] == [404, 404]
    assert [author.get(place).status_code for place in places] == [303, 200]
