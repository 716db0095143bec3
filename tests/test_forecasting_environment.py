"""The environment: learned from misses, and put on paths as it was learned."""

import numpy as np
import pytest

from allmende.forecasting.environment import (
    CALM,
    Adjustment,
    Miss,
    adjusted,
    adjusted_year,
    gap,
    learned,
    shipped,
)
from allmende.forecasting.history import MONTHLY, YEARLY


def test_what_made_the_misses_is_learned() -> None:
    generator = np.random.default_rng(1)
    misses = []
    for _ in range(3000):
        own, towards = 0.12, generator.normal(0, 0.3)
        error = -0.08 + 0.3 * towards + np.hypot(0.25, own) * generator.normal()
        misses.append(Miss(error, towards, own))
    found = learned(misses)
    assert found.drift == pytest.approx(-0.08, abs=0.02)
    assert found.pull == pytest.approx(0.3, abs=0.11)
    assert found.spread == pytest.approx(0.25, abs=0.025)


def test_forecasts_that_were_right_need_no_environment() -> None:
    generator = np.random.default_rng(2)
    found = learned([Miss(0.2 * generator.normal(), 0.0, 0.2) for _ in range(4000)])
    assert abs(found.drift) < 0.02
    assert found.spread < 0.08


def test_calm_leaves_paths_alone() -> None:
    paths = np.arange(24.0).reshape(2, 12)
    assert adjusted(paths, 10, CALM, seed=1, part=0) is paths
    assert adjusted_year(paths[:, 0], 10, CALM, seed=1, part=0) is not None


def test_drift_moves_the_year_by_its_ratio() -> None:
    paths = np.full((2000, 12), 50.0)
    moved = adjusted(paths, 600, Adjustment(drift=-0.1), seed=1, part=0)
    assert moved.sum(axis=1).mean() == pytest.approx(600 * np.exp(-0.1), rel=0.01)
    # It grows with the horizon: the present is known better than the end of the year.
    assert moved[:, 0].mean() > moved[:, 11].mean()


def test_pull_goes_towards_last_year() -> None:
    paths = np.full((500, 12), 50.0)
    assert gap(paths, 1200) == pytest.approx(np.log(2), abs=0.01)
    moved = adjusted(paths, 1200, Adjustment(pull=0.5), seed=1, part=0)
    assert moved.sum(axis=1).mean() == pytest.approx(600 * np.sqrt(2), rel=0.02)


def test_spread_is_common_to_the_months_of_a_path() -> None:
    paths = np.full((4000, 12), 200.0)
    moved = adjusted(paths, 2400, Adjustment(spread=0.2), seed=1, part=0)
    logs = np.log(moved.sum(axis=1) / 2400)
    low, high = np.quantile(logs, [0.1, 0.9])
    assert (high - low) / 2 == pytest.approx(1.2816 * 0.2, rel=0.06)
    assert np.corrcoef(moved[:, 0], moved[:, 11])[0, 1] > 0.9


def test_parts_have_environments_of_their_own() -> None:
    paths = np.full((2000, 12), 100.0)
    one, other = (adjusted(paths, 1200, Adjustment(spread=0.3), seed=1, part=part)[:, 5] for part in (0, 1))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08


def test_counts_stay_whole_and_their_mean_is_kept() -> None:
    paths = np.full((5000, 12), 1.0)
    moved = adjusted(paths, 12, Adjustment(drift=-0.3), seed=1, part=0)
    assert (moved == np.rint(moved)).all()
    assert moved.mean() == pytest.approx(np.exp(-0.3), abs=0.03)


def test_what_is_shipped_is_mild() -> None:
    told = shipped()
    wanted = {f"{part} {name}" for part in ("members", "level") for name in MONTHLY}
    assert set(told) == wanted | {f"members {name}" for name in YEARLY}
    for name, one in told.items():
        assert -0.2 < one.drift <= 0.02, name
        assert 0 <= one.pull <= 0.7
        assert 0 < one.spread < 0.5
