"""Elementary functions whose last bit does not depend on a library.

`math.exp` differs between C libraries, between the interpreter and Numba's vector library, and between
processors; one differing bit now and then flips a decision, and a run is no longer the same. These are
written with + - * / and the bits of a number only, which IEEE 754 rounds alike everywhere, so that plain
Python and compiled code agree bit for bit. A graphics processor would too, with fused multiply-add off;
none has been tried. They have no loop and no table, so that a compiler vectorises them.

The methods are those of FDLIBM (Sun Microsystems 1993): reduction to a short interval, then a
minimax polynomial. Errors are below 1 unit in the last place for `exp` and `log`, below 2 for
`log1p`, below 3 for `expm1` (`benchmarks/draws.py` measures them).
"""

import numpy as np

from allmende.kernel import kernel

__all__ = ["exp", "expm1", "log", "log1p", "power"]

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700e00
_ROUNDER = 1.5 * 2.0**52
_ROUNDER_BITS = 0x4338_0000_0000_0000
_ROOT_HALF_BITS = 0x3FE6_A09E_0000_0000
_SMALLEST_NORMAL = 2.0**-1022
_INFINITY = float("inf")


@kernel
def exp(x: float) -> float:
    """e^x, from 0 below -745.2 to infinity above 709.8.

    x = n ln 2 + r with |r| at most ln(2)/2, and e^r = 1 + r + r c / (2 - c).

    >>> exp(0.0), abs(exp(1.0) - 2.718281828459045) < 1e-15
    (1.0, True)
    """
    bounded = min(max(x, -800.0), 800.0)
    shifted = bounded * _INVERSE_LN2 + _ROUNDER
    n = shifted - _ROUNDER
    high = bounded - n * _LN2_HIGH
    low = n * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    fraction = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    # Two powers of two, because one alone would miss the numbers near 0 and near infinity.
    exponent = np.float64(shifted).view(np.int64) - _ROUNDER_BITS
    half = exponent >> 1
    first = float(np.int64((half + 1023) << 52).view(np.float64))
    second = float(np.int64((exponent - half + 1023) << 52).view(np.float64))
    return fraction * first * second if x == x else x  # noqa: PLR0124 - nan is the only number unlike itself


@kernel
def log(x: float) -> float:
    """The natural logarithm; minus infinity at 0, nan below.

    x = 2^k (1 + f) with 1 + f between the roots of 1/2 and 2, and s = f / (2 + f).

    >>> log(2.0) == 0.6931471805599453
    True
    """
    size = abs(x)
    tiny = size < _SMALLEST_NORMAL
    scaled = size * 2.0**54 if tiny else size
    bits = np.float64(scaled).view(np.int64)
    exponent = (bits - _ROOT_HALF_BITS) >> 52
    f = float(np.int64(bits - (exponent << 52)).view(np.float64)) - 1.0
    k = float(exponent) - (54.0 if tiny else 0.0)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half_square = 0.5 * f * f
    found = k * _LN2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * _LN2_LOW)) - f)
    if x <= 0.0:
        found = -_INFINITY if x == 0.0 else _INFINITY - _INFINITY
    if x == _INFINITY or x != x:  # noqa: PLR0124 - nan is the only number unlike itself
        found = x
    return found


@kernel
def log1p(x: float) -> float:
    """log(1 + x) without loss near 0: what rounding took from 1 + x is given back (Kahan).

    >>> log1p(1e-20) == 1e-20
    True
    """
    sum_ = 1.0 + x
    lost = x - (sum_ - 1.0)
    return log(sum_) + (lost / sum_ if 0.0 < sum_ < _INFINITY else 0.0)


@kernel
def expm1(x: float) -> float:
    """e^x - 1 without loss near 0: the rounding of e^x is taken back by its own logarithm (Kahan).

    >>> expm1(1e-20) == 1e-20
    True
    """
    grown = exp(x)
    if grown == 1.0:
        return x
    if grown - 1.0 == -1.0 or grown == _INFINITY:
        return grown - 1.0
    return (grown - 1.0) * x / log(grown)


@kernel
def power(x: float, y: float) -> float:
    """x^y for x at least 0, as e^(y log x): the relative error grows with |y log x|, 10^-14 at 100."""
    if y == 0.0:
        return 1.0
    return exp(y * log(x))
