"""Queue: jobs in the order they were asked, each account with a quota; states and who may change them.

queued -> running -> done | failed | stopped
queued -> stopped;  stopped -> queued, where the run goes on from its checkpoint
"""

import json
from dataclasses import dataclass
from pathlib import Path

from allmende.errors import AllmendeError
from allmende.studio.database.store import Row, Store
from allmende.studio.jobs.question import Question, checked, decoded

__all__ = [
    "Job",
    "cancel",
    "enqueue",
    "job_folder",
    "jobs_of",
    "last_refusal",
    "look_up",
    "progress_of",
    "resume",
]


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Args:
        id: Its number.
        study: The study it is for.
        account: Who asked.
        question: What is asked.
        state: "queued", "running", "done", "failed" or "stopped".
        said: What went wrong.
        version: The version that came out, 0 for none.
        created: When it was asked.
        changed: When its state changed.
    """

    id: int
    study: str
    account: str
    question: Question
    state: str
    said: str
    version: int
    created: int
    changed: int


def enqueue(store: Store, study: str, account: str, question: Question, *, most: int, now: int) -> int:
    """Ask a question; the number of its job.

    Args:
        store: The database.
        study: The study it is for.
        account: Who asks.
        question: What is asked.
        most: Jobs an account may have waiting or running.
        now: The present time.

    Raises:
        AllmendeError: the question cannot be asked, or the quota is used up.
    """
    import msgspec

    text = msgspec.json.encode(checked(question)).decode()
    with store.write() as act:
        same = act.row(
            "SELECT id FROM jobs WHERE study = ? AND question = ? AND state IN ('queued', 'running')",
            study,
            text,
        )
        if same:
            return int(same["id"])
        waiting = act.row(
            "SELECT count(*) AS jobs FROM jobs WHERE account = ? AND state IN ('queued', 'running')", account
        )
        if waiting and waiting["jobs"] >= most:
            raise AllmendeError(
                f"{waiting['jobs']} of your jobs are waiting or running",
                expected=f"at most {most}",
                next_step="Wait until one is done, or stop one.",
            )
        number = act.next("job")
        act.run(
            "INSERT INTO jobs (id, study, account, kind, question, state, said, version, created, changed) "
            "VALUES (?, ?, ?, ?, ?, 'queued', '', 0, ?, ?)",
            number, study, account, question.kind, text, now, now,
        )  # fmt: skip
    return number


def look_up(store: Store, number: int) -> Job | None:
    """The job of that number; None when there is none."""
    row = store.row("SELECT * FROM jobs WHERE id = ?", number)
    return _job(row) if row else None


def jobs_of(store: Store, study: str) -> list[Job]:
    """The jobs of a study that have no version yet, newest first."""
    rows = store.rows("SELECT * FROM jobs WHERE study = ? AND state <> 'done' ORDER BY id DESC", study)
    return [_job(row) for row in rows]


def last_refusal(store: Store, study: str) -> str:
    """Why the community of a study could not be calibrated when that was last asked; "" when it could."""
    rows = store.rows(
        "SELECT * FROM jobs WHERE study = ? AND kind = 'compare' AND state IN ('done', 'failed') "
        "ORDER BY id DESC",
        study,
    )
    found = next((job for job in map(_job, rows) if job.question.calibrated), None)
    return found.said if found is not None and found.state == "failed" else ""


def cancel(store: Store, number: int, *, now: int) -> bool:
    """Stop a job that waits or runs; whether it did."""
    with store.write() as act:
        return bool(
            act.run(
                "UPDATE jobs SET state = 'stopped', changed = ? "
                "WHERE id = ? AND state IN ('queued', 'running')",
                now,
                number,
            )
        )


def resume(store: Store, number: int, *, now: int) -> bool:
    """Queue a job again that was stopped or failed; whether it was."""
    with store.write() as act:
        return bool(
            act.run(
                "UPDATE jobs SET state = 'queued', said = '', changed = ? "
                "WHERE id = ? AND state IN ('stopped', 'failed')",
                now,
                number,
            )
        )


def job_folder(folder: Path, number: int) -> Path:
    """Where a job has its files."""
    return folder / "jobs" / str(number)


def progress_of(folder: Path) -> tuple[str, float | None]:
    """Stage of a running job and the share that is done, None when that is not known."""
    try:
        said = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "starting", None
    total = said["total"]
    return str(said["stage"]), min(1.0, said["done"] / total) if total else None


def _job(row: Row) -> Job:
    return Job(
        int(row["id"]), str(row["study"]), str(row["account"]), decoded(str(row["question"])),
        str(row["state"]),
        str(row["said"]), int(row["version"]), int(row["created"]), int(row["changed"]),
    )  # fmt: skip
