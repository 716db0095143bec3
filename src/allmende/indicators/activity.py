"""Activity: how many take part and how much is done. Contributions are the actions make and revise."""

from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende.indicator import indicator
from allmende.panel import Panel
from allmende.sufficiency import require, require_record

__all__ = [
    "active_days",
    "active_members",
    "active_months_share",
    "contributions",
    "contributions_per_member",
    "regular_members",
]


@indicator(
    family="activity",
    unit="members",
    bounds=(0, inf),
    reference="CHAOSS Contributors, https://chaoss.community/?p=3467",
    better="higher",
)
def active_members(panel: Panel, /) -> float:
    """How many members contributed?

    Distinct members with at least one contribution in the window. CHAOSS counts any engagement; here the
    place of engagement is the making and revising of works.

    >>> active_members(Panel.of_counts([5, 1, 0]))
    2.0
    """
    require_record(panel)
    return float((panel.counts() > 0).sum())


@indicator(
    family="activity",
    unit="contributions",
    bounds=(0, inf),
    reference="CHAOSS Code Changes Commits, https://chaoss.community/?p=4707 (merges left out, see reading)",
)
def contributions(panel: Panel, /) -> float:
    """How much was contributed?

    Acts of making or revising in the window, of all members together. What one act is depends on the
    record (a commit, a revision): compare windows of one community, not communities.

    >>> contributions(Panel.of_counts([5, 1, 0]))
    6.0
    """
    require_record(panel)
    return float(panel.counts().sum())


@indicator(
    family="activity",
    unit="contributions",
    bounds=(1, inf),
    reference="median of CHAOSS Code Changes Commits over Contributors, https://chaoss.community/?p=4707",
)
def contributions_per_member(panel: Panel, /, *, minimum: int = 5) -> float:
    """How much does the member in the middle contribute?

    The median of contributions over the members active in the window. The mean would speak of the few who
    do most.

    >>> contributions_per_member(Panel.of_counts([900, 5, 3, 1, 1, 0]))
    3.0
    """
    counts = panel.counts()
    active = counts[counts > 0]
    require(
        len(active), minimum, "active members", estimate=float(np.median(active)) if len(active) else None
    )
    return float(np.median(active))


@indicator(
    family="activity",
    unit="member-days",
    bounds=(0, inf),
    reference="evidence.md J12: bursts inside a day are noise, days are the unit of the member model",
)
def active_days(panel: Panel, /) -> float:
    """On how many days did members contribute, all members together?

    The sum over members of the days (UTC) on which each contributed in the window. Ten commits on one
    evening are one day, so that it moves less with habits of committing than contributions do.

    >>> active_days(Panel.of_counts([5, 1, 0]))
    2.0
    """
    require_record(panel)
    days = panel.active_days()
    return float(days[panel.counts() > 0].sum())


@indicator(
    family="activity",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS Activity Dates and Times, https://chaoss.community/?p=3444",
    better="higher",
)
def active_months_share(panel: Panel, /) -> float:
    """In which share of the months did anybody contribute?

    >>> active_months_share(Panel.of_counts([5, 1]))
    1.0
    """
    require_record(panel)
    require(panel.length, 1, "months in the window")
    months = panel.kept(_member_months)
    present = np.zeros(panel.length, bool)
    present[months[1][panel.times()[months[0]] > 0]] = True
    return float(present.mean())


@indicator(
    family="activity",
    unit="members",
    bounds=(0, inf),
    reference="CHAOSS Contributors with a minimum of engagement, https://chaoss.community/?p=3467",
    better="higher",
)
def regular_members(panel: Panel, /, *, share: float = 0.5) -> float:
    """How many members contribute in at least half of the months?

    Members with a contribution in `share` of the window's months or more. Those who carry a community from
    one release to the next, however much they do.

    >>> regular_members(Panel.of_counts([5, 1, 0]))
    2.0
    """
    require_record(panel)
    require(panel.length, 1, "months in the window")
    return float((panel.view(_active_months) >= max(share * panel.length, 1)).sum())


def _member_months(panel: Panel) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Every member-month with a contribution: member code, month of the window from 0."""
    rows = panel.rows()
    return rows.member, (rows.month - panel.start).astype(np.int64)


def _active_months(panel: Panel) -> NDArray[np.int64]:
    """In how many months of the window each member contributed. int64[size]."""
    member, month = _member_months(panel)
    cells = np.unique(member.astype(np.int64) * max(panel.length, 1) + month)
    return np.bincount(cells // max(panel.length, 1), minlength=panel.size).astype(np.int64)
