"""Options that several commands have: the same name, bounds, default and words everywhere."""

from pathlib import Path

import click

__all__ = ["COUNT", "ECONOMY", "OUT", "PAGE", "REPLICATES", "SEED", "SET", "THREADS", "month_after"]

COUNT = click.IntRange(min=1)
OUT = click.Path(dir_okay=False, path_type=Path)
ECONOMY = click.option(
    "--economy", default="commons", show_default=True, metavar="NAME", help="Economy of a community (PATH)."
)
PAGE = click.option(
    "--html", type=OUT, metavar="FILE", help="Write the page: one file that needs no network."
)
REPLICATES = click.option(
    "--replicates", type=COUNT, default=20, show_default=True, help="Worlds of other luck."
)
SEED = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws."
)
SET = click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="Change a parameter; may be repeated."
)
THREADS = click.option(
    "--threads", type=COUNT, default=None, help="How many threads, processes or tasks at a time."
)


def month_after(until: str) -> int | None:
    """The month after a month or a year as a user writes it; None for none.

    >>> month_after("2022-12"), month_after("2022"), month_after("")
    (636, 636, None)
    """
    if not until.strip():
        return None
    from allmende.months import MONTHS_A_YEAR, parse

    return parse(until) + (1 if "-" in until else MONTHS_A_YEAR)
