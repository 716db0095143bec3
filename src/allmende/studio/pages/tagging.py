"""Tagging: the weighted list, and the notes of a tag."""

from starlette.responses import Response

from allmende.studio.asking import Asked, refused, shown, whole
from allmende.studio.discussion.notes import notes_tagged
from allmende.studio.discussion.tags import weighted

__all__ = ["tag", "tags"]

_SHOWN, _EACH = 60, 20


def tags(asked: Asked) -> Response:
    """The most used tags, the much used larger."""
    return shown(asked, "tags", {"tags": weighted(asked.store, most=_SHOWN)})


def tag(asked: Asked) -> Response:
    """The notes of a tag, newest first."""
    slug = asked.parts["tag"]
    name = asked.store.value("SELECT name FROM tags WHERE slug = ?", slug)
    found = notes_tagged(asked.store, slug)
    if name is None or not found:
        return refused(404)
    pages = -(-len(found) // _EACH)
    wanted = min(max(whole(asked.query.get("page", "1"), otherwise=1), 1), pages)
    some = found[(wanted - 1) * _EACH : wanted * _EACH]
    values = {"name": name, "slug": slug, "notes": some, "page": wanted, "pages": pages}
    return shown(asked, "tag", values, feed=f"/tags/{slug}/feed.atom")
