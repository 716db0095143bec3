"""Noting: notes about a study - written, published, revised, withdrawn."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.accounts.people import account_of
from allmende.studio.asking import Asked, redirect, refused, shown, whole
from allmende.studio.discussion import notes
from allmende.studio.discussion.notes import Note
from allmende.studio.discussion.tags import tags_of
from allmende.studio.discussion.writing import note_html, summary
from allmende.studio.pages.discussion import discussion_of

__all__ = ["begin", "change", "editing", "note", "write"]


def note(asked: Asked) -> Response:
    """A note with its discussion; older revisions stay readable."""
    study = asked.the_study()
    found = _found(asked, whole(asked.query.get("rev", "0")))
    if found is None:
        return refused(404)
    if found.state == "withdrawn" and not study.is_of(asked.account):
        return refused(410)
    if found.state == "draft" and not study.is_of(asked.account):
        return refused(404)
    author = account_of(asked.store, found.author)
    values = {
        "study": study,
        "mine": study.is_of(asked.account),
        "author": author.name if author else "",
        "html": note_html(found.body, doc_id=f"n{found.id}"),
        "tags": tags_of(asked.store, found.id),
        "revisions": notes.revisions_of(asked.store, found),
        **discussion_of(asked, study, found),
    }
    feed = f"/studies/{study.id}/comments.atom"
    return shown(asked, "note", values, description=summary(found.body), feed=feed)


def begin(asked: Asked) -> Response:
    """The form of a new note."""
    return _form(asked, None, {"title": "", "body": "", "tags": ""})


def write(asked: Asked) -> Response:
    """Preview a new note, keep it as a draft, or publish it."""
    return _written(asked, None)


def editing(asked: Asked) -> Response:
    """The form to revise a note."""
    found = _found(asked, 0)
    if found is None:
        return refused(404)
    names = ", ".join(name for _, name in tags_of(asked.store, found.id))
    return _form(asked, found, {"title": found.title, "body": found.body, "tags": names})


def change(asked: Asked) -> Response:
    """Preview or keep a revision, or withdraw a note."""
    found = _found(asked, 0)
    if found is None:
        return refused(404)
    if asked.field("action") == "withdraw":
        notes.withdraw_note(asked.store, found, now=asked.now)
        return redirect(found.path)
    return _written(asked, found)


def _written(asked: Asked, found: Note | None) -> Response:
    typed = {name: asked.field(name) for name in ("title", "body", "tags")}
    action = asked.field("action")
    if action not in {"draft", "publish"}:
        return _form(asked, found, typed, preview=note_html(typed["body"], doc_id="preview"))
    assert asked.account is not None
    try:
        kept = notes.save(
            asked.store, study=asked.the_study().id, note=found, author=asked.account.id,
            title=typed["title"], body=typed["body"], tags=typed["tags"],
            public=action == "publish", now=asked.now,
        )  # fmt: skip
    except AllmendeError as error:
        return _form(asked, found, typed, problem=str(error), status=422)
    return redirect(kept.path)


def _form(
    asked: Asked,
    found: Note | None,
    typed: Mapping[str, Any],
    *,
    preview: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    study = asked.the_study()
    path = f"{found.path}/edit" if found else f"/studies/{study.id}/notes"
    more = {"study": study, "note": found, "path": path, "preview": preview, "problem": problem}
    return shown(asked, "note_form", {**typed, **more}, status=status)


def _found(asked: Asked, revision: int) -> Note | None:
    return notes.note_at(asked.store, asked.the_study().id, asked.parts["slug"], revision=revision)
