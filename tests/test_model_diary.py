"""The panel of a simulated world says what the simulation counted, and indicators read it as any other."""

import numpy as np
import pytest

from allmende.errors import RegimeMismatchError, TooFewError
from allmende.plugins import find
from allmende.simulation import diary, simulate

ASKED = {"members": 120, "months": 30, "seed": 4}


@pytest.mark.parametrize("economy", ["sharing", "commons", "crowdsourcing"])
def test_the_panel_counts_what_the_simulation_counted(economy: str) -> None:
    results = simulate(economy, replicates=3, threads=1, **ASKED)
    panel = diary(economy, replicate=2, **ASKED)
    counted = np.bincount(panel.month, panel.count, minlength=30)
    assert np.array_equal(counted, results["contributions"][0, 0, 2])
    assert np.array_equal(np.bincount(panel.month, panel.days, minlength=30), results["active_days"][0, 0, 2])
    assert np.array_equal(np.bincount(panel.month, minlength=30), results["active_members"][0, 0, 2])
    assert panel.origin == "simulated"


def test_rows_are_sorted_and_days_are_the_lowest_bits() -> None:
    panel = diary("commons", **ASKED)
    order = np.lexsort((panel.month, panel.member))
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
