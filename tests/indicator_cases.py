"""What every indicator must answer: closed forms where one is known, and a panel made to move it.

`CLOSED` gives for each indicator panels with the answer that follows from its definition by hand. `MOVERS`
names for each a change of the village and the direction in which the answer must go.
"""

from collections.abc import Callable
from dataclasses import replace
from math import exp, log, nan

import numpy as np
from numpy.typing import NDArray

from allmende.events import action_code
from allmende.panel import COLUMNS, MemberWorks, Panel
from settlements import lives

PAY = action_code("pay")
EQUAL = Panel.of_counts([4] * 20)
LONELY = Panel.of_counts([7])
GEOMETRIC = Panel.of_counts([512, 256, 128, 64, 32, 16, 8, 4, 2, 1, 1])
# 36 visitors, 12 who came back the month after, 12 who came back after a quarter and after a year, and 12 who
# are there every month from the beginning. The window is the last two of four years.
TOWN = lives(
    *[[24 + i % 12] for i in range(36)],
    *[[24, 25]] * 12,
    *[[24, 27, 36]] * 12,
    *[list(range(48))] * 12,
    start=24,
    stop=48,
)
# Settled in month 0; half of them leave after month 6, half after month 12.
SETTLERS = lives(*[[0] * 5 + [6]] * 10, *[[0] * 5 + [12]] * 10, start=0, stop=48)


def working(counts: list[int], orgs: list[int], names: tuple[str, ...]) -> Panel:
    """Members with these contributions under these organisations."""
    plain = Panel.of_counts(counts)
    return replace(plain, org=np.array(orgs, np.int32), orgs=names)


FIRMS = working(
    [50, 30, 20, 60, 40], [1, 1, 2, 3, 4], ("", "acme.example", "bolt.example", "free-mail", "independent")
)

THREE_FIRMS = working([30, 30, 40], [1, 2, 3], ("", "a.de", "b.de", "c.de"))
VETERANS = lives(*[[0]] * 30, *[[1, 40]] * 10, [0, 50], start=48, stop=60)


def clocked(counts: list[int], zoned: list[int], office: list[int], weekend: list[int]) -> Panel:
    """Members with these contributions, of which so many were made at such hours."""
    plain = Panel.of_counts(counts)
    return replace(plain, zoned=np.array(zoned), office=np.array(office), weekend=np.array(weekend))


UNIFORM_WEEK = clocked([168] * 5, [168] * 5, [40] * 5, [48] * 5)


def touching(*touches: tuple[int, int, int], members: int, works: int) -> Panel:
    """A panel of one month in which members touched works: (member, work, times)."""
    table = np.array(touches, np.int64)
    return replace(
        Panel.of_counts([1] * members),
        works=MemberWorks(
            member=table[:, 0].astype(np.int32),
            month=np.zeros(len(table), np.int32),
            work=table[:, 1].astype(np.int32),
            count=table[:, 2],
            size=works,
        ),
    )


# Seven members with nine works of their own each, and six works that all of them touched.
WORKSHOP = touching(
    *[(member, 9 * member + own, 1) for member in range(7) for own in range(9)],
    *[(member, 63 + common, 1) for member in range(7) for common in range(6)],
    members=7,
    works=69,
)
SQUARE = touching(*[(member, 0, 1) for member in range(8)], members=8, works=1)
RING = touching(
    *[(member, work % 6, 1) for work in range(6) for member in (work, (work + 1) % 6)], members=6, works=6
)
# One hundred works of three members: 60, 30 and 10.
OWNERS = touching(
    *[(0 if work < 60 else 1 if work < 90 else 2, work, 3) for work in range(100)], members=3, works=100
)


def paid(cents: list[int]) -> Panel:
    """Members who received these amounts."""
    return replace(Panel.of_counts([1] * len(cents)), cents=np.array(cents, np.int64))


PAYDAY = paid([*[100] * 100, 10_000])


def dated(days: NDArray[np.int64], *, months: int = 60) -> Panel:
    """Members with so many active days and one contribution on each: 28 days a month from month 0 on."""
    filled = -(-days // 28)
    member = np.repeat(np.arange(len(days)), filled)
    month = np.arange(len(member)) - np.repeat(np.cumsum(filled) - filled, filled)
    count = np.minimum(days[member] - 28 * month, 28)
    return Panel.of_columns(
        member=member.astype(np.int32),
        month=month.astype(np.int32),
        action=np.zeros(len(member), np.uint8),
        count=count,
        day_set=((np.int64(1) << count) - 1).astype(np.uint32),
        members=tuple(f"member-{i}" for i in range(len(days))),
        start=0,
        stop=months,
    )


def quantiles(survival: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Counts that follow a law as closely as `size` members can; `survival[n]` is P(N > n), n = 0, 1, ..."""
    return np.searchsorted(-survival, -(np.arange(size) + 0.5) / size, side="right").astype(np.int64)


def beta_geometric_survival(a: float, b: float, most: int) -> NDArray[np.float64]:
    """P(N > n) = product of (1 - a / (a + b + i - 1)) over the days i up to n."""
    hazard = a / (a + b + np.arange(most))
    return np.concatenate([[1.0], np.cumprod(1 - hazard)])


BETA_GEOMETRIC = dated(quantiles(beta_geometric_survival(0.8, 0.5, 1400), 3000))
CONSTANT_RISK = dated(quantiles(0.9 ** np.arange(400.0), 5000))
# Four of the laws contain the geometric; three pay one parameter for it: 1 / (1 + 3/e) of the evidence.
GEOMETRIC_SHARE = 1 / (1 + 3 * exp(-1))

Curve = dict[str, float]
# The answer that follows by hand, and how far the indicator may lie from it.
CLOSED: dict[str, list[tuple[Panel, float | Curve, float]]] = {
    "active_days": [(EQUAL, 20, 0), (LONELY, 1, 0), (TOWN, 36 + 24 + 36 + 12 * 24, 0)],
    "active_members": [(EQUAL, 20, 0), (LONELY, 1, 0), (Panel.of_counts([3, 0, 0]), 1, 0)],
    "active_months_share": [(LONELY, 1, 0), (lives([0, 3], start=0, stop=4), 0.5, 0)],
    "affiliations": [(FIRMS, {"employer": 0.5, "unknown": 0.3, "independent": 0.2, "university": 0}, 1e-9)],
    "beta_geometric_a": [(BETA_GEOMETRIC, 0.8, 0.02)],
    "beta_geometric_b": [(BETA_GEOMETRIC, 0.5, 0.02)],
    "churn": [(TOWN, 48 / 72, 1e-9)],
    "co_editing_density": [(WORKSHOP, 1, 1e-9), (RING, 6 / 15, 1e-9)],
    "cohort_retention": [(TOWN, {"1": 1 / 2, "3": 1 / 3, "6": 1 / 6, "12": 24 / 66, "24": nan}, 1e-9)],
    "contributions": [(EQUAL, 80, 0), (LONELY, 7, 0), (GEOMETRIC, 1024, 0)],
    "contributions_per_member": [(EQUAL, 4, 0), (GEOMETRIC, 16, 0)],
    "contributor_absence_factor": [(EQUAL, 10, 0), (LONELY, 1, 0), (GEOMETRIC, 1, 0)],
    "contributor_half_life": [(SETTLERS, 7, 1e-9)],
    "departed_work_share": [(TOWN, (36 + 24) / 672, 1e-9)],
    "eighty_percent_contributors": [(EQUAL, 16, 0), (LONELY, 1, 0), (GEOMETRIC, 3, 0)],
    "elephant_factor": [(FIRMS, 1, 0), (THREE_FIRMS, 2, 0)],
    "employed_share_at_least": [(FIRMS, 0.5, 1e-9)],
    "exchange_value": [(PAYDAY, 20_000, 0)],
    "gini": [(EQUAL, 0, 1e-9), (Panel.of_counts([1] * 9 + [91]), 0.81, 1e-9)],
    "long_term_conversion": [(VETERANS, 10 / 41, 1e-9)],
    "lorenz": [(EQUAL, {"0 %": 0, "50 %": 0.5, "95 %": 0.95, "100 %": 1}, 1e-9)],
    "median_payout": [(PAYDAY, 100, 0)],
    "newcomer_share": [(TOWN, 60 / 72, 1e-9)],
    "newcomers": [(TOWN, 60, 0), (EQUAL, 20, 0)],
    "office_hours_share": [(UNIFORM_WEEK, 40 / 168, 1e-9)],
    "one_contribution_share": [(GEOMETRIC, 2 / 11, 1e-9), (EQUAL, 0, 0), (Panel.of_counts([1] * 10), 1, 0)],
    "one_contribution_work_share": [(GEOMETRIC, 2 / 1024, 1e-9), (EQUAL, 0, 0)],
    "one_day_contributors": [(TOWN, 36 / 72, 1e-9), (EQUAL, 1, 0)],
    "one_time_contributors": [(TOWN, 36 / 72, 1e-9), (EQUAL, 0, 0)],
    "one_time_work_share": [(TOWN, 36 / 672, 1e-9), (EQUAL, 0, 0)],
    "organisation_count": [(FIRMS, 2, 0)],
    "organisation_hhi": [(FIRMS, 0.8**2 + 0.2**2, 1e-9)],
    "organisational_diversity": [(FIRMS, exp(-0.8 * log(0.8) - 0.2 * log(0.2)), 1e-9)],
    "organisations": [(FIRMS, {"acme.example": 0.4, "bolt.example": 0.1}, 1e-9)],
    "outsiders_share": [(FIRMS, 0.6, 1e-9)],
    "paid_members": [(PAYDAY, 101, 0)],
    "participation_distribution": [(CONSTANT_RISK, {"geometric": GEOMETRIC_SHARE, "power law": 0}, 0.02)],
    "payout_gini": [(paid([*[100] * 9, 9100]), 0.81, 1e-9)],
    "payout_top_hundredth_share": [(PAYDAY, 0.5, 1e-9)],
    "regular_members": [(TOWN, 12, 0), (EQUAL, 20, 0)],
    "repeated_dyads": [(WORKSHOP, 1, 1e-9), (SQUARE, 0, 0)],
    "retention_one_month": [(TOWN, 24 / 60, 1e-9)],
    "retention_three_months": [(TOWN, 12 / 60, 1e-9)],
    "retention_twelve_months": [(TOWN, 12 / 54, 1e-9)],
    "return_curve": [(TOWN, {"1": 0, "2": 0.5, "10-29": 1, "100+": nan}, 1e-9)],
    "shared_work_share": [(WORKSHOP, 42 / 105, 1e-9), (OWNERS, 0, 0)],
    "solitary_works": [(WORKSHOP, 63 / 69, 1e-9), (OWNERS, 1, 1e-9)],
    "stopping_hazard": [
        (TOWN, {"1": 36 / 72, "2": 12 / 36, "3-4": 0}, 1e-9),
        (CONSTANT_RISK, {"1": 0.1, "9-16": 0.1, "33-64": 0.1}, 0.003),
    ],
    "stopping_slope": [(CONSTANT_RISK, 0, 0.01)],
    "top_member_share": [(EQUAL, 0.05, 1e-9), (GEOMETRIC, 0.5, 1e-9)],
    "top_tenth_share": [(EQUAL, 0.1, 1e-9), (GEOMETRIC, 0.5, 1e-9)],
    "truck_factor": [(OWNERS, 1, 0), (WORKSHOP, 4, 0)],
    "unattributed_share": [(FIRMS, 0.3, 1e-9)],
    "volunteer_share_at_most": [(FIRMS, 0.5, 1e-9)],
    "weekend_share": [(UNIFORM_WEEK, 2 / 7, 1e-9)],
    "yearly_people_retention": [(TOWN, 24 / 72, 1e-9)],
    "yearly_work_retention": [(TOWN, 168 / 228, 1e-9)],
}


# ---- panels made to move an indicator


def of_rows(panel: Panel, keep: NDArray[np.bool_]) -> Panel:
    """The panel with these rows only."""
    return replace(panel, **{name: getattr(panel, name)[keep] for name in COLUMNS}, _kept={})


def changed(panel: Panel, **columns: object) -> Panel:
    """The panel with other columns."""
    return replace(panel, **columns, _kept={})


def twice(panel: Panel) -> Panel:
    """Every member has a twin."""
    size = len(panel.members)
    columns = {name: np.concatenate([getattr(panel, name)] * 2) for name in COLUMNS}
    columns["member"] = np.concatenate([panel.member, panel.member + np.int32(size)])
    names = (*panel.members, *(f"twin of {name}" for name in panel.members))
    return changed(panel, **columns, members=names, works=None)


def with_visitors(panel: Panel) -> Panel:
    """Ten times as many members who came in any month, for one contribution."""
    size, count = len(panel.members), 10 * len(panel.members)
    guests = lives(*[[i % panel.stop] for i in range(count)], start=0, stop=panel.stop)
    columns = {name: np.concatenate([getattr(panel, name), getattr(guests, name)]) for name in COLUMNS}
    columns["member"] = np.concatenate([panel.member, guests.member + np.int32(size)])
    return changed(panel, **columns, members=(*panel.members, *(f"guest {i}" for i in range(count))))


def dominated(panel: Panel) -> Panel:
    """One member, there at the end, does and is paid a thousand times as much."""
    mine = panel.member == panel.member[np.argmax(np.where(panel.action == PAY, -1, panel.month))]
    factor = np.where(mine, 1000, 1)
    return changed(panel, count=panel.count * factor, cents=panel.cents * factor)


def busier(panel: Panel) -> Panel:
    """Everybody does, and is paid, five times as much."""
    return changed(panel, count=panel.count * 5, cents=panel.cents * 5)


def visited_once(panel: Panel) -> Panel:
    """Everybody contributes once a month at most, in the first month only."""
    first = panel.month == np.maximum(panel.first_month(), panel.start)[panel.member]
    return of_rows(changed(panel, count=np.ones_like(panel.count)), first)


def every_month(panel: Panel) -> Panel:
    """Whoever has come stays, on one day of every month to the end."""
    first = panel.first_month()
    return lives(
        *[list(range(int(month), panel.stop)) if month >= 0 else [] for month in first],
        start=panel.start,
        stop=panel.stop,
    )


def silent_half(panel: Panel) -> Panel:
    """Nobody does anything in every second month."""
    return of_rows(panel, panel.month % 2 == 0)


def core_leaves(panel: Panel) -> Panel:
    """The twenty who did most in the whole record were gone two years before the end."""
    made = np.bincount(panel.member, panel.count * (panel.action != PAY), minlength=len(panel.members))
    core = np.argsort(-made)[:20]
    return of_rows(panel, ~(np.isin(panel.member, core) & (panel.month >= panel.stop - 24)))


def equal_risk(panel: Panel) -> Panel:
    """Another community, in which every active day is the last with the same probability."""
    return CONSTANT_RISK


def under(org: int) -> Callable[[Panel], Panel]:
    """Everything is done under one organisation."""

    def change(panel: Panel) -> Panel:
        return changed(panel, org=np.full_like(panel.org, org))

    change.__doc__ = f"Everything is done under organisation {org}."
    return change


def even_firms(panel: Panel) -> Panel:
    """Every member works for one of three employers in turn."""
    return changed(panel, org=(1 + panel.member % 3).astype(np.int32))


def office_bound(panel: Panel) -> Panel:
    """Everything is done in office hours."""
    return changed(panel, office=panel.zoned, weekend=np.zeros_like(panel.weekend))


def weekenders(panel: Panel) -> Panel:
    """Everything is done at weekends."""
    return changed(panel, weekend=panel.zoned, office=np.zeros_like(panel.office))


def one_hall(panel: Panel) -> Panel:
    """There are but sixty works."""
    works = panel.works
    assert works is not None
    return changed(panel, works=replace(works, work=(works.work % 60).astype(np.int32), size=60))


def everything_touched(panel: Panel) -> Panel:
    """One member touches every work fifty times in the last month."""
    works = panel.works
    assert works is not None
    more = works.size
    return changed(
        panel,
        works=MemberWorks(
            np.concatenate([works.member, np.zeros(more, np.int32)]),
            np.concatenate([works.month, np.full(more, panel.stop - 1, np.int32)]),
            np.concatenate([works.work, np.arange(more, dtype=np.int32)]),
            np.concatenate([works.count, np.full(more, 50, np.int64)]),
            more,
        ),
    )


def shared_by_few(panel: Panel) -> Panel:
    """Nobody is paid but every third member."""
    return changed(panel, cents=np.where(panel.member % 3 == 0, panel.cents, 0))


UP, DOWN = 1, -1
# How to move each indicator, and where to; for a curve, the label of the point that must move.
MOVERS: dict[str, tuple[Callable[[Panel], Panel], int, str]] = {
    "active_days": (twice, UP, ""),
    "active_members": (twice, UP, ""),
    "active_months_share": (silent_half, DOWN, ""),
    "affiliations": (under(1), UP, "employer"),
    "beta_geometric_a": (equal_risk, UP, ""),
    "beta_geometric_b": (with_visitors, DOWN, ""),
    "churn": (every_month, DOWN, ""),
    "co_editing_density": (one_hall, UP, ""),
    "cohort_retention": (every_month, UP, "12"),
    "contributions": (busier, UP, ""),
    "contributions_per_member": (busier, UP, ""),
    "contributor_absence_factor": (dominated, DOWN, ""),
    "contributor_half_life": (core_leaves, DOWN, ""),
    "departed_work_share": (core_leaves, UP, ""),
    "eighty_percent_contributors": (dominated, DOWN, ""),
    "elephant_factor": (even_firms, UP, ""),
    "employed_share_at_least": (under(1), UP, ""),
    "exchange_value": (busier, UP, ""),
    "gini": (dominated, UP, ""),
    "long_term_conversion": (every_month, UP, ""),
    "lorenz": (dominated, DOWN, "90 %"),
    "median_payout": (busier, UP, ""),
    "newcomer_share": (with_visitors, UP, ""),
    "newcomers": (twice, UP, ""),
    "office_hours_share": (office_bound, UP, ""),
    "one_contribution_share": (with_visitors, UP, ""),
    "one_contribution_work_share": (with_visitors, UP, ""),
    "one_day_contributors": (with_visitors, UP, ""),
    "one_time_contributors": (with_visitors, UP, ""),
    "one_time_work_share": (with_visitors, UP, ""),
    "organisation_count": (under(1), DOWN, ""),
    "organisation_hhi": (under(1), UP, ""),
    "organisational_diversity": (under(1), DOWN, ""),
    "organisations": (under(1), UP, "acme.example"),
    "outsiders_share": (under(1), DOWN, ""),
    "paid_members": (shared_by_few, DOWN, ""),
    "participation_distribution": (equal_risk, UP, "geometric"),
    "payout_gini": (dominated, UP, ""),
    "payout_top_hundredth_share": (dominated, UP, ""),
    "regular_members": (every_month, UP, ""),
    "repeated_dyads": (one_hall, UP, ""),
    "retention_one_month": (every_month, UP, ""),
    "retention_three_months": (every_month, UP, ""),
    "retention_twelve_months": (every_month, UP, ""),
    "return_curve": (every_month, UP, "10-29"),
    "shared_work_share": (one_hall, UP, ""),
    "solitary_works": (one_hall, DOWN, ""),
    "stopping_hazard": (with_visitors, UP, "1"),
    "stopping_slope": (equal_risk, UP, ""),
    "top_member_share": (dominated, UP, ""),
    "top_tenth_share": (dominated, UP, ""),
    "truck_factor": (everything_touched, DOWN, ""),
    "unattributed_share": (under(1), DOWN, ""),
    "volunteer_share_at_most": (under(1), DOWN, ""),
    "weekend_share": (weekenders, UP, ""),
    "yearly_people_retention": (every_month, UP, ""),
    "yearly_work_retention": (core_leaves, DOWN, ""),
}
