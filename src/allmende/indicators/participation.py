"""Participation: single careers. How many come once, after which day do they stop, by which law.

Lives are looked at whole, up to the end of the window; a stop is twelve months of silence at the end.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende.distributions import LAWS, compare, fit, log_probability
from allmende.errors import TooFewError
from allmende.indicator import Curve, indicator
from allmende.panel import Panel
from allmende.sufficiency import require, share_of

__all__ = [
    "beta_geometric_a",
    "beta_geometric_b",
    "one_day_contributors",
    "one_time_contributors",
    "one_time_work_share",
    "participation_distribution",
    "stopping_hazard",
    "stopping_slope",
]

YEAR = 12
HAZARD_CLASSES = (1, 2, 3, 5, 9, 17, 33)
HAZARD_LABELS = ("1", "2", "3-4", "5-8", "9-16", "17-32", "33-64")
HAZARD_END = 65


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="Pinto, Steinmacher, Gerosa 2016 (SANER), casual contributors; evidence.md B1",
    lifetime=True,
)
def one_time_contributors(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of all members ever contributed exactly once?

    Members with one contribution in the whole record, over all members with any. 0.40 to 0.65 is usual in
    popular git projects.

    >>> one_time_contributors(Panel.of_counts([1] * 12 + [4] * 8))
    0.6
    """
    counts = panel.view(_lifetime_counts)
    return share_of(
        (counts == 1).sum(),
        (counts > 0).sum(),
        found=int((counts > 0).sum()),
        minimum=minimum,
        noun="members in the whole record",
    )


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="Pinto, Steinmacher, Gerosa 2016 (SANER), casual contributors; evidence.md B1",
    lifetime=True,
)
def one_time_work_share(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of all work was done by members who contributed exactly once?

    Contributions of members with one contribution in the whole record, over all contributions.

    >>> one_time_work_share(Panel.of_counts([1] * 12 + [4] * 8)) == 12 / 44
    True
    """
    counts = panel.view(_lifetime_counts)
    return share_of(
        (counts == 1).sum(),
        counts.sum(),
        found=int((counts > 0).sum()),
        minimum=minimum,
        noun="members in the whole record",
    )


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B2",
    lifetime=True,
)
def one_day_contributors(panel: Panel, /, *, minimum: int = 20) -> float:
    """Which share of all members contributed on one day only?

    Members with one active day (UTC) in the whole record, over all with any. Unlike one-time contributors it
    does not depend on how finely people commit. 0.48 to 0.72 in five git projects; a committer-attributed
    record shows far less (0.07 in Apache httpd).

    >>> one_day_contributors(Panel.of_counts([7] * 20))
    1.0
    """
    days = panel.lifetime_days()
    return share_of(
        (days == 1).sum(),
        (days > 0).sum(),
        found=int((days > 0).sum()),
        minimum=minimum,
        noun="members in the whole record",
    )


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md B3, A2 (Wilkinson 2008: the hazard falls as 1/n)",
    curve=True,
    lifetime=True,
    better="lower",
)
def stopping_hazard(panel: Panel, /, *, minimum: int = 10) -> Curve:
    """After which active day do members stop?

    The share of members who contributed on an n-th day and stopped with it. Stopped is who was silent for
    the last twelve months of the window; those whose last day is more recent are known to have passed their
    earlier days and left out of the last one (censored). Days are pooled in classes. In git histories hazard
    times n is nearly constant.
    """
    stops, at_risk, _ = _hazard(panel)
    require(int(at_risk.max()), minimum, "members of whom it is known whether they stopped")
    share = np.where(at_risk >= max(minimum, 1), stops / np.maximum(at_risk, 1), np.nan)
    return Curve(
        np.array(HAZARD_CLASSES, float), share, at_risk.astype(float), HAZARD_LABELS, "active day of a member"
    )


@indicator(
    family="renewal",
    unit="1",
    reference="Wilkinson 2008 (ACM EC); evidence.md A2: -1.3 to -0.8",
    lifetime=True,
)
def stopping_slope(panel: Panel, /, *, minimum: int = 5) -> float:
    """How fast does the risk of stopping fall with every active day?

    Slope of log hazard on log day over the classes of `stopping_hazard`, each weighted by its stops; classes
    with fewer than `minimum` stops are left out. -1 is Wilkinson's law: the risk is inversely
    proportional to what was done so far.
    """
    stops, at_risk, day = _hazard(panel)
    use = stops >= max(minimum, 1)
    require(int(use.sum()), 3, f"classes of days with at least {minimum} members who stopped")
    x, y, weight = np.log(day[use]), np.log(stops[use] / at_risk[use]), stops[use]
    centred = x - np.average(x, weights=weight)
    return float((weight * centred * y).sum() / (weight * centred**2).sum())


@indicator(
    family="renewal",
    unit="1",
    bounds=(0, inf),
    reference="evidence.md B4, J2: maximum likelihood over all members of the record",
    lifetime=True,
)
def beta_geometric_a(panel: Panel, /, *, minimum: int = 30) -> float:
    """How heavy is the tail of active days per member (dropout parameter a)?

    Dropout after each active day has probability p, p ~ Beta(a, b) over members; the number of days is then
    beta-geometric with tail exponent 1 + a. Fitted to the active days of all members of the whole record; who
    is still active is taken as finished, which lowers a slightly. 0.6 to 1.05 in author-attributed git.
    """
    return _dropout(panel, "a", minimum)


@indicator(
    family="renewal",
    unit="1",
    bounds=(0, inf),
    reference="evidence.md B4, J2: maximum likelihood over all members of the record",
    lifetime=True,
)
def beta_geometric_b(panel: Panel, /, *, minimum: int = 30) -> float:
    """How many members survive their first active days (dropout parameter b)?

    Parameter b of the fit of `beta_geometric_a`: a / (a + b) is the share of one-day members. 0.35 to 0.65 in
    author-attributed git, about 34 among the committers of Apache httpd.
    """
    return _dropout(panel, "b", minimum)


@indicator(
    family="renewal",
    unit="share",
    bounds=(0, 1),
    reference="Tenorio-Fornes, Arroyo, Hassan 2022 (PeerJ CS 8:e792); evidence.md A5, B5",
    curve=True,
    lifetime=True,
)
def participation_distribution(panel: Panel, /, *, minimum: int = 50) -> Curve:
    """Which law do contributions per member follow?

    Akaike weights of power law, truncated power law, log-normal, stretched exponential, beta-geometric and
    geometric, fitted by maximum likelihood to the contributions of all members of the whole record: the
    share of the evidence each law has among these. `distributions.compare` gives parameters and
    Vuong's tests. When members are resampled the fitted laws stay and the evidence is counted again.
    """
    counts = panel.view(_lifetime_counts)
    active = counts > 0
    require(int(active.sum()), minimum, "members in the whole record")
    if counts[active].min() == counts.max():
        raise TooFewError("all members contributed equally often, which every law explains equally well")
    likelihood = panel.view(_law_likelihoods)[active].sum(axis=0)
    evidence = likelihood - np.array([len(law.parameters) for law in LAWS.values()])
    share = np.exp(evidence - evidence.max())
    place = np.arange(len(LAWS), dtype=float)
    weight = np.full(len(LAWS), float(active.sum()))
    return Curve(place, share / share.sum(), weight, tuple(LAWS), "law")


def _lifetime_counts(panel: Panel) -> NDArray[np.int64]:
    """Contributions of each member from the first to the end of the window. int64[size]."""
    rows = panel.rows(window=False)
    return np.bincount(rows.member, rows.count, minlength=panel.size).astype(np.int64)


def _law_likelihoods(panel: Panel) -> NDArray[np.float64]:
    """Log-probability of each member's contributions under each fitted law. float64[size, laws]."""
    counts = panel.view(_lifetime_counts)
    active = counts > 0
    fitted = compare(counts[active])
    table = np.zeros((panel.size, len(LAWS)))
    for place, law in enumerate(LAWS):
        table[active, place] = log_probability(fitted[law], counts[active])
    return table


def _hazard(panel: Panel) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Per class of days: stops, members at risk (summed over its days), mean day of those at risk."""
    days = panel.lifetime_days()
    stopped = (panel.last_month() < panel.stop - YEAR) & (days > 0)
    size = max(HAZARD_END, int(days.max(initial=0)) + 1)
    stops = np.bincount(days[stopped], minlength=size)
    passed = len(days) - np.cumsum(np.bincount(days, minlength=size))
    at_risk = (stops + passed)[1:HAZARD_END]
    stops, day = stops[1:HAZARD_END], np.arange(1, HAZARD_END)
    starts = np.array(HAZARD_CLASSES) - 1
    risks = np.add.reduceat(at_risk, starts)
    mean = np.add.reduceat(at_risk * day, starts) / np.maximum(risks, 1)
    return np.add.reduceat(stops, starts), risks, np.maximum(mean, 1.0)


def _dropout(panel: Panel, parameter: str, minimum: int) -> float:
    days = panel.lifetime_days()
    found = days[days > 0]
    require(len(found), minimum, "members in the whole record")
    fitted = fit("beta-geometric", found)
    estimate = fitted.parameters[parameter]
    if fitted.at_bound:
        raise TooFewError(
            "the active days of members do not spread enough to tell the two parameters apart",
            estimate=estimate,
            expected="some members of one day and some of many",
        )
    return estimate
