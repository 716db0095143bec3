"""Labour, organisations and money: intervals and refusals rather than points."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from allmende.affiliation import by_organisation, leading_employer
from allmende.errors import TooFewError
from allmende.indicators.exchange import exchange_value, paid_members, payout_gini
from allmende.indicators.labour import (
    GROUPS,
    affiliations,
    employed_share_at_least,
    office_hours_share,
    unattributed_share,
    volunteer_share_at_most,
    weekend_share,
)
from allmende.indicators.organisational import elephant_factor, organisations, outsiders_share
from allmende.panel import Panel
from allmende.sufficiency import require
from indicator_cases import FIRMS, PAYDAY, clocked, paid, working
from strategies import panels


def test_hours_are_refused_where_the_clock_is_mostly_unknown() -> None:
    blind = clocked([1000] * 5, [160] * 5, [80] * 5, [10] * 5)
    for indicator, estimate in ((office_hours_share, 0.5), (weekend_share, 1 / 16)):
        with pytest.raises(TooFewError, match="16%") as refusal:
            indicator(blind)
        assert refusal.value.estimate == estimate
    assert office_hours_share(clocked([1000] * 5, [800] * 5, [400] * 5, [0] * 5)) == 0.5


@given(panels())
@settings(max_examples=40, deadline=None)
def test_groups_add_up_and_both_ends_meet(panel: Panel) -> None:
    try:
        curve = affiliations(panel)
    except TooFewError:
        return
    assert curve.labels == GROUPS
    assert curve.y.sum() == pytest.approx(1)
    employed, volunteers = employed_share_at_least(panel), volunteer_share_at_most(panel)
    assert employed + volunteers == pytest.approx(1)
    assert unattributed_share(panel) <= volunteers + 1e-9


def test_what_is_unknown_never_makes_an_employer() -> None:
    nobody = working([40, 30], [0, 1], ("", "free-mail"))
    assert employed_share_at_least(nobody) == 0
    assert volunteer_share_at_most(nobody) == 1
    assert outsiders_share(nobody) == 1
    assert leading_employer(nobody) is None
    with pytest.raises(TooFewError, match="no contributions under a known employer"):
        elephant_factor(nobody)
    with pytest.raises(TooFewError):
        organisations(nobody)


def test_a_member_of_two_employers_counts_for_each_where_the_work_was_done() -> None:
    panel = Panel.of_columns(
        member=np.zeros(2, np.int32),
        month=np.arange(2, dtype=np.int32),
        action=np.zeros(2, np.uint8),
        count=np.array([30, 70]),
        day_set=np.ones(2, np.uint32),
        org=np.array([1, 2], np.int32),
        orgs=("", "acme.example", "bolt.example"),
        members=("ada",),
        start=0,
        stop=2,
    )
    assert by_organisation(panel).tolist() == [0, 30, 70]
    assert by_organisation(panel.between(1, 2)).tolist() == [0, 0, 70]
    assert by_organisation(panel.resampled(np.array([0, 0]))).tolist() == [0, 60, 140]


def test_the_leading_employer_stays_the_same_when_members_are_resampled() -> None:
    """FIRMS: acme leads. Without acme's members everything is outside of it."""
    others = FIRMS.resampled(np.array([2, 2, 3, 4]))
    assert outsiders_share(others) == 1
    assert organisations(others).labels == organisations(FIRMS).labels


def test_no_money_in_the_record_is_not_no_money() -> None:
    with pytest.raises(TooFewError, match="no money is in this record"):
        exchange_value(Panel.of_counts([3] * 20))
    silent_year = replace(PAYDAY, start=1, stop=2, _kept={})
    assert exchange_value(silent_year) == 0
    assert paid_members(silent_year) == 0


def test_what_members_pay_is_not_received() -> None:
    panel = paid([500, -300, 0, 500])
    assert exchange_value(panel) == 1000
    assert paid_members(panel) == 2
    with pytest.raises(TooFewError) as refusal:
        payout_gini(panel)
    assert refusal.value.estimate == 0


def test_a_refusal_says_what_there_is_and_what_would_do() -> None:
    with pytest.raises(TooFewError, match=r"only 3 bears\. Expected: at least 10\."):
        require(3, 10, "bears", estimate=0.5)
    with pytest.raises(TooFewError, match="there are no bears"):
        require(0, 0, "bears")
    require(1, 0, "bears")
