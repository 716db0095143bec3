"""Comments: written by anybody, shown when they are published, removed without trace of what they said.

pending -> published | rejected | spam;  published -> hidden;  anything -> removed, by its writer
"""

from collections.abc import Sequence
from dataclasses import dataclass

from allmende.errors import AllmendeError
from allmende.studio.database.store import Act, Row, Store
from allmende.studio.discussion.guards import digest_of
from allmende.studio.discussion.private import forget

__all__ = [
    "EDIT_S",
    "LONGEST",
    "REASONS",
    "STATES",
    "Comment",
    "add",
    "change_text",
    "comment_of",
    "comments_at",
    "decide",
    "is_known",
    "queue",
    "remove",
    "undo",
    "was_written",
]

EDIT_S = 900
"""How long its writer may change a comment."""

LONGEST = 20_000
"""Most characters of a comment."""

STATES = ("published", "rejected", "spam", "hidden")
"""What a moderator may decide."""

REASONS = ("fine", "off topic", "advertising", "attacks somebody", "unlawful", "other")
"""Why."""

_LONGEST_NAME = 60
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment.

    Args:
        id: Its number.
        study: The study below which it stands.
        note: The note below which it stands, 0 for the study itself.
        parent: What it answers, 0 for nothing.
        name: The name its writer gave.
        account: Its writer's account, "" for none.
        text: As it was typed.
        renderer: Version of the text format it was written under.
        state: "pending", "published", "rejected", "spam", "hidden" or "removed".
        flags: What the guards said, with spaces between.
        writer: Digest of what the writer's browser keeps.
        created: When it was written.
        edited: When it was changed, 0 when never.
    """

    id: int
    study: str
    note: int
    parent: int
    name: str
    account: str
    text: str
    renderer: int
    state: str
    flags: str
    writer: str
    created: int
    edited: int


def add(
    act: Act,
    *,
    study: str,
    note: int,
    parent: int,
    name: str,
    account: str,
    text: str,
    renderer: int,
    state: str,
    flags: Sequence[str],
    writer: str,
    now: int,
) -> int:
    """Write a comment; its number. Arguments are the fields of `Comment`.

    Raises:
        AllmendeError: name or text are empty or too long, or what it answers is not there.
    """
    shown, plain = _checked(name, text)
    if parent:
        above = act.row("SELECT study, note, state FROM comments WHERE id = ?", parent)
        if above is None or above["state"] != "published" or (above["study"], above["note"]) != (study, note):
            raise AllmendeError(
                "what this answers is not there any more", next_step="Write a comment of its own."
            )
    number = act.next("comment")
    act.run(
        "INSERT INTO comments (id, study, note, parent, name, account, text, renderer, state, flags, writer, "
        "digest, created, edited) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        number, study, note, parent, shown, account, plain, renderer, state, " ".join(flags), writer,
        digest_of(plain), now,
    )  # fmt: skip
    return number


def comment_of(store: Store, number: int) -> Comment | None:
    """The comment of that number; None when there is none."""
    row = store.row("SELECT * FROM comments WHERE id = ?", number)
    return _comment(row) if row else None


def comments_at(store: Store, study: str, note: int, *, writer: str = "") -> list[Comment]:
    """What stands below a study or a note, oldest first, with tombstones where replies need them.

    Args:
        store: The database.
        study: The study.
        note: The note, 0 for the study itself.
        writer: Digest of what a browser keeps: its own pending comments are among them.
    """
    rows = store.rows(
        "SELECT * FROM comments WHERE study = ? AND note = ? "
        "AND (state IN ('published', 'removed', 'hidden') "
        "OR (state = 'pending' AND writer = ? AND writer <> '')) ORDER BY id",
        study,
        note,
        writer,
    )
    found = [_comment(row) for row in rows]
    needed: set[int] = set()
    for one in reversed(found):
        if one.state in {"published", "pending"} or one.id in needed:
            needed.add(one.parent)
    return [one for one in found if one.state in {"published", "pending"} or one.id in needed]


def queue(store: Store, *, state: str = "pending", most: int = 100) -> list[Comment]:
    """Comments in a state, oldest first."""
    rows = store.rows("SELECT * FROM comments WHERE state = ? ORDER BY id LIMIT ?", state, most)
    return [_comment(row) for row in rows]


def change_text(store: Store, comment: Comment, text: str, *, state: str, now: int) -> None:
    """Change what a comment says.

    Raises:
        AllmendeError: the text is empty or too long.
    """
    _, plain = _checked(comment.name, text)
    with store.write() as act:
        act.run(
            "UPDATE comments SET text = ?, digest = ?, edited = ?, state = ? WHERE id = ? AND state = ?",
            plain, digest_of(plain), now, state, comment.id, comment.state,
        )  # fmt: skip


def remove(store: Store, comment: int) -> None:
    """Remove a comment: its text, name and address go at once and cannot be brought back."""
    with store.write() as act:
        act.run(
            "UPDATE comments SET state = 'removed', name = '', account = '', text = '', digest = '', "
            "flags = '', writer = '' WHERE id = ?",
            comment,
        )
        forget(act, comment)


def decide(store: Store, comment: int, state: str, *, account: str, reason: str, now: int) -> bool:
    """Decide on a comment; who, when and why is kept. False when it is not there to be decided on.

    Raises:
        AllmendeError: there is no such decision or reason.
    """
    if state not in STATES or reason not in REASONS:
        raise AllmendeError(f"'{state}' because '{reason}' is no decision", expected=", ".join(STATES))
    with store.write() as act:
        row = act.row("SELECT state FROM comments WHERE id = ? AND state <> 'removed'", comment)
        if row is None or row["state"] == state:
            return False
        act.run("UPDATE comments SET state = ? WHERE id = ?", state, comment)
        act.run(
            "INSERT INTO decisions (id, comment, before, after, account, reason, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            act.next("decision"), comment, row["state"], state, account, reason, now,
        )  # fmt: skip
    return True


def undo(store: Store, decision: int, *, account: str, now: int) -> bool:
    """Take a decision back; False when something else was decided since."""
    with store.write() as act:
        row = act.row("SELECT * FROM decisions WHERE id = ?", decision)
        if row is None:
            return False
        done = act.run(
            "UPDATE comments SET state = ? WHERE id = ? AND state = ?",
            row["before"],
            row["comment"],
            row["after"],
        )
        if done:
            act.run(
                "INSERT INTO decisions (id, comment, before, after, account, reason, at) "
                "VALUES (?, ?, ?, ?, ?, 'undone', ?)",
                act.next("decision"), row["comment"], row["after"], row["before"], account, now,
            )  # fmt: skip
    return bool(done)


def is_known(act: Act, account: str) -> bool:
    """Whether an account has a published comment."""
    return bool(account) and bool(
        act.rows("SELECT id FROM comments WHERE account = ? AND state = 'published' LIMIT 1", account)
    )


def was_written(act: Act, text: str, *, now: int) -> bool:
    """Whether the same was written within a day."""
    return bool(
        act.rows(
            "SELECT id FROM comments WHERE digest = ? AND created > ? LIMIT 1", digest_of(text), now - _DAY_S
        )
    )


def _checked(name: str, text: str) -> tuple[str, str]:
    shown = " ".join(name.split())
    plain = text.replace("\r\n", "\n")
    if not 1 <= len(shown) <= _LONGEST_NAME:
        raise AllmendeError(f"the name has {len(shown)} characters", expected=f"1 to {_LONGEST_NAME}")
    if not plain.strip() or len(plain) > LONGEST:
        raise AllmendeError(f"the comment has {len(plain):,} characters", expected=f"1 to {LONGEST:,}")
    return shown, plain


def _comment(row: Row) -> Comment:
    return Comment(**{name: row[name] for name in Comment.__dataclass_fields__})
