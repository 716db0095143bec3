"""Exploring: policies compared over everything believed about the parameters, in one batch of worlds."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from allmende.comparison import compare
from allmende.conditions.design import of_draws, sample
from allmende.conditions.hinges import Conditions, what_would_have_to_be_true
from allmende.executors import Progress
from allmende.model.economy import Economy
from allmende.model.parameters import MemberParams
from allmende.model.rules import Policy
from allmende.params import Number
from allmende.simulation import economy_called

__all__ = ["explore"]


def explore(
    economy: str | Economy,
    *,
    policies: Sequence[Policy | Sequence[Policy]],
    draws: int | Sequence[MemberParams] = 1_000,
    replicates: int = 2,
    members: int = 500,
    months: int = 60,
    seed: int = 1,
    parameters: Mapping[str, Number] | None = None,
    outcome: str = "use_value",
    outcomes: Sequence[str] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Conditions:
    """What would have to be true for a policy to do good, and for it to do harm?

    Every future is simulated with the same draws and the same luck as the baseline. The defaults simulate
    2,000 worlds of 500 members over five years for the baseline and for each future.

    Args:
        economy: An economy, or its name.
        policies: Futures besides the baseline, each a policy or several together.
        draws: How many sets of parameters, spread over their priors, or the sets themselves.
        replicates: Worlds of different luck for each set; with one, luck cannot be told from an effect.
        members: Members each world starts with.
        months: How many months.
        seed: Seed of the study.
        parameters: Parameters that are known, by name; they are not varied.
        outcome: The outcome that decides.
        outcomes: Outcomes to judge; the one that decides and a few more when None.
        threads: How many threads; all processors when None. Changes nothing but the time.
        progress: Called with the stage, world-months done and world-months to do.

    Raises:
        UnknownNameError: there is no such economy, parameter or outcome; the nearest is offered.
        OutOfRangeError: a number is out of its bounds, or nothing is left to vary.
        AllmendeError: a policy does not fit the economy.

    >>> from allmende.policies import Bounty
    >>> found = explore("commons", policies=[Bounty()], draws=100, members=40, months=12)
    >>> found.judgement("bounty", "exchange_value_to_members").signs.more
    1.0
    """
    found = economy_called(economy)
    known = dict(parameters or {})
    design = (
        sample(found, size=draws, seed=seed, parameters=known) if isinstance(draws, int) else of_draws(draws)
    )
    told = compare(
        found, policies=policies, members=members, months=months, replicates=replicates, seed=seed,
        draws=design.draws, outcome=outcome, threads=threads, progress=progress,
    )  # fmt: skip
    return what_would_have_to_be_true(
        told, design, here=found.parameters.with_values(**cast("dict[str, Any]", known)), outcomes=outcomes,
        progress=progress,
    )  # fmt: skip
