"""Signs: what luck does is not taken for an effect, and an effect is told in spite of it."""

import numpy as np
import pytest

from allmende.conditions.signs import more_of, signs_of


def effects(true: np.ndarray, luck: float, seed: int, *, replicates: int = 2) -> np.ndarray:
    return true[:, None] + np.random.default_rng(seed).normal(0, luck, (true.size, replicates))


def test_without_luck_the_signs_are_those_of_the_effects() -> None:
    found = signs_of(effects(np.array([1.0] * 6 + [-1.0] * 3 + [0.0]), 0.0, 1))
    assert (found.more, found.less, found.same, found.untold) == pytest.approx((0.6, 0.3, 0.1, 0.0))


def test_nothing_is_told_where_there_is_only_luck() -> None:
    """Of 200 studies of nothing, one in ten at most tells something of one draw in ten or more."""
    found = [signs_of(effects(np.zeros(400), 1.0, seed)) for seed in range(200)]
    assert np.mean([each.more + each.less > 0.1 for each in found]) < 0.1


def test_what_is_told_is_right_nine_times_in_ten() -> None:
    """Effects of like size as luck: some cannot be told, and of those that are nine in ten are right."""
    random = np.random.default_rng(1)
    for luck in (0.5, 1.0, 2.0):
        true = random.normal(0.3, 1.0, 4_000)
        told = signs_of(effects(true, luck, 2))
        assert told.more + told.less + told.untold == pytest.approx(1)
        assert told.untold > 0.1
        # Whatever is claimed beyond the truth would show here.
        assert told.more < (true > 0).mean()
        assert told.less < (true < 0).mean()
        positive = signs_of(effects(true[true > 0], luck, 3))
        assert positive.less < 0.1


def test_more_worlds_tell_more() -> None:
    true = np.random.default_rng(1).normal(0, 1, 1_000)
    untold = [signs_of(effects(true, 2.0, 2, replicates=count)).untold for count in (2, 8, 32)]
    assert untold == sorted(untold, reverse=True)
    assert untold[-1] < 0.4


def test_luck_that_grows_with_the_effect_is_no_trouble() -> None:
    true = np.where(np.arange(1_000) < 500, 0.01, 10.0)
    noise = np.random.default_rng(1).normal(0, 1, (1_000, 2)) * true[:, None] * 0.1
    assert signs_of(true[:, None] + noise).more > 0.95


def test_one_world_a_draw_is_taken_as_it_is_and_gaps_are_left_out() -> None:
    single = signs_of(np.array([[1.0], [-1.0], [np.nan], [0.0]]))
    assert (single.more, single.less, single.same) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert all(np.isnan(each) for each in signs_of(np.full((3, 2), np.nan)))


def test_the_share_of_worlds_with_more_counts_ties_half() -> None:
    found = more_of(np.array([[1.0, 2.0], [0.0, 0.0], [np.nan, -1.0], [np.nan, np.nan]]))
    assert found[:3].tolist() == [1.0, 0.5, 0.0]
    assert np.isnan(found[3])
