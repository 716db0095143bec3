"""Histories of invented communities, made by the member model itself: what tests of forecasting look at."""

from dataclasses import replace
from functools import cache

import numpy as np

from allmende.events import Event, Events
from allmende.forecasting.history import History, history_of
from allmende.panel import Panel


def simulated_panel(
    *, seed: int = 1, months: int = 96, joining: float = 6.0, wander: float = 0.0, growth: float = 0.0
) -> Panel:
    """Members who join by Poisson, act in each month with a chance of their own, and leave after acts.

    Args:
        seed: Seed.
        months: Length of the record.
        joining: Newcomers a month at its middle.
        wander: Monthly step of the logarithm of a level that moves joining and activity alike.
        growth: Growth of the logarithm of joining in a year.
    """
    generator = np.random.default_rng(seed)
    level = np.exp(np.cumsum(generator.normal(0, wander, months)))
    rows = []
    member = 0
    for month in range(months):
        expected = joining * level[month] * np.exp(growth * (month - months / 2) / 12)
        for _ in range(generator.poisson(expected)):
            rows += _career(generator, member, month, months, level)
            member += 1
    table = np.array(rows, np.int64)
    return Panel.of_columns(
        member=table[:, 0].astype(np.int32),
        month=table[:, 1].astype(np.int32) + 480,
        action=np.zeros(len(table), np.uint8),
        count=table[:, 2],
        day_set=np.ones(len(table), np.uint32),
        members=tuple(f"member-{number}" for number in range(member)),
        org=(table[:, 0] % 5).astype(np.int32),
        orgs=("", "a.example", "b.example", "c.example", "d.example"),
        start=480,
        stop=480 + months,
    )


def _career(
    generator: np.random.Generator, member: int, begin: int, months: int, level: np.ndarray
) -> list[tuple[int, int, int]]:
    chance, leaving = generator.beta(1.0, 1.5), generator.beta(0.8, 1.2)
    more = generator.gamma(0.7, 4)
    rows = []
    for month in range(begin, months):
        if month == begin or generator.random() < min(chance * level[month] / level[begin], 1):
            rows.append((member, month, int(1 + generator.poisson(more * generator.exponential()))))
            if generator.random() < leaving:
                break
    return rows


@cache
def simulated_history(seed: int = 1, months: int = 96) -> History:
    """The history of `simulated_panel`, its last month left out as incomplete."""
    return history_of(simulated_panel(seed=seed, months=months))


def acts_of(*people: list[int], start: int = 600) -> Events:
    """Events of people who acted in these months after `start`, once in each."""
    from datetime import UTC, datetime

    from allmende.months import text

    return Events.of(
        [
            Event(datetime.fromisoformat(f"{text(start + month)}-05T12:00").replace(tzinfo=UTC), f"m{number}")
            for number, months in enumerate(people)
            for month in months
        ]
    )


def renumbered(panel: Panel, order: np.ndarray) -> Panel:
    """The same panel with other codes for its members, rows sorted again."""
    member = order[panel.member].astype(np.int32)
    rows = np.lexsort((panel.month, member))
    names = (
        "member",
        "month",
        "action",
        "count",
        "day_set",
        "effort",
        "cents",
        "org",
        "zoned",
        "office",
        "weekend",
    )
    columns = {name: getattr(panel, name)[rows] for name in names} | {"member": member[rows]}
    members = tuple(panel.members[i] for i in np.argsort(order))
    return replace(panel, **columns, members=members, _kept={})
