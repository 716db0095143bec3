"""`allmende study`: a question in one file, its answer in one folder."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allmende.cli.sources import FILE

if TYPE_CHECKING:
    from allmende.comparison import Comparison
    from allmende.executors import Progress
    from allmende.sweeps import Sweep

__all__ = ["EXECUTOR", "WORKERS", "command", "compared"]

FOLDER = click.Path(file_okay=False, path_type=Path)
EXECUTOR = click.option(
    "--executor",
    default="",
    metavar="NAME",
    help="Where runs are made: serial, threads, processes, ray; otherwise as the study says.",
)
WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), default=None, metavar="N", help="How many at a time."
)


@click.group("study")
def command() -> None:
    """Ask everything in one file; get the runs, a page and a hash in one folder that can be replayed."""


@command.command("new")
@click.argument("name", type=click.Path(path_type=Path))
def _new(*, name: Path) -> None:
    """Write a study file to begin with, every line explained."""
    from allmende.study import begin

    place = begin(name)
    click.echo(f"The study: {place}. Change it, then `allmende study run {place}`.", err=True)


@command.command("run")
@click.argument("file", type=FILE)
@click.argument("folder", type=FOLDER, required=False)
@EXECUTOR
@WORKERS
def _run(*, file: Path, folder: Path | None, executor: str, workers: int | None) -> None:
    """Answer a study, or go on with it: FOLDER is by default the file's name without its ending.

    Runs are kept as they come. Whatever stops it, the same command goes on from there.
    """
    from allmende.cli.progress import shown_progress
    from allmende.comparison import Comparison
    from allmende.reports.futures import futures_brief
    from allmende.reports.terminal import show
    from allmende.reports.worlds import worlds_brief
    from allmende.study import read_study, run_study

    study = read_study(file)
    place = folder or file.with_suffix("")
    with _kept(place), shown_progress() as progress:
        ran = run_study(study, place, executor=executor, workers=workers, progress=progress)
    _tell_damage(ran.sweep, "was set aside and run again")
    for told in ran.told:
        show(futures_brief(told) if isinstance(told, Comparison) else worlds_brief(told), sys.stdout)
    for page in ran.pages:
        click.echo(f"The page: {page}", err=True)
    click.echo(f"{ran.sweep.runs:,} runs in {place}, hash {ran.hash}")


@command.command("show")
@click.argument("folder", type=FOLDER)
def _show(*, folder: Path) -> None:
    """Say how far a study is, also while it runs, and whether everything in it is whole."""
    from allmende.study import opened

    study, swept = opened(folder)
    click.echo(f"{study.title}\n{swept.finished:,} of {swept.runs:,} runs are finished.")
    _tell_damage(swept, "will be set aside and run again")
    if swept.complete:
        click.echo(f"Hash {swept.manifest().hash}")
    else:
        click.echo("The rest is run by `allmende study run` with the same file and folder.")


@command.command("replay")
@click.argument("folder", type=FOLDER)
@EXECUTOR
@WORKERS
def _replay(*, folder: Path, executor: str, workers: int | None) -> None:
    """Ask a study again from its folder alone, offline, and compare the hash."""
    from allmende.cli.progress import shown_progress
    from allmende.errors import StoreError
    from allmende.study import replay

    with shown_progress() as progress:
        told = replay(folder, executor=executor, workers=workers, progress=progress)
    if not told.same:
        raise StoreError(
            f"the same question has the hash {told.hash} now, and had {told.kept}",
            where=str(folder / "manifest.json"),
            next_step="The folder was changed, or the model is another one: see the version in the manifest.",
        )
    click.echo(f"The same, bit for bit: {told.hash}")


def compared(file: Path, *, executor: str, workers: int | None, progress: "Progress") -> "Comparison":
    """What the futures of a study would do, without a folder.

    Args:
        file: The study file.
        executor: Where runs are made; what the study says when "".
        workers: How many at a time; what the study says when None.
        progress: Told how far it is.

    Raises:
        UsageError: the study has several cases, or nothing to compare.
    """
    from allmende.comparison import compare
    from allmende.study import read_study

    study = read_study(file)
    cases = study.design.cases
    asked = cases[0].asked
    if len(cases) > 1 or len(asked.policies) == 1:
        raise click.UsageError(
            f"'{file}' has {len(cases)} cases and {len(asked.policies) - 1} futures; one case and "
            f"a future can be compared. `allmende study run {file}` answers every study.",
            click.get_current_context(silent=True),
        )
    return compare(
        asked.economy, policies=asked.policies[1:], members=asked.members, months=asked.months,
        replicates=asked.replicates, seed=asked.seed, draws=asked.draws, parameters=cases[0].given,
        outcome=study.outcome, executor=executor or study.executor, threads=workers or study.workers,
        progress=progress,
    )  # fmt: skip


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """Whoever stops a study is told that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        from allmende.errors import AllmendeError
        from allmende.study import opened

        try:
            _, swept = opened(folder)
        except AllmendeError:
            raise KeyboardInterrupt from None
        click.echo(
            f"{swept.finished:,} of {swept.runs:,} runs are kept in {folder}; "
            "the same command goes on from there.",
            err=True,
        )
        raise


def _tell_damage(swept: "Sweep", fate: str) -> None:
    for each in swept.damage:
        click.secho(f"{each}\n    It {fate}; every other run is kept.", err=True, fg="yellow")
    sys.stderr.flush()
