"""Concentration: the definitions at their edges, and how members alone move it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.errors import TooFewError
from allmende.indicators.concentration import (
    contributor_absence_factor,
    departed_work_share,
    eighty_percent_contributors,
    gini,
    lorenz,
    top_member_share,
    top_tenth_share,
)
from allmende.panel import Panel
from settlements import lives

COUNTS = st.lists(st.integers(1, 10_000), min_size=10, max_size=80)


@given(COUNTS)
def test_the_figures_agree_with_each_other(counts: list[int]) -> None:
    panel = Panel.of_counts(counts)
    half, most = contributor_absence_factor(panel), eighty_percent_contributors(panel)
    assert 1 <= half <= most <= len(counts)
    assert top_member_share(panel) <= 1
    assert (half == 1) == (top_member_share(panel) >= 0.5 - 1e-12)
    curve = lorenz(panel)
    assert 1 - curve.y[curve.labels.index("90 %")] <= top_tenth_share(panel) + top_member_share(panel)
    assert contributor_absence_factor.function(panel, share=1.0) == len(counts)


@given(COUNTS, st.integers(2, 9))
def test_the_unit_of_work_does_not_matter(counts: list[int], factor: int) -> None:
    plain, finer = Panel.of_counts(counts), Panel.of_counts([factor * count for count in counts])
    for indicator in (gini, contributor_absence_factor, top_tenth_share, eighty_percent_contributors):
        assert indicator(plain) == pytest.approx(float(indicator(finer)))


def test_readers_do_not_count() -> None:
    assert contributor_absence_factor(Panel.of_counts([5, 100], actions=("make", "review"))) == 1


def test_a_community_of_one_has_a_factor_and_no_gini() -> None:
    lonely = Panel.of_counts([12])
    assert contributor_absence_factor(lonely) == 1
    with pytest.raises(TooFewError, match="of active members there is only one"):
        gini(lonely)


def test_departed_is_who_was_silent_for_twelve_months() -> None:
    for last, expected in ((11, 1.0), (12, 0.0)):
        assert departed_work_share(lives(*[[0, last]] * 10, start=0, stop=24)) == expected, last


def test_visitors_raise_the_gini_and_not_the_absence_factor() -> None:
    core = [40, 40, 40, 40, 40, 40, 40, 40, 40, 40]
    assert gini(Panel.of_counts(core)) == pytest.approx(0, abs=1e-12)
    assert gini(Panel.of_counts(core + [1] * 40)) > 0.6
    assert contributor_absence_factor(Panel.of_counts(core + [1] * 40)) == 6
    assert np.isfinite(gini(Panel.of_counts(core)))
