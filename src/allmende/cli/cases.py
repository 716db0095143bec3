"""`allmende cases`: the casebook, dated cases of all three economies."""

import sys

import click

__all__ = ["command"]


@click.command("cases")
@click.option("--economy", default="", metavar="NAME", help="Only cases that a coder put there.")
def command(*, economy: str) -> None:
    """List the casebook: dated cases with their economy, each of which `allmende place case:SLUG` opens."""
    from allmende.errors import UnknownNameError
    from allmende.reports.casebook import casebook_table
    from allmende.reports.terminal import show
    from allmende.typology.casebook import CONFLICT
    from allmende.typology.codebook import ECONOMIES

    if economy and economy not in {*ECONOMIES, CONFLICT}:
        raise UnknownNameError("economy", economy, {*ECONOMIES, CONFLICT})
    show(casebook_table(economy), sys.stdout)
