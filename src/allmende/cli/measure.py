"""`allmende measure`: from any clone to a page that a maintainer trusts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allmende.cli.options import OUT, PAGE, month_after
from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files
from allmende.cli.writing import refuse_unwritable, write_page_and_data

if TYPE_CHECKING:
    from allmende.measurement import Measurement

__all__ = ["command"]

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

    from allmende.reports.machine import json_text, write_csv

    write_page_and_data(measurement, json_text, paths=asked.paths, html=html, json=json)
    if csv is not None:
        tables = write_csv(measurement, csv.expanduser())
        click.echo(f"The tables: {', '.join(str(one) for one in tables)}", err=True)


def _month(since: str) -> int | None:
    from allmende.months import parse

    return parse(since) if since.strip() else None


def _show(measurement: "Measurement", *, explain_identities: bool) -> None:
    from allmende.reports.brief import brief
    from allmende.reports.provenance import merges
    from allmende.reports.terminal import show

    show(brief(measurement), sys.stdout)
    if explain_identities:
        show(merges(measurement.community), sys.stdout)
