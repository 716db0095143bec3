"""What an executor is made of: tasks, their outcomes, and the pool that carries one to the other.

A new executor is a `Pool` and a function that opens one. A pool only carries: cutting rows into
tasks, order, retries, errors and progress are `running`'s work, the same for every executor.
"""

import os
import pickle
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from allmende.errors import AllmendeError

__all__ = [
    "THREADS",
    "Finished",
    "Lost",
    "Opener",
    "Outcome",
    "Pool",
    "Task",
    "attempt",
    "threads_allowed",
    "usable_cpus",
]

THREADS = "ALLMENDE_THREADS"


@dataclass(frozen=True, slots=True)
class Task:
    """Neighbouring rows that go to a worker together.

    Args:
        first: Number of the first row, from 0.
        rows: The rows.
        tries: How many workers were lost with it.
    """

    first: int
    rows: Sequence[Any]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker came back with a task.

    Args:
        answers: Answers of the first rows; of all of them when `error` is None.
        seconds: How long the worker took.
        error: What the function raised on the row after the last answer.
        trace: Where it was raised, as text: a traceback does not cross processes.
    """

    answers: Sequence[Any]
    seconds: float
    error: BaseException | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker did not come back with a task, and why as far as is known."""

    reason: str


Outcome = Finished | Lost


class Pool(Protocol):
    """Carries tasks to workers and outcomes back.

    Attributes:
        workers: How many tasks it works on at the same time.
        batch: Seconds of work that make a task worth its way.
    """

    workers: int
    batch: float

    def submit(self, task: Task, /) -> None:
        """Take a task; never blocks for long."""

    def collect(self) -> list[tuple[Task, Outcome]]:
        """Wait until at least one submitted task has an outcome, and give all that have."""

    def close(self) -> None:
        """Stop the workers, also in the middle of a task. Called once, whatever happened."""


Opener = Callable[[Callable[[Any], Any], int | None], Pool]


def attempt(function: Callable[[Any], Any], rows: Sequence[Any]) -> Outcome:
    """Answer rows one after the other until one fails: what every worker does.

    Running out of memory counts as the loss of the worker, since it is no fault of the row alone.
    """
    began = time.perf_counter()
    answers: list[Any] = []
    for row in rows:
        try:
            answers.append(function(row))
        except MemoryError:
            return Lost("it ran out of memory")
        except Exception as error:  # noqa: BLE001 - whatever the function raises belongs to its row
            return Finished(answers, time.perf_counter() - began, _portable(error), traceback.format_exc())
    return Finished(answers, time.perf_counter() - began)


def usable_cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_allowed() -> int:
    """How many threads a library may start here: one inside a worker, every usable processor elsewhere."""
    return int(os.environ.get(THREADS) or usable_cpus())


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - an error that cannot travel is told in words
        return AllmendeError(f"{type(error).__name__}: {error}")
    return error
