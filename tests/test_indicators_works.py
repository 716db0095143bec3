"""Authorship and ties: who knows which work, and who works with whom, by hand."""

import numpy as np
import pytest

from allmende.errors import TooFewError
from allmende.events import Events
from allmende.indicators.authorship import truck_factor
from allmende.indicators.ties import (
    co_editing_density,
    repeated_dyads,
    shared_work_share,
    solitary_works,
)
from allmende.panel import Panel
from indicator_cases import OWNERS, WORKSHOP, touching
from settlements import panel_by_hand


def test_nothing_is_said_when_works_were_not_read() -> None:
    for indicator in (truck_factor, co_editing_density, repeated_dyads, shared_work_share, solitary_works):
        with pytest.raises(TooFewError, match="not read") as refusal:
            indicator(Panel.of_counts([3] * 50))
        assert "works" in refusal.value.next_step


def test_the_first_on_a_work_is_its_author_until_others_did_far_more() -> None:
    """Degree 3.293 + 1.098 + 0.164 = 4.55 against 3.293 + 0.164 * changes - 0.321 ln 2."""
    works = [(0, work, 1) for work in range(30)]
    few = touching(*works, *[(1, work, 1) for work in range(30)], members=2, works=30)
    # In one month both are among the first: both are authors, so that both have to go.
    assert truck_factor(few) == 2
    assert truck_factor(touching(*works, members=1, works=30)) == 1


def test_a_member_drawn_twice_has_to_leave_twice() -> None:
    """Owner of 60 of 100 works: alone the factor is 1; with a twin (resampled) it is 2."""
    assert truck_factor(OWNERS) == 1
    assert truck_factor(OWNERS.resampled(np.array([0, 0, 1, 2]))) == 2
    # Without the first owner, the second holds 30 of the 40 works that are left.
    assert truck_factor(OWNERS.resampled(np.array([1, 2]))) == 1


def test_a_crowded_work_ties_nobody() -> None:
    crowd = [(member, 0, 1) for member in range(150)]
    pairs = [(member, 1 + member // 2, 1) for member in range(150)]
    assert co_editing_density(touching(*crowd, *pairs, members=150, works=76)) == pytest.approx(1 / 149)
    assert co_editing_density(touching(*crowd[:100], members=100, works=1)) == 1


def test_the_hamlet_by_hand(hamlet: Events) -> None:
    """hall: ada; well: ada, bob; mill: ada, cyd. Ada and bob, ada and cyd: two of three pairs, none twice."""
    panel = panel_by_hand(hamlet)
    assert co_editing_density.function(panel, minimum=2) == pytest.approx(2 / 3)
    assert repeated_dyads.function(panel, minimum=1) == 0
    assert solitary_works.function(panel, minimum=1) == pytest.approx(1 / 3)
    # Touches: hall 5, well 2, mill 3; those of well and mill are shared.
    assert shared_work_share.function(panel, minimum=1) == pytest.approx(5 / 10)


def test_resampling_keeps_who_shares_works_with_whom() -> None:
    """The same member many times is not many members on one work."""
    same = OWNERS.resampled(np.zeros(3, np.int64))
    assert shared_work_share(same) == 0
    assert solitary_works(same) == 1
    assert shared_work_share(WORKSHOP.resampled(np.zeros(7, np.int64))) == pytest.approx(6 / 15)
