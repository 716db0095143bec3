"""`allmende forecast`: what will the coming year bring?"""

import sys
from pathlib import Path
from typing import Any

import click

from allmende.cli.options import OUT, PAGE, SEED, month_after
from allmende.cli.sources import Asked, read_community, reading_options, refuse_names_in_files
from allmende.cli.writing import refuse_unwritable, write_page_and_data

__all__ = ["command"]


@click.command("forecast")
@reading_options
@click.option(
    "--months",
    type=click.IntRange(1, 60),
    default=12,
    show_default=True,
    help="How many months ahead; twelve were checked.",
)
@click.option(
    "--until",
    default="",
    metavar="MONTH",
    help="Last month the forecast may know, such as 2022-12: it is then held against what happened.",
)
@click.option(
    "--backtest/--no-backtest",
    default=True,
    show_default=True,
    help="Try how earlier forecasts of this community would have gone.",
)
@click.option(
    "--futures", type=click.IntRange(min=100), default=1000, show_default=True, help="How many futures."
)
@SEED
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write the forecast as JSON.")
def command(
    *,
    months: int,
    until: str,
    backtest: bool,
    futures: int,
    seed: int,
    html: Path | None,
    json: Path | None,
    **reading: Any,
) -> None:
    """Forecast a community: active members, newcomers, contributions, with intervals that were checked.

    PATH is anything `allmende measure` can read. Says what usually follows a record like this one, how sure
    that is, and how earlier forecasts of this community would have gone. Refuses a record that is too short
    or too small, and says what would help.
    """
    asked = Asked(**reading)
    refuse_names_in_files(asked, html=html, json=json)
    for place in (html, json):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.forecasting.forecast import forecast
    from allmende.reports.forecasts import forecast_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        community = read_community(asked, progress)
        progress("forecasting", 0, None)
        stop = month_after(until)
        told = forecast(
            community,
            months=months,
            until=None if stop is None else stop - 1,
            paths=futures,
            seed=seed,
            backtest=backtest,
        )
    show(forecast_brief(told), sys.stdout)

    from allmende.reports.forecastfile import forecast_json

    write_page_and_data(told, forecast_json, paths=asked.paths, html=html, json=json)
