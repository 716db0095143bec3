"""Verification against closed forms: `python -P benchmarks/verification.py > docs/verification.md`.

Each row is a decision rule: it alarms when the simulated figure is more than 4.9 standard errors from the law
(false alarm 10^-6 a row), and it sees a bias of 8 standard errors with 99.9 % power; both are printed.
`--quick` takes a tenth of the draws.
"""

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats

sys.path.append(str(Path(__file__).resolve().parent))

from verification_laws import ALARM, POWER, Row, sampled
from verification_laws import rows as laws

from allmende.kernel import compiled
from allmende.model import audience, month, proposing, recording
from allmende.model.crew import Crew
from allmende.model.parameters import NULL
from allmende.model.recording import Outcome
from allmende.model.rules import Policy
from allmende.model.state import Status
from allmende.model.worlds import Batch, Worlds
from allmende.plugins import get
from allmende.policies.mentoring import Mentoring
from allmende.simulation import Plan, run, simulate

R, ALPHA, A, B = 0.8, 0.5, 0.8, 0.5
LAW = {"r": R, "alpha": ALPHA, "a": A, "b": B}
Numbers = NDArray[np.float64]
BESIDE = """\
## What the rows rest on

CF2 and CF9 to CF15 run the model's own functions and worlds: the law by which members are hired and
dismissed, the ledger, the choice between staying and leaving, the audience and the money of a world without
luck.
CF3, CF6, CF7, CF16 and the covariance of CF15 describe rules that the model does not have (attention is
shared out in expectation, with luck; newcomers bring nobody): they are laws of the numbers it draws, on the
same keys.

## Beside closed forms

* The books of 10,000 random worlds: a random economy, parameters as believed, one to three policies with
  levers anywhere within their bounds, 120 months. `python -P benchmarks/random_worlds.py` found 0 cents
  off in 4.5 million months of flows, 1.9e16 cents from outside, and no account overdrawn. 200 of them run
  in `make test` (`tests/test_random_worlds.py`).
* What does nothing shows nothing: five policies that go through the whole model and do nothing, in 1,000
  random worlds, differ from the baseline in no bit; and a member who never acts changes no bit of anybody
  else's life, in 1,000 worlds with every driver on. The same file.
* Every parameter of every economy at its bounds, at its default and at twice that: what must only rise or
  only fall does (`tests/test_model_bounds.py`).
* Each kernel as plain Python and compiled, bit for bit (`tests/test_model_kernels.py`,
  `tests/test_model_parting.py`)."""


def days_by(age: float, r: float = R, alpha: float = ALPHA, a: float = A, b: float = B) -> float:
    """Active days within `age` months of the first: 1 + E[(1 - p)/p (1 - (alpha/(alpha + p t))^r)]."""

    def inner(p: float) -> float:
        return float((1 - p) / p * (1 - (alpha / (alpha + p * age)) ** r) * stats.beta.pdf(p, a, b))

    return 1 + integrate.quad(inner, 0, 1, limit=500)[0]


def alive_at(age: float, r: float = R, alpha: float = ALPHA, a: float = A, b: float = B) -> float:
    """Chance of not having dropped out: E[(1 - p) (alpha/(alpha + p t))^r]."""

    def inner(p: float) -> float:
        return float((1 - p) * (alpha / (alpha + p * age)) ** r * stats.beta.pdf(p, a, b))

    return float(integrate.quad(inner, 0, 1, limit=500)[0])


def over_month(law: Callable[[float], float], age: int) -> float:
    """The law's mean over members who arrived anywhere in a month that ended `age` months ago."""
    return float(integrate.quad(law, age, age + 1, limit=200)[0])


@dataclass
class Cohorts:
    """What newcomers of a null run did, by month of arrival."""

    days: NDArray[np.int64]
    squares: NDArray[np.int64]
    alive: NDArray[np.int64]
    born: NDArray[np.int64]
    reached: NDArray[np.int64]
    stopped: NDArray[np.int64]


def cohorts(
    members: int, months: int, seed: int, policies: tuple[Policy, ...] = (), **values: float
) -> Cohorts:
    """Run one null world with as many newcomers a month as members, and follow the newcomers."""
    economy = get("economy", "commons")
    given = dict(NULL) | LAW | {"arrivals": 1.0, "history": 1.0} | values
    plan = Plan.of(economy.rules(**given), policies, economy.works, months)
    worlds = month.opened(Batch(seed, members, np.arange(1)), plan.calendar[0], economy.works, Crew())
    found = Cohorts(*(np.zeros(n, np.int64) for n in (months, months, months, months, 400, 400)))
    totals = np.zeros(2 * members + 1_000, np.int64)

    def watch(now: int, state: Worlds) -> None:
        rows = state.standing.rows(0)
        member = state.standing.members
        acting = (member.days[rows] > 0) & (member.arrival[rows] >= 0)
        lifetime = member.lifetime[rows][acting].astype(np.int64)
        days = member.days[rows][acting].astype(np.int64)
        before = lifetime - days
        for n in range(1, 100):
            found.reached[n] += int(((before < n) & (lifetime >= n)).sum())
        gone = member.status[rows][acting] == Status.GONE
        np.add.at(found.stopped, np.minimum(lifetime[gone], 399), 1)
        first = member.arrival[rows] == 0
        if now == 0:
            found.born[0] = int((first & (member.days[rows] > 0)).sum())
        active = first & (member.status[rows] == Status.ACTIVE)
        found.alive[now] = int(active.sum())
        np.add.at(totals, member.rank[rows][first], member.days[rows][first].astype(np.int64))
        found.days[now], found.squares[now] = totals.sum(), (totals**2).sum()

    run(worlds, plan, Outcome.empty(1, months), crew=Crew(), watcher=watch)
    return found


def null_model(scale: float) -> Iterator[Row]:
    """MBG/NBD: days, chance of being alive, hazard by ordinal, one-day share."""
    found = cohorts(int(60_000 * scale), 25, seed=11)
    size = int(found.born[0])
    for age in (0, 1, 5, 11, 24):
        mean = found.days[age] / size
        error = math.sqrt((found.squares[age] / size - mean**2) / size)
        yield Row(
            "MBG/NBD", f"active days by the end of month {age}", over_month(days_by, age), mean, error, size
        )
    for age in (0, 1, 5, 11, 24):
        law = over_month(alive_at, age)
        error = math.sqrt(law * (1 - law) / size)
        yield Row("MBG/NBD", f"alive at the end of month {age}", law, found.alive[age] / size, error, size)
    for n in (1, 2, 3, 4, 6, 8, 16, 32):
        trials = int(found.reached[n])
        law = A / (A + B + n - 1)
        error = math.sqrt(law * (1 - law) / trials)
        name = "hazard after day 1 (one-day share a/(a+b))" if n == 1 else f"hazard after day {n}"
        yield Row("J2", name, law, found.stopped[n] / trials, error, trials)


def answers(scale: float) -> Iterator[Row]:
    """B12: an answer doubles the odds of staying after the first day, against the usual share of answers."""
    usual, response = 0.6, math.log(2)
    for name, policies in (("nobody more is answered", ()), ("mentors answer everybody", (_everybody(),))):
        # Reviewers who keep up: a load would lower the usual share.
        able = {"review_capacity": 1_000.0, "core_days": 1}
        found = cohorts(int(60_000 * scale), 4, 12, policies, response=response, answered=usual, **able)
        share = 1.0 if policies else usual
        law = share * _leaves(response * (1 - usual)) + (1 - share) * _leaves(-response * usual)
        trials = int(found.reached[1])
        error = math.sqrt(law * (1 - law) / trials)
        yield Row("B12", f"one-day share, {name}", law, found.stopped[1] / trials, error, trials)


def _everybody() -> Policy:
    return Mentoring(share=1.0, effort=0.0)


def _leaves(gain: float) -> float:
    """Chance of leaving after the first day where the odds of it are divided by exp(gain)."""

    def inner(p: float) -> float:
        odds = p * math.exp(-gain)
        return float(odds / (1 - p + odds) * stats.beta.pdf(p, A, B))

    return float(integrate.quad(inner, 0, 1, limit=500)[0])


def arrivals(scale: float) -> Iterator[Row]:
    """CF1: who is there after T months of Poisson arrivals is Poisson, whatever the law of staying."""
    worlds, months = int(20_000 * scale), 12
    quiet = dict(NULL) | LAW | {"arrivals": 0.5, "history": 0.0}
    found = simulate("commons", members=40, months=months, replicates=worlds, seed=5, parameters=quiet)
    new = found["newcomers"][0, 0].astype(float)
    counted = new.size
    yield Row("CF1", "newcomers a month, mean", 20.0, new.mean(), math.sqrt(20 / counted), counted)
    dispersion = new.var(ddof=1) / new.mean()
    yield Row(
        "CF1", "newcomers a month, variance over mean", 1.0, dispersion, math.sqrt(2 / counted), counted
    )
    there = _arrived_and_alive(worlds // 4, months)
    expected = 20 * sum(over_month(alive_at, age) for age in range(months))
    size = len(there)
    yield Row(
        "CF1",
        "arrived and alive after 12 months, mean",
        expected,
        there.mean(),
        math.sqrt(expected / size),
        size,
    )
    yield Row(
        "CF1", "arrived and alive, variance over mean", 1.0, there.var(ddof=1) / there.mean(),
        math.sqrt(2 / size), size,
    )  # fmt: skip


def _arrived_and_alive(worlds: int, months: int) -> Numbers:
    economy = get("economy", "commons")
    rules = economy.rules(**(dict(NULL) | LAW | {"arrivals": 0.5, "history": 0.0}))
    plan = Plan.of(rules, (), economy.works, months)
    state = month.opened(Batch(6, 40, np.arange(worlds)), plan.calendar[0], economy.works, Crew())
    run(state, plan, Outcome.empty(worlds, months), crew=Crew())
    member = state.standing.members
    active = (member.status == Status.ACTIVE) & (member.arrival >= 0) & (member.arrival < months)
    return np.add.reduceat(active, state.standing.first[:-1]).astype(float)


def start(scale: float) -> Iterator[Row]:
    """Members at the start are what the months before it would have left."""
    history, size = 24.0, int(300_000 * scale)
    economy = get("economy", "commons")
    rules = economy.rules(**(dict(NULL) | LAW | {"arrivals": 0.0, "history": history}))
    worlds = month.opened(Batch(7, size, np.arange(1)), rules, economy.works, Crew())
    rows = worlds.standing.rows(0)
    rate, chance = worlds.standing.members.rate[rows], worlds.standing.members.dropout[rows]
    moments = _start_moments(history)
    for k, (name, values) in enumerate((("rate", rate), ("dropout chance", chance))):
        yield sampled("start", f"mean {name} of those still there", moments[k], values)
    age = -worlds.standing.members.arrival[rows].astype(float) - 0.5
    law = moments[2]
    # Ages are kept in whole months; within a month survival is nearly straight.
    yield Row(
        "start", "mean months since arrival", law, age.mean(), max(age.std() / math.sqrt(size), 0.004), size
    )


def _start_moments(history: float) -> tuple[float, float, float]:
    """E[rate], E[p], E[age] with weight (1 - p) exp(-rate p t), t uniform on the history."""
    ages = (np.arange(400) + 0.5) * history / 400
    p = stats.beta.ppf((np.arange(4_000) + 0.5) / 4_000, A, B)[:, None]
    stay = (ALPHA / (ALPHA + p * ages)) ** R * (1 - p)
    rate = R / (ALPHA + p * ages)
    total = stay.sum()
    return (
        float((stay * rate).sum() / total),
        float((stay * p).sum() / total),
        float((stay * ages).sum() / total),
    )


def draws(scale: float) -> Iterator[Row]:
    """CF4, CF5, CF8, CF10, the return law and the environment."""
    size = int(200_000 * scale)
    u = np.random.default_rng(3).random(size)
    for n, law in ((2, 0.564190), (10, 1.538753), (50, 2.249074)):
        best = np.array([compiled(proposing.best_of)(n, float(x)) for x in u])
        yield sampled("CF4", f"best of {n} normals", law, best)
    share, p, q = np.array([0.01]), 0.003, 0.08
    by_hand = 0.01
    for _ in range(60):
        share = share + audience.adoption(share, np.array([p]), np.array([q]), np.ones(1))
        by_hand += (1 - by_hand) * (1 - math.exp(-(p + q * by_hand)))
    yield Row("CF5", "adoption after 60 months, discrete map", by_hand, float(share[0]), 0.0, 60)
    amounts = np.sort(np.random.default_rng(4).exponential(1e6, size).astype(np.int64))
    spread = np.zeros(6)
    compiled(recording.spread)(amounts, spread)
    yield Row("CF8", "Gini of exponential amounts", 0.5, spread[1], 0.29 / math.sqrt(size), size)
    yield from _environment(int(4_000 * scale))


def _environment(worlds: int) -> Iterator[Row]:
    economy = get("economy", "commons")
    plan = Plan.of(economy.rules(persistence=0.9), (), economy.works, 24)
    state = month.opened(Batch(8, 1, np.arange(worlds)), plan.calendar[0], economy.works, Crew())
    seen: list[Numbers] = []
    run(
        state,
        plan,
        Outcome.empty(worlds, 24),
        crew=Crew(),
        watcher=lambda _m, w: seen.append(w.environment.copy()),
    )
    last, before = seen[-1], seen[-13]
    yield Row("AR(1)", "environment, variance", 1.0, last.var(ddof=1), math.sqrt(2 / worlds), worlds)
    law = 0.9**12
    found = float(np.corrcoef(last, before)[0, 1])
    yield Row(
        "AR(1)",
        "environment, correlation over 12 months",
        law,
        found,
        (1 - law**2) / math.sqrt(worlds),
        worlds,
    )


def rows(scale: float = 1.0) -> list[Row]:
    """Every comparison."""
    return [row for part in (null_model, answers, arrivals, start, draws, laws) for row in part(scale)]


def main() -> None:
    """Print the page."""
    quick = "--quick" in sys.argv
    table = rows(0.1 if quick else 1.0)
    print("# Verification\n")
    print("Does the simulator do what its description says? With every driver at zero it must be the")
    print("modified beta-geometric / NBD model, whose laws are known. This page is made by")
    print("`python -P benchmarks/verification.py`; `tests/test_model_closed_forms.py` runs a part of it.\n")
    print(f"A row alarms beyond {ALARM} standard errors: a false alarm of 10^-6 a row,")
    print(
        f"{len(table) * 1e-6:.0e} for the page. The last column is the relative bias"
        " that the row\nsees with 99.9 % power.\n"
    )
    print("| law | what | closed form | simulated | z | draws | bias seen |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for row in table:
        seen = f"{(ALARM + POWER) * row.error / abs(row.law):.2%}" if row.error else "exact"
        mark = "" if row.good else " **alarm**"
        print(
            f"| {row.name} | {row.what} | {row.law:.5f} | {row.found:.5f} | {row.z:+.1f}{mark} | "
            f"{row.draws:,} | {seen} |"
        )
    bad = sum(not row.good for row in table)
    print(
        f"\n{len(table)} comparisons, {bad} alarms. A month is held to at most 31 active days and the chance"
    )
    print("of acting on more is negligible at these parameters.\n")
    print(BESIDE)
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
