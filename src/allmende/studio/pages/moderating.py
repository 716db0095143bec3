"""Moderating: comments that wait, decisions and taking them back, a look at an address."""

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.asking import Asked, redirect, refused, shown, whole
from allmende.studio.discussion import comments, private
from allmende.studio.discussion.writing import comment_html

__all__ = ["address", "decide", "queue", "undo"]

_SHOWN = 30


def queue(asked: Asked) -> Response:
    """What waits for a decision, oldest first, and what was decided last."""
    return _page(asked)


def decide(asked: Asked) -> Response:
    """Decide on the chosen comments."""
    chosen = [whole(one) for one in asked.form.get("comment", ()) if whole(one)]
    assert asked.account is not None
    try:
        if not chosen:
            return _page(asked, problem="No comment is chosen. Tick at least one.", status=422)
        for one in chosen:
            comments.decide(
                asked.store,
                one,
                asked.field("state"),
                account=asked.account.id,
                reason=asked.field("reason"),
                now=asked.now,
            )
    except AllmendeError as error:
        return _page(asked, problem=str(error), status=422)
    return redirect("/moderation")


def undo(asked: Asked) -> Response:
    """Take a decision back."""
    assert asked.account is not None
    comments.undo(asked.store, whole(asked.parts["decision"]), account=asked.account.id, now=asked.now)
    return redirect("/moderation")


def address(asked: Asked) -> Response:
    """The private address given with a comment; that somebody looked is recorded."""
    assert asked.account is not None
    found = comments.comment_of(asked.store, whole(asked.parts["comment"]))
    if found is None:
        return refused(404)
    seen = private.look(asked.store, found.id, asked.account.id, now=asked.now)
    return shown(asked, "address", {"comment": found, "address": seen})


def _page(asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    state = asked.query.get("state", "pending")
    known = ("pending", *comments.STATES)
    state = state if state in known else "pending"
    waiting = [
        (one, comment_html(one.text, doc_id=f"c{one.id}", settings=asked.studio.settings).html)
        for one in comments.queue(asked.store, state=state)
    ]
    decisions = asked.store.rows(
        "SELECT d.*, a.name FROM decisions d LEFT JOIN accounts a ON a.id = d.account "
        "ORDER BY d.id DESC LIMIT ?",
        _SHOWN,
    )
    values = {
        "waiting": waiting,
        "decisions": decisions,
        "state": state,
        "known": known,
        "reasons": comments.REASONS,
        "problem": problem,
    }
    return shown(asked, "moderation", values, status=status)
