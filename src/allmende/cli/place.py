"""`allmende place`: which economy is this, when, and how do we know?"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allmende.cli.options import OUT, PAGE
from allmende.cli.sources import FILE
from allmende.cli.writing import refuse_unwritable, reproducing

if TYPE_CHECKING:
    from allmende.reader import ReadOptions
    from allmende.typology.placing import Trajectory

__all__ = ["command"]

_CASE = "case:"


@click.command("place")
@click.argument("targets", nargs=-1, metavar="TARGET...")
@click.option(
    "--facts",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Facts of a target (TOML), in the order of the targets; one too many is placed by itself.",
)
@click.option("--by", type=click.Choice(["year"]), help="Year by year instead of the last year alone.")
@click.option("--reader", default="", metavar="NAME", help="Read with this reader instead of the one found.")
@click.option("--mapping", type=FILE, metavar="FILE", help="What the columns of a table mean (TOML).")
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write the placements as JSON.")
@click.option(
    "--replicates",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    metavar="N",
    help="How often members are drawn again for the intervals of what is measured.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="CPU time for reading one target.",
)
def command(
    *,
    targets: tuple[str, ...],
    facts: tuple[Path, ...],
    by: str | None,
    reader: str,
    mapping: Path | None,
    html: Path | None,
    json: Path | None,
    replicates: int,
    seed: int,
    budget: float,
) -> None:
    """Place communities among sharing, commons and crowdsourcing, with the evidence.

    A TARGET is a path that `allmende measure` can read, or `case:SLUG` of the casebook. Several are placed
    side by side. What no record holds (who captures value, who owns the name) comes from a facts file.
    """
    if not targets and not facts:
        raise click.UsageError(
            "nothing to place: name a path, case:SLUG, or --facts FILE",
            click.get_current_context(silent=True),
        )
    for place in (html, json):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.reader import ReadOptions
    from allmende.reports.placements import placements_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        options = ReadOptions(touches=True, seconds=budget, mapping=mapping, progress=progress)
        found = list(
            _trajectories(
                targets, facts, options=options, reader=reader, by=by or "", replicates=replicates, seed=seed
            )
        )
    show(placements_brief(found), sys.stdout)
    for line in _write(found, reproducing(targets, sys.argv[1:]), html=html, json=json):
        click.echo(line, err=True)


def _trajectories(
    targets: tuple[str, ...],
    facts: tuple[Path, ...],
    *,
    options: "ReadOptions",
    reader: str,
    by: str,
    replicates: int,
    seed: int,
) -> "Iterator[Trajectory]":
    from allmende.typology.casebook import case
    from allmende.typology.facts import Dossier
    from allmende.typology.placing import place

    given = list(facts)
    for target in targets:
        if target.startswith(_CASE):
            found = case(target.removeprefix(_CASE))
            yield place(facts=Dossier(found.community, (found.period,)), name=found.slug, by=by, seed=seed)
            continue
        own = given.pop(0) if given else None
        yield _read(target, own, options=options, reader=reader, by=by, replicates=replicates, seed=seed)
    for file in given:
        yield place(facts=file, by=by, seed=seed)


def _read(
    target: str,
    facts: Path | None,
    *,
    options: "ReadOptions",
    reader: str,
    by: str,
    replicates: int,
    seed: int,
) -> "Trajectory":
    from allmende.reading import read
    from allmende.typology.facts import read_facts
    from allmende.typology.placing import place, trees_at

    # Facts are read first: a mistake in them should not wait for a long history.
    dossier = read_facts(facts) if facts else None
    community = read(target, options=options, reader=reader)
    return place(
        community,
        facts=dossier,
        trees=trees_at(Path(target).expanduser()),
        by=by,
        name=dossier.community if dossier and dossier.community else community.name,
        replicates=replicates,
        seed=seed,
        progress=options.progress,
    )


def _write(found: "list[Trajectory]", made_by: str, *, html: Path | None, json: Path | None) -> Iterator[str]:
    from allmende.reports.html import html as html_of
    from allmende.reports.placementfile import placements_json
    from allmende.reports.placements import placements_page

    data = placements_json(found, command=made_by)
    if html is not None:
        page = placements_page(found, command=made_by, data=data)
        html.expanduser().write_text(html_of(page), encoding="utf-8")
        yield f"The page: {html}"
    if json is not None:
        json.expanduser().write_text(data, encoding="utf-8")
        yield f"The data: {json}"
