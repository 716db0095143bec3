"""Progress: shown on standard error when work takes longer than a second, and only on a screen."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from allmende.reader import Progress, silent

__all__ = ["shown_progress"]

_PATIENCE = 1.0


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A progress to give to long work; the bar goes away when the work is done."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    bars = Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    started = time.monotonic()
    tasks: dict[str, int] = {}

    def told(stage: str, done: float, total: float | None, /) -> None:
        if time.monotonic() - started < _PATIENCE:
            return
        if not bars.live.is_started:
            bars.start()
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(bars.task_ids[tasks[stage]], completed=done, total=total)

    try:
        yield told
    finally:
        if bars.live.is_started:
            bars.stop()
