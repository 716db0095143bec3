"""Concentration: on how few members the work rests. See also `organisational`, `authorship`.

Every figure here moves with the number of members and the length of the window (`evidence.md` J11): compare
windows of equal length, and show the number of members beside it.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende import inequality
from allmende.indicator import Curve, indicator
from allmende.panel import Panel
from allmende.sufficiency import require, share_of

__all__ = [
    "contributor_absence_factor",
    "departed_work_share",
    "eighty_percent_contributors",
    "gini",
    "lorenz",
    "one_contribution_share",
    "one_contribution_work_share",
    "top_member_share",
    "top_tenth_share",
]

YEAR = 12
LORENZ_AT = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)


@indicator(
    family="concentration",
    unit="members",
    bounds=(1, inf),
    reference="CHAOSS Contributor Absence Factor, https://chaoss.community/?p=3944; n50 of evidence.md A22",
    better="higher",
)
def contributor_absence_factor(panel: Panel, /, *, share: float = 0.5) -> float:
    """How few members carry half of the work?

    The smallest number of members whose contributions add up to at least `share` of all contributions of the
    window, the most active first (formerly bus factor; n50 in the literature). The algorithm counts
    contributions: the truck factor, which counts who knows which works, is another question.

    >>> contributor_absence_factor(Panel.of_counts([1000, 202, 90, 33, 332, 343, 42, 433]))
    2.0
    """
    counts = _active(panel)
    require(len(counts), 1, "active members")
    return float(inequality.fewest(counts, share=share))


@indicator(
    family="concentration",
    unit="members",
    bounds=(1, inf),
    reference="CHAOSS Contributor Absence Factor at 80 %, https://chaoss.community/?p=3944; evidence.md A19",
    better="higher",
)
def eighty_percent_contributors(panel: Panel, /) -> float:
    """How few members carry four fifths of the work?

    The contributor absence factor with a share of 0.8.

    >>> eighty_percent_contributors(Panel.of_counts([1000, 202, 90, 33, 332, 343, 42, 433]))
    4.0
    """
    counts = _active(panel)
    require(len(counts), 1, "active members")
    return float(inequality.fewest(counts, share=0.8))


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="Gini 1912, the plain estimator as in evidence.md A20",
    better="lower",
)
def gini(panel: Panel, /, *, minimum: int = 10) -> float:
    """How unequally is the work spread over members?

    Gini coefficient of contributions over the members active in the window: 0 when all do the same, towards
    1 when one does everything. Members who come once push it up, so that it hardly separates
    communities: 0.64 to 0.88 is usual for a year of an author-attributed git history.

    >>> gini(Panel.of_counts([4] * 10))
    0.0
    """
    counts = _active(panel)
    require(len(counts), minimum, "active members", estimate=inequality.gini(counts) if len(counts) else None)
    return inequality.gini(counts)


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="Lorenz 1905",
    curve=True,
)
def lorenz(panel: Panel, /, *, minimum: int = 10) -> Curve:
    """Which share of the work do the least active members do?

    For each share of the active members, the least active first, their share of all contributions of the
    window. A straight line would be equality.
    """
    counts = _active(panel)
    require(len(counts), minimum, "active members")
    at = np.array(LORENZ_AT)
    return Curve(
        at,
        inequality.lorenz(counts, at),
        np.full(len(at), float(len(counts))),
        tuple(f"{100 * share:g} %" for share in LORENZ_AT),
        "share of members, least active first",
    )


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md A21",
    better="lower",
)
def top_tenth_share(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of the work does the most active tenth of members do?

    Contributions of the round(0.1 n) most active members, at least one, over all contributions of the
    window. 0.56 to 0.87 is usual for author-attributed git histories.

    >>> top_tenth_share(Panel.of_counts([11] + [1] * 9))
    0.55
    """
    counts = _active(panel)
    estimate = inequality.top_share(counts, 0.1) if len(counts) else None
    require(len(counts), minimum, "active members", estimate=estimate)
    return inequality.top_share(counts, 0.1)


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="the first point of CHAOSS Contributor Absence Factor, https://chaoss.community/?p=3944",
    better="lower",
)
def top_member_share(panel: Panel, /, *, minimum: int = 2) -> float:
    """Which share of the work does the most active member do?

    Its interval is too narrow: drawing among those there are shows no one more active than the most active.

    >>> top_member_share(Panel.of_counts([3, 1]))
    0.75
    """
    counts = _active(panel)
    estimate = float(counts.max() / counts.sum()) if len(counts) else None
    require(len(counts), minimum, "active members", estimate=estimate)
    return float(counts.max() / counts.sum())


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md A23, casual contributors inside one window (B1 for whole lives)",
)
def one_contribution_share(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of the active members contributed exactly once in this window?

    Some of them come back later or came before: whole lives are `one_time_contributors`.

    >>> one_contribution_share(Panel.of_counts([9, 1, 1, 1, 1, 2, 2, 2, 2, 2]))
    0.4
    """
    counts = _active(panel)
    return share_of(
        (counts == 1).sum(), len(counts), found=len(counts), minimum=minimum, noun="active members"
    )


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md A23",
)
def one_contribution_work_share(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of the window's work was done by members who contributed exactly once in it?

    >>> one_contribution_work_share(Panel.of_counts([11, 1, 1, 1, 1, 1, 1, 1, 1, 1]))
    0.45
    """
    counts = _active(panel)
    return share_of(
        (counts == 1).sum(), counts.sum(), found=len(counts), minimum=minimum, noun="active members"
    )


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="Izquierdo-Cortazar et al. 2009 (HICSS): knowledge lost; Gruno 2015: augmented pony factor",
    lifetime=True,
    better="lower",
)
def departed_work_share(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of everything ever made was made by members who have left?

    Contributions to the whole record of members without one in the window's last twelve months, over all of
    it. What they knew is no longer at hand. Grows with age.

    >>> departed_work_share(Panel.of_counts([4] * 10))
    0.0
    """
    made = panel.view(_lifetime_counts)
    left = panel.last_month() < panel.stop - YEAR
    members = int((made > 0).sum())
    return share_of(
        made[left].sum(), made.sum(), found=members, minimum=minimum, noun="members in the whole record"
    )


def _active(panel: Panel) -> NDArray[np.int64]:
    counts = panel.counts()
    return counts[counts > 0]


def _lifetime_counts(panel: Panel) -> NDArray[np.int64]:
    rows = panel.rows(window=False)
    return np.bincount(rows.member, rows.count, minlength=panel.size).astype(np.int64)
