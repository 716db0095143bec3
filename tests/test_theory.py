"""The eight studies under constructed parameters: each can hold, and each can fail."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allmende.claim import Study
from allmende.examination import futures
from allmende.examination.contests import CONTEST
from allmende.examination.futures import COMMONS, DESIGNS, SHARED, START
from allmende.examination.laboratory import QUICK, Laboratory
from allmende.examination.places import PLACES, REGIONS, field_of, region_of
from allmende.theory.s1_motives import motives
from allmende.theory.s2_always_fails import always_fails, regions
from allmende.theory.s3_destroys import destroys
from allmende.theory.s4_foundation import foundation
from allmende.theory.s5_financer import financer
from allmende.theory.s6_engineering import apart, engineering
from allmende.theory.s7_probabilistic import probabilistic
from allmende.theory.s8_efficient import efficient

SMALL = replace(
    QUICK, draws=4, replicates=2, members=120, months=48, columns=3, rows=2, contests=40, contests_run=40
)
RICH = {
    "ad_price": 20.0, "pay_jump": 0.0, "pay_welcome": 0.3, "pay_slope": 0.3, "attraction": 0.3,
    "pay_unit": 100.0,
}  # fmt: skip
SPOILT = {
    "pay_jump": 1.5, "pay_welcome": -0.5, "pay_slope": 0.0, "attraction": 0.0, "pay_norm": 0.0,
    "norm_up": 0.0, "pay_contingency": 0.0, "entrant_quality": -1.0,
}  # fmt: skip
POOR = {"ad_price": 0.0}


def sharing_laboratory(**values: float) -> Laboratory:
    """A laboratory in which this is believed of a sharing community; no map is drawn."""
    laboratory = Laboratory(size=SMALL, threads=1)
    others = laboratory.drawn(SHARED, SMALL.draws)
    laboratory.once("sharing draws", lambda: tuple(each.with_values(**values) for each in others))
    laboratory.once("field", blank_field)
    laboratory.once("harms", blank_field)
    return laboratory


def blank_field() -> Any:
    from allmende.exhibits import Field

    return Field("map", "", "", "", "", REGIONS, (), "")


def share(study: Study, reading: int = 0) -> float:
    return float(study.readings[reading].holds.mean())


def test_sharing_succeeds_where_there_is_money_and_pay_is_welcome() -> None:
    laboratory = sharing_laboratory(**RICH)
    assert share(always_fails.study(laboratory)) < 0.3
    assert share(destroys.study(laboratory)) < 0.2
    assert share(motives.study(laboratory), 2) < 0.5


def test_sharing_destroys_where_the_first_cent_offends() -> None:
    laboratory = sharing_laboratory(**SPOILT)
    assert share(always_fails.study(laboratory)) == 1.0
    plain = regions(futures.sharing(laboratory))[0]
    assert (plain == REGIONS.index("destructive")).mean() > 0.7
    assert share(destroys.study(laboratory), 2) > 0.7
    assert share(motives.study(laboratory), 2) == 1.0


def test_sharing_is_unattractive_where_there_is_nothing_to_share() -> None:
    laboratory = sharing_laboratory(**POOR)
    assert (regions(futures.sharing(laboratory)) == REGIONS.index("unattractive")).all()
    assert share(always_fails.study(laboratory)) == 1.0
    assert share(destroys.study(laboratory)) == 0.0


def test_the_first_reading_of_s1_can_fail_for_want_of_other_motives() -> None:
    quiet = {"audience_elasticity": 0.0, "joining_elasticity": 0.0, "response": 0.0, "belonging": 0.0}
    laboratory = sharing_laboratory(**quiet, belonging_stay=0.0, service_elasticity=0.0, **POOR)
    assert share(motives.study(laboratory)) == 0.0


def commons_laboratory(**values: float) -> Laboratory:
    laboratory = Laboratory(size=SMALL, threads=1)
    others = laboratory.drawn(COMMONS, SMALL.draws)
    laboratory.once("commons draws", lambda: tuple(each.with_values(**values) for each in others))
    return laboratory


def test_a_foundation_serves_where_infrastructure_is_short_of_money_and_firms_pay_for_it() -> None:
    laboratory = commons_laboratory(
        donated_capacity=0.2, donations=0.0, revenue_a_user=200.0, upkeep_cost=1.0, endowment=0.0,
        employed=0.0, employed_start=0.0,
    )  # fmt: skip
    study = foundation.study(laboratory)
    assert share(study) == share(study, 1) == 1.0
    assert share(financer.study(laboratory)) == 1.0


def test_a_foundation_without_money_serves_nobody_and_nobody_is_its_crucial_financer() -> None:
    laboratory = commons_laboratory(
        donated_capacity=0.5,
        donations=0.0,
        revenue_a_user=0.0,
        endowment=0.0,
        employed=0.0,
        employed_start=0.0,
    )
    assert share(foundation.study(laboratory)) == 0.0
    assert share(financer.study(laboratory)) == 0.0


def test_donors_may_finance_what_firms_do_not() -> None:
    laboratory = commons_laboratory(
        donated_capacity=0.2,
        donations=20.0,
        revenue_a_user=5.0,
        upkeep_cost=1.0,
        employed=0.0,
        employed_start=0.0,
    )
    assert share(foundation.study(laboratory)) == 1.0
    assert share(financer.study(laboratory)) == 0.0


def test_control_tells_economies_apart_even_where_people_take_part_alike() -> None:
    study = engineering.study(Laboratory(size=SMALL, threads=1))
    assert 0 <= share(study) <= share(study, 1) <= 1
    assert share(study, 3) > 0.5


def test_how_well_kinds_are_told_apart() -> None:
    random = np.random.default_rng(2)
    assert apart(random.normal(0, 1, 500), random.normal(0, 1, 500)) < 0.56
    assert apart(random.normal(0, 1, 500), random.normal(3, 1, 500)) > 0.97
    assert apart(np.zeros(3), np.zeros(5)) == 0.5


def contest_laboratory(**values: float) -> Laboratory:
    laboratory = Laboratory(size=SMALL, threads=1)
    drawn = laboratory.drawn(CONTEST, SMALL.contests)
    laboratory.once("contest draws", lambda: tuple(each.with_values(**values) for each in drawn))
    return laboratory


def test_a_community_makes_what_is_useful_where_needs_are_shared_and_judged_well() -> None:
    good = contest_laboratory(rho=0.7, judgement=0.9, useful=0.3, proposals=300.0, hit=0.3, rivalry=0.0)
    assert share(probabilistic.study(good)) == 1.0
    bad = contest_laboratory(rho=0.0, judgement=0.3, useful=0.01, proposals=10.0, hit=0.6)
    assert share(probabilistic.study(bad)) == 0.0
    assert share(probabilistic.study(bad), 1) == 0.0


def test_community_production_is_efficient_where_time_is_cheap_and_own_use_counts() -> None:
    cheap = contest_laboratory(effort=0.003, own=0.1, judging=0.0001, finishing=0.05, hit=0.3, prize=0.02)
    assert share(efficient.study(cheap)) == 1.0
    dear = contest_laboratory(
        effort=0.3, own=0.0, proposals=10_000.0, judging=0.01, finishing=1.0, hit=0.6, tested=1.0, prize=1.0
    )
    assert share(efficient.study(dear)) == share(efficient.study(dear), 2) == 0.0


def test_the_map_has_every_region_and_every_place() -> None:
    field = field_of(
        Laboratory(size=replace(SMALL, columns=5, rows=3, members=150, cell_worlds=3), threads=1)
    )
    placed = [case.name for pane in field.panes for case in pane.cases]
    assert sorted(placed) == sorted(place.name for place in PLACES)
    for pane in field.panes:
        assert len(pane.cells) == 15
        edges = sorted({cell.x for cell in pane.cells} | {cell.x2 for cell in pane.cells})
        assert len(edges) == 6
        for case in pane.cases:
            assert case.predicted
            assert set(case.predicted) | set(case.seen) <= set(REGIONS)
    assert {cell.region for pane in field.panes for cell in pane.cells} == set(REGIONS)


def test_regions_are_all_there_is_and_harm_comes_first() -> None:
    total, there = np.log([1.5, 1.5, 1.0, 0.5]), np.log([1.2, 0.94, 0.99, 0.96])
    assert [REGIONS[each] for each in region_of(total, there)] == [
        "successful", "destructive", "unattractive", "unattractive",
    ]  # fmt: skip


def test_the_baseline_is_the_same_whoever_pay_would_draw() -> None:
    worlds = futures.sharing(sharing_laboratory())
    for name, values in worlds.trial.values.items():
        assert np.array_equal(values[0], worlds.there.values[name][0])
    assert all(design.policy.start == START for design in DESIGNS)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_place_says_what_is_recalled_or_assumed(place: Any) -> None:
    low, mid, high = place.money
    assert 0 < low <= mid <= high
    assert 0 <= place.norm[0] <= place.norm[1] <= place.norm[2] <= 1
    assert "recalled" in place.rests_on or "assumed" in place.rests_on
