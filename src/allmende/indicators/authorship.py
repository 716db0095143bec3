"""Authorship: how few members know the works, from who touched which work (truck factor)."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende.errors import TooFewError
from allmende.indicator import indicator
from allmende.panel import MemberWorks, Panel
from allmende.sufficiency import require

__all__ = ["truck_factor"]

HALF = 0.5
# Degree of authorship, Fritz et al. 2014: constant, first authorship, own changes, changes by others.
DEGREE = (3.293, 1.098, 0.164, 0.321)
NORMALISED = 0.75


@dataclass(frozen=True, slots=True)
class _Authors:
    """Who is an author of which work.

    Args:
        member: Member code, one entry for each author of each work. int64.
        work: Work, counted from 0. int64.
        works: How many works there are.
        order: Members with most authored works first, ties by name. int64[members].
    """

    member: NDArray[np.int64]
    work: NDArray[np.int64]
    works: int
    order: NDArray[np.int64]


@indicator(
    family="concentration",
    unit="members",
    bounds=(1, inf),
    reference="Avelino, Passos, Hora, Valente 2016 (ICPC); evidence.md A15-A17",
    lifetime=True,
    better="higher",
)
def truck_factor(panel: Panel, /, *, minimum: int = 20) -> float:
    """After how many departures would more than half of the works have no author left?

    Avelino's greedy heuristic. The degree of authorship of a member for a work is 3.293 + 1.098 (who
    touched it first) + 0.164 (own changes) - 0.321 ln(1 + changes by others); authors are those with
    more than 0.75 of the work's greatest degree, and at least 3.293 unless theirs is the greatest.
    Members leave in the order of works authored, until more than half of the works are orphans. Works
    that no longer exist count too; who touched a work first is known by month. Another algorithm gave
    74 % instead of 65 % of systems at two or less (A16): compare like with like.
    """
    if panel.works is None:
        raise TooFewError(
            "which works each member touched was not read",
            next_step="Read the source again with its works (files, pages).",
        )
    authors = panel.kept(_authors)
    copies = panel.times()[authors.order]
    gone_after = np.zeros(len(copies), np.int64)
    gone_after[authors.order] = np.where(copies > 0, np.cumsum(copies), 0)
    orphan_after = np.zeros(authors.works, np.int64)
    np.maximum.at(orphan_after, authors.work, gone_after[authors.member])
    orphan_after = np.sort(orphan_after[orphan_after > 0])
    # More than half are orphans once the middle one is.
    estimate = float(orphan_after[len(orphan_after) // 2]) if len(orphan_after) else None
    require(len(orphan_after), minimum, "works with an author", estimate=estimate)
    assert estimate is not None
    return estimate


def _authors(panel: Panel) -> _Authors:
    works = panel.works
    assert works is not None
    member, work, changes, first = _touches(works, len(panel.members))
    total = np.bincount(work, changes, minlength=works.size)
    degree = (
        DEGREE[0]
        + DEGREE[1] * first
        + DEGREE[2] * changes
        - DEGREE[3] * np.log1p(np.maximum(total[work] - changes, 0))
    )
    greatest = np.full(works.size, -inf)
    np.maximum.at(greatest, work, degree)
    top = greatest[work]
    author = (degree == top) | ((degree > NORMALISED * top) & (degree >= DEGREE[0]))
    _, compact = np.unique(work[author], return_inverse=True)
    authored = np.bincount(member[author], minlength=len(panel.members))
    order = np.lexsort((np.array(panel.members), -authored)) if len(panel.members) else np.zeros(0, np.int64)
    return _Authors(member[author], compact, int(compact.max(initial=-1)) + 1, order)


def _touches(
    works: MemberWorks, members: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Member, work, changes, and whether the member was among the first on the work, one entry a pair."""
    cells, place = np.unique(
        works.work.astype(np.int64) * max(members, 1) + works.member, return_inverse=True
    )
    changes = np.bincount(place, works.count, minlength=len(cells)).astype(np.int64)
    began = np.full(len(cells), np.iinfo(np.int64).max)
    np.minimum.at(began, place, works.month)
    work, member = cells // max(members, 1), cells % max(members, 1)
    earliest = np.full(works.size, np.iinfo(np.int64).max)
    np.minimum.at(earliest, work, began)
    return member, work, changes, began == earliest[work]
