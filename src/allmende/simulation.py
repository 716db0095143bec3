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
from functools import partial
from pathlib import Path

import numpy as np

from allmende import executors
from allmende.executors import Progress
from allmende.model.asking import Asked, asked, check_memory, workers_of
from allmende.model.audience import serve
from allmende.model.beginning import Calibrated
from allmende.model.checkpoints import claim, read_outcome, read_state, write_outcome, write_state
from allmende.model.crew import Crew, crew_of
from allmende.model.diary import Diary
from allmende.model.economy import Economy
from allmende.model.gathering import gathered
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
from allmende.model.recording import Outcome
from allmende.model.rules import Policy, Rules
from allmende.model.works import Works
from allmende.model.worlds import Batch, Worlds
from allmende.panel import Panel
from allmende.params import Number
from allmende.plugins import get
from allmende.results import Results

__all__ = ["Plan", "diary", "economy_called", "outcome_of", "run", "simulate"]

MONTHS_A_CHECKPOINT = 12
_PARTS_A_WORKER = 4
PREPARING = "preparing (the first run on a machine compiles the model: about 15 seconds)"


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
    economy: str | Economy | Calibrated,
    *,
    members: int = 1_000,
    months: int = 120,
    replicates: int = 20,
    seed: int = 1,
    draws: int | Sequence[MemberParams] = 1,
    parameters: Mapping[str, Number] | None = None,
    policies: Sequence[Policy | Sequence[Policy]] = (),
    executor: str = "threads",
    threads: int | None = None,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> Results:
    """What happens in such an economy, and how differently it may turn out?

    Args:
        economy: An economy, its name, or a calibrated community: then worlds start with its own members,
            and every replicate with a draw of its own from what is believed of it.
        members: Members each world starts with; a community brings its own.
        months: How many months.
        replicates: Worlds of different luck for each draw.
        seed: Seed of the study; the same seed gives the same bits.
        draws: How many sets of parameters are drawn from the priors (1: the parameters as they are), or
            the sets themselves, from a calibration.
        parameters: Parameters other than the defaults, by name.
        policies: Futures to be simulated besides the baseline, each a policy or several together; all meet
            the same people and the same luck.
        executor: Where worlds are run: "serial", "threads", "processes", "ray".
        threads: How many threads, processes or tasks; all processors when None. Neither changes a bit.
        progress: Called with the stage, world-months done and world-months to do.
        checkpoint: Folder in which the state is kept every twelve months and from which an interrupted
            run of the same question goes on.

    Returns:
        Results with the dimensions policy, draw, replicate, month.

    Raises:
        UnknownNameError: there is no such economy, parameter or executor; the nearest is offered.
        OutOfRangeError: a number is out of its bounds.
        BudgetExceededError: it would not fit into memory; said before anything is reserved.
        StoreError: the checkpoint belongs to another question or is damaged.

    >>> results = simulate("commons", members=100, months=12, replicates=2)
    >>> results["active_members"].shape
    (1, 1, 2, 12)
    """
    wanted = asked(
        economy if isinstance(economy, Calibrated) else economy_called(economy), members=members,
        months=months, replicates=replicates, seed=seed, draws=draws, parameters=parameters,
        policies=policies,
    )  # fmt: skip
    workers = 1 if executor == "serial" else workers_of(threads)
    check_memory(wanted, at_once=workers)
    if checkpoint is not None:
        claim(checkpoint, wanted.fingerprint())
    if executor in {"serial", "threads"}:
        outcomes = _outcomes(wanted, workers, progress, checkpoint)
    else:
        outcomes = _elsewhere(wanted, executor, workers, progress, checkpoint)
    return gathered(wanted, outcomes, parameters)


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
    found = economy_called(economy)
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
    pages, worlds.noted = Diary(found.works), True
    run(worlds, plan, Outcome.empty(1, months), crew=Crew(), watcher=pages.note)
    return pages.panel(worlds, months)


def economy_called(economy: str | Economy) -> Economy:
    """The economy of that name, or the one that was given.

    Raises:
        UnknownNameError: there is no such economy; the nearest is offered.
    """
    found = economy if isinstance(economy, Economy) else get("economy", economy)
    assert isinstance(found, Economy)
    return found


def _outcomes(
    wanted: Asked, workers: int, progress: Progress | None, checkpoint: Path | None
) -> list[Outcome]:
    """What is recorded of each batch. Batches go to threads, one each; what cannot be dealt out is shared."""
    # A checkpoint is told apart by its batches, so with one they do not depend on the number of threads.
    parts = list(wanted.parts(None if checkpoint else -(-wanted.worlds // workers)))
    total = float(wanted.worlds * len(wanted.policies) * wanted.months)
    done = [0.0]

    def tell(size: int) -> None:
        done[0] += size
        if progress is not None:
            progress("simulating", done[0], total)

    if progress is not None:
        progress(PREPARING, 0.0, None)
    answer = partial(outcome_of, wanted, tell=tell, checkpoint=checkpoint)
    if workers == 1 or (len(parts) % workers and len(parts) < _PARTS_A_WORKER * workers):
        with crew_of(workers) as crew:
            return [answer(part, crew=crew) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(answer, parts))


def _elsewhere(
    wanted: Asked, executor: str, workers: int, progress: Progress | None, checkpoint: Path | None
) -> list[Outcome]:
    """What is recorded of each batch, by workers in other processes."""
    shares = -(-wanted.worlds * len(wanted.policies) // (_PARTS_A_WORKER * workers))
    parts = list(wanted.parts(None if checkpoint else min(shares, wanted.worlds_a_piece)))
    months = sum(worlds.stop - worlds.start for _, worlds in parts) * wanted.months / len(parts)

    def tell(stage: str, done: float, _total: float | None) -> None:
        if progress is not None:
            progress(stage, done * months, len(parts) * months)

    answer = partial(outcome_of, wanted, checkpoint=checkpoint)
    return list(
        executors.run(answer, parts, executor=executor, workers=workers, progress=tell, stage="simulating")
    )


def outcome_of(
    wanted: Asked,
    part: tuple[int, slice],
    *,
    crew: Crew | None = None,
    tell: Callable[[int], None] = lambda _: None,
    checkpoint: Path | None = None,
) -> Outcome:
    """Run some worlds of a future from their beginning, or from where they were interrupted.

    Args:
        wanted: What was asked.
        part: Which future, and which of its worlds.
        crew: Threads; the calling one when None.
        tell: Called with the number of worlds when they have got through a month.
        checkpoint: Folder in which their state is kept.
    """
    future, chosen = part
    crew, batch = crew or Crew(), wanted.batch(chosen)
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
