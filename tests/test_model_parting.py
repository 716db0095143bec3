"""Parting and matching: kernels agree to the bit, plain and compiled, and keep their laws."""

from copy import deepcopy

import numpy as np
import pytest

from allmende.kernel import compiled
from allmende.model import matching, parting, proposing
from allmende.model.crew import Crew
from allmende.model.month import opened
from allmende.model.state import MEMBER_FIELDS, Status
from allmende.model.worlds import Batch
from allmende.plugins import get

ALARM = 4.9


def village(members: int = 60, worlds: int = 2, **values):
    economy = get("economy", "commons")
    return opened(Batch(9, members, np.arange(worlds)), economy.rules(**values), economy.works, Crew())


def test_sides_plain_and_compiled_agree_and_are_complementary() -> None:
    worlds = village(employed_start=0.3)
    for world in (0, 1):
        worlds.standing.members.status[worlds.standing.rows(world)][::5] = Status.PAUSED
    core, counted, left = np.full(2, 10.0), [], []
    for function in (parting.sides, compiled(parting.sides)):
        for follow in (0.0, 1.0):
            standing, parted = deepcopy(worlds.standing), np.zeros(2)
            function(
                standing.members, standing.first, standing.count, core, np.array([0.8, 0.3, 0.1, follow]),
                worlds.streams, 9, 4, 0, parted,
            )  # fmt: skip
            counted.append(parted)
            left.append(standing.members.status.copy())
    assert np.array_equal(counted[0], counted[2])
    assert np.array_equal(left[0], left[2])
    assert np.array_equal(left[1], left[3])
    before = worlds.standing.members.status
    there = before != Status.GONE
    assert np.array_equal((left[0][there] == Status.GONE), (left[1][there] != Status.GONE))
    assert counted[0].sum() + counted[1].sum() == (before == Status.ACTIVE).sum()


def test_shares_of_those_who_go_are_as_asked() -> None:
    worlds = village(members=40_000, worlds=1, employed_start=0.2, arrivals=0.0)
    members = worlds.standing.members
    employed, core = members.employer > 0, members.lifetime >= 10
    parted = np.zeros(1)
    compiled(parting.sides)(
        members, worlds.standing.first, worlds.standing.count, np.full(1, 10.0),
        np.array([0.8, 0.3, 0.1, 0.0]), worlds.streams, 9, 4, 0, parted,
    )  # fmt: skip
    rows = np.arange(len(members.rate)) < worlds.standing.count[0]
    for who, share in ((employed, 0.1), (~employed & core, 0.8), (~employed & ~core, 0.3)):
        chosen = who & rows
        gone = (members.status[chosen] == Status.GONE).mean()
        assert abs(gone - share) < ALARM * np.sqrt(share * (1 - share) / chosen.sum())


@pytest.mark.parametrize("supporters", [1, 2, 10, 60])
def test_a_matched_claim_has_its_expectation(supporters: int) -> None:
    """E (sum of sqrt c)^2 = n + n (n - 1) E[sqrt c]^2, with E[sqrt c] = exp(-1/8) for log-normal gifts."""
    claim = compiled(matching.matched)
    size = 4_000
    drawn = np.array([claim(supporters, 3, 77, 5, rank, 2) for rank in range(size)])
    law = supporters + supporters * (supporters - 1) * np.exp(-0.25)
    assert abs(drawn.mean() - law) < ALARM * drawn.std() / np.sqrt(size)
    assert claim(0, 3, 77, 5, 0, 2) == 0.0


def test_supported_plain_and_compiled_agree_and_skip_who_is_paid_or_idle() -> None:
    worlds = village(employed_start=0.3)
    members = worlds.standing.members
    members.days[::2], members.acts[::2] = 3, 9
    found = []
    for function in (matching.supported, compiled(matching.supported)):
        claims = np.full(len(members.rate), np.nan)
        function(members, worlds.standing.first, worlds.standing.count, 2.0, worlds.streams, 9, 4, claims)
        found.append(claims)
    assert np.array_equal(found[0], found[1])
    assert (found[0][(members.days == 0) | (members.employer > 0)] == 0).all()
    assert (found[0] > 0).sum() > 10


def test_who_is_dismissed_is_again_as_before_the_hiring() -> None:
    for rate, dropout in ((0.4, 0.3), (2.0, 0.05), (1e-3, 0.9)):
        hired = proposing.employed(rate, dropout, 0.2, 6.0, 2.0)
        assert hired[0] == pytest.approx(rate * np.exp(-0.2) + 6.0)
        assert hired[1] < dropout
        assert proposing.dismissed(*hired, 0.2, 6.0, 2.0) == pytest.approx((rate, dropout), rel=1e-9)


def test_hiring_and_dismissal_plain_and_compiled_agree() -> None:
    from allmende.model.hearing import signals_of
    from allmende.model.rules import Acts

    worlds = village(employed_start=0.4, hire=0.5, layoff=0.5)
    economy = get("economy", "commons")
    columns = worlds.values(economy.rules(hire=0.5, layoff=0.5))
    signals = signals_of(worlds, columns, Acts(), own_audience=False)
    worlds.standing.members.days[:], worlds.standing.members.lifetime[:] = 2, 40
    found = []
    for function in (proposing.employ, compiled(proposing.employ)):
        standing = deepcopy(worlds.standing)
        function(standing.members, 0, int(standing.count[0]), signals[0], worlds.streams[0], 9, 3)
        found.append(standing.members)
    for name in MEMBER_FIELDS:
        assert np.array_equal(getattr(found[0], name), getattr(found[1], name)), name
    before, after = worlds.standing.members, found[0]
    assert ((before.employer == 0) & (after.employer > 0)).any()
    dismissed = (before.employer > 0) & (after.employer == 0)
    assert dismissed.any()
    assert (after.status[dismissed] == Status.LEAVING).all()
