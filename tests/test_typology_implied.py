"""Simulated economies are placed as themselves, a hybrid between, and policies move them the right way."""

from dataclasses import replace

import pytest

from allmende.model.institutions import Firms, Foundation, Platform, Sponsor
from allmende.model.works import Proposals, SeparableWorks
from allmende.panel import Panel
from allmende.plugins import get
from allmende.simulation import diary
from allmende.typology.codebook import ECONOMIES
from allmende.typology.implied import implied_facts
from allmende.typology.placement import Placement
from allmende.typology.placing import place


def world(name: str, seed: int) -> Panel:
    return diary(name, members=120, months=20, seed=seed)


def placed(name: str, panel: Panel, *institutions) -> Placement:
    economy = get("economy", name)
    rules = replace(economy.rules(), institutions=institutions or economy.institutions)
    return place(panel, facts=implied_facts(name, rules, economy.works), replicates=10).last


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ECONOMIES)
def test_a_simulated_economy_is_placed_as_itself(name: str, seed: int) -> None:
    found = placed(name, world(name, seed))
    assert found.verdict == name
    assert found.shares[name].mid > 0.8


def test_a_hybrid_lands_between() -> None:
    """A platform that pays into a foundation: less sharing and more commons than sharing, and at odds."""
    pure, hybrid = (placed(name, world(name, 1)) for name in ("sharing", "benefit_sharing"))
    common = placed("commons", world("commons", 1))
    assert pure.shares["commons"].mid < hybrid.shares["commons"].mid < common.shares["commons"].mid
    assert common.shares["sharing"].mid < hybrid.shares["sharing"].mid < pure.shares["sharing"].mid
    assert hybrid.verdict == "conflict"
    assert hybrid.reason == "value capture says sharing, ownership says commons"


def test_a_foundation_moves_sharing_towards_commons() -> None:
    panel = world("sharing", 1)
    before, after = placed("sharing", panel, Platform()), placed("sharing", panel, Platform(), Foundation())
    assert after.shares["commons"].mid > before.shares["commons"].mid


def test_sharing_revenue_moves_away_from_sharing() -> None:
    panel = world("sharing", 1)
    before, after = (placed("sharing", panel, Platform(share=share)) for share in (0.0, 0.55))
    assert after.shares["sharing"].mid < before.shares["sharing"].mid
    assert after.shares["crowdsourcing"].mid > before.shares["crowdsourcing"].mid


def test_what_is_made_must_show_in_the_panel() -> None:
    for name in ECONOMIES:
        economy = get("economy", name)
        facts = implied_facts(name, economy.rules(), economy.works).periods[0].facts
        assert not {"object", "ties"} & set(facts)
        assert "value_captor" in facts


def test_institutions_that_differ_count_in_equal_parts() -> None:
    rules = replace(get("economy", "sharing").rules(), institutions=(Platform(), Foundation(), Firms()))
    facts = implied_facts("x", rules, SeparableWorks()).periods[0].facts
    assert facts["infrastructure"] == {"company": 0.5, "foundation": 0.5}
    assert set(facts["main_funding"]) == {"ads", "donations", "dues"}
    assert sum(facts["pay"].values()) == pytest.approx(1)


def test_commissions_without_a_call_are_specified() -> None:
    rules = replace(get("economy", "crowdsourcing").rules(), institutions=(Sponsor(open_call=False),))
    facts = implied_facts("x", rules, Proposals()).periods[0].facts
    assert set(facts["mode"]) == {"specified", "probabilistic"}
    assert facts["decision"] == {"company": 1.0}


def test_each_fact_says_which_rule_implies_it() -> None:
    economy = get("economy", "commons")
    (period,) = implied_facts("x", economy.rules(), economy.works).periods
    assert set(period.sources) == set(period.facts)
    assert period.sources["value_captor"] == "rules: firms"
