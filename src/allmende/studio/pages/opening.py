"""Opening: a repository, a dump, a table, a case or an economy becomes a study."""

from pathlib import Path

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.asking import Asked, redirect, shown
from allmende.studio.jobs.question import Question
from allmende.studio.jobs.queue import enqueue
from allmende.studio.studies.places import kind_of, permitted
from allmende.studio.studies.versions import create

__all__ = ["first_question", "form", "open_study"]

_SHOWN = 200


def form(asked: Asked) -> Response:
    """The form to open a study."""
    return _page(asked)


def open_study(asked: Asked) -> Response:
    """Open a study and ask its first question, so that there is something to see."""
    assert asked.account is not None
    settings = asked.studio.settings
    source = asked.field("source") or asked.field("choice")
    try:
        found = permitted(source, settings.roots)
        study = create(
            asked.store, title=asked.field("title"), source=found, owner=asked.account.id, now=asked.now
        )
    except AllmendeError as error:
        return _page(asked, problem=str(error), source=source, status=422)
    question = first_question(found)
    if question is None:
        return redirect(f"/studies/{study.id}/compare")
    try:
        enqueue(asked.store, study.id, asked.account.id, question, most=settings.jobs_each, now=asked.now)
    except AllmendeError:
        return redirect(f"/studies/{study.id}")
    asked.studio.runner.look()
    return redirect(f"/studies/{study.id}")


def first_question(source: str) -> Question | None:
    """What is asked of a source as soon as it is opened; None when the person has to choose."""
    kinds = {"record": "measure", "case": "place"}
    kind = kinds.get(kind_of(source))
    return Question(kind, source) if kind else None


def _page(asked: Asked, *, problem: str = "", source: str = "", status: int = 200) -> Response:
    from allmende.plugins import find
    from allmende.typology.casebook import cases

    choices = {
        "Records that may be opened": [(str(one), one.name) for one in _records(asked.studio.settings.roots)],
        "Cases of the casebook": [(f"case:{slug}", one.community) for slug, one in cases().items()],
        "Economies by themselves": [(f"economy:{one}", one.replace("_", " ")) for one in find("economy")],
    }
    return shown(asked, "open", {"choices": choices, "problem": problem, "source": source}, status=status)


def _records(roots: tuple[Path, ...]) -> list[Path]:
    """The permitted folders where they are repositories, and what stands directly in the others."""
    found: list[Path] = []
    for root in roots:
        if (root / ".git").exists():
            found.append(root)
            continue
        found += sorted(one for one in root.iterdir() if not one.name.startswith("."))[:_SHOWN]
    return found
