"""The wandering level: finds what made the counts, and its intervals hold when the model is right."""

import numpy as np
import pytest

from allmende.forecasting.scoring import covered
from allmende.forecasting.statespace import filtered, season_of, simulated


def test_weights_and_levels_are_probabilities() -> None:
    known = filtered(np.random.default_rng(1).poisson(9, 60).astype(float), 0)
    assert known.weight.sum() == pytest.approx(1)
    assert known.level.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("mean", [2.0, 30.0, 800.0])
def test_a_level_that_stands_still_is_found(mean: float) -> None:
    """In the mean of ten records; one alone can have had a lucky half-year."""
    first, years = [], []
    for seed in range(10):
        series = np.random.default_rng(seed).poisson(mean, 90).astype(float)
        counts, means = simulated(filtered(series, 0), 90, months=12, paths=300, seed=1, part=0)
        first.append(np.median(means[:, 0]))
        years.append(np.median(counts.sum(axis=1)))
    assert np.mean(first) == pytest.approx(mean, rel=0.12)
    assert np.mean(years) == pytest.approx(12 * mean, rel=0.12)


def test_a_level_that_jumped_is_followed() -> None:
    series = np.r_[np.full(48, 10.0), np.full(12, 40.0)]
    _, means = simulated(filtered(series, 0), 60, months=3, paths=400, seed=1, part=0)
    assert 28 < np.median(means[:, 0]) < 50


def test_intervals_hold_what_the_model_makes() -> None:
    """80 % intervals of 60 made series, months and totals: within three standard errors of the level."""
    generator = np.random.default_rng(7)
    months, years = [], []
    for number in range(60):
        level = np.log(20) + np.cumsum(generator.normal(0, 0.08, 96))
        series = generator.negative_binomial(20, 20 / (20 + np.exp(level))).astype(float)
        counts, _ = simulated(filtered(series[:84], 0), 84, months=12, paths=400, seed=number, part=0)
        months.append(covered(counts, series[84:], 0.8).mean())
        years.append(covered(counts.sum(axis=1)[:, None], series[84:].sum()[None], 0.8)[0])
    assert np.mean(months) == pytest.approx(0.8, abs=0.09)
    assert np.mean(years) == pytest.approx(0.8, abs=0.16)


def test_season_is_found_and_shrunk() -> None:
    ratio = np.where(np.arange(12) == 6, 0.4, 1.0)
    generator = np.random.default_rng(2)
    series = generator.poisson(50 * np.tile(ratio, 8)).astype(float)
    found = season_of(series, 0)
    assert found.argmin() == 6
    assert 0.4 < found[6] < 0.8
    assert found.mean() == pytest.approx(1)
    shifted = season_of(series, 3)
    assert shifted.argmin() == 9
    assert (season_of(series[:30], 0) == 1).all()


@pytest.mark.parametrize("series", [np.zeros(40), np.r_[np.zeros(39), 5.0], np.full(24, 1e5)])
def test_odd_series_give_finite_counts(series: np.ndarray) -> None:
    counts, _ = simulated(filtered(series, 0), len(series), months=24, paths=200, seed=1, part=1)
    assert np.isfinite(counts).all()
    assert (counts >= 0).all()
    assert (counts == np.rint(counts)).all()
