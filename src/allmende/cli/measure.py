"""`allmende measure`: from any clone to a page that a maintainer trusts."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allmende.cli.options import OUT, PAGE
from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files

if TYPE_CHECKING:
    from allmende.measurement import Measurement

__all__ = ["command", "month_after", "refuse_unwritable", "reproducing"]

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("measure")
@reading_options
@click.option("--since", default="", metavar="MONTH", help="First month, such as 2019-04 or 2019.")
@click.option("--until", default="", metavar="MONTH", help="Last month, such as 2023-12 or 2023.")
@click.option(
    "--by",
    type=click.Choice(["month", "quarter", "year"]),
    default="year",
    show_default=True,
    help="Period of the series.",
)
@click.option(
    "--indicator", "indicators", multiple=True, metavar="NAME", help="Ask this one only; may be repeated."
)
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write everything as JSON.")
@click.option("--csv", type=_FOLDER, metavar="FOLDER", help="Write the tables as CSV files.")
@click.option("--explain-identities", is_flag=True, help="Say why accounts were joined into members.")
@click.option(
    "--replicates",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    metavar="N",
    help="How often members are drawn again for the intervals.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option(
    "--executor",
    default="serial",
    show_default=True,
    metavar="NAME",
    help="Where the counting is done: serial, threads, processes, ray.",
)
def command(
    *,
    since: str,
    until: str,
    by: str,
    indicators: tuple[str, ...],
    html: Path | None,
    json: Path | None,
    csv: Path | None,
    explain_identities: bool,
    replicates: int,
    seed: int,
    executor: str,
    **reading: Any,
) -> None:
    """Measure a community from its own records.

    PATH is a git repository, a wiki dump, a table of events, or a folder of these; several are one community.
    The page says what is healthy, what is fragile, what changed in a year, and how sure that is.
    """
    asked = Asked(**reading)
    refuse_names_in_files(asked, html=html, json=json, csv=csv)
    for place in (html, json, csv):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.measurement import measure

    with shown_progress() as progress:
        community = read_community(asked, progress)
        measurement = measure(
            community,
            since=_month(since),
            until=month_after(until),
            by=by,
            names=indicators,
            replicates=replicates,
            seed=seed,
            executor=executor,
            progress=progress,
        )
    _show(measurement, explain_identities=explain_identities)
    for line in _write(measurement, reproducing(asked.paths, sys.argv[1:]), html=html, json=json, csv=csv):
        click.echo(line, err=True)


def month_after(until: str) -> int | None:
    """The month after a month or a year as a user writes it; None for none.

    >>> month_after("2022-12"), month_after("2022"), month_after("")
    (636, 636, None)
    """
    if not until.strip():
        return None
    from allmende.months import MONTHS_A_YEAR, parse

    return parse(until) + (1 if "-" in until else MONTHS_A_YEAR)


def reproducing(paths: Sequence[str], words: Sequence[str]) -> str:
    """The command that makes a page again, without the folders of this machine.

    >>> reproducing(["/srv/clones/redis"], ["measure", "/srv/clones/redis", "--by", "year"])
    'allmende measure redis --by year'
    """
    kept = [Path(word).resolve().name if word in paths else Path(word).name for word in words]
    return shlex.join(["allmende", *kept])


def _month(since: str) -> int | None:
    from allmende.months import parse

    return parse(since) if since.strip() else None


def refuse_unwritable(place: Path | None) -> None:
    """Measuring can take minutes: say at once that its result would have nowhere to go."""
    if place is not None and not place.expanduser().resolve().parent.is_dir():
        raise click.UsageError(
            f"the folder of '{place}' does not exist; make it first, or name another place",
            click.get_current_context(silent=True),
        )


def _show(measurement: "Measurement", *, explain_identities: bool) -> None:
    from allmende.reports.brief import brief
    from allmende.reports.provenance import merges
    from allmende.reports.terminal import show

    show(brief(measurement), sys.stdout)
    if explain_identities:
        show(merges(measurement.community), sys.stdout)


def _write(
    measurement: "Measurement", made_by: str, *, html: Path | None, json: Path | None, csv: Path | None
) -> Iterator[str]:
    from allmende.reports import report
    from allmende.reports.machine import json_text, write_csv

    if html is not None:
        yield f"The page: {report(measurement, html, command=made_by)}"
    if json is not None:
        json.expanduser().write_text(json_text(measurement, command=made_by), encoding="utf-8")
        yield f"The data: {json}"
    if csv is not None:
        tables = write_csv(measurement, csv.expanduser())
        yield f"The tables: {', '.join(str(one) for one in tables)}"
