"""Functions that test workers run: they must stand in a module that another process can import."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from allmende.errors import StoreError


class UnsendableError(Exception):
    """An exception that pickle cannot carry."""

    def __init__(self, left, right) -> None:
        super().__init__(f"{left} and {right}")


def sums(row):
    """A float whose last bit depends on the order of addition."""
    draws = np.random.Generator(np.random.Philox(row)).random(100)
    return row, float(draws.sum()), draws[:3].tobytes()


def fails_at_seven(row):
    if row in {7, 11}:
        raise StoreError(f"row {row} is torn", next_step="Mend it.")
    if row < 7:
        time.sleep(0.02)
    return row


def raises_unsendable(row):
    raise UnsendableError(row, "more")


def answers_unsendable(row):
    return (lambda: row) if row == 2 else row


def dies_once(row):
    """Kill the worker on row 3, the first time only; the folder remembers."""
    number, folder = row
    mark = Path(folder) / f"died-{number}"
    if number % 4 == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_dies_at_five(row):
    if row == 5:
        os._exit(9)
    return row


def dies_and_counts(row):
    """Note each attempt at a row in its own file; row 1 never survives."""
    number, folder = row
    with Path(folder, str(number)).open("a") as notes:
        notes.write("x")
    if number == 1:
        os._exit(9)
    return number


def out_of_memory_at_two(row):
    if row == 2:
        raise MemoryError
    return row


def thread_limits(row):
    import duckdb

    from allmende.executors import threads_allowed

    return os.environ.get("OMP_NUM_THREADS"), threads_allowed(), bool(duckdb), os.getpid()


def sleeps(row):
    Path(row).touch()
    time.sleep(60)


def node_of(row):
    import ray

    time.sleep(0.05)
    return ray.get_runtime_context().get_node_id()
