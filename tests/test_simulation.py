"""Worlds: the same bits however they are run, books that close, and refusals before anything is reserved."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from allmende import simulation
from allmende.errors import BudgetExceededError, OutOfRangeError, StoreError, UnknownNameError
from allmende.model import asking
from allmende.model.parameters import NULL
from allmende.model.rules import Rules
from allmende.policies import Bounty, Gate
from allmende.results import Results
from allmende.simulation import economy_called, simulate

ECONOMIES = ("commons", "crowdsourcing", "sharing")


def small(economy: str = "commons", **options) -> Results:
    asked = {"members": 150, "months": 30, "replicates": 6, "seed": 3, "threads": 1} | options
    return simulate(economy, **asked)


@pytest.mark.parametrize("economy", ECONOMIES)
def test_threads_and_batches_change_nothing(economy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small(economy)
    for threads in (2, 3):
        assert small(economy, threads=threads).hash() == whole.hash()
    for rows in (1, 1_000, 3_000):
        monkeypatch.setattr(asking, "ROWS_A_BATCH", rows)
        assert small(economy, threads=2).hash() == whole.hash()


def test_a_large_world_is_shared_by_threads() -> None:
    alone = small(members=9_000, months=14, replicates=1)
    assert small(members=9_000, months=14, replicates=1, threads=3).hash() == alone.hash()


@pytest.mark.parametrize("economy", ECONOMIES)
def test_an_interrupted_run_goes_on_to_the_same_bits(economy: str, tmp_path: Path) -> None:
    whole = small(economy, months=40)

    class StoppedError(Exception):
        pass

    for stop in (15, 27):

        def progress(_stage: str, done: float, _total: float | None, stop: int = stop) -> None:
            if done >= stop * 6:
                raise StoppedError

        with pytest.raises(StoppedError):
            small(economy, months=40, checkpoint=tmp_path / "kept", progress=progress)
    assert list((tmp_path / "kept").glob("*.state"))
    assert small(economy, months=40, checkpoint=tmp_path / "kept").hash() == whole.hash()
    assert small(economy, months=40, checkpoint=tmp_path / "kept").hash() == whole.hash()


def test_a_checkpoint_of_another_question_is_refused(tmp_path: Path) -> None:
    small(checkpoint=tmp_path / "kept", months=3)
    with pytest.raises(StoreError, match="another question"):
        small(checkpoint=tmp_path / "kept", months=4)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    with pytest.raises(StoreError, match="something else"):
        small(checkpoint=tmp_path / "other")


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    small(checkpoint=tmp_path / "kept", months=3)
    done = next((tmp_path / "kept").glob("*.done"))
    content = bytearray(done.read_bytes())
    content[len(content) // 2] ^= 1
    done.write_bytes(content)
    with pytest.raises(StoreError, match="checksum") as caught:
        small(checkpoint=tmp_path / "kept", months=3)
    assert done.name in str(caught.value)


def test_replicates_differ_and_do_not_depend_on_how_many_there_are() -> None:
    few, many = small(replicates=2), small(replicates=6)
    assert np.array_equal(few["contributions"], many["contributions"][:, :, :2])
    assert not np.array_equal(many["contributions"][0, 0, 0], many["contributions"][0, 0, 1])


def test_months_run_later_do_not_change_those_before() -> None:
    short, long = small(months=10), small(months=30)
    assert np.array_equal(short["contributions"], long["contributions"][..., :10])


def test_one_member_more_changes_nobody_else_s_luck() -> None:
    """With every driver off, a member more adds what that member does, and changes nothing else (A7)."""
    quiet = dict(NULL) | {"arrivals": 0.0}
    few = small("commons", members=40, parameters=quiet)["active_days"]
    more = small("commons", members=41, parameters=quiet)["active_days"]
    assert np.all(more >= few)
    assert np.any(more > few)


@dataclass(frozen=True, slots=True)
class Thanks:
    """A policy for tests: recognition of the core."""

    dose: float = 0.0
    start: int = 12

    def __call__(self, rules: Rules) -> Rules:
        return rules.with_parameters(recognition_core=self.dose)


@pytest.mark.parametrize("economy", ECONOMIES)
def test_a_policy_of_zero_dose_is_the_baseline_and_none_acts_before_its_start(economy: str) -> None:
    found = small(economy, policies=[Thanks(), Thanks(dose=0.5)])
    days = found["active_days"]
    assert np.array_equal(days[0], days[1])
    assert np.array_equal(days[0, ..., :12], days[2, ..., :12])
    assert days[2, ..., 12:].sum() > days[0, ..., 12:].sum()
    assert found.policies == ("baseline", "Thanks", "Thanks 2")


@pytest.mark.parametrize("economy", ECONOMIES)
def test_exchange_value_is_what_came_in_and_somebody_keeps_it(economy: str) -> None:
    found = small(economy)
    kept = sum(found[name] for name in found.variables if name.startswith("exchange_value_to_"))
    assert np.array_equal(kept, found["exchange_value"])
    outside = sum(
        cents
        for (_, payer, _), cents in found.flows.items()
        if payer in {"audience", "advertisers", "donors"}
    )
    assert np.array_equal(outside, found["exchange_value"])
    held = sum(found[name][..., -1] for name in found.variables if name.startswith("balance_"))
    assert np.array_equal(held, found["exchange_value"].sum(axis=-1))


@pytest.mark.parametrize("economy", ECONOMIES)
def test_use_value_is_made_by_somebody(economy: str) -> None:
    found = small(economy)
    made = sum(found[name] for name in found.variables if name.startswith("use_value_by_"))
    assert np.allclose(made, found["use_value"], rtol=1e-9)


def test_nobody_is_a_world_too() -> None:
    found = small(members=0)
    assert found["members"].sum() == found["contributions"].sum() == 0
    assert np.isfinite(found["use_value"]).all()


def test_extinction_in_the_first_month() -> None:
    """All are certain to drop out after a day, act at once, and nobody comes."""
    doomed = dict(NULL) | {"arrivals": 0.0, "a": 20.0, "b": 0.05, "r": 20.0, "alpha": 0.01, "history": 0.0}
    found = small(parameters=doomed)
    assert found["members"][..., 0].min() == 150
    assert found["members"][..., 2:].sum() == 0


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"months": 0}, OutOfRangeError, "at least one month"),
        ({"members": -1}, OutOfRangeError, "members is -1"),
        ({"replicates": 0}, OutOfRangeError, "replicates is 0"),
        ({"threads": 0}, OutOfRangeError, "threads is 0"),
        ({"members": 2.5}, OutOfRangeError, "2.5"),
        ({"seed": 2**63}, OutOfRangeError, "seed is 9"),
        ({"parameters": {"belongin": 0.2}}, UnknownNameError, "Did you mean 'belonging'"),
        ({"parameters": {"reach": -1.0}}, OutOfRangeError, "reach is -1"),
        ({"economy": "comons"}, UnknownNameError, "Did you mean 'commons'"),
    ],
)
def test_bad_input_is_refused_with_a_next_step(options: dict, error: type, says: str) -> None:
    with pytest.raises(error) as caught:
        small(**options)
    assert says in str(caught.value)


def test_memory_beyond_the_machine_is_refused_before_it_is_reserved() -> None:
    with pytest.raises(BudgetExceededError) as caught:
        small(members=900_000_000, replicates=50)
    assert "GiB" in str(caught.value)
    assert "fewer" in str(caught.value)


def test_a_billion_cents_are_paid_without_overflow() -> None:
    rich = {"revenue_a_user": 1e9, "market": 1e6, "wage": 1e9}
    found = small("commons", parameters=rich, months=120, replicates=1, members=100)
    assert found["balance_firms"].max() > 1e15
    assert found["exchange_value"].min() >= 0


def test_memory_free_is_a_number() -> None:
    assert asking.free_memory() > 2**20


def test_draws_from_the_priors_differ_and_given_values_stay() -> None:
    found = small(draws=3, replicates=2, parameters={"belonging": 0.4})
    assert found["contributions"].shape == (1, 3, 2, 30)
    assert len({float(x) for x in found["contributions"][0, :, 0].mean(axis=-1)}) == 3


def test_the_month_has_the_eight_steps_of_the_docstring() -> None:
    """The schedule is written once in words and once in code; they must not part (ODD element 3)."""
    import inspect
    import re

    source = inspect.getsource(simulation.run)
    steps = re.findall(r"^    (\d) (\w+)  ", simulation.__doc__ or "", re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, 9))
    assert re.findall(r"# (\d) (\w+)", source) == steps


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_no_executor_changes_a_bit(executor) -> None:
    question = {
        "members": 40,
        "months": 13,
        "replicates": 3,
        "draws": 3,
        "policies": [Bounty(start=2), (Gate(), Bounty())],
    }
    told = []
    elsewhere = simulate(
        "commons", **question, executor=executor, threads=2, progress=lambda *step: told.append(step)
    )
    assert elsewhere.hash() == simulate("commons", **question).hash()
    assert told[-1] == ("simulating", 27 * 13, 27 * 13)


def test_an_unknown_executor_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'processes'"):
        simulate("commons", members=10, months=2, replicates=1, executor="proceses")


def test_any_cut_of_the_worlds_is_the_same_batch() -> None:
    wanted = asking.asked(
        economy_called("commons"), members=20, months=2, replicates=3, seed=4, draws=5, parameters=None,
        policies=(),
    )  # fmt: skip
    whole = wanted.batch()
    for first, last in ((0, 1), (2, 7), (14, 15), (0, 15)):
        part, cut = whole.part(slice(first, last)), wanted.batch(slice(first, last))
        assert np.array_equal(part.replicates, cut.replicates)
        for name, drawn in part.drawn.items():
            fixed = np.full(last - first, float(wanted.draws[0].values()[name]))
            assert np.array_equal(drawn, cut.drawn.get(name, fixed)), name


def test_a_checkpoint_serves_every_executor(tmp_path) -> None:
    """Batches that one executor finished are taken over by another."""
    first = small(checkpoint=tmp_path, executor="processes", threads=2)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.done")}
    assert small(checkpoint=tmp_path, executor="serial", threads=None).hash() == first.hash()
    assert before == {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.done")}
    assert before


def test_the_largest_seed_is_one() -> None:
    results = simulate("commons", members=10, months=2, replicates=1, seed=2**63 - 1)
    assert results["active_members"].shape == (1, 1, 1, 2)
