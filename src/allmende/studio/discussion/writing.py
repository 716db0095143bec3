"""Writing: what was typed becomes what is shown - comments in the text format, notes in Markdown."""

import re
from functools import lru_cache

from allmende.studio.settings import Settings
from allmende.textformat import Context, Rendered, render

__all__ = ["absolute", "comment_html", "note_html", "summary"]

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "section", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "id", "class"}, "li": {"id", "class"}, "section": {"class"}, "sup": {"class"}}
_CLASSES = {"footnote-ref", "footnote-item", "footnotes", "footnote-backref"}
_SUMMARY = 300


def comment_html(text: str, *, doc_id: str, settings: Settings) -> Rendered:
    """A comment as it is shown.

    Args:
        text: As it was typed.
        doc_id: Its name on the page, "c12".
        settings: Which hosts are the site's own.

    Raises:
        TextTooLongError: it is too long.
    """
    host = re.sub(r":\d+$", "", settings.origin.partition("://")[2])
    return _rendered(text, doc_id, host)


@lru_cache(maxsize=2_000)
def _rendered(text: str, doc_id: str, host: str) -> Rendered:
    return render(text, Context(doc_id, internal_hosts=(host,)))


@lru_cache(maxsize=500)
def note_html(body: str, *, doc_id: str) -> str:
    """A note as it is shown: CommonMark without HTML, tables, footnotes; headings begin below the title.

    Args:
        body: Markdown.
        doc_id: Its name on the page, so that no two notes have the same anchors.
    """
    import nh3
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin)
    parser.disable("image")
    tokens = parser.parse(body, (known := {"docId": doc_id}))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    written = parser.renderer.render(tokens, parser.options, known)

    def allowed(element: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(one for one in value.split() if one in _CLASSES) or None
        return value if attribute != "id" or element in {"a", "li"} else None

    return nh3.clean(
        str(written),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        link_rel="nofollow noopener",
        url_schemes={"http", "https", "ftp"},
    )


def absolute(html: str, origin: str) -> str:
    """Links to pages of the site, which our own renderers wrote, with the site before them.

    Args:
        html: What a renderer of this module made.
        origin: Scheme and host of the site.
    """
    return html.replace('href="/', f'href="{origin}/')


def summary(body: str) -> str:
    r"""The first paragraph of a note as plain text, cut at 300 characters.

    >>> summary("# A title\n\nWhat it *says*.")
    'What it says.'
    """
    parts = [part for part in re.split(r"\n\s*\n", body.strip()) if not part.lstrip().startswith("#")]
    plain = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`>#]", _inside, parts[0] if parts else "").split())
    return plain if len(plain) <= _SUMMARY else f"{plain[: _SUMMARY - 1]}…"


def _inside(found: "re.Match[str]") -> str:
    return found[1] or ""
