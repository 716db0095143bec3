"""Counter-based generators that were candidates for `allmende.draws`, as their authors define them.

Salmon, Moraes, Dror, Shaw 2011 (Philox, Threefry); Widynski 2020 (Squares). Each takes the key and the
counter of `threefry` and gives two words; Philox4x32 and Squares have less room for names than a draw needs,
so they stand here with what fits.
"""

from collections.abc import Callable
from typing import Any

from allmende.draws import threefry
from allmende.kernel import kernel, word

LOW = 0xFFFF_FFFF
MASK = 0xFFFF_FFFF_FFFF_FFFF
PARITY = 0x1BD1_1BDA_A9FC_1A22


@kernel
def threefry_13(key0: Any, key1: Any, x0: Any, x1: Any) -> tuple[Any, Any]:
    """Threefry2x64 with the 13 rounds that just pass BigCrush."""
    key2 = word(PARITY) ^ key0 ^ key1
    x0, x1 = _three(x0 + key0 & MASK, x1 + key1 & MASK, 16, 42, 12)
    x0, x1 = _round(x0, x1, 31)
    x0, x1 = _three(x0 + key1 & MASK, x1 + key2 + word(1) & MASK, 16, 32, 24)
    x0, x1 = _round(x0, x1, 21)
    x0, x1 = _three(x0 + key2 & MASK, x1 + key0 + word(2) & MASK, 16, 42, 12)
    x0, x1 = _round(x0, x1, 31)
    return _round(x0 + key0 & MASK, x1 + key1 + word(3) & MASK, 16)


@kernel
def philox_4x32(key0: Any, _key1: Any, x0: Any, x1: Any) -> tuple[Any, Any]:
    """Philox4x32 with 10 rounds; only 64 bits of key: the second half is left out."""
    k0, k1 = key0 & word(LOW), key0 >> 32
    c0, c1, c2, c3 = x0 & word(LOW), x0 >> 32, x1 & word(LOW), x1 >> 32
    for _ in range(10):
        first, second = c0 * word(0xD2511F53), c2 * word(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (second >> 32) ^ c1 ^ k0,
            second & word(LOW),
            (first >> 32) ^ c3 ^ k1,
            first & word(LOW),
        )
        k0, k1 = (k0 + word(0x9E3779B9)) & word(LOW), (k1 + word(0xBB67AE85)) & word(LOW)
    return c0 | (c1 << 32), c2 | (c3 << 32)


@kernel
def philox_4x64(key0: Any, key1: Any, x0: Any, x1: Any) -> tuple[Any, Any]:
    """Philox4x64 with 10 rounds, the generator of NumPy; the first two of its four words."""
    c0, c1, c2, c3 = x0, x1, word(0), word(0)
    for _ in range(10):
        high0, low0 = _product(c0, word(0xD2E7470EE14C6C93))
        high1, low1 = _product(c2, word(0xCA5A826395121157))
        c0, c1, c2, c3 = high1 ^ c1 ^ key0, low1, high0 ^ c3 ^ key1, low0
        key0, key1 = (key0 + word(0x9E3779B97F4A7C15)) & MASK, (key1 + word(0xBB67AE8584CAA73B)) & MASK
    return c0, c1


@kernel
def squares(key0: Any, _key1: Any, x0: Any, _x1: Any) -> tuple[Any, Any]:
    """Squares with 64 bits of answer; one key and one counter of 64 bits, and no more."""
    return _squared(key0 | word(1), x0), _squared(key0 | word(1), x0 + word(1) << 40 & MASK)


CANDIDATES: dict[str, tuple[Callable[..., Any], str]] = {
    "Threefry2x64, 20 rounds": (threefry, "256 bits"),
    "Threefry2x64, 13 rounds": (threefry_13, "256 bits"),
    "Philox4x32, 10 rounds": (philox_4x32, "192 bits"),
    "Philox4x64, 10 rounds": (philox_4x64, "384 bits"),
    "Squares64": (squares, "128 bits"),
}


@kernel
def _three(x0: Any, x1: Any, r0: int, r1: int, r2: int) -> tuple[Any, Any]:
    x0, x1 = _round(x0, x1, r0)
    x0, x1 = _round(x0, x1, r1)
    return _round(x0, x1, r2)


@kernel
def _round(x0: Any, x1: Any, rotation: int) -> tuple[Any, Any]:
    x0 = x0 + x1 & MASK
    return x0, (((x1 << rotation) & MASK) | (x1 >> (64 - rotation))) ^ x0


@kernel
def _product(a: Any, b: Any) -> tuple[Any, Any]:
    """The upper and lower words of a product of two words, from four products of halves."""
    a0, a1, b0, b1 = a & word(LOW), a >> 32, b & word(LOW), b >> 32
    middle = a1 * b0 + (a0 * b0 >> 32)
    other = a0 * b1 + (middle & word(LOW))
    return a1 * b1 + (middle >> 32) + (other >> 32), a * b & MASK


@kernel
def _squared(key: Any, counter: Any) -> Any:
    y = counter * key & MASK
    z = y + key & MASK
    x = _turned(y * y + y & MASK)
    x = _turned(x * x + z & MASK)
    x = _turned(x * x + y & MASK)
    t = x * x + z & MASK
    x = _turned(t)
    return t ^ (x * x + y & MASK) >> 32


@kernel
def _turned(x: Any) -> Any:
    """The two halves of a word change places."""
    return (x >> 32) | ((x << 32) & MASK)
