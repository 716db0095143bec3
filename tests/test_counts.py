"""Counts: the quantile of the law, the same in every way of computing it, and monotone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from allmende.counts import FEW, VAST, binomial, poisson, poissons
from allmende.draws import Decision, uniform, unit
from allmende.kernel import compiled
from loops import over, plainly

FALSE_ALARM = 1e-6
COUNT = 100_000
US = uniform(21, Decision.OBSERVATION, member=np.arange(COUNT))
ENDS = np.array([unit(0), unit(2**64 - 1), 2.0**-30, 1 - 2.0**-30])
INSIDE = st.integers(0, 2**64 - 1).map(unit)
MEANS = (1e-9, 0.01, 0.3, 1.0, 3.0, 11.99, 12.0, 12.01, 40.0, 1e3, 1e5)
TRIALS = (
    (1, 0.5),
    (10, 0.1),
    (10, 0.9),
    (100, 0.3),
    (1000, 0.97),
    (10**6, 1e-3),
    (10**6, 0.4),
    (10**9, 1e-9),
)


def _chi_square(observed, law):
    """Cells of at least 20 expected, the tails pooled."""
    low, high = int(law.ppf(20 / COUNT)), int(law.isf(20 / COUNT))
    edges = np.arange(low, high + 1)
    if edges.size > 200:
        edges = np.unique(np.linspace(low, high, 200).astype(int))
    below = np.concatenate([[0.0], law.cdf(edges), [1.0]])
    counted = np.concatenate([[0], np.searchsorted(np.sort(observed), edges, side="right"), [COUNT]])
    expected, found = np.diff(below) * COUNT, np.diff(counted)
    kept = expected > 5
    statistic = np.sum((found[kept] - expected[kept]) ** 2 / expected[kept])
    return stats.chi2.sf(statistic, max(kept.sum() - 1, 1))


@pytest.mark.parametrize("mean", MEANS)
def test_poisson_is_the_quantile_and_has_the_law(mean) -> None:
    us = np.concatenate([US if mean < 1e4 else US[:2000], ENDS])
    found, law = over(poisson, mean, us, dtype=np.int64), stats.poisson(mean)
    _is_quantile(found, us, law)
    if mean < 1e4:
        assert _chi_square(found[:COUNT], law) > FALSE_ALARM


@pytest.mark.parametrize(("trials", "chance"), TRIALS)
def test_binomial_is_the_quantile_and_has_the_law(trials, chance) -> None:
    us = np.concatenate([US if trials < 1e4 else US[:2000], ENDS])
    found, law = over(binomial, trials, chance, us, dtype=np.int64), stats.binom(trials, chance)
    _is_quantile(found, us, law)
    if trials < 1e4:
        assert _chi_square(found[:COUNT], law) > FALSE_ALARM


def test_a_law_two_percent_off_is_seen() -> None:
    """Power of the comparison."""
    found = over(poisson, 3.0, US, dtype=np.int64)
    assert _chi_square(found, stats.poisson(3.0 * 1.02)) < FALSE_ALARM
    found = over(binomial, 100, 0.3, US, dtype=np.int64)
    assert _chi_square(found, stats.binom(100, 0.3 * 1.02)) < FALSE_ALARM


@pytest.mark.parametrize("mean", [VAST * 1.01, 1e12, 1e15])
def test_vast_poisson_is_off_by_less_than_it_says(mean) -> None:
    """Mean and variance at 10^5 draws, and the distance to the normal law, whose own error is below 10^-4."""
    found = over(poisson, mean, US, dtype=np.int64)
    z = (found - mean) / math.sqrt(mean)
    assert abs(z.mean()) < 4.9 / math.sqrt(COUNT)
    assert abs(z.var() - 1) < 4.9 * math.sqrt(2 / COUNT)
    if mean < 1e9:
        assert np.max(np.abs(stats.poisson.cdf(found[:300], mean) - US[:300])) < 1e-4


@pytest.mark.parametrize("mean", MEANS)
def test_plain_and_compiled_poisson_agree(mean) -> None:
    us = np.concatenate([US[: 1000 if mean < 1e4 else 50], ENDS])
    assert np.array_equal(over(poisson, mean, us, dtype=np.int64), plainly(poisson, mean, us, dtype=np.int64))


@pytest.mark.parametrize(("trials", "chance"), TRIALS)
def test_plain_and_compiled_binomial_agree(trials, chance) -> None:
    us = np.concatenate([US[: 1000 if trials < 1e4 else 50], ENDS])
    fast = over(binomial, trials, chance, us, dtype=np.int64)
    assert np.array_equal(fast, plainly(binomial, trials, chance, us, dtype=np.int64))


@pytest.mark.parametrize("seed", range(5))
def test_a_block_has_the_counts_of_its_members(seed) -> None:
    """`poissons` and `poisson` agree for rates as unequal as people's, and at both ends of the word."""
    means = np.random.default_rng(seed).gamma(0.3, 10 ** np.random.default_rng(seed).uniform(-2, 2), 5000)
    means[::50], us = 0.0, US[:5000].copy()
    us[7], us[8] = unit(0), unit(2**64 - 1)
    counts, room = np.full(5000, -1, np.int64), np.empty(5000)
    compiled(poissons)(means, us, counts, room)
    assert np.array_equal(counts, over(poisson, means, us, dtype=np.int64))
    plain = np.full(300, -1, np.int64)
    poissons(means[:300], us[:300], plain, room[:300])
    assert np.array_equal(plain, counts[:300])


@given(st.floats(0, 60), st.floats(0, 60), INSIDE, INSIDE)
def test_poisson_never_falls_when_the_mean_or_the_word_rises(a, b, u, v) -> None:
    """A policy which raises a rate never costs an act by luck alone."""
    low, high = sorted((a, b))
    assert poisson(low, u) <= poisson(high, u)
    below, above = sorted((u, v))
    assert poisson(low, below) <= poisson(low, above)


@given(INSIDE)
def test_the_two_methods_meet(u) -> None:
    assert 0 <= poisson(FEW, u) - poisson(math.nextafter(FEW, 0), u) <= 1


@given(st.integers(0, 60), st.floats(0, 1), st.floats(0, 1), INSIDE)
def test_binomial_never_falls_when_the_chance_rises(trials, p, q, u) -> None:
    low, high = sorted((p, q))
    assert 0 <= binomial(trials, low, u) <= binomial(trials, high, u) <= trials


def test_ends() -> None:
    assert poisson(0.0, 0.5) == 0
    assert poisson(-1.0, 0.5) == 0
    assert binomial(0, 0.5, 0.5) == 0
    assert binomial(7, 0.0, 1 - 2.0**-53) == 0
    assert binomial(7, 1.0, 2.0**-53) == 7
    assert binomial(-3, 0.5, 0.5) == 0


def _is_quantile(found, us, law) -> None:
    """P(N < n) < u <= P(N <= n), up to the last digits of SciPy's own distribution function."""
    slack = 1e-12
    assert np.all(law.cdf(found) >= us * (1 - slack) - slack)
    assert np.all(law.cdf(found - 1) <= us * (1 + slack) + slack)
    assert np.all(law.sf(found) <= (1 - us) * (1 + 1e-9))
    assert np.all(law.sf(found - 1) >= (1 - us) * (1 - 1e-9))
