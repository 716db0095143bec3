"""`allmende calibrate`: what does the record say about the members of this community?"""

import sys
from pathlib import Path
from typing import Any

import click

from allmende.cli.options import OUT, PAGE, SEED, month_after
from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files
from allmende.cli.writing import refuse_unwritable, write_page_and_data

__all__ = ["command"]


@click.command("calibrate")
@reading_options
@click.option("--until", default="", metavar="MONTH", help="Last month to be fitted, such as 2022-12.")
@click.option(
    "--economy",
    default="commons",
    show_default=True,
    metavar="NAME",
    help="For what the record does not say.",
)
@click.option(
    "--unseen",
    is_flag=True,
    help="Also ask the last three years about what no likelihood reaches (about a minute).",
)
@SEED
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write the fit and its draws as JSON.")
def command(
    *,
    until: str,
    economy: str,
    unseen: bool,
    seed: int,
    html: Path | None,
    json: Path | None,
    **reading: Any,
) -> None:
    """Calibrate the member model to a community's own record, and hold it against that record.

    PATH is anything `allmende measure` can read. Says how members take part, leave and come back, how many
    join, and where the model does not describe them. Refuses a record that is too short or too small, and
    says what would help. `allmende compare PATH --policy ...` tries policies on the community so calibrated.
    """
    asked = Asked(**reading)
    refuse_names_in_files(asked, html=html, json=json)
    for place in (html, json):
        refuse_unwritable(place)

    from allmende.calibration.fitting import calibrate
    from allmende.cli.progress import shown_progress
    from allmende.reports.fits import fit_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        community = read_community(asked, progress)
        progress("calibrating", 0, None)
        stop = month_after(until)
        told = calibrate(community, until=None if stop is None else stop - 1, seed=seed, economy=economy)
        if unseen:
            from allmende.calibration.unseen import learn

            told = learn(told, seed=seed, progress=progress)
    show(fit_brief(told), sys.stdout)

    from allmende.reports.fitfile import fit_json

    write_page_and_data(told, fit_json, paths=asked.paths, html=html, json=json)
