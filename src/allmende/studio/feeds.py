"""Feeds: Atom 1.0 (RFC 4287) with replies (RFC 4685); published things alone, and never an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from allmende.studio.discussion.writing import absolute
from allmende.studio.wording import iso

__all__ = ["MOST", "Entry", "atom"]

MOST = 50
"""Entries of a feed."""

_ATOM, _THREAD = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was published.

    Args:
        id: Its name for ever, a tag: URI.
        path: Its address on this site.
        title: Its title.
        author: The name of its author.
        html: Its text.
        published: When it was published.
        updated: When it last changed in meaning.
        tags: Names of its tags.
        answers: Id and path of what it answers; empty for nothing.
        replies: How many comments it has, and the path of their feed; None where that is not told.
    """

    id: str
    path: str
    title: str
    author: str
    html: str
    published: int
    updated: int
    tags: Sequence[str] = ()
    answers: tuple[str, str] | None = None
    replies: tuple[int, str] | None = None


def atom(*, title: str, origin: str, path: str, page: str, name: str, entries: Sequence[Entry]) -> str:
    """A feed.

    Args:
        title: Its title.
        origin: Scheme and host of the site.
        path: Its own address.
        page: The page that tells the same.
        name: Its name for ever, a tag: URI.
        entries: What it tells, newest first.
    """
    updated = max((one.updated for one in entries), default=0)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="{_ATOM}" xmlns:thr="{_THREAD}" xml:lang="en">',
        f"<id>{_text(name)}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{iso(updated)}</updated>",
        f"<link rel={_value('self')} type={_value('application/atom+xml')} href={_value(origin + path)}/>",
        f"<link rel={_value('alternate')} type={_value('text/html')} href={_value(origin + page)}/>",
        "<generator>Allmende</generator>",
        *(line for one in entries for line in _entry(one, origin)),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _entry(one: Entry, origin: str) -> Iterable[str]:
    yield "<entry>"
    yield f"<id>{_text(one.id)}</id>"
    yield f"<title>{_text(one.title)}</title>"
    yield f"<author><name>{_text(one.author or 'unnamed')}</name></author>"
    yield f"<published>{iso(one.published)}</published><updated>{iso(one.updated)}</updated>"
    yield f"<link rel={_value('alternate')} type={_value('text/html')} href={_value(origin + one.path)}/>"
    if one.answers:
        name, path = one.answers
        yield f"<thr:in-reply-to ref={_value(name)} type={_value('text/html')} href={_value(origin + path)}/>"
    if one.replies:
        count, path = one.replies
        yield (
            f"<link rel={_value('replies')} type={_value('application/atom+xml')} "
            f"href={_value(origin + path)} thr:count={_value(str(count))}/>"
        )
    for tag in one.tags:
        yield f"<category term={_value(tag)}/>"
    yield f"<content type={_value('html')}>{_text(absolute(one.html, origin))}</content>"
    yield "</entry>"


def _text(text: str) -> str:
    return escape(_legal(text))


def _value(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    """Text without what no XML document may hold."""
    return "".join(
        one
        if one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one >= "\U00010000"
        else "\ufffd"
        for one in text
    )
