"""Naive forecasts: their middle is what their name says."""

import numpy as np
import pytest

from allmende.forecasting.naive import flat, repeat_members, seasonal_naive
from forecast_histories import simulated_history

ASKED = {"months": 12, "paths": 400, "seed": 1}


def test_middles() -> None:
    series = simulated_history().series["contributions"]
    middle = np.median(seasonal_naive(series, **ASKED), axis=0)
    assert np.abs(middle / series[-12:] - 1).max() < 0.1
    for last in (3, 12):
        middle = np.median(flat(series, last=last, **ASKED), axis=0)
        assert np.abs(middle / series[-last:].mean() - 1).max() < 0.1


def test_a_series_without_luck_is_repeated() -> None:
    year = np.tile(np.arange(1.0, 13), 6)
    assert (seasonal_naive(year, **ASKED) == np.arange(1.0, 13)).all()


def test_longer_than_a_year_begins_again() -> None:
    series = simulated_history().series["active_members"]
    longer = seasonal_naive(series, months=18, paths=300, seed=1)
    assert longer.shape == (300, 18)
    assert np.abs(np.median(longer, axis=0)[12:] - series[-12:-6]).max() <= 3


def test_short_series_have_no_errors_to_learn_from() -> None:
    assert (flat(np.full(12, 4.0), last=3, **ASKED) == 4).all()


def test_members_repeat_their_year_on_average() -> None:
    history = simulated_history()
    told = repeat_members(history, months=12, paths=600, seed=2)
    last = history.totals(history.stop)
    for name, paths in told.items():
        assert paths.sum(axis=1).mean() == pytest.approx(last[name], rel=0.05), name
    # Members are independent in it, and that is what is wrong with it.
    spread = told["active_members"].sum(axis=1).std()
    assert spread < 1.1 * np.sqrt(last["active_members"])
