"""Options that several commands have: the same name, bounds, default and words everywhere."""

from pathlib import Path

import click

__all__ = ["COUNT", "ECONOMY", "OUT", "PAGE", "REPLICATES", "SEED", "SET", "THREADS"]

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
