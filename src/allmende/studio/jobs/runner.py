"""Runner: takes jobs from the queue, starts a process for each, and keeps what comes out as a version.

Once an hour it also erases what is private and has outlived its date.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from allmende.studio.database.store import Store
from allmende.studio.discussion.private import purge
from allmende.studio.jobs.queue import Job, job_folder, look_up
from allmende.studio.settings import Settings
from allmende.studio.studies.versions import add_version

__all__ = ["Runner", "version_folder"]

_LOOK_S = 0.1
_NICE = 10
_TIDY_S = 3600.0
_OWN = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "PYTHONPATH", "VIRTUAL_ENV")


def version_folder(folder: Path, study: str, number: int) -> Path:
    """Where a version has its files."""
    return folder / "studies" / study / str(number)


@dataclass(slots=True)
class _Running:
    process: "subprocess.Popen[bytes]"
    folder: Path
    until: float


@dataclass(slots=True)
class Runner:
    """The thread that runs jobs.

    Args:
        store: The database.
        settings: How many at once, how long each.
    """

    store: Store
    settings: Settings
    _running: dict[int, _Running] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _tidy_at: float = 0.0

    def start(self) -> None:
        """Begin; what ran when the studio last ended is queued again and goes on from its checkpoint."""
        with self.store.write() as act:
            act.run("UPDATE jobs SET state = 'queued' WHERE state = 'running'")
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; running processes are stopped, and their jobs go on at the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        for one in self._running.values():
            _kill(one.process)

    def look(self) -> None:
        """Look at the queue at once: something was asked or stopped."""
        self._wake.set()

    def _loop(self) -> None:
        while not self._stop.is_set():
            for number, one in list(self._running.items()):
                self._watch(number, one)
            self._start_next()
            if time.monotonic() >= self._tidy_at:
                purge(self.store, now=int(time.time()))
                self._tidy_at = time.monotonic() + _TIDY_S
            self._wake.wait(_LOOK_S if self._running else 1.0)
            self._wake.clear()

    def _start_next(self) -> None:
        free = self.settings.jobs_at_once - len(self._running)
        for row in self.store.rows(
            "SELECT id FROM jobs WHERE state = 'queued' ORDER BY id LIMIT ?", max(free, 0)
        ):
            job = look_up(self.store, int(row["id"]))
            with self.store.write() as act:
                taken = act.run(
                    "UPDATE jobs SET state = 'running' WHERE id = ? AND state = 'queued'", row["id"]
                )
            if job is not None and taken:
                self._running[job.id] = self._started(job)

    def _started(self, job: Job) -> _Running:
        folder = job_folder(self.settings.folder, job.id)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("outcome.json", "progress.json"):
            (folder / name).unlink(missing_ok=True)
        (folder / "question.json").write_bytes(msgspec.json.encode(job.question))
        own = {name: os.environ[name] for name in os.environ if name in _OWN or name.startswith("ALLMENDE_")}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program, its folder named by a number
                [sys.executable, "-m", "allmende.studio.jobs.work", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=own,
                start_new_session=True,
            )
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        return _Running(process, folder, time.monotonic() + self.settings.job_seconds)

    def _watch(self, number: int, one: _Running) -> None:
        ended = one.process.poll() is not None
        wanted = self.store.value("SELECT state FROM jobs WHERE id = ?", number) == "running"
        late = time.monotonic() > one.until
        if not ended and wanted and not late:
            return
        if not ended:
            _kill(one.process)
        del self._running[number]
        if wanted:
            self._settle(number, one, late=late and not ended)

    def _settle(self, number: int, one: _Running, *, late: bool) -> None:
        try:
            outcome = json.loads((one.folder / "outcome.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            reason = (
                f"it took longer than {self.settings.job_seconds} seconds" if late else "its process died"
            )
            outcome = {"error": f"The job ended without an answer: {reason}."}
        job = look_up(self.store, number)
        assert job is not None
        now = int(time.time())
        with self.store.write() as act:
            if outcome["error"]:
                act.run(
                    "UPDATE jobs SET state = 'failed', said = ?, changed = ? WHERE id = ?",
                    outcome["error"],
                    now,
                    number,
                )
                return
            version = add_version(
                act, job.study, kind=job.question.kind, title=outcome["title"], command=outcome["command"],
                digest=outcome["hash"], job=number, now=now,
            )  # fmt: skip
            place = version_folder(self.settings.folder, job.study, version)
            place.parent.mkdir(parents=True, exist_ok=True)
            # A crash between the two leaves files that no row speaks of, never a row without its files.
            shutil.rmtree(place, ignore_errors=True)
            (one.folder / "answer").rename(place)
            act.run(
                "UPDATE jobs SET state = 'done', version = ?, changed = ? WHERE id = ?", version, now, number
            )
        shutil.rmtree(one.folder, ignore_errors=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
