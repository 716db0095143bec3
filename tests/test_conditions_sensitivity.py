"""Shares of variance: closed forms, SALib's answers, and how often chance is taken for a cause."""

import sys
from collections.abc import Iterator
from math import pi

import numpy as np
import pytest

from allmende.conditions.design import saltelli, sample
from allmende.conditions.sensitivity import cosines, holm, shares, total_shares
from allmende.errors import AllmendeError, OutOfRangeError

PAY = ("pay_jump", "pay_norm", "pay_unit")
ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)


def ishigami(unit: np.ndarray) -> np.ndarray:
    """The field's test function, whose indices are known (a = 7, b = 0.1)."""
    x = 2 * pi * unit - pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.fixture
def salib() -> Iterator[None]:
    """SALib, whose import draws in pandas; it must not change what is random elsewhere."""
    pytest.importorskip("SALib", reason="SALib is not installed")
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what is watched
    yield
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002 - as above


def test_the_shares_of_ishigami_are_the_known_ones() -> None:
    unit = sample("commons", size=2_048, names=PAY).unit
    found = shares(unit, PAY, ishigami(unit))
    assert [each.parameter for each in found] == list(PAY)
    for each, truth in zip(found, ISHIGAMI_FIRST, strict=True):
        assert each.share == pytest.approx(truth, abs=0.04)
        assert each.low - 0.02 <= truth <= each.high + 0.02
    assert [each.p < 1e-6 for each in found] == [True, True, False]


def test_steps_bends_and_slopes_are_seen_and_their_shares_add_up() -> None:
    unit = sample("commons", size=1_024, names=PAY).unit
    outcome = 2.0 * (unit[:, 0] > 0.5) + 12**0.5 * unit[:, 1] + 80**0.5 * 1.5 * (unit[:, 2] - 0.5) ** 2
    variances = np.array([1.0, 1.0, 80 * 2.25 / 180])
    truth = variances / variances.sum()
    found = np.array([each.share for each in shares(unit, PAY, outcome)])
    # Six cosines see 93 % of a step in the middle.
    assert found == pytest.approx(truth * [0.933, 1, 1], abs=0.04)


def test_salib_finds_the_same_shares(salib: None) -> None:
    from SALib.analyze import rbd_fast

    unit = sample("commons", size=1_024, names=PAY).unit
    outcome = ishigami(unit) + np.random.default_rng(1).normal(0, 2, 1_024)
    problem = {"num_vars": 3, "names": list(PAY), "bounds": [[0, 1]] * 3}
    theirs = rbd_fast.analyze(problem, unit, outcome, seed=np.random.default_rng(1))["S1"]
    ours = [each.share for each in shares(unit, PAY, outcome)]
    assert ours == pytest.approx(theirs, abs=0.03)


def test_total_shares_count_interplay(salib: None) -> None:
    unit = saltelli("commons", size=1_024, names=PAY).unit
    found = total_shares(PAY, ishigami(unit), seed=1)
    assert [each.share for each in found] == pytest.approx(ISHIGAMI_TOTAL, abs=0.08)
    assert all(each.low <= truth <= each.high for each, truth in zip(found, ISHIGAMI_TOTAL, strict=True))


def test_without_salib_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(AllmendeError, match=r"allmende\[sensitivity\]"):
        total_shares(PAY, np.zeros(10))


def test_outcomes_that_do_not_fit_the_design_are_refused() -> None:
    for outcome in (np.zeros(11), np.full(10, np.nan)):
        with pytest.raises(OutOfRangeError, match="a multiple of 5"):
            total_shares(PAY, outcome)


def test_in_noise_a_parameter_is_named_as_rarely_as_said() -> None:
    """Of 200 outcomes that depend on nothing, at most 18 name one of twenty parameters (5 %; chance 1 %)."""
    names = [f"p{number}" for number in range(20)]
    unit = sample("commons", size=200).unit[:, :20]
    alarms = 0
    for seed in range(200):
        signs = (np.random.default_rng(seed).random(200) < 0.2).astype(float)
        alarms += any(each.p < 0.05 for each in shares(unit, names, signs))
    assert 0 < alarms <= 18


def test_the_interval_holds_the_share() -> None:
    held = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        unit = random.random((400, 1))
        outcome = 12**0.5 * unit[:, 0] + random.normal(0, 3**0.5, 400)
        (found,) = shares(unit, ["a"], outcome)
        held += found.low <= 0.25 <= found.high
    assert held >= 89


def test_what_does_not_vary_or_is_not_measured_names_nothing() -> None:
    unit = sample("commons", size=200, names=PAY).unit
    for outcome in (np.full(200, 7.0), np.full(200, np.nan)):
        assert all(each.share == 0 and each.p == 1 for each in shares(unit, PAY, outcome))
    part = np.where(np.arange(200) < 150, unit[:, 0], np.nan)
    assert shares(unit, PAY, part) == shares(unit[:150], PAY, unit[:150, 0])
    few = np.where(np.arange(200) < 79, unit[:, 0], np.nan)
    assert shares(unit, PAY, few)[0].p == 1


def test_the_cosines_are_orthogonal() -> None:
    basis = cosines((np.arange(1_000) + 0.5) / 1_000)
    assert basis.T @ basis == pytest.approx(500 * np.eye(6))


def test_holm_by_hand() -> None:
    assert holm(np.array([0.04, 0.001, 0.03])).tolist() == pytest.approx([0.06, 0.003, 0.06])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
