"""`allmende read`: what is this record worth?"""

import sys
from pathlib import Path
from typing import Any

import click

from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files

__all__ = ["command"]


@click.command("read")
@reading_options
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the events there, members as pseudonyms: .parquet, .csv or .jsonl.",
)
@click.option("--explain-identities", is_flag=True, help="Say why accounts were joined into members.")
def command(*, output: Path | None, explain_identities: bool, **reading: Any) -> None:
    """Say what a record is worth before anything is measured in it.

    Acts read and acts refused, with reasons and first places; whether authors or committers are recorded;
    breaks in the record; clocks; accounts and programs.
    """
    asked = Asked(**reading)
    refuse_names_in_files(asked, output=output)
    if output is not None:
        from allmende.reports.eventfile import refuse_unknown_form

        refuse_unknown_form(output)

    from allmende.cli.progress import shown_progress
    from allmende.reports.provenance import merges, record_page
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        community = read_community(asked, progress)
    show(record_page(community), sys.stdout)
    if explain_identities:
        show(merges(community), sys.stdout)
    if output is not None:
        from allmende.reports.eventfile import write_events

        write_events(community, output)
        click.echo(f"The events: {output}", err=True)
