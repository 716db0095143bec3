"""Asking jobs: questions to a study, the form of levers, and a job on its way."""

from pathlib import Path

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.asking import Asked, data, redirect, refused, shown, whole
from allmende.studio.jobs import queue
from allmende.studio.jobs.question import MOST, Question, command_of
from allmende.studio.jobs.queue import Job
from allmende.studio.studies.levers import COMMUNITY, economy_for, levers_form, question_from
from allmende.studio.studies.versions import Study

__all__ = ["ask", "compare", "go_on", "job", "levers", "progress", "stop"]


def ask(asked: Asked) -> Response:
    """Queue a question that needs no numbers: measure, place, forecast."""
    return _enqueued(asked, Question(asked.field("kind"), asked.the_study().source))


def levers(asked: Asked) -> Response:
    """The form of policies with their levers."""
    return _levers(asked, asked.query.get("economy", ""))


def compare(asked: Asked) -> Response:
    """Queue a comparison."""
    economy = asked.field("economy")
    try:
        question = question_from(asked.the_study().source, asked.form)
    except AllmendeError as error:
        return _levers(asked, economy, problem=str(error), status=422)
    return _enqueued(asked, question)


def job(asked: Asked) -> Response:
    """A job on its way, or its end."""
    found = _job(asked)
    if found is None:
        return refused(404)
    if found.state == "done":
        return redirect(f"/studies/{found.study}/versions/{found.version}")
    stage, share = queue.progress_of(_folder(asked, found))
    values = {
        "study": asked.the_study(),
        "job": found,
        "stage": stage,
        "share": share,
        "command": command_of(found.question),
    }
    return shown(asked, "job", values)


def progress(asked: Asked) -> Response:
    """How far a job is, for the script of its page."""
    found = _job(asked)
    if found is None:
        return refused(404)
    stage, share = queue.progress_of(_folder(asked, found))
    return data({"state": found.state, "stage": stage, "share": share})


def stop(asked: Asked) -> Response:
    """Stop a job; its checkpoint stays."""
    found = _job(asked)
    if found is None:
        return refused(404)
    queue.cancel(asked.store, found.id, now=asked.now)
    asked.studio.runner.look()
    return redirect(f"/studies/{found.study}/jobs/{found.id}")


def go_on(asked: Asked) -> Response:
    """Let a job go on that was stopped or failed."""
    found = _job(asked)
    if found is None:
        return refused(404)
    queue.resume(asked.store, found.id, now=asked.now)
    asked.studio.runner.look()
    return redirect(f"/studies/{found.study}/jobs/{found.id}")


def _enqueued(asked: Asked, question: Question) -> Response:
    study = asked.the_study()
    assert asked.account is not None
    try:
        number = queue.enqueue(
            asked.store,
            study.id,
            asked.account.id,
            question,
            most=asked.studio.settings.jobs_each,
            now=asked.now,
        )
    except AllmendeError as error:
        return _levers(asked, asked.field("economy"), problem=str(error), status=422)
    asked.studio.runner.look()
    return redirect(f"/studies/{study.id}/jobs/{number}")


def _levers(asked: Asked, economy: str, *, problem: str = "", status: int = 200) -> Response:
    from allmende.plugins import find

    study = asked.the_study()
    refusal = queue.last_refusal(asked.store, study.id)
    targets = [*([COMMUNITY] if study.kind == "record" else []), *find("economy")]
    usual = COMMUNITY if study.kind == "record" and not refusal else economy_for(study.source)
    chosen = economy if economy in targets else usual
    community = chosen == COMMUNITY
    values = {
        "study": study,
        "target": chosen,
        "targets": [(one, _called(one, study)) for one in targets],
        "community": community,
        "refusal": refusal,
        "policies": levers_form(economy_for(study.source) if community else chosen, asked.form),
        "sizes": [
            (name, asked.field(name) or default, most)
            for name, default, most in _sizes()
            if not (community and name == "members")
        ],
        "problem": problem,
    }
    return shown(asked, "compare", values, status=status)


def _called(target: str, study: Study) -> str:
    return f"{study.name} itself, calibrated" if target == COMMUNITY else target.replace("_", " ")


def _sizes() -> list[tuple[str, int, int]]:
    usual = {name: int(getattr(Question("compare", ""), name)) for name in MOST}
    return [(name, usual[name], most) for name, most in MOST.items()]


def _job(asked: Asked) -> Job | None:
    found = queue.look_up(asked.store, whole(asked.parts["job"]))
    return found if found is not None and found.study == asked.the_study().id else None


def _folder(asked: Asked, found: Job) -> Path:
    return queue.job_folder(asked.studio.settings.folder, found.id)
