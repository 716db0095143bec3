"""The text format: the vectors, and the properties on random texts made of what is known to be nasty."""

import json
import random
import re
import statistics
import sys
import time
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.errors import OutOfRangeError
from allmende.textformat import Context, Rendered, TextTooLongError, render
from allmende.textformat.characters import normalised
from allmende.textformat.rendering import ELEMENTS

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "textformat-vectors.json"
C1 = Context("c1", internal_hosts=(".allmende.example",))
LONGEST_S = 0.25
PARENTS = {
    "p": {"root"}, "section": {"root"}, "ol": {"section"}, "li": {"ol"}, "sup": {"p"}, "br": {"li", "p"},
    "a": {"li", "p", "sup"},
}  # fmt: skip
VALUES = {
    "p.dir": "auto",
    "li.dir": "auto",
    "li.id": "fn-[a-z0-9]+-[1-9][0-9]*",
    "section.class": "footnotes",
    "section.role": "doc-endnotes",
    "a.class": "ext|mailto|mailto named|fnref|fnback",
    "a.rel": "nofollow ugc|nofollow",
    "a.dir": "ltr|auto",
    "a.id": "fnref-[a-z0-9]+-[1-9][0-9]*(-[1-9][0-9]*)?",
    "a.role": "doc-noteref|doc-backlink",
    "a.href": (
        r"(?:https?|ftp)://[^\s\"'<>`\\]+|#(?:fn|fnref)-[a-z0-9]+-[1-9][0-9]*(?:-[1-9][0-9]*)?"
        r"|/contact(?:/press)?\?c=[a-z0-9]+&n=[1-9][0-9]*"
    ),
}


@cache
def vectors() -> dict[str, Any]:
    if not VECTORS.exists():
        return {}
    return json.loads(VECTORS.read_text(encoding="utf-8"))


def named(kind: str) -> list[Any]:
    found = [pytest.param(each, id=each["id"]) for each in vectors().get(kind, [])]
    absent = pytest.mark.skip(reason="the test vectors are not beside the project")
    return found or [pytest.param({}, id="absent", marks=absent)]


def tree(html: str) -> Element:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    found = parser.parseFragment(html)
    assert not parser.errors, parser.errors
    return found


def shape(element: Element) -> Any:
    """Element, attributes and children, without white space between blocks and a line feed behind a break."""
    between = element.tag in ("section", "ol") or "FRAGMENT" in str(element.tag)
    inside: list[Any] = [] if between or not element.text else [element.text]
    for child in element:
        inside.append(shape(child))
        tail = child.tail or ""
        tail = tail.removeprefix("\n") if child.tag == "br" else tail
        if tail and not (between and not tail.strip()):
            inside.append(tail)
    return element.tag, sorted(element.attrib.items()), inside


def text_of(vector: dict[str, Any]) -> str:
    if "generate" in vector:
        return "".join(piece * times for piece, times in vector["generate"])
    if "codepoints" in vector:
        return "".join(map(chr, vector["codepoints"]))
    return str(vector["input"])


@pytest.mark.parametrize("vector", named("vectors"))
def test_vectors(vector: dict[str, Any]) -> None:
    given_context = {"internal_hosts": (".allmende.example",), **vector.get("context", {})}
    context = Context("c1", **given_context)
    text = text_of(vector)
    if "error" in vector:
        with pytest.raises(TextTooLongError) as error:
            render(text, context)
        assert error.value.code == vector["error"]
        return
    began = time.process_time()
    told = render(text, context)
    assert (time.process_time() - began) * 1000 < vector.get("max_ms", 1000)
    if "html" in vector or "warnings" in vector:
        assert list(told.warnings) == sorted(vector.get("warnings", []))
    if "html" in vector:
        assert shape(tree(told.html)) == shape(tree(vector["html"]))
    for absent in vector.get("not_contains", ()):
        assert absent not in told.html
    check(text, told, context)


@pytest.mark.parametrize("vector", named("xss"))
def test_no_script_from_any_text(vector: dict[str, Any]) -> None:
    told = render(vector["input"], C1)
    check(vector["input"], told, C1)
    if vector.get("text_equals_input"):
        shown = "".join(tree(told.html).itertext())
        assert shown.split() == normalised(vector["input"]).split()


def check(text: str, told: Rendered, context: Context) -> None:
    """The properties P1 to P6, P9, P12 and P14 of one text."""
    root = tree(told.html)
    walk(root, "root")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "P9: ids are unique"
    hrefs = [element.get("href", "") for element in root.iter("a")]
    assert {each[1:] for each in hrefs if each.startswith("#")} <= set(ids), "P9: targets exist"
    kinds = [element.get("class") for element in root.iter("a")]
    assert kinds.count("fnref") == kinds.count("fnback"), "P9: as many references as back links"
    mails = [each for each in hrefs if each.startswith("/contact")]
    assert [int(each.rpartition("=")[2]) for each in mails] == list(range(1, len(told.addresses) + 1)), "P14"
    bare = "".join(outside_links(root))
    for each in told.addresses:
        left = text.count(each.address) - [other.address for other in told.addresses].count(each.address)
        assert bare.count(each.address) <= max(left, 0), "P3: no recognised address can be read"
    again = html5lib.serialize(
        root, quote_attr_values="always", omit_optional_tags=False, alphabetical_attributes=False
    )
    assert shape(tree(again)) == shape(root), "P4: writing the tree gives the tree"
    assert render(text, context) == told, "P6: same text, same bytes"
    assert len(told.html) <= 60 * len(text) + 400, "P12"


def walk(element: Element, parent: str) -> None:
    for child in element:
        assert child.tag in ELEMENTS, child.tag
        assert parent in PARENTS[str(child.tag)], f"{child.tag} in {parent}"
        for name, value in child.attrib.items():
            assert re.fullmatch(VALUES[f"{child.tag}.{name}"], value), f"{child.tag}.{name}={value}"
        walk(child, str(child.tag))


def outside_links(element: Element) -> list[str]:
    found = [element.text or ""]
    for child in element:
        if child.get("class") != "ext" and not (child.get("href", "").startswith(("http", "ftp"))):
            found += outside_links(child)
        found.append(child.tail or "")
    return found


FRAGMENTS = [
    "[fn]", "[/fn]", "<fn>", "</fn>", '[fn value="1"]', "[fn value='*']", "<fn value=x>", "[fnord]", "[fn",
    "<fn/>", "http://", "https://", "HTTP://", "ftp://", "www.", "WWW.", "mailto:", "javascript:", "//",
    "://", "example.com", "a.example", "localhost", ".allmende.example", "jane@example.com",
    "o'neil@example.org", "@", "@@", "|press", "|press|Jane_Doe", "|nosuch", "[press]", "[press|Jane Doe]",
    "[jane@example.com|press]", "[", "]", "(", ")", "{", "}", "<", ">", "&", "&amp;", "&#34;", '"', "'",
    "`", "\\", "/", "?", "#", "%", "%41", "%zz", ":", ":80", ":99999", ".", ",", ";", "!", "-", "_", "+",
    "~", "=", "*", "\n", "\n\n", "\r\n", "\r", " ", "\t", "\xa0", "\u2028", "\x85", "\x00", "\x1b",
    "\u202e", "\u2066", "\ufeff", "\u200b", "\u200c", "\u200d", "\u200f", "\xad", "\ufffd", "\ufdd0",
    "\ud800", "\U0010ffff", "\xe9", "e\u0301", "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "\u0430", "\u043f\u0440\u0438\u043c\u0435\u0440", "\u8c22\u8c22", "\u30ab\u30ca", "\u0e44\u0e17\u0e22",
    "\ud55c\uae00", "\xdf", "\u0130", "\u017f", "\u212a", "\uff0c", "\u3002", "\uff01", "\u201c", "\u201d",
    "xn--", "xn--e1afmkfd", "1", "0", "256.1.1.1", "127.0.0.1", "<script>alert(1)</script>", "<b>", "</p>",
    "onclick=", "git@host:org/repo",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "\u0646\u0635", "\u05e9\u05dc\u05d5\u05dd",
]  # fmt: skip
nasty = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=40).map("".join)


@settings(max_examples=200)
@given(nasty)
def test_properties_of_nasty_texts(text: str) -> None:
    check(text, render(text, C1), C1)


@settings(max_examples=150)
@given(st.text(max_size=200))
def test_properties_of_any_text(text: str) -> None:
    check(text, render(text, C1), C1)


def shown_without_markup(text: str) -> str:
    return "".join(tree(render(text, C1).html).itertext())


PLAIN = [each for each in FRAGMENTS if "@" not in each and "fn" not in each.lower()]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PLAIN), max_size=30).map("".join))
def test_escape_never_strip(text: str) -> None:
    """P8: without notes and addresses every character is shown, but for captions that are cut or in ASCII."""
    context = Context("c1", caption=10**6)
    shown = "".join(tree(render(text, context).html).itertext())
    kept = [line.strip() for line in normalised(text).split("\n")]
    if "xn--" not in shown:
        assert shown.split() == " ".join(kept).split()


def test_a_blank_line_separates() -> None:
    rng = random.Random(4)
    for _ in range(300):
        one, two = ("".join(rng.choices(PLAIN, k=8)).strip() for _ in range(2))
        if one and two and normalised(one).strip() and normalised(two).strip():
            joined = render(f"{one}\n\n{two}", C1).html
            assert joined == f"{render(one, C1).html}\n{render(two, C1).html}"


def test_random_texts_in_number() -> None:
    """P1, P2, P5, P9 and P10 on many texts, without a browser's parser: nh3 must take nothing away."""
    many(100_000, seed=7)


@pytest.mark.slow
def test_random_texts_in_greater_number() -> None:
    many(1_000_000, seed=8)


def many(count: int, *, seed: int) -> None:
    rng = random.Random(seed)
    ids = re.compile(r' id="([^"]+)"')
    targets = re.compile(r' href="#([^"]+)"')
    for number in range(count):
        text = "".join(rng.choices(FRAGMENTS, k=rng.randint(1, 40)))
        told = render(text, C1)
        found = ids.findall(told.html)
        assert len(found) == len(set(found)), (seed, number, text)
        assert set(targets.findall(told.html)) <= set(found), (seed, number, text)
        assert not told.html or told.html.startswith("<p"), (seed, number, text)
        assert len(told.html) <= 60 * len(text) + 400, (seed, number, text)


def test_two_texts_on_a_page_keep_their_ids_apart() -> None:
    text = "a[fn]b[/fn] [fn value=1][/fn] c@example.com"
    page = render(text, Context("c1")).html + render(text, Context("c2")).html
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 6


LONG = [
    "http://", "www.", "\xe9www.", "[fn]", "[/fn]", "<fn ", "a@", "a@b.cd", "@", "[a@b.cd|press",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@", "http://a/", "http://a/(", "(", "[", "\u8c22",
    "\u8c22a@", "a.", "http://a.b@", "%", "\u0301", "\u200d", "\xe9", "[fn value=", "mailto:",
    "a@example.com|press|", "http://[fn]", '="', "\n", " ", "-", "_", "www.\xe9'", "'&+",
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_time_grows_with_length(piece: str) -> None:
    """P7: 20,000 characters in a quarter of a second, and twice as many in at most three times the time."""
    whole = cost((piece * 20_000)[:20_000])
    assert whole < LONGEST_S
    half = cost((piece * 20_000)[:10_000])
    assert whole < 0.02 or whole < 3 * half


def cost(text: str) -> float:
    costs = []
    for _ in range(5):
        began = time.process_time()
        render(text, C1)
        costs.append(time.process_time() - began)
    return statistics.median(costs)


def test_what_is_too_long_is_refused_whole() -> None:
    with pytest.raises(TextTooLongError, match=r"20,001 characters. Expected: at most 20,000"):
        render("a" * 20_001, C1)
    assert render("a" * 20_000, C1).html


def test_every_character_of_unicode() -> None:
    for start in range(0, sys.maxunicode, 4_000):
        text = "".join(chr(code) for code in range(start, min(start + 4_000, sys.maxunicode + 1)))
        told = render(f"a{text}b@example.com", C1)
        assert told.html.startswith("<p")
        assert not [
            letter
            for letter in told.html
            if unicodedata.category(letter) in ("Cs", "Cc") and letter not in "\n\t"
        ]


def test_a_scheme_is_linked_only_when_asked_for() -> None:
    assert "<a" not in render("irc://irc.example.org/x", C1).html
    asked = Context("c1", schemes=("http", "irc"))
    assert 'href="irc://irc.example.org/x"' in render("irc://irc.example.org/x", asked).html
    with pytest.raises(OutOfRangeError, match="javascript"):
        Context("c1", schemes=("javascript",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"doc_id": "C1"},
        {"doc_id": ""},
        {"forms": {"contact": "//evil.example"}},
        {"forms": {"contact": "/contact?x"}},
        {"default_form": "press", "forms": {"contact": "/contact"}},
    ],
)
def test_a_context_that_could_leave_the_site_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OutOfRangeError):
        Context(**{"doc_id": "c1", **wrong})


def test_equal_notes_become_one_when_asked() -> None:
    text = "a[fn]same  note[/fn] b[fn]same note[/fn] c[fn]other[/fn]"
    assert render(text, C1).html.count("<li") == 3
    told = render(text, Context("c1", collapse=True)).html
    assert told.count("<li") == 2
    assert told.count('class="fnback"') == 3


def test_back_links_are_lettered_beyond_z() -> None:
    told = render("[fn value=1]x[/fn]" + "[fn value=1][/fn]" * 27, C1).html
    assert re.findall(r'role="doc-backlink">(\w+)<', told) == [
        *(f"1{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"), "1aa", "1ab",
    ]  # fmt: skip


def test_a_second_text_for_a_note_is_ignored_and_said() -> None:
    told = render("[fn value=1]x[/fn] [fn value=1]y[/fn]", C1)
    assert told.warnings == ("note-text-ignored",)
    assert "y" not in "".join(tree(told.html).itertext())


def test_a_caption_is_not_cut_at_a_joiner_or_before_a_mark() -> None:
    start = "http://example.com/"
    for tail in ("a\u0301", "\u0928\u200d\u0930"):
        for length in range(len(start) + 2, 60):
            told = render(start + tail * 40, Context("c1", caption=length)).html
            caption = tree(told).find(".//a")
            assert caption is not None
            assert caption.text is not None
            assert len(caption.text) <= length
            assert not caption.text.endswith("\u200d…")
            cut = len(caption.text) - 1
            following = (start + tail * 40)[cut]
            assert unicodedata.category(following) not in ("Mn", "Me", "Mc")
            assert following != "\u200d"


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("http://example.com:080/x", "http://example.com:80/x"),
        ("http://example.com:99999/x", None),
        ("http://1.2.3.4/", "http://1.2.3.4/"),
        ("http://1.2.3.400/", None),
        ("http://010.1.1.1/", None),
        ("http://0x7f000001/", None),
        ("http://xn--http/", None),
        ("http://[::1]/", None),
        ("www.example.c", None),
        ("www.example", None),
        ("//example.com", None),
        ("http://a_b.example.com", "http://a_b.example.com"),
        ("http://example.a_b", None),
        ("http://example.com谢谢", "http://example.com"),
        ("http://user@example.com", None),
        ("http://a@b.example/c@example.com", None),
        ("http://example.com/" + "a" * 2_100, None),
        ("http\u017f://example.com", None),
        ("http://evil.example/@allmende.example", "http://evil.example/@allmende.example"),
    ],
)
def test_where_web_addresses_lead(text: str, linked: str | None) -> None:
    link = tree(render(text, C1).html).find(".//a")
    assert (None if link is None else link.get("href")) == linked
    assert link is None or link.get("class") == "ext"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("éwww.x.yz@example.com", "éwww.x.yz@example.com"),
        ("www.jane@example.com", None),
        ("@user@example.social", None),
        ("git@host.example:org/repo", None),
        ("jane@example.com: hello", "jane@example.com"),
        ("jane@example.com_x", None),
        ("jane@example.com-x", "jane@example.com"),
        ("jane@example.com.x", "jane@example.com"),
        (".jane@example.com", "jane@example.com"),
        ("jane@example.com2", None),
        ("x" * 65 + "@example.com", None),
        ("xmailto:jane@example.com", "jane@example.com"),
        ("jane@example.xn--e1afmkfd", "jane@example.xn--e1afmkfd"),
        ("राम@example.com", "राम@example.com"),
    ],
)
def test_what_is_an_address(text: str, address: str | None) -> None:
    assert [each.address for each in render(text, C1).addresses] == ([] if address is None else [address])


@pytest.mark.parametrize(
    ("text", "form", "name"),
    [
        ("jane@example.com|PRESS|Jane_Doe-", "press", "Jane Doe"),
        ("jane@example.com|press|bob@example.org", "press", ""),
        ("jane@example.com|press|...", "press", ""),
        ("jane@example.com|presse", "contact", ""),
        ("jane@example.com[press]", "press", ""),
        ("jane@example.com[press|]", "contact", ""),
        ("jane@example.com[press|a@b.cd]", "contact", ""),
        ("[jane@example.com|press]", "press", ""),
        ("[jane@example.com]", "contact", ""),
        ("[jane@example.com|nosuch]", "contact", ""),
    ],
)
def test_forms_and_names(text: str, form: str, name: str) -> None:
    first = render(text, C1).addresses[0]
    assert (first.address, first.form, first.name) == ("jane@example.com", form, name)
