"""Two small communities for tests: a village made by the member model, and a hamlet made by hand.

The village follows MBG/NBD: newcomers arrive as a Poisson process; while active, a member has active days as
a Poisson process of rate lambda ~ Gamma(r, alpha) a month; after every active day, the first included, the
member drops out with probability p ~ Beta(a, b). Every draw is keyed by (seed, member), so that more
members do not change the lives of the first.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from allmende.events import OFFSET_UNKNOWN, Event, Events, action_code
from allmende.months import month_numbers
from allmende.panel import MemberWorks, Panel


@dataclass(frozen=True)
class Truth:
    """Parameters of the village: newcomers a month; lambda ~ Gamma(r, alpha); p ~ Beta(a, b)."""

    newcomers: float = 300 / 72
    months: int = 72
    r: float = 1.0
    alpha: float = 0.25
    a: float = 0.8
    b: float = 0.8


TRUTH = Truth()
ORGS = ("", "acme.example", "bolt.example", "crux.example", "free-mail", "independent", "university")
ORG_CHANCE = (0.05, 0.2, 0.12, 0.08, 0.4, 0.05, 0.1)
COMMON_WORKS = 120
OWN_WORKS = 4


def village(*, seed: int = 0, truth: Truth = TRUTH) -> Panel:
    """A village over its whole life, with organisations, clocks, works and payments."""
    arrivals = np.random.default_rng([seed]).poisson(truth.newcomers, truth.months)
    rows: list[tuple[int, ...]] = []
    touches: list[tuple[int, int, int]] = []
    for member, arrival in enumerate(np.repeat(np.arange(truth.months), arrivals)):
        _live(
            member, int(arrival), truth, np.random.default_rng([seed, member, 7]), rows=rows, touches=touches
        )
    size = int(arrivals.sum())
    table = np.array(sorted(rows), np.int64).reshape(len(rows), 10)
    works = np.array(touches, np.int64).reshape(len(touches), 3)
    return Panel(
        member=table[:, 0].astype(np.int32),
        month=table[:, 1].astype(np.int32),
        action=table[:, 2].astype(np.uint8),
        count=table[:, 3],
        day_set=table[:, 4].astype(np.uint32),
        effort=table[:, 3],
        cents=table[:, 5],
        org=table[:, 6].astype(np.int32),
        zoned=table[:, 7],
        office=table[:, 8],
        weekend=table[:, 9],
        members=tuple(f"villager-{seed}-{member}" for member in range(size)),
        orgs=ORGS,
        start=0,
        stop=truth.months,
        origin="simulated",
        works=MemberWorks(
            member=works[:, 0].astype(np.int32),
            month=works[:, 1].astype(np.int32),
            work=works[:, 2].astype(np.int32),
            count=np.ones(len(works), np.int64),
            size=COMMON_WORKS + OWN_WORKS * size,
        ),
    )


def _live(
    member: int,
    arrival: int,
    truth: Truth,
    luck: np.random.Generator,
    *,
    rows: list[tuple[int, ...]],
    touches: list[tuple[int, int, int]],
) -> None:
    rate = luck.gamma(truth.r, 1 / truth.alpha)
    dropout = luck.beta(truth.a, truth.b)
    org = int(luck.choice(len(ORGS), p=ORG_CHANCE))
    commoner = luck.random()
    for month in range(arrival, truth.months):
        wished = min(int(luck.poisson(rate)), 27) + (month == arrival)
        # Exact for the month: the member drops out after day `last`, if that many are wished.
        last = int(luck.geometric(dropout))
        lived = min(wished, last)
        if lived:
            days = luck.choice(28, lived, replace=False)
            count = int(lived + luck.poisson(lived))
            office = int(luck.binomial(count, 0.35))
            weekend = int(luck.binomial(count - office, 0.3))
            cents = int(luck.lognormal(7, 2))
            day_set = int(np.sum(1 << days))
            rows.append((member, month, 0, count, day_set, 0, org, count, office, weekend))
            rows.append((member, month, action_code("pay"), 1, 1, cents, org, 0, 0, 0))
            for _ in range(lived):
                common = luck.random() < commoner
                place = int(luck.integers(COMMON_WORKS if common else OWN_WORKS))
                touches.append(
                    (member, month, place if common else COMMON_WORKS + OWN_WORKS * member + place)
                )
        if last <= wished:
            return


def hamlet_events() -> Events:
    """Twelve acts of three members over three months, each written down here."""
    acts = [
        ("ada", "2024-01-02 08:00", "make", 3, 60, "acme.example", ("hall",)),
        ("ada", "2024-01-02 21:00", "make", 1, 60, "acme.example", ("hall", "well")),
        ("bob", "2024-01-06 10:00", "make", 5, None, "", ("well",)),
        ("bob", "2024-01-06 11:00", "review", 0, None, "", ()),
        ("ada", "2024-01-31 22:59", "revise", 2, 60, "acme.example", ("hall",)),
        ("ada", "2024-02-01 09:30", "make", 4, 60, "acme.example", ("mill",)),
        ("cyd", "2024-02-29 12:00", "make", 1, -300, "free-mail", ("mill",)),
        ("bob", "2024-02-29 23:59", "discuss", 0, None, "", ()),
        ("cyd", "2024-03-02 12:00", "revise", 1, -300, "free-mail", ("mill",)),
        ("ada", "2024-03-03 12:00", "make", 7, 60, "bolt.example", ("hall",)),
        ("ada", "2024-03-04 08:00", "make", 7, 60, "bolt.example", ("hall",)),
        ("ada", "2024-03-04 12:00", "pay", 0, 60, "bolt.example", ()),
    ]
    return Events.of(
        Event(
            at=datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
            member=member,
            action=action,
            effort=effort,
            offset=offset,
            org=org,
            works=works,
            cents=2500 if action == "pay" else 0,
        )
        for member, at, action, effort, offset, org, works in acts
    )


def panel_by_hand(events: Events) -> Panel:
    """Events as a panel, act by act in plain Python: slow, obvious, and the twin of the aggregation."""
    cells: dict[tuple[int, int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    orgs: dict[tuple[int, int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    touched: dict[tuple[int, int, int], int] = defaultdict(int)
    months = month_numbers(events.at)
    for row in range(len(events)):
        key = (int(events.member[row]), int(months[row]), int(events.action[row]))
        cell, moment = cells[key], datetime.fromtimestamp(int(events.at[row]) // 1_000_000, UTC)
        cell["count"] += 1
        cell["day_set"] |= 1 << (moment.day - 1)
        cell["effort"] += int(events.effort[row])
        cell["cents"] += int(events.cents[row])
        orgs[key][int(events.org[row])] += 1
        offset = int(events.offset[row])
        if offset not in {OFFSET_UNKNOWN, 0}:
            local = datetime.fromtimestamp(int(events.at[row]) // 1_000_000 + 60 * offset, UTC)
            weekend = local.weekday() >= 5
            cell["zoned"] += 1
            cell["weekend"] += weekend
            cell["office"] += (not weekend) and 9 <= local.hour < 17
    touches = events.touches
    if touches is not None:
        for event, work in zip(touches.event.tolist(), touches.work.tolist(), strict=True):
            touched[int(events.member[event]), int(months[event]), work] += 1
    keys = sorted(cells)

    def column(name: str) -> np.ndarray:
        return np.array([cells[key][name] for key in keys], np.int64)

    works = sorted(touched)
    return Panel(
        member=np.array([key[0] for key in keys], np.int32),
        month=np.array([key[1] for key in keys], np.int32),
        action=np.array([key[2] for key in keys], np.uint8),
        count=column("count"),
        day_set=column("day_set").astype(np.uint32),
        effort=column("effort"),
        cents=column("cents"),
        org=np.array([max(orgs[key], key=lambda org: (orgs[key][org], -org)) for key in keys], np.int32),
        zoned=column("zoned"),
        office=column("office"),
        weekend=column("weekend"),
        members=events.members,
        orgs=events.orgs,
        start=int(months.min()),
        stop=int(months.max()) + 1,
        effort_unit=events.effort_unit,
        works=None
        if touches is None
        else MemberWorks(
            member=np.array([key[0] for key in works], np.int32),
            month=np.array([key[1] for key in works], np.int32),
            work=np.array([key[2] for key in works], np.int32),
            count=np.array([touched[key] for key in works], np.int64),
            size=len(touches.works),
        ),
    )


def lives(*careers: list[int], start: int, stop: int) -> Panel:
    """A panel of members who each made one contribution on one day of each listed month.

    A month listed k times is k contributions on k days.
    """
    rows = sorted(
        {(member, month, months.count(month)) for member, months in enumerate(careers) for month in months}
    )
    table = np.array(rows, np.int64).reshape(len(rows), 3)
    return Panel.of_columns(
        member=table[:, 0].astype(np.int32),
        month=table[:, 1].astype(np.int32),
        action=np.zeros(len(rows), np.uint8),
        count=table[:, 2],
        day_set=((np.int64(1) << table[:, 2]) - 1).astype(np.uint32),
        members=tuple(f"member-{member}" for member in range(len(careers))),
        start=start,
        stop=stop,
    )
