"""`allmende simulate`: what happens in such an economy?"""

import sys
from pathlib import Path

import click

from allmende.cli.options import COUNT, ECONOMY, OUT, PAGE, REPLICATES, SEED, SET, THREADS
from allmende.cli.writing import refuse_unwritable, write_page_and_data

__all__ = ["command", "settings"]


@click.command("simulate")
@click.argument("target", metavar="ECONOMY|PATH")
@ECONOMY
@SET
@click.option(
    "--members", type=COUNT, default=1000, show_default=True, help="Members at the start (of an economy)."
)
@click.option("--months", type=COUNT, default=120, show_default=True, help="Length of the run.")
@REPLICATES
@SEED
@click.option(
    "--executor",
    default="threads",
    show_default=True,
    metavar="NAME",
    help="Where worlds are run: serial, threads, processes, ray.",
)
@THREADS
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write the results as JSON.")
def command(
    *,
    target: str,
    economy: str,
    given: tuple[str, ...],
    members: int,
    months: int,
    replicates: int,
    seed: int,
    executor: str,
    threads: int | None,
    html: Path | None,
    json: Path | None,
) -> None:
    """Simulate an economy: sharing, commons, crowdsourcing, ..., that of a case: case:youtube-2006, or PATH.

    A community at PATH is calibrated first, and worlds start with its own members.

    Members arrive, act, pause and leave as in real communities; institutions pay, offer and admit; money is
    conserved. The same seed gives the same worlds, whatever the number of threads.
    """
    for place in (html, json):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.cli.targets import target_of
    from allmende.reports.terminal import show
    from allmende.reports.worlds import worlds_brief
    from allmende.simulation import simulate

    with shown_progress() as progress:
        results = simulate(
            _case(target) or target_of(target, economy=economy, seed=seed, progress=progress),
            members=members,
            months=months,
            replicates=replicates,
            seed=seed,
            parameters=settings(given),
            executor=executor,
            threads=threads,
            progress=progress,
        )
    show(worlds_brief(results), sys.stdout)

    from allmende.reports.resultsfile import results_json

    write_page_and_data(results, results_json, paths=(target,), html=html, json=json)


def _case(target: str) -> str | None:
    """The economy of a case of the casebook; None where none is meant."""
    if not target.startswith("case:"):
        return None
    from allmende.typology.casebook import economy_of

    return economy_of(target.removeprefix("case:"))


def settings(given: tuple[str, ...], *, option: str = "--set") -> dict[str, float | int | bool]:
    """Parameters as users write them.

    Args:
        given: NAME=VALUE each.
        option: What they were given with, for messages.

    Raises:
        UsageError: one is not NAME=VALUE, or its value is no number.

    >>> settings(("decay=0.02", "quality_contingent=true"))
    {'decay': 0.02, 'quality_contingent': True}
    """
    found: dict[str, float | int | bool] = {}
    for one in given:
        name, _, value = one.partition("=")
        number = _number(value.strip().lower())
        if number is None:
            raise click.UsageError(
                f"{option} {one} is not NAME=VALUE with a number, true or false",
                click.get_current_context(silent=True),
            )
        found[name.strip()] = number
    return found


def _number(text: str) -> float | int | bool | None:
    """The number that a text says; None when it says none."""
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return None
