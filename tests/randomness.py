"""A small battery of tests of randomness for streams of 64-bit words, each giving a p-value.

The tests see the stream in the order in which the words come, so that a stream ordered by a part of the
name of a draw shows whether neighbours in that part are related.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Words = NDArray[np.uint64]


def bits(words: Words) -> float:
    """Each of the 64 bits is set in half of the words: the worst of 64, by Sidak."""
    ones = np.array([np.sum((words >> np.uint64(bit)) & np.uint64(1)) for bit in range(64)], float)
    z = (ones - words.size / 2) / math.sqrt(words.size / 4)
    return 1 - (1 - 2 * float(stats.norm.sf(np.max(np.abs(z))))) ** 64


def bytes_evenly(words: Words) -> float:
    """Each of the 256 bytes comes equally often, at each of the 8 places: chi-square."""
    table = np.array([np.bincount(words.view(np.uint8)[place::8], minlength=256) for place in range(8)])
    statistic = np.sum((table - words.size / 256) ** 2 / (words.size / 256))
    return float(stats.chi2.sf(statistic, 8 * 255))


def neighbours(words: Words) -> float:
    """Outer nibbles of one word and of the next are independent: chi-square on 4 x 16 x 16 cells."""
    high, low = words >> np.uint64(60), words & np.uint64(15)
    statistic = 0.0
    for first in (high, low):
        for second in (high, low):
            cells = np.bincount((first[:-1] * np.uint64(16) + second[1:]).astype(int), minlength=256)
            statistic += np.sum((cells - (words.size - 1) / 256) ** 2 / ((words.size - 1) / 256))
    return float(stats.chi2.sf(statistic, 4 * 255))


def serial_correlation(words: Words) -> float:
    """Numbers are uncorrelated with those 1 to 16 places on: the worst lag, by Sidak."""
    centred = (words >> np.uint64(11)) * 2.0**-53 - 0.5
    z = [np.sum(centred[:-lag] * centred[lag:]) * 12 / math.sqrt(words.size - lag) for lag in range(1, 17)]
    return 1 - (1 - 2 * float(stats.norm.sf(np.max(np.abs(z))))) ** 16


def avalanche(words: Words) -> float:
    """Words differ from the next in half of their bits: chi-square of the number of differing bits."""
    differing = np.bitwise_count(words[1:] ^ words[:-1])
    expected = stats.binom.pmf(np.arange(65), 64, 0.5) * differing.size
    observed = np.bincount(differing, minlength=65).astype(float)
    return _chi_square(observed, expected)


def gaps(words: Words) -> float:
    """How many words lie between two that fall in the lowest eighth: geometric, chi-square."""
    hits = np.flatnonzero(words < np.uint64(2**61))
    lengths = np.diff(hits) - 1
    expected = stats.geom.pmf(np.arange(1, 201), 1 / 8) * lengths.size
    observed = np.bincount(np.minimum(lengths, 199), minlength=200).astype(float)
    expected[-1] = lengths.size - expected[:-1].sum()
    return _chi_square(observed, expected)


def birthday_spacings(words: Words) -> float:
    """Spacings of 4,096 birthdays in a year of 2^32 days repeat about Poisson(4) times; rounds are added."""
    rounds = words.size // 4096
    total = 0
    for which in range(rounds):
        days = np.sort(words[which * 4096 : (which + 1) * 4096] >> np.uint64(32)).astype(np.int64)
        spacings = np.sort(np.diff(days))
        total += int(np.sum(spacings[1:] == spacings[:-1]))
    mean = rounds * 4096**3 / (4 * 2**32)
    return _two_sided(total, mean)


def collisions(words: Words) -> float:
    """How many of the upper 32 bits come twice: about Poisson."""
    size = words.size
    repeated = size - np.unique(words >> np.uint64(32)).size
    return _two_sided(repeated, size * (size - 1) / 2 / 2**32)


BATTERY: dict[str, Callable[[Words], float]] = {
    each.__name__: each
    for each in (
        bits,
        bytes_evenly,
        neighbours,
        serial_correlation,
        avalanche,
        gaps,
        birthday_spacings,
        collisions,
    )
}


def worst(words: Words) -> tuple[float, str]:
    """The smallest p-value of the battery and its test."""
    return min((test(words), name) for name, test in BATTERY.items())


def _two_sided(count: int, mean: float) -> float:
    tails = float(stats.poisson.sf(count - 1, mean)), float(stats.poisson.cdf(count, mean))
    return min(1.0, 2 * min(tails))


def _chi_square(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Cells with fewer than 5 expected are pooled."""
    rare = expected < 5
    kept = np.append(observed[~rare], observed[rare].sum()), np.append(expected[~rare], expected[rare].sum())
    inside = kept[1] > 0
    statistic = np.sum((kept[0][inside] - kept[1][inside]) ** 2 / kept[1][inside])
    return float(stats.chi2.sf(statistic, inside.sum() - 1))
