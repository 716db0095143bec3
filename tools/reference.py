"""Write the reference pages from the code: `python tools/reference.py`; with --check, name the stale."""

import inspect
import sys
import textwrap
from math import inf
from pathlib import Path

import click
from casebook_page import casebook_page

from allmende import plugins
from allmende.claim import KINDS, Claim
from allmende.cli.commands import COMMANDS, commands
from allmende.events import SCHEMA_VERSION, Events
from allmende.indicator import FAMILIES, Indicator
from allmende.model.economy import Economy
from allmende.panel import Panel
from allmende.policy import Policy
from allmende.reader import Reader

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"


def indicators() -> str:
    """One heading for each indicator, by family."""
    found = [one for one in plugins.find("indicator").values() if isinstance(one, Indicator)]
    lines = ["# Indicators", "", f"{len(found)} indicators. `allmende explain NAME` prints the same.", ""]
    for family in FAMILIES:
        lines += [f"## {family.capitalize()}", ""]
        for one in (one for one in found if one.family == family):
            lines += [
                f"### `{one.name}`",
                "",
                inspect.cleandoc(one.definition),
                "",
                _facts(one),
                "",
            ]
    return "\n".join(lines)


def _facts(one: Indicator) -> str:
    span = "Over the whole record." if one.lifetime else "Over a window of twelve months."
    shape = " A curve." if one.curve else ""
    low, high = map(_bound, one.bounds)
    return f"Unit: {one.unit}. Range: {low} to {high}. {span}{shape} Source: {one.reference}."


def _bound(bound: float) -> str:
    return {inf: "∞", -inf: "-∞"}.get(bound, f"{bound:g}")


def readers() -> str:
    """One heading for each reader."""
    lines = ["# Readers", ""]
    for one in plugins.find("reader").values():
        assert isinstance(one, Reader)
        lines += [
            f"## `{one.name}`",
            "",
            f"Reads {one.describes}.",
            "",
            inspect.cleandoc(one.read.__doc__ or ""),
            "",
        ]
    return "\n".join(lines)


def economies() -> str:
    """One heading for each economy, with its table of parameters."""
    lines = ["# Economies", "", "Each is described whole, by the ODD protocol, on a page of its own.", ""]
    for one in plugins.find("economy").values():
        assert isinstance(one, Economy)
        lines += [
            f"## `{one.name}`",
            "",
            (
                f"{one.title}. Use value is made by {one.maker}; exchange value is taken by {one.taker}; "
                f"between them stands {one.between}. [Its ODD page](../odd/{one.name}.md)."
            ),
            "",
        ]
    return "\n".join(lines)


def policies() -> str:
    """One heading for each policy, with its levers and what is expected of it."""
    found = [one for one in plugins.find("policy").values() if isinstance(one, Policy)]
    lines = [
        "# Policies",
        "",
        f"{len(found)} policies. A dose of zero changes nothing, bit for bit; `start` is a lever of each.",
        "`allmende compare commons --policy bounty pool=100000` asks what one would do; ids are rows of",
        "[Evidence](../evidence.md).",
        "",
    ]
    for one in found:
        lines += [f"## `{one.name}`", "", *_headings(one.definition), ""]
        lines += [
            "| lever | default | bounds | unit | zero | meaning |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{name}` | {said.default} | {said.bounds} | {said.unit} | {one.levers.doses().get(name, '')} "
            f"| {said.doc} |"
            for name, said in one.levers.declarations().items()
            if name != "start"
        ]
        lines += ["", "| outcome | expected |", "| --- | --- |"]
        signs = {"+": "more", "-": "less", "both": "either"}
        lines += [f"| `{outcome}` | {signs[sign]} |" for outcome, sign in one.expect.items()]
        lines += ["", f"Needs: {', '.join(one.needs) or 'nothing; it fits every economy'}.", ""]
    return "\n".join(lines)


def theory() -> str:
    """One heading for each claim of the theory, with its test and its evidence."""
    found = [one for one in plugins.find("claim").values() if isinstance(one, Claim)]
    lines = [
        "# Claims of the theory",
        "",
        f"{len(found)} claims. `allmende claims` tries them; what came out stands in [Claims](../claims.md).",
        "Ids are rows of [Evidence](../evidence.md).",
        "",
    ]
    for one in found:
        lines += [f"## `{one.name}`", "", f"{one.title}.", "", f"> {one.says}", ""]
        lines += [f"**Test.** {one.test}", "", f"**What is claimed.** {KINDS[one.kind].capitalize()}.", ""]
        lines += ["| row | side | what it says |", "| --- | --- | --- |"]
        lines += [f"| {row.id} | {row.side} | {row.says} |" for row in one.evidence]
        lines += ["", f"**Reality.** {one.reality}", ""]
    return "\n".join(lines)


def _headings(text: str) -> list[str]:
    """The docstring of a policy: each heading in bold before its paragraph."""
    parts = inspect.cleandoc(text).split("\n\n")
    told = [parts[0]]
    for part in parts[1:]:
        heading, _, body = part.partition(":\n")
        told.append(f"**{heading}.** {' '.join(body.split())}")
    return "\n\n".join(told).split("\n")


def command_line() -> str:
    """One heading for each command, with its arguments and options."""
    lines = [
        "# Command line",
        "",
        "The exit code is 0 when all was done, 2 when something given was not right, 1 for a fault of",
        "Allmende's own, 130 when you stopped it. What is shown goes to standard output; messages, progress",
        "and faults go to standard error. Without a screen there are no colours and lines have 100 columns;",
        "`NO_COLOR` is honoured.",
        "",
    ]
    found = [(name, commands.get_command(click.Context(commands), name)) for name in COMMANDS]
    for name, command in [pair for one in found for pair in _with_verbs(*one)]:
        context = click.Context(command, info_name=f"allmende {name}")
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [
            f"## `{name}`",
            "",
            f"`allmende {name} {usage}`",
            "",
            inspect.cleandoc(command.help or ""),
            "",
        ]
        lines += ["| option | meaning |", "| --- | --- |"]
        for option in command.get_params(context):
            record = option.get_help_record(context)
            if record is not None and record[1]:
                meaning = " ".join(record[1].split()).replace("|", "\\|")
                lines.append(f"| `{record[0].replace('|', ' or ')}` | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def _with_verbs(name: str, command: click.Command | None) -> list[tuple[str, click.Command]]:
    """A command, and the verbs that it has."""
    assert command is not None
    verbs = command.commands.items() if isinstance(command, click.Group) else ()
    return [(name, command), *((f"{name} {verb}", each) for verb, each in verbs)]


def tables() -> str:
    """The columns of the two tables, from their docstrings."""
    lines = [
        "# Events and Panel",
        "",
        f"The two tables everything stands on, schema version {SCHEMA_VERSION}.",
        "Columns are only ever added, with a default.",
        "",
    ]
    for title, table in (("Events", Events), ("Panel", Panel)):
        lines += [f"## {title}", "", *_docstring(table), ""]
    return "\n".join(lines)


def _docstring(table: type) -> list[str]:
    text = inspect.cleandoc(table.__doc__ or "")
    before, _, arguments = text.partition("Args:\n")
    columns = []
    for line in textwrap.dedent(arguments).splitlines():
        if line.startswith(" ") and columns:
            columns[-1] += " " + line.strip()
        else:
            columns.append(line)
    rows = [column.partition(": ") for column in columns if column.strip()]
    return [
        before.strip(),
        "",
        "| column | meaning |",
        "| --- | --- |",
        *(f"| `{name}` | {meaning} |" for name, _, meaning in rows),
    ]


def main() -> None:
    """Write the pages, or check that they are what the code says."""
    pages = {
        "cases.md": casebook_page,
        "command-line.md": command_line,
        "economies.md": economies,
        "indicators.md": indicators,
        "policies.md": policies,
        "readers.md": readers,
        "tables.md": tables,
        "theory.md": theory,
    }
    stale = []
    for name, write in pages.items():
        text = write().rstrip() + "\n"
        if "--check" in sys.argv:
            if not (PAGES / name).is_file() or (PAGES / name).read_text() != text:
                stale.append(name)
        else:
            PAGES.mkdir(exist_ok=True)
            (PAGES / name).write_text(text)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run `python tools/reference.py`")


if __name__ == "__main__":
    main()
