"""Examining: shares, intervals and verdicts that can go both ways; the same answers for the same seed."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import allmende as al
from allmende.claim import Claim, Points, Reading, Row, Study, claim
from allmende.errors import AllmendeError, UnknownNameError
from allmende.examination import examining
from allmende.examination.examining import claims
from allmende.examination.laboratory import QUICK, Laboratory
from allmende.examination.regions import in_words, regions_of
from allmende.examination.shares import middle, percent, share_of, standing

TINY = replace(QUICK, draws=4, members=60, months=24, columns=3, rows=2, contests=60, contests_run=40)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "QUICK", TINY)


@pytest.mark.usefixtures("tiny")
def test_all_claims_run_at_tiny_size_with_progress_and_give_the_same_hash() -> None:
    stages: list[tuple[str, float, float | None]] = []
    first = claims(quick=True, threads=1, progress=lambda *told: stages.append(told))
    assert list(first) == [f"S{number}" for number in range(1, 9)]
    for name in first:
        answer = first[name]
        assert 0 <= answer.share.low <= answer.share.mid <= answer.share.high <= 1
        assert answer.exhibits
        assert answer.notes
        assert answer.found.endswith(".")
        assert "nan" not in answer.found
        assert answer.verdict
    some = claims(["S5", "S7"], quick=True, threads=2)
    assert [some[name].taken for name in some] == [first["S5"].taken, first["S7"].taken]
    assert some.hash() == claims(["S5", "S7"], quick=True, threads=1).hash()
    assert some.hash() != claims(["S5", "S7"], quick=True, seed=2).hash()
    assert any(stage.startswith("S1") for stage, _, _ in stages)
    assert all(total is None or done <= total for _, done, total in stages)


@pytest.mark.usefixtures("tiny")
def test_names_that_are_none_are_refused_with_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="S9"):
        claims(["S9"], quick=True)
    with pytest.raises(AllmendeError, match="a list of names"):
        claims("S2", quick=True)
    with pytest.raises(UnknownNameError):
        al.claims(["S5"], quick=True)["S2"]


def invented(kind: str, holds: Callable[[np.ndarray], np.ndarray]) -> Claim:
    @claim(
        name="S99", title="An invention", says="It is so.", test="It holds where it does.", kind=kind,  # type: ignore[arg-type]
        evidence=(Row("C3", "for", "a row"),), reality="Unknown.",
    )  # fmt: skip
    def study(laboratory: Laboratory) -> Study:
        x = np.arange(laboratory.size.contests) / laboratory.size.contests
        points = Points(
            {"x": x, "y": x[::-1] ** 2}, {"x": "assumed", "y": "measured"}, {"x": "X.", "y": "Y."}
        )
        return Study(points, (Reading("it", "it does", holds(x)),), "Found.", (), (), np.arange(len(x)))

    return study


@pytest.mark.parametrize(
    ("kind", "holds", "verdict"),
    [
        ("universal", lambda x: x >= 0, "no counter-example found"),
        ("universal", lambda x: x > 0, "false as a universal"),
        ("possible", lambda x: x < 0, "no example worth the name"),
        ("possible", lambda x: x < 0.1, "it may be so"),
        ("general", lambda x: x < 0.99, "holds nearly everywhere"),
        ("general", lambda x: x < 0.7, "holds more often than not"),
        ("general", lambda x: x < 0.5, "holds about as often as not"),
        ("general", lambda x: x < 0.2, "holds less often than not"),
        ("general", lambda x: x < 0.01, "hardly holds anywhere"),
    ],
)
def test_a_verdict_goes_every_way(
    kind: str, holds: Callable[[np.ndarray], np.ndarray], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "find", lambda _: {"S99": invented(kind, holds)})
    answer = claims(quick=True)["S99"]
    assert answer.verdict == verdict
    assert answer.share.low <= answer.share.mid <= answer.share.high


def test_the_region_of_failure_is_the_one_that_was_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "find", lambda _: {"S99": invented("general", lambda x: x < 0.7)})
    (region,) = claims(quick=True)["S99"].fails
    assert region.density > 0.95
    assert region.coverage > 0.9
    assert region.bounds[0].parameter in {"x", "y"}
    assert {bound.provenance for bound in region.bounds} <= {"assumed", "measured"}


def test_a_lever_that_is_on_or_off_can_bound_a_region() -> None:
    x = (np.arange(600) * 0.618) % 1
    lever = (np.arange(600) % 3 == 0).astype(float)
    points = Points({"x": x, "lever": lever}, {"x": "assumed", "lever": "assumed"}, {"x": "", "lever": ""})
    region = regions_of(points, (lever == 1) & (x > 0.3))[0]
    assert region.density > 0.95
    assert region.coverage > 0.8
    assert "lever at least 1" in in_words(region)


def test_nothing_is_a_region_of_what_is_everywhere_or_nowhere_or_chance() -> None:
    x = (np.arange(400) * 0.618) % 1
    points = Points({"x": x}, {"x": "assumed"}, {"x": ""})
    assert regions_of(points, np.ones(400, bool)) == ()
    assert regions_of(points, np.zeros(400, bool)) == ()


@given(st.lists(st.booleans(), min_size=2, max_size=200), st.integers(1, 5))
def test_a_share_has_its_interval_around_it(held: list[bool], times: int) -> None:
    holds = np.array(held)
    share = share_of(holds, np.arange(len(holds)))
    assert 0 <= share.low <= share.mid <= share.high <= 1
    assert math.isclose(share.mid, holds.mean(), abs_tol=1e-12)
    assert share.high - share.low > 0
    # Saying the same of each draw several times adds nothing.
    again = share_of(np.tile(holds, times), np.tile(np.arange(len(holds)), times))
    assert math.isclose(again.low, share.low, abs_tol=1e-9)
    assert math.isclose(again.high, share.high, abs_tol=1e-9)


def test_intervals_of_shares_cover_as_they_say() -> None:
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(1_000):
        chance = random.beta(2, 2, 60)
        holds = random.random((4, 60)) < chance
        share = share_of(holds.ravel(), np.tile(np.arange(60), 4))
        inside += share.low <= 0.5 <= share.high
    assert 0.93 <= inside / 1_000 <= 0.975


def test_words_of_shares_and_changes() -> None:
    assert percent(1.0) == "100 %"
    assert percent(-0.05) == "\u22125 %"
    assert middle(np.log([0.5, 0.5, 2.0])) == "\u221250 %"
    assert (
        standing(share_of(np.array([True] * 9 + [False]), np.arange(10)), "universal")
        == "false as a universal"
    )
