"""Progress: shown on standard error when work takes longer than a second, and only on a screen."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from allmende.reader import Progress, silent

__all__ = ["shown_progress"]

_PATIENCE = 1.0
_ENOUGH = 2


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A progress to give to long work; the bar goes away when the work is done."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[so_far]}"))
    bars = Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    started = time.monotonic()
    tasks: dict[str, TaskID] = {}
    begun: dict[str, tuple[float, float]] = {}

    def told(stage: str, done: float, total: float | None, /) -> None:
        now = time.monotonic()
        begun.setdefault(stage, (now, done))
        if now - started < _PATIENCE:
            return
        if not bars.live.is_started:
            bars.start()
        if stage not in tasks:
            for earlier in tasks.values():
                bars.update(earlier, visible=False)
            tasks[stage] = bars.add_task(stage, total=total, so_far="")
        so_far = f"{done / total:.0%}{_left(now, done, total, begun[stage])}" if total else f"{done:,.0f}"
        bars.update(tasks[stage], completed=done, total=total, so_far=so_far)

    try:
        yield told
    finally:
        if bars.live.is_started:
            bars.stop()


def _left(now: float, done: float, total: float, begun: tuple[float, float]) -> str:
    """How long it will take from now on, once that can be told: work goes on as since it began.

    >>> _left(now=40.0, done=20.0, total=100.0, begun=(10.0, 10.0))
    ', 4 min left'
    """
    since, first = begun
    if done <= first or now - since < _PATIENCE or done >= total:
        return ""
    seconds = (now - since) * (total - done) / (done - first)
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= _ENOUGH * length:
            return f", {seconds / length:.0f} {unit} left"
    return f", {seconds:.0f} s left"
