"""A studio for tests: in this process, with people of every role, and browsers that keep their cookies."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from allmende.studio.accounts import people, sessions
from allmende.studio.accounts.roles import ROLES, Role
from allmende.studio.application import application, opened
from allmende.studio.asking import Studio
from allmende.studio.jobs.question import Question
from allmende.studio.jobs.queue import enqueue, look_up
from allmende.studio.jobs.runner import version_folder
from allmende.studio.settings import Settings
from allmende.studio.studies import versions
from allmende.studio.studies.versions import Study

ORIGIN = "http://127.0.0.1:8642"
VISITOR = "visitor"
WHO = (VISITOR, *ROLES)


@dataclass
class Site:
    """A running studio: `site.browser("author")` is somebody's browser."""

    studio: Studio
    app: Any
    ids: dict[str, str]
    pattern: Path | None = None

    def browser(self, who: str = VISITOR, *, address: str = "192.0.2.1") -> TestClient:
        client = TestClient(
            self.app,
            base_url=ORIGIN,
            headers={"origin": ORIGIN, "sec-fetch-site": "same-origin"},
            follow_redirects=False,
            client=(address, 50000),
        )
        if who != VISITOR:
            token = sessions.begin(self.studio.store, self.ids[who], former="", now=now())
            client.cookies.set(self.studio.settings.cookie, token)
        return client

    def add(self, who: str, role: Role) -> None:
        """One more account, whose browser is asked for by that name."""
        token = people.invite(self.studio.store, f"The {who}", role, now=now())
        found = people.accept(self.studio.store, token, "", now=now())
        assert found is not None
        self.ids[who] = found.id

    def study(
        self, owner: str = "author", *, source: str = "economy:commons", title: str = "A study"
    ) -> Study:
        return versions.create(
            self.studio.store, title=title, source=source, owner=self.ids[owner], now=now()
        )

    def answered(self, study: Study, question: Question, owner: str = "author") -> int:
        """Ask and wait; the number of the version."""
        number = enqueue(self.studio.store, study.id, self.ids[owner], question, most=1000, now=now())
        return self.version_of(number)

    def version_of(self, job: int, *, patience: float = 120.0) -> int:
        self.studio.runner.look()
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = look_up(self.studio.store, job)
            assert found is not None
            if found.state not in {"queued", "running"}:
                assert found.state == "done", found.said
                return found.version
            time.sleep(0.05)
        raise AssertionError("the job did not end")

    def published(self, owner: str = "author", **more: str) -> Study:
        """A published study with one placement of a case."""
        study = self.study(owner, source="case:mozilla-2006", **more)
        number = self._placed(study, owner)
        versions.publish(self.studio.store, study, {number}, now=now())
        found = versions.find(self.studio.store, study.id)
        assert found is not None
        return found

    def _placed(self, study: Study, owner: str) -> int:
        """The same placement for every study: it is made once and copied."""
        folder = self.studio.settings.folder
        if self.pattern is None:
            number = self.answered(study, Question("place", study.source), owner)
            self.pattern = version_folder(folder, study.id, number)
            return number
        row = self.studio.store.row("SELECT title, command, hash FROM versions ORDER BY created LIMIT 1")
        assert row is not None
        with self.studio.store.write() as act:
            number = versions.add_version(
                act, study.id, kind="place", title=row["title"], command=row["command"],
                digest=row["hash"], job=0, now=now(),
            )  # fmt: skip
        shutil.copytree(self.pattern, version_folder(folder, study.id, number))
        return number


def now() -> int:
    return int(time.time())


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Site]:
    """A studio with one account of every role."""
    studio = opened(Settings(folder=folder, **settings))
    app = application(studio)
    site = Site(studio, app, {})
    for name, role in ROLES.items():
        site.add(name, role)
    assert Role.VISITOR not in ROLES.values()
    studio.runner.start()
    try:
        yield site
    finally:
        studio.runner.stop()
        studio.store.close()


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form goes to {action}"
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" or attributes.get("tabindex") == "-1":
            found[attributes["name"]] = attributes.get("value", "")
    return found
