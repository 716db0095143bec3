"""Outcomes: tables of simulated worlds agree with the results they come from."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from allmende.errors import UnknownNameError
from allmende.outcomes import bands, closing, flows, makers
from allmende.plots.flows import HEIGHT, WIDTH, drawing
from allmende.results import Results
from allmende.simulation import simulate

ECONOMIES = ("commons", "crowdsourcing", "sharing")


@cache
def simulated(economy: str) -> Results:
    return simulate(economy, members=120, months=24, replicates=6, seed=5)


def test_a_band_is_the_middle_of_the_worlds_and_holds_four_fifths_of_them() -> None:
    results = simulated("commons")
    values = results["active_members"][0].reshape(-1, 24)
    rows = bands(results, "active_members")
    assert [row.month for row in rows] == list(range(1, 25))
    for row in rows:
        sample = values[:, row.month - 1]
        assert row.mid == np.median(sample)
        assert row.low <= row.mid <= row.high
        assert ((sample >= row.low) & (sample <= row.high)).sum() >= 4


def test_months_without_a_measure_are_left_out() -> None:
    assert [row.month for row in bands(simulated("commons"), "gini")] == [12, 24]


def test_what_there_was_at_the_end_is_the_mean_of_a_year() -> None:
    results = simulated("commons")
    mean = results["contributions"][0, :, :, -12:].mean(axis=-1)
    assert closing(results, "contributions").mid == pytest.approx(np.median(mean))
    assert closing(results, "gini").mid == pytest.approx(np.median(results["gini"][0, :, :, -1]))


def test_an_unknown_outcome_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="active_members"):
        bands(simulated("commons"), "active_member")


@pytest.mark.parametrize("economy", ECONOMIES)
def test_flows_are_those_of_the_last_year_in_whole_units(economy: str) -> None:
    results = simulated(economy)
    for flow in flows(results):
        cents = results.flows[flow.kind, flow.payer, flow.payee][0, :, :, -12:].sum(axis=-1)
        assert flow.mid == pytest.approx(float(np.median(cents)) / 100)
        assert flow.low <= flow.mid <= flow.high


@pytest.mark.parametrize("economy", ECONOMIES)
def test_shares_of_makers_add_up_in_every_economy(economy: str) -> None:
    told = makers(simulated(economy))
    assert sum(one.mid for one in told) == pytest.approx(1, abs=0.1)
    assert all(0 <= one.low <= one.mid <= one.high <= 1 for one in told)


def test_nobody_makes_anything_where_nothing_is_made() -> None:
    results = simulated("sharing")
    nothing = {
        name: replace(one, values=np.zeros_like(one.values)) for name, one in results.variables.items()
    }
    assert makers(replace(results, variables=nothing)) == ()


@pytest.mark.parametrize("economy", ECONOMIES)
def test_the_picture_has_everybody_once_and_nobody_overlaps(economy: str) -> None:
    year = flows(simulated(economy))
    drawn = drawing(
        year, amounts=["1"] * len(year), lines={}, uses="9", contracted=economy == "crowdsourcing"
    )
    names = [box.name for box in drawn.boxes]
    assert len(names) == len(set(names))
    assert {flow.payer for flow in year} | {flow.payee for flow in year} <= set(names)
    for i, one in enumerate(drawn.boxes):
        assert one.x >= 0
        assert one.x + one.width <= WIDTH
        assert one.y + HEIGHT <= drawn.height
        for other in drawn.boxes[i + 1 :]:
            assert abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= HEIGHT, (one, other)
    places = [(round(arrow.x), round(arrow.y)) for arrow in drawn.arrows]
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[i + 1 :]:
            assert abs(x - other_x) > 60 or abs(y - other_y) > 24, places


def test_the_three_economies_differ_in_who_is_paid_by_those_outside() -> None:
    takers = {economy: flows(simulated(economy))[0].payee for economy in ECONOMIES}
    assert takers == {"commons": "firms", "crowdsourcing": "sponsor", "sharing": "platform"}
