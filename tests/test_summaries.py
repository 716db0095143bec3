"""Summaries: the small tables behind charts add up to the panel they come from."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allmende.aggregation import panel_of
from allmende.community import Community, Record
from allmende.events import Events
from allmende.indicator import Curve
from allmende.panel import Panel
from allmende.summaries import (
    active_by_period,
    activity_by_cohort,
    chart_step,
    hours,
    lorenz,
    one_over_n,
    organisations,
    overview,
    records_digest,
)
from village import village, village_events


def panel() -> Panel:
    return panel_of(village())


def test_periods_add_up_to_all_contributions() -> None:
    for step in (1, 3, 12):
        periods = active_by_period(panel(), step=step)
        assert sum(one.contributions for one in periods) == int(panel().counts().sum())
        assert all(one.members <= panel().size for one in periods)


def test_a_period_that_the_window_covers_only_in_part_is_not_complete() -> None:
    whole = panel()
    periods = active_by_period(whole.between(whole.start + 2, whole.stop - 2), step=12)
    assert [one.complete for one in periods] == [False, True, True, True, False]


def test_cohorts_of_a_period_are_its_active_members() -> None:
    rows = activity_by_cohort(panel())
    for period in active_by_period(panel()):
        assert sum(row.members for row in rows if row.period == period.period) == period.members


def test_every_cohort_spans_the_same_years_and_nobody_is_active_before_coming() -> None:
    rows = activity_by_cohort(panel(), bands=3)
    cohorts = list(dict.fromkeys(row.cohort for row in rows))
    assert cohorts == ["2018-2019", "2020-2021", "2022-2023"]
    assert all(row.members == 0 for row in rows if row.period == "2019" and row.cohort != "2018-2019")


def test_organisations_add_up_and_the_small_ones_are_one() -> None:
    rows = organisations(panel(), most=1)
    assert {row.organisation for row in rows} == {"college.example", "others", "unknown"}
    assert sum(row.contributions for row in rows) == int(panel().counts().sum())


def test_organisations_say_nothing_when_none_is_known() -> None:
    assert organisations(Panel.of_counts([3, 2])) == ()


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=600))
def test_lorenz_rises_from_nothing_to_everything_below_the_line_of_equality(counts: list[int]) -> None:
    points = lorenz(Panel.of_counts(counts))
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert len(points) <= 201
    shares = np.array(points)
    assert (np.diff(shares, axis=0) >= 0).all()
    assert (shares[:, 1] <= shares[:, 0] + 1e-6).all()


def test_lorenz_of_a_thinned_community_keeps_the_busiest() -> None:
    points = lorenz(Panel.of_counts([1] * 5000 + [5000]))
    assert points[-2].contributions < 0.51
    assert points[-2].members > 0.999


def test_hours_are_those_of_the_record_or_nothing() -> None:
    record = village().record
    assert sum(cell.acts for cell in hours(record)) == int(record.hours.sum())
    assert hours(Record()) == ()


def test_one_over_n_goes_through_the_first_point() -> None:
    x = np.array([1.0, 2.0, 4.0])
    curve = Curve(x, np.array([0.6, 0.2, np.nan]), x, ("1", "2", "4"), "active day")
    assert [round(point.y, 3) for point in one_over_n(curve)] == [0.6, 0.3]


def test_overview_tells_people_from_programs() -> None:
    seen = overview(village())
    assert (seen.bots, seen.bot_acts) == (1, 1)
    assert seen.members == 60
    assert seen.acts == len(village_events()) - 1
    assert seen.refused == 3
    assert overview(Community("empty", Events.of([]), np.zeros(0, bool))).acts == 0


def test_digest_stays_with_the_records() -> None:
    assert records_digest(village()) == records_digest(village("other name"))
    without = Community("x", village_events(), np.zeros(61, bool))
    shorter = Community("x", village_events().take(np.arange(10)), np.zeros(61, bool))
    assert records_digest(without) != records_digest(shorter)


def test_bars_get_longer_with_the_record() -> None:
    whole = panel()
    assert chart_step(whole) == 12
    assert chart_step(whole.between(whole.start, whole.start + 24)) == 3
    assert chart_step(whole.between(whole.start, whole.start + 6)) == 1
