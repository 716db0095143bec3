"""Apportionment: the parts sum to the whole, each within a cent, and the order of equals is fixed."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.apportionment import LARGEST, MOST_CLAIMS, split, whole_cents
from allmende.errors import LedgerError

CLAIMS = st.lists(st.one_of(st.integers(0, 5), st.integers(0, 2**40)), min_size=1, max_size=12)
POOL = st.one_of(st.integers(0, 20), st.integers(0, LARGEST))


def _by_hand(pool, claims):
    """Largest remainder in exact fractions, the earlier claimant first among equals."""
    total = sum(claims)
    if total == 0:
        return [0] * len(claims)
    exact = [Fraction(pool * claim, total) for claim in claims]
    parts = [int(share) for share in exact]
    order = sorted(range(len(claims)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: pool - sum(parts)]:
        parts[i] += 1
    return parts


def _one(pool, claims):
    return split([pool], np.array(claims), [0, len(claims)]).tolist()


@settings(max_examples=1000, deadline=None)
@given(POOL, CLAIMS)
def test_equals_the_definition(pool, claims) -> None:
    assert _one(pool, claims) == _by_hand(pool, claims)


def test_ten_thousand_random_splits() -> None:
    """In one call, one world each: 0, 1 and up to 2^63 - 1 cents among 1 to 40 claimants."""
    chance = np.random.default_rng(6)
    sizes = chance.integers(1, 41, 10_000)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    claims = chance.integers(0, 2 ** chance.integers(1, 45, offsets[-1]), dtype=np.int64)
    pools = chance.integers(0, 2 ** chance.integers(0, 63, 10_000), dtype=np.int64)
    pools[:10], pools[10] = np.arange(10), LARGEST
    parts = split(pools, claims, offsets)
    for world in range(10_000):
        here = slice(offsets[world], offsets[world + 1])
        assert parts[here].tolist() == _by_hand(int(pools[world]), claims[here].tolist())


@pytest.mark.slow
def test_a_million_random_splits() -> None:
    """Sums are exact, parts within a cent, and no smaller remainder is served before a larger one."""
    chance, worlds = np.random.default_rng(16), 1_000_000
    sizes = chance.integers(1, 10, worlds)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    claims = chance.integers(0, 2 ** chance.integers(1, 28, offsets[-1]), dtype=np.int64)
    pools = chance.integers(0, 2 ** chance.integers(1, 31, worlds), dtype=np.int64)
    parts = split(pools, claims, offsets)
    total = np.repeat(np.add.reduceat(claims, offsets[:-1]), sizes)
    paid = np.add.reduceat(parts, offsets[:-1])
    assert np.array_equal(paid, np.where(np.add.reduceat(claims, offsets[:-1]) > 0, pools, 0))
    exact = np.repeat(pools, sizes) * claims
    assert np.all(np.abs(parts * total - exact) < np.maximum(total, 1))
    remainder = np.where(total > 0, exact % np.maximum(total, 1), 0)
    served = parts * total > exact
    least = np.minimum.reduceat(np.where(served, remainder, 2**62), offsets[:-1])
    most = np.maximum.reduceat(np.where(served, -1, remainder), offsets[:-1])
    assert np.all(least >= most)


@pytest.mark.parametrize("pool", [0, 1, 999_999, 10**12 + 7, LARGEST])
def test_a_million_claimants(pool) -> None:
    claims = np.random.default_rng(7).integers(0, 2**25, 1_000_000)
    parts = split([pool], claims, [0, claims.size])
    assert int(parts.astype(object).sum()) == pool
    total = int(claims.sum())
    sample = np.r_[np.argsort(claims)[:20], np.argsort(claims)[-20:], 0:1000]
    for i in sample:
        assert abs(Fraction(pool * int(claims[i]), total) - int(parts[i])) < 1


@settings(deadline=None)
@given(POOL, st.lists(st.floats(0, 1e12, allow_subnormal=False), min_size=1, max_size=12))
def test_claims_that_are_not_whole(pool, claims) -> None:
    """Parts sum to the pool and are within one cent, and 2^-46 of the pool, of the exact share."""
    parts = _one(pool, claims)
    total = sum(Fraction(claim) for claim in claims)
    if total == 0:
        assert parts == [0] * len(claims)
        return
    assert sum(parts) == pool
    for part, claim in zip(parts, claims, strict=True):
        assert abs(Fraction(claim) / total * pool - part) < 1 + Fraction(pool, 2**46)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.lists(st.floats(0, 1e9), min_size=2, max_size=12), st.randoms())
def test_claims_that_are_not_whole_do_not_depend_on_their_order(pool, claims, chance) -> None:
    """Distinct claims get the same part wherever they stand."""
    claims = sorted(set(claims))
    order = list(range(len(claims)))
    chance.shuffle(order)
    parts = _one(pool, claims)
    shuffled = _one(pool, [claims[i] for i in order])
    unequal = [i for i, j in enumerate(order) if parts[j] != shuffled[i]]
    # Claims that differ by less than can be told apart may swap their last cent.
    assert all(abs(parts[order[i]] - shuffled[i]) == 1 for i in unequal)
    assert len(unequal) in {0, 2, 4}


@settings(deadline=None)
@given(st.integers(2**49, MOST_CLAIMS - 1), st.integers(1, 2**13 - 1), st.floats(0, 1))
def test_shares_without_remainder_are_exact_however_large(total, factor, where) -> None:
    """The pool is a multiple of the claims: each part is that multiple, to the last cent of 2^63."""
    first = min(int(total * where), total)
    assert _one(total * factor, [first, total - first]) == [first * factor, (total - first) * factor]


@settings(deadline=None)
@given(POOL, st.lists(st.sampled_from([2**40, 2**40 + 1, 2**40 + 3]), min_size=2, max_size=12))
def test_large_claims_that_tie(pool, claims) -> None:
    assert _one(pool, claims) == _by_hand(pool, claims)


def test_claims_that_are_not_whole_keep_47_bits() -> None:
    claims = np.random.default_rng(17).pareto(1.1, 50)
    total = sum(Fraction(claim) for claim in claims.tolist())
    for part, claim in zip(_one(LARGEST, claims), claims.tolist(), strict=True):
        assert abs(Fraction(claim) / total * LARGEST - part) < 1 + Fraction(LARGEST, 2**46)


def test_four_million_claims_that_are_not_whole() -> None:
    """More claimants than the first scale has room for."""
    claims = np.full(2**22, 0.9)
    parts = split([LARGEST], claims, [0, claims.size])
    assert (int(parts.min()), int(parts.max())) == (LARGEST // 2**22, LARGEST // 2**22 + 1)
    assert int(parts.astype(object).sum()) == LARGEST


def test_equal_claims_are_served_in_order() -> None:
    assert _one(5, [1, 1, 1]) == [2, 2, 1]
    assert _one(1, [3, 3, 3, 3]) == [1, 0, 0, 0]
    assert _one(2, [1, 2, 1]) == [1, 1, 0]
    assert _one(3, [0.5, 0.5]) == [2, 1]


def test_who_claims_nothing_gets_nothing() -> None:
    assert _one(7, [0, 1, 0, 1]) == [0, 4, 0, 3]
    assert _one(7, [0, 0]) == [0, 0]
    assert _one(7, [0.0, 1e-300]) == [0, 7]


def test_worlds_do_not_mix() -> None:
    parts = split([10, 0, 5, 9], [1, 1, 1, 2, 3], [0, 2, 2, 3, 5])
    assert parts.tolist() == [5, 5, 5, 4, 5]


def test_largest_claims_and_pools() -> None:
    most = MOST_CLAIMS - 1
    assert _one(LARGEST, [most]) == [LARGEST]
    assert _one(LARGEST, [most - 1, 1]) == _by_hand(LARGEST, [most - 1, 1])
    assert _one(LARGEST, [most // 2, most // 2]) == _by_hand(LARGEST, [1, 1])


@pytest.mark.parametrize(
    ("pool", "claims", "offsets", "message"),
    [
        ([1], [1, -1], [0, 2], "a claim is negative"),
        ([1], [1.0, np.nan], [0, 2], "not finite"),
        ([1], [1.0, np.inf], [0, 2], "not finite"),
        ([-1], [1], [0, 1], "an amount is -1 cents"),
        ([1], [1, 1], [0, 1], "offsets do not fit"),
        ([1, 1], [1, 1], [0, 3, 2], "offsets do not fit"),
        ([1], [1, 1], [1, 2], "offsets do not fit"),
        ([1.5], [1], [0, 1], "cents are float64"),
        ([1], [MOST_CLAIMS], [0, 1], "sum to 2\\^50 or more"),
        ([1], [2**62, 2**62, 2**62, 2**62], [0, 4], "sum to 2\\^50 or more"),
        ([1], np.array([2**63 + 5], np.uint64), [0, 1], "sum to 2\\^50 or more"),
        ([1, 1], [1, 1], [0, 2], "offsets do not fit|for each of 1 worlds"),
    ],
)
def test_what_cannot_be_split_is_refused(pool, claims, offsets, message) -> None:
    with pytest.raises(LedgerError, match=message):
        split(np.array(pool), np.array(claims), np.array(offsets))


def test_whole_cents_broadcasts_and_copies() -> None:
    given = np.array([1, 2])
    found = whole_cents(given, 2, "here")
    found[0] = 9
    assert given.tolist() == [1, 2]
    assert whole_cents(3, 2, "here").tolist() == [3, 3]
