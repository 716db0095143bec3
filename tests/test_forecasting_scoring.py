"""Scores: against closed forms, and laws that no set of paths may break."""

from math import erf, exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.forecasting.scoring import covered, crps, crps_quantiles, geometric_ratio, paired_ratio, scale

COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=40)


def test_crps_of_a_normal_is_its_closed_form() -> None:
    """Gneiting and Raftery 2007, equation 21; quantiles of the law stand for a sample."""
    from scipy.special import ndtri

    paths = ndtri((np.arange(4000) + 0.5) / 4000)[:, None]
    for truth in (0.0, 0.7, -2.0):
        density, below = exp(-(truth**2) / 2) / sqrt(2 * pi), (1 + erf(truth / sqrt(2))) / 2
        closed = truth * (2 * below - 1) + 2 * density - 1 / sqrt(pi)
        assert crps(paths, np.array([truth]))[0] == pytest.approx(closed, abs=2e-3)


@given(paths=COUNTS, truth=st.integers(0, 40))
def test_crps_is_the_absolute_error_of_one_path_and_never_negative(paths: list[int], truth: int) -> None:
    sample, y = np.array(paths, np.float64)[:, None], np.array([float(truth)])
    assert crps(sample, y)[0] >= -1e-12
    assert crps(sample[:1], y)[0] == abs(paths[0] - truth)
    assert crps(sample, y)[0] <= np.abs(sample - truth).mean() + 1e-12


@given(paths=COUNTS)
def test_crps_from_quantiles_is_that_of_the_sample(paths: list[int]) -> None:
    ordered = np.sort(np.array(paths, np.float64))
    levels = (np.arange(len(ordered)) + 0.5) / len(ordered)
    for truth in (0.0, 7.0):
        y = np.array([truth])
        assert crps_quantiles(levels, ordered[:, None], y)[0] == pytest.approx(crps(ordered[:, None], y)[0])


@given(paths=COUNTS, level=st.sampled_from([0.5, 0.8, 0.95]))
def test_a_right_forecast_covers_at_its_level_exactly(paths: list[int], level: float) -> None:
    """Truth drawn from the forecast itself: the mean of the coverage is the level, however few the counts."""
    sample = np.array(paths, np.float64)[:, None]
    mean = np.mean([covered(sample, np.array([value]), level)[0] for value in sample[:, 0]])
    assert mean == pytest.approx(level)


def test_what_lies_outside_all_paths_is_not_covered() -> None:
    assert covered(np.ones((9, 1)), np.array([5.0]), 0.95)[0] == 0


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=30))
def test_a_method_against_itself_is_even(scores: list[float]) -> None:
    one = np.array(scores)
    assert paired_ratio(one, one, replicates=50) == pytest.approx((1, 1, 1))
    assert geometric_ratio(2 * one, one) == pytest.approx(2)


def test_the_interval_of_a_ratio_holds_it_and_narrows() -> None:
    generator = np.random.default_rng(3)
    widths = []
    for size in (10, 1000):
        other = generator.uniform(1, 2, size)
        ratio, low, high = paired_ratio(0.9 * other * np.exp(generator.normal(0, 0.2, size)), other)
        assert low < ratio < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_communities_without_a_score_are_left_out() -> None:
    assert geometric_ratio(np.array([1.0, 0.0]), np.array([2.0, 3.0])) == pytest.approx(0.5)


def test_scale_is_the_mean_step_of_a_year() -> None:
    assert scale(np.arange(36.0)) == 12
    assert np.isnan(scale(np.arange(5.0)))
