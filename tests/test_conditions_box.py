"""Boxes: a region that is there is found with its limits, and none is found in noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.conditions.box import Box, find_boxes, trajectory
from allmende.conditions.peeling import Ends, inside, peeled

NAMES = [f"p{number}" for number in range(12)]


def drawn(seed: int, *, draws: int = 600, columns: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).random((draws, columns))


def limits(box: Box) -> dict[str, tuple[float, float]]:
    return {limit.parameter: (limit.low, limit.high) for limit in box.limits}


@pytest.mark.parametrize("seed", range(5))
def test_a_box_that_is_there_is_found_with_its_limits(seed: int) -> None:
    values = drawn(seed)
    truth = (values[:, 2] > 0.55) & (values[:, 7] < 0.6)
    (box,) = find_boxes(values, NAMES, truth)[:1]
    found = limits(box)
    assert set(found) == {"p2", "p7"}
    assert found["p2"] == (pytest.approx(0.55, abs=0.05), np.inf)
    assert found["p7"] == (-np.inf, pytest.approx(0.6, abs=0.05))
    assert box.density > 0.9
    assert box.coverage > 0.9
    assert box.unseen > 0.85
    assert all(limit.p < 1e-6 for limit in box.limits)


def test_it_is_found_through_noise_with_honest_figures() -> None:
    random = np.random.default_rng(1)
    values = drawn(1, draws=1_000)
    truth = (values[:, 0] > 0.7) ^ (random.random(1_000) < 0.15)
    box = find_boxes(values, NAMES, truth, density=0.8)[0]
    within = values[:, 0] >= limits(box)["p0"][0]
    assert box.density == pytest.approx(truth[within].mean())
    assert box.mass == pytest.approx(within.mean())
    assert box.coverage == pytest.approx(truth[within].sum() / truth.sum())
    assert box.base == truth.mean()
    assert abs(box.unseen - 0.85) < 0.06


def test_two_regions_are_two_boxes() -> None:
    values = drawn(4, draws=1_200, columns=6)
    truth = (values[:, 0] > 0.75) | (values[:, 3] < 0.2)
    boxes = find_boxes(values, NAMES[:6], truth)
    assert [set(limits(box)) for box in boxes] in ([{"p0"}, {"p3"}], [{"p3"}, {"p0"}])
    assert sum(box.coverage for box in boxes) > 0.9


def test_no_box_is_found_in_noise() -> None:
    """Of 60 times nothing, at most six give a box: the test of the unseen draws holds its 5 %."""
    alarms = 0
    for seed in range(60):
        random = np.random.default_rng(100 + seed)
        alarms += bool(find_boxes(random.random((200, 8)), NAMES[:8], random.random(200) < 0.4))
    assert alarms <= 6


def test_nothing_is_said_of_what_always_or_never_holds_or_of_few() -> None:
    values = drawn(1, draws=100)
    assert find_boxes(values, NAMES, np.ones(100, bool)) == ()
    assert find_boxes(values, NAMES, np.zeros(100, bool)) == ()
    assert find_boxes(values[:30], NAMES, values[:30, 0] > 0.5) == ()


def test_the_trajectory_goes_from_everything_to_a_dense_box() -> None:
    values = drawn(2)
    truth = values[:, 0] > 0.8
    steps = trajectory(values, truth)
    assert steps[0] == (1.0, truth.mean(), 1.0)
    masses = [mass for _, _, mass in steps]
    assert max(density for _, density, _ in steps) == 1.0
    assert min(masses) >= 0.05
    coverage, density, mass = steps[5]
    assert coverage * truth.mean() == pytest.approx(density * mass)


@given(st.integers(0, 1_000), st.sampled_from([2, 3, 1_000]))
def test_peels_are_nested_and_take_rows_of_one_value_together(seed: int, levels: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, levels, (120, 3)).astype(float)
    truth = random.random(120) < 0.5
    before = np.ones(120, bool)
    for ends in peeled(values, truth):
        mask = inside(values, ends)
        assert mask.sum() >= 20
        nested = not (mask & ~before).any()
        pasted = not (before & ~mask).any()
        assert nested or pasted
        before = mask


def test_both_ends_belong_to_a_box() -> None:
    values = np.array([[1.0], [2.0], [3.0]])
    assert inside(values, Ends(np.array([2.0]), np.array([3.0]))).tolist() == [False, True, True]
