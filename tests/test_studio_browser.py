"""The studio as a new user meets it: started by its command, used in a real browser."""

import json
import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from allmende.studio.routes import DOORS
from test_docs import make_clone

WIDE, NARROW = 1280, 380


@dataclass
class Running:
    """A studio in a process of its own, and how it began."""

    address: str
    origin: str
    took: float
    process: "subprocess.Popen[str]"
    folder: Path


@dataclass
class Seen:
    """A page in the browser, and everything it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("studio")
    make_clone(place / "my-project")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "ALLMENDE_CACHE": str(place / "cache"),
        "ALLMENDE_KEY": str(place / "key"),
        "PYTHONUNBUFFERED": "1",
    }
    begun = time.monotonic()
    process = subprocess.Popen(
        [
            sys.executable, "-W", "error", "-c", "from allmende.cli import main; main()",
            "studio", "my-project",
            "--port", str(port), "--folder", str(place / "kept"),
        ],
        cwd=place, env=os.environ | own,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], 60)
    assert ready, "nothing was printed"
    address = process.stdout.readline().partition(": ")[2].strip()
    origin = f"http://127.0.0.1:{port}"
    for _ in range(300):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield Running(address, origin, time.monotonic() - begun, process, place / "kept")
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors, errors


def watched(context: Any) -> Seen:
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda message: seen.said.append(f"{message.text} {page.url}"))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("dialog", lambda dialog: (seen.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda sent: seen.asked.append(sent.url))
    return seen


def enter(seen: Seen, address: str) -> dict[str, Any]:
    """Follow the link that was printed, and see the study."""
    page = seen.page
    page.goto(address)
    page.click("text=Begin")
    page.wait_for_selector("#findings", timeout=30_000)
    return {"url": page.url, "hash": page.inner_text("#made code")}


def change_a_policy(page: Any) -> dict[str, Any]:
    """Move a lever, run the comparison, and see what came out."""
    page.click("text=Compare policies")
    # This community is too small to be calibrated: that is said, and an economy is offered.
    assert page.locator("#economy-choice").input_value() == "community"
    page.check("input[name='use.bounty']")
    page.click("text=Run the comparison")
    page.wait_for_selector("h1:has-text('failed')", timeout=60_000)
    assert "Too few" in page.inner_text(".problem")
    refused = page.url
    page.click("text=Compare in an economy instead")
    assert page.locator("#economy-choice").input_value() == "commons"
    page.fill("#bounty\\.pool", "300000")
    page.check("input[name='use.bounty']")
    for name, value in (("members", "60"), ("months", "30"), ("replicates", "3")):
        page.fill(f"#{name}", value)
    page.click("text=Run the comparison")
    page.wait_for_selector("#pictures", timeout=120_000)
    return {
        "compared": page.url,
        "refused": refused,
        "command": page.inner_text("#made dd:has-text('allmende compare')"),
        "compared_hash": page.inner_text("#made code"),
    }


def write_and_publish(page: Any, study: str) -> dict[str, Any]:
    """Write a note, and publish it and the study."""
    page.click("text=Write a note")
    page.fill("#note-title", "What a bounty does")
    page.fill("#note-body", "It pays.[^1]\n\n[^1]: Those who are there.")
    page.fill("#note-tags", "bounties, Free Software")
    page.click("button:has-text('Preview')")
    assert "nothing is saved yet" in page.inner_text(".preview")
    page.click("button:has-text('Publish')")
    note = page.url
    page.goto(study)
    page.click("text=Publish and settings")
    page.click("form button:text-is('Publish')")
    page.wait_for_selector("#add")
    return {"note": note}


def comment(page: Any, study: str) -> None:
    """Comment with a footnote and an address, as somebody without an account."""
    page.goto(study)
    page.fill("#comment-name", "Jane")
    page.fill("#comment-email", "private@reader.example")
    page.fill(
        "#comment-text",
        "Who pays?[fn]See www.example.org[/fn]\nWrite to jane@example.org|contact|Jane_Doe or bo@example.net",
    )
    page.click("button:has-text('Preview')")
    assert page.locator(".preview .fnref").count() == 1
    time.sleep(5.2)
    page.click("button:text-is('Save')")
    page.wait_for_selector(".comment.pending")


def moderate(page: Any, origin: str) -> None:
    """Look at what waits, and publish it."""
    page.goto(f"{origin}/moderation")
    assert "Who pays?" in page.inner_text("main")
    page.check("input[name=comment]")
    page.click("button:text-is('Publish')")
    page.wait_for_selector("text=Nothing waits")


@pytest.fixture(scope="module")
def told(browser: Any, studio: Running) -> Iterator[dict[str, Any]]:
    """The whole story, told once: open, measure, change a policy, run, publish, comment, moderate, feed."""
    owner = browser.new_context(viewport={"width": WIDE, "height": 900})
    seen = watched(owner)
    story = {"owner": owner, "seen": seen} | enter(seen, studio.address)
    story |= change_a_policy(seen.page)
    story |= write_and_publish(seen.page, story["url"])
    stranger = browser.new_context(viewport={"width": NARROW, "height": 800}, color_scheme="dark")
    # A form has to be some seconds old: this one is filled in by a later test.
    plain = browser.new_context(java_script_enabled=False)
    form = plain.new_page()
    form.goto(story["url"])
    other = watched(stranger)
    comment(other.page, story["url"])
    moderate(seen.page, studio.origin)
    other.page.goto(story["url"])
    yield story | {"other": other, "plain": form}
    plain.close()
    stranger.close()
    owner.close()


def test_a_study_is_open_in_five_seconds_and_the_story_ends_well(
    told: dict[str, Any], studio: Running
) -> None:
    assert studio.took < 5
    other = told["other"].page
    comment = other.locator(".comment")
    assert comment.count() == 1
    assert comment.locator("a.fnref").get_attribute("href") == "#fn-c1-1"
    assert comment.locator("a.mailto.named").inner_text() == "Jane Doe"
    assert comment.locator("a.mailto:not(.named)").get_attribute("href") == "mailto:bo@example.net"
    assert comment.locator("a.ext").get_attribute("href") == "http://www.example.org"
    assert "private@reader.example" not in other.content()
    feed = other.request.get(f"{studio.origin}/comments.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "Who pays?" in feed.text()
    assert "What a bounty does" in other.request.get(f"{studio.origin}/feed.atom").text()
    other.goto(f"{studio.origin}/tags")
    assert other.locator("a[rel=tag]").count() == 2


def test_nothing_is_said_and_nothing_is_asked_elsewhere(told: dict[str, Any], studio: Running) -> None:
    for seen in (told["seen"], told["other"]):
        assert seen.said == []
        assert [one for one in seen.asked if not one.startswith(studio.origin)] == []


def test_the_command_beside_a_figure_gives_the_same_hash(told: dict[str, Any], tmp_path: Path) -> None:
    import shlex

    words = shlex.split(told["command"])
    assert words[:3] == ["allmende", "compare", "commons"]
    done = subprocess.run(
        [sys.executable, "-c", "from allmende.cli import main; main()", *words[1:], "--json", "out.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["hash"] == told["compared_hash"]
    assert re.fullmatch("[0-9a-f]{64}", told["hash"])


def test_charts_are_drawn_under_the_strict_policy(told: dict[str, Any]) -> None:
    page = told["seen"].page
    page.goto(told["compared"])
    page.wait_for_selector("html[data-charts=drawn]", state="attached", timeout=60_000)
    assert page.locator("[data-chart] svg").count() >= 5
    assert page.locator("#pictures svg[role=img]").count() == 2
    assert told["seen"].said == []


def test_it_reads_and_comments_without_javascript(told: dict[str, Any]) -> None:
    page = told["plain"]
    assert "UTC" in page.inner_text("#made")
    page.fill("#comment-name", "Plain")
    page.fill("#comment-text", "Without a script")
    page.click("button:has-text('Preview')")
    assert "Without a script" in page.inner_text(".preview")
    page.click("button:text-is('Save')")
    assert "only you see this" in page.inner_text(".comment.pending")


FILES = (".atom", ".zip", ".json", "/page.html", "/progress", ".ico", ".txt", "{name}")
"""How the addresses end at which no page is found: feeds, archives, data, and what pages load."""

PAGES = [
    door.path
    for door in DOORS
    if door.method == "GET" and "/api/" not in door.path and not door.path.endswith(FILES)
]
QUERIES = {
    "/comments": "?reply=1",
    "/contact": "?c=c1&n=1",
    "/press": "?c=c1&n=1",
    "/moderation": "?state=published",
}


def pages_of(story: dict[str, Any], origin: str) -> dict[str, str]:
    """Every address at which there is a page, with its parts filled in from the story."""
    parts = {
        "study": story["url"].rpartition("/")[2],
        "slug": story["note"].rpartition("/")[2],
        "job": story["refused"].rpartition("/")[2],
        "number": "2",
        "tag": "bounties",
        "comment": "1",
        "token": "x" * 43,
    }
    found = {}
    for door in PAGES:
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: parts[part[1]], door)
        query = next((words for end, words in QUERIES.items() if path.endswith(end)), "")
        found[door] = f"{origin}{path}{query}"
    return found | {"first version": f"{story['url']}/versions/1", "missing": f"{origin}/nothing"}


MEASURED = """() => {
  let shift = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) shift += one.value; })
    .observe({type: "layout-shift", buffered: true});
  const {scrollWidth: width} = document.documentElement;
  const sheets = document.styleSheets.length;
  return new Promise(done => setTimeout(() => done({shift, width, sheets}), 50));
}"""


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_every_page_fits_on_a_telephone_and_does_not_jump(
    who: str, told: dict[str, Any], browser: Any, studio: Running
) -> None:
    """To the administrator and to a stranger: nothing sideways, nothing said, nothing unstyled."""
    scheme = "light" if who == "owner" else "dark"
    context = browser.new_context(viewport={"width": NARROW, "height": 800}, color_scheme=scheme)
    if who == "owner":
        context.add_cookies(told["owner"].cookies())
    seen = watched(context)
    met = set()
    for door, address in pages_of(told, studio.origin).items():
        seen.said.clear()
        answer = seen.page.goto(address)
        if seen.page.locator("[data-chart]").count():
            seen.page.wait_for_selector("html[data-charts=drawn]", state="attached", timeout=60_000)
        met.add(answer.status)
        found = seen.page.evaluate(MEASURED)
        assert found["width"] <= NARROW, door
        assert found["shift"] < 0.1, door
        assert found["sheets"] == 2, door
        assert seen.page.locator("h1").count() == 1, door
        # The browser itself says that a page was refused.
        assert [one for one in seen.said if f"status of {answer.status}" not in one] == [], door
    assert met == {200, 404}
    assert [one for one in seen.asked if not one.startswith(studio.origin)] == []
    context.close()


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[fn]<svg onload=alert(1)>[/fn]",
    'http://x.example/"onmouseover=alert(1)//',
    "javascript:alert(1)",
    "<fn value='x'><script>alert(1)</script></fn>",
    "x@y.example[contact|<img src=http://evil.example/a.png>]",
    "</textarea><script>alert(1)</script>",
    "{{7*7}}<!--",
]


def hostile() -> list[str]:
    """Texts that try to be more than text; those shared among projects where they are at hand."""
    place = Path(__file__).resolve().parents[1].parent / "shared" / "textformat-vectors.json"
    if not place.exists():
        return HOSTILE
    known = json.loads(place.read_text())
    return HOSTILE + [one["input"] for one in (*known["xss"], *known["vectors"]) if "input" in one]


@pytest.mark.slow
def test_no_text_is_more_than_text(told: dict[str, Any], browser: Any, studio: Running) -> None:
    from allmende.studio.database.opening import open_store
    from allmende.studio.discussion.comments import add

    study = told["url"].rpartition("/")[2]
    store = open_store(studio.folder / "studio.sqlite3")
    texts = [text for text in hostile() if text.strip() and len(text) <= 20_000]
    for number, text in enumerate(texts):
        with store.write() as act:
            add(
                act,
                study=study,
                note=0,
                parent=0,
                name=text[:60].strip() or "x",
                account="",
                text=text,
                renderer=1,
                state="pending" if number % 9 == 0 else "published",
                flags=(),
                writer="",
                now=1_700_000_000,
            )
    store.close()
    context = browser.new_context()
    context.add_cookies(told["owner"].cookies())
    seen = watched(context)
    for path in (
        told["url"],
        f"{told['url']}?page=2",
        f"{told['url']}?page=3",
        f"{studio.origin}/moderation",
    ):
        time.sleep(1.1)
        seen.page.goto(path)
        assert seen.page.locator(".comment").count() > 5, path
        for link in seen.page.locator(".comment .text a").all()[:40]:
            link.focus()
    feed = context.request.get(f"{studio.origin}/comments.atom").text()
    assert "<script" not in feed
    assert seen.said == []
    assert [one for one in seen.asked if not one.startswith(studio.origin)] == []
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(
    scheme: str, told: dict[str, Any], browser: Any, studio: Running
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    context.add_cookies(told["owner"].cookies())
    page = context.new_page()
    rules = "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']"
    for address in pages_of(told, studio.origin).values():
        page.goto(address)
        page.add_script_tag(content=script)
        found = page.evaluate(f"axe.run(document, {{runOnly: {rules}}})")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], address
    context.close()
