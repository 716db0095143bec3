"""Discussion: what the lower part of a page shows, and what the writer of a comment may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allmende.studio.accounts.people import token_digest
from allmende.studio.asking import Asked, whole
from allmende.studio.discussion import comments, guards
from allmende.studio.discussion.comments import Comment
from allmende.studio.discussion.notes import Note, is_public, notes_of
from allmende.studio.discussion.threads import DEEPEST, in_order, on_page
from allmende.studio.discussion.writing import comment_html
from allmende.studio.studies.versions import Study, find

__all__ = [
    "WRITER",
    "Shown",
    "above",
    "answered_by",
    "blank",
    "discussion_of",
    "editable",
    "is_mine",
    "place_of",
    "published_comment",
    "stamp_for",
    "writable",
]

WRITER = "allmende-writer"
"""Name of the cookie by which a browser knows its own comments."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as the page shows it.

    Args:
        comment: The comment.
        depth: How far it is set in.
        html: Its text.
        answers: The name of whom it answers, where that is not seen by where it stands.
        mine: Whether whoever asks wrote it.
        editable: Whether they may still change it.
    """

    comment: Comment
    depth: int
    html: str
    answers: str
    mine: bool
    editable: bool


def discussion_of(asked: Asked, study: Study, note: Note | None = None) -> Mapping[str, Any]:
    """What the lower part of a page shows: the notes of a study, and the comments below it or a note.

    Args:
        asked: What was asked.
        study: The study.
        note: The note, when the page is its.
    """
    known = comments.comments_at(asked.store, study.id, note.id if note else 0, writer=_writer(asked))
    by_number = {one.id: one for one in known}
    wanted = max(whole(asked.query.get("page", "1"), otherwise=1), 1)
    some, pages = on_page(in_order((one.id, one.parent) for one in known), wanted)
    return {
        "notes": [] if note else notes_of(asked.store, study.id, all_of_them=study.is_of(asked.account)),
        "note": note,
        "comments": [_shown(asked, by_number, number, depth) for number, depth in some],
        "count": sum(one.state == "published" for one in known),
        "pages": pages,
        "page": min(wanted, pages),
        "writable": writable(asked, study),
        **blank(asked, study, note),
    }


def answered_by(asked: Asked, one: Comment | None) -> Shown | None:
    """The comment that a reply answers, as the form of the reply shows it."""
    return _shown(asked, {one.id: one}, one.id, 0) if one else None


def blank(asked: Asked, study: Study, note: Note | None) -> dict[str, Any]:
    """The fields of an empty form."""
    return {
        "name": asked.account.name if asked.account else "",
        "email": "",
        "text": "",
        "parent": 0,
        "stamp": stamp_for(asked, study),
        "trap": guards.trap_name(asked.studio.key),
        "problem": "",
        "preview": None,
        "action_path": f"/studies/{study.id}/comments",
        "note_slug": note.slug if note else "",
        "longest": comments.LONGEST,
    }


def stamp_for(asked: Asked, study: Study) -> str:
    """A fresh stamp for the form of a comment."""
    return guards.stamp(asked.studio.key, f"comment {study.id}", now=asked.now)


def is_mine(asked: Asked, one: Comment) -> bool:
    """Whether whoever asks wrote a comment: by their account or, without one, by what their browser keeps."""
    by_account = asked.account is not None and one.account == asked.account.id
    by_browser = bool(one.writer) and one.writer == _writer(asked) and not one.account
    return one.state != "removed" and (by_account or by_browser)


def editable(asked: Asked, one: Comment) -> bool:
    """Whether a comment is young enough to be changed, and nobody has decided against it."""
    return one.state in {"pending", "published"} and asked.now - one.created <= comments.EDIT_S


def writable(asked: Asked, study: Study) -> bool:
    """Whether whoever asks may comment."""
    if study.state != "published" or study.comments == "closed":
        return False
    return asked.account is not None or asked.studio.settings.open_comments


def above(study: Study, note: Note | None) -> str:
    """The page on which a discussion stands."""
    return note.path if note else f"/studies/{study.id}"


def published_comment(asked: Asked, number: int) -> Comment | None:
    """The comment of that number; None when it is not published, or it stands where it may not be seen."""
    found = comments.comment_of(asked.store, number)
    if found is None or found.state != "published":
        return None
    study = find(asked.store, found.study)
    if study is None or not study.shown_to(asked.account):
        return None
    shown = not found.note or is_public(asked.store, found.note) or study.is_of(asked.account)
    return found if shown else None


def place_of(asked: Asked, one: Comment) -> str:
    """Where a comment stands, with the page of its thread."""
    row = asked.store.row("SELECT slug FROM notes WHERE id = ?", one.note) if one.note else None
    path = f"/studies/{one.study}" + (f"/notes/{row['slug']}" if row else "")
    known = comments.comments_at(asked.store, one.study, one.note, writer=_writer(asked))
    ordered = in_order((each.id, each.parent) for each in known)
    _, pages = on_page(ordered, 1)
    for page in range(2, pages + 1):
        if any(number == one.id for number, _ in on_page(ordered, page)[0]):
            path += f"?page={page}"
    return f"{path}#c{one.id}"


def _shown(asked: Asked, known: Mapping[int, Comment], number: int, depth: int) -> Shown:
    one = known[number]
    settings = asked.studio.settings
    html = comment_html(one.text, doc_id=f"c{one.id}", settings=settings).html if one.text else ""
    answers = known[one.parent].name if depth == DEEPEST and one.parent in known else ""
    mine = is_mine(asked, one)
    return Shown(one, depth, html, answers, mine, mine and editable(asked, one))


def _writer(asked: Asked) -> str:
    token = asked.cookies.get(WRITER, "")
    return token_digest(token) if token else ""
