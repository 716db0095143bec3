"""Reports: what was measured, told on a terminal, in a page, and to other programs.

A report computes nothing: it turns a measurement into blocks (`document`) and draws those.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

# The doors load this package for its words alone; what it tells is loaded when it is told.
if TYPE_CHECKING:
    from allmende.measurement import Measurement

__all__ = ["report"]


def report(measured: "Measurement | Sequence[Measurement]", path: str | Path, *, command: str = "") -> Path:
    """Write the page of a measurement, or one page that lays several side by side.

    The page is one file and needs no network. No member appears in it, neither by name nor by pseudonym.

    Args:
        measured: What was measured: one community, or several to compare.
        path: Where the page goes.
        command: The command that makes it again, printed at its foot.

    Raises:
        RegimeMismatchError: records that count different things were to be compared.
    """
    from allmende.reports.comparison import comparison
    from allmende.reports.html import html
    from allmende.reports.page import page

    document = (
        comparison(measured, command=command)
        if isinstance(measured, Sequence)
        else page(measured, command=command)
    )
    place = Path(path).expanduser()
    place.write_text(html(document), encoding="utf-8")
    return place
