"""Writing: the page and the data of what a command found, each where it was asked for."""

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from allmende.reports import Told

__all__ = ["refuse_unwritable", "reproducing", "write_page_and_data"]


def write_page_and_data(
    told: "Told",
    json_text: Callable[..., str],
    *,
    paths: Sequence[str] = (),
    html: Path | None,
    json: Path | None,
) -> None:
    """Write what a command found, and say where it is.

    Args:
        told: What was found.
        json_text: What makes its data: takes it, and the command that makes it again.
        paths: Places on this machine that the command named.
        html: Where the page goes; nowhere when None.
        json: Where the data go.
    """
    from allmende.reports import report

    made_by = reproducing(paths, sys.argv[1:])
    if html is not None:
        click.echo(f"The page: {report(told, html, command=made_by)}", err=True)
    if json is not None:
        json.expanduser().write_text(json_text(told, command=made_by), encoding="utf-8")
        click.echo(f"The data: {json}", err=True)


def reproducing(paths: Sequence[str], words: Sequence[str]) -> str:
    """The command that makes a page again, without the folders of this machine.

    >>> reproducing(["/srv/clones/redis"], ["measure", "/srv/clones/redis", "--by", "year"])
    'allmende measure redis --by year'
    """
    kept = [Path(word).resolve().name if word in paths else Path(word).name for word in words]
    return shlex.join(["allmende", *kept])


def refuse_unwritable(place: Path | None) -> None:
    """Measuring can take minutes: say at once that its result would have nowhere to go."""
    if place is not None and not place.expanduser().resolve().parent.is_dir():
        raise click.UsageError(
            f"the folder of '{place}' does not exist; make it first, or name another place",
            click.get_current_context(silent=True),
        )
