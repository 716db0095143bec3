"""Random worlds: the books close, and what does nothing shows nothing (`benchmarks/random_worlds.py`)."""

import importlib.util
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from allmende.model.crew import Crew
from allmende.model.month import opened
from allmende.model.recording import MEASURES, Outcome
from allmende.model.rules import Acts, Parting, Payment, Rules, Shock, View
from allmende.model.state import MEMBER_FIELDS, Status
from allmende.model.worlds import Batch
from allmende.plugins import find, get
from allmende.policies.mentoring import Mentors
from allmende.simulation import Plan, run, simulate

PAGE = Path(__file__).resolve().parent.parent / "benchmarks" / "random_worlds.py"
ECONOMIES = sorted(find("economy"))


@pytest.fixture(scope="module")
def random_worlds() -> ModuleType:
    spec = importlib.util.spec_from_file_location("random_worlds", PAGE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["random_worlds"] = module
    spec.loader.exec_module(module)
    return module


def test_the_books_of_two_hundred_random_worlds_close(random_worlds: ModuleType) -> None:
    found = random_worlds.together(range(4))
    assert found.worlds == 200
    assert found.postings > 10_000
    assert (found.wrong, found.overdrawn) == (0, 0)


@pytest.mark.slow
def test_the_books_of_ten_thousand_random_worlds_close(random_worlds: ModuleType) -> None:
    found = random_worlds.together(range(4, 204))
    assert found.worlds == 10_000
    assert (found.wrong, found.overdrawn) == (0, 0)


def test_a_cent_that_is_missing_is_seen(random_worlds: ModuleType) -> None:
    _, _, results = random_worlds.tried(1)
    outside = ("audience", "advertisers", "donors")
    key, cents = next((key, cents) for key, cents in results.flows.items() if key[1] in outside)
    short = cents.copy()
    short[0, 0, 0, 60] += 1
    wrong = random_worlds.closed(replace(results, flows={**results.flows, key: short})).wrong
    assert wrong == 60, "a cent in each month from the sixtieth on"


def test_random_levers_reach_their_bounds(random_worlds: ModuleType) -> None:
    random = np.random.default_rng(3)
    for plugin in find("policy").values():
        drawn = [random_worlds.any_levers(random, plugin).values() for _ in range(40)]
        for name, said in plugin.levers.declarations().items():
            values = {one[name] for one in drawn}
            assert name == "start" or {said.low, said.high} <= values, (plugin.name, name)


def test_random_futures_hold_any_policy_that_fits(random_worlds: ModuleType) -> None:
    random = np.random.default_rng(3)
    futures = [random_worlds.any_future(random, get("economy", "commons")) for _ in range(60)]
    seen = {policy.policy_name() for future in futures for policy in future}
    assert {"fork", "hiring", "mentoring", "grant", "foundation", "layoff", "bounty"} <= seen
    assert not {"open_call", "contract"} & seen


@dataclass(frozen=True)
class Nothing:
    """A policy that goes the whole way through the model and does nothing."""

    how: str
    start: int = 3

    @property
    def name(self) -> str:
        return self.how

    def __call__(self, rules: Rules, /) -> Rules:
        match self.how:
            case "a change by nothing":
                return rules.with_change("gate", times=1.0, add=0.0)
            case "a shock of nothing":
                return rules.with_shock(Shock(self.start, 0.0))
            case "a parting of nobody":
                return rules.with_parting(Parting(self.start, 0.0, 0.0, 0.0, 0.0))
            case "mentors who answer nobody":
                return rules.with_institution(Mentors(0.0))
            case "a payer of nothing":
                return rules.with_institution(Payer())
        raise AssertionError(self.how)


@dataclass(frozen=True)
class Payer:
    """Pays nothing to each, hires nobody, dismisses nobody."""

    name: str = "payer"

    def __call__(self, view: View, /) -> Acts:
        paid = Payment("donors", "members", view.cents(0.0), kind="nothing", basis="supporters")
        return Acts(payments=(paid,), hire=0.0, layoff=0.0, recruit=0.0, offer=0.0, admit=0.0)


NOTHINGS = (
    "a change by nothing", "a shock of nothing", "a parting of nobody", "mentors who answer nobody",
    "a payer of nothing",
)  # fmt: skip


def nothing_shows(number: int, draws: int) -> int:
    """Differences between the baseline and five policies that do nothing, over all measures and months."""
    results = simulate(
        ECONOMIES[number % len(ECONOMIES)], members=40, months=16, replicates=1, seed=number, draws=draws,
        policies=[Nothing(how) for how in NOTHINGS], threads=1,
    )  # fmt: skip
    found = 0
    for name in MEASURES:
        values = results[name]
        found += sum(int(not np.array_equal(values[0], each, equal_nan=True)) for each in values[1:])
    return found


def test_what_does_nothing_shows_nothing_in_a_hundred_worlds() -> None:
    """A6, exactly: the whole machinery is gone through, and no bit differs."""
    assert sum(nothing_shows(number, 25) for number in range(4)) == 0


@pytest.mark.slow
def test_what_does_nothing_shows_nothing_in_a_thousand_worlds() -> None:
    assert sum(nothing_shows(number, 50) for number in range(4, 24)) == 0


def with_an_idle_member(economy: str, worlds: int, extra: int) -> dict[str, np.ndarray]:
    """What is recorded of worlds in which the last member never does anything."""
    found = get("economy", economy)
    plan = Plan.of(found.rules(), (), found.works, 24)
    state = opened(Batch(5, 60, np.arange(worlds)), plan.calendar[0], found.works, Crew())
    for world in range(worlds if extra else 0):
        row = int(state.standing.first[world] + state.standing.count[world])
        assert row < state.standing.first[world + 1], "there is room"
        for name in MEMBER_FIELDS:
            getattr(state.standing.members, name)[row] = 0
        state.standing.members.arrival[row], state.standing.members.rank[row] = -1, 2**30
        state.standing.members.status[row] = Status.ACTIVE
        state.standing.count[world] += 1
    outcome = Outcome.empty(worlds, 24)
    run(state, plan, outcome, crew=Crew())
    return outcome.measures


@pytest.mark.parametrize("economy", ECONOMIES)
def test_a_member_who_does_nothing_changes_nobody_else(economy: str) -> None:
    """A7, 250 worlds of each economy with every driver on: only the number of members differs, by one."""
    alone, joined = (with_an_idle_member(economy, 250, extra) for extra in (0, 1))
    for name, values in alone.items():
        if name == "members":
            assert np.array_equal(joined[name], values + 1)
        else:
            assert np.array_equal(joined[name], values, equal_nan=True), name
