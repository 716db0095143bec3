"""Comparison: what would policies do, against the same people and the same luck without them?

Every future is simulated with the same draws of parameters and the same luck as the baseline, so an effect is
a difference inside a world. What luck does to both falls out of it; `Effect.gain` says how much that saves.

    told = compare("commons", policies=[Foundation(donations=2), Bounty(pool=100_000)], months=60)
    told.effect("bounty (pool 100000)", "contributions").verdict
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from allmende.effects import Effect, Standing, effect_of, standings_of
from allmende.errors import AllmendeError, OutOfRangeError, UnknownNameError
from allmende.executors import Progress
from allmende.model.beginning import Calibrated
from allmende.model.economy import Economy
from allmende.model.parameters import MemberParams
from allmende.model.rules import Policy, label_of
from allmende.params import Number
from allmende.results import Results, Variable
from allmende.simulation import simulate

__all__ = [
    "GROUPS",
    "Comparison",
    "check_futures",
    "compare",
    "summarised",
]

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "the audience": ("use_value", "service"),
        "newcomers": ("newcomers",),
        "the core": ("core_days",),
        "members outside the core": ("outer_days",),
        "unpaid work": ("use_value_by_volunteers",),
        "paid work": ("use_value_by_paid",),
        "the employed": ("employed_members",),
        "members together": ("active_members", "exchange_value_to_members"),
        "the platform": ("balance_platform",),
        "the foundation": ("balance_foundation",),
        "firms": ("balance_firms",),
        "the sponsor": ("balance_sponsor",),
        "contractors": ("balance_contractors",),
    }
)
"""By which outcomes each group gains or loses."""

_OUTER = "outer_days"
_LEAST_WORLDS = 2
_MARGIN = 1.1


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison returns.

    Args:
        results: The simulated futures, with the days of members outside the core as one more variable.
        outcome: The outcome that decides.
        effects: One for each future and outcome.
        standings: One for each future, the baseline first.
        tried: Worlds of each future, as they were raised until the interval was narrow enough.
        notes: Sentences a reader must see.
    """

    results: Results
    outcome: str
    effects: tuple[Effect, ...]
    standings: tuple[Standing, ...]
    tried: tuple[int, ...]
    notes: tuple[str, ...]

    def effect(self, policy: str, outcome: str) -> Effect:
        """The effect of a future on an outcome.

        Raises:
            UnknownNameError: there is no such future or outcome; the nearest is offered.
        """
        known = self.results.policies[1:]
        if policy not in known:
            raise UnknownNameError("future", policy, known)
        found = {each.name: each for each in self.effects if each.policy == policy}
        if outcome not in found:
            raise UnknownNameError("outcome", outcome, found)
        return found[outcome]


def compare(
    economy: str | Economy | Calibrated,
    *,
    policies: Sequence[Policy | Sequence[Policy]],
    members: int = 1_000,
    months: int = 120,
    replicates: int = 20,
    seed: int = 1,
    draws: int | Sequence[MemberParams] = 1,
    parameters: Mapping[str, Number] | None = None,
    outcome: str = "use_value",
    until_width: float | None = None,
    budget: int = 1_000,
    executor: str = "threads",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """What would policies do, against the same people and the same luck without them?

    Args:
        economy: An economy, its name, or a calibrated community: then every replicate has its own draw from
            what is believed of it.
        policies: Futures besides the baseline, each a policy or several together.
        members: Members each world starts with.
        months: How many months.
        replicates: Worlds of different luck for each draw.
        seed: Seed of the study.
        draws: How many sets of parameters are drawn from the priors, or the sets themselves.
        parameters: Parameters other than the defaults, by name.
        outcome: The outcome that decides which future is better, and whose interval is to be narrow.
        until_width: Worlds are added until the interval of every effect on the outcome is at most so wide,
            as a share of the baseline's mean, or the budget is spent.
        budget: Most worlds of each future.
        executor: Where worlds are run: "serial", "threads", "processes", "ray".
        threads: How many threads, processes or tasks; all processors when None. Neither changes a bit.
        progress: Called with the stage, world-months done and world-months to do.

    Raises:
        UnknownNameError: there is no such economy, parameter or outcome; the nearest is offered.
        OutOfRangeError: a number is out of its bounds, or a policy starts after the end.
        AllmendeError: a policy is given twice in one future, or does not fit the economy.

    >>> from allmende.policies import Bounty
    >>> told = compare("commons", policies=[Bounty()], members=100, months=12, replicates=4)
    >>> told.effect("bounty", "exchange_value_to_members").verdict
    'more'
    """
    check_futures(policies, months)
    if until_width is not None and not until_width > 0:
        raise OutOfRangeError(f"until_width is {until_width}", where="compare", expected="more than 0")
    worlds, tried = replicates, []
    many = draws if isinstance(draws, int) else len(draws)
    while True:
        found = simulate(
            economy, members=members, months=months, replicates=worlds, seed=seed, draws=draws,
            parameters=parameters, policies=policies, executor=executor, threads=threads, progress=progress,
        )  # fmt: skip
        tried.append(worlds * many)
        told = summarised(found, outcome=outcome, tried=tuple(tried))
        more = _worlds_needed(told, until_width, worlds, budget // many)
        if more == worlds:
            return told
        worlds = more


def summarised(results: Results, *, outcome: str = "use_value", tried: tuple[int, ...] = ()) -> Comparison:
    """The comparison that simulated futures hold.

    Args:
        results: Futures, the baseline first.
        outcome: The outcome that decides.
        tried: As in `Comparison`.

    Raises:
        UnknownNameError: there is no such outcome; the nearest is offered.
        OutOfRangeError: there are fewer than two worlds, or there is no future besides the baseline.
    """
    whole = _with_outer(results)
    if outcome not in whole.variables:
        raise UnknownNameError("outcome", outcome, whole.variables)
    futures, draws, replicates, _ = whole[outcome].shape
    if draws * replicates < _LEAST_WORLDS or futures < _LEAST_WORLDS:
        raise OutOfRangeError(
            f"{futures} futures in {draws * replicates} worlds",
            where="compare",
            expected="a baseline and a future, in two worlds or more",
            next_step="Ask for more replicates: an interval needs several.",
        )
    effects = tuple(
        effect_of(whole, name, future) for future in range(1, futures) for name in whole.variables
    )  # fmt: skip
    return Comparison(
        whole,
        outcome,
        effects,
        standings_of(whole, outcome),
        tried or (draws * replicates,),
        whole.notes,
    )


def check_futures(policies: Sequence[Policy | Sequence[Policy]], months: int) -> None:
    """Whether these futures can be compared.

    Args:
        policies: As in `compare`.
        months: Length of the run.

    Raises:
        OutOfRangeError: there is none, or a policy starts after the end.
        AllmendeError: a policy is given twice in one future.
    """
    if not policies:
        raise OutOfRangeError(
            "no policy is given", where="compare", expected="one or more",
            next_step="`allmende list policies` shows those that are installed.",
        )  # fmt: skip
    for future in policies:
        together = tuple(future) if isinstance(future, Sequence) else (future,)
        for one in together:
            if one.start >= months:
                raise OutOfRangeError(
                    f"{label_of(one)} starts in month {one.start}, but the run has {months}",
                    where="compare",
                    expected=f"a start before month {months}",
                )
        kinds = [type(one) for one in together]
        twice = next((one for one in together if kinds.count(type(one)) > 1), None)
        if twice is not None:
            raise AllmendeError(
                f"{type(twice).__name__} is given twice in one future",
                where="compare",
                next_step="Make two futures of them, or one policy with other levers.",
            )


def _worlds_needed(told: Comparison, width: float | None, worlds: int, most: int) -> int:
    """Replicates for intervals as narrow as asked: the width falls with the root of their number."""
    if width is None or worlds >= most:
        return worlds
    widths = [
        (each.high - each.low) / abs(each.baseline)
        for each in told.effects
        if each.name == told.outcome and each.baseline
    ]
    widest = max(widths, default=0.0)
    if not widest > width:
        return worlds
    return min(most, max(worlds + 1, math.ceil(worlds * (widest / width) ** 2 * _MARGIN)))


def _with_outer(results: Results) -> Results:
    if _OUTER in results.variables:
        return results
    outer = Variable(
        _OUTER,
        "days",
        "Active days of members outside the core",
        results["active_days"] - results["core_days"],
    )
    return replace(results, variables={**results.variables, _OUTER: outer})
