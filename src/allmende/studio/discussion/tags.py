"""Tags: names that become addresses, and the list in which the much used are larger."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from allmende.studio.database.store import Act, Store

__all__ = ["LEVELS", "Weighted", "tag_slug", "tags_of", "weighted", "weights", "write_tags"]

LEVELS = 6
"""Sizes of the weighted list."""

_LONGEST = 64
_MOST = 12
_KEPT = "+#."


class Weighted(NamedTuple):
    """A tag of the list.

    Args:
        slug: Its address.
        name: Its name.
        used: Published notes that have it.
        level: Its size, from 1 to `LEVELS`.
    """

    slug: str
    name: str
    used: int
    level: int


def tag_slug(text: str) -> tuple[str, str] | None:
    """Name and address of a tag; None when nothing is left of it.

    >>> tag_slug("  Free   Software "), tag_slug("C++"), tag_slug("..")
    (('Free Software', 'free-software'), ('C++', 'c++'), None)
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(
        letter if letter in _KEPT or unicodedata.category(letter)[0] in "LNM" else "-" for letter in folded
    )
    slug = re.sub("-+", "-", kept).strip("-.")
    return (name, slug) if slug and 1 <= len(name) <= _LONGEST else None


def weights(counts: Sequence[int], *, levels: int = LEVELS) -> list[int]:
    """The size of each tag: evenly spaced on the logarithm of how often it is used.

    Args:
        counts: How often each is used, at least once.
        levels: How many sizes there are.

    >>> weights([1, 2, 4, 8, 16, 32, 64])
    [1, 1, 2, 3, 4, 5, 6]
    """
    if not counts:
        return []
    logs = [math.log(count) for count in counts]
    least, most = min(logs), max(logs)
    # A hair more than the span, so that the most used does not fall out at the top.
    width = max(0.01, most - least) * 1.0001
    return [1 + math.floor(levels * (one - least) / width) for one in logs]


def weighted(store: Store, *, most: int) -> list[Weighted]:
    """The most used tags of published notes in published studies, by name.

    Args:
        store: The database.
        most: How many.
    """
    rows = store.rows(
        "SELECT t.slug, t.name, count(*) AS used FROM tags t JOIN tagged g ON g.tag = t.slug "
        "JOIN notes n ON n.id = g.note JOIN studies s ON s.id = n.study "
        "WHERE n.state = 'published' AND s.state = 'published' "
        "GROUP BY t.slug, t.name ORDER BY count(*) DESC, t.slug LIMIT ?",
        most,
    )
    levels = weights([int(row["used"]) for row in rows])
    found = [
        Weighted(str(row["slug"]), str(row["name"]), int(row["used"]), level)
        for row, level in zip(rows, levels, strict=True)
    ]
    return sorted(found, key=lambda one: _order(one.name))


def tags_of(store: Store, note: int) -> list[tuple[str, str]]:
    """Address and name of each tag of a note."""
    rows = store.rows(
        "SELECT t.slug, t.name FROM tags t JOIN tagged g ON g.tag = t.slug WHERE g.note = ? ORDER BY t.slug",
        note,
    )
    return [(str(row["slug"]), str(row["name"])) for row in rows]


def write_tags(act: Act, note: int, text: str) -> None:
    """Give a note the tags of a text with commas between them; the same address is the same tag."""
    act.run("DELETE FROM tagged WHERE note = ?", note)
    found = [tag_slug(part) for part in text.split(",")]
    names: dict[str, str] = {}
    for name, slug in filter(None, found):
        names.setdefault(slug, name)
    for slug, name in list(names.items())[:_MOST]:
        act.run("INSERT INTO tags (slug, name) VALUES (?, ?) ON CONFLICT DO NOTHING", slug, name)
        act.run("INSERT INTO tagged (note, tag) VALUES (?, ?)", note, slug)


def _order(name: str) -> list[tuple[int, int, str]]:
    """Sorts names as people do: without regard to capitals, digits as numbers."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]", name.casefold())
    return [(0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts]
