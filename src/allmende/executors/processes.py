"""A pool of processes of this machine that knows which task died with which process.

The standard library's pool gives up all tasks when one process dies; a sweep of hours must lose the
rows in flight alone and must name the row that kills. Processes are spawned, never forked: forking a
process with threads (DuckDB, BLAS) may lock up.
"""

import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from allmende.errors import AllmendeError, WorkerLostError
from allmende.executors.pools import THREADS, Finished, Lost, Outcome, Pool, Task, attempt, usable_cpus

__all__ = ["Processes", "open_processes"]

_ONE_THREAD = (THREADS, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_READY = "ready"
_STARTS = 3
_PATIENCE = 5.0


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: "Connection[Any, Any]"
    ready: bool = False
    task: Task | None = None


class Processes:
    """Several tasks at a time, each in its own process."""

    def __init__(self, function: Callable[[Any], Any], workers: int) -> None:
        self.workers, self.batch = workers, 0.2
        self._function = _packed(function)
        self._running: list[_Worker] = []
        self._waiting: list[Task] = []
        self._failed_starts = 0

    def submit(self, task: Task, /) -> None:
        """Queue the task; a process is started when all are busy and more are allowed."""
        self._waiting.append(task)
        free = sum(worker.task is None for worker in self._running)
        if free < len(self._waiting) and len(self._running) < self.workers:
            self._running.append(_start(self._function))

    def collect(self) -> list[tuple[Task, Outcome]]:
        """Wait for a process to answer or to die."""
        outcomes: list[tuple[Task, Outcome]] = []
        while not outcomes:
            self._assign()
            places = {place: worker for worker in self._running for place in _places(worker)}
            heard = {id(places[place]): places[place] for place in wait(list(places))}  # type: ignore[index]
            for worker in heard.values():
                outcomes += self._hear(worker)
        return outcomes

    def close(self) -> None:
        """Terminate every process."""
        for worker in self._running:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._running:
            worker.process.join(_PATIENCE)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
        self._running.clear()

    def _assign(self) -> None:
        for worker in self._running:
            if self._waiting and worker.ready and worker.task is None:
                worker.task = self._waiting.pop(0)
                # A process that died meanwhile is found by its sentinel, with the task.
                with suppress(OSError):
                    _send(worker.connection, worker.task)

    def _hear(self, worker: _Worker) -> list[tuple[Task, Outcome]]:
        try:
            message = worker.connection.recv() if worker.connection.poll() else None
        except (EOFError, OSError, pickle.UnpicklingError):
            message = None
        if message is None:
            return self._bury(worker)
        if message == _READY:
            worker.ready, self._failed_starts = True, 0
            return []
        self._failed_starts = 0
        task, worker.task = worker.task, None
        assert task is not None, "a worker answered without having been asked"
        return [(task, message)]

    def _bury(self, worker: _Worker) -> list[tuple[Task, Outcome]]:
        worker.connection.close()
        worker.process.join(_PATIENCE)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
        self._running.remove(worker)
        reason = _reason(worker.process.exitcode)
        if not worker.ready:
            # Several starts may fail by bad luck; with no answer in between it is no luck.
            self._failed_starts += 1
            if self._failed_starts >= _STARTS and not any(other.ready for other in self._running):
                raise WorkerLostError(
                    f"no worker process could start: {reason}",
                    next_step="In a script, put the call under `if __name__ == '__main__':`; "
                    "what the processes printed says more.",
                )
        if self._waiting or not self._running:
            self._running.append(_start(self._function))
        return [] if worker.task is None else [(worker.task, Lost(reason))]


def open_processes(function: Callable[[Any], Any], workers: int | None) -> Pool:
    """A pool of processes, one for each usable processor unless told otherwise.

    Raises:
        AllmendeError: the function cannot be sent to another process.
    """
    return Processes(function, workers or usable_cpus())


def _packed(function: Callable[[Any], Any]) -> bytes:
    try:
        return pickle.dumps(function)
    except Exception as error:
        raise AllmendeError(
            f"the function {getattr(function, '__qualname__', function)!r} cannot be sent to another process",
            expected="a function at the top of a module, or functools.partial of one",
            next_step="Move it there, or use executor='threads'.",
        ) from error


def _send(connection: "Connection[Any, Any]", task: Task) -> None:
    try:
        connection.send(task)
    except OSError:
        raise
    except Exception as error:
        raise AllmendeError(
            f"one of the rows {task.first} to {task.first + len(task.rows) - 1} cannot be sent to another "
            f"process: {type(error).__name__}: {error}",
            expected="numbers, text, arrays, tuples, dataclasses",
        ) from error


def _places(worker: _Worker) -> "list[Connection[Any, Any] | int]":
    return [worker.connection, worker.process.sentinel]


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        hint = ", as the system does when memory runs out" if -code == signal.SIGKILL else ""
        return f"its process was ended by {name}{hint}"
    return f"its process ended with code {code}"


def _start(function: bytes) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function), name="allmende worker", daemon=True)
    with _one_thread_each():
        process.start()
    # The other end must be the child's alone: its death is then the end of the pipe.
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    # Libraries read these when they are first imported, which in a child is before any code of ours.
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(connection: "Connection[Any, Any]", packed: bytes) -> None:
    # Ctrl-C reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    function = pickle.loads(packed)  # noqa: S301 - from our own parent
    with suppress(EOFError, OSError):
        connection.send(_READY)
        while True:
            task: Task = connection.recv()
            outcome = attempt(function, task.rows)
            try:
                connection.send(outcome)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - pickling raises many kinds
                connection.send(_unsendable(outcome, error))


def _unsendable(outcome: Outcome, error: Exception) -> Finished:
    answers = outcome.answers if isinstance(outcome, Finished) else ()
    good = 0
    with suppress(Exception):
        for answer in answers:
            pickle.dumps(answer)
            good += 1
    told = AllmendeError(
        f"the answer cannot be sent between processes: {type(error).__name__}: {error}",
        expected="numbers, text, arrays, tuples, dataclasses",
    )
    return Finished(answers[:good], 0.0, told)
