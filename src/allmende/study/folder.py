"""Study folder: the question, the runs, what they say, and the hash, in one place that can be passed on.

<folder>/study.toml            the question, to the last byte
<folder>/results/              the runs (`sweeps.store`)
<folder>/comparison.json       what the futures would do, for programs
<folder>/comparison.html       the same, to be read; one page for each case where there are several
<folder>/manifest.json         the hash of the results and of every file above; written last
"""

import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from allmende import files
from allmende.comparison import Comparison, summarised
from allmende.errors import StoreError
from allmende.executors import Progress
from allmende.reports import report
from allmende.reports.comparisonfile import comparison_json
from allmende.reports.resultsfile import results_json
from allmende.results import Results
from allmende.study.file import Study, read_study
from allmende.sweeps import Sweep, sweep
from allmende.sweeps import opened as sweep_in
from allmende.sweeps.room import check_reading

__all__ = ["Ran", "Replayed", "opened", "replay", "run_study"]

QUESTION, RESULTS, MANIFEST = "study.toml", "results", "manifest.json"
_FORMAT = 1
_SLUG = re.compile(r"[^a-z0-9]+")


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    title: str
    version: str
    hash: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ran:
    """An answered study.

    Args:
        folder: Its folder.
        study: The question.
        sweep: The runs.
        hash: Hash of the results.
        pages: The pages, one for each case.
        told: What they say, in the same order: comparisons, or results where there is nothing to compare.
    """

    folder: Path
    study: Study
    sweep: Sweep
    hash: str
    pages: tuple[Path, ...]
    told: tuple[Comparison | Results, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A study that was asked again from its folder.

    Args:
        kept: The hash in its manifest.
        hash: The hash of the results now.
    """

    kept: str
    hash: str

    @property
    def same(self) -> bool:
        """Whether the same came out, bit for bit."""
        return self.kept == self.hash


def run_study(
    study: Study,
    folder: Path,
    *,
    executor: str = "",
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ran:
    """Answer a study, or go on with what is not answered yet.

    Args:
        study: The question.
        folder: Where the answer goes: a new or empty folder, or that of the same study.
        executor: Where runs are made; what the study says when "".
        workers: How many at a time; what the study says when None.
        progress: As in `sweeps.sweep`.

    Raises:
        StoreError: the folder holds another study or something else.
        BudgetExceededError: the runs would not fit into memory or onto the disk; said before it starts.
    """
    if not folder.exists():
        check_reading(study.design)
    _claim(study, folder)
    swept = sweep(
        study.design, folder / RESULTS, executor=executor or study.executor,
        workers=workers or study.workers, progress=progress,
    )  # fmt: skip
    answers = [_tell(study, swept, folder, number) for number in range(len(study.design.cases))]
    pages = tuple(page for page, _ in answers)
    found = swept.manifest().hash
    listed = [QUESTION, *(name for page in pages for name in (page.name, page.with_suffix(".json").name))]
    said = _Manifest(
        _FORMAT, study.title, version("allmende"), found, {name: _digest(folder / name) for name in listed}
    )
    plain = msgspec.to_builtins(said)
    content = json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    files.write(folder / MANIFEST, content.encode())
    return Ran(folder, study, swept, found, pages, tuple(told for _, told in answers))


def replay(
    folder: Path, *, executor: str = "", workers: int | None = None, progress: Progress | None = None
) -> Replayed:
    """Ask a study again, from nothing but its folder, and compare the hashes; the folder stays as it is.

    Raises:
        StoreError: the folder holds no answered study, or its question is not the one that was answered.
    """
    kept = _manifest(folder)
    if _digest(folder / QUESTION) != kept.files.get(QUESTION):
        raise StoreError(
            "the question is not the one that was answered: its checksum does not fit",
            where=str(folder / QUESTION),
            next_step="Restore the file, or run the changed study in a folder of its own.",
        )
    study = read_study(folder / QUESTION)
    place = Path(tempfile.mkdtemp(prefix="replay-"))
    try:
        swept = sweep(
            study.design, place / RESULTS, executor=executor or study.executor,
            workers=workers or study.workers, progress=progress,
        )  # fmt: skip
        return Replayed(kept.hash, swept.manifest().hash)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def opened(folder: Path) -> tuple[Study, Sweep]:
    """The question and the runs in a folder, also while they are made.

    Raises:
        StoreError: the folder holds no study that was begun.
    """
    if not (folder / QUESTION).is_file():
        raise StoreError(
            f"there is no {QUESTION} in the folder", where=str(folder), expected="the folder of a study"
        )
    return read_study(folder / QUESTION), sweep_in(folder / RESULTS)


def _claim(study: Study, folder: Path) -> None:
    place = folder / QUESTION
    if place.exists():
        if place.read_bytes() != study.text:
            raise StoreError(
                "the folder holds another study",
                where=str(place),
                next_step="Choose another folder; an answer belongs to its question.",
            )
        return
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            "the folder holds something else than a study",
            where=str(folder),
            next_step="Choose an empty or new folder.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    files.write(place, study.text)


def _tell(study: Study, swept: Sweep, folder: Path, number: int) -> tuple[Path, Comparison | Results]:
    """Write what the runs of a case say, for people and for programs."""
    case = study.design.cases[number]
    results = swept.results(case.name)
    single = len(study.design.cases) == 1
    name = "comparison" if single else f"{number + 1:03d}-{_SLUG.sub('-', case.name.lower()).strip('-')}"
    page, command = folder / f"{name}.html", f"allmende study run {QUESTION}"
    told: Any = summarised(results, outcome=study.outcome) if _comparable(results) else results
    text = (comparison_json if _comparable(results) else results_json)(told, command=command)
    files.write(folder / f"{name}.json", text.encode())
    partial = files.partial_of(page)
    try:
        report(told, partial, command=command)
        files.put(partial, page)
    finally:
        partial.unlink(missing_ok=True)
    return page, told


def _comparable(results: Results) -> bool:
    futures, draws, replicates, _ = results["use_value"].shape
    return bool(futures > 1 and draws * replicates > 1)


def _manifest(folder: Path) -> _Manifest:
    place = folder / MANIFEST
    try:
        found = msgspec.json.decode(place.read_bytes(), type=_Manifest)
    except OSError as error:
        raise StoreError(
            f"{MANIFEST} cannot be read: {error.strerror}",
            where=str(place),
            next_step="`allmende study run` finishes a study that was begun.",
        ) from error
    except msgspec.MsgspecError as error:
        raise StoreError(f"{MANIFEST} is damaged: {error}", where=str(place)) from error
    if found.format > _FORMAT:
        raise StoreError(
            f"the study was written in format {found.format}",
            where=str(place),
            next_step="Update Allmende to read it.",
        )
    return found


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read: {error.strerror}", where=str(path)) from error
