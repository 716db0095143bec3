"""Ties: do members work on the same works? From who touched which work; refused when that was not read.

When members are resampled, who shares works with whom stays as it is: pairs count as often as both of their
members were drawn together, works as often as those who touched them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.errors import TooFewError
from allmende.indicator import indicator
from allmende.panel import Panel
from allmende.sufficiency import require, share_of

__all__ = ["co_editing_density", "repeated_dyads", "shared_work_share", "solitary_works"]

CROWD = 100


@indicator(
    family="ties",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md A14 (Chelkowski, Gloor, Jemielniak 2016); typology.md K3",
    better="higher",
)
def co_editing_density(panel: Panel, /, *, minimum: int = 5) -> float:
    """Which share of the possible pairs of members worked on a common work?

    Two members are tied when both touched one work in the window; their number over n (n - 1) / 2. Works
    that more than a hundred members touched (change logs) tie nobody. Falls with the number of members:
    compare communities of like size.
    """
    _require_works(panel)
    tied, _ = _weighted_pairs(panel)
    times = panel.times()[panel.kept(_touchers)]
    size = int(times.sum())
    # Copies of one member are no pair.
    possible = size**2 - int((times**2).sum())
    estimate = tied / possible if possible else None
    require(size, max(minimum, 2), "members who touched a work", estimate=estimate)
    if estimate is None:
        raise TooFewError("there is only one member who touched a work, however often drawn")
    return estimate


@indicator(
    family="ties",
    unit="share",
    bounds=(0, 1),
    reference="typology.md K3 (repeated dyads per active pair)",
    better="higher",
)
def repeated_dyads(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of the tied pairs share more than one work?

    Of the pairs of members who touched a common work in the window, the share that has two or more in
    common. One common work may be chance; strong ties repeat.
    """
    _require_works(panel)
    tied, again = _weighted_pairs(panel)
    return share_of(again, tied, found=tied // 2, minimum=minimum, noun="pairs of tied members")


@indicator(
    family="ties",
    unit="share",
    bounds=(0, 1),
    reference="typology.md K2 (contributions to items touched by two or more)",
    better="",
)
def shared_work_share(panel: Panel, /, *, minimum: int = 50) -> float:
    """Which share of the work is done on works that others touch too?

    Touches of works that at least two members touched in the window, over all touches. Near 0 in sharing
    (everybody has works of their own), high in a commons (one integrated work).
    """
    _require_works(panel)
    touched = panel.view(_touched)
    total = int(touched[:, 0].sum())
    return share_of(touched[:, 1].sum(), total, found=total, minimum=minimum, noun="touches of works")


@indicator(
    family="ties",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md A14: work is radically solitary (Chelkowski, Gloor, Jemielniak 2016)",
)
def solitary_works(panel: Panel, /, *, minimum: int = 50) -> float:
    """Which share of the works was touched by one member only?

    Works touched by a single member in the window, over all works touched in it.
    """
    _require_works(panel)
    parts = panel.view(_work_parts)
    works = panel.kept(_works)
    return share_of(
        parts[:, 1].sum(), parts[:, 0].sum(), found=works, minimum=minimum, noun="works that were touched"
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Who touched which work in the window, one entry for each member and work.

    Args:
        member: Member code. int64.
        work: Work, counted from 0. int64.
        count: Touches. int64.
        members: How many members touched the work of the entry. int64.
    """

    member: NDArray[np.int64]
    work: NDArray[np.int64]
    count: NDArray[np.int64]
    members: NDArray[np.int64]


def _require_works(panel: Panel) -> None:
    if panel.works is None:
        raise TooFewError(
            "which works each member touched was not read",
            next_step="Read the source again with its works (files, pages).",
        )


def _pairs(panel: Panel) -> _Pairs:
    works = panel.works
    assert works is not None
    now = works.month >= panel.start
    size = max(len(panel.members), 1)
    cells, place = np.unique(works.work[now].astype(np.int64) * size + works.member[now], return_inverse=True)
    count = np.bincount(place, works.count[now], minlength=len(cells)).astype(np.int64)
    _, work = np.unique(cells // size, return_inverse=True)
    return _Pairs(cells % size, work, count, np.bincount(work)[work] if len(work) else work)


def _touchers(panel: Panel) -> NDArray[np.int64]:
    """Members who touched a work in the window."""
    return np.unique(panel.kept(_pairs).member)


def _works(panel: Panel) -> int:
    return len(np.unique(panel.kept(_pairs).work))


def _touched(panel: Panel) -> NDArray[np.int64]:
    """Touches of each member, and those of works that others touched too. int64[size, 2]."""
    pairs = panel.kept(_pairs)
    every = np.bincount(pairs.member, pairs.count, minlength=panel.size)
    shared = np.bincount(pairs.member, pairs.count * (pairs.members > 1), minlength=panel.size)
    return np.stack([every, shared], axis=1).astype(np.int64)


def _work_parts(panel: Panel) -> NDArray[np.float64]:
    """Each member's part of the works (1/k of a work of k), and of solitary ones. float64[size, 2]."""
    pairs = panel.kept(_pairs)
    every = np.bincount(pairs.member, 1 / np.maximum(pairs.members, 1), minlength=panel.size)
    alone = np.bincount(pairs.member, pairs.members == 1, minlength=panel.size)
    return np.stack([every, alone], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Ties:
    """Ordered pairs of members with a common work in the window: who, with whom, how many works. int64."""

    member: NDArray[np.int64]
    other: NDArray[np.int64]
    works: NDArray[np.int64]


def _ties(panel: Panel) -> _Ties:
    from scipy.sparse import csr_array

    pairs = panel.kept(_pairs)
    small = pairs.members <= CROWD
    shape = (max(len(panel.members), 1), int(pairs.work.max(initial=-1)) + 1)
    member, work = pairs.member[small], pairs.work[small]
    touched = csr_array((np.ones(len(member), np.int64), (member, work)), shape=shape)
    common = (touched @ touched.T).tocoo()
    other = common.row != common.col
    return _Ties(
        common.row[other].astype(np.int64),
        common.col[other].astype(np.int64),
        common.data[other].astype(np.int64),
    )


def _weighted_pairs(panel: Panel) -> tuple[int, int]:
    """Ordered pairs of tied members, and those of two common works or more, as often as both were drawn."""
    ties, times = panel.kept(_ties), panel.times()
    weight = times[ties.member] * times[ties.other]
    return int(weight.sum()), int(weight[ties.works > 1].sum())
