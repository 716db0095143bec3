"""One member, one month: corners, relations, and the same bits as the compiled code."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.kernel import compiled
from allmende.model import member, settlement
from allmende.model.member import (
    active_days,
    acts,
    bond,
    chance_of,
    dropout_exponent,
    mean_days,
    pay_exponent,
    rate_exponent,
    return_gap,
)

units = st.floats(2**-53, 1 - 2**-53)
chances = st.floats(0, 1)
exponents = st.floats(-30, 30)
rates = st.floats(0, 100)


@given(mean=st.floats(0, 60), chance=chances, u=units, v=units, first=st.integers(0, 1))
def test_days_are_at_least_the_first_and_at_most_a_month(
    mean: float, chance: float, u: float, v: float, first: int
) -> None:
    days, left = active_days(first, mean, chance, u, v)
    assert first <= days <= member.DAYS_A_MONTH
    assert left in {0, 1}
    if days == 0:
        assert not left


def test_corners_of_active_days() -> None:
    assert active_days(0, 0.0, 0.5, 0.999, 0.5) == (0, 0)
    assert active_days(1, 0.0, 1.0, 0.5, 0.5) == (1, 1)
    assert active_days(1, 0.0, 0.0, 0.5, 0.5) == (1, 0)
    assert active_days(0, 60.0, 0.0, 0.999, 0.5) == (31, 0)


@given(chance=chances, exponent=exponents)
def test_a_chance_stays_a_chance_and_moves_with_the_odds(chance: float, exponent: float) -> None:
    moved = chance_of(chance, exponent)
    assert 0.0 <= moved <= 1.0
    assert chance_of(chance, 0.0) == chance
    # Rounding may move a chance that hardly moves by its last bit.
    assert (moved - chance) * exponent >= -1e-12 * chance


def test_odds_are_multiplied() -> None:
    moved = chance_of(0.2, math.log(2))
    assert moved / (1 - moved) == pytest.approx(2 * 0.25)


@given(rate=rates, exponent=exponents)
def test_mean_days_are_finite_and_untouched_without_drivers(rate: float, exponent: float) -> None:
    assert 0 <= mean_days(rate, exponent) <= member.LARGEST_MEAN
    assert mean_days(rate, 0.0) == min(rate, member.LARGEST_MEAN)


def test_published_effects_enter_as_they_were_measured() -> None:
    """+60 % is log 1.6 (C13); -43 % is 0.35 times log of a fifth of the audience (C18)."""
    assert mean_days(2.0, math.log(1.6)) == pytest.approx(3.2)
    assert mean_days(1.0, 0.35 * math.log(0.2)) == pytest.approx(0.57, abs=0.005)


def test_drivers_are_zero_at_their_reference() -> None:
    assert rate_exponent(0.0, 0.0, 1.0, 0.7, 1.0, 0.0) == 0.0
    assert dropout_exponent(0.0, 0.7, 1.0, 0.0, 0.0) == 0.0
    assert bond(0.0) == 0.0


def test_pay_jumps_at_zero_and_then_rises() -> None:
    small = pay_exponent(1.0, 0.0, -0.3, 0.05, 0.2, 1_000.0)
    large = pay_exponent(1e6, 0.0, -0.3, 0.05, 0.2, 1_000.0)
    assert pay_exponent(0.0, 0.0, -0.3, 0.05, 0.2, 1_000.0) == 0.0
    assert small == pytest.approx(-0.3, abs=1e-3)
    assert large > 0 > small
    assert pay_exponent(0.0, 1.0, -0.3, 0.05, 0.2, 1_000.0) == -0.2


def test_pay_frame_rises_fast_and_falls_slowly() -> None:
    up = settlement.next_frame(0.0, 100.0, 0.3, 0.03)
    down = settlement.next_frame(up, 0.0, 0.3, 0.03)
    assert up == pytest.approx(0.3)
    assert up - down < 0.1 * up


def test_return_follows_its_law() -> None:
    """Chance of return after g months is chance (1 - (1 + g)^-shape); 4.9 standard errors, alarm 10^-6."""
    chance, shape, size = 0.45, 0.38, 40_000
    gaps = np.array([return_gap((k + 0.5) / size, chance, shape) for k in range(size)])
    for g in (1, 6, 12, 60):
        law = chance * (1 - (1 + g) ** -shape)
        assert np.mean((gaps > 0) & (gaps <= g)) == pytest.approx(law, abs=2e-4)


def test_acts_are_at_least_the_days() -> None:
    assert acts(3, 0.0, 0.99) == 3
    assert acts(0, 5.0, 0.99) == 0
    assert acts(2, 5.0, 0.9) > 2


@pytest.mark.parametrize(
    ("function", "draw"),
    [
        (
            active_days,
            lambda r: (int(r.integers(2)), r.gamma(0.5, 4), r.beta(0.8, 0.5), r.random(), r.random()),
        ),
        (chance_of, lambda r: (r.beta(0.8, 0.5), r.normal(0, 3))),
        (mean_days, lambda r: (r.gamma(0.5, 4), r.normal(0, 3))),
        (rate_exponent, lambda r: (*r.normal(0, 2, 4), r.gamma(1.0), r.normal())),
        (dropout_exponent, lambda r: (*r.normal(0, 2, 2), r.gamma(1.0), *r.normal(0, 1, 2))),
        (acts, lambda r: (int(r.integers(31)), r.gamma(1.0), r.random())),
        (pay_exponent, lambda r: (max(r.normal(0, 1e4), 0.0), r.random(), *r.normal(0, 0.3, 3), 1e3)),
        (return_gap, lambda r: (r.random(), r.random(), r.gamma(1.0) + 0.05)),
        (settlement.audience_gain, lambda r: (r.gamma(0.3, 1e3), r.gamma(0.3, 1e3), r.random())),
        (settlement.next_frame, lambda r: (r.random(), max(r.normal(), 0.0), r.random(), r.random())),
    ],
)
def test_compiled_and_plain_give_the_same_bits(function, draw) -> None:
    fast, random = compiled(function), np.random.default_rng(7)
    for _ in range(3_000):
        given_ = tuple(float(x) if isinstance(x, float) else int(x) for x in draw(random))
        plain, quick = function(*given_), fast(*given_)
        assert plain == quick, given_
