"""Studies: a study with its versions, and what its owner may do with it."""

from pathlib import Path

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.asking import Asked, redirect, refused, shown, whole
from allmende.studio.database.store import Row
from allmende.studio.jobs.queue import jobs_of
from allmende.studio.jobs.runner import version_folder
from allmende.studio.pages.discussion import discussion_of
from allmende.studio.pages.exporting import files_of
from allmende.studio.studies import versions
from allmende.studio.studies.answers import read_answer
from allmende.studio.studies.export import packed, written

__all__ = [
    "data_file",
    "export",
    "one_file",
    "overview",
    "publish",
    "publishing",
    "settings",
    "version",
    "withdraw",
]


def overview(asked: Asked) -> Response:
    """A study with its newest version."""
    known = versions.versions(asked.store, asked.the_study(), asked.account)
    return _page(asked, known, known[0] if known else None)


def version(asked: Asked) -> Response:
    """A study with one of its versions."""
    known = versions.versions(asked.store, asked.the_study(), asked.account)
    chosen = next((row for row in known if str(row["number"]) == asked.parts["number"]), None)
    return _page(asked, known, chosen) if chosen else refused(404)


def one_file(asked: Asked) -> Response:
    """A version as one file that needs no network."""
    return _file(asked, "page.html", "text/html")


def data_file(asked: Asked) -> Response:
    """A version as data."""
    return _file(asked, "data.json", "application/json")


def settings(asked: Asked) -> Response:
    """Change the title, and who may comment."""
    study = asked.the_study()
    try:
        versions.settle(
            asked.store, study, title=asked.field("title"), comments=asked.field("comments"), now=asked.now
        )
    except AllmendeError as error:
        return _publishing(asked, problem=str(error), status=422)
    return redirect(f"/studies/{study.id}")


def publishing(asked: Asked) -> Response:
    """Choose what is published."""
    return _publishing(asked)


def publish(asked: Asked) -> Response:
    """Publish the chosen versions, and write them as pages that work from disk."""
    study = asked.the_study()
    chosen = {whole(number) for number in asked.form.get("version", ())}
    try:
        versions.publish(asked.store, study, chosen, now=asked.now)
    except AllmendeError as error:
        return _publishing(asked, problem=str(error), status=422)
    published = versions.find(asked.store, study.id)
    assert published is not None
    written(files_of(asked, published), asked.studio.settings.folder / "published" / study.id)
    return redirect(f"/studies/{study.id}")


def withdraw(asked: Asked) -> Response:
    """Withdraw a study from the public."""
    versions.withdraw(asked.store, asked.the_study(), now=asked.now)
    return redirect(f"/studies/{asked.the_study().id}")


def export(asked: Asked) -> Response:
    """A study as a folder, packed, that works from disk."""
    study = asked.the_study()
    said = {"content-disposition": f'attachment; filename="{study.id}.zip"'}
    return Response(packed(files_of(asked, study)), headers=said, media_type="application/zip")


def _page(asked: Asked, known: list[Row], chosen: Row | None) -> Response:
    study = asked.the_study()
    answer = read_answer(_folder(asked, chosen)) if chosen else None
    mine = study.is_of(asked.account)
    return shown(
        asked,
        "study",
        {
            "study": study,
            "mine": mine,
            "versions": known,
            "chosen": chosen,
            "answer": answer,
            "jobs": jobs_of(asked.store, study.id) if mine else [],
            **discussion_of(asked, study),
        },
        charts=answer.charts if answer else "",
        description=f"{answer.title}: {answer.subtitle}" if answer else study.title,
        feed=f"/studies/{study.id}/feed.atom",
    )


def _file(asked: Asked, name: str, kind: str) -> Response:
    study = asked.the_study()
    chosen = versions.version(asked.store, study, whole(asked.parts["number"]), asked.account)
    if chosen is None:
        return refused(404)
    called = f"{study.id}-{chosen['number']}.{name.rpartition('.')[2]}"
    said = {"content-disposition": f'attachment; filename="{called}"'}
    return Response((_folder(asked, chosen) / name).read_bytes(), headers=said, media_type=kind)


def _folder(asked: Asked, chosen: Row) -> Path:
    return version_folder(asked.studio.settings.folder, str(chosen["study"]), int(chosen["number"]))


def _publishing(asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    study = asked.the_study()
    known = versions.versions(asked.store, study, asked.account)
    values = {"study": study, "versions": known, "problem": problem, "choices": versions.COMMENTS}
    return shown(asked, "publish", values, status=status)
