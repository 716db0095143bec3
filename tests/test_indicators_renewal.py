"""Newcomers and their cohorts: equal follow-up, and no newcomers where a record merely begins."""

import numpy as np
import pytest

from allmende.errors import TooFewError
from allmende.indicators.renewal import (
    COHORT_MONTHS,
    cohort_retention,
    newcomer_share,
    newcomers,
    retention_one_month,
    retention_three_months,
    retention_twelve_months,
)
from allmende.panel import Panel
from settlements import lives


def test_where_the_record_begins_everybody_looks_new_and_the_share_is_refused() -> None:
    panel = lives(*[[i] for i in range(20)], start=6, stop=20)
    assert newcomers(panel) == 14
    with pytest.raises(TooFewError, match="telling newcomers from others") as refusal:
        newcomer_share(panel)
    assert refusal.value.estimate == 1.0
    assert newcomer_share(lives([0], *[[i] for i in range(12, 32)], start=12, stop=32)) == 1.0


def test_who_has_not_had_the_time_is_not_counted() -> None:
    """Twenty who came back, and a hundred who came too late to be able to: the share is 1."""
    early, late = [[10, 12]] * 20, [[22]] * 100
    assert retention_one_month(lives(*early, *late, start=0, stop=24)) == 1.0
    assert retention_one_month(lives(*early, *late, start=0, stop=26)) == 20 / 120


@pytest.mark.parametrize(
    ("indicator", "back", "others"),
    [
        (retention_one_month, (1, 2, 3), (4, 12)),
        (retention_three_months, (3, 4, 5), (1, 2, 6, 12)),
        (retention_twelve_months, (12, 13, 14), (1, 11, 15)),
    ],
)
def test_retained_is_who_contributes_in_the_quarter_that_begins_then(
    indicator: object, back: tuple[int, ...], others: tuple[int, ...]
) -> None:
    assert callable(indicator)
    for age in back:
        assert indicator(lives(*[[0, age]] * 20, start=0, stop=36)) == 1.0, age
    for age in others:
        assert indicator(lives(*[[0, age]] * 20, start=0, stop=36)) == 0.0, age


def test_the_curve_says_what_the_numbers_say_of_the_whole_record(village: Panel) -> None:
    curve = cohort_retention(village)
    # The window is the whole record: its cohort is whoever came k + 2 months before the end or earlier.
    for indicator, k in (
        (retention_one_month, 1),
        (retention_three_months, 3),
        (retention_twelve_months, 12),
    ):
        assert indicator(village) == pytest.approx(float(curve.y[COHORT_MONTHS.index(k)])), k


def test_few_newcomers_are_refused_with_what_they_would_say() -> None:
    with pytest.raises(TooFewError, match="only 3 newcomers") as refusal:
        retention_one_month(lives([0, 1], [0], [0], start=0, stop=24))
    assert refusal.value.estimate == pytest.approx(1 / 3)
    assert retention_one_month.function(lives([0, 1], [0], start=0, stop=24), minimum=1) == 0.5
    assert np.isfinite(refusal.value.estimate)
