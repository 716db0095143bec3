"""Serving: the studio listening at a port, and its first study opened before anybody looks."""

import time

from allmende.errors import AllmendeError
from allmende.studio.accounts import people
from allmende.studio.application import application, opened
from allmende.studio.asking import Studio
from allmende.studio.jobs.queue import enqueue
from allmende.studio.pages.opening import first_question
from allmende.studio.settings import Settings, loopback
from allmende.studio.studies.places import permitted
from allmende.studio.studies.versions import Study, create, find

__all__ = ["begin", "first_study", "serve"]

_KEEP_ALIVE_S = 5


def begin(settings: Settings, path: str) -> tuple[Studio, str]:
    """Open the studio and the study of a path; the address to begin at.

    Args:
        settings: What was said at the start.
        path: What to open first; "" for nothing.

    Raises:
        AllmendeError: others can reach it, but no administrator has a password yet.
    """
    studio = opened(settings)
    if not loopback(settings.host) and not people.administrators_with_password(studio.store):
        raise AllmendeError(
            "no administrator has a password yet",
            where=str(settings.folder),
            next_step="Start once without --host, follow the link that is printed, and choose a password.",
        )
    study = first_study(studio, path) if path else None
    if people.administrators_with_password(studio.store):
        return studio, f"{settings.origin}/studies/{study.id}" if study else settings.origin
    token = people.first_administrator(studio.store, now=int(time.time()))
    return studio, f"{settings.origin}/welcome/{token}"


def first_study(studio: Studio, path: str) -> Study:
    """The study of a path: the one there is, or a new one whose first question is asked at once."""
    now = int(time.time())
    source = permitted(path, studio.settings.roots)
    row = studio.store.row("SELECT id FROM studies WHERE source = ? ORDER BY created, id", source)
    if row is not None:
        with studio.store.write() as act:
            act.run("UPDATE studies SET updated = ? WHERE id = ?", now, row["id"])
        known = find(studio.store, str(row["id"]))
        assert known is not None
        return known
    owner = people.administrator(studio.store, now=now)
    study = create(studio.store, title="", source=source, owner=owner, now=now)
    question = first_question(source)
    if question is not None:
        enqueue(studio.store, study.id, owner, question, most=studio.settings.jobs_each, now=now)
    return study


def serve(studio: Studio) -> None:
    """Answer requests until the process is stopped."""
    import uvicorn

    from allmende.studio.security.slow import Patient

    settings = studio.settings
    uvicorn.run(
        application(studio),
        host=settings.host,
        port=settings.port,
        http=Patient,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
        forwarded_allow_ips="127.0.0.1",
    )
