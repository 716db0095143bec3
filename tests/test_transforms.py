"""Transforms: the right law, the same bits, monotone where promised.

Laws are compared by Kolmogorov-Smirnov or chi-square on 10^5 draws, false alarm 10^-6 each. A test of power
shows that the same comparison sees a parameter that is 3 % off.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from allmende.draws import Decision, moment_of, stream_of, uniform, unit, words
from allmende.elementary import exp
from allmende.kernel import compiled
from allmende.transforms import (
    NEVER,
    bernoulli,
    beta,
    exponential,
    gamma,
    geometric,
    geometric_within,
    geometrics_within,
    log_gammas,
    log_normal,
    normal,
)
from loops import over, plainly

FALSE_ALARM = 1e-6
COUNT = 100_000
US = uniform(11, Decision.OBSERVATION, member=np.arange(COUNT))
INSIDE = st.integers(0, 2**64 - 1).map(unit)
CHANCE = st.floats(0, 1)
SHAPES = (0.05, 0.3, 1.0, 2.5, 50.0, 1e5)
PAIRS = ((0.5, 1.0), (1.0, 1.0), (3.0, 5.0), (0.2, 0.3), (200.0, 30.0))
STREAM = stream_of(int(Decision.TRAIT_RATE), 3)


def _gammas(shape, members, out) -> None:
    for i in range(members.size):
        out[i] = gamma(shape, np.uint64(1), np.uint64(STREAM), members[i], np.uint64(7))


def _betas(first, second, members, out) -> None:
    for i in range(members.size):
        out[i] = beta(first, second, np.uint64(1), np.uint64(STREAM), members[i], np.uint64(7))


def _drawn(loop, *shapes):
    out = np.empty(COUNT)
    compiled(loop)(*shapes, np.arange(COUNT, dtype=np.uint64), out)
    return out


LAWS = {
    "normal": (lambda: over(normal, US), stats.norm()),
    "exponential": (lambda: over(exponential, US), stats.expon()),
    "log-normal": (
        lambda: over(log_normal, np.full(COUNT, 0.7), 1.3, US),
        stats.lognorm(1.3, scale=math.e**0.7),
    ),
    **{f"gamma {a:g}": (lambda a=a: _drawn(_gammas, a), stats.gamma(a)) for a in SHAPES},
    **{f"beta {a:g} {b:g}": (lambda a=a, b=b: _drawn(_betas, a, b), stats.beta(a, b)) for a, b in PAIRS},
}
WRONG = {
    "normal": stats.norm(0, 1.03),
    "exponential": stats.expon(scale=1.03),
    "log-normal": stats.lognorm(1.3 * 1.03, scale=math.e**0.7),
    "gamma 0.3": stats.gamma(0.3 * 1.03),
    "gamma 2.5": stats.gamma(2.5 * 1.03),
    "beta 3 5": stats.beta(3.0 * 1.03, 5.0),
}


@pytest.mark.parametrize("name", LAWS)
def test_continuous_laws(name) -> None:
    drawn, law = LAWS[name][0](), LAWS[name][1]
    assert stats.kstest(drawn, law.cdf).pvalue > FALSE_ALARM
    z = (drawn.mean() - law.mean()) / (law.std() / math.sqrt(COUNT))
    assert abs(z) < 4.9


@pytest.mark.parametrize("name", WRONG)
def test_a_law_three_percent_off_is_seen(name) -> None:
    """Each transform would be caught with a parameter 3 % off: by its distribution or its mean."""
    drawn, wrong = LAWS[name][0](), WRONG[name]
    z = (drawn.mean() - wrong.mean()) / (wrong.std() / math.sqrt(COUNT))
    assert stats.kstest(drawn, wrong.cdf).pvalue < FALSE_ALARM or abs(z) > 4.9


@pytest.mark.parametrize("chance", [1e-3, 0.05, 0.5, 0.93])
def test_geometric_law(chance) -> None:
    trials = over(geometric, np.full(COUNT, chance), US, dtype=np.int64)
    last = int(stats.geom.isf(20 / COUNT, chance))
    observed = np.bincount(np.minimum(trials, last), minlength=last + 1)[1:]
    expected = stats.geom.pmf(np.arange(1, last + 1), chance) * COUNT
    expected[-1] += stats.geom.sf(last, chance) * COUNT
    statistic = np.sum((observed - expected) ** 2 / expected)
    assert stats.chi2.sf(statistic, last - 1) > FALSE_ALARM
    assert np.array_equal(trials, stats.geom.isf(US, chance))


def test_bernoulli_law() -> None:
    bits = words(12, Decision.ADOPTION, member=np.arange(COUNT))
    for chance in (0.0, 1e-4, 0.3, 0.999, 1.0):
        hits = int(over(bernoulli, np.full(COUNT, chance), bits).sum())
        z = (hits - COUNT * chance) / max(math.sqrt(COUNT * chance * (1 - chance)), 1e-9)
        assert abs(z) < 4.9


@given(CHANCE, st.integers(0, 2**64 - 1))
def test_bernoulli_compares_integers(chance, bits) -> None:
    assert bernoulli(chance, bits) == ((bits >> 11) < chance * 2**53)
    assert not bernoulli(0.0, bits)
    assert bernoulli(1.0, bits)
    assert compiled(bernoulli)(chance, np.uint64(bits)) == bernoulli(chance, bits)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (normal, ()),
        (exponential, ()),
        (log_normal, (0.2, 3.0)),
        (geometric, (0.013,)),
        (geometric, (1e-17,)),
    ],
)
def test_plain_and_compiled_agree(function, arguments) -> None:
    dtype = np.int64 if function is geometric else np.float64
    arrays = (*(np.full(COUNT, a) for a in arguments), US)
    fast = over(function, *arrays, dtype=dtype)
    assert np.array_equal(fast[::10], plainly(function, *(each[::10] for each in arrays), dtype=dtype))


@pytest.mark.parametrize("shape", SHAPES)
def test_plain_and_compiled_gamma_agree(shape) -> None:
    fast = _drawn(_gammas, shape)[:2000]
    assert fast.tolist() == [gamma(shape, 1, STREAM, member, 7) for member in range(2000)]


@pytest.mark.parametrize("pair", PAIRS)
def test_plain_and_compiled_beta_agree(pair) -> None:
    fast = _drawn(_betas, *pair)[:2000]
    assert fast.tolist() == [beta(*pair, 1, STREAM, member, 7) for member in range(2000)]


def test_attempts_of_a_gamma_number_have_words_of_their_own() -> None:
    """The two gamma numbers of a beta number and the boost of a small shape never share a word."""
    small, large = _drawn(_gammas, 0.4), _drawn(_gammas, 1.4)
    boost = uniform(1, Decision.TRAIT_RATE, replicate=3, month=7, member=np.arange(COUNT), index=2**30)
    assert np.allclose(small, large * boost ** (1 / 0.4), rtol=1e-12)
    # Were words shared, the two would be related.
    assert abs(stats.spearmanr(large, boost).statistic) < 4.9 / math.sqrt(COUNT)
    first = _drawn(_gammas, 2.0)
    ratio = _drawn(_betas, 2.0, 2.0)
    second = first * (1 - ratio) / ratio
    assert abs(stats.spearmanr(first, second).statistic) < 4.9 / math.sqrt(COUNT)
    assert stats.kstest(second, stats.gamma(2.0).cdf).pvalue > FALSE_ALARM


def test_small_shapes_of_beta_do_not_become_nan() -> None:
    drawn = _drawn(_betas, 0.001, 0.002)
    assert np.all((drawn >= 0) & (drawn <= 1))
    assert abs(np.mean(drawn) - 1 / 3) < 0.01


@given(INSIDE, INSIDE)
def test_normal_is_monotone_and_symmetric(u, v) -> None:
    low, high = sorted((u, v))
    assert normal(low) <= normal(high)
    assert normal(1 - u) == -normal(u)
    assert normal(u) == pytest.approx(stats.norm.ppf(u), rel=1e-14, abs=1e-15)


def test_normal_at_the_ends_of_its_three_pieces() -> None:
    for edge in (0.075, 0.925, math.exp(-25), 2.0**-52, 1 - 2.0**-52):
        for u in (edge, math.nextafter(edge, 0), math.nextafter(edge, 1)):
            assert normal(u) == pytest.approx(stats.norm.ppf(u), rel=1e-14)


@given(CHANCE, CHANCE, INSIDE)
def test_geometric_never_falls_when_the_chance_falls(p, q, u) -> None:
    low, high = sorted((p, q))
    assert geometric(high, u) <= geometric(low, u)


def test_geometric_at_its_ends() -> None:
    assert geometric(1.0, 0.5) == 1
    assert geometric(0.0, 0.5) == NEVER
    assert geometric(1e-300, 2.0**-53) == NEVER
    assert geometric(0.5, 1 - 2.0**-53) == 1
    assert geometric(0.25, 0.75) == 2
    assert compiled(geometric)(1e-300, 2.0**-53) == NEVER


@given(st.floats(1e-3, 1), INSIDE, st.integers(0, 40))
def test_geometric_within_is_geometric_up_to_a_limit(chance, u, limit) -> None:
    """They may differ only where (1 - p)^n is u to the last bits."""
    expected = min(geometric(chance, u), limit + 1)
    found = geometric_within(chance, u, limit)
    if found != expected:
        assert (1 - chance) ** min(found, expected) == pytest.approx(u, rel=1e-12)
    assert compiled(geometric_within)(chance, u, limit) == found
    assert geometric_within(0.0, u, limit) == limit + 1
    assert geometric_within(1.0, u, limit) == 1


def test_a_block_of_geometric_numbers_has_those_of_its_members() -> None:
    """Chances from certain to never, limits from none to more than the straight lines hold."""
    random = np.random.default_rng(1)
    chances, limits = random.random(5000) ** 4, random.integers(0, 32, 5000)
    chances[:2] = 0.0, 1.0
    found, plain = np.full(5000, -1, np.int64), np.full(300, -1, np.int64)
    compiled(geometrics_within)(chances, US[:5000], limits, found)
    assert found.tolist() == [
        geometric_within(*each)
        for each in zip(chances.tolist(), US[:5000].tolist(), limits.tolist(), strict=True)
    ]
    geometrics_within(chances[:300], US[:300], limits[:300], plain)
    assert np.array_equal(plain, found[:300])


@pytest.mark.parametrize("shape", SHAPES)
def test_a_block_of_gamma_numbers_has_those_of_its_members(shape) -> None:
    names, found = np.arange(700, dtype=np.uint64), np.empty(700)
    rooms = np.empty((2, 700))
    compiled(log_gammas)(shape, np.uint64(1), np.uint64(STREAM), names, np.uint64(7), found, *rooms)
    assert np.array_equal(over(exp, found), _drawn(_gammas, shape)[:700])
    plain = np.empty(40)
    log_gammas(shape, 1, STREAM, names[:40], 7, plain, *rooms[:, :40])
    assert np.array_equal(plain, found[:40])


@given(INSIDE)
def test_moments_name_the_same_draw_whatever_the_part(u) -> None:
    """`gamma` adds its parts to the moment it is given: the moment must hold none of its own."""
    assert moment_of(5, 3) == moment_of(5, 0) + (3 << 32)
