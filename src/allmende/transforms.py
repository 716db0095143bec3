"""Transforms: from the words of a draw to the laws of the model.

Each is exact up to the 2^-53 steps of a number between 0 and 1, uses only `allmende.elementary`, and is the
same in plain Python and compiled, bit for bit. Where it can be, a transform is the inverse of the
distribution function: one word, and monotone in it and in its parameters, so that two policies which meet
the same luck differ as little as they can. `gamma` and `beta` reject and try again; each attempt has
words of its own, so that nothing depends on how many attempts somebody else needed.

Counts that follow Poisson and binomial laws are in `allmende.counts`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import threefry, unit
from allmende.elementary import exp, log, log1p
from allmende.kernel import apart, kernel, word

__all__ = [
    "NEVER",
    "SECOND_PART",
    "bernoulli",
    "beta",
    "exponential",
    "gamma",
    "geometric",
    "geometric_within",
    "geometrics_within",
    "log_gammas",
    "log_normal",
    "normal",
    "share_of",
]

NEVER = 2**62
_CENTRAL, _NEAR = 0.425, 5.0
_BOOST_PART = 2**29
SECOND_PART = 2**30
_TRIALS = 8  # as many as the days that most active members have in a month


@kernel
def bernoulli(chance: float, bits: int) -> bool:
    """Whether something of that chance happens; never at 0, always at 1.

    Compares the upper 53 bits of the word with 2^53 times the chance; both are exact.
    """
    return (bits >> 11) * 1.0 < chance * 2.0**53


@kernel
def exponential(u: float) -> float:
    """Waiting time of mean 1, -log u: long for small u."""
    return -log(u)


@kernel
def geometric(chance: float, u: float) -> int:
    """Number of the trial at which something of that chance first happens: 1, 2, ...; `NEVER` at chance 0.

    The least n with (1 - chance)^n < u; large for small u, as `exponential`.
    """
    if chance >= 1.0:
        return 1
    if chance <= 0.0:
        return NEVER
    trials = log(u) / log1p(-chance)
    return NEVER if trials >= NEVER else 1 + math.floor(trials)


@kernel
def geometric_within(chance: float, u: float, limit: int) -> int:
    """`geometric`, or limit + 1 when it would be beyond the limit.

    By multiplication, which is cheaper than two logarithms while the limit is a few trials, and needs
    none when the limit is 0.
    """
    left, trial = 1.0, 0
    while trial <= limit and left >= u:
        left *= 1.0 - chance
        trial += 1
    return trial


@apart
@kernel
def geometrics_within(
    chances: NDArray[np.float64],
    us: NDArray[np.float64],
    limits: NDArray[np.int64],
    trials: NDArray[np.int64],
) -> None:
    """`geometric_within` for a block of members, with the same numbers.

    The first few trials are straight lines that a compiler turns into vector instructions;
    `geometric_within` is asked for the members who need more.

    Args:
        chances: float64[members].
        us: float64[members].
        limits: int64[members].
        trials: The answer, int64[members].
    """
    for i in range(chances.size):
        left, trial = 1.0, 0
        for _ in range(_TRIALS):
            trial += 1 if left >= us[i] else 0
            left *= 1.0 - chances[i]
        trials[i] = min(trial, limits[i] + 1)
    for i in range(chances.size):
        if trials[i] == _TRIALS and limits[i] >= _TRIALS:
            trials[i] = geometric_within(chances[i], us[i], limits[i])


@kernel
def normal(u: float) -> float:
    """The standard normal number below which the share u lies (Wichura 1988, AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= _CENTRAL:
        r = 0.180625 - q * q
        return q * _central(r)
    r = math.sqrt(-log(u if q < 0.0 else 1.0 - u))
    found = _near_tail(r - 1.6) if r <= _NEAR else _far_tail(r - 5.0)
    return -found if q < 0.0 else found


@kernel
def log_normal(location: float, scale: float, u: float) -> float:
    """The number whose logarithm is normal with that location and scale; its median is e^location."""
    return exp(location + scale * normal(u))


@kernel
def gamma(shape: float, seed: Any, stream: Any, member: Any, moment: Any) -> float:
    """A gamma number of that shape and scale 1; 0 where it would be below 10^-323.

    Marsaglia and Tsang (2000); for shapes below 1 a number of shape + 1 times u^(1 / shape).

    Args:
        shape: Above 0.
        seed: Seed of the study; with the next three, the name of the draw as in `draws.threefry`.
        stream: `draws.stream_of(decision, replicate)`.
        member: The member.
        moment: `draws.moment_of(month, 0)`.
    """
    return exp(_log_gamma(shape, seed, stream, member, moment))


@kernel
def beta(  # noqa: PLR0917 - compiled code takes no keywords
    first: float, second: float, seed: Any, stream: Any, member: Any, moment: Any
) -> float:
    """A beta number of those two shapes: X / (X + Y) of two gamma numbers, by their logarithms.

    With logarithms it is right for shapes so small that both gamma numbers would be 0. The name of the
    draw is as in `gamma`.
    """
    x = _log_gamma(first, seed, stream, member, moment)
    y = _log_gamma(second, seed, stream, member, moment + (word(SECOND_PART) << 32))
    return share_of(x, y)


@kernel
def share_of(x: float, y: float) -> float:
    """The share of X in X + Y, from their logarithms."""
    odds = exp(-abs(x - y))
    return (1.0 if x > y else odds) / (1.0 + odds)


@kernel
def _log_gamma(shape: float, seed: Any, stream: Any, member: Any, moment: Any) -> float:
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    found = _attempt(d, c, seed, stream, member, moment)
    part = 1
    while found <= 0.0:
        found = _attempt(d, c, seed, stream, member, moment + (word(part) << 32))
        part += 1
    boost = 0.0
    if shape < 1.0:
        bits, _ = threefry(seed, stream, member, moment + (word(_BOOST_PART) << 32))
        boost = log(unit(bits)) / shape
    return log(d * found) + boost


@kernel
def _attempt(  # noqa: PLR0917 - compiled code takes no keywords
    d: float, c: float, seed: Any, stream: Any, member: Any, moment: Any
) -> float:
    """One attempt at a gamma number over d, or 0 when it is rejected."""
    first, second = threefry(seed, stream, member, moment)
    return _cube(d, c, normal(unit(first)), unit(second))


@kernel
def _cube(d: float, c: float, x: float, u: float) -> float:
    """A gamma number over d from a normal number x, or 0 when it is rejected."""
    root = 1.0 + c * x
    cube = root * root * root
    accepted = log(u) < 0.5 * x * x + d - d * cube + d * log(cube)
    return cube if root > 0.0 and accepted else 0.0


@apart
@kernel
def log_gammas(  # noqa: PLR0917 - compiled code takes no keywords
    shape: float, seed: Any, stream: Any, names: Any, moment: Any, found: Any, xs: Any, us: Any
) -> None:
    """Logarithms of `gamma` for a block of members, with the same bits.

    The first attempt is made for all side by side; those whose attempt is rejected try again one by one.

    Args:
        shape: Above 0; the same for all.
        seed: Seed of the study.
        stream: `draws.stream_of(decision, replicate)`.
        names: uint64[members]: the members.
        moment: `draws.moment_of(month, 0)`, or with a part as in `beta`.
        found: The answer, float64[members].
        xs: Room for as many.
        us: Room for as many.
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    for k in range(names.size):
        first, second = threefry(seed, stream, word(int(names[k])), moment)
        xs[k] = unit(first)
        us[k] = unit(second)
    for k in range(names.size):
        xs[k] = normal(xs[k])
    for k in range(names.size):
        found[k] = _cube(d, c, xs[k], us[k])
    for k in range(names.size):
        part = 1
        while found[k] <= 0.0:
            found[k] = _attempt(d, c, seed, stream, word(int(names[k])), moment + (word(part) << 32))
            part += 1
    _boosts(shape, seed, stream, names, moment, us)
    for k in range(names.size):
        found[k] = log(d * found[k]) + us[k]


@kernel
def _boosts(shape: float, seed: Any, stream: Any, names: Any, moment: Any, found: Any) -> None:  # noqa: PLR0917 - likewise
    """What brings the logarithm of a number of shape + 1 down to that of the shape; 0 for shapes from 1."""
    for k in range(names.size):
        found[k] = 0.0
    if shape < 1.0:
        for k in range(names.size):
            bits, _ = threefry(seed, stream, word(int(names[k])), moment + (word(_BOOST_PART) << 32))
            found[k] = unit(bits)
        for k in range(names.size):
            found[k] = log(found[k]) / shape


@kernel
def _central(r: float) -> float:
    """AS 241 for u from 0.075 to 0.925."""
    above = 2509.0809287301227
    above = above * r + 33430.57558358813
    above = above * r + 67265.7709270087
    above = above * r + 45921.95393154987
    above = above * r + 13731.69376550946
    above = above * r + 1971.5909503065513
    above = above * r + 133.14166789178438
    above = above * r + 3.3871328727963665
    below = 5226.495278852854
    below = below * r + 28729.085735721943
    below = below * r + 39307.89580009271
    below = below * r + 21213.794301586597
    below = below * r + 5394.196021424751
    below = below * r + 687.1870074920579
    below = below * r + 42.31333070160091
    below = below * r + 1.0
    return above / below


@kernel
def _near_tail(r: float) -> float:
    """AS 241 for the tails down to e^-25."""
    above = 0.0007745450142783414
    above = above * r + 0.022723844989269184
    above = above * r + 0.2417807251774506
    above = above * r + 1.2704582524523684
    above = above * r + 3.6478483247632045
    above = above * r + 5.769497221460691
    above = above * r + 4.630337846156546
    above = above * r + 1.4234371107496835
    below = 1.0507500716444169e-09
    below = below * r + 0.0005475938084995345
    below = below * r + 0.015198666563616457
    below = below * r + 0.14810397642748008
    below = below * r + 0.6897673349851
    below = below * r + 1.6763848301838038
    below = below * r + 2.053191626637759
    below = below * r + 1.0
    return above / below


@kernel
def _far_tail(r: float) -> float:
    """AS 241 for the tails beyond e^-25."""
    above = 2.0103343992922881e-07
    above = above * r + 2.7115555687434876e-05
    above = above * r + 0.0012426609473880784
    above = above * r + 0.026532189526576124
    above = above * r + 0.29656057182850487
    above = above * r + 1.7848265399172913
    above = above * r + 5.463784911164114
    above = above * r + 6.657904643501103
    below = 2.0442631033899397e-15
    below = below * r + 1.421511758316446e-07
    below = below * r + 1.8463183175100548e-05
    below = below * r + 0.0007868691311456133
    below = below * r + 0.014875361290850615
    below = below * r + 0.1369298809227358
    below = below * r + 0.599832206555888
    below = below * r + 1.0
    return above / below
