"""Draws: every random number has a name, and the name decides it.

A draw is named by (study seed, replicate, decision, month, member). A counter-based generator turns
the name into words; nothing is stored, so results do not depend on the order, the number of threads,
the split into batches, or who else is in the world. The name holds no policy and no parameter: each
policy meets the same people and the same luck.

The generator is Threefry2x64-20 (Salmon, Moraes, Dror, Shaw 2011), a bijection of 128 bits for each
key of 128 bits. A name has 208 bits and its words have 48 more, laid side by side, so that no two names
share an input:

    key     seed 64                         replicate 32 | decision 16 | 0
    input   member 64                       part 32 | month 32
    output  word 2 * part                   word 2 * part + 1

Why this one and how it was tested: `docs/decisions/0003-draws.md`.
"""

import hashlib
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allmende.errors import OutOfRangeError
from allmende.kernel import kernel, word

__all__ = [
    "Decision",
    "key_of",
    "member_key",
    "moment_of",
    "poisson_one",
    "stream_of",
    "threefry",
    "uniform",
    "unit",
    "words",
]

W = TypeVar("W", int, Any)

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_PARITY = 0x1BD1_1BDA_A9FC_1A22
_STEP = 2.0**-53
_ROTATIONS = ((16, 32, 24, 21), (16, 42, 12, 31))
_CHUNK = 2**14  # few enough that a second-level cache holds them


class Decision(IntEnum):
    """What a random number decides. Append only: a number once given is never used for something else."""

    RESAMPLE = 0
    PRIOR = 1
    ENVIRONMENT = 2
    ARRIVAL = 3
    TRAIT_RATE = 4
    TRAIT_DROPOUT = 5
    TRAIT_SKILL = 6
    TRAIT_EMPLOYER = 7
    TRAIT_MOTIVE = 8
    TRAIT_PAY_FRAME = 9
    ACTIVITY = 10
    DROPOUT = 11
    RETURN = 12
    WORK = 13
    QUALITY = 14
    ATTENTION = 15
    REVIEW = 16
    RESPONSE = 17
    USE_VALUE = 18
    MARKET_VALUE = 19
    ADOPTION = 20
    INTEGRATION = 21
    PAYMENT = 22
    TIES = 23
    SHOCK = 24
    INSTITUTION = 25
    OBSERVATION = 26
    BASELINE = 27


@kernel
def threefry(key0: W, key1: W, counter0: W, counter1: W) -> tuple[W, W]:
    """Two words from a key and a counter: Threefry2x64 with 20 rounds.

    Works on Python integers (the reference) and compiled; `words` does the same on arrays. Each round is
    an addition, a rotation and an exclusive or; a key is added after every four rounds. Without loops,
    because a compiler turns straight lines into vector instructions.

    Args:
        key0: Seed of the study.
        key1: `stream_of(decision, replicate)`.
        counter0: The member.
        counter1: `moment_of(month, part)`.
    """
    key2 = word(_PARITY) ^ key0 ^ key1
    x0, x1 = _inject(counter0, counter1, key0, key1, word(0))
    x0, x1 = _inject(*_four(x0, x1, 16, 42, 12, 31), key1, key2, word(1))
    x0, x1 = _inject(*_four(x0, x1, 16, 32, 24, 21), key2, key0, word(2))
    x0, x1 = _inject(*_four(x0, x1, 16, 42, 12, 31), key0, key1, word(3))
    x0, x1 = _inject(*_four(x0, x1, 16, 32, 24, 21), key1, key2, word(4))
    x0, x1 = _inject(*_four(x0, x1, 16, 42, 12, 31), key2, key0, word(5))
    return x0, x1


@kernel
def _inject(x0: W, x1: W, key0: W, key1: W, number: W) -> tuple[W, W]:
    return (x0 + key0) & _MASK, (x1 + key1 + number) & _MASK


@kernel
def _four(x0: W, x1: W, r0: int, r1: int, r2: int, r3: int) -> tuple[W, W]:  # noqa: PLR0917 - compiled code takes no keywords
    """Four rounds; the numbers are how far each rotates."""
    x0 = (x0 + x1) & _MASK
    x1 = (((x1 << r0) & _MASK) | (x1 >> (64 - r0))) ^ x0
    x0 = (x0 + x1) & _MASK
    x1 = (((x1 << r1) & _MASK) | (x1 >> (64 - r1))) ^ x0
    x0 = (x0 + x1) & _MASK
    x1 = (((x1 << r2) & _MASK) | (x1 >> (64 - r2))) ^ x0
    x0 = (x0 + x1) & _MASK
    x1 = (((x1 << r3) & _MASK) | (x1 >> (64 - r3))) ^ x0
    return x0, x1


@kernel
def stream_of(decision: W, replicate: W) -> W:
    """The second half of the key: 32 bits of replicate, 16 of decision, 16 of zeros."""
    return ((replicate & word(0xFFFF_FFFF)) << 32) | ((decision & word(0xFFFF)) << 16)


@kernel
def moment_of(month: W, part: W) -> W:
    """The second half of the counter: part in the upper 32 bits, month (from -2^31) in the lower."""
    return ((part & word(0xFFFF_FFFF)) << 32) | (month & word(0xFFFF_FFFF))


@kernel
def member_key(arrival: W, rank: W) -> W:
    """The key of a simulated member: the month of arrival and the rank among those who arrived in it.

    It does not depend on how many were born before, in this world or in another.
    """
    return ((arrival & word(0xFFFF_FFFF)) << 32) | (rank & word(0xFFFF_FFFF))


@kernel
def unit(bits: Any) -> Any:
    """A word as a number strictly between 0 and 1: an odd multiple of 2^-53, symmetric about 1/2.

    >>> unit(0) == 2.0**-53, unit(2**64 - 1) == 1 - 2.0**-53
    (True, True)
    """
    return ((bits >> 11) | word(1)) * _STEP


def words(
    seed: int,
    decision: Decision,
    *,
    replicate: ArrayLike = 0,
    month: ArrayLike = 0,
    member: ArrayLike = 0,
    index: ArrayLike = 0,
) -> NDArray[np.uint64]:
    """The words of the named draws; the arguments broadcast.

    Args:
        seed: Seed of the study, 0 to 2^64 - 1.
        decision: What is decided.
        replicate: 0 to 2^32 - 1.
        month: -2^31 to 2^31 - 1.
        member: 0 to 2^64 - 1: `member_key(arrival, rank)` or `key_of(name)`.
        index: Which word of the draw, 0 to 2^33 - 1.

    Raises:
        OutOfRangeError: a part of the name does not fit its field.

    >>> words(1, Decision.RESAMPLE, member=[7, 8]).tolist()
    [9723034885301009237, 5304632891099965228]
    """
    indices = _field(index, "index", 0, 2**33 - 1)
    streams = stream_of(np.uint64(decision), _field(replicate, "replicate", 0, 2**32 - 1))
    moments = moment_of(_field(month, "month", -(2**31), 2**31 - 1), indices >> np.uint64(1))
    named = np.broadcast_arrays(streams, _field(member, "member", 0, _MASK), moments, indices)
    stream, members, moment, odd = (each.ravel() for each in named)
    key0, out = _field(seed, "seed", 0, _MASK), np.empty(members.size, np.uint64)
    for start in range(0, out.size, _CHUNK):
        here = slice(start, start + _CHUNK)
        first, second = _threefry_arrays(key0, stream[here], members[here], moment[here])
        out[here] = np.where(odd[here] & np.uint64(1), second, first)
    return out.reshape(np.broadcast_shapes(*(np.shape(each) for each in (replicate, month, member, index))))


def uniform(
    seed: int,
    decision: Decision,
    *,
    replicate: ArrayLike = 0,
    month: ArrayLike = 0,
    member: ArrayLike = 0,
    index: ArrayLike = 0,
) -> NDArray[np.float64]:
    """The named draws as numbers strictly between 0 and 1; arguments as in `words`."""
    bits = words(seed, decision, replicate=replicate, month=month, member=member, index=index)
    return np.asarray(unit(bits), np.float64)


def _threefry_arrays(
    key0: NDArray[np.uint64],
    key1: NDArray[np.uint64],
    counter0: NDArray[np.uint64],
    counter1: NDArray[np.uint64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`threefry` for arrays of one length, in place: words wrap by themselves, and nothing is copied."""
    keys = (key0, key1, np.uint64(_PARITY) ^ key0 ^ key1)
    x0, x1 = counter0 + key0, counter1 + key1
    spare = np.empty_like(x0)
    for group in range(1, 6):
        for rotation in _ROTATIONS[group % 2]:
            np.add(x0, x1, out=x0)
            np.left_shift(x1, np.uint64(rotation), out=spare)
            np.right_shift(x1, np.uint64(64 - rotation), out=x1)
            np.bitwise_or(x1, spare, out=x1)
            np.bitwise_xor(x1, x0, out=x1)
        np.add(x0, keys[group % 3], out=x0)
        np.add(x1, keys[(group + 1) % 3] + np.uint64(group), out=x1)
    return x0, x1


def poisson_one(
    seed: int,
    *,
    decision: Decision = Decision.RESAMPLE,
    replicate: ArrayLike = 0,
    month: ArrayLike = 0,
    member: ArrayLike = 0,
) -> NDArray[np.uint8]:
    """How often each member is in each resample: Poisson with mean 1, by comparison of integers.

    The Poisson bootstrap (Hanley and MacGibbon 2006): counts are independent between members, so a member's
    counts do not depend on who else was observed.

    >>> poisson_one(1, replicate=[[0], [1]], member=[7, 8, 9]).shape
    (2, 3)
    """
    bits = words(seed, decision, replicate=replicate, month=month, member=member)
    return _times_of(bits)


def _times_of(bits: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return np.searchsorted(_POISSON_ONE, bits, side="right").astype(np.uint8)


def key_of(name: str) -> int:
    """A stable 64-bit key of a member's name or pseudonym: the first 8 bytes of its BLAKE2b hash.

    >>> key_of("ada")
    2811677874490880021
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _thresholds() -> NDArray[np.uint64]:
    """The words at which a Poisson count of mean 1 becomes 1, 2, 3 ...: 2^64 P(N <= n), rounded down."""
    from fractions import Fraction

    e = sum((Fraction(1, f) for f in _factorials(30)), Fraction(0))
    below, found = Fraction(0), []
    for factorial in _factorials(20):
        below += 1 / (e * factorial)
        found.append(int(below * 2**64))
    return np.array(found, np.uint64)


def _factorials(count: int) -> list[int]:
    found = [1]
    for n in range(1, count):
        found.append(found[-1] * n)
    return found


def _field(value: ArrayLike, name: str, low: int, high: int) -> NDArray[np.uint64]:
    """The value as words, in at least one dimension; refused where it would not fit its field."""
    given = np.atleast_1d(np.asarray(value))
    if given.size == 0:
        return given.astype(np.uint64)
    least, most = int(given.min()), int(given.max())
    if given.dtype.kind not in "iuO" or least < low or most > high:
        raise OutOfRangeError(
            f"{name} is {least if least < low else most}",
            where="the name of a draw",
            expected=f"a whole number from {low} to {high}",
        )
    return given.astype(np.int64 if low < 0 else np.uint64).astype(np.uint64)


_POISSON_ONE = _thresholds()
