"""Thresholds: those that are there lie inside their intervals, and none is found where there is none."""

import numpy as np
import pytest

from allmende.conditions.thresholds import cells, odds, thresholds

DRAWS = 400


def places(random: np.random.Generator) -> np.ndarray:
    return (random.permutation(DRAWS) + 0.5) / DRAWS


def more_where(chance: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return (random.random(chance.shape) < chance).astype(float)


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.25])
def test_the_interval_of_a_step_holds_it(noise: float) -> None:
    """At least 95 of 100 times, and it is narrow: a sixth of the belief at most."""
    held, widths = 0, []
    for seed in range(100):
        random = np.random.default_rng(seed)
        unit = places(random)
        found = thresholds(unit, 10 * unit, more_where(np.where(unit > 0.7, 1 - noise, noise), random))
        if len(found) == 1:
            held += found[0].low <= 7.0 <= found[0].high
            widths.append(found[0].high - found[0].low)
            assert found[0].low <= found[0].value <= found[0].high
    assert held >= 95
    assert np.median(widths) < 10 / 6


def test_the_interval_of_a_slope_holds_the_middle() -> None:
    held = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        unit = places(random)
        found = thresholds(unit, unit, more_where(1 / (1 + np.exp(-10 * (unit - 0.6))), random))
        held += len(found) == 1 and found[0].low <= 0.6 <= found[0].high
    assert held >= 90


def test_shares_of_worlds_on_both_sides_are_told() -> None:
    random = np.random.default_rng(1)
    unit = places(random)
    more = more_where(np.where(unit > 0.4, 0.1, 0.8), random)
    (found,) = thresholds(unit, unit, more)
    assert found.below == pytest.approx(more[unit <= found.value].mean())
    assert found.above == pytest.approx(more[unit > found.value].mean())
    assert found.below > 0.7
    assert found.above < 0.2


def test_a_sign_that_turns_twice_has_two_thresholds() -> None:
    random = np.random.default_rng(2)
    unit = places(random)
    first, second = thresholds(unit, unit, more_where(np.where(np.abs(unit - 0.5) < 0.2, 0.95, 0.05), random))
    assert first.low <= 0.3 <= first.high
    assert second.low <= 0.7 <= second.high
    assert first.above == second.below > 0.85
    assert second.above < 0.15


def test_a_threshold_lies_inside_its_interval_and_parts_the_worlds() -> None:
    """A long gap: most of it leans to one side, and the threshold is where that begins, not where it ends."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        unit = places(random)
        chance = np.where(unit < 0.3, 0.9, np.where(unit < 0.8, 0.45, 0.05))
        for found in thresholds(unit, unit, more_where(chance, random)):
            assert found.low <= found.value < found.high
            assert found.below > 0.5 > found.above


def test_no_threshold_where_the_odds_only_shift_or_there_is_noise() -> None:
    """Of 200 times without a threshold, at most two give one."""
    alarms = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        unit = places(random)
        alarms += bool(thresholds(unit, unit, more_where(0.55 + 0.4 * unit, random)))
        alarms += bool(thresholds(unit, unit, more_where(np.full(DRAWS, 0.5), random)))
    assert alarms <= 2


def test_odds_lie_in_their_band_and_follow_the_truth() -> None:
    random = np.random.default_rng(3)
    unit = places(random)
    found = odds(unit, 2 * unit + 1, more_where(0.2 + 0.6 * unit, random))
    values = np.array([each.value for each in found])
    assert (np.diff(values) > 0).all()
    assert values[0] == pytest.approx(1.02, abs=0.01)
    assert values[-1] == pytest.approx(2.98, abs=0.01)
    assert all(0 <= each.low <= each.more <= each.high <= 1 for each in found)
    inside = [each.low <= 0.2 + 0.3 * (each.value - 1) <= each.high for each in found]
    assert np.mean(inside) > 0.8


def test_cells_tile_the_plane_and_show_where_the_sign_turns() -> None:
    random = np.random.default_rng(4)
    unit = random.random((1_000, 2))
    values = np.stack([np.exp(unit[:, 0]), unit[:, 1]], axis=1)
    more = (unit.sum(axis=1) > 1).astype(float)
    found = cells(unit, values, more, unit[:, 0] - 0.5, side=8)
    assert len(found) == 64
    assert sum((each.x_high - each.x_low) * (each.y_high - each.y_low) for each in found) == pytest.approx(
        np.ptp(np.quantile(values[:, 0], [0.01, 0.99])) * np.ptp(np.quantile(values[:, 1], [0.01, 0.99])),
        rel=0.02,
    )
    corner = {(each.x_low, each.y_low): each for each in found}
    low, high = min(corner), max(corner)
    assert corner[low].more < 0.01
    assert corner[high].more > 0.99
    assert corner[low].size < 0 < corner[high].size
    assert all(0 <= each.more <= 1 for each in found)
