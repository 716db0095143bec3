"""Comments in a real browser: no text runs anything, and the mail script does what it says."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import allmende.textformat
from allmende.textformat import Context, TextTooLongError, render
from test_textformat import C1, FRAGMENTS, named, shape, text_of, tree, vectors

SCRIPT = (Path(allmende.textformat.__file__).parent / "mail.js").read_text(encoding="utf-8")
POLICY = "default-src 'none'; script-src 'self'; img-src data:; require-trusted-types-for 'script'"
PRESSING = """() => {
  for (const each of document.querySelectorAll("main *")) {
    for (const kind of ["mouseover", "focus", "mousedown", "toggle", "animationstart"])
      each.dispatchEvent(new Event(kind, {bubbles: true}));
  }
}"""


class Site(http.server.BaseHTTPRequestHandler):
    """One page, the mail script, and a list of all that was asked for."""

    asked: list[str]
    page: str
    policy: str

    def __init__(self, *given: Any, kept: dict[str, Any]) -> None:
        self.kept = kept
        super().__init__(*given)

    def do_GET(self) -> None:
        self.kept["asked"].append(self.path)
        script = self.path == "/mail.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        if self.kept["policy"]:
            self.send_header("Content-Security-Policy", self.kept["policy"])
        self.end_headers()
        self.wfile.write((SCRIPT if script else self.kept["page"]).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[dict[str, Any]]:
    kept: dict[str, Any] = {"asked": [], "page": "", "policy": ""}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, kept=kept))
    kept["address"] = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()


def page_of(body: str, *, script: bool) -> str:
    mail = '<script src="/mail.js" data-at=" [at] " data-dot=" [dot] "></script>' if script else ""
    head = f'<title>t</title>{mail}<link rel="icon" href="data:,">'
    return f'<!doctype html><html lang="en">{head}<main>{body}</main>'


@pytest.mark.parametrize("script", ["without script", "with script"])
@pytest.mark.parametrize("policy", ["", POLICY], ids=["without policy", "with policy"])
def test_no_text_runs_anything(site: dict[str, Any], browser: Any, policy: str, script: str) -> None:
    texts = [each["input"] for each in vectors().get("xss", [])]
    texts += [text_of(each) for each in vectors().get("vectors", []) if each["group"] != "limits"] + FRAGMENTS
    said: list[str] = []
    tab = browser.new_page()
    for kind in ("dialog", "pageerror", "popup"):
        tab.on(kind, lambda event, kind=kind: said.append(f"{kind}: {event}"))
    tab.on("console", lambda message: said.append(message.text))
    site["policy"], site["asked"] = policy, []
    comments = [
        render(text, Context(f"c{number}", internal_hosts=C1.internal_hosts)).html
        for number, text in enumerate(texts)
    ]
    site["page"] = page_of(
        "<hr>".join(f"<article>{each}</article>" for each in comments), script=script == "with script"
    )
    tab.goto(site["address"])
    tab.evaluate(PRESSING)
    tab.wait_for_timeout(50)
    shown = tab.locator("main article").count()
    tab.close()
    assert shown == len(texts), "no text ends the element it stands in"
    assert said == []
    assert site["asked"] == (["/", "/mail.js"] if script == "with script" else ["/"])


@pytest.mark.parametrize("vector", named("client"))
def test_mail_script_vectors(site: dict[str, Any], browser: Any, vector: dict[str, Any]) -> None:
    assert shape(tree(opened(site, browser, vector["before"]))) == shape(tree(vector["after"]))


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("jane@example.com", "mailto:jane@example.com"),
        ("o'neil+a@mail.example.org", "mailto:o%27neil%2Ba@mail.example.org"),
        ("jane@пример.испытание", "mailto:jane@пример.испытание"),
        ("jane@example.com|press|Jane", "/contact/press?c=c1&n=1"),
    ],
)
def test_mail_script_opens_addresses(site: dict[str, Any], browser: Any, text: str, href: str) -> None:
    link = tree(opened(site, browser, render(text, C1).html)).find(".//a")
    assert link is not None
    assert link.get("href") == href
    assert link.text in (text, "Jane")


def test_mail_script_leaves_what_is_no_address(site: dict[str, Any], browser: Any) -> None:
    body = (
        '<a class="mailto" href="/contact?c=c1&amp;n=1" rel="nofollow">a [at] b.example [at] c &lt;b&gt;</a>'
    )
    assert shape(tree(opened(site, browser, body))) == shape(tree(body))


def opened(site: dict[str, Any], browser: Any, body: str) -> str:
    site["policy"], site["page"] = POLICY, page_of(body, script=True)
    tab = browser.new_page()
    tab.goto(site["address"])
    found = tab.locator("main").inner_html()
    tab.close()
    return str(found)


def test_what_is_too_long_has_a_code() -> None:
    with pytest.raises(TextTooLongError) as error:
        render("aaa", Context("c1", max_len=2))
    assert error.value.code == "too-long"
