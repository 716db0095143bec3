"""`allmende explain`: what exactly is that number?"""

import sys

import click

__all__ = ["command"]


@click.command("explain")
@click.argument("indicator")
def command(indicator: str) -> None:
    """Explain an indicator: its question, definition, unit, range and where the definition comes from."""
    from allmende.reports.installed import explanation
    from allmende.reports.terminal import show

    show(explanation(indicator), sys.stdout)
