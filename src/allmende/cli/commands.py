"""Commands: which there are, known by a line each, loaded when used."""

import importlib
from difflib import get_close_matches

import click

__all__ = ["COMMANDS", "LazyGroup", "commands"]

COMMANDS = {
    "measure": ("allmende.cli.measure", "Measure a community from its own records."),
    "read": ("allmende.cli.read", "Say what a record is worth; write its events to a file."),
    "place": ("allmende.cli.place", "Say which economy it is, when, and on what evidence."),
    "facts": ("allmende.cli.facts", "Begin a facts file: what no record holds, asked for by name."),
    "cases": ("allmende.cli.cases", "List the casebook: dated cases of all three economies."),
    "calibrate": ("allmende.cli.calibrate", "Fit the member model to a community's own record."),
    "forecast": ("allmende.cli.forecast", "Forecast the coming year, with intervals that were checked."),
    "evaluate": ("allmende.cli.evaluate", "Hold what followed a past event against what was to be expected."),
    "simulate": ("allmende.cli.simulate", "Simulate an economy: sharing, commons, crowdsourcing."),
    "compare": (
        "allmende.cli.compare",
        "Compare policies on paired futures: who gains, who loses, how sure.",
    ),
    "studio": ("allmende.cli.studio", "Open the studio: studies in a browser, published and discussed."),
    "claims": ("allmende.cli.claims", "Try the claims of the theory: where each holds, and where it fails."),
    "study": ("allmende.cli.study", "Ask everything in one file; run, show and replay it."),
    "list": ("allmende.cli.listing", "List what is installed: readers, indicators, ..."),
    "explain": ("allmende.cli.explain", "Explain an indicator: question, definition, source."),
}
"""Each command with the module that has it and the line that `allmende --help` shows."""


class LazyGroup(click.Group):
    """A group whose commands are modules, imported when one is used, with a hint for a misspelt name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names.

        Raises:
            UsageError: there is none; the nearest name is offered.
        """
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            near = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.5)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"no command is called '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands with their lines, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `allmende measure .` in any clone with its history.",
)
@click.version_option(package_name="allmende", prog_name="allmende", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the whole traceback of an unexpected fault.")
def commands(*, debug: bool) -> None:
    """A policy laboratory for peer production.

    Measures a community from its own records: who carries it, whether it renews itself, and how sure that is.
    """
    assert debug in {True, False}
