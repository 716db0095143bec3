"""Years against years, and the half-life of those who have settled."""

import numpy as np
import pytest

from allmende.errors import TooFewError
from allmende.indicators.retention import (
    churn,
    contributor_half_life,
    long_term_conversion,
    return_curve,
    yearly_people_retention,
    yearly_work_retention,
)
from allmende.panel import Panel
from settlements import lives

# Nine visitors, and one who does twenty times as much and stays.
CORE = lives(*[[0]] * 9, [*([1] * 20), 14], start=0, stop=24)


def test_people_and_work_are_different_numbers() -> None:
    assert yearly_people_retention(CORE) == 1 / 10
    assert yearly_work_retention(CORE) == 20 / 29


def test_a_year_is_compared_with_a_year_whatever_the_window(village: Panel) -> None:
    for indicator in (yearly_people_retention, yearly_work_retention, churn):
        assert indicator(village) == indicator(village.last(12)) == indicator(village.last(1))


def test_churn_is_one_minus_people_retention(village: Panel) -> None:
    assert churn(village) == pytest.approx(1 - float(yearly_people_retention(village)))


def test_the_curve_adds_up_to_people_retention(village: Panel) -> None:
    curve = return_curve.function(village, minimum=1)
    whole = np.nansum(curve.y * curve.weight) / curve.weight.sum()
    assert whole == pytest.approx(float(yearly_people_retention(village)))


def test_a_record_of_one_year_has_no_year_before() -> None:
    with pytest.raises(TooFewError, match="the year before"):
        yearly_people_retention(lives(*[[11, 13]] * 20, start=0, stop=24))


@pytest.mark.parametrize("monthly", [0.02, 0.1])
def test_half_life_of_a_constant_risk_is_its_closed_form(monthly: float) -> None:
    """Whoever leaves with the same probability every month has a half-life of ln 2 / -ln(1 - probability)."""
    size, stop = 400, 400
    stays = np.floor(np.log(1 - (np.arange(size) + 0.5) / size) / np.log(1 - monthly)).astype(int)
    panel = lives(*[[0] * 5 + ([int(stay)] if stay else []) for stay in stays], start=0, stop=stop)
    assert contributor_half_life(panel) == pytest.approx(np.log(2) / -np.log(1 - monthly), rel=0.03)


def test_who_is_still_there_has_not_gone() -> None:
    """Half left after month 6; the others are there at the end: censored, they count as staying."""
    panel = lives(*[[0] * 5 + [6]] * 10, *[[0] * 5 + list(range(1, 24))] * 10, start=0, stop=24)
    assert contributor_half_life(panel) == 7
    stable = lives(*[[0] * 5 + [6]] * 5, *[[0] * 5 + list(range(1, 24))] * 15, start=0, stop=24)
    with pytest.raises(TooFewError, match="75% are still there"):
        contributor_half_life(stable)


def test_the_clock_starts_on_the_fifth_day() -> None:
    """Five days in five months, gone at once after the fifth: half of them stay for no month at all."""
    panel = lives(*[[0, 2, 4, 6, 8]] * 30, start=0, stop=48)
    assert contributor_half_life(panel) < 1


def test_long_term_is_the_fourth_year() -> None:
    for age, expected in ((35, 0.0), (36, 1.0), (47, 1.0), (48, 0.0)):
        panel = lives(*[[0, age]] * 30, start=48, stop=60)
        assert long_term_conversion(panel) == expected, age
