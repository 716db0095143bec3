"""Effects: by hand, where the figures can be counted; by simulation, where an interval claims to hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.effects import LEVEL, Effect, differences, effect_of, ends, measured_mean, standings_of
from allmende.results import Replay, Results, Variable


def made(*futures: np.ndarray, name: str = "users", months: int = 12) -> Results:
    """Results with one variable: futures of float64[draw, replicate], the same in every month."""
    values = np.stack([np.asarray(future, float) for future in futures])
    if values.ndim == 3:
        values = values[..., None] * np.ones(months)
    names = ("baseline", *(f"policy {number}" for number in range(1, len(futures))))
    replay = Replay("simulate", {}, 1, "0")
    variable = Variable(name, "people", name.capitalize(), values)
    return Results(names, np.arange(values.shape[-1], dtype=np.int32), {name: variable}, (), replay)


def test_the_end_is_the_mean_of_the_last_twelve_months_that_were_measured() -> None:
    months = np.arange(30.0)
    results = made(months[None, None], np.where(months == 29, 7.0, np.nan)[None, None])
    assert ends(results, "users").ravel().tolist() == [months[18:].mean(), 7.0]
    short = made(np.arange(5.0)[None, None], np.full(5, np.nan)[None, None])
    assert ends(short, "users").ravel()[0] == 2.0
    assert math.isnan(ends(short, "users").ravel()[1])


def test_an_effect_by_hand() -> None:
    effect = effect_of(made([[10.0, 20.0, 30.0]], [[11.0, 20.0, 27.0]]), "users", 1)
    assert effect.baseline == 20
    assert effect.mean == pytest.approx(-2 / 3)
    assert effect.more == (1 + 0.5) / 3
    paired = np.array([1.0, 0.0, -3.0])
    half = 4.302653 * paired.std(ddof=1) / math.sqrt(3)
    assert (effect.low, effect.high) == pytest.approx((-2 / 3 - half, -2 / 3 + half))
    assert (effect.worlds_low, effect.worlds_high) == pytest.approx(tuple(np.quantile(paired, [0.1, 0.9])))
    unpaired = np.var([10, 20, 30], ddof=1) + np.var([11, 20, 27], ddof=1)
    assert effect.gain == pytest.approx(unpaired / paired.var(ddof=1))


@pytest.mark.parametrize(
    ("paired", "verdict"),
    [
        ([1.0, 1.1, 0.9], "more"),
        ([-1.0, -1.1, -0.9], "less"),
        ([0.0, 0.0, 0.0], "the same"),
        ([1.0, -1.0, 0.5], "cannot be told"),
        ([2.0], "cannot be told"),
    ],
)
def test_the_verdict_says_what_the_interval_holds(paired: list[float], verdict: str) -> None:
    luck = np.arange(len(paired), dtype=float)
    assert effect_of(made([luck], [luck + paired]), "users", 1).verdict == verdict


def test_draws_are_the_units_where_there_are_several() -> None:
    """Replicates of a draw share its parameters: they say nothing new about what is not known."""
    paired = np.array([[1.0, 1.2], [3.0, 3.4], [-1.0, -1.4]])
    effect = effect_of(made(np.zeros((3, 2)), paired), "users", 1)
    units = paired.mean(axis=1)
    half = 4.302653 * units.std(ddof=1) / math.sqrt(3)
    assert (effect.low, effect.high) == pytest.approx((units.mean() - half, units.mean() + half))


def test_the_interval_over_draws_holds_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        own = random.normal(2.0, 3.0, (8, 1))
        effect = effect_of(made(np.zeros((8, 3)), own + random.normal(0, 1, (8, 3))), "users", 1)
        held += effect.low <= 2.0 <= effect.high
    assert abs(held / 300 - LEVEL) < 0.04


def test_what_was_not_measured_is_left_out_and_nothing_at_all_is_nan() -> None:
    effect = effect_of(made([[1.0, np.nan, 3.0]], [[2.0, 9.0, 4.0]]), "users", 1)
    assert effect.mean == 1.0
    assert effect.more == 1.0
    assert math.isnan(effect.gain)
    empty = effect_of(made([[np.nan, np.nan]], [[1.0, 2.0]]), "users", 1)
    assert math.isnan(empty.mean)
    assert empty.verdict == "cannot be told"


def test_differences_are_those_of_each_month() -> None:
    baseline = np.zeros((1, 3, 4))
    policy = np.array([1.0, 2.0, 6.0])[None, :, None] * np.array([0.0, 1.0, 2.0, np.nan])
    rows = differences(made(baseline, policy), "users")
    assert [(row.month, row.world, row.mid) for row in rows] == [
        (1, "policy 1", 0.0), (2, "policy 1", 2.0), (3, "policy 1", 4.0),
    ]  # fmt: skip
    assert rows[1].low == pytest.approx(np.quantile([1, 2, 6], 0.1))
    assert rows[1].high == pytest.approx(np.quantile([1, 2, 6], 0.9))


VALUES = st.lists(
    st.tuples(*(st.integers(0, 4) for _ in range(3))), min_size=2, max_size=8
)  # fmt: skip


@given(VALUES)
def test_standings_share_every_world_and_somebody_misses_nothing_in_it(worlds: list[tuple[int, ...]]) -> None:
    values = np.array(worlds, float).T
    standings = standings_of(made(*(row[None] for row in values)), "users")
    assert sum(each.best for each in standings) == pytest.approx(1)
    assert all(each.regret >= 0 for each in standings)
    assert standings[0].better == 0.5
    best = values.max(axis=0)
    for each, row in zip(standings, values, strict=True):
        assert each.regret == pytest.approx((best - row).mean())
        assert (each.best == 0) == (not (row == best).any())


@given(VALUES)
def test_less_is_better_turns_everything_round(worlds: list[tuple[int, ...]]) -> None:
    values = [row[None] for row in np.array(worlds, float).T]
    more = standings_of(made(*(4 - row for row in values)), "users")
    less = standings_of(made(*values, name="gini"), "gini")
    assert [v for each in more for v in each[1:]] == pytest.approx([v for each in less for v in each[1:]])


def test_worlds_that_were_not_measured_have_no_standing() -> None:
    results = made([[1.0, np.nan]], [[2.0, 0.0]])
    assert [each.best for each in standings_of(results, "users")] == [0.0, 1.0]
    empty = standings_of(made([[np.nan]], [[1.0]]), "users")
    assert all(math.isnan(value) for each in empty for value in each[1:])


def test_an_effect_names_its_outcome() -> None:
    effect = effect_of(made([[1.0, 2.0]], [[1.0, 2.0]]), "users", 1)
    assert effect[:4] == ("policy 1", "users", "Users", "people")
    assert isinstance(effect, Effect)


def test_rounding_of_sums_is_no_effect() -> None:
    baseline = np.array([[0.3, 0.6, 0.9]])
    effect = effect_of(made(baseline, np.array([[0.1 + 0.2, 0.6, 0.9]])), "users", 1)
    assert (effect.mean, effect.low, effect.high, effect.more) == (0, 0, 0, 0.5)
    assert effect.verdict == "the same"
    assert effect_of(made(baseline, baseline + 1e-6), "users", 1).verdict == "more"
    results = made(baseline, np.array([[0.1 + 0.2, 0.6, 0.9]]))
    assert [standing.best for standing in standings_of(results, "users")] == [0.5, 0.5]
    assert {(band.low, band.mid, band.high) for band in differences(results, "users")} == {(0, 0, 0)}


def test_means_of_draws_are_not_held_against_the_first_draw() -> None:
    """The first row of results is the baseline; the first of a table of draws is a draw like the others."""
    assert measured_mean(np.array([[0.3], [0.1 + 0.2]])).tolist() == [0.3, 0.1 + 0.2]
