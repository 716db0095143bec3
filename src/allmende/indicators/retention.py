"""Retention: who is still there next year, by how much they did, and how long those stay who have settled.

Years are compared with years, whatever the window: its last twelve months and the twelve before. Single
careers are in `participation`, newcomers and their cohorts in `renewal`.
"""

from math import inf, log

import numpy as np
from numpy.typing import NDArray

from allmende.errors import TooFewError
from allmende.grouping import changes, distinct_days
from allmende.indicator import Curve, indicator
from allmende.indicators.renewal import seen_after
from allmende.panel import NEVER, Panel
from allmende.sufficiency import require, require_history, share_of

__all__ = [
    "churn",
    "contributor_half_life",
    "long_term_conversion",
    "return_curve",
    "yearly_people_retention",
    "yearly_work_retention",
]

YEAR = 12
LONG_TERM = 36
ESTABLISHED_DAYS = 5
HALF = 0.5
RETURN_CLASSES = (1, 2, 3, 5, 10, 30, 100)
RETURN_LABELS = ("1", "2", "3-4", "5-9", "10-29", "30-99", "100+")


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B7, B8; CHAOSS Inactive Contributors, https://chaoss.community/?p=3614",
    better="higher",
)
def yearly_people_retention(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of last year's members is still contributing?

    Of the members who contributed in the year before the window's last twelve months, the share that
    contributed in those twelve months. Whatever the window's length, a year is compared with a year.
    """
    before, after = panel.view(_two_years).T
    active = before > 0
    share = share_of(
        (active & (after > 0)).sum(),
        active.sum(),
        found=int(active.sum()),
        minimum=minimum,
        noun="members in the year before",
    )
    require_history(panel, panel.stop - 2 * YEAR, "the year before", estimate=share)
    return share


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B7",
    better="higher",
)
def yearly_work_retention(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of last year's work was done by members who are still contributing?

    Of the contributions in the year before the window's last twelve months, the share made by members who
    contributed in those twelve months too. Usually two to three times people retention: those who do
    most stay.
    """
    before, after = panel.view(_two_years).T
    share = share_of(
        before[after > 0].sum(),
        before.sum(),
        found=int((before > 0).sum()),
        minimum=minimum,
        noun="members in the year before",
    )
    require_history(panel, panel.stop - 2 * YEAR, "the year before", estimate=share)
    return share


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="1 - yearly_people_retention; evidence.md B7",
    better="lower",
)
def churn(panel: Panel, /, *, minimum: int = 10) -> float:
    """Which share of last year's members has gone?

    One minus `yearly_people_retention`: members who contributed in the year before the window's last twelve
    months and not in those. Half to three quarters is usual in open communities, because most
    members come for one day.
    """
    before, after = panel.view(_two_years).T
    active = before > 0
    share = share_of(
        (active & (after == 0)).sum(),
        active.sum(),
        found=int(active.sum()),
        minimum=minimum,
        noun="members in the year before",
    )
    require_history(panel, panel.stop - 2 * YEAR, "the year before", estimate=share)
    return share


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B6",
    curve=True,
    better="higher",
)
def return_curve(panel: Panel, /, *, minimum: int = 10) -> Curve:
    """Who contributes again next year, by how much they contributed this year?

    Members who contributed in the year before the window's last twelve months, by their contributions in that
    year; for each class the share that contributed in those twelve months. A class of fewer than
    `minimum` members is left out.
    """
    require_history(panel, panel.stop - 2 * YEAR, "the year before")
    before, after = panel.view(_two_years).T
    active = before > 0
    group = np.searchsorted(RETURN_CLASSES, before[active], side="right") - 1
    size = len(RETURN_CLASSES)
    members = np.bincount(group, minlength=size)
    returned = np.bincount(group, after[active] > 0, minlength=size)
    require(int(members.max()), minimum, "members of one class in the year before")
    share = np.where(members >= max(minimum, 1), returned / np.maximum(members, 1), np.nan)
    return Curve(
        np.array(RETURN_CLASSES, float),
        share,
        members.astype(float),
        RETURN_LABELS,
        "contributions in a year",
    )


@indicator(
    family="renewal",
    unit="months",
    bounds=(0, inf),
    reference="Kaplan, Meier 1958; for maintainers Robles, Michlmayr 2005; evidence.md B16, B17",
    lifetime=True,
    better="higher",
)
def contributor_half_life(panel: Panel, /, *, minimum: int = 20) -> float:
    """After how many months has half of the established members gone?

    Established is who has contributed on five days; the clock starts in the month of the fifth day (from the
    first day on, five days would be a promise from the future). Gone is who has been silent for the last
    twelve months, since the last contribution. The Kaplan-Meier estimate takes those still active for what
    they are: not gone yet. Between two months the curve is taken as straight on the log scale.
    """
    begin, last = panel.view(_established), panel.last_month()
    who = begin != NEVER
    stay = (last[who] - begin[who]).astype(np.int64)
    gone = last[who] < panel.stop - YEAR
    left = _surviving(stay, gone)
    crossed = np.flatnonzero(left <= HALF)
    estimate = _half_life(left) if len(crossed) else None
    require(int(who.sum()), minimum, "members who contributed on five days", estimate=estimate)
    if estimate is None:
        raise TooFewError(
            f"after {len(left) - 1} months, the longest stay in the record, {left[-1]:.0%} are still there, "
            "so that half of them cannot be seen to go",
            next_step="Take a longer record.",
        )
    return estimate


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="Zhou, Mockus 2012 (ICSE), long-term contributors: at least three years; evidence.md B11",
    better="higher",
)
def long_term_conversion(panel: Panel, /, *, minimum: int = 30) -> float:
    """Which share of newcomers becomes a long-term contributor?

    Of the members who first contributed in the window of equal length that ended four years before this one
    ends, the share that contributed in the fourth year after (months 36 to 47): they have stayed for
    three years, and everybody had the same time to show it.
    """
    first = panel.first_month().astype(np.int64)
    shift = LONG_TERM + YEAR
    cohort = (first >= panel.start - shift) & (first < panel.stop - shift) & (first != NEVER)
    return share_of(
        panel.view(_seen_in_fourth_year)[cohort].sum(),
        cohort.sum(),
        found=int(cohort.sum()),
        minimum=minimum,
        noun="newcomers of four years ago",
    )


def _seen_in_fourth_year(panel: Panel) -> NDArray[np.bool_]:
    """Whether each member contributed in months 36 to 47 after that of the first contribution. bool[size]."""
    return np.asarray(seen_after(panel, LONG_TERM + YEAR)[:, LONG_TERM:].any(axis=1))


def _two_years(panel: Panel) -> NDArray[np.int64]:
    """Contributions in the year before the window's last twelve months, and in these. int64[size, 2]."""
    rows = panel.rows(window=False)
    year = (rows.month - (panel.stop - 2 * YEAR)) // YEAR
    counts = [
        np.bincount(rows.member[year == y], rows.count[year == y], minlength=panel.size) for y in (0, 1)
    ]
    return np.stack(counts, axis=1).astype(np.int64)


def _established(panel: Panel) -> NDArray[np.int32]:
    """The month in which each member had contributed on five days, `NEVER` for others. int32[size]."""
    rows = panel.rows(window=False)
    month = np.full(panel.size, NEVER, np.int32)
    if not len(rows):
        return month
    starts = np.flatnonzero(changes(rows.member, rows.month))
    days = distinct_days(rows.day_set, starts)
    member = rows.member[starts]
    total = np.cumsum(days)
    begins = changes(member)
    before = np.repeat((total - days)[begins], np.diff(np.r_[np.flatnonzero(begins), len(member)]))
    reached = total - before >= ESTABLISHED_DAYS
    # Backwards, so that the first month that reaches the mark is written last.
    month[member[reached][::-1]] = rows.month[starts][reached][::-1]
    return month


def _surviving(stay: NDArray[np.int64], gone: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Kaplan-Meier: share still there after each stay of 0, 1, ... months."""
    if not len(stay):
        return np.ones(1)
    size = int(stay.max()) + 1
    going = np.bincount(stay[gone], minlength=size)
    leaving = np.bincount(stay, minlength=size)
    at_risk = leaving[::-1].cumsum()[::-1]
    return np.asarray(np.cumprod(1 - going / np.maximum(at_risk, 1)))


def _half_life(left: NDArray[np.float64]) -> float:
    """Where the curve passes one half; `left[t]` holds for a stay of more than t months."""
    at = int(np.flatnonzero(left <= HALF)[0])
    above = float(left[at - 1]) if at else 1.0
    below = max(float(left[at]), 1e-9)
    return at + (log(above) - log(HALF)) / (log(above) - log(below))
