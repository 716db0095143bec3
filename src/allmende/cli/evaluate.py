"""`allmende evaluate`: what followed a past event?"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from allmende.cli.options import OUT, PAGE, SEED
from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files
from allmende.cli.writing import refuse_unwritable, write_page_and_data

__all__ = ["command"]


@click.command("evaluate")
@reading_options
@click.option("--event", required=True, metavar="DATE", help="When it was: 2024-03-20, or 2024-03.")
@click.option(
    "--outcome",
    type=click.Choice(["active_members", "newcomers", "contributions"]),
    default="active_members",
    show_default=True,
    help="What is counted.",
)
@click.option(
    "--months",
    type=click.IntRange(6, 24),
    default=12,
    show_default=True,
    help="How many months after the event; twelve were checked.",
)
@click.option(
    "--donor",
    "donors",
    multiple=True,
    metavar="PATH",
    help="A community that the event did not touch; five or more give two more answers.",
)
@SEED
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write the evaluation as JSON.")
def command(
    *,
    event: str,
    outcome: str,
    months: int,
    donors: tuple[str, ...],
    seed: int,
    html: Path | None,
    json: Path | None,
    **reading: Any,
) -> None:
    """Evaluate a past event: what followed, against what the record before it let expect.

    PATH is anything `allmende measure` can read. Says first how large a change would have to be to be seen
    at all, then what followed the event, then what stands against reading that as an effect. Whether the
    event was the cause one community's record cannot say.
    """
    asked = Asked(**reading)
    refuse_names_in_files(asked, html=html, json=json)
    for place in (html, json):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.evaluation.evaluating import evaluate
    from allmende.evaluation.scope import moment_of
    from allmende.reports.evaluations import evaluation_brief
    from allmende.reports.terminal import show

    moment_of(event)
    with shown_progress() as progress:
        community = read_community(asked, progress)
        others = [read_community(replace(asked, paths=(place,), name=""), progress) for place in donors]
        progress("evaluating", 0, None)
        told = evaluate(community, event=event, outcome=outcome, months=months, donors=others, seed=seed)
    show(evaluation_brief(told), sys.stdout)

    from allmende.reports.evaluationfile import evaluation_json

    write_page_and_data(told, evaluation_json, paths=asked.paths, html=html, json=json)
