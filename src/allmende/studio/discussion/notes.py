"""Notes: what authors publish about a study; every published revision stays readable."""

import unicodedata
from dataclasses import dataclass

from allmende.errors import AllmendeError
from allmende.studio.database.store import Act, Row, Store
from allmende.studio.discussion.tags import write_tags
from allmende.studio.naming import free_name

__all__ = [
    "Note",
    "is_public",
    "note_at",
    "notes_of",
    "notes_tagged",
    "recent_notes",
    "revisions_of",
    "save",
    "withdraw_note",
]

_LONGEST_TITLE, _LONGEST_BODY = 200, 100_000
_TEXT = (
    "SELECT n.*, r.title, r.body FROM notes n JOIN revisions r ON r.note = n.id AND r.number = n.revision "
)
_SHOWN = "n.state = 'published' AND n.study IN (SELECT id FROM studies WHERE state = 'published')"


@dataclass(frozen=True, slots=True)
class Note:
    """A note with the text of one of its revisions.

    Args:
        id: Its number.
        study: The study it is about.
        slug: Its name in addresses, which never changes.
        author: Its author's account.
        state: "draft", "published" or "withdrawn".
        revision: The revision whose text this is.
        created: When it was begun.
        published: When it was first published, 0 when never.
        updated: When it last changed.
        title: Its title.
        body: Its text, Markdown.
    """

    id: int
    study: str
    slug: str
    author: str
    state: str
    revision: int
    created: int
    published: int
    updated: int
    title: str
    body: str

    @property
    def path(self) -> str:
        """Its address."""
        return f"/studies/{self.study}/notes/{self.slug}"


def save(
    store: Store,
    *,
    study: str,
    note: Note | None,
    author: str,
    title: str,
    body: str,
    tags: str,
    public: bool,
    now: int,
) -> Note:
    """Keep a note, or another revision of one.

    Args:
        store: The database.
        study: The study it is about.
        note: What it revises; None for a new one.
        author: Its author.
        title: Its title.
        body: Its text, Markdown.
        tags: Names of tags with commas between them.
        public: Whether it is published.
        now: The present time.

    Raises:
        AllmendeError: title or text are empty or too long.
    """
    shown = " ".join(unicodedata.normalize("NFC", title).split())
    if not 1 <= len(shown) <= _LONGEST_TITLE:
        raise AllmendeError(f"the title has {len(shown)} characters", expected=f"1 to {_LONGEST_TITLE}")
    if not body.strip() or len(body) > _LONGEST_BODY:
        raise AllmendeError(f"the text has {len(body):,} characters", expected=f"1 to {_LONGEST_BODY:,}")
    with store.write() as act:
        number = note.id if note else _begun(act, study, author, shown, now)
        last = act.row("SELECT max(number) AS number FROM revisions WHERE note = ?", number)
        revision = int((last and last["number"]) or 0) + 1
        act.run(
            "INSERT INTO revisions (note, number, title, body, public, created) VALUES (?, ?, ?, ?, ?, ?)",
            number, revision, shown, body.replace("\r\n", "\n"), int(public), now,
        )  # fmt: skip
        state = "published" if public else (note.state if note else "draft")
        # A draft of something published changes nothing that others see until it is published itself.
        kept = note.revision if note and note.state == "published" and not public else revision
        act.run(
            "UPDATE notes SET state = ?, revision = ?, published = CASE WHEN ? = 1 AND published = 0 THEN ? "
            "ELSE published END, updated = ? WHERE id = ?",
            state, kept, int(public), now, now, number,
        )  # fmt: skip
        write_tags(act, number, tags)
        row = act.row(f"{_TEXT} WHERE n.id = ?", number)
    assert row is not None
    return _note(row)


def withdraw_note(store: Store, note: Note, *, now: int) -> None:
    """Withdraw a note; its address says that it was there."""
    with store.write() as act:
        act.run("UPDATE notes SET state = 'withdrawn', updated = ? WHERE id = ?", now, note.id)


def note_at(store: Store, study: str, slug: str, *, revision: int = 0) -> Note | None:
    """The note at an address; None when there is none.

    Args:
        store: The database.
        study: The study.
        slug: Its name in addresses.
        revision: A published revision of it, 0 for the present one.
    """
    row = store.row(f"{_TEXT} WHERE n.study = ? AND n.slug = ?", study, slug)
    if row is None or not revision or revision == row["revision"]:
        return _note(row) if row else None
    older = store.row(
        "SELECT title, body FROM revisions WHERE note = ? AND number = ? AND public = 1", row["id"], revision
    )
    return _note({**row, **older, "revision": revision}) if older else None


def is_public(store: Store, note: int) -> bool:
    """Whether everybody who may see its study may see the note of that number."""
    return bool(store.value("SELECT state FROM notes WHERE id = ?", note) == "published")


def notes_of(store: Store, study: str, *, all_of_them: bool) -> list[Note]:
    """The notes of a study, newest first; drafts and withdrawn ones only when all are asked for."""
    rows = store.rows(f"{_TEXT} WHERE n.study = ? ORDER BY n.created DESC, n.id DESC", study)
    return [note for note in map(_note, rows) if all_of_them or note.state == "published"]


def recent_notes(store: Store, *, most: int) -> list[Note]:
    """Published notes of published studies, newest first."""
    return [
        _note(row)
        for row in store.rows(f"{_TEXT} WHERE {_SHOWN} ORDER BY n.published DESC, n.id DESC LIMIT ?", most)
    ]


def notes_tagged(store: Store, slug: str) -> list[Note]:
    """Published notes with a tag, newest first."""
    rows = store.rows(
        f"{_TEXT} JOIN tagged g ON g.note = n.id WHERE g.tag = ? AND {_SHOWN} "
        "ORDER BY n.published DESC, n.id DESC",
        slug,
    )
    return [_note(row) for row in rows]


def revisions_of(store: Store, note: Note) -> list[Row]:
    """Number and time of each published revision, oldest first."""
    return store.rows(
        "SELECT number, created FROM revisions WHERE note = ? AND public = 1 ORDER BY number", note.id
    )


def _begun(act: Act, study: str, author: str, title: str, now: int) -> int:
    taken = {row["slug"] for row in act.rows("SELECT slug FROM slugs WHERE study = ?", study)}
    slug = free_name(unicodedata.normalize("NFKD", title), taken, longest=60, otherwise="note")
    number = act.next("note")
    act.run(
        "INSERT INTO notes (id, study, slug, author, state, revision, created, published, updated) "
        "VALUES (?, ?, ?, ?, 'draft', 0, ?, 0, ?)",
        number, study, slug, author, now, now,
    )  # fmt: skip
    act.run("INSERT INTO slugs (study, slug, note) VALUES (?, ?, ?)", study, slug, number)
    return number


def _note(row: Row) -> Note:
    return Note(**{name: row[name] for name in Note.__dataclass_fields__})
