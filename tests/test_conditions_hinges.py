"""Hinges: what an effect is made to hinge on is found, with its threshold, and nothing else is."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from allmende.comparison import Comparison, compare, summarised
from allmende.conditions.design import Design, sample
from allmende.conditions.exploring import explore
from allmende.conditions.hinges import Conditions, Judgement, what_would_have_to_be_true
from allmende.economies.commons import COMMONS
from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.policies import Bounty
from allmende.results import Replay, Results, Variable

DRAWS = 400


def judged(effect: Callable[[Design], np.ndarray], *, luck: float = 0.0, seed: int = 1) -> Judgement:
    """What is found of an invented effect on use value, with two worlds a draw."""
    design = sample("commons", size=DRAWS, seed=seed)
    return found_in(futures(effect(design), luck=luck, seed=seed), design).judgement("policy", "use_value")


def found_in(told: Comparison, design: Design) -> Conditions:
    return what_would_have_to_be_true(
        told, design, here=COMMONS.parameters, outcomes=["use_value"]
    )  # fmt: skip


def futures(effect: np.ndarray, *, luck: float, seed: int) -> Comparison:
    random = np.random.default_rng(seed)
    baseline = np.full((effect.size, 2), 100.0)
    policy = baseline + effect[:, None] + random.normal(0, luck or 1e-9, baseline.shape)
    values = np.stack([baseline, policy])[..., None] * np.ones(12)
    names = ("use_value", "active_days", "core_days")
    variables = {name: Variable(name, "uses", name, values) for name in names}
    replay = Replay("simulate", {"economy": "commons", "members": 10}, 1, "0")
    return summarised(Results(("baseline", "policy"), np.arange(12, dtype=np.int32), variables, (), replay))


def test_one_hinge_with_its_threshold() -> None:
    found = judged(lambda design: 0.4 - design.column("pay_jump"), luck=0.02)
    (hinge,) = found.hinges
    assert hinge.parameter == "pay_jump"
    (threshold,) = hinge.thresholds
    assert threshold.low <= 0.4 <= threshold.high
    assert threshold.high - threshold.low < 0.1
    assert threshold.below > 0.95
    assert threshold.above < 0.1
    assert hinge.share.share > 0.6
    assert found.drivers[0].parameter == "pay_jump"
    truth = (sample("commons", size=DRAWS).column("pay_jump") < 0.4).mean()
    assert found.signs.more + found.signs.less + found.signs.untold == pytest.approx(1)
    assert found.signs.more <= truth <= found.signs.more + found.signs.untold
    (box,) = found.losses
    assert [limit.parameter for limit in box.limits] == ["pay_jump"]
    assert box.limits[0].low == pytest.approx(0.4, abs=0.03)


def test_two_hinges_span_the_map() -> None:
    """The sign is that of need less belonging: the map is split by the diagonal of their values."""
    found = judged(lambda design: design.column("need") - design.column("belonging"))
    assert {hinge.parameter for hinge in found.hinges[:2]} == {"need", "belonging"}
    assert all(hinge.share.share < 0.1 for hinge in found.hinges[2:])
    assert found.map is not None
    assert {found.map.first, found.map.second} == {"need", "belonging"}
    upright = found.map.first == "need"
    right = [
        (cell.more > 0.5) == ((cell.x_low + cell.x_high > cell.y_low + cell.y_high) == upright)
        for cell in found.map.cells
        if abs(cell.more - 0.5) > 0.2
    ]  # fmt: skip
    assert len(right) > 60
    assert np.mean(right) > 0.95


def test_a_shift_of_the_odds_is_a_hinge_without_a_threshold() -> None:
    random = np.random.default_rng(1)

    def effect(design: Design) -> np.ndarray:
        place = design.unit[:, design.names.index("need")]
        return np.where(random.random(DRAWS) < 0.55 + 0.4 * place, 1.0, -1.0)

    found = judged(effect)
    assert [hinge.parameter for hinge in found.hinges] == ["need"]
    assert found.hinges[0].thresholds == ()
    assert found.hinges[0].odds[-1].more > 0.8


def test_without_an_effect_nothing_hinges_on_anything() -> None:
    found = judged(lambda _: np.zeros(DRAWS), luck=1.0, seed=3)
    assert (found.hinges, found.map, found.gains, found.losses) == ((), None, (), ())
    assert found.signs.untold > 0.9


def test_an_effect_of_one_sign_hinges_on_nothing_though_its_size_does() -> None:
    found = judged(lambda design: 1.0 + 5 * design.unit[:, design.names.index("need")], luck=0.1)
    assert found.signs.more == 1
    assert found.hinges == ()
    assert found.map is None
    assert [driver.parameter for driver in found.drivers] == ["need"]
    assert found.relative
    assert found.sizes == pytest.approx((0.015, 0.035, 0.055), abs=0.002)


@pytest.mark.slow
def test_of_pure_luck_a_hinge_is_claimed_one_time_in_twenty_at_most() -> None:
    """46 parameters, 20 studies of nothing: at most three name a hinge (5 % would be one)."""
    alarms = sum(bool(judged(lambda _: np.zeros(DRAWS), luck=1.0, seed=seed).hinges) for seed in range(20))
    assert alarms <= 3


def test_outcomes_that_are_not_measured_are_told_so() -> None:
    design = sample("commons", size=DRAWS)
    told = futures(np.ones(DRAWS), luck=0, seed=1)
    results = told.results
    empty = replace(results.variables["use_value"], values=np.full_like(results["use_value"], np.nan))
    variables = {**results.variables, "use_value": empty}
    found = found_in(summarised(replace(results, variables=variables)), design)
    judgement = found.judgements[0]
    assert judgement.draws == 0
    assert judgement.hinges == judgement.gains == judgement.losses == judgement.drivers == ()


def test_what_is_known_of_parameters_is_said() -> None:
    design = sample("commons", size=100)
    told = futures(np.ones(100), luck=0, seed=1)
    here = COMMONS.parameters.with_values(provenance="measured", pay_jump=0.5)
    found = what_would_have_to_be_true(told, design, here=here, outcomes=["use_value"])
    assert found.parameters["pay_jump"]["provenance"] == "measured"
    assert found.here["pay_jump"] == 0.5
    assert found.parameters["need"]["provenance"] == "assumed"
    assert "C1" in found.parameters["pay_jump"]["evidence"]
    assert set(found.parameters) == set(design.names)


def test_questions_that_do_not_fit_are_refused() -> None:
    told = futures(np.ones(100), luck=0, seed=1)
    with pytest.raises(OutOfRangeError, match="100 draws were simulated, and the design has 50"):
        what_would_have_to_be_true(told, sample("commons", size=50))
    with pytest.raises(UnknownNameError, match="Did you mean 'use_value'"):
        what_would_have_to_be_true(told, sample("commons", size=100), outcomes=["use_valu"])
    found = found_in(told, sample("commons", size=100))
    with pytest.raises(UnknownNameError, match="Did you mean 'policy'"):
        found.judgement("polcy", "use_value")
    with pytest.raises(UnknownNameError, match="Did you mean 'use_value'"):
        found.judgement("policy", "use_valu")


def test_a_bounty_is_judged_and_the_bits_do_not_depend_on_threads() -> None:
    """Where nobody is drawn by pay and pay is not normal, only the jump and the slope are left to decide."""
    asked = {
        "policies": [Bounty(pool=50_000)], "draws": 250, "members": 120, "months": 18, "seed": 2,
        "parameters": {
            "attraction": 0.0, "pay_norm": 0.0, "norm_up": 0.0, "pay_slope": 0.1, "pay_unit": 500.0,
        },
        "outcome": "contributions",
    }  # fmt: skip
    found = explore("commons", threads=2, **asked)
    judgement = found.judgement("bounty (pool 50000)", "contributions")
    assert judgement.hinges[0].parameter == "pay_jump"
    (threshold,) = judgement.hinges[0].thresholds
    assert threshold.below > 0.5 > threshold.above
    assert 0 < threshold.low <= threshold.high < 0.5
    assert judgement.drivers[0].parameter == "pay_jump"
    again = explore("commons", threads=1, **asked)
    assert again.hash == found.hash
    assert repr(again.judgements) == repr(found.judgements)


def test_given_draws_are_explored_as_they_are() -> None:
    draws = sample("commons", size=90, names=["pay_jump", "need"]).draws
    found = explore("commons", policies=[Bounty()], draws=draws, members=40, months=12)
    assert set(found.parameters) == {"pay_jump", "need"}
    assert found.draws == 90
    told = compare("commons", policies=[Bounty()], draws=draws, replicates=2, members=40, months=12)
    assert found.hash == told.results.hash()
