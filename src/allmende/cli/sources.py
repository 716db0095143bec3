"""Sources: the options with which every command that reads is told what to read, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from allmende.community import Community
    from allmende.reader import Progress

__all__ = ["Asked", "read_community", "reading_options", "refuse_names_in_files"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
    click.option(
        "--reader", default="", metavar="NAME", help="Read with this reader instead of the one found."
    ),
    click.option("--name", default="", metavar="TEXT", help="Name of the community."),
    click.option("--mapping", type=FILE, metavar="FILE", help="What the columns of a table mean (TOML)."),
    click.option("--touches", is_flag=True, help="Also read which files or pages each act touched."),
    click.option("--effort", is_flag=True, help="Also read the size of each act."),
    click.option("--all-branches", is_flag=True, help="Read every branch, not the current one alone."),
    click.option(
        "--identities", type=FILE, metavar="FILE", help="Your own .mailmap; it wins over everything."
    ),
    click.option("--affiliations", type=FILE, metavar="FILE", help="Who worked where, when (gitdm form)."),
    click.option("--show-names", is_flag=True, help="Names instead of pseudonyms; for this screen only."),
    click.option("--no-cache", is_flag=True, help="Neither use nor keep what was read before."),
    click.option(
        "--budget",
        type=click.FloatRange(min=0, min_open=True),
        default=600.0,
        show_default=True,
        metavar="SECONDS",
        help="CPU time for one source; beyond it the record is measured as far as it was read.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=64),
        default=4096,
        show_default=True,
        metavar="MIB",
        help="Memory for reading one source; beyond it likewise.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options of reading said.

    Args:
        paths: The places.
        reader: Name of the reader; "" to find it.
        name: Name of the community; "" for that of the first place.
        mapping: A table's column mapping.
        touches: Whether to read works.
        effort: Whether to read sizes.
        all_branches: Whether to read every branch.
        identities: The user's own .mailmap.
        affiliations: The user's own affiliation file.
        show_names: Whether names stay names.
        no_cache: Whether to read everything anew.
        budget: CPU seconds for one source.
        memory: MiB of memory for one source.
    """

    paths: tuple[str, ...]
    reader: str
    name: str
    mapping: Path | None
    touches: bool
    effort: bool
    all_branches: bool
    identities: Path | None
    affiliations: Path | None
    show_names: bool
    no_cache: bool
    budget: float
    memory: int


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument PATH... and the options of reading."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_community(asked: Asked, progress: "Progress") -> "Community":
    """Read what was asked for."""
    from allmende.reader import ReadOptions
    from allmende.reading import read

    options = ReadOptions(
        touches=asked.touches,
        effort=asked.effort,
        all_branches=asked.all_branches,
        mapping=asked.mapping,
        cache=not asked.no_cache,
        seconds=asked.budget,
        memory=asked.memory << 20,
        progress=progress,
    )
    return read(
        *asked.paths,
        options=options,
        reader=asked.reader,
        name=asked.name,
        overrides=asked.identities,
        affiliations=asked.affiliations,
        show_names=asked.show_names,
    )


def refuse_names_in_files(asked: Asked, **files: Path | None) -> None:
    """Names are for the local screen: refuse them together with anything that is written.

    Raises:
        UsageError: both were asked for.
    """
    written = [f"--{option}" for option, path in files.items() if path is not None]
    if asked.show_names and written:
        raise click.UsageError(
            f"--show-names cannot go together with {' and '.join(written)}: names are shown on this screen "
            "and never written into a file that could be passed on. Ask twice, once for the screen and once "
            "for the file.",
            click.get_current_context(silent=True),
        )
