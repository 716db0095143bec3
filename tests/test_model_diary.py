"""The panel of a simulated world says what the simulation counted, and indicators read it as any other."""

import numpy as np
import pytest

from allmende.errors import RegimeMismatchError, TooFewError
from allmende.model.diary import SPONSOR
from allmende.plugins import find
from allmende.policies import Bounty, Grant, Hiring, OpenCall, RevenueShare
from allmende.simulation import diary, simulate
from allmende.typology.measured import measured_evidence

ASKED = {"members": 120, "months": 30, "seed": 4}


@pytest.mark.parametrize("economy", ["sharing", "commons", "crowdsourcing"])
def test_the_panel_counts_what_the_simulation_counted(economy: str) -> None:
    results = simulate(economy, replicates=3, threads=1, **ASKED)
    panel = diary(economy, replicate=2, **ASKED)
    made = panel.rows(actions=("make",))
    counted = np.bincount(made.month, made.count, minlength=30)
    assert np.array_equal(counted, results["contributions"][0, 0, 2])
    assert np.array_equal(np.bincount(made.month, made.days, minlength=30), results["active_days"][0, 0, 2])
    assert np.array_equal(np.bincount(made.month, minlength=30), results["active_members"][0, 0, 2])
    assert panel.origin == "simulated"


@pytest.mark.parametrize(
    ("economy", "policies"),
    [
        ("sharing", (RevenueShare(start=3),)),
        ("commons", (Bounty(pool=123_457), Grant(pool=30_001, matched=0.4, equally=0.3), Hiring(start=5))),
        ("crowdsourcing", (OpenCall(),)),
        ("benefit_sharing", ()),
    ],
)
def test_members_get_in_the_panel_what_the_books_say_to_the_cent(economy: str, policies: tuple) -> None:
    panel = diary(economy, policies=policies, **ASKED)
    results = simulate(economy, replicates=1, threads=1, policies=[policies], **ASKED)
    flows = [cents[1, 0, 0] for (_, _, payee), cents in results.flows.items() if payee == "members"]
    booked = sum(flows, np.zeros(30, np.int64))
    received = np.zeros(30, np.int64)
    np.add.at(received, panel.month, panel.cents)
    assert np.array_equal(received, booked)
    assert (booked.sum() > 0) == (economy != "benefit_sharing")
    paid = panel.rows(actions=("pay",))
    assert (paid.cents > 0).all()
    assert panel.rows(actions=("make", "review", "decide")).cents.sum() == 0


def test_wages_stand_under_the_firm_that_pays_them() -> None:
    panel = diary("commons", **ASKED)
    paid = panel.rows(actions=("pay",))
    assert len(paid) > 0
    assert (paid.org > 0).all()
    bounties = diary("commons", policies=[Bounty()], **ASKED).rows(actions=("pay",))
    assert (bounties.org == 0).any()


def test_wages_in_a_record_are_evidence_of_how_members_are_paid() -> None:
    """K7: measured from a simulated panel as from any record with money."""
    levels = {}
    for firms in (1, 8):
        given = {"firms": firms, "employed_start": 0.3}
        (pay,) = [one for one in measured_evidence(diary("commons", parameters=given, **ASKED), [])
                  if one.criterion == "pay"]  # fmt: skip
        levels[firms] = max(pay.levels, key=pay.levels.__getitem__)
        assert "100% of" in pay.reference
    assert levels == {1: "wages_one_employer", 8: "wages_many_employers"}
    shared = measured_evidence(diary("sharing", policies=[RevenueShare()], **ASKED), [])
    assert not [one for one in shared if one.criterion == "pay"]


def test_the_core_takes_in_what_it_can_review() -> None:
    results = simulate("commons", replicates=1, threads=1, parameters={"review_capacity": 0.3}, **ASKED)
    panel = diary("commons", parameters={"review_capacity": 0.3}, **ASKED)
    able = np.minimum(results["contributions"], 0.3 * results["core_days"])[0, 0, 0].astype(np.int64)
    for action in ("review", "decide"):
        rows = panel.rows(actions=(action,))
        assert np.array_equal(np.bincount(rows.month, rows.count, minlength=30), able)
        assert 0 < able.sum() < results["contributions"].sum()
        assert (rows.days <= panel.active_days()[rows.member]).all()


def test_a_sponsor_decides_and_nobody_integrates_separable_works() -> None:
    """K6: who integrates is measured from a simulated panel as from any other."""
    results = simulate("crowdsourcing", replicates=1, threads=1, parameters={"open_share": 0.2}, **ASKED)
    panel = diary("crowdsourcing", parameters={"open_share": 0.2}, **ASKED)
    taken = panel.rows(actions=("decide",))
    assert taken.count.sum() == results["accepted_proposals"].sum() > 50
    assert {panel.members[m] for m in taken.member} == {f"{SPONSOR}-{k}" for k in (1, 2, 3)}
    (evidence,) = [one for one in measured_evidence(panel, []) if one.criterion == "decision"]
    assert max(evidence.levels, key=evidence.levels.__getitem__) == "company"
    assert SPONSOR in panel.orgs
    apart = diary("sharing", **ASKED)
    assert not len(apart.rows(actions=("review", "decide")))
    common = measured_evidence(diary("commons", **ASKED), [])
    by_name = {one.criterion: one.levels for one in common}
    assert max(by_name["decision"], key=by_name["decision"].__getitem__) == "earned_commit"


def test_indicators_of_exchange_are_measured_from_a_simulated_panel() -> None:
    """G5: under a share by views the median payee gets far less than the mean."""
    panel = diary("sharing", members=400, months=40, policies=[RevenueShare()]).last(12)
    known = {name: find("indicator")[name] for name in ("paid_members", "exchange_value", "median_payout")}
    people, money, median = (float(one(panel)) for one in known.values())
    assert people > 50
    assert median < 0.2 * money / people
    with pytest.raises(TooFewError, match="no money"):
        known["exchange_value"](diary("sharing", members=100, months=14))


def test_rows_are_sorted_and_days_are_the_lowest_bits() -> None:
    panel = diary("commons", **ASKED)
    order = np.lexsort((panel.action, panel.month, panel.member))
    assert np.array_equal(order, np.arange(len(order)))
    assert np.array_equal(panel.day_set & (panel.day_set + 1), np.zeros(len(panel), np.uint32))


def test_works_are_common_where_the_form_of_works_says_so() -> None:
    """K2: share of touches that fall on works of two or more members."""
    shares = {}
    for economy in ("sharing", "crowdsourcing", "commons"):
        works = diary(economy, **ASKED).works
        assert works is not None
        pairs = np.unique(np.stack([works.work, works.member]), axis=1)
        people = np.bincount(pairs[0], minlength=works.size)
        shares[economy] = float((works.count * (people[works.work] >= 2)).sum() / works.count.sum())
    assert shares["sharing"] == 0
    assert 0.2 < shares["crowdsourcing"] < shares["commons"]
    assert shares["commons"] > 0.8


def test_indicators_read_a_simulated_panel() -> None:
    panel = diary("commons", members=400, months=48).last(12)
    answered = 0
    for indicator in find("indicator").values():
        try:
            indicator(panel)
        except (TooFewError, RegimeMismatchError):
            continue
        answered += 1
    assert answered > 20


def test_an_empty_world_has_an_empty_panel() -> None:
    panel = diary("commons", members=0, months=5)
    assert len(panel) == panel.size == 0
