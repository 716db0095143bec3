"""Inequality: how unevenly amounts are spread, as kernels over plain arrays.

Amounts are at least zero, one for each member or organisation; their order carries no meaning. Zeros
count as members without a share, so leave them out where only those who took part are meant. An answer
that does not exist (no amount at all) is nan; callers refuse before they ask.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["effective_number", "fewest", "gini", "hhi", "lorenz", "rarefied", "top_share", "unbiased_gini"]

Amounts = NDArray[np.int64] | NDArray[np.float64]


def gini(amounts: Amounts) -> float:
    """Gini coefficient: 0 when all have the same, (n - 1) / n when one has everything.

    G = sum_i (2 i - n - 1) x_i / (n sum x), x sorted upwards, i = 1 ... n: the mean absolute difference
    of two members drawn with repetition, over twice the mean.

    >>> gini(np.array([1, 1, 1, 1])), gini(np.array([0, 0, 0, 8]))
    (0.0, 0.75)
    """
    ordered = np.sort(np.asarray(amounts, np.float64))
    size, total = len(ordered), float(ordered.sum())
    if not total > 0:
        return float("nan")
    rank = np.arange(1, size + 1)
    return float((2 * rank - size - 1) @ ordered / (size * total))


def unbiased_gini(amounts: Amounts) -> float:
    """Gini coefficient without its dependence on the number of members: n / (n - 1) times the plain one.

    Its numerator, the mean difference of two different members, is a U-statistic: a random part of the
    members has the same expectation (Deltas 2003). 1 when one member has everything.

    >>> unbiased_gini(np.array([0, 0, 0, 8]))
    1.0
    """
    size = len(amounts)
    return gini(amounts) * size / (size - 1) if size > 1 else float("nan")


def lorenz(amounts: Amounts, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Lorenz curve: which share of everything the poorest share of members has.

    Args:
        amounts: One for each member.
        at: Shares of members, 0 to 1, at which the curve is read. float64[n].

    Returns:
        Shares of the total, float64[n], straight lines between members.

    >>> lorenz(np.array([1, 3]), np.array([0, 0.5, 1])).tolist()
    [0.0, 0.25, 1.0]
    """
    ordered = np.sort(np.asarray(amounts, np.float64))
    total = float(ordered.sum())
    if not total > 0:
        return np.full(len(at), np.nan)
    reached = np.concatenate([[0.0], np.cumsum(ordered) / total])
    read = np.interp(at, np.linspace(0, 1, len(ordered) + 1), reached)
    return np.asarray(np.clip(read, 0.0, 1.0))


def fewest(amounts: Amounts, *, share: float = 0.5) -> int:
    """How few of the largest amounts add up to at least `share` of the total.

    CHAOSS's text says "until we reach" and its formula "more than"; here the share is reached at exactly
    the share (at least), so that two equal halves give 1.

    >>> fewest(np.array([1000, 202, 90, 33, 332, 343, 42, 433])), fewest(np.array([5, 5]))
    (2, 1)
    """
    reached = np.cumsum(np.sort(np.asarray(amounts, np.float64))[::-1])
    if not len(reached) or not reached[-1] > 0:
        return 0
    # The tolerance keeps 0.8 of 5 at 4, whatever the rounding of 0.8.
    return int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))) + 1


def top_share(amounts: Amounts, fraction: float) -> float:
    """Share of the total that the largest `fraction` of members has: round(fraction n) members, at least one.

    >>> top_share(np.array([6, 1, 1, 1, 1]), 0.1)
    0.6
    """
    ordered = np.sort(np.asarray(amounts, np.float64))[::-1]
    total = float(ordered.sum())
    return (
        float(ordered[: max(1, round(fraction * len(ordered)))].sum()) / total if total > 0 else float("nan")
    )


def hhi(amounts: Amounts) -> float:
    """Herfindahl-Hirschman index: sum of squared shares, from 1/n (all the same) to 1.

    >>> hhi(np.array([1, 1, 1, 1])), hhi(np.array([7]))
    (0.25, 1.0)
    """
    values = np.asarray(amounts, np.float64)
    total = float(values.sum())
    return float(np.square(values / total).sum()) if total > 0 else float("nan")


def effective_number(amounts: Amounts) -> float:
    """How many equal shares would be as diverse: exp of the Shannon entropy (Hill number of order 1).

    >>> round(effective_number(np.array([5, 5, 5, 5, 0])), 9)
    4.0
    """
    values = np.asarray(amounts, np.float64)
    total = float(values.sum())
    if not total > 0:
        return float("nan")
    shares = values[values > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def rarefied(
    amounts: Amounts, size: int, kernel: Callable[[Amounts], float], *, replicates: int = 200, seed: int = 0
) -> float:
    """What a kernel would say of only `size` of these members: the mean over random choices of them.

    Gini, absence factor and one-timer share move with the number of members alone (`evidence.md` J11, L10);
    two communities are compared at the size of the smaller.

    Args:
        amounts: One for each member.
        size: How many members are kept, at most all.
        kernel: A function of amounts, such as `gini`.
        replicates: How many random choices.
        seed: The choices depend on it alone.

    >>> rarefied(np.array([2, 2, 2]), 2, gini)
    0.0
    """
    assert 1 <= size <= len(amounts), "at most all members are kept, and at least one"
    kept = np.asarray(amounts, np.float64)
    if size == len(kept):
        return kernel(kept)
    values = [
        kernel(np.random.default_rng([seed, replicate]).choice(kept, size, replace=False))
        for replicate in range(replicates)
    ]
    return float(np.mean(values))
