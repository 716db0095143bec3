"""`allmende list`: what is installed."""

import sys

import click

__all__ = ["command"]


@click.command("list")
@click.argument("kind", required=False, default="", metavar="[KIND]")
def command(kind: str) -> None:
    """List what is installed of a kind: readers, indicators, ...; without a kind, the kinds."""
    from allmende import plugins
    from allmende.errors import UnknownNameError
    from allmende.reports.installed import kinds, plugins_of
    from allmende.reports.terminal import show

    if not kind:
        show(kinds(), sys.stdout)
        return
    named = {one: one for one in plugins.KINDS} | {_plural(one): one for one in plugins.KINDS}
    if kind.lower() not in named:
        raise UnknownNameError("kind of plug-in", kind, {_plural(one) for one in plugins.KINDS})
    show(plugins_of(named[kind.lower()]), sys.stdout)


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
