"""Work: the process of one job. It reads its question from a folder and writes its answer there.

    question.json   what is asked
    progress.json   how far it has come, renewed at most four times a second
    checkpoint/     the state of a comparison, every twelve months: a job that is stopped goes on from it
    answer/         what came out
    outcome.json    written last: title, command and hash, or what went wrong

It knows nothing of the database: it can be killed at any time and nothing else is lost.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allmende import files
from allmende.errors import AllmendeError
from allmende.reader import ReadOptions
from allmende.reports.document import Document, Section
from allmende.studio.jobs.question import Question, command_of, decoded, policies_of
from allmende.studio.studies.answers import keep
from allmende.studio.studies.places import CASE, kind_of, name_of

if TYPE_CHECKING:
    from allmende.calibration.fit import Fit

__all__ = ["answered", "main"]

_EVERY_S = 0.25
_Told = tuple[Document, str]
Progress = Callable[[str, float, float | None], None]


def main(folder: Path) -> int:
    """Answer the question in a folder; 0 when it is answered, 2 when it cannot be, 1 for a fault."""
    question = decoded((folder / "question.json").read_text(encoding="utf-8"))
    try:
        document, digest = answered(question, folder / "checkpoint", _progress(folder / "progress.json"))
        shutil.rmtree(folder / "answer", ignore_errors=True)
        (folder / "answer").mkdir()
        command = command_of(question)
        keep(
            document,
            folder / "answer",
            about={"kind": question.kind, "command": command, "hash": digest},
        )
        outcome = {"title": _title(question, document), "command": command, "hash": digest, "error": ""}
        code = 0
    except AllmendeError as error:
        outcome, code = {"error": str(error)}, 2
    _renewed(folder / "outcome.json", outcome)
    shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    return code


def answered(question: Question, checkpoint: Path, progress: Progress) -> _Told:
    """The page that answers a question, and the hash of what came out.

    Args:
        question: The question.
        checkpoint: Folder for the state of a long run, which may hold one to go on from.
        progress: Called with the stage, what is done and what is to do.

    Raises:
        AllmendeError: it cannot be answered.
    """
    ask = {"measure": _measure, "place": _place, "compare": _compare, "forecast": _forecast}
    return ask[question.kind](question, checkpoint, progress)


def _measure(question: Question, _checkpoint: Path, progress: Progress) -> _Told:
    from allmende.measurement import measure
    from allmende.reading import read
    from allmende.reports.machine import json_text
    from allmende.reports.page import page

    community = read(question.source, options=ReadOptions(progress=progress))
    measured = measure(community, progress=progress)
    digest = sha256(json_text(measured).encode()).hexdigest()
    return page(measured, command=command_of(question)), digest


def _place(question: Question, _checkpoint: Path, progress: Progress) -> _Told:
    from allmende.reading import read
    from allmende.reports.placementfile import placements_json
    from allmende.reports.placements import placements_page
    from allmende.typology.casebook import case
    from allmende.typology.facts import Dossier
    from allmende.typology.placing import place, trees_at

    if kind_of(question.source) == "case":
        known = case(question.source.removeprefix(CASE))
        found = place(facts=Dossier(known.community, (known.period,)), name=known.slug, seed=0)
    else:
        community = read(question.source, options=ReadOptions(touches=True, progress=progress))
        trees = trees_at(Path(question.source))
        found = place(community, trees=trees, name=community.name, progress=progress)
    command = command_of(question)
    digest = sha256(placements_json([found]).encode()).hexdigest()
    return placements_page([found], command=command, data=placements_json([found], command=command)), digest


def _compare(question: Question, checkpoint: Path, progress: Progress) -> _Told:
    from allmende.comparison import summarised
    from allmende.executors.pools import usable_cpus
    from allmende.model.checkpoints import ASKED
    from allmende.reports.comparisonfile import comparison_json
    from allmende.reports.futures import futures_page
    from allmende.reports.worlds import flows_picture
    from allmende.simulation import simulate

    if checkpoint.exists() and not (checkpoint / ASKED).exists():
        # Whoever was killed while beginning it had kept nothing yet.
        shutil.rmtree(checkpoint)
    results = simulate(
        _simulated(question, progress),
        members=question.members,
        months=question.months,
        replicates=question.replicates,
        seed=question.seed,
        policies=[policies_of(question)],
        # A processor is left to those who read.
        threads=max(1, usable_cpus() - 1),
        progress=progress,
        checkpoint=checkpoint,
    )
    told = summarised(results)
    command = command_of(question)
    document = futures_page(told, command=command, data=comparison_json(told, command=command))
    pictures = Section(
        "pictures",
        "Who makes use value, who takes exchange value: before and after",
        tuple(flows_picture(told.results, policy=future) for future in range(len(told.results.policies))),
    )
    place = next(i for i, one in enumerate(document.sections) if one.name == "charts")
    sections = (*document.sections[:place], pictures, *document.sections[place:])
    return replace(document, sections=sections), told.results.hash()


def _simulated(question: Question, progress: Progress) -> "str | Fit":
    """What is simulated: an economy, or the community of the record."""
    if not question.calibrated:
        return question.economy
    from allmende.calibration.fitting import calibrate
    from allmende.reading import read

    community = read(question.source, options=ReadOptions(progress=progress))
    progress("calibrating", 0, None)
    return calibrate(community, seed=question.seed, economy=question.economy)


def _forecast(question: Question, _checkpoint: Path, progress: Progress) -> _Told:
    from allmende.forecasting.forecast import forecast
    from allmende.reading import read
    from allmende.reports.forecastfile import forecast_json
    from allmende.reports.forecasts import forecast_page

    community = read(question.source, options=ReadOptions(progress=progress))
    progress("looking ahead", 0, None)
    told = forecast(community, months=question.ahead, seed=question.seed)
    command = command_of(question)
    digest = sha256(forecast_json(told).encode()).hexdigest()
    return forecast_page(told, command=command, data=forecast_json(told, command=command)), digest


def _title(question: Question, document: Document) -> str:
    titles = {"measure": "Measurement", "place": "Placement", "forecast": "Forecast"}
    if question.kind == "compare":
        names = " and ".join(policy.name for policy in policies_of(question))
        economy = question.economy.replace("_", " ").capitalize()
        return f"{name_of(question.source) if question.calibrated else economy} with {names}"[:200]
    return f"{titles[question.kind]} of {document.title}"[:200]


def _progress(place: Path) -> Progress:
    last = 0.0

    def told(stage: str, done: float, total: float | None, /) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY_S:
            last = now
            _renewed(place, {"stage": stage, "done": done, "total": total})

    return told


def _renewed(place: Path, said: dict[str, Any]) -> None:
    files.write(place, json.dumps(said).encode())


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    raise SystemExit(main(Path(sys.argv[1])))
