"""`allmende compare`: what would policies do?"""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allmende.cli.options import COUNT, ECONOMY, OUT, PAGE, REPLICATES, SEED, SET, THREADS
from allmende.cli.simulate import settings
from allmende.cli.study import EXECUTOR
from allmende.cli.writing import refuse_unwritable, reproducing

if TYPE_CHECKING:
    from allmende.comparison import Comparison
    from allmende.conditions.hinges import Conditions
    from allmende.policy import Levers

__all__ = ["FoldingCommand", "command", "folded", "future"]

_DRAWS = click.IntRange(min=80)
_MOST_MEMBERS = 500
_WITH = "+"


class FoldingCommand(click.Command):
    """A command whose `--policy` takes all the words that belong to it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words after those of each policy are one."""
        return super().parse_args(ctx, folded(args))


def folded(words: Sequence[str]) -> list[str]:
    """The words after `--policy NAME` that are levers, or begin a second policy, joined to it as one.

    >>> folded(["commons", "--policy", "bounty", "pool=5", "+", "gate", "--months", "3"])
    ['commons', '--policy', 'bounty pool=5 + gate', '--months', '3']
    """
    found: list[str] = []
    inside = False
    for number, word in enumerate(words):
        last = words[number - 1] if number else ""
        if last == "--policy":
            inside = not word.startswith("-")
            found.append(word)
        elif inside and (_WITH in {word, last} or ("=" in word and not word.startswith("-"))):
            found[-1] = f"{found[-1]} {word}"
        else:
            inside = word.startswith("--policy=")
            found.append(word)
    return found


@click.command("compare", cls=FoldingCommand)
@click.argument("target", metavar="ECONOMY|PATH|STUDY.toml")
@click.option(
    "--policy",
    "futures",
    multiple=True,
    metavar="NAME [LEVER=VALUE]...",
    help="A future; `+ NAME` adds a second policy to it. May be repeated. A study file has its own.",
)
@SET
@ECONOMY
@click.option(
    "--members",
    type=COUNT,
    default=1000,
    show_default=True,
    help="Members at the start; a community brings its own.",
)
@click.option("--months", type=COUNT, default=60, show_default=True, help="Length of the run.")
@REPLICATES
@click.option(
    "--draws", type=COUNT, default=1, show_default=True, help="Parameters drawn from what is believed."
)
@SEED
@click.option("--outcome", default="use_value", show_default=True, metavar="NAME", help="What decides.")
@click.option(
    "--until-width",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    metavar="SHARE",
    help="Add worlds until the interval of the effect is so narrow, as a share of the baseline.",
)
@click.option("--budget", type=COUNT, default=1000, show_default=True, help="Most worlds of each future.")
@click.option(
    "--over-prior",
    type=_DRAWS,
    is_flag=False,
    flag_value=1000,
    default=None,
    metavar="[SETS]",
    help="Also say what would have to be true: so many sets of values over all that is believed (1000; "
    "takes about half a minute).",
)
@EXECUTOR
@THREADS
@PAGE
@click.option("--json", type=OUT, metavar="FILE", help="Write every effect as JSON.")
def command(
    *,
    target: str,
    economy: str,
    futures: tuple[str, ...],
    given: tuple[str, ...],
    members: int,
    months: int,
    replicates: int,
    draws: int,
    seed: int,
    outcome: str,
    until_width: float | None,
    budget: int,
    over_prior: int | None,
    executor: str,
    threads: int | None,
    html: Path | None,
    json: Path | None,
) -> None:
    """Compare policies in an economy or a community, against the same people and luck without them.

    A community is anything `allmende measure` can read: it is calibrated, worlds start with its own members,
    and each has a draw of its own from what its record leaves open.

    A policy is a name and its levers: `--policy bounty pool=100000 start=12`. `allmende list policies` shows
    the names, `allmende explain bounty` what one does. Says what each would change, how sure that is, who
    gains and who loses. A study file (`allmende study new NAME`) says all that itself.
    """
    for place in (html, json):
        refuse_unwritable(place)
    if _is_study(target, futures):
        _compare_study(Path(target), executor, threads, html, json)
        return
    policies = [future(each) for each in futures]

    from allmende.cli.progress import shown_progress
    from allmende.cli.targets import target_of
    from allmende.comparison import compare
    from allmende.reports.futures import futures_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        subject = target_of(target, economy=economy, seed=seed, progress=progress)
        if over_prior is not None and not isinstance(subject, str):
            raise click.UsageError("--over-prior asks about an economy, not about a community.")
        told = compare(
            subject, policies=policies, members=members, months=months, replicates=replicates, draws=draws,
            seed=seed, parameters=settings(given), outcome=outcome, until_width=until_width, budget=budget,
            executor=executor or "threads", threads=threads, progress=progress,
        )  # fmt: skip
        conditions = None
        if over_prior is not None:
            from allmende.conditions.exploring import explore

            conditions = explore(
                target, policies=policies, draws=over_prior, members=min(members, _MOST_MEMBERS),
                months=months, seed=seed, parameters=settings(given), outcome=outcome, threads=threads,
                progress=progress,
            )  # fmt: skip
    show(futures_brief(told, conditions=conditions), sys.stdout)
    _write(told, conditions, target, html, json)


def _is_study(target: str, futures: tuple[str, ...]) -> bool:
    study = target.endswith(".toml")
    if study == bool(futures):
        said = "a study file has its own futures" if study else "it is not said what is to be compared"
        raise click.UsageError(f"{said}: --policy", click.get_current_context(silent=True))
    return study


def _compare_study(
    study: Path, executor: str, threads: int | None, html: Path | None, json: Path | None
) -> None:
    from allmende.cli.progress import shown_progress
    from allmende.cli.study import compared
    from allmende.reports.futures import futures_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        told = compared(study, executor=executor, workers=threads, progress=progress)
    show(futures_brief(told), sys.stdout)
    _write(told, None, str(study), html, json)


def _write(
    told: "Comparison", conditions: "Conditions | None", target: str, html: Path | None, json: Path | None
) -> None:
    from allmende.reports.comparisonfile import comparison_json
    from allmende.reports.futures import futures_page
    from allmende.reports.html import html as drawn

    made_by = reproducing((target,), sys.argv[1:])
    data = comparison_json(told, conditions=conditions, command=made_by)
    if html is not None:
        page = futures_page(told, conditions=conditions, command=made_by, data=data)
        html.expanduser().write_text(drawn(page), encoding="utf-8")
        click.echo(f"The page: {html}", err=True)
    if json is not None:
        json.expanduser().write_text(data, encoding="utf-8")
        click.echo(f"The data: {json}", err=True)


def future(text: str) -> "tuple[Levers, ...]":
    """The policies of a future, as users write them.

    Args:
        text: "bounty pool=100000 start=12 + gate".

    Raises:
        UsageError: nothing is named, or a lever is not NAME=VALUE with a number.
        UnknownNameError: there is no such policy or lever; the nearest is offered.
        OutOfRangeError: a lever breaks a bound.
    """
    from allmende.plugins import get
    from allmende.policy import Policy

    found = []
    parts: list[list[str]] = [[]]
    for word in shlex.split(text):
        parts.append([]) if word == _WITH else parts[-1].append(word)
    for part in parts:
        if not part or "=" in part[0]:
            raise click.UsageError(
                f"--policy {text!r} does not begin with the name of a policy",
                click.get_current_context(silent=True),
            )
        plugin = get("policy", part[0].lower().replace("-", "_"))
        assert isinstance(plugin, Policy)
        levers = settings(tuple(part[1:]), option="lever")
        found.append(plugin(**{name.replace("-", "_"): value for name, value in levers.items()}))
    return tuple(found)
