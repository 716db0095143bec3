"""Shares: of how much of the prior a claim holds, and what that is called."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Kind

__all__ = ["LEVEL", "Share", "middle", "percent", "share_of", "standing"]

LEVEL = 0.95
_Z = 1.959963984540054
_STEPS = ((0.95, "nearly everywhere"), (0.6, "more often than not"), (0.4, "about as often as not"))
_SELDOM, _HARDLY = 0.05, 0.01
_TENTH = 0.0995


class Share(NamedTuple):
    """A share of the prior with its interval at `LEVEL`.

    Args:
        low: Lower end.
        mid: The share.
        high: Upper end.
        draws: How many draws of parameters it rests on.
    """

    low: float
    mid: float
    high: float
    draws: int


def share_of(holds: NDArray[np.bool_], units: NDArray[np.int64]) -> Share:
    """The share of points at which something holds.

    Points of one draw of parameters are not independent of each other, so the interval is Wilson's, with as
    many trials as the spread of the draws' shares is worth: the number of draws where each has one point.

    Args:
        holds: At which points. bool[points].
        units: Number of the draw of each point. int64[points].

    >>> share_of(np.array([True, False, True, True]), np.arange(4)).mid
    0.75
    """
    totals = np.bincount(units)
    each = np.bincount(units, weights=holds.astype(np.float64)) / np.maximum(totals, 1)
    each = each[totals > 0]
    draws, mid = len(each), float(each.mean())
    spread = float(each.var())
    worth = draws * min(mid * (1.0 - mid) / spread, float(totals.max())) if spread > 0 else float(draws)
    low, high = _wilson(mid, max(worth, float(draws)))
    return Share(low, mid, high, draws)


def _wilson(mid: float, trials: float) -> tuple[float, float]:
    """Wilson's interval of a share of independent trials (Wilson 1927)."""
    scale = 1.0 + _Z * _Z / trials
    middle = (mid + _Z * _Z / (2.0 * trials)) / scale
    half = _Z * math.sqrt(mid * (1.0 - mid) / trials + _Z * _Z / (4.0 * trials * trials)) / scale
    return max(0.0, min(middle - half, mid)), min(1.0, max(middle + half, mid))


def standing(share: Share, kind: Kind) -> str:
    """What is said of a claim that holds in such a share, by how much it claims.

    A claim that something is always so fails by one counter-example; a claim that something may be so stands
    by one example.

    >>> standing(Share(0.2, 0.3, 0.4, 50), "universal")
    'false as a universal'
    >>> standing(Share(0.2, 0.3, 0.4, 50), "possible")
    'it may be so'
    """
    if kind == "universal":
        return "no counter-example found" if share.mid == 1.0 else "false as a universal"
    if kind == "possible":
        return "it may be so" if share.mid > _HARDLY else "no example worth the name"
    for least, words in _STEPS:
        if share.mid >= least:
            return f"holds {words}"
    return "holds less often than not" if share.mid >= _SELDOM else "hardly holds anywhere"


def percent(share: float) -> str:
    """A share in words: whole per cent, one decimal below ten.

    >>> percent(0.344), percent(0.0312), percent(0.0)
    ('34 %', '3.1 %', '0 %')
    """
    decimals = 1 if 0 < abs(share) < _TENTH else 0
    return f"{share * 100:.{decimals}f} %".replace("-", "\u2212").replace(".0 %", " %")


def middle(ratios: NDArray[np.float64]) -> str:
    """The median of logarithms of ratios as a change in per cent, with its sign.

    >>> middle(np.log([0.9, 1.1, 1.2]))
    '+10 %'
    """
    change = float(np.expm1(np.median(ratios)))
    return f"{'+' if change > 0 else ''}{percent(change)}"
