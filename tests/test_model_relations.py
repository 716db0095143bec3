"""Relations between runs: what a parameter moves, in which direction, and what it leaves alone.

All runs of a pair meet the same people and the same luck, so the directions are sharp, not statistical.
"""

from functools import cache

import numpy as np
import pytest

from allmende.model.parameters import NULL
from allmende.results import Results
from allmende.simulation import simulate


@cache
def village(economy: str, **values: float) -> Results:
    return simulate(
        economy, members=300, months=26, replicates=6, seed=17, threads=1, parameters=dict(values)
    )


def total(economy: str, measure: str, **values: float) -> float:
    return float(np.nansum(village(economy, **values)[measure]))


RELATIONS = [
    # economy, parameter, low, high, measure, sign of the change from low to high
    ("commons", "arrivals", 0.02, 0.08, "newcomers", 1),
    ("commons", "openness", 0.0, 0.5, "newcomers", 1),
    ("commons", "reach", 0.2, 1.0, "active_days", 1),
    ("commons", "reach", 0.2, 1.0, "newcomers", 1),
    ("sharing", "reach", 0.2, 1.0, "exchange_value", 1),
    ("commons", "gate", 0.0, 1.5, "leavers", 1),
    ("commons", "answered", 0.0, 1.0, "answered_newcomers", 1),
    ("commons", "control", 0.0, 1.0, "active_days", -1),
    ("commons", "recognition_core", 0.0, 0.5, "active_days", 1),
    ("commons", "friction", 0.0, 1.0, "active_days", -1),
    ("commons", "hire", 0.0, 0.2, "employed_members", 1),
    ("commons", "layoff", 0.0, 0.3, "employed_members", -1),
    ("commons", "employed_start", 0.0, 0.3, "active_days", 1),
    ("commons", "returning", 0.0, 0.9, "returners", 1),
    ("commons", "extra_acts", 0.5, 3.0, "contributions", 1),
    ("commons", "donated_capacity", 0.0, 1.0, "service", 1),
    ("commons", "upkeep_cost", 2.0, 200.0, "service", -1),
    ("commons", "donations", 0.0, 5.0, "balance_foundation", 1),
    ("commons", "decay", 0.005, 0.1, "use_value", -1),
    ("sharing", "ad_price", 0.1, 0.4, "exchange_value_to_platform", 1),
    ("crowdsourcing", "open_share", 0.002, 0.05, "accepted_proposals", 1),
    ("crowdsourcing", "judging_capacity", 0.05, 5.0, "accepted_proposals", 1),
    ("crowdsourcing", "judgement", 0.1, 0.9, "use_value_by_volunteers", 1),
    ("crowdsourcing", "maker_market", -0.5, 0.9, "maker_value", 1),
]


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda each: f"{each[0]}-{each[1]}-{each[4]}")
def test_a_parameter_moves_what_it_says(relation: tuple) -> None:
    economy, name, low, high, measure, sign = relation
    less, more = (total(economy, measure, **{name: value}) for value in (low, high))
    assert (more - less) * sign > 0


IDLE = [
    # Nothing to act on: no money reaches members, nobody is employed, nothing is proposed.
    ("sharing", "pay_jump", 2.0), ("sharing", "pay_slope", 1.0), ("sharing", "withdrawal", 2.0),
    ("commons", "attraction", 2.0), ("sharing", "entrant_quality", -3.0),
    ("sharing", "grievance", 3.0),
]  # fmt: skip


@pytest.mark.parametrize(("economy", "name", "value"), IDLE)
def test_a_driver_without_its_cause_changes_no_bit(economy: str, name: str, value: float) -> None:
    base, changed = village(economy), village(economy, **{name: value})
    for measure in ("active_days", "contributions", "exchange_value"):
        assert np.array_equal(base[measure], changed[measure]), measure


def test_with_every_driver_off_the_economies_have_the_same_members() -> None:
    """S6: the same engineering; what differs is who initiates, integrates and is paid."""
    alike = dict(NULL) | {"quality_spread": 0.5, "control": 0.0}
    days = [village(economy, **alike)["active_days"] for economy in ("sharing", "commons", "crowdsourcing")]
    assert np.array_equal(days[0], days[1])
    assert np.array_equal(days[0], days[2])


def test_twice_the_market_is_about_twice_the_money() -> None:
    once, twice = village("sharing"), village("sharing", market=200.0)
    assert twice["exchange_value"].sum() == pytest.approx(2 * once["exchange_value"].sum(), rel=0.02)
