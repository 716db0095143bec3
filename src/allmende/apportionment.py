"""Apportionment: dividing whole cents among many, so that the parts sum to the whole.

Largest remainder (Hamilton): everybody gets the whole cents of the exact share, and the cents that are
left go one each to the largest remainders. The one rounding rule of the package.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allmende.errors import LedgerError
from allmende.kernel import compiled, kernel

__all__ = ["LARGEST", "MOST_CLAIMS", "split", "whole_cents"]

Cents = NDArray[np.int64]
LARGEST = int(np.iinfo(np.int64).max)
MOST_CLAIMS = 2**50


def split(pool: ArrayLike, claims: ArrayLike, offsets: ArrayLike) -> Cents:
    """Divide the pool of each world among its claimants by largest remainder.

    Whole claims are divided exactly. Claims that are not whole are first rounded to multiples of a power of
    two, at most 2^-47 of the sum of the world's claims; that does not depend on the order of the claimants.

    Args:
        pool: Cents to divide in each world, at least 0. int64[worlds].
        claims: Claims of all claimants, world after world, at least 0. int64 or float64[claimants]. Whole
            claims of one world sum to less than `MOST_CLAIMS`.
        offsets: Where the claimants of each world begin, and where the last end. int64[worlds + 1].

    Returns:
        Cents of each claimant, int64[claimants]. They sum to the pool of their world, and each is within
        one cent of its exact share. Of equal remainders the earlier claimant comes first. A world whose
        claims are all zero pays nothing: its pool is not divided.

    Raises:
        LedgerError: a pool or a claim is negative or not finite, claims are too large, offsets do not fit.

    >>> split([100], [1, 1, 1], [0, 3]).tolist()
    [34, 33, 33]
    """
    claimed, bounds = np.ascontiguousarray(claims), np.ascontiguousarray(offsets, np.int64)
    pools = whole_cents(pool, bounds.size - 1, "the pool of a split")
    if bounds.size == 0 or bounds[0] != 0 or bounds[-1] != claimed.size or np.any(np.diff(bounds) < 0):
        raise LedgerError("the offsets do not fit the claims", expected="0 up to the number of claims")
    if claimed.dtype.kind not in "iuf" or (claimed.size and not 0 <= claimed.min() <= claimed.max() < np.inf):
        raise LedgerError("a claim is negative or not finite", expected="numbers of at least 0")
    whole = np.zeros(claimed.size, np.int64)
    if claimed.dtype.kind == "f":
        numbers = claimed.astype(np.float64) + 0.0
        compiled(_round)(numbers, numbers.view(np.int64), bounds, whole)
    else:
        np.minimum(claimed, MOST_CLAIMS, out=whole, casting="unsafe")
        if compiled(_heaviest)(whole, bounds) >= MOST_CLAIMS:
            raise LedgerError("the claims of a world sum to 2^50 or more", expected="smaller whole claims")
    parts = np.zeros(claimed.size, np.int64)
    compiled(_largest_remainder)(pools, whole, bounds, parts)
    return parts


def whole_cents(cents: ArrayLike, worlds: int, place: str) -> Cents:
    """Amounts of at least 0 for each world, int64[worlds]; one number means the same in every world.

    Raises:
        LedgerError: an amount is negative, too large, or not a whole number; `place` is named.
    """
    given = np.asarray(cents)
    if given.dtype.kind not in "iu" or given.shape not in {(), (worlds,)}:
        raise LedgerError(
            f"cents are {given.dtype} of shape {given.shape}",
            where=place,
            expected=f"whole cents for each of {worlds} worlds, or one number",
        )
    if given.size and (int(given.min()) < 0 or int(given.max()) > LARGEST):
        wrong = int(given.min()) if int(given.min()) < 0 else int(given.max())
        raise LedgerError(f"an amount is {wrong} cents", where=place, expected=f"0 to {LARGEST}")
    return np.broadcast_to(given, (worlds,)).astype(np.int64)


@kernel
def _heaviest(claims: Cents, bounds: Cents) -> int:
    """The largest sum of the claims of one world, or `MOST_CLAIMS` when that is less."""
    heaviest = 0
    for world in range(bounds.size - 1):
        total = 0
        for i in range(bounds[world], bounds[world + 1]):
            total = min(total + min(claims[i], MOST_CLAIMS), MOST_CLAIMS)
        heaviest = max(heaviest, total)
    return heaviest


@kernel
def _round(claims: NDArray[np.float64], bits: Cents, bounds: Cents, whole: Cents) -> None:
    """Claims as whole numbers whose sum in each world is from 2^47 to 2^48.

    The scale is found without a sum of floats, whose last bit would depend on the order: first against the
    largest claim (the bits of numbers that are not negative are ordered as they are), then against the sum of
    the whole numbers so found.
    """
    for world in range(bounds.size - 1):
        low, high = bounds[world], bounds[world + 1]
        largest = np.int64(0)
        for i in range(low, high):
            largest = max(largest, bits[i])
        scale = 30 - ((largest >> 52) - 1022)
        first, second = _power_of_two(scale >> 1), _power_of_two(scale - (scale >> 1))
        total = np.int64(0)
        for i in range(low, high):
            total += np.int64(claims[i] * first * second)
        while total > 0 and total < _WANTED:
            total *= 2
            scale += 1
        while total >= 2 * _WANTED:
            total >>= 1
            scale -= 1
        first, second = _power_of_two(scale >> 1), _power_of_two(scale - (scale >> 1))
        for i in range(low, high):
            whole[i] = np.int64(claims[i] * first * second + 0.5)


@kernel
def _power_of_two(exponent: Any) -> Any:
    return float(np.int64((exponent + 1023) << 52).view(np.float64))


@kernel
def _largest_remainder(pools: Cents, claims: Cents, bounds: Cents, parts: Cents) -> None:
    remainders = np.zeros(claims.size, np.int64)
    for world in range(pools.size):
        low, high = bounds[world], bounds[world + 1]
        pool, total = pools[world], np.int64(0)
        for i in range(low, high):
            total += claims[i]
        if total == 0:
            continue
        rate, left = np.float64(pool) / np.float64(total), pool
        for i in range(low, high):
            parts[i], remainders[i] = _share(pool, claims[i], total, rate)
            left -= parts[i]
        if left > 0:
            _give(left, total, remainders[low:high], parts[low:high])


@kernel
def _share(pool: Any, claim: Any, total: Any, rate: Any) -> tuple[Any, Any]:
    """The whole cents of pool * claim / total, and the remainder; exact although the product has 113 bits.

    The guess in float64 is off by less than 2^12 and the total is below 2^50, so what the guess leaves
    is below 2^62 and comes out right although both products wrap. A second guess leaves one at most.
    """
    part = np.int64(np.float64(claim) * rate) if claim < total else pool
    rest = pool * claim - part * total
    more = np.int64(np.float64(rest) / np.float64(total))
    part, rest = part + more, rest - more * total
    below, beyond = np.int64(rest < 0), np.int64(rest >= total)
    return part - below + beyond, rest + (below - beyond) * total


@kernel
def _give(left: Any, total: Any, remainders: Cents, parts: Cents) -> None:
    """One cent more for each of the `left` largest remainders; of equal ones, to the earliest."""
    least, left = _least_served(left, total, remainders)
    for i in range(parts.size):
        parts[i] += np.int64(remainders[i] > least)
    for i in range(parts.size):
        if left > 0 and remainders[i] == least:
            parts[i] += 1
            left -= 1


@kernel
def _least_served(left: Any, total: Any, remainders: Cents) -> tuple[Any, Any]:
    """The least remainder that still gets a cent, and how many cents there are for those that equal it.

    Found by counting remainders by their upper bits, and then by bisection among those that share them: in
    time linear in the claimants.
    """
    shift = 0
    while (total >> shift) >= _BUCKETS:
        shift += 1
    counts = np.zeros(_BUCKETS, np.int64)
    for i in range(remainders.size):
        counts[remainders[i] >> shift] += 1
    bucket = _BUCKETS - 1
    while counts[bucket] < left:
        left -= counts[bucket]
        bucket -= 1
    near, found = np.empty(counts[bucket], np.int64), 0
    for i in range(remainders.size):
        if remainders[i] >> shift == bucket:
            near[found] = remainders[i]
            found += 1
    low, high = near.min(), near.max() + 1
    while high - low > 1:
        middle = (low + high) >> 1
        if np.sum(near >= middle) >= left:
            low = middle
        else:
            high = middle
    return low, left - np.sum(near > low)


_BUCKETS = 4096
_WANTED = 2**47
