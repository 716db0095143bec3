"""Renewal: who comes, and who of them comes back. Years are in `retention`, careers in `participation`.

Cohorts are compared at equal follow-up: "retained after k months" asks for a contribution in the quarter
that begins k months after the first one, and counts only members for whom that quarter is over.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende.indicator import Curve, indicator
from allmende.panel import NEVER, Panel
from allmende.sufficiency import require, require_history, require_record, share_of

__all__ = [
    "cohort_retention",
    "newcomer_share",
    "newcomers",
    "retention_one_month",
    "retention_three_months",
    "retention_twelve_months",
    "seen_after",
]

YEAR = 12
QUARTER = 3
COHORT_MONTHS = (1, 3, 6, 9, 12, 18, 24)


@indicator(
    family="renewal",
    unit="members",
    bounds=(0, inf),
    reference="CHAOSS New Contributors, https://chaoss.community/?p=3613",
    better="higher",
)
def newcomers(panel: Panel, /) -> float:
    """How many members contributed for the first time?

    Members whose first contribution of the whole record lies in the window. In the first year of a record
    that does not reach back to the community's birth everybody looks new.

    >>> newcomers(Panel.of_counts([5, 1, 0]))
    2.0
    """
    require_record(panel)
    return float((panel.first_month() >= panel.start).sum())


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B9; CHAOSS New Contributors, https://chaoss.community/?p=3613",
)
def newcomer_share(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of the active members is new?

    Newcomers of the window over all members active in it. Neither all old nor all new is healthy: 0.55 to
    0.85 is usual for a year of an author-attributed git history. Refused when the record begins less than
    a year before the window, because then nearly everybody looks new.
    """
    active = int((panel.counts() > 0).sum())
    new = int((panel.first_month() >= panel.start).sum())
    share = share_of(new, active, found=active, minimum=minimum, noun="active members")
    require_history(panel, panel.start - YEAR, "telling newcomers from others", estimate=share)
    return share


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS New Contributors and Inactive Contributors, https://chaoss.community/?p=3614",
    better="higher",
)
def retention_one_month(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of newcomers contributes again in the three months after their first?

    Months 1 to 3 after the month of the first contribution. The cohort are the members who first
    contributed in the window of equal length that ended three months before this one ends, so that
    everybody has had the three months.
    """
    return _retained(panel, 1, minimum)


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS New Contributors and Inactive Contributors, https://chaoss.community/?p=3614",
    better="higher",
)
def retention_three_months(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of newcomers still contributes three months later?

    A contribution in months 3 to 5 after the month of the first. The cohort are the members who first
    contributed in the window of equal length that ended five months before this one ends.
    """
    return _retained(panel, 3, minimum)


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS New Contributors and Inactive Contributors, https://chaoss.community/?p=3614",
    better="higher",
)
def retention_twelve_months(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of newcomers still contributes a year later?

    A contribution in months 12 to 14 after the month of the first. The cohort are the members who first
    contributed in the window of equal length that ended fourteen months before this one ends.
    """
    return _retained(panel, 12, minimum)


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS New Contributors and Inactive Contributors, https://chaoss.community/?p=3614",
    curve=True,
    lifetime=True,
    better="higher",
)
def cohort_retention(panel: Panel, /, *, minimum: int = 20) -> Curve:
    """How many newcomers are still there after so many months?

    For each age of k months the share of members who contributed in months k to k + 2 after the month of
    their first contribution, over all members of the record for whom those months are over.
    """
    seen, age = panel.view(_seen_after_first), panel.stop - panel.first_month().astype(np.int64)
    known = panel.first_month() != NEVER
    share, weight = [], []
    for k in COHORT_MONTHS:
        cohort = known & (age >= k + QUARTER)
        weight.append(int(cohort.sum()))
        share.append(seen[cohort, k : k + QUARTER].any(axis=1).mean() if weight[-1] >= minimum else np.nan)
    require(max(weight), minimum, "members who came long enough ago")
    labels = tuple(str(k) for k in COHORT_MONTHS)
    return Curve(
        np.array(COHORT_MONTHS, float), np.array(share), np.array(weight, float), labels, "months since first"
    )


def _retained(panel: Panel, k: int, minimum: int) -> float:
    first = panel.first_month().astype(np.int64)
    shift = k + QUARTER - 1
    cohort = (first >= panel.start - shift) & (first < panel.stop - shift) & (first != NEVER)
    return share_of(
        panel.view(_seen_after_first)[cohort, k : k + QUARTER].any(axis=1).sum(),
        cohort.sum(),
        found=int(cohort.sum()),
        minimum=minimum,
        noun=f"newcomers of at least {shift} months ago",
    )


def _seen_after_first(panel: Panel) -> NDArray[np.bool_]:
    """Whether each member contributed in month k after that of the first contribution. bool[size, 27]."""
    return seen_after(panel, COHORT_MONTHS[-1] + QUARTER)


def seen_after(panel: Panel, ages: int) -> NDArray[np.bool_]:
    """Whether each member contributed k months after the month of the first. bool[size, ages]."""
    rows = panel.rows(window=False)
    age = rows.month - panel.first_month()[rows.member]
    seen = np.zeros((panel.size, ages), bool)
    early = age < ages
    seen[rows.member[early], age[early]] = True
    return seen
