"""Room: whether a sweep fits into memory and onto the disk, told before it starts."""

import shutil
from pathlib import Path

from allmende.errors import BudgetExceededError
from allmende.executors import usable_cpus
from allmende.model.asking import BYTES_A_ROW, SHARE_OF_MEMORY, free_memory
from allmende.model.recording import MEASURES
from allmende.model.state import BYTES_A_MEMBER
from allmende.sweeps.design import Case, Design

__all__ = ["check_reading", "check_room", "disk_needed", "memory_needed"]

FLOWS = 12
KEYS = 5
OF_A_FILE = 20_000


def check_room(
    design: Design, folder: Path, *, executor: str, workers: int | None, finished: int = 0
) -> None:
    """Refuse a sweep that would not fit.

    Args:
        design: What is to be run.
        folder: Where its results go.
        executor: Where it runs.
        workers: How many workers; as many as there are processors when None.
        finished: Runs that are there already.

    Raises:
        BudgetExceededError: it does not fit into memory or onto the disk; the figures are said.
    """
    at_once = 1 if executor == "serial" else workers or usable_cpus()
    needed, free = memory_needed(design, at_once), free_memory()
    if needed > SHARE_OF_MEMORY * free:
        raise BudgetExceededError(
            f"{at_once} worker{'s' * (at_once > 1)} at a time need {needed / 2**30:,.1f} GiB of memory; "
            f"{free / 2**30:,.1f} GiB are free",
            where="sweep",
            next_step="Ask for fewer workers, fewer members, or fewer months.",
        )
    needed = disk_needed(design) * max(0, design.runs - finished) // design.runs
    free = shutil.disk_usage(_existing(folder)).free
    if needed > SHARE_OF_MEMORY * free:
        raise BudgetExceededError(
            f"{design.runs - finished:,} runs need {needed / 2**30:,.1f} GiB on the disk; "
            f"{free / 2**30:,.1f} GiB are free",
            where=str(folder),
            next_step="Make room, choose a folder on another disk, or ask for fewer replicates or months.",
        )


def check_reading(design: Design) -> None:
    """Refuse a design whose results could not be read as a whole, a case at a time.

    Raises:
        BudgetExceededError: they do not fit into memory; the figures are said.
    """
    largest = max(design.cases, key=lambda case: case.runs * case.asked.months)
    needed = 3 * 8 * (len(MEASURES) + FLOWS) * largest.runs * largest.asked.months
    free = free_memory()
    if needed > SHARE_OF_MEMORY * free:
        raise BudgetExceededError(
            f"the results of '{largest.name}' need {needed / 2**30:,.1f} GiB of memory to be compared; "
            f"{free / 2**30:,.1f} GiB are free",
            where="study",
            next_step="Ask for fewer replicates, draws or months; `allmende.sweeps` keeps them all the same, "
            "and a query reads what it needs.",
        )


def memory_needed(design: Design, at_once: int) -> int:
    """Bytes of memory for the workers, at most, and for reading the results column by column."""
    worlds = max(_state(case) for case in design.cases)
    return at_once * worlds + 4 * 8 * max(case.runs * case.asked.months for case in design.cases)


def disk_needed(design: Design) -> int:
    """Bytes on the disk, at most: compression usually saves half of them."""
    columns = len(MEASURES) + FLOWS + KEYS
    rows = sum(case.runs * case.asked.months for case in design.cases)
    return 8 * columns * rows + OF_A_FILE * len(design.pieces)


def _state(case: Case) -> int:
    rows = case.asked.rows_a_world * case.asked.worlds_a_piece
    return rows * (BYTES_A_ROW + BYTES_A_MEMBER) + 3 * 8 * (len(MEASURES) + FLOWS) * case.asked.months


def _existing(folder: Path) -> Path:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return place
