"""What the walk over the addresses of the studio meets: people, and one thing of each kind and state."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from allmende.studio.accounts import people, sessions
from allmende.studio.accounts.people import token_digest
from allmende.studio.accounts.roles import Role
from allmende.studio.discussion import comments, guards, notes
from allmende.studio.jobs.question import Question
from allmende.studio.jobs.queue import enqueue
from allmende.studio.pages.discussion import WRITER
from allmende.studio.routes import Door
from allmende.studio.studies import versions
from studio_site import VISITOR, Site, now

PEOPLE = (
    "stranger",
    "visitor",
    "reader",
    "commenter",
    "author",
    "other author",
    "moderator",
    "administrator",
)
"""Columns of the table. "Of a visitor" is written in the visitor's browser; the studies are the author's."""

OBJECTS = ("draft", "public", "withdrawn", "missing")
"""States of the study of an address."""

_BROWSER = "w" * 43
_NEXT = count(1)


@dataclass
class World:
    """A studio with an other author, and where the answer of a version lies that every study can show."""

    site: Site
    answer: Path
    known: dict[str, Mapping[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    below: versions.Study | None = None

    def browser(self, who: str, *, fresh: bool = False) -> TestClient:
        """Somebody's browser, in a network of its own, with a session of its own when `fresh`."""
        number = next(_NEXT)
        found = self.site.browser(address=f"10.{number // 250}.{number % 250}.1")
        if who == "visitor":
            found.cookies.set(WRITER, _BROWSER)
        elif who != "stranger":
            store, account = self.site.studio.store, self.site.ids[who]
            if fresh or who not in self.sessions:
                self.sessions[who] = sessions.begin(store, account, former="", now=now())
            token = self.sessions.pop(who) if fresh else self.sessions[who]
            found.cookies.set(self.site.studio.settings.cookie, token)
        return found

    def parts(self, door: Door, thing: str) -> Mapping[str, str]:
        """What stands in the address and the form; made once and again after somebody changed it."""
        key = self._key(door, thing)
        if key not in self.known:
            self.known[key] = self._made(door, thing)
        return self.known[key]

    def changed(self, door: Door, thing: str) -> None:
        """Something was written: whoever comes next meets a fresh thing."""
        self.known.pop(self._key(door, thing), None)

    def _key(self, door: Door, thing: str) -> str:
        named = ",".join(re.findall(r"{(\w+)", door.path)) or door.path
        return f"{named} {thing}"

    def _made(self, door: Door, thing: str) -> dict[str, str]:
        path = door.path
        if thing == "-":
            return {}
        if path.startswith(("/comments/", "/c/", "/contact", "/moderation")):
            return self._of_a_comment(thing)
        if "{study}" in path:
            return self._of_a_study(path, thing)
        if "{token}" in path or "{account}" in path:
            return self._of_an_account(thing)
        if "{tag}" in path:
            return {"tag": self._tagged() if thing == "tag" else "missing"}
        return {"name": thing}

    def _study(self, state: str) -> versions.Study:
        site, store = self.site, self.site.studio.store
        study = site.study(title=f"Study {next(_NEXT)}", source="case:mozilla-2006")
        folder = site.studio.settings.folder / "studies" / study.id
        folder.mkdir(parents=True)
        for number in (1, 2):
            (folder / str(number)).symlink_to(self.answer)
            with store.write() as act:
                versions.add_version(
                    act, study.id, kind="place", title="Placed", command="allmende place case:mozilla-2006",
                    digest="0" * 64, job=0, now=now(),
                )  # fmt: skip
        if state != "draft":
            versions.publish(store, study, {1}, now=now())
        if state == "withdrawn":
            versions.withdraw(store, study, now=now())
        found = versions.find(store, study.id)
        assert found is not None
        return found

    def _of_a_study(self, path: str, thing: str) -> dict[str, str]:
        state, _, part = thing.partition(": ")
        if state == "missing":
            return {"study": "missing", "number": "1", "job": "1", "slug": "missing"}
        study = self._study(state)
        found = {
            "study": study.id,
            "number": {"unpublished version": "2", "missing version": "3"}.get(part, "1"),
        }
        if "{job" in path:
            of = study if part != "job of another study" else self._study("public")
            found["job"] = "999999" if part == "missing job" else str(self._job(of))
        if "{slug}" in path:
            found["slug"] = self._note(study, part.removesuffix(" note"))
        return found

    def _job(self, study: versions.Study) -> int:
        question = Question("place", study.source)
        store, author = self.site.studio.store, self.site.ids["author"]
        return enqueue(store, study.id, author, question, most=10_000, now=now())

    def _note(self, study: versions.Study, state: str) -> str:
        if state == "missing":
            return state
        store = self.site.studio.store
        note = notes.save(
            store, study=study.id, note=None, author=self.site.ids["author"], title="A note", body="Of pay.",
            tags="pay", public=state != "draft", now=now(),
        )  # fmt: skip
        if state == "withdrawn":
            notes.withdraw_note(store, note, now=now())
        return note.slug

    def _tagged(self) -> str:
        self._note(self._study("public"), "published")
        return "pay"

    def _of_an_account(self, thing: str) -> dict[str, str]:
        if thing == "missing":
            return {"token": "x" * 43, "account": "missing"}
        if thing == "last administrator":
            return {"account": self.site.ids["administrator"]}
        store, name = self.site.studio.store, f"Guest {next(_NEXT)}"
        token = people.invite(store, name, Role.READER, now=now())
        account = people.invited(store, token, now=now())
        assert account is not None
        if thing == "used link":
            people.accept(store, token, "", now=now())
        return {"token": token, "account": account.id}

    def _of_a_comment(self, thing: str) -> dict[str, str]:
        """A comment, "of a reader, hidden, withdrawn study": by whom, in which state, where."""
        if thing == "missing":
            return {"comment": "999999", "decision": "999999", "address": "1"}
        words = thing.split(", ")
        where = next((one.removesuffix(" study") for one in words if one.endswith(" study")), "public")
        if self.below is None:
            self.below = self._study("public")
        study = self._study("public") if where == "withdrawn" else self.below
        store = self.site.studio.store
        who, state = words[0].rpartition(" ")[2], "published" if words[1] == "old" else words[1]
        with store.write() as act:
            number = comments.add(
                act, study=study.id, note=0, parent=0, name="Jane", renderer=1, flags=(),
                account="" if who == VISITOR else self.site.ids[who],
                text=f"Number {next(_NEXT)}: write to jane@example.org",
                state="published" if state == "removed" else state,
                writer=token_digest(_BROWSER if who == VISITOR else "y"),
                now=now() - (comments.EDIT_S + 60 if words[1] == "old" else 60),
            )  # fmt: skip
        if state == "removed":
            comments.remove(store, number)
        if where == "withdrawn":
            versions.withdraw(store, study, now=now())
        address = "2" if "no such address" in words else "1"
        return {"comment": str(number), "decision": str(self._decision(number)), "address": address}

    def _decision(self, number: int) -> int:
        store, account = self.site.studio.store, self.site.ids["moderator"]
        found = comments.comment_of(store, number)
        if found is None or found.state != "pending":
            return 999_999
        comments.decide(store, number, "spam", account=account, reason="other", now=now())
        comments.undo(store, int(store.value("SELECT max(id) FROM decisions")), account=account, now=now())
        return int(store.value("SELECT max(id) FROM decisions"))

    def fields(self, door: Door, parts: Mapping[str, str]) -> dict[str, Any]:
        """What is typed into the form of an address, so that it does what it is for."""
        key, then, number = self.site.studio.key, now() - 60, next(_NEXT)
        compare = {"economy": "commons", "use.gate": "on", "gate.strictness": "0.5", "months": "24"}
        note = {"title": f"Note {number}", "body": "Of care.", "tags": "care", "action": "publish"}
        typed: dict[str, dict[str, str]] = {
            "/enter": {"name": f"nobody {number}", "password": "wrong"},
            "/people": {"name": f"Invited {number}", "role": "reader"},
            "/people/{account}": {"role": "commenter"},
            "/open": {"choice": "case:mozilla-2006", "source": "", "title": ""},
            "/studies/{study}/settings": {"title": "Renamed", "comments": "open"},
            "/studies/{study}/publish": {"version": "1"},
            "/studies/{study}/ask": {"kind": "place"},
            "/studies/{study}/compare": compare,
            "/studies/{study}/notes": note,
            "/studies/{study}/notes/{slug}/edit": note,
            "/studies/{study}/comments": {
                "name": "Jane", "text": f"Text {number}", "action": "save",
                "stamp": guards.stamp(key, f"comment {parts.get('study')}", now=then),
            },
            "/comments/{comment:int}/edit": {"text": f"Changed {number}", "action": "save"},
            "/contact": {
                "c": f"c{parts.get('comment')}", "n": parts.get("address", ""),
                "stamp": guards.stamp(key, "contact", now=then),
            },
            "/moderation": {"comment": parts.get("comment", ""), "state": "published", "reason": "fine"},
        }  # fmt: skip
        return typed.get(door.path, {"go": "1"})

    def path(self, door: Door, parts: Mapping[str, str]) -> str:
        """The address with its parts filled in."""
        said = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: parts[found[1]], door.path)
        if door.method == "GET" and door.path.startswith("/contact"):
            said += f"?c=c{parts['comment']}&n={parts['address']}"
        return said
