"""Hypothesis strategies: events and panels, small, odd and valid."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from allmende.events import ACTIONS, Event
from allmende.panel import MemberWorks, Panel

ORGS = ("", "acme.example", "bolt.example", "free-mail", "independent", "none", "university")
EPOCH = datetime(1995, 1, 1, tzinfo=UTC)


@st.composite
def events(draw: st.DrawFn, *, most: int = 40) -> list[Event]:
    """Acts of a few members over thirty years, in any order."""
    size = draw(st.integers(0, most))
    return [
        Event(
            at=EPOCH + timedelta(seconds=draw(st.integers(0, 30 * 365 * 86400))),
            member=draw(st.sampled_from("abcdefg")),
            action=draw(st.sampled_from(ACTIONS)),
            offset=draw(st.sampled_from([None, 0, 60, -300, 345])),
            effort=draw(st.integers(0, 10_000)),
            cents=draw(st.sampled_from([0, 0, 0, 5, 100_00])),
            org=draw(st.sampled_from(ORGS)),
            works=tuple(draw(st.lists(st.sampled_from(["hall", "mill", "well"]), max_size=2, unique=True))),
        )
        for _ in range(size)
    ]


@st.composite
def panels(draw: st.DrawFn, *, most_members: int = 60, months: int = 60) -> Panel:
    """Panels with a window anywhere in their life: empty, silent, one member, crowds, old cores."""
    seed = draw(st.integers(0, 2**32 - 1))
    members = draw(st.integers(0, most_members))
    busy = draw(st.sampled_from([1.0, 2.0, 20.0]))
    start = draw(st.integers(0, months))
    length = draw(st.sampled_from([0, 1, 3, 12, 24, 60]))
    panel = random_panel(seed, members=members, months=months, busy=busy, works=draw(st.booleans()))
    return panel.between(start, min(start + length, months))


def random_panel(seed: int, *, members: int, months: int, busy: float, works: bool) -> Panel:
    """A panel whose rows have nothing in common with any model, keyed by the seed."""
    luck = np.random.default_rng([seed, 11])
    cells = set()
    for member in range(members):
        came = int(luck.integers(months))
        for _ in range(int(luck.geometric(1 / busy))):
            cells.add((member, min(came + int(luck.exponential(9)), months - 1), int(luck.choice(5))))
    rows = np.array(sorted(cells), np.int64).reshape(len(cells), 3)
    size = len(rows)
    count = luck.geometric(0.3, size).astype(np.int64)
    days = np.minimum(count, luck.integers(1, 4, size))
    zoned = luck.binomial(count, 0.8)
    office = luck.binomial(zoned, 0.4)
    touches = rows[luck.random(size) < 0.8]
    return Panel(
        member=rows[:, 0].astype(np.int32),
        month=rows[:, 1].astype(np.int32),
        action=rows[:, 2].astype(np.uint8),
        count=count,
        day_set=((np.int64(1) << days) - 1).astype(np.uint32),
        effort=count,
        cents=luck.choice([0, 0, 1, 5000], size).astype(np.int64),
        org=luck.integers(0, len(ORGS), size).astype(np.int32),
        zoned=zoned.astype(np.int64),
        office=office.astype(np.int64),
        weekend=luck.binomial(zoned - office, 0.3).astype(np.int64),
        members=tuple(f"member-{seed}-{member}" for member in range(members)),
        orgs=ORGS,
        start=0,
        stop=months,
        works=MemberWorks(
            member=touches[:, 0].astype(np.int32),
            month=touches[:, 1].astype(np.int32),
            work=luck.integers(0, 25, len(touches)).astype(np.int32),
            count=np.ones(len(touches), np.int64),
            size=25,
        )
        if works
        else None,
    )
