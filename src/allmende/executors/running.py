"""Running rows through a pool: cutting, order, retries, errors, progress. The same for every executor.

The schedule: while rows are left and the pool is not full, send the next rows; collect what has an
outcome; send again what was lost, one row at a time, until it has cost `TRIES` workers. After a row
has failed no later row is sent, and of several failures the first in the order of rows is raised, so
that the error too does not depend on the executor.
"""

import reprlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from itertools import islice
from typing import Any, TypeVar

from allmende.errors import OutOfRangeError, UnknownNameError, WorkerLostError
from allmende.executors.pools import Finished, Lost, Opener, Pool, Task

__all__ = ["EXECUTORS", "TRIES", "Progress", "completed", "delivered", "names", "run"]

Row = TypeVar("Row")
Answer = TypeVar("Answer")
Progress = Callable[[str, float, float | None], None]

EXECUTORS = {
    "processes": "allmende.executors.processes:open_processes",
    "ray": "allmende.executors.distributed:open_ray",
    "serial": "allmende.executors.local:open_serial",
    "threads": "allmende.executors.local:open_threads",
}
TRIES = 3
_HELD_A_WORKER = 16


def names() -> dict[str, str]:
    """Where each executor's pool is opened, by name: ours, and those of installed distributions.

    A distribution offers one under the entry-point group `allmende.executor`, as "module:function".
    """
    return {point.name: point.value for point in entry_points(group="allmende.executor")} | EXECUTORS


def run(
    function: Callable[[Row], Answer],
    rows: Iterable[Row],
    *,
    executor: str = "serial",
    workers: int | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    stage: str = "working",
) -> Iterator[Answer]:
    """The function's answer for each row, in the order of the rows, the same bits on every executor.

    Args:
        function: Takes a row; for "processes" and "ray" it must stand at the top of a module.
        rows: What to answer; drawn as needed, so they may be many.
        executor: Where: "serial", "threads", "processes", "ray", or one that a distribution brings.
        workers: How many rows at a time; by default one for each processor.
        chunk: Rows sent to a worker at a time; by default as many as are worth the way.
        progress: Told the stage, rows done and rows in all (None when unknown).
        stage: What the work is called when progress is told.

    Raises:
        UnknownNameError: no executor is called that.
        OutOfRangeError: `workers` or `chunk` is below 1.
        WorkerLostError: a row was lost with three workers.
        Exception: what the function raised, with a note that names the row.

    >>> list(run(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    job = _job(
        function, rows, executor=executor, workers=workers, chunk=chunk, progress=progress, stage=stage
    )
    return _in_order(job)


def completed(
    function: Callable[[Row], Answer],
    rows: Iterable[Row],
    *,
    executor: str = "serial",
    workers: int | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    stage: str = "working",
) -> Iterator[tuple[int, Answer]]:
    """The number of each row, from 0, with its answer, as soon as it is there: for results kept as they come.

    Arguments and errors are those of `run`. When a row fails, the answers of the rows before it are
    all given first.

    >>> sorted(completed(abs, [-1, 2, -3]))
    [(0, 1), (1, 2), (2, 3)]
    """
    job = _job(
        function, rows, executor=executor, workers=workers, chunk=chunk, progress=progress, stage=stage
    )
    return (
        (first + index, answer)
        for first, answers in _parts(job, held={})
        for index, answer in enumerate(answers)
    )


def delivered(
    function: Callable[[Row], Answer],
    rows: Iterable[Row],
    *,
    executor: str = "serial",
    workers: int | None = None,
    seconds: float = 1.0,
) -> Generator[tuple[int, Sequence[Answer]], None, None]:
    """The number of the first of neighbouring rows with the answers of all, as a worker brings them.

    For results that are written down as they come: one delivery is worth one file. The other arguments and
    the errors are those of `run`.

    Args:
        function: Takes a row.
        rows: What to answer.
        executor: Where.
        workers: How many rows at a time.
        seconds: How much work is brought at once, as far as the past tells; at least a row, and less
            towards the end.

    >>> [list(answers) for _, answers in delivered(abs, [-1, 2])]
    [[1], [2]]
    """
    job = _job(
        function, rows, executor=executor, workers=workers, chunk=None, progress=None, stage="",
        seconds=seconds,
    )  # fmt: skip
    return _parts(job, held={})


@dataclass(frozen=True, slots=True)
class _Job:
    function: Callable[[Any], Any]
    rows: Iterable[Any]
    total: int | None
    opener: Opener
    workers: int | None
    chunk: int | None
    progress: Progress
    stage: str
    seconds: float


def _job(
    function: Callable[[Any], Any],
    rows: Iterable[Any],
    *,
    executor: str,
    workers: int | None,
    chunk: int | None,
    progress: Progress | None,
    stage: str,
    seconds: float = 0.0,
) -> _Job:
    known = names()
    if executor not in known:
        raise UnknownNameError("executor", executor, known)
    for name, value in (("workers", workers), ("chunk", chunk)):
        if value is not None and value < 1:
            raise OutOfRangeError(f"{name} is {value}", expected="1 or more")
    module, _, opener = known[executor].partition(":")
    total = len(rows) if isinstance(rows, Sized) else None
    return _Job(
        function,
        rows,
        total,
        getattr(import_module(module), opener),
        workers,
        chunk,
        progress or (lambda _stage, _done, _total: None),
        stage,
        seconds,
    )


def _in_order(job: _Job) -> Iterator[Any]:
    held: dict[int, Sequence[Any]] = {}
    due = 0
    with closing(_parts(job, held)) as parts:
        for first, answers in parts:
            held[first] = answers
            while due in held:
                ready = held.pop(due)
                due += len(ready)
                yield from ready


def _parts(job: _Job, held: dict[int, Sequence[Any]]) -> Generator[tuple[int, Sequence[Any]], None, None]:
    again: list[Task] = []
    in_work: set[int] = set()
    failures: dict[int, BaseException] = {}
    done = 0
    with closing(job.opener(job.function, job.workers)) as pool:
        cutter = _Cutter(job, pool)
        job.progress(job.stage, 0, job.total)
        while True:
            while len(in_work) < pool.workers:
                full = bool(failures) or len(held) >= _HELD_A_WORKER * pool.workers
                task = again.pop(0) if again else None if full else cutter.cut()
                if task is None:
                    break
                in_work.add(task.first)
                pool.submit(task)
            # A failure is raised once every row before it has been answered.
            if not in_work or (failures and min(failures) < min(in_work)):
                break
            for task, outcome in pool.collect():
                in_work.discard(task.first)
                if isinstance(outcome, Lost):
                    again += _once_more(task, outcome)
                    continue
                cutter.learn(outcome)
                if outcome.error is not None:
                    number = task.first + len(outcome.answers)
                    failures[number] = _told(outcome, number, task.rows[len(outcome.answers)])
                done += len(outcome.answers)
                job.progress(job.stage, done, job.total)
                if outcome.answers:
                    yield task.first, outcome.answers
    if failures:
        raise failures[min(failures)]


class _Cutter:
    """Cuts rows into tasks that take a pool's `batch` of seconds, as far as the past tells."""

    def __init__(self, job: _Job, pool: Pool) -> None:
        self._rows, self._total, self._chunk = iter(job.rows), job.total, job.chunk
        self._batch, self._workers = max(pool.batch, job.seconds), pool.workers
        self._cut, self._size, self._learnt, self._seconds = 0, 1, 0, 0.0

    def cut(self) -> Task | None:
        rows = list(islice(self._rows, self._chunk or self._size))
        task = Task(self._cut, rows)
        self._cut += len(rows)
        return task if rows else None

    def learn(self, outcome: Finished) -> None:
        self._learnt += len(outcome.answers)
        self._seconds += outcome.seconds
        if self._batch and self._learnt:
            wanted = int(self._batch * self._learnt / max(self._seconds, 1e-6))
            if self._total is not None:
                wanted = min(wanted, (self._total - self._cut) // (2 * self._workers))
            self._size = max(1, min(wanted, 2 * self._size))


def _once_more(task: Task, lost: Lost) -> list[Task]:
    # One row at a time, so that the row which costs the workers is known.
    if task.tries + 1 >= TRIES and len(task.rows) == 1:
        raise WorkerLostError(
            f"row {task.first} ({reprlib.repr(task.rows[0])}) was lost with {TRIES} workers: {lost.reason}",
            next_step="Try this row alone with executor='serial', or with fewer workers if memory is short.",
        )
    return [Task(task.first + i, [row], task.tries + 1) for i, row in enumerate(task.rows)]


def _told(outcome: Finished, number: int, row: object) -> BaseException:
    error = outcome.error
    assert error is not None
    error.add_note(f"This was raised on row {number}: {reprlib.repr(row)}.")
    if error.__traceback__ is None and outcome.trace:
        error.add_note(f"In the worker:\n{outcome.trace}")
    return error
