"""Running a sweep: what is not finished goes to workers, what comes back goes to the disk at once.

The schedule: claim the folder; set aside what is damaged; send the pieces that are not there; write each
delivery to a file of its own, which counts from the moment it has its name; when all are there, write the
hash. Whatever ends a sweep in between, what was written stays, and the same call goes on from it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from allmende import files
from allmende.errors import StoreError, UnknownNameError
from allmende.executors import Progress, delivered, names
from allmende.model.asking import WORK_A_PIECE, WORLD_IN_MEMBERS, Asked
from allmende.model.recording import Outcome
from allmende.simulation import outcome_of
from allmende.sweeps.checking import Kept, name_of
from allmende.sweeps.description import Described, Manifest, described, read_form, write_form
from allmende.sweeps.design import Design, Piece
from allmende.sweeps.room import check_room
from allmende.sweeps.store import (
    DAMAGED,
    DESCRIPTION,
    MANIFEST,
    PARAMETERS,
    RUNS,
    Sweep,
    hash_together,
    with_runs,
)
from allmende.sweeps.tables import columns_of, write_rows

__all__ = ["Answer", "sweep"]

STAGE = "running"
MOST_FILES = 2_000
SHORTEST_DELIVERY, LONGEST_DELIVERY = 1.0, 60.0


class Answer(NamedTuple):
    """What a worker brings of a piece.

    Args:
        outcome: What was recorded.
        seconds: Processor time that its simulation took.
    """

    outcome: Outcome
    seconds: float


def sweep(
    design: Design,
    folder: Path,
    *,
    executor: str = "serial",
    workers: int | None = None,
    progress: Progress | None = None,
    watcher: Callable[[Piece, float], None] | None = None,
) -> Sweep:
    """Run every case of a design, or what is not finished of it, and keep the results in a folder.

    Args:
        design: What is to be run.
        folder: Where results go; a new or empty one, or that of the same sweep, which then goes on.
        executor: Where runs are made: "serial", "threads", "processes", "ray". Changes nothing but the time.
        workers: How many at a time; as many as there are processors when None.
        progress: Called with the stage, runs done (in parts, by how much work they are) and runs in all.
        watcher: Called with each piece that is on the disk, and the processor time of its simulation.

    Returns:
        The finished sweep; its `damage` names files that had to be run again.

    Raises:
        BudgetExceededError: it would not fit into memory or onto the disk; said before it starts.
        StoreError: the folder holds something else, another process is at work in it, or the sweep was begun
            by another version.
        UnknownNameError: there is no such executor.
        WorkerLostError: a piece cost several workers; what was finished is kept.
    """
    if executor not in names():
        raise UnknownNameError("executor", executor, names())
    if not (folder / DESCRIPTION).exists():
        check_room(design, folder, executor=executor, workers=workers)
    with _alone(folder):
        begun = _begun(design, folder)
        check_room(design, folder, executor=executor, workers=workers, finished=begun.finished)
        missing = [piece for piece in design.pieces if piece.number not in begun.done]
        writer = _Writer(design, folder / RUNS, progress, watcher, missing)
        if missing:
            answer = partial(_answer, tuple(case.asked for case in design.cases))
            seconds = _seconds_of_a_delivery(design)
            with closing(
                delivered(answer, missing, executor=executor, workers=workers, seconds=seconds)
            ) as deliveries:
                for first, answers in deliveries:
                    writer.write(missing[first : first + len(answers)], answers)
        return _completed(replace(begun, kept=(*begun.kept, *writer.kept)))


def _answer(questions: Sequence[Asked], piece: Piece) -> Answer:
    began = time.thread_time()
    outcome = outcome_of(questions[piece.case], (piece.future, slice(piece.first, piece.last)))
    return Answer(outcome, time.thread_time() - began)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only process that runs the sweep; the system lets go of the claim of one that died."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(
                "another process is running this sweep",
                where=str(folder),
                next_step="Wait for it, or stop it; the sweep goes on when it is asked for again.",
            ) from None
        yield


def _begun(design: Design, folder: Path) -> Sweep:
    """The folder claimed for the design: described, damage set aside, leftovers gone."""
    said = described(design)
    place = folder / DESCRIPTION
    _check_foreign(folder)
    if place.exists():
        try:
            _check_same(read_form(place, Described), said, place)
        except StoreError as error:
            if "is damaged" not in error.given:
                raise
            _set_aside(place, folder)
    if not place.exists():
        (folder / RUNS).mkdir(exist_ok=True)
        _write_parameters(design, folder / PARAMETERS)
        write_form(place, said)
    for leftover in [*folder.glob(".*.partial-*"), *(folder / RUNS).glob(".*.partial-*")]:
        leftover.unlink()
    found = with_runs(folder, read_form(place, Described))
    for each in found.damage:
        _set_aside(each.path, folder)
    return found


def _check_foreign(folder: Path) -> None:
    ours = {DESCRIPTION, MANIFEST, RUNS, PARAMETERS, DAMAGED, ".lock"}
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    foreign = [name for name in foreign if ".partial-" not in name]
    if foreign:
        raise StoreError(
            f"the folder holds something else than a sweep: {foreign[0]}",
            where=str(folder),
            next_step="Choose an empty or new folder.",
        )


def _check_same(kept: Described, said: Described, place: Path) -> None:
    if kept.version != said.version:
        raise StoreError(
            f"the sweep was begun by Allmende {kept.version}; runs of {said.version} may differ",
            where=str(place),
            next_step=f"Go on with {kept.version}, or choose another folder.",
        )
    if kept.asked != said.asked:
        raise StoreError(
            "the folder holds another sweep: economies, parameters, policies, members, months, replicates, "
            "seeds or names differ",
            where=str(place),
            next_step="Ask the same question again, or choose another folder.",
        )


def _set_aside(path: Path, folder: Path) -> None:
    (folder / DAMAGED).mkdir(exist_ok=True)
    path.replace(folder / DAMAGED / path.name)


def _write_parameters(design: Design, path: Path) -> None:
    import duckdb

    columns: dict[str, list[object]] = {"case_name": [], "draw": [], "name": [], "value": []}
    for case in design.cases:
        for draw, parameters in enumerate(case.asked.draws):
            for name, value in parameters.values().items():
                for column, one in zip(columns, (case.name, draw, name, float(value)), strict=True):
                    columns[column].append(one)
    kinds = {"case_name": object, "draw": np.int32, "name": object, "value": np.float64}
    table = {name: np.array(values, kinds[name]) for name, values in columns.items()}
    partial_path = files.partial_of(path)
    with duckdb.connect() as connection:
        connection.register("told", table)
        connection.table("told").write_parquet(str(partial_path))
    files.put(partial_path, path)


class _Writer:
    """Writes deliveries, and tells how far the sweep is."""

    def __init__(
        self,
        design: Design,
        folder: Path,
        progress: Progress | None,
        watcher: Callable[[Piece, float], None] | None,
        missing: Sequence[Piece],
    ) -> None:
        import duckdb

        self.kept: list[Kept] = []
        self._connection = duckdb.connect(config={"threads": 1})
        self._design, self._folder = design, folder
        self._progress, self._watcher = progress, watcher
        self._total = sum(_work(design, piece) for piece in design.pieces)
        self._done = self._total - sum(_work(design, piece) for piece in missing)
        self._tell()

    def write(self, pieces: Sequence[Piece], answers: Sequence[Answer]) -> None:
        """Write the answers: a file for each row of pieces whose numbers follow one another."""
        start = 0
        for end in range(1, len(pieces) + 1):
            if end == len(pieces) or pieces[end].number != pieces[end - 1].number + 1:
                self._write(pieces[start:end], answers[start:end])
                start = end
        for piece, answer in zip(pieces, answers, strict=True):
            self._done += _work(self._design, piece)
            if self._watcher is not None:
                self._watcher(piece, answer.seconds)
        self._tell()

    def _write(self, pieces: Sequence[Piece], answers: Sequence[Answer]) -> None:
        cases = self._design.cases
        parts = [
            columns_of(
                piece, answer.outcome, case=cases[piece.case].name,
                future=cases[piece.case].asked.labels[piece.future],
                replicates=cases[piece.case].asked.replicates,
            )
            for piece, answer in zip(pieces, answers, strict=True)
        ]  # fmt: skip
        first, last = pieces[0].number, pieces[-1].number
        partial_path = files.partial_of(self._folder / f"{first:07d}")
        try:
            write_rows(self._connection, partial_path, parts)
            name = name_of(first, last, self._design.fingerprint, partial_path)
            files.put(partial_path, self._folder / name)
        finally:
            partial_path.unlink(missing_ok=True)
        self.kept.append(Kept(self._folder / name, first, last))

    def _tell(self) -> None:
        if self._progress is not None:
            runs = self._design.runs
            self._progress(STAGE, runs * self._done / self._total, float(runs))


def _completed(found: Sweep) -> Sweep:
    """The sweep with its hash written down."""
    place = found.folder / MANIFEST
    hashes = found.hashes()
    said = Manifest("", found.described.asked, hash_together(hashes), hashes, found.runs)
    if place.exists():
        try:
            kept = read_form(place, Manifest)
        except StoreError:
            _set_aside(place, found.folder)
        else:
            if kept.hash != said.hash:
                raise StoreError(
                    "the results do not have the hash that was written when the sweep was complete",
                    where=str(place),
                    next_step="Delete this file if the runs were made again on purpose.",
                )
            return found
    write_form(place, said)
    return found


def _work(design: Design, piece: Piece) -> int:
    asked = design.cases[piece.case].asked
    return (piece.last - piece.first) * asked.months * (asked.members + WORLD_IN_MEMBERS)


def _seconds_of_a_delivery(design: Design) -> float:
    """A second of work, more in sweeps so long that their files would be too many."""
    seconds = sum(_work(design, piece) for piece in design.pieces) / WORK_A_PIECE
    return min(max(SHORTEST_DELIVERY, seconds / MOST_FILES), LONGEST_DELIVERY)
