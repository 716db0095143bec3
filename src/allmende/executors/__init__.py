"""Executors: one function over many rows, here or elsewhere, with the same answers in the same order.

`run` answers in the order of the rows, `completed` as soon as each row is done, `delivered` by the batch.
Where the work is done (in this thread, in threads, in processes, on a Ray cluster) is a name; it changes
how long the answers take and nothing else. A worker that dies costs the rows it held, which are tried
again; a function that raises ends the run with that error, and the error says which row it was.
"""

from allmende.executors.pools import (
    Finished,
    Lost,
    Outcome,
    Pool,
    Task,
    attempt,
    threads_allowed,
    usable_cpus,
)
from allmende.executors.running import EXECUTORS, Progress, completed, delivered, names, run

__all__ = [
    "EXECUTORS",
    "Finished",
    "Lost",
    "Outcome",
    "Pool",
    "Progress",
    "Task",
    "attempt",
    "completed",
    "delivered",
    "names",
    "run",
    "threads_allowed",
    "usable_cpus",
]
