"""Inequality: closed forms, bounds, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.inequality import (
    effective_number,
    fewest,
    gini,
    hhi,
    lorenz,
    rarefied,
    top_share,
    unbiased_gini,
)

AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any).map(np.array)
KERNELS = [gini, unbiased_gini, hhi, effective_number, fewest]


def test_gini_of_a_pareto_tail_is_its_closed_form() -> None:
    """Survival x^-1.5 (pdf exponent 2.5): G = 1 / (2 * 2.5 - 3) = 0.5, up to the cut at the last quantile."""
    quantiles = (1 - (np.arange(200_000) + 0.5) / 200_000) ** (-1 / 1.5)
    assert gini(quantiles) == pytest.approx(0.5, abs=0.01)


def test_gini_of_the_exponential_is_one_half() -> None:
    assert gini(-np.log(1 - (np.arange(100_000) + 0.5) / 100_000)) == pytest.approx(0.5, abs=1e-3)


def test_gini_of_the_uniform_is_one_third() -> None:
    assert gini(np.arange(1, 100_000, dtype=float)) == pytest.approx(1 / 3, abs=1e-4)


@given(AMOUNTS)
def test_gini_is_the_mean_difference_of_all_pairs(amounts: np.ndarray) -> None:
    values = amounts.astype(float)
    pairs = np.abs(values[:, None] - values[None, :]).sum()
    assert gini(amounts) == pytest.approx(pairs / (2 * len(values) ** 2 * values.mean()), abs=1e-9)


@given(AMOUNTS)
def test_gini_is_twice_the_area_above_the_lorenz_curve(amounts: np.ndarray) -> None:
    at = np.linspace(0, 1, len(amounts) + 1)
    assert 1 - 2 * np.trapezoid(lorenz(amounts, at), at) == pytest.approx(gini(amounts), abs=1e-9)


@given(AMOUNTS)
def test_lorenz_rises_below_the_diagonal(amounts: np.ndarray) -> None:
    at = np.linspace(0, 1, 23)
    curve = lorenz(amounts, at)
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    assert np.all(np.diff(curve) >= -1e-12)
    assert np.all(curve <= at + 1e-12)


@given(AMOUNTS, st.integers(1, 50), st.permutations(range(5)))
def test_order_and_unit_do_not_matter(amounts: np.ndarray, unit: int, order: list[int]) -> None:
    turned = amounts[np.argsort(np.resize(order, len(amounts)), kind="stable")]
    for kernel in KERNELS:
        value = kernel(amounts)
        assert kernel(turned) == pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True), kernel.__name__
        assert kernel(turned * unit) == pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True)


@given(AMOUNTS)
def test_bounds(amounts: np.ndarray) -> None:
    size = len(amounts)
    assert -1e-12 <= gini(amounts) <= 1 - 1 / size + 1e-12
    assert 1 / size - 1e-12 <= hhi(amounts) <= 1 + 1e-12
    assert 1 - 1e-9 <= effective_number(amounts) <= size + 1e-9
    assert 1 <= fewest(amounts) <= size
    assert 0 < top_share(amounts, 0.1) <= 1


@given(AMOUNTS, st.floats(0.01, 1))
def test_fewest_reaches_the_share_and_one_less_does_not(amounts: np.ndarray, share: float) -> None:
    count = fewest(amounts, share=share)
    largest = np.sort(amounts)[::-1]
    wanted = share * amounts.sum()
    assert largest[:count].sum() >= wanted * (1 - 1e-9)
    assert largest[: count - 1].sum() < wanted


def test_the_example_of_chaoss() -> None:
    assert fewest(np.array([1000, 202, 90, 33, 332, 343, 42, 433])) == 2


@pytest.mark.parametrize("kernel", [gini, unbiased_gini, hhi, effective_number])
def test_nothing_has_no_inequality(kernel: object) -> None:
    assert callable(kernel)
    assert np.isnan(kernel(np.array([], float)))
    assert np.isnan(kernel(np.zeros(3)))


def test_rarefied_gini_hardly_depends_on_size_when_unbiased() -> None:
    amounts = np.random.default_rng(5).lognormal(0, 1.2, 1500)
    whole = unbiased_gini(amounts)
    small = rarefied(amounts, 60, unbiased_gini, replicates=800)
    assert small == pytest.approx(whole, abs=0.02)
    assert rarefied(amounts, 60, gini, replicates=800) < whole - 0.01


def test_rarefied_is_keyed_and_exact_at_full_size() -> None:
    amounts = np.arange(1.0, 40)
    assert rarefied(amounts, 10, gini, seed=1) == rarefied(amounts, 10, gini, seed=1)
    assert rarefied(amounts, 10, gini, seed=1) != rarefied(amounts, 10, gini, seed=2)
    assert rarefied(amounts, 39, gini) == gini(amounts)
