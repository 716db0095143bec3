"""Versions: a study and its numbered answers; who may see which is decided here and nowhere else."""

import unicodedata
from dataclasses import dataclass

from allmende.errors import AllmendeError
from allmende.studio.accounts.people import Account
from allmende.studio.accounts.roles import Role
from allmende.studio.database.store import Act, Row, Store
from allmende.studio.naming import free_name
from allmende.studio.studies.places import kind_of, name_of

__all__ = [
    "COMMENTS",
    "Study",
    "add_version",
    "create",
    "find",
    "listed",
    "publish",
    "settle",
    "version",
    "versions",
    "withdraw",
]

COMMENTS = ("open", "moderated", "closed")
"""Who may comment: everybody as their role allows, everybody but each is looked at first, nobody."""

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Study:
    """A community, a case or an economy under study.

    Args:
        id: Its name in addresses.
        title: Its title.
        source: What it opens.
        owner: Whose it is.
        state: "draft", "published" or "withdrawn".
        comments: One of `COMMENTS`.
        created: When it was opened.
        updated: When it last changed.
        published: When it was first published, 0 when never.
    """

    id: str
    title: str
    source: str
    owner: str
    state: str
    comments: str
    created: int
    updated: int
    published: int

    @property
    def kind(self) -> str:
        """What it opens: "record", "case" or "economy"."""
        return kind_of(self.source)

    @property
    def name(self) -> str:
        """What its source is called."""
        return name_of(self.source)

    def is_of(self, account: Account | None) -> bool:
        """Whether somebody may change it: its owner may, and administrators."""
        if account is None:
            return False
        owns = account.id == self.owner and account.role >= Role.AUTHOR
        return owns or account.role is Role.ADMINISTRATOR

    def shown_to(self, account: Account | None) -> bool:
        """Whether somebody may see that it exists."""
        return self.state == "published" or self.is_of(account)


def create(store: Store, *, title: str, source: str, owner: str, now: int) -> Study:
    """Open a study as a draft.

    Raises:
        AllmendeError: the title is empty or too long.
    """
    shown = _titled(title or name_of(source))
    plain = unicodedata.normalize("NFKD", shown)
    with store.write() as act:
        taken = {row["id"] for row in act.rows("SELECT id FROM studies")}
        name = free_name(plain, taken, longest=48, otherwise="study")
        found = Study(name, shown, source, owner, "draft", "open", now, now, 0)
        act.run(
            "INSERT INTO studies (id, title, source, owner, state, comments, created, updated, published) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            found.id, found.title, source, owner, found.state, found.comments, now, now, 0,
        )  # fmt: skip
    return found


def find(store: Store, study: str) -> Study | None:
    """The study of that name; None when there is none."""
    row = store.row("SELECT * FROM studies WHERE id = ?", study)
    return _study(row) if row else None


def listed(store: Store, account: Account | None) -> list[Study]:
    """The studies that somebody may see, changed last first."""
    rows = store.rows("SELECT * FROM studies ORDER BY updated DESC, id")
    return [study for study in map(_study, rows) if study.shown_to(account)]


def versions(store: Store, study: Study, account: Account | None) -> list[Row]:
    """The versions that somebody may see, newest first."""
    rows = store.rows("SELECT * FROM versions WHERE study = ? ORDER BY number DESC", study.id)
    return [row for row in rows if row["public"] or study.is_of(account)]


def version(store: Store, study: Study, number: int, account: Account | None) -> Row | None:
    """A version; None when there is none, or none that may be seen."""
    row = store.row("SELECT * FROM versions WHERE study = ? AND number = ?", study.id, number)
    return row if row and (row["public"] or study.is_of(account)) else None


def add_version(
    act: Act, study: str, *, kind: str, title: str, command: str, digest: str, job: int, now: int
) -> int:
    """Keep an answer as the next version; its number."""
    last = act.row("SELECT max(number) AS number FROM versions WHERE study = ?", study)
    number = int((last and last["number"]) or 0) + 1
    act.run(
        "INSERT INTO versions (study, number, kind, title, command, hash, job, created, public) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        study, number, kind, title, command, digest, job, now,
    )  # fmt: skip
    act.run("UPDATE studies SET updated = ? WHERE id = ?", now, study)
    return number


def publish(store: Store, study: Study, numbers: set[int], *, now: int) -> None:
    """Publish a study with some of its versions, and those alone.

    Raises:
        AllmendeError: no version is named, or one that does not exist.
    """
    known = {
        int(row["number"]) for row in store.rows("SELECT number FROM versions WHERE study = ?", study.id)
    }
    if not numbers or not numbers <= known:
        raise AllmendeError(
            "no version is chosen", expected="one or more", next_step="Measure first, or choose a version."
        )
    with store.write() as act:
        for number in known:
            act.run(
                "UPDATE versions SET public = ? WHERE study = ? AND number = ?",
                int(number in numbers),
                study.id,
                number,
            )
        act.run(
            "UPDATE studies SET state = 'published', updated = ?, published = ? WHERE id = ?",
            now,
            study.published or now,
            study.id,
        )


def withdraw(store: Store, study: Study, *, now: int) -> None:
    """Withdraw a study: only its owner sees it from now on; its address says that it was there.

    What never was published stays a draft, of which nobody is told.
    """
    with store.write() as act:
        act.run(
            "UPDATE studies SET state = 'withdrawn', updated = ? WHERE id = ? AND state = 'published'",
            now,
            study.id,
        )


def settle(store: Store, study: Study, *, title: str, comments: str, now: int) -> None:
    """Change title, and who may comment.

    Raises:
        AllmendeError: the title is empty or too long, or there is no such choice.
    """
    if comments not in COMMENTS:
        raise AllmendeError(f"comments cannot be '{comments}'", expected=", ".join(COMMENTS))
    with store.write() as act:
        act.run(
            "UPDATE studies SET title = ?, comments = ?, updated = ? WHERE id = ?",
            _titled(title),
            comments,
            now,
            study.id,
        )


def _titled(title: str) -> str:
    shown = " ".join(unicodedata.normalize("NFC", title).split())
    if not 1 <= len(shown) <= _LONGEST_TITLE:
        raise AllmendeError(f"the title has {len(shown)} characters", expected=f"1 to {_LONGEST_TITLE}")
    return shown


def _study(row: Row) -> Study:
    return Study(**{name: row[name] for name in Study.__dataclass_fields__})
