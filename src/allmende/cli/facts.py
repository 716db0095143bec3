"""`allmende facts`: begin a facts file."""

from pathlib import Path

import click

from allmende.cli.options import OUT
from allmende.cli.writing import refuse_unwritable

__all__ = ["command"]


@click.command("facts")
@click.argument("path", metavar="PATH")
@click.option("--output", type=OUT, metavar="FILE", help="Write to this file instead of the screen.")
@click.option("--name", default="", metavar="TEXT", help="Name of the community.")
def command(*, path: str, output: Path | None, name: str) -> None:
    """Begin a facts file for a repository: what could be found filled in, the rest asked for.

    Licence and contributor agreement are read from its tree and history. Who captures exchange value, who
    owns the name, who decides and who pays are questions with their possible answers, the deciding first.
    """
    refuse_unwritable(output)
    if output is not None and output.expanduser().exists():
        raise click.UsageError(
            f"'{output}' exists; facts that somebody wrote are not overwritten",
            click.get_current_context(silent=True),
        )

    from allmende.gitlog import layout
    from allmende.typology.draft import draft
    from allmende.typology.placing import trees_at

    place = Path(path).expanduser()
    # A folder without a repository is refused in the words of the git reader.
    called = name or layout.find(place).name
    text = draft(called, trees_at(place))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.expanduser().write_text(text, encoding="utf-8")
        click.echo(
            f"The facts: {output}. Complete them, then `allmende place {path} --facts {output}`.", err=True
        )
