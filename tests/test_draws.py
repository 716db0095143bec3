"""Draws: the name decides, and only the name."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from allmende.draws import (
    Decision,
    _times_of,
    key_of,
    member_key,
    moment_of,
    poisson_one,
    stream_of,
    threefry,
    uniform,
    unit,
    words,
)
from allmende.errors import OutOfRangeError
from allmende.kernel import compiled, kernel
from randomness import BATTERY, worst

FALSE_ALARM = 1e-6
LARGEST = 2**64 - 1
WORD = st.integers(0, LARGEST)
EDGES = [0, 1, 2, 2**15, 2**16 - 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, LARGEST]
PINNED = [
    [7444017950055816073, 5316046337645869128],
    [2117811231229353139, 1445944108428583161],
    [14417601117699500734, 2306953299468173288],
]
ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))

# Random123 (Salmon et al. 2011), kat_vectors: counter, key, answer of threefry2x64 with 20 rounds.
KNOWN = [
    ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
    ((LARGEST, LARGEST), (LARGEST, LARGEST), (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344),
        (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
    ),
]


@kernel
def _fill(seed, stream, members, moments, out) -> None:
    for i in range(members.size):
        out[i, 0], out[i, 1] = threefry(seed, stream[i], members[i], moments[i])


@kernel
def _packed(decision, replicate, month, part, arrival, rank):  # noqa: PLR0917 - compiled code takes no keywords
    return stream_of(decision, replicate), moment_of(month, part), member_key(arrival, rank)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer) -> None:
    assert threefry(*key, *counter) == answer
    assert compiled(threefry)(*map(np.uint64, (*key, *counter))) == answer


@given(WORD, WORD, WORD, WORD)
def test_the_generator_can_be_run_backwards(key0, key1, counter0, counter1) -> None:
    """So for one key no two counters have the same answer; with the packing: no two names collide."""
    assert _backwards(key0, key1, *threefry(key0, key1, counter0, counter1)) == (counter0, counter1)


def test_plain_numpy_and_compiled_agree() -> None:
    """10^5 random names: words of NumPy and of the compiled generator; every 50th in plain Python."""
    chance = np.random.default_rng(1)
    count = 100_000
    members = chance.integers(0, 2**64, count, np.uint64)
    months = chance.integers(-(2**31), 2**31, count)
    replicates = chance.integers(0, 2**32, count)
    seed = 2**64 - 3
    streams = stream_of(np.uint64(Decision.REVIEW), replicates.astype(np.uint64))
    moments = moment_of(months.astype(np.uint64), np.uint64(0))
    out = np.empty((count, 2), np.uint64)
    compiled(_fill)(np.uint64(seed), streams, members, moments, out)
    for index in (0, 1):
        found = words(seed, Decision.REVIEW, replicate=replicates, month=months, member=members, index=index)
        assert np.array_equal(found, out[:, index])
    for i in range(0, count, 50):
        stream = stream_of(int(Decision.REVIEW), int(replicates[i]))
        moment = moment_of(int(months[i]), 0)
        assert threefry(seed, stream, int(members[i]), moment) == tuple(out[i].tolist())


@pytest.mark.parametrize("decision", [0, 1, 2**16 - 1])
@pytest.mark.parametrize("replicate", [0, 1, 2**31, 2**32 - 1])
def test_packing_is_injective_at_the_edges(decision, replicate) -> None:
    """Every field can be read back from the packed name, in the interpreter and compiled."""
    for month in (-(2**31), -1, 0, 1, 2**31 - 1):
        for part in (0, 1, 2**32 - 1):
            for arrival, rank in ((0, 0), (-1, 2**32 - 1), (2**31 - 1, 1)):
                plain = _packed(decision, replicate, month, part, arrival, rank)
                assert _unpacked(*plain) == (decision, replicate, month, part, arrival, rank)
                given = np.array([decision, replicate, month, part, arrival, rank], np.int64)
                assert compiled(_packed)(*given.astype(np.uint64)) == plain


@given(WORD, WORD)
def test_a_field_never_reaches_into_its_neighbour(first, second) -> None:
    """What does not fit is cut off, not carried over: the compiled twins do not check."""
    low, short = 2**32 - 1, 2**16 - 1
    assert stream_of(first, second) == stream_of(first & short, second & low)
    assert moment_of(first, second) == moment_of(first & low, second & low)
    assert member_key(first, second) == member_key(first & low, second & low)
    assert max(stream_of(first, second), moment_of(first, second), member_key(first, second)) <= LARGEST


def test_edges_of_every_field_have_words_of_their_own() -> None:
    """All pairs of names on a grid of edge values differ in both words."""
    seen: dict[tuple[int, int], tuple[int, ...]] = {}
    for seed in EDGES:
        for member in EDGES:
            for replicate in (0, 1, 2**32 - 1):
                for month in (-(2**31), -1, 0, 1, 2**31 - 1):
                    pair = words(
                        seed, Decision(1), replicate=replicate, month=month, member=member, index=[0, 1]
                    )
                    name = (seed, member, replicate, month)
                    assert seen.setdefault((int(pair[0]), int(pair[1])), name) == name
    assert len(seen) == len(EDGES) ** 2 * 15


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("replicate", -1),
        ("replicate", 2**32),
        ("month", 2**31),
        ("month", -(2**31) - 1),
        ("member", -1),
        ("member", 2**64),
        ("index", 2**33),
        ("member", 0.5),
        ("month", [0, 2**31]),
    ],
)
def test_a_name_that_does_not_fit_is_refused(field, value) -> None:
    with pytest.raises(OutOfRangeError, match=field):
        words(1, Decision.PRIOR, **{field: value})


def test_a_seed_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="seed is 18446744073709551616"):
        words(2**64, Decision.PRIOR)


def test_arguments_broadcast() -> None:
    found = words(1, Decision.PRIOR, replicate=[[0], [1]], member=[3, 4, 5], month=7)
    assert found.shape == (2, 3)
    assert found[1, 2] == words(1, Decision.PRIOR, replicate=1, member=5, month=7)
    assert words(1, Decision.PRIOR).shape == ()
    assert words(1, Decision.PRIOR, member=[]).shape == (0,)


@given(st.lists(WORD, min_size=1, max_size=20), WORD)
def test_one_more_member_changes_nobodys_luck(members, extra) -> None:
    alone = words(1, Decision.ACTIVITY, member=np.array(members, np.uint64))
    crowded = words(1, Decision.ACTIVITY, member=np.array([extra, *reversed(members)], np.uint64))
    assert np.array_equal(crowded[1:][::-1], alone)


def test_words_do_not_depend_on_how_the_work_is_split() -> None:
    members = np.arange(10_000, dtype=np.uint64)
    whole = words(3, Decision.ACTIVITY, month=5, member=members)
    for pieces in (2, 3, 7):
        parts = [
            words(3, Decision.ACTIVITY, month=5, member=part) for part in np.array_split(members, pieces)
        ]
        assert np.array_equal(np.concatenate(parts), whole)


def test_decisions_are_append_only() -> None:
    """Numbers, once given, stay; new decisions go to the end of this list."""
    given = [
        "RESAMPLE PRIOR ENVIRONMENT ARRIVAL TRAIT_RATE TRAIT_DROPOUT TRAIT_SKILL TRAIT_EMPLOYER",
        "TRAIT_MOTIVE TRAIT_PAY_FRAME ACTIVITY DROPOUT RETURN WORK QUALITY ATTENTION REVIEW RESPONSE",
        "USE_VALUE MARKET_VALUE ADOPTION INTEGRATION PAYMENT TIES SHOCK INSTITUTION OBSERVATION BASELINE",
    ]
    names = " ".join(given).split()
    assert [decision.name for decision in Decision][: len(names)] == names
    assert [int(decision) for decision in Decision] == list(range(len(Decision)))


def test_published_words_never_change() -> None:
    """A published study must give the same numbers in every later version."""
    found = words(7, Decision.ACTIVITY, replicate=3, month=-2, member=[0, 2**40 + 5], index=[[0], [1], [6]])
    assert found.tolist() == PINNED
    assert key_of("ada") == 2811677874490880021
    assert key_of("") != key_of("\0")


def test_uniform_is_inside_zero_and_one() -> None:
    extremes = np.array([0, LARGEST], np.uint64)
    assert unit(extremes).tolist() == [2.0**-53, 1 - 2.0**-53]
    numbers = uniform(1, Decision.PRIOR, member=np.arange(1000))
    assert numbers.dtype == np.float64
    assert np.array_equal(
        numbers, [unit(int(bits)) for bits in words(1, Decision.PRIOR, member=np.arange(1000))]
    )


@given(WORD)
def test_unit_is_exact_and_symmetric(bits) -> None:
    assert Fraction(unit(bits)) == Fraction(2 * (bits >> 12) + 1, 2**53)
    assert unit(LARGEST - bits) == 1 - unit(bits)
    assert compiled(unit)(np.uint64(bits)) == unit(bits)


def test_poisson_one_thresholds_are_exact() -> None:
    """The count changes exactly where the distribution function, to 100 digits, says."""
    with localcontext() as context:
        context.prec = 100
        below, factorial = Decimal(0), 1
        for count in range(12):
            below += Decimal(-1).exp() / factorial
            factorial *= count + 1
            threshold = int(below * 2**64)
            edge = np.array([threshold - 1, threshold, threshold + 1], np.uint64)
            assert _times_of(edge).tolist() == [count, count + 1, count + 1]


def test_poisson_one_has_mean_and_variance_one() -> None:
    """Chi-square over 0 ... 7 and more, for 2^20 members; false alarm 10^-6."""
    counts = poisson_one(5, replicate=9, member=np.arange(2**20))
    assert counts.dtype == np.uint8
    observed = np.bincount(np.minimum(counts, 7), minlength=8)
    expected = np.append(stats.poisson.pmf(range(7), 1), stats.poisson.sf(6, 1)) * counts.size
    assert stats.chi2.sf(np.sum((observed - expected) ** 2 / expected), 7) > FALSE_ALARM


def _orders(count):
    n = np.arange(count, dtype=np.uint64)
    return {
        "member": words(1, Decision.ACTIVITY, member=n),
        "arrival month": words(1, Decision.ACTIVITY, member=n << np.uint64(32)),
        "month": words(1, Decision.ACTIVITY, month=n),
        "replicate": words(1, Decision.ACTIVITY, replicate=n),
        "word": words(1, Decision.ACTIVITY, index=n),
        "decision": threefry(
            np.array([1], np.uint64), stream_of(n % np.uint64(2**16), np.uint64(0)), n >> np.uint64(16), 0
        )[0],
        "seed": np.concatenate(
            [words(seed, Decision.ACTIVITY, member=range(16)) for seed in range(count // 16)]
        ),
        "one bit": words(1, Decision.ACTIVITY, member=np.uint64(1) << (n % np.uint64(64)), month=n // 64),
    }


@pytest.mark.parametrize("size", [2**16, pytest.param(2**20, marks=pytest.mark.slow)])
def test_streams_ordered_by_each_part_of_the_name_look_random(size) -> None:
    """8 tests x 8 orders; each false alarm 10^-6 / 64."""
    for order, stream in _orders(size).items():
        p, test = worst(stream)
        assert p > FALSE_ALARM / 64, f"ordered by {order}, {test}: p = {p:.2g}"


def test_the_battery_sees_weak_generators() -> None:
    """Power: names that are only added up, multiplied, or mixed by too few rounds are all caught."""
    n = np.arange(2**16, dtype=np.uint64)
    golden = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        product = n * golden
        weak = {"counter": n, "product": product, "xorshift": product ^ (product >> np.uint64(32))}
    for rounds in (1, 4, 6):
        weak[f"threefry of {rounds} rounds"] = _few_rounds(n, rounds)
    for name, stream in weak.items():
        p, _ = worst(stream)
        assert p < FALSE_ALARM / 64, f"{name} passed"


def test_each_test_of_the_battery_has_the_stated_false_alarm() -> None:
    """On a good generator p-values are uniform: 5 % and 50 % points over 200 streams, alarm at |z| > 4.9."""
    chance = np.random.default_rng(2)
    for name, test in BATTERY.items():
        found = np.array([test(chance.integers(0, 2**64, 2**13, np.uint64)) for _ in range(200)])
        if name in {"birthday_spacings", "collisions"}:
            assert np.mean(found < 0.05) < 0.15, name
            continue
        for share in (0.05, 0.5):
            z = (np.mean(found < share) - share) / np.sqrt(share * (1 - share) / 200)
            assert abs(z) < 4.9, f"{name}: {np.mean(found < share):.3f} below {share}"


def _unpacked(stream, moment, member):
    def signed(value):
        return value - 2**32 if value >= 2**31 else value

    assert stream & 0xFFFF == 0
    return (
        (stream >> 16) & 0xFFFF,
        stream >> 32,
        signed(moment & 0xFFFFFFFF),
        moment >> 32,
        signed(member >> 32),
        member & 0xFFFFFFFF,
    )


def _backwards(key0, key1, x0, x1):
    """Threefry2x64-20 undone, written from its definition and not from the code under test."""
    keys = (key0, key1, 0x1BD11BDAA9FC1A22 ^ key0 ^ key1)
    for group in range(5, 0, -1):
        x0 = (x0 - keys[group % 3]) & LARGEST
        x1 = (x1 - keys[(group + 1) % 3] - group) & LARGEST
        for rotation in reversed(ROTATIONS[(group - 1) % 2]):
            x1 ^= x0
            x1 = (x1 >> rotation) | ((x1 << (64 - rotation)) & LARGEST)
            x0 = (x0 - x1) & LARGEST
    return (x0 - key0) & LARGEST, (x1 - key1) & LARGEST


def _few_rounds(n, rounds):
    x0, x1 = n.copy(), np.zeros_like(n)
    for done in range(rounds):
        rotation = np.uint64(ROTATIONS[done // 4 % 2][done % 4])
        x0 = x0 + x1
        x1 = ((x1 << rotation) | (x1 >> (np.uint64(64) - rotation))) ^ x0
    return x0
