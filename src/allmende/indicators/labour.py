"""Labour: when the work is done, and how much of it is certainly paid.

Nothing in a record says who is a volunteer. Office hours and employers' addresses are traces; each figure
here is one end of an interval or stands beside the value that a volunteer at random hours would give.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from allmende.affiliation import by_organisation, employers
from allmende.errors import TooFewError
from allmende.indicator import Curve, indicator
from allmende.panel import Panel
from allmende.people.organisations import CLASSES
from allmende.sufficiency import require, share_of

__all__ = [
    "affiliations",
    "employed_share_at_least",
    "office_hours_share",
    "unattributed_share",
    "volunteer_share_at_most",
    "weekend_share",
]

ACTS = 100
COVERAGE = 0.5
GROUPS = ("employer", "university", "association", "independent", "unknown")


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="Riehle et al. 2014 (HICSS); evidence.md D1; CHAOSS Activity Dates and Times, ?p=3444",
)
def office_hours_share(panel: Panel, /, *, minimum: int = ACTS, coverage: float = COVERAGE) -> float:
    """Which share of the work is done in office hours?

    Contributions from Monday to Friday between 9.00 and 17.00 on the member's own clock, over contributions
    whose clock can be read. Members active at any hour alike would give 40/168 = 0.238: the figure is
    evidence of paid work only as far as it lies above that. Refused when the clock can be read on less than
    half of the contributions (a constant UTC is no clock).
    """
    return _hours_share(panel, _office, minimum, coverage)


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="Riehle et al. 2014 (HICSS); evidence.md D2; CHAOSS Activity Dates and Times, ?p=3444",
)
def weekend_share(panel: Panel, /, *, minimum: int = ACTS, coverage: float = COVERAGE) -> float:
    """Which share of the work is done at weekends?

    Contributions on Saturday or Sunday on the member's own clock, over contributions whose clock can be
    read. Members active on any day alike would give 2/7 = 0.286; two to one between weekdays and weekend
    days, as in the kernel, gives 0.167. Refused when less than half can be read.
    """
    return _hours_share(panel, _weekend, minimum, coverage)


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS Contribution Attribution; evidence.md D1, L11",
)
def employed_share_at_least(panel: Panel, /, *, minimum: int = 50) -> float:
    """At least which share of the work is done by employed members?

    Contributions of the window made under an employer's address or a user's affiliation file, over all
    contributions. A lower end and no estimate: where the truth was known, 93 % of what came from free mail
    was made by employed people too.
    """
    shares = _groups(panel, minimum)
    return float(shares[GROUPS.index("employer")])


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS Contribution Attribution; evidence.md D3, L11",
)
def volunteer_share_at_most(panel: Panel, /, *, minimum: int = 50) -> float:
    """At most which share of the work is done by volunteers?

    One minus `employed_share_at_least`: everything that was not made under a known employer. An upper end,
    up to ten times too high where people commit from private addresses; the lower end is the share of those
    known to be independent (`affiliations`).
    """
    shares = _groups(panel, minimum)
    return float(1.0 - shares[GROUPS.index("employer")])


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md L11: unknown is its own class",
    better="lower",
)
def unattributed_share(panel: Panel, /, *, minimum: int = 50) -> float:
    """For which share of the work is it unknown whether anybody pays for it?

    Contributions of the window from free-mail, no-reply and unusable addresses and from domains of one
    person, over all. The width of the interval between paid and volunteer work.
    """
    shares = _groups(panel, minimum)
    return float(shares[GROUPS.index("unknown")])


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS Contribution Attribution; evidence.md D3, L11",
    curve=True,
)
def affiliations(panel: Panel, /, *, minimum: int = 50) -> Curve:
    """How much of the work is known to be paid, known to be independent, or unknown?

    Shares of the window's contributions under employers, universities, associations (foundations, forges),
    by members known to be independent, and of unknown origin. They add up to one.
    """
    shares = _groups(panel, minimum)
    total = float(by_organisation(panel).sum())
    return Curve(np.arange(float(len(GROUPS))), shares, shares * total, GROUPS, "affiliation")


def _groups(panel: Panel, minimum: int) -> NDArray[np.float64]:
    counts = by_organisation(panel)
    total = int(counts.sum())
    require(total, minimum, "contributions")
    sums = np.bincount(panel.kept(_group_of), counts, minlength=len(GROUPS))
    return np.asarray(sums / total)


def _group_of(panel: Panel) -> NDArray[np.int64]:
    """The group of each organisation, its place in `GROUPS`. int64[orgs]."""
    paid = employers(panel)
    return np.array(
        [
            0 if paid[code] else GROUPS.index(name if name in GROUPS and name in CLASSES else "unknown")
            for code, name in enumerate(panel.orgs)
        ]
    )


def _hours_share(
    panel: Panel, wanted: Callable[[Panel], NDArray[np.int64]], minimum: int, coverage: float
) -> float:
    zoned, done = int(panel.view(_zoned).sum()), int(panel.counts().sum())
    share = share_of(
        panel.view(wanted).sum(),
        zoned,
        found=zoned,
        minimum=minimum,
        noun="contributions with a clock that can be read",
    )
    if zoned < coverage * done:
        raise TooFewError(
            f"the clock can be read on {zoned / done:.0%} of the contributions only",
            estimate=share,
            expected=f"at least {coverage:.0%}",
            next_step="The record gives UTC or no clock: hours cannot be told from it.",
        )
    return share


def _zoned(panel: Panel) -> NDArray[np.int64]:
    """Contributions of each member in the window whose local hour can be read. int64[size]."""
    rows = panel.rows()
    return np.bincount(rows.member, rows.zoned, minlength=panel.size).astype(np.int64)


def _office(panel: Panel) -> NDArray[np.int64]:
    """Contributions of each member in the window in office hours. int64[size]."""
    rows = panel.rows()
    return np.bincount(rows.member, rows.office, minlength=panel.size).astype(np.int64)


def _weekend(panel: Panel) -> NDArray[np.int64]:
    """Contributions of each member in the window at weekends. int64[size]."""
    rows = panel.rows()
    return np.bincount(rows.member, rows.weekend, minlength=panel.size).astype(np.int64)
