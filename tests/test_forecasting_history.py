"""Histories: the numbers of the panel, and nothing of what comes after."""

from dataclasses import replace

import numpy as np
import pytest

from allmende.forecasting.history import absence_factor, history_of
from allmende.panel import Panel
from forecast_histories import simulated_history, simulated_panel


def test_series_are_those_of_the_panel() -> None:
    panel = simulated_panel()
    history = history_of(panel)
    counts = panel.monthly_counts()[:, : history.length]
    assert (history.series["active_members"] == (counts > 0).sum(axis=0)).all()
    assert (history.series["contributions"] == counts.sum(axis=0)).all()
    first = panel.first_month() - panel.start
    assert (history.series["newcomers"] == np.bincount(first, minlength=96)[: history.length]).all()


def test_the_past_does_not_know_the_future() -> None:
    """What was known before a month is the same, whatever came after it."""
    whole = simulated_history()
    early = whole.until(540)
    assert early.month.max() < 540
    for name, values in early.series.items():
        assert (values == whole.series[name][: early.length]).all()
    again = history_of(simulated_panel().between(480, 541))
    assert all((again.series[name] == values).all() for name, values in early.series.items())


def test_who_came_before_a_cut_is_not_new_after_it() -> None:
    whole = simulated_history()
    later = whole.since(530)
    assert later.start == 530
    assert (later.series["newcomers"] == whole.series["newcomers"][50:]).all()


def test_several_actions_of_a_month_are_one_active_month() -> None:
    panel = Panel.of_columns(
        member=np.array([0, 0, 1], np.int32), month=np.array([5, 5, 6], np.int32),
        action=np.array([0, 1, 0], np.uint8), count=np.array([2, 3, 1]),
        day_set=np.array([1, 3, 1], np.uint32), members=("a", "b"), start=5, stop=8,
    )  # fmt: skip
    history = history_of(panel)
    assert history.series["active_members"].tolist() == [1, 1]
    assert history.series["contributions"].tolist() == [5, 1]
    assert history.days.tolist() == [2, 1]


def test_the_last_month_of_an_observed_record_is_incomplete_and_of_a_simulated_one_is_not() -> None:
    panel = simulated_panel()
    assert history_of(panel).stop == panel.stop - 1
    assert history_of(replace(panel, origin="simulated")).stop == panel.stop


def test_totals_of_a_year() -> None:
    history = simulated_history()
    totals = history.totals(history.stop)
    assert totals["contributions"] == history.series["contributions"][-12:].sum()
    assert totals["organisations"] == 4
    assert totals["contributor_absence_factor"] >= 1


@pytest.mark.parametrize(("made", "factor"), [([], 0), ([5], 1), ([1, 1, 1, 1], 2), ([0, 9, 1], 1)])
def test_absence_factor(made: list[int], factor: int) -> None:
    assert absence_factor(np.array(made, np.float64)) == factor


def test_an_empty_panel_is_an_empty_history() -> None:
    assert history_of(Panel.of_counts([])).length == 0
