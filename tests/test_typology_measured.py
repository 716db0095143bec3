"""Measured evidence: levels are probabilities, uncertainty speaks softly, merges tip over nowhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.answers import Answer
from allmende.events import action_code
from allmende.indicator import Interval
from allmende.panel import Panel
from allmende.typology.measured import measured_evidence

EMPTY = Panel.of_columns(
    member=np.zeros(0, np.int32),
    month=np.zeros(0, np.int32),
    action=np.zeros(0, np.uint8),
    count=np.zeros(0, np.int64),
    day_set=np.zeros(0, np.uint32),
    members=(),
    orgs=("",),
    start=600,
    stop=612,
)


def merging(counts: list[int], orgs: list[str] | None = None) -> Panel:
    """Members who merged so often, each for an organisation."""
    named = ("", *dict.fromkeys(org for org in orgs or [] if org))
    found = Panel.of_columns(
        member=np.arange(len(counts), dtype=np.int32),
        month=np.full(len(counts), 605, np.int32),
        action=np.full(len(counts), action_code("decide"), np.uint8),
        count=np.array(counts, np.int64),
        day_set=np.ones(len(counts), np.uint32),
        members=tuple(f"m{i}" for i in range(len(counts))),
        orgs=named,
        start=600,
        stop=612,
    )
    from dataclasses import replace

    codes = np.array([named.index(org) for org in orgs] if orgs else [0] * len(counts), np.int32)
    return replace(found, org=codes)


def said(name: str, value: float, low: float, high: float) -> dict[str, float]:
    answer = Answer(name, 600, 612, value=value, interval=Interval(low, value, high))
    (found,) = measured_evidence(EMPTY, [answer])
    return dict(found.levels)


def decision(panel: Panel) -> dict[str, float]:
    found = {one.criterion: dict(one.levels) for one in measured_evidence(panel, [])}
    return found.get("decision", {})


@pytest.mark.parametrize(("value", "level"), [(0.02, "separable"), (0.38, "components"), (0.8, "common")])
def test_shared_works_tell_the_object(value: float, level: str) -> None:
    assert said("shared_work_share", value, value - 0.01, value + 0.01)[level] > 0.95


def test_a_wide_interval_speaks_for_several_levels() -> None:
    assert len(said("shared_work_share", 0.17, 0.10, 0.88)) == 3


@given(st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_levels_are_probabilities(value: float, below: float, above: float) -> None:
    for name in ("shared_work_share", "repeated_dyads"):
        levels = said(name, value, max(value - below, 0), min(value + above, 1))
        assert sum(levels.values()) == pytest.approx(1)
        assert all(0 < part <= 1 for part in levels.values())


def test_merges_of_one_of_several_and_of_one_firm() -> None:
    assert max(decision(merging([990, 5, 5])).items(), key=lambda item: item[1])[0] == "individual"
    assert max(decision(merging([40, 30, 30])).items(), key=lambda item: item[1])[0] == "earned_commit"
    firm = merging([400, 350, 5], ["acme.com", "acme.com", ""])
    assert max(decision(firm).items(), key=lambda item: item[1])[0] == "company"


def test_few_merges_say_nothing() -> None:
    assert decision(merging([20, 20])) == {}


def test_nobody_tips_over_at_the_bound() -> None:
    """One merge more or less near nine of ten moves the answer by little."""
    shares = [decision(merging([900 + i, 100 - i]))["individual"] for i in range(-40, 41)]
    steps = np.diff(shares)
    assert (steps >= -1e-12).all()
    assert steps.max() < 0.04


def test_wages_show_only_where_most_work_is_an_employers() -> None:
    def pay(low: float, factor: float) -> dict[str, float]:
        answers = [
            Answer(
                "employed_share_at_least", 600, 612, value=low + 0.05, interval=Interval(low, low + 0.05, 1)
            ),
            Answer("elephant_factor", 600, 612, value=factor, interval=Interval(factor, factor, factor)),
        ]
        found = {one.criterion: dict(one.levels) for one in measured_evidence(EMPTY, answers)}
        return found.get("pay", {})

    assert pay(0.6, 1)["wages_one_employer"] == 0.8
    assert pay(0.6, 3)["wages_many_employers"] == 0.8
    assert pay(0.4, 3) == {}
