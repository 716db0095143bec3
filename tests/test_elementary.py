"""Elementary functions: right to the last bit or two, and the same bits wherever they run."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende import elementary
from allmende.kernel import compiled

INFINITY = math.inf
# Function, range that is tried, exact function, largest error in units of the last place.
CASES: list[tuple[str, tuple[float, float], Callable[[Decimal], Decimal], float]] = [
    ("exp", (-700, 700), lambda x: x.exp(), 1.0),
    ("exp", (-1e-3, 1e-3), lambda x: x.exp(), 1.0),
    ("log", (1e-12, 2), lambda x: x.ln(), 1.0),
    ("log", (1, 1e9), lambda x: x.ln(), 1.0),
    ("log1p", (-0.999, 3), lambda x: (1 + x).ln(), 2.0),
    ("log1p", (-1e-9, 1e-9), lambda x: (1 + x).ln(), 2.0),
    ("expm1", (-3, 3), lambda x: x.exp() - 1, 3.0),
    ("expm1", (-1e-9, 1e-9), lambda x: x.exp() - 1, 3.0),
]
FUNCTIONS = ("exp", "log", "log1p", "expm1")
ANY = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)


def _over(function):
    def run(xs, out) -> None:
        for i in range(xs.size):
            out[i] = function(xs[i])

    return compiled(run)


@pytest.mark.parametrize(("name", "between", "exact", "largest"), CASES)
def test_error_in_units_of_the_last_place(name, between, exact, largest) -> None:
    function = getattr(elementary, name)
    with localcontext() as context:
        context.prec = 40
        for x in np.random.default_rng(3).uniform(*between, 400):
            truth = exact(Decimal(float(x)))
            step = Decimal(math.ulp(float(truth)))
            assert abs(Decimal(function(float(x))) - truth) <= Decimal(largest) * step, (name, float(x))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_plain_and_compiled_agree_bit_for_bit(name) -> None:
    """10^5 numbers of every size, through the vectorised loop; every 20th in plain Python."""
    function = getattr(elementary, name)
    chance = np.random.default_rng(4)
    xs = chance.integers(0, 2**64, 100_000, np.uint64).view(np.float64).copy()
    xs[::2] = chance.normal(0, 3, xs[::2].size)
    out = np.empty_like(xs)
    _over(function)(xs, out)
    plain = np.array([function(float(x)) for x in xs[::20]])
    assert np.array_equal(_bits(plain), _bits(out[::20]))


@given(ANY)
def test_edges_of_exp(x) -> None:
    found = elementary.exp(x)
    with np.errstate(all="ignore"):
        right = float(np.exp(x))
    assert found == pytest.approx(right, rel=4e-16, abs=5e-324, nan_ok=True)


@given(ANY)
def test_edges_of_log(x) -> None:
    with np.errstate(all="ignore"):
        right = float(np.log(x))
    assert elementary.log(x) == pytest.approx(right, rel=4e-16, nan_ok=True)


@given(ANY)
def test_edges_of_log1p(x) -> None:
    with np.errstate(all="ignore"):
        right = float(np.log1p(x))
    assert elementary.log1p(x) == pytest.approx(right, rel=1e-15, nan_ok=True)


@given(ANY)
def test_edges_of_expm1(x) -> None:
    with np.errstate(all="ignore"):
        right = float(np.expm1(x))
    assert elementary.expm1(x) == pytest.approx(right, rel=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "value"),
    [(0.0, 1.0), (-0.0, 1.0), (INFINITY, INFINITY), (-INFINITY, 0.0), (-745.13, 5e-324), (709.9, INFINITY)],
)
def test_exp_at_its_ends(x, value) -> None:
    assert elementary.exp(x) == value


@pytest.mark.parametrize(
    ("x", "value"), [(1.0, 0.0), (0.0, -INFINITY), (-0.0, -INFINITY), (INFINITY, INFINITY)]
)
def test_log_at_its_ends(x, value) -> None:
    assert elementary.log(x) == value
    assert math.isnan(elementary.log(-1.0))


@given(st.floats(1e-3, 1e3), st.floats(-30, 30))
def test_power(x, y) -> None:
    assert elementary.power(x, y) == pytest.approx(x**y, rel=1e-13)
    assert elementary.power(0.0, 2.0) == 0.0
    assert elementary.power(0.0, 0.0) == 1.0


@given(st.floats(-700, 700), st.floats(-700, 700))
def test_exp_and_log_are_monotone(x, y) -> None:
    low, high = sorted((x, y))
    assert elementary.exp(low) <= elementary.exp(high)
    assert elementary.log(elementary.exp(low)) <= elementary.log(elementary.exp(high))


def _bits(values):
    same = np.where(np.isnan(values), np.nan, values)
    return same.view(np.uint64)
