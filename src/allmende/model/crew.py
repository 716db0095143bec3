"""Crew: the threads that share the blocks of a batch.

Kernels release the lock of the interpreter, so threads suffice. Which thread takes which blocks changes
nothing: a block writes only to its own rows and its own sums.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Crew", "crew_of"]

LEAST_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Crew:
    """Threads, or none beyond the present one.

    Args:
        threads: How many.
        pool: Where they wait, None for one thread.
    """

    threads: int = 1
    pool: ThreadPoolExecutor | None = None

    def share(self, work: Callable[[int, int], object], size: int) -> None:
        """Call `work(lo, hi)` for parts that together are 0 ... size, and wait for all."""
        if self.pool is None or size < self.threads * LEAST_BLOCKS:
            work(0, size)
            return
        bounds = [size * part // self.threads for part in range(self.threads + 1)]
        waiting = [self.pool.submit(work, *part) for part in pairwise(bounds)]
        for each in waiting:
            each.result()


@contextmanager
def crew_of(threads: int) -> Iterator[Crew]:
    """A crew of that many threads, for as long as the context lasts."""
    if threads <= 1:
        yield Crew()
        return
    with ThreadPoolExecutor(threads) as pool:
        yield Crew(threads, pool)
