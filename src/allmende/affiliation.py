"""Affiliation: contributions by organisation, as sparse tables that resampled members weigh.

A member may work for several organisations in one window; every contribution
counts for the organisation under which it was made.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.panel import Panel
from allmende.people.organisations import is_employer

__all__ = ["UNIVERSITY", "ByOrganisation", "by_employer", "by_organisation", "employers", "leading_employer"]

UNIVERSITY = "university"


@dataclass(frozen=True, slots=True)
class ByOrganisation:
    """Contributions of the window, one entry for each member and organisation.

    Args:
        member: Member code before resampling. int64.
        org: Organisation code into `Panel.orgs`. int64.
        count: Contributions. int64.
    """

    member: NDArray[np.int64]
    org: NDArray[np.int64]
    count: NDArray[np.int64]


def by_organisation(panel: Panel) -> NDArray[np.int64]:
    """Contributions of the window under each organisation of `panel.orgs`. int64[orgs]."""
    table = panel.kept(_table)
    weighted = table.count * panel.times()[table.member]
    return np.bincount(table.org, weighted, minlength=len(panel.orgs)).astype(np.int64)


def employers(panel: Panel) -> NDArray[np.bool_]:
    """Which organisations of `panel.orgs` are employers, not classes of addresses. bool[orgs]."""
    return panel.kept(_employers)


def by_employer(panel: Panel) -> NDArray[np.int64]:
    """Contributions of the window under each employer that has any. int64[n]."""
    counts = by_organisation(panel)[employers(panel)]
    return counts[counts > 0]


def leading_employer(panel: Panel) -> int | None:
    """The employer with most contributions in the window, ties by name; None when there is no employer.

    A landmark of the whole panel: it stays the same when members are resampled.
    """
    return panel.kept(_leading)


def _table(panel: Panel) -> ByOrganisation:
    rows = panel.rows()
    size = len(panel.orgs)
    cells, place = np.unique(rows.member.astype(np.int64) * size + rows.org, return_inverse=True)
    count = np.bincount(place, rows.count, minlength=len(cells)).astype(np.int64)
    return ByOrganisation(cells // size, cells % size, count)


def _employers(panel: Panel) -> NDArray[np.bool_]:
    return np.array([is_employer(name) for name in panel.orgs], bool)


def _leading(panel: Panel) -> int | None:
    counts = by_organisation(panel)
    known = [code for code in np.flatnonzero(employers(panel)) if counts[code] > 0]
    return int(min(known, key=lambda code: (-counts[code], panel.orgs[code]))) if known else None
