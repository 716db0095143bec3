"""Feeding: what is published, for programs that read feeds."""

from collections.abc import Sequence

from starlette.responses import Response

from allmende.studio.accounts.people import account_of
from allmende.studio.asking import Asked, refused
from allmende.studio.database.store import Row
from allmende.studio.discussion.notes import Note, notes_of, notes_tagged, recent_notes
from allmende.studio.discussion.tags import tags_of
from allmende.studio.discussion.writing import comment_html, note_html
from allmende.studio.feeds import MOST, Entry, atom

__all__ = ["all_comments", "all_notes", "study_comments", "study_notes", "tag_notes"]


def all_notes(asked: Asked) -> Response:
    """Notes of every study."""
    return _feed(asked, asked.studio.settings.name, "/", _notes(asked, recent_notes(asked.store, most=MOST)))


def study_notes(asked: Asked) -> Response:
    """Notes of a study."""
    study = asked.the_study()
    found = notes_of(asked.store, study.id, all_of_them=False)[:MOST] if study.state == "published" else []
    return _feed(asked, study.title, f"/studies/{study.id}", _notes(asked, found))


def tag_notes(asked: Asked) -> Response:
    """Notes of a tag."""
    slug = asked.parts["tag"]
    found = notes_tagged(asked.store, slug)[:MOST]
    if not found:
        return refused(404)
    name = str(asked.store.value("SELECT name FROM tags WHERE slug = ?", slug))
    return _feed(asked, f"{name}: {asked.studio.settings.name}", f"/tags/{slug}", _notes(asked, found))


def all_comments(asked: Asked) -> Response:
    """Comments of every study."""
    return _feed(asked, f"Comments: {asked.studio.settings.name}", "/", _comments(asked, ""))


def study_comments(asked: Asked) -> Response:
    """Comments of a study and its notes."""
    study = asked.the_study()
    return _feed(asked, f"Comments: {study.title}", f"/studies/{study.id}", _comments(asked, study.id))


def _feed(asked: Asked, title: str, page: str, entries: Sequence[Entry]) -> Response:
    settings = asked.studio.settings
    text = atom(
        title=title,
        origin=settings.origin,
        path=asked.path,
        page=page,
        name=_name(asked, f"feed{asked.path}"),
        entries=entries,
    )
    return Response(text, media_type="application/atom+xml; charset=utf-8")


def _notes(asked: Asked, found: Sequence[Note]) -> list[Entry]:
    return [_note(asked, one) for one in found]


def _note(asked: Asked, one: Note) -> Entry:
    author = account_of(asked.store, one.author)
    replies = int(
        asked.store.value("SELECT count(*) FROM comments WHERE note = ? AND state = 'published'", one.id)
    )
    return Entry(
        id=_name(asked, f"note-{one.id}"),
        path=one.path,
        title=one.title,
        author=author.name if author else "",
        html=note_html(one.body, doc_id=f"n{one.id}"),
        published=one.published,
        updated=one.updated,
        tags=[name for _, name in tags_of(asked.store, one.id)],
        replies=(replies, f"/studies/{one.study}/comments.atom"),
    )


def _comments(asked: Asked, study: str) -> list[Entry]:
    rows = asked.store.rows(
        "SELECT c.id, c.study, c.note, c.parent, c.name, c.text, c.created, c.edited, s.title, n.slug "
        "FROM comments c JOIN studies s ON s.id = c.study LEFT JOIN notes n ON n.id = c.note "
        "WHERE c.state = 'published' AND s.state = 'published' AND (c.study = ? OR ? = '') "
        "AND (c.note = 0 OR n.state = 'published') ORDER BY c.id DESC LIMIT ?",
        study,
        study,
        MOST,
    )
    return [_comment(asked, row) for row in rows]


def _comment(asked: Asked, row: Row) -> Entry:
    above = f"/studies/{row['study']}" + (f"/notes/{row['slug']}" if row["slug"] else "")
    if row["parent"]:
        answers = (_name(asked, f"comment-{row['parent']}"), f"{above}#c{row['parent']}")
    else:
        target = f"note-{row['note']}" if row["note"] else f"study-{row['study']}"
        answers = (_name(asked, target), above)
    return Entry(
        id=_name(asked, f"comment-{row['id']}"),
        path=f"{above}#c{row['id']}",
        title=f"{row['name']} on {row['title']}",
        author=str(row["name"]),
        html=comment_html(str(row["text"]), doc_id=f"c{row['id']}", settings=asked.studio.settings).html,
        published=int(row["created"]),
        updated=int(row["edited"] or row["created"]),
        answers=answers,
    )


def _name(asked: Asked, what: str) -> str:
    """A name that stays when the site moves: the site's secret decides it, not its host."""
    import hmac

    site = hmac.digest(asked.studio.key, b"feed", "sha256").hex()[:16]
    return f"tag:allmende,2026:{site}:{what}"
