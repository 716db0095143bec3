"""Discussing: comments below a study or a note - written, previewed, answered, changed, removed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.accounts.people import token_digest
from allmende.studio.accounts.roles import Role
from allmende.studio.asking import Asked, redirect, refused, shown, whole
from allmende.studio.database.store import Act
from allmende.studio.discussion import comments, guards, private
from allmende.studio.discussion.comments import Comment
from allmende.studio.discussion.notes import Note, note_at
from allmende.studio.discussion.writing import comment_html
from allmende.studio.pages.discussion import (
    WRITER,
    above,
    answered_by,
    blank,
    editable,
    is_mine,
    place_of,
    published_comment,
    stamp_for,
    writable,
)
from allmende.studio.studies.versions import Study
from allmende.textformat import VERSION

__all__ = ["add", "change", "editing", "form", "permalink", "remove", "removing"]

_WRITER_S = 30 * 86_400
_TRUSTED = guards.Limits(minute=10, day=500, threads=100)
_WARNINGS = {
    "unclosed-note": "A footnote is not closed: it runs to the end.",
    "note-text-ignored": "Two footnotes have the same number and other texts; the first text counts.",
    "too-many-notes": "There are more than a hundred footnotes; the rest stays as typed.",
}
_PROBLEMS = {
    "stale": ("The form was older than a day. Nothing is lost: please save it again.", 422),
    "too-fast": ("That was faster than people write. Please wait a few seconds and save it again.", 429),
}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A comment on its way: where it will stand, what was typed, and what the page says about it."""

    study: Study
    note: Note | None
    answered: Comment | None
    values: Mapping[str, Any]

    def saying(self, **values: Any) -> "_Draft":
        return replace(self, values={**self.values, **values})


def form(asked: Asked) -> Response:
    """The form of a comment on a page of its own: for a reply, and for those who come back to it."""
    return _form(asked, _draft(asked, note=asked.query.get("note", ""), reply=asked.query.get("reply", "0")))


def add(asked: Asked) -> Response:
    """Preview a comment, or save it."""
    typed = {name: asked.field(name) for name in ("name", "email", "text", "stamp")}
    draft = _draft(asked, note=asked.field("note"), reply=asked.field("parent")).saying(**typed)
    if not writable(asked, draft.study):
        return refused(403)
    said, nonce = _guarded(asked, draft.study)
    if said == "reject":
        guards.note_failure(asked.store, asked.network, now=asked.now)
        return refused(403)
    if said != "pass":
        problem, status = _PROBLEMS[said]
        fresh = stamp_for(asked, draft.study) if said == "stale" else draft.values["stamp"]
        return _form(asked, draft.saying(problem=problem, stamp=fresh), status=status)
    try:
        address = private.checked_address(asked.field("email"))
        if asked.field("action") == "save":
            return _saved(asked, draft, address, nonce)
        return _form(asked, draft.saying(preview=_preview(asked, asked.field("text"))))
    except AllmendeError as error:
        return _form(asked, draft.saying(problem=str(error)), status=422)


def permalink(asked: Asked) -> Response:
    """Where a comment stands."""
    found = published_comment(asked, whole(asked.parts["comment"]))
    return redirect(place_of(asked, found)) if found else refused(404)


def editing(asked: Asked) -> Response:
    """The form to change one's comment."""
    found = _own(asked)
    if found is None or not editable(asked, found):
        return refused(404)
    values = {"comment": found, "text": found.text, "problem": "", "preview": None}
    return shown(asked, "comment_edit", values)


def change(asked: Asked) -> Response:
    """Change one's comment, within fifteen minutes; what the guards flag is looked at again."""
    found = _own(asked)
    if found is None or not editable(asked, found):
        return refused(404)
    text = asked.field("text")
    values: dict[str, Any] = {"comment": found, "text": text, "problem": "", "preview": None}
    try:
        if asked.field("action") != "save":
            return shown(asked, "comment_edit", {**values, "preview": _preview(asked, text)})
        flags = guards.content_flags(text, known=asked.role >= Role.COMMENTER, repeated=False)
        state = "pending" if flags else found.state
        comments.change_text(asked.store, found, text, state=state, now=asked.now)
    except AllmendeError as error:
        return shown(asked, "comment_edit", {**values, "problem": str(error)}, status=422)
    return redirect(place_of(asked, found))


def removing(asked: Asked) -> Response:
    """Ask whether one's comment is really to go."""
    found = _own(asked)
    return shown(asked, "comment_remove", {"comment": found}) if found else refused(404)


def remove(asked: Asked) -> Response:
    """Remove one's comment; text, name and address go at once."""
    found = _own(asked)
    if found is None:
        return refused(404)
    comments.remove(asked.store, found.id)
    return redirect(place_of(asked, found).partition("#")[0])


def _draft(asked: Asked, *, note: str, reply: str) -> _Draft:
    study = asked.the_study()
    found = note_at(asked.store, study.id, note) if note else None
    below = found if found is not None and found.state == "published" else None
    answered = comments.comment_of(asked.store, whole(reply)) if whole(reply) else None
    if answered is not None and (answered.state != "published" or answered.study != study.id):
        answered = None
    values = {**blank(asked, study, below), "parent": answered.id if answered else 0}
    return _Draft(study, below, answered, values)


def _saved(asked: Asked, draft: _Draft, address: str, nonce: str) -> Response:
    token = asked.cookies.get(WRITER, "") or secrets.token_urlsafe(32)
    page = above(draft.study, draft.note)
    with asked.store.write() as act:
        if not guards.spend(act, f"{nonce}.{asked.network}", now=asked.now):
            return _sent_before(act, asked, draft)
        flags = _flags(act, asked, draft)
        if isinstance(flags, int):
            return _too_many(flags)
        number = _added(act, asked, draft, flags, token)
        private.keep_address(act, number, address, now=asked.now)
        what = "reply" if draft.answered else "thread"
        private.keep_network(act, asked.network, what=what, study=draft.study.id, now=asked.now)
    answer = redirect(f"{page}#c{number}")
    secure = asked.studio.settings.secure
    answer.set_cookie(WRITER, token, max_age=_WRITER_S, httponly=True, samesite="lax", secure=secure)
    return answer


def _sent_before(act: Act, asked: Asked, draft: _Draft) -> Response:
    """The same text again was a second click; another text is not lost: the form comes back with it."""
    if comments.was_written(act, str(draft.values["text"]), now=asked.now):
        return redirect(above(draft.study, draft.note))
    problem = "This form was sent before. Nothing is lost: please save it again."
    return _form(asked, draft.saying(problem=problem, stamp=stamp_for(asked, draft.study)), status=422)


def _flags(act: Act, asked: Asked, draft: _Draft) -> list[str] | int:
    limits = _TRUSTED if asked.role >= Role.COMMENTER else guards.Limits()
    top = draft.answered is None
    rate = guards.flags_by_rate(
        act, network=asked.network, study=draft.study.id, top=top, now=asked.now, limits=limits
    )
    if isinstance(rate, int):
        return rate
    text = str(draft.values["text"])
    known = comments.is_known(act, asked.account.id if asked.account else "")
    repeated = comments.was_written(act, text, now=asked.now)
    return rate + guards.content_flags(text, known=known, repeated=repeated)


def _added(act: Act, asked: Asked, draft: _Draft, flags: list[str], token: str) -> int:
    account = asked.account
    at_once = asked.role >= Role.COMMENTER and draft.study.comments == "open" and not flags
    return comments.add(
        act,
        study=draft.study.id,
        note=draft.note.id if draft.note else 0,
        parent=draft.answered.id if draft.answered else 0,
        name=account.name if account else str(draft.values["name"]),
        account=account.id if account else "",
        text=str(draft.values["text"]),
        renderer=VERSION,
        state="published" if at_once else "pending",
        flags=flags,
        writer=token_digest(token),
        now=asked.now,
    )


def _too_many(seconds: int) -> Response:
    answer = refused(429)
    answer.headers["retry-after"] = str(seconds)
    return answer


def _guarded(asked: Asked, study: Study) -> tuple[str, str]:
    read = guards.read_stamp(asked.studio.key, f"comment {study.id}", asked.field("stamp"))
    if read is None:
        return "stale", ""
    at, nonce = read
    said = guards.verdict(
        trap=asked.field(guards.trap_name(asked.studio.key)),
        age=asked.now - at,
        failures=private.failures_of(asked.store, asked.network, since=asked.now - guards.FAILURES_S),
        preview=asked.field("action") != "save",
    )
    return said, nonce


def _preview(asked: Asked, text: str) -> Mapping[str, Any]:
    found = comment_html(text, doc_id="preview", settings=asked.studio.settings)
    return {"html": found.html, "warnings": [_WARNINGS[code] for code in found.warnings]}


def _form(asked: Asked, draft: _Draft, *, status: int = 200) -> Response:
    more = {
        "study": draft.study,
        "note": draft.note,
        "answered": answered_by(asked, draft.answered),
        "back": above(draft.study, draft.note),
    }
    return shown(asked, "comment_form", {**draft.values, **more}, status=status)


def _own(asked: Asked) -> Comment | None:
    found = comments.comment_of(asked.store, whole(asked.parts["comment"]))
    return found if found is not None and is_mine(asked, found) else None
