"""Funnel: how many proposals a sponsor integrates, in closed form and in whole worlds.

A member with n proposals in a month has the best of them judged; it is integrated where it passes the bar
that a share of single proposals passes. So of members with n_1, n_2, ... proposals

    sum of 1 - (1 - share)^n_i

are expected to have one integrated (order statistics, closed form CF4), with the variance of independent
chances. The world is simulated whole - people who come and go, a product that grows - and only the numbers of
proposals are taken from it.
"""

from typing import NamedTuple

import numpy as np

from allmende.events import action_code
from allmende.exhibits import Curve, Line, Lines, closed_form
from allmende.simulation import diary, simulate

__all__ = ["SHARES", "Integrated", "funnel", "integrated"]

SHARES = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Shares of judged proposals that pass the bar: from the funnel of open calls upwards (F10, F13)."""

_ENOUGH = 1_000.0


class Integrated(NamedTuple):
    """Proposals integrated in a world.

    Args:
        seen: How many were.
        expected: How many are expected, given how many each member proposed.
        deviation: Standard deviation of that.
    """

    seen: int
    expected: float
    deviation: float


def integrated(share: float, *, members: int, months: int, seed: int) -> Integrated:
    """Simulate a crowdsourcing world whose sponsor judges everything.

    Args:
        share: Share of single proposals that pass the bar.
        members: Members at the start.
        months: Length of the run.
        seed: Seed of the study.

    >>> found = integrated(0.1, members=50, months=6, seed=1)
    >>> abs(found.seen - found.expected) < 4 * found.deviation
    True
    """
    parameters = {"open_share": share, "judging_capacity": _ENOUGH}
    results = simulate(
        "crowdsourcing",
        members=members,
        months=months,
        replicates=1,
        seed=seed,
        parameters=parameters,
        threads=1,
    )
    panel = diary("crowdsourcing", members=members, months=months, seed=seed, parameters=parameters)
    made = panel.action == action_code("make")
    who = panel.member[made].astype(np.int64) * (months + 1) + panel.month[made]
    count = np.bincount(np.unique(who, return_inverse=True)[1], weights=panel.count[made])
    chance = -np.expm1(count * np.log1p(-share))
    return Integrated(
        int(results["accepted_proposals"].sum()),
        float(chance.sum()),
        float(np.sqrt((chance * (1.0 - chance)).sum())),
    )


def funnel(*, members: int, months: int, seed: int) -> Lines:
    """The exhibit: proposals integrated by the share that passes, expected and seen."""
    found = {share: integrated(share, members=members, months=months, seed=seed) for share in SHARES}
    expected = np.array([one.expected for one in found.values()])
    seen = tuple(
        Line(share, float(one.seen), max(0.0, one.seen - 2 * one.deviation), one.seen + 2 * one.deviation)
        for share, one in found.items()
    )
    return Lines(
        "funnel",
        "What whole worlds integrate, and what order statistics expect",
        "line: closed form, given how much each member proposed; points: simulated, give or take two "
        "deviations",
        "share of proposals that pass the bar",
        "proposals integrated",
        (
            closed_form("a crowdsourcing world", np.array(SHARES), expected),
            Curve("a crowdsourcing world", "simulated", seen),
        ),
    )
