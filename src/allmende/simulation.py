"""Simulation: worlds month by month.

The loop in `run` is the only loop over months of the package and is to be read as the documentation of the
model. A month has eight steps:

    1 rules      policies whose start has come change the rules
    2 offers     institutions publish what they will pay, admit, ask
    3 choose     every member chooses at once, from last month's world
    4 work       choices become works, reviews, revisions
    5 audience   attention falls on works; service follows load
    6 money      payments are posted, double entry
    7 turnover   members leave, return, arrive
    8 record     rows are added to the panel

The bits of a result do not depend on threads, batches, or interruptions.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from allmende.executors import Progress
from allmende.model.asking import Asked, asked, check_memory, workers_of
from allmende.model.audience import serve
from allmende.model.checkpoints import claim, read_outcome, read_state, write_outcome, write_state
from allmende.model.crew import Crew, crew_of
from allmende.model.diary import Diary
from allmende.model.economy import Economy
from allmende.model.month import (
    audit,
    choices,
    close,
    enact,
    offers,
    opened,
    record,
    settlement,
    turnover,
    views_of,
    works_of,
)
from allmende.model.parameters import MemberParams
from allmende.model.payments import pay
from allmende.model.recording import MEASURES, Outcome
from allmende.model.rules import Policy, Rules
from allmende.model.works import Works
from allmende.model.worlds import Batch, Worlds
from allmende.panel import Panel
from allmende.params import Number
from allmende.plugins import get
from allmende.results import Replay, Results, Variable

__all__ = ["Plan", "diary", "run", "simulate"]

MONTHS_A_CHECKPOINT = 12
PREPARING = "preparing (the first run on a machine compiles the model: about 15 seconds)"
NOTE_YEARLY = "Figures of a whole year stand under its last month and are empty elsewhere."
NOTE_START = "The past of members at the start is not recorded; month 0 holds institutions' endowments."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch of worlds runs through.

    Args:
        works: Form of works.
        calendar: The rules of each month; the same object as long as they are the same.
    """

    works: Works
    calendar: tuple[Rules, ...]

    @classmethod
    def of(cls, rules: Rules, policies: tuple[Policy, ...], works: Works, months: int) -> "Plan":
        """The plan of a run: in each month every policy whose start has come, in order."""
        calendar: list[Rules] = []
        known: dict[tuple[int, ...], Rules] = {}
        for month in range(months):
            started = tuple(k for k, policy in enumerate(policies) if policy.start <= month)
            if started not in known:
                known[started] = rules
                for k in started:
                    known[started] = policies[k](known[started])
            calendar.append(known[started])
        return cls(works, tuple(calendar))


def run(
    worlds: Worlds,
    plan: Plan,
    outcome: Outcome,
    *,
    start: int = 0,
    crew: Crew,
    watcher: Callable[[int, Worlds], None] | None = None,
) -> None:
    """Run a batch of worlds from a month to the end of the plan; worlds and outcome change in place.

    Args:
        worlds: The worlds at the beginning of month `start`.
        plan: What they run through.
        outcome: Filled, one column a month.
        start: First month to run.
        crew: Threads.
        watcher: Called with each month and the worlds at its end, before the next begins.
    """
    for month in range(start, len(plan.calendar)):
        values = enact(worlds, plan.calendar[month], month)  # 1 rules
        acts = offers(worlds, values, plan.calendar[month], month)  # 2 offers
        sums = choices(worlds, values, acts, plan.works, crew, month)  # 3 choose
        works_of(worlds, values, acts, plan.works, sums, month)  # 4 work
        asked, served = serve(worlds, values, acts.capacity)  # 5 audience
        views = views_of(worlds, values, served, plan.works, crew, month)
        paid = pay(worlds, acts, views, month)  # 6 money
        settlement(worlds, values, acts, sums, views, paid, crew)
        turnover(worlds, values, acts, crew, month)  # 7 turnover
        record(worlds, values, sums, asked, served, outcome.measures, month)  # 8 record
        audit(worlds, month)
        if watcher is not None:
            watcher(month, worlds)
    close(worlds, outcome.flows, len(plan.calendar))


def simulate(
    economy: str | Economy,
    *,
    members: int = 1_000,
    months: int = 120,
    replicates: int = 20,
    seed: int = 1,
    draws: int | Sequence[MemberParams] = 1,
    parameters: Mapping[str, Number] | None = None,
    policies: Sequence[Policy | Sequence[Policy]] = (),
    threads: int | None = None,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> Results:
    """What happens in such an economy, and how differently it may turn out?

    Args:
        economy: An economy, or its name.
        members: Members each world starts with.
        months: How many months.
        replicates: Worlds of different luck for each draw.
        seed: Seed of the study; the same seed gives the same bits.
        draws: How many sets of parameters are drawn from the priors (1: the parameters as they are), or
            the sets themselves, from a calibration.
        parameters: Parameters other than the defaults, by name.
        policies: Futures to be simulated besides the baseline, each a policy or several together; all meet
            the same people and the same luck.
        threads: How many threads; all processors when None. Changes nothing but the time.
        progress: Called with the stage, world-months done and world-months to do.
        checkpoint: Folder in which the state is kept every twelve months and from which an interrupted
            run of the same question goes on.

    Returns:
        Results with the dimensions policy, draw, replicate, month.

    Raises:
        UnknownNameError: there is no such economy or parameter; the nearest is offered.
        OutOfRangeError: a number is out of its bounds.
        BudgetExceededError: it would not fit into memory; said before anything is reserved.
        StoreError: the checkpoint belongs to another question or is damaged.

    >>> results = simulate("commons", members=100, months=12, replicates=2)
    >>> results["active_members"].shape
    (1, 1, 2, 12)
    """
    found = _economy(economy)
    wanted = asked(
        found, members=members, months=months, replicates=replicates, seed=seed, draws=draws,
        parameters=parameters, policies=policies,
    )  # fmt: skip
    workers = workers_of(threads)
    check_memory(wanted, at_once=workers)
    if checkpoint is not None:
        claim(checkpoint, wanted.fingerprint())
    outcomes = _outcomes(wanted, workers, progress, checkpoint)
    return _results(wanted, outcomes, members, parameters)


def diary(
    economy: str | Economy,
    *,
    members: int = 1_000,
    months: int = 120,
    replicate: int = 0,
    seed: int = 1,
    parameters: Mapping[str, Number] | MemberParams | None = None,
    policies: Sequence[Policy] = (),
) -> Panel:
    """Who did what in which month of one simulated world, as readers fill it?

    The world is the one of that replicate of `simulate` with the same question: names decide draws, so it
    is run again and gives the same bits.

    Args:
        economy: An economy, or its name.
        members: Members the world starts with.
        months: How many months.
        replicate: Which replicate (with several draws: draw x replicates + replicate).
        seed: Seed of the study.
        parameters: Parameters other than the defaults, or a whole set of them.
        policies: Policies in force, each from its start.

    Raises:
        UnknownNameError: there is no such economy or parameter.
        OutOfRangeError: a number is out of its bounds.

    >>> panel = diary("commons", members=50, months=12)
    >>> panel.origin, panel.length
    ('simulated', 12)
    """
    found = _economy(economy)
    given, sets = (None, (parameters,)) if isinstance(parameters, MemberParams) else (parameters, 1)
    wanted = asked(
        found,
        members=members,
        months=months,
        replicates=1,
        seed=seed,
        draws=sets,
        parameters=given,
        policies=(),
    )
    batch = Batch(seed, members, np.array([replicate], np.int64))
    plan = Plan.of(Rules(wanted.draws[0], found.institutions), tuple(policies), found.works, months)
    worlds = opened(batch, plan.calendar[0], found.works, Crew())
    pages = Diary(found.works)
    run(worlds, plan, Outcome.empty(1, months), crew=Crew(), watcher=pages.note)
    return pages.panel(worlds, months)


def _economy(economy: str | Economy) -> Economy:
    found = economy if isinstance(economy, Economy) else get("economy", economy)
    assert isinstance(found, Economy)
    return found


def _outcomes(
    wanted: Asked, workers: int, progress: Progress | None, checkpoint: Path | None
) -> list[Outcome]:
    """What is recorded of each batch. Many batches go to threads one each; few share all threads."""
    whole = wanted.batch()
    parts = [(future, whole.part(worlds)) for future, worlds in wanted.parts()]
    total = float(sum(batch.size for _, batch in parts) * wanted.months)
    done = [0.0]

    def tell(size: int) -> None:
        done[0] += size
        if progress is not None:
            progress("simulating", done[0], total)

    if progress is not None:
        progress(PREPARING, 0.0, None)
    if workers == 1 or len(parts) < 2 * workers:
        with crew_of(workers) as crew:
            return [_outcome(wanted, part, crew, tell, checkpoint) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        run_part = lambda part: _outcome(wanted, part, Crew(), tell, checkpoint)  # noqa: E731
        return list(pool.map(run_part, parts))


def _outcome(
    wanted: Asked,
    part: tuple[int, Batch],
    crew: Crew,
    tell: Callable[[int], None],
    checkpoint: Path | None,
) -> Outcome:
    """Run one batch from its beginning, or from where it was interrupted."""
    future, batch = part
    name = f"future-{future}-worlds-{batch.replicates[0]}-{batch.replicates[-1]}"
    finished = checkpoint / f"{name}.done" if checkpoint else None
    if finished is not None and finished.exists():
        tell(batch.size * wanted.months)
        return read_outcome(finished)
    works = wanted.economy.works
    plan = Plan.of(
        Rules(wanted.draws[0], wanted.economy.institutions), wanted.policies[future], works, wanted.months
    )
    worlds = opened(batch, plan.calendar[0], works, crew)
    outcome, start = Outcome.empty(batch.size, wanted.months), 0
    state = checkpoint / f"{name}.state" if checkpoint else None
    if state is not None and state.exists():
        start = read_state(state, worlds, outcome)

    def watch(month: int, worlds: Worlds) -> None:
        tell(batch.size)
        if state is not None and (month + 1) % MONTHS_A_CHECKPOINT == 0 and month + 1 < wanted.months:
            write_state(state, worlds, outcome, month + 1)

    tell(batch.size * start)
    run(worlds, plan, outcome, start=start, crew=crew, watcher=watch)
    if finished is not None:
        write_outcome(finished, outcome)
    if state is not None:
        state.unlink(missing_ok=True)
    return outcome


def _results(
    wanted: Asked, outcomes: list[Outcome], members: int, parameters: Mapping[str, Number] | None
) -> Results:
    """The outcomes of all batches, put together."""
    shape = (len(wanted.policies), len(wanted.draws), wanted.replicates, wanted.months)
    joined = {
        name: np.concatenate([each.measures[name] for each in outcomes]).reshape(shape) for name in MEASURES
    }
    variables = {
        name: Variable(
            name,
            measure.unit,
            measure.title,
            joined[name].astype(np.int64) if measure.whole else joined[name],
        )
        for name, measure in MEASURES.items()
    }
    keys = sorted({key for each in outcomes for key in each.flows})
    flows = {
        key: np.concatenate([_flow(each, key, wanted.months) for each in outcomes]).reshape(shape)
        for key in keys
    }
    arguments: dict[str, Any] = {
        "economy": wanted.economy.name, "members": members, "months": wanted.months,
        "replicates": wanted.replicates, "draws": len(wanted.draws), "parameters": dict(parameters or {}),
        "policies": [[repr(policy) for policy in future] for future in wanted.policies],
    }  # fmt: skip
    return Results(
        policies=wanted.labels,
        months=np.arange(wanted.months, dtype=np.int32),
        variables=variables,
        parameters=tuple(wanted.draws[0].describe()),
        replay=Replay("simulate", arguments, wanted.seed, version("allmende")),
        flows=flows,
        notes=(NOTE_YEARLY, NOTE_START),
    )


def _flow(outcome: Outcome, key: tuple[str, str, str], months: int) -> Any:
    worlds = len(next(iter(outcome.measures.values())))
    return outcome.flows.get(key, np.zeros((worlds, months), np.int64))
