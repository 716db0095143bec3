"""Pools without other processes: in the calling thread, and in threads.

Threads help where the function spends its time outside the interpreter's lock (DuckDB, NumPy, compiled
kernels, files). They cannot be stopped: closing waits for the rows in work.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from allmende.executors.pools import Outcome, Pool, Task, attempt, usable_cpus

__all__ = ["Serial", "Threads", "open_serial", "open_threads"]


class Serial:
    """One task after the other, in the calling thread."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.workers, self.batch = 1, 0.0
        self._function = function
        self._waiting: list[Task] = []

    def submit(self, task: Task, /) -> None:
        """Keep the task until `collect`."""
        self._waiting.append(task)

    def collect(self) -> list[tuple[Task, Outcome]]:
        """Work on the task kept longest."""
        task = self._waiting.pop(0)
        return [(task, attempt(self._function, task.rows))]

    def close(self) -> None:
        """Nothing runs."""


class Threads:
    """Several tasks at a time, in threads of this process."""

    def __init__(self, function: Callable[[Any], Any], workers: int) -> None:
        self.workers, self.batch = workers, 0.05
        self._function = function
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="allmende")
        self._running: dict[Future[Outcome], Task] = {}

    def submit(self, task: Task, /) -> None:
        """Give the task to the next free thread."""
        self._running[self._threads.submit(attempt, self._function, task.rows)] = task

    def collect(self) -> list[tuple[Task, Outcome]]:
        """Wait for a thread."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        return [(self._running.pop(future), future.result()) for future in done]

    def close(self) -> None:
        """Wait for the rows in work."""
        self._threads.shutdown(cancel_futures=True)


def open_serial(function: Callable[[Any], Any], _workers: int | None) -> Pool:
    """A pool that is the calling thread."""
    return Serial(function)


def open_threads(function: Callable[[Any], Any], workers: int | None) -> Pool:
    """A pool of threads, one for each usable processor unless told otherwise."""
    return Threads(function, workers or usable_cpus())
