"""Closed forms: laws known exactly, met by draws, transforms, splits and transfers.

Each test states the law and where it is from. A single figure alarms at |z| > 4.9 (10^-6); a family of
figures, at a false alarm of 10^-6 together. Beside each stands what a plausible mistake would give, so
that the test is known to see it.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from allmende.apportionment import split
from allmende.draws import Decision, member_key, poisson_one, uniform, words
from allmende.ledger import Ledger, transfer
from allmende.transforms import bernoulli, exponential, log_normal, normal
from loops import over

ALARM = 4.9
WORKS = (1, 2, 5, 10, 100)
RUNS = 20_000


def _z(sample, mean, deviation=None):
    spread = np.std(sample) if deviation is None else deviation
    return (np.mean(sample) - mean) / (spread / math.sqrt(np.size(sample)))


def _us(*shape, decision=Decision.QUALITY):
    """Numbers for `shape`: replicates, then members."""
    replicate, member = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    return uniform(77, decision, replicate=replicate, member=member)


def _best(function, works, *arguments):
    us = _us(RUNS, works)
    return over(function, *(np.full(us.size, a) for a in arguments), us.ravel()).reshape(us.shape).max(axis=1)


@pytest.mark.parametrize("works", WORKS)
def test_best_of_uniform_works(works) -> None:
    """The best of N uniform qualities is N / (N + 1) on average; it is not that of N + 1."""
    best = _us(RUNS, works).max(axis=1)
    assert abs(_z(best, works / (works + 1))) < ALARM
    assert abs(_z(best, (works + 1) / (works + 2))) > ALARM or works == max(WORKS)


@pytest.mark.parametrize("works", WORKS)
def test_best_of_exponential_works(works) -> None:
    """H_N = 1 + 1/2 + ... + 1/N, for every N exactly."""
    best = _best(exponential, works)
    harmonic = sum(1 / n for n in range(1, works + 1))
    assert abs(_z(best, harmonic)) < ALARM
    assert abs(_z(best, harmonic + 1 / (works + 1))) > ALARM or works == max(WORKS)


@pytest.mark.parametrize(("works", "mean"), [(2, 0.564190), (10, 1.538753), (50, 2.249074)])
def test_best_of_normal_works(works, mean) -> None:
    """The mean of the largest of N normal numbers, by quadrature."""

    def integrand(x):
        return x * works * stats.norm.pdf(x) * stats.norm.cdf(x) ** (works - 1)

    quadrature = integrate.quad(integrand, -12, 12)[0]
    assert quadrature == pytest.approx(mean, abs=1e-5)
    assert abs(_z(_best(normal, works), quadrature)) < ALARM


def _gumbel(location, scale, u):
    return location + scale * -np.log(-np.log(u))


@pytest.mark.parametrize("works", WORKS)
def test_best_of_gumbel_works(works) -> None:
    """Location + scale (Euler's constant + ln N)."""
    best = _gumbel(3.0, 2.0, _us(RUNS, works)).max(axis=1)
    assert abs(_z(best, 3.0 + 2.0 * (np.euler_gamma + math.log(works)), 2.0 * math.pi / math.sqrt(6))) < ALARM


@pytest.mark.parametrize("chance", [0.001, 0.02, 0.3])
@pytest.mark.parametrize("works", WORKS)
def test_at_least_one_success(works, chance) -> None:
    """1 - (1 - p)^N: the sponsor of an open call finds at least one."""
    bits = words(78, Decision.ADOPTION, replicate=np.arange(RUNS)[:, None], member=np.arange(works))
    hits = over(bernoulli, chance, bits.ravel()).reshape(bits.shape).any(axis=1)
    share = 1 - (1 - chance) ** works
    assert abs(_z(hits, share, math.sqrt(share * (1 - share)))) < ALARM


def _gini(sample):
    """Unbiased: the mean difference over twice the mean, with n (n - 1) pairs."""
    ordered, n = np.sort(sample, axis=-1), sample.shape[-1]
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return (ordered * ranks).sum(axis=-1) / ((n - 1) * ordered.sum(axis=-1))


@pytest.mark.parametrize("size", [2, 10, 1000])
def test_inequality_of_exponential_shares(size) -> None:
    """The unbiased Gini of n exponential numbers is 1/2 on average for every n; the biased one is not."""
    us = _us(10_000 if size < 100 else 1000, size)
    gini = _gini(over(exponential, us.ravel()).reshape(us.shape))
    assert abs(_z(gini, 0.5)) < ALARM
    if size < 100:
        assert abs(_z(gini * (size - 1) / size, 0.5)) > ALARM


@pytest.mark.parametrize("exponent", [3.0, 5.0])
def test_inequality_of_pareto_shares(exponent) -> None:
    """1 / (2 a - 1), for numbers e^(x / a) of exponential x."""
    us = _us(400, 10_000)
    gini = _gini(np.exp(over(exponential, us.ravel()) / exponent).reshape(us.shape))
    assert abs(_z(gini, 1 / (2 * exponent - 1))) < ALARM + 0.5


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_inequality_of_log_normal_shares(scale) -> None:
    """erf(sigma / 2)."""
    us = _us(400, 10_000)
    drawn = over(log_normal, 0.0, scale, us.ravel()).reshape(us.shape)
    assert abs(_z(_gini(drawn), math.erf(scale / 2))) < ALARM


@given(
    st.integers(0, 100),
    st.integers(-50, 50),
    st.integers(1, 10**7),
    st.integers(1, 24),
)
def test_a_share_of_growing_revenue_is_a_geometric_sum_to_the_cent(share, growth, start, months) -> None:
    """Revenue grows by g % a month, rounded down; r % of it goes to members by largest remainder.

    The books say what exact arithmetic says, and the unrounded geometric sum is within a cent a month and
    what the rounding of revenue leaves out.
    """
    ledger, revenue, exact = Ledger.opened(worlds=1), start, 0
    for month in range(months):
        members, _ = split([revenue], [share, 100 - share], [0, 2]).tolist()
        transfer(ledger, "advertisers", "platform", revenue, kind="advertising", month=month)
        transfer(ledger, "platform", "members", members, kind="revenue share", month=month)
        exact += (revenue * share + 50) // 100
        assert abs(members - Fraction(revenue * share, 100)) < 1
        revenue = revenue * (100 + growth) // 100
    assert ledger.audit() == []
    paid = int(ledger.balance("members")[0])
    assert paid == exact
    factor = Fraction(100 + growth, 100)
    powers = [factor**month for month in range(months)]
    total = sum(powers, Fraction(0)) * start * share / 100
    left_out = sum((sum(powers[:month], Fraction(0)) for month in range(months)), Fraction(0))
    assert -months - left_out <= paid - total <= months


def test_a_fixed_bounty_is_paid_out_whole_and_fairly() -> None:
    """Sum of payments = bounty; claims drawn alike give 1/n on average to each, z over 2,000 worlds."""
    worlds, claimants, bounty = 2_000, 7, 100_003
    named = {"replicate": np.arange(worlds)[:, None], "member": np.arange(claimants)}
    claims = (words(79, Decision.PAYMENT, **named) >> np.uint64(40)).astype(np.int64)
    pools, offsets = np.full(worlds, bounty), np.arange(worlds + 1) * claimants
    parts = split(pools, claims.ravel(), offsets).reshape(worlds, -1)
    assert np.all(parts.sum(axis=1) == bounty)
    z = [_z(parts[:, i], bounty / claimants) for i in range(claimants)]
    assert np.max(np.abs(z)) < ALARM + 0.5


def test_who_comes_first_gets_the_odd_cents_of_equal_claims() -> None:
    """100 cents among 7 equals: 2 of them get 15, the rest 14, always the same two."""
    parts = split(np.full(3, 100), np.ones(21, np.int64), [0, 7, 14, 21]).reshape(3, 7)
    assert parts.tolist() == [[15, 15, 14, 14, 14, 14, 14]] * 3


def test_constant_attention_is_multinomial() -> None:
    """1,000 views of 5 equal works: counts have mean n/k, variance n (1/k)(1 - 1/k), covariance -n/k^2."""
    views, works, runs = 1_000, 5, 4_000
    chosen = (_us(runs, views, decision=Decision.ATTENTION) * works).astype(int)
    counts = np.stack([(chosen == work).sum(axis=1) for work in range(works)], axis=1)
    assert abs(_z(counts[:, 0], views / works, math.sqrt(views * 0.16))) < ALARM
    products = (counts[:, 0] - views / works) * (counts[:, 1] - views / works)
    assert abs(_z(products, -views / works**2)) < ALARM
    assert abs(_z(products, 0.0)) > ALARM


def test_two_works_and_the_rich_get_richer() -> None:
    """Each view goes to a work in proportion to views + 1: the first has 0 ... n views, all alike."""
    views, runs = 9, 20_000
    us = _us(runs, views, decision=Decision.ATTENTION)
    first = np.zeros(runs, int)
    for view in range(views):
        first += us[:, view] < (first + 1) / (view + 2)
    observed = np.bincount(first, minlength=views + 1)
    assert stats.chisquare(observed).pvalue > 1e-6
    even = np.array([math.comb(views, n) for n in range(views + 1)]) / 2**views * runs
    assert np.sum((observed - even) ** 2 / even) > 1000


def test_the_bootstrap_has_the_variance_of_the_mean() -> None:
    """The Poisson bootstrap of a mean varies as the mean does: s^2 / n, over 2,000 resamples."""
    values = over(exponential, _us(1, 400).ravel())
    times = poisson_one(80, replicate=np.arange(2_000)[:, None], member=member_key(3, np.arange(400)))
    means = (times * values).sum(axis=1) / times.sum(axis=1)
    ratio = means.var() / (values.var() / values.size)
    assert abs(ratio - 1) < ALARM * math.sqrt(2 / 2_000) + 2 / 400
