"""Resampling: keyed by name, so neither order nor company changes anybody's luck; and intervals that hold."""

from collections import Counter
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.errors import TooFewError
from allmende.indicator import indicator
from allmende.panel import Panel
from allmende.resampling import interval, interval_of, picks


@indicator(family="activity", unit="members", bounds=(0, float("inf")), reference="test")
def active(panel: Panel, /) -> float:
    """How many members are active?"""
    return float((panel.counts() > 0).sum())


@indicator(family="activity", unit="acts", bounds=(0, float("inf")), reference="test")
def mean_count(panel: Panel, /) -> float:
    """How many contributions has an active member?"""
    counts = panel.counts()
    if not (counts > 0).any():
        raise TooFewError("'mean_count' needs an active member", estimate=0.0)
    return float(counts[counts > 0].mean())


def of_names(names: list[str], counts: list[int]) -> Panel:
    plain = Panel.of_counts(counts)
    return Panel.of_columns(
        member=plain.member,
        month=plain.month,
        action=plain.action,
        count=plain.count,
        day_set=plain.day_set,
        members=tuple(names),
        start=0,
        stop=1,
    )


def test_luck_belongs_to_the_name() -> None:
    """Another order of members, and other members beside them, change nobody's number of draws."""
    few = of_names(["ada", "bo"], [1, 1])
    many = of_names(["zoe", "bo", "yan", "ada"], [1, 1, 1, 1])
    for one, other in zip(picks(few, replicates=50), picks(many, replicates=50), strict=True):
        drawn = Counter(many.members[i] for i in other)
        assert Counter(few.members[i] for i in one) == Counter(
            {name: drawn[name] for name in few.members if drawn[name]}
        )


def test_seed_changes_luck_and_is_the_only_thing_that_does() -> None:
    panel = Panel.of_counts([1] * 30)
    same = [pick.tolist() for pick in picks(panel, replicates=3, seed=1)]
    assert same == [pick.tolist() for pick in picks(panel, replicates=3, seed=1)]
    assert same != [pick.tolist() for pick in picks(panel, replicates=3, seed=2)]


def test_draws_have_mean_and_variance_one() -> None:
    """10^5 draws; alarm at 4.9 standard errors (false alarm 10^-6)."""
    panel = Panel.of_counts([1] * 1000)
    times = np.array([np.bincount(pick, minlength=1000) for pick in picks(panel, replicates=100)])
    assert abs(times.mean() - 1) < 4.9 / sqrt(times.size)
    # The fourth central moment of Poisson(1) is 4, so the variance of the sample variance is 3 / n.
    assert abs(times.var() - 1) < 4.9 * sqrt(3 / times.size)


def test_members_who_had_not_come_take_no_part() -> None:
    plain = Panel.of_counts([1, 1])
    panel = Panel.of_columns(
        member=plain.member,
        month=np.array([0, 5], np.int32),
        action=plain.action,
        count=plain.count,
        day_set=plain.day_set,
        members=("early", "late"),
        start=0,
        stop=6,
    ).between(0, 3)
    assert all(1 not in pick for pick in picks(panel, replicates=50))


def test_interval_of_a_count_is_that_of_a_poisson_count() -> None:
    """100 active members: the 90 % interval is about 100 +- 1.645 * 10."""
    found = interval(active, Panel.of_counts([1] * 100), replicates=2000)
    assert found.mid == 100
    assert found.low == pytest.approx(100 - 16.45, abs=3)
    assert found.high == pytest.approx(100 + 16.45, abs=3)


def test_interval_covers_at_the_stated_rate() -> None:
    """300 samples of a skewed distribution: binomial 99.9 % band around 0.90.

    Less 0.03 for the known shortfall of percentile intervals at 60 members (Efron and Tibshirani 1993).
    """
    generator = np.random.Generator(np.random.Philox(7))
    truth, hits = 1 / 0.2, 0
    for _ in range(300):
        found = interval(mean_count, Panel.of_counts(generator.geometric(0.2, 60).tolist()), replicates=200)
        hits += found.low <= truth <= found.high
    assert 0.90 - 0.03 - 3.3 * sqrt(0.09 / 300) <= hits / 300 <= 0.90 + 3.3 * sqrt(0.09 / 300)


@given(
    st.floats(-1e6, 1e6),
    st.lists(st.floats(-1e6, 1e6), max_size=50),
    st.sampled_from([0.5, 0.8, 0.9, 0.95]),
)
def test_interval_holds_its_estimate_and_stays_in_bounds(
    value: float, values: list[float], level: float
) -> None:
    found = interval_of(value, values, level, (-1e6, 1e6))
    assert -1e6 <= found.low <= found.mid == value <= found.high <= 1e6


def test_nothing_to_resample_is_a_point() -> None:
    assert interval_of(3.0, [float("nan")]) == interval_of(3.0, [])


def test_a_refusal_is_not_hidden() -> None:
    with pytest.raises(TooFewError):
        interval(mean_count, Panel.of_counts([]))
