"""Rendering: a text and its context give HTML, warnings and the addresses behind its links (R1 to R44)."""

import logging
from collections.abc import Iterator
from typing import NamedTuple

from allmende.textformat.addresses import Link, Mail
from allmende.textformat.characters import MARK, normalised
from allmende.textformat.context import Context, TextTooLongError
from allmende.textformat.notes import Cut, Note, Reference, cut_notes
from allmende.textformat.scanning import Part, scanned

__all__ = ["ELEMENTS", "VERSION", "Address", "Rendered", "render"]

VERSION = 1
"""Raised when the same text gives other HTML; pages keep the text and the version, never the HTML."""

ELEMENTS = {
    "a": {"class", "dir", "href", "id", "rel", "role"},
    "br": set[str](),
    "li": {"dir", "id"},
    "ol": set[str](),
    "p": {"dir"},
    "section": {"class", "role"},
    "sup": set[str](),
}
"""Elements of the output, and their attributes."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_log = logging.getLogger(__name__)


class Address(NamedTuple):
    """An address that a text holds; a page shows its number and never the address itself.

    Args:
        address: As typed.
        form: Name of the contact form.
        name: What is shown in its place; "" when it is shown obfuscated.
    """

    address: str
    form: str
    name: str


class Rendered(NamedTuple):
    """What a text becomes.

    Args:
        html: Elements of `ELEMENTS` only; "" for a text of blank lines.
        warnings: Codes, sorted: "unclosed-note", "note-text-ignored", "too-many-notes".
        addresses: The one behind the link with n=1 first.
    """

    html: str
    warnings: tuple[str, ...]
    addresses: tuple[Address, ...]


def render(text: str, context: Context) -> Rendered:
    """What does a text look like on a page?

    The same text and context give the same bytes; no clock, no network, no chance is asked.

    Args:
        text: As typed.
        context: Where it will stand.

    Raises:
        TextTooLongError: it is longer than `context.max_len` code points.

    >>> render("See www.example.org", Context("c1", internal_hosts=("www.example.org",))).html
    '<p dir="auto">See <a href="http://www.example.org" dir="ltr">www.example.org</a></p>'
    """
    if len(text) > context.max_len:
        raise TextTooLongError(
            f"the text has {len(text):,} characters",
            expected=f"at most {context.max_len:,}",
            next_step="Make it shorter, or two of it.",
        )
    plain = normalised(text)
    cut = cut_notes(plain, context)
    page = _Page(context, cut)
    blocks = [page.paragraph(lines) for lines in _paragraphs(cut.body)]
    if cut.notes:
        items = "\n".join(page.item(number, note) for number, note in enumerate(cut.notes, 1))
        blocks.append(f'<section class="footnotes" role="doc-endnotes"><ol>\n{items}\n</ol></section>')
    html = "\n".join(blocks)
    warnings = tuple(sorted(cut.warnings))
    if not _agrees(html, context.schemes):
        _log.error("a text of %d characters gave elements outside the list; shown as plain text", len(text))
        return Rendered(f'<p dir="auto">{_escaped(plain)}</p>', warnings, ())
    return Rendered(html, warnings, tuple(page.addresses))


class _Page:
    """Writes paragraphs and notes in the order of the output, and numbers references and addresses."""

    def __init__(self, context: Context, cut: Cut) -> None:
        self.context = context
        self.notes = cut.notes
        self.references = iter(cut.references)
        self.addresses: list[Address] = []

    def paragraph(self, lines: list[str]) -> str:
        return f'<p dir="auto">{self._lines(lines)}</p>'

    def item(self, number: int, note: Note) -> str:
        back = " ".join(
            f'<a class="fnback" href="#{self._id(Reference(number, count))}" role="doc-backlink">'
            f"{_escaped(note.label)}{_letters(count) if note.references > 1 else ''}</a>"
            for count in range(1, note.references + 1)
        )
        told = self._lines([line.strip() for line in note.text.split("\n") if line.strip()])
        return f'<li id="fn-{self.context.doc_id}-{number}" dir="auto">{back} {told}</li>'

    def _lines(self, lines: list[str]) -> str:
        return "<br>\n".join(
            "".join(self._written(part) for part in scanned(line, self.context)) for line in lines
        )

    def _written(self, part: Part) -> str:
        if isinstance(part, Link):
            return self._link(part)
        if isinstance(part, Mail):
            return self._mail(part)
        first, *others = part.split(MARK)
        return _escaped(first) + "".join(
            self._reference(next(self.references)) + _escaped(each) for each in others
        )

    def _reference(self, reference: Reference) -> str:
        return (
            f'<sup><a class="fnref" id="{self._id(reference)}" '
            f'href="#fn-{self.context.doc_id}-{reference.note}" role="doc-noteref">'
            f"{_escaped(self.notes[reference.note - 1].label)}</a></sup>"
        )

    def _id(self, reference: Reference) -> str:
        again = f"-{reference.occurrence}" if reference.occurrence > 1 else ""
        return f"fnref-{self.context.doc_id}-{reference.note}{again}"

    def _link(self, link: Link) -> str:
        outside = "" if _internal(link.host, self.context) else ' class="ext" rel="nofollow ugc"'
        return f'<a{outside} href="{_escaped(link.href)}" dir="ltr">{_escaped(link.caption)}</a>'

    def _mail(self, mail: Mail) -> str:
        context = self.context
        self.addresses.append(Address(mail.address, mail.form, mail.name))
        href = f"{context.forms[mail.form]}?c={context.doc_id}&n={len(self.addresses)}"
        local, _, domain = mail.address.partition("@")
        dot = context.dot if context.replace_dots else "."
        shown = mail.name or local.replace(".", dot) + context.at + domain.replace(".", dot)
        kind, direction = ("mailto named", "auto") if mail.name else ("mailto", "ltr")
        opening = f'<a class="{kind}" href="{_escaped(href)}" rel="nofollow" dir="{direction}">'
        return f"{opening}{_escaped(shown)}</a>"


def _paragraphs(body: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in (*body.split("\n"), ""):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield lines
            lines = []


def _internal(host: str, context: Context) -> bool:
    return any(
        host == name.removeprefix(".") or (name.startswith(".") and host.endswith(name))
        for name in context.internal_hosts
    )


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _letters(count: int) -> str:
    """Letters a to z, then aa, ab and so on."""
    told = ""
    while count:
        count, rest = divmod(count - 1, len(_ALPHABET))
        told = _ALPHABET[rest] + told
    return told


def _agrees(html: str, schemes: tuple[str, ...]) -> bool:
    """Whether a second, independent reader of HTML finds nothing to take away (R43)."""
    import nh3

    kept = nh3.clean(
        html,
        tags=set(ELEMENTS),
        attributes=ELEMENTS,
        url_schemes=set(schemes),
        link_rel=None,
        strip_comments=False,
    )
    return kept == _as_written_by_nh3(html)


def _as_written_by_nh3(html: str) -> str:
    """The same HTML with characters escaped as nh3 does: quotes plain, no-break spaces named."""
    return html.replace("&quot;", '"').replace("&#39;", "'").replace("\u00a0", "&nbsp;")
