"""Wording: how pages write times and counts."""

from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup, escape

__all__ = ["filters", "iso", "moment", "plural"]


def iso(seconds: int) -> str:
    """A time as programs read it.

    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(seconds: int) -> Markup:
    """A time as readers see it; a script may write it in the reader's own zone.

    >>> moment(0)
    Markup('<time datetime="1970-01-01T00:00:00Z">1 January 1970, 00:00 UTC</time>')
    """
    at = datetime.fromtimestamp(seconds, UTC)
    text = f"{at.day} {at:%B %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(escape(iso(seconds)), text)


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "reply"), plural(2, "reply"), plural(0, "comment")
    ('1 reply', '2 replies', 'no comments')
    """
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count or 'no'} {noun if count == 1 else many}"


def filters() -> dict[str, Callable[..., object]]:
    """What templates may say after a bar."""
    return {"moment": moment, "iso": iso, "plural": plural}
