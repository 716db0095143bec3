"""Comparison: effects are differences inside worlds, and intervals hold what they say."""

import re
from dataclasses import replace

import numpy as np
import pytest

import allmende as al
from allmende.comparison import GROUPS, Comparison, compare, summarised
from allmende.effects import LEVEL, differences, ends
from allmende.errors import AllmendeError, OutOfRangeError, UnknownNameError
from allmende.policies import Bounty, FundingShock, Recognition, Relicense
from allmende.results import Results
from allmende.simulation import simulate

ASKED = {"members": 150, "months": 24, "replicates": 8, "seed": 5, "threads": 2}
BOUNTY, TAKEN = "bounty (pool 50000)", "relicense (start 6)"


@pytest.fixture(scope="module")
def told() -> Comparison:
    return compare("commons", policies=[Bounty(pool=50_000), Relicense(start=6)], **ASKED)


def made_up(differences: np.ndarray, luck: np.ndarray) -> Results:
    """Results in which use value is luck, and luck with these differences."""
    shape = {"members": 10, "months": 12, "replicates": differences.size, "threads": 1}
    results = simulate("commons", policies=[Recognition()], **shape)
    values = np.stack([luck, luck + differences])[:, None, :, None] * np.ones(12)
    use = replace(results.variables["use_value"], values=values)
    return replace(results, variables={**results.variables, "use_value": use})


def test_an_effect_is_the_mean_of_the_differences_inside_worlds(told) -> None:
    for policy, future in ((BOUNTY, 1), (TAKEN, 2)):
        for name in ("contributions", "gini", "exchange_value_to_members", "outer_days"):
            values = ends(told.results, name)
            effect = told.effect(policy, name)
            assert effect.mean == pytest.approx(np.nanmean(values[future] - values[0]))
            assert effect.low <= effect.mean <= effect.high
            assert effect.baseline == pytest.approx(np.nanmean(values[0]))


def test_a_yearly_outcome_is_that_of_the_last_year(told) -> None:
    assert np.array_equal(ends(told.results, "gini"), told.results["gini"][..., -1])


def test_what_a_policy_does_is_told(told) -> None:
    assert told.effect(BOUNTY, "exchange_value_to_members").verdict == "more"
    assert told.effect(TAKEN, "contributions").verdict == "less"
    assert told.effect(TAKEN, "contributions").more < 0.5
    assert told.effect(TAKEN, "exchange_value_to_platform").verdict == "the same"
    assert told.effect(TAKEN, "exchange_value_to_platform").more == 0.5


def test_common_luck_pays(told) -> None:
    """Of what nothing but the policy differs, a paired difference varies much less than an unpaired one."""
    assert told.effect(TAKEN, "users").gain > 10
    assert np.isnan(told.effect(TAKEN, "exchange_value_to_platform").gain)


def test_the_gain_is_the_ratio_of_the_variances() -> None:
    random = np.random.default_rng(1)
    luck, differences_ = random.normal(50, 5, 40), random.normal(1, 0.5, 40)
    effect = summarised(made_up(differences_, luck)).effect("recognition", "use_value")
    unpaired = np.var(luck, ddof=1) + np.var(luck + differences_, ddof=1)
    assert effect.gain == pytest.approx(unpaired / np.var(differences_, ddof=1))


def test_the_interval_holds_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(2)
    results = made_up(np.ones(6), np.zeros(6))
    held = 0
    for _ in range(400):
        values = np.stack([np.zeros(6), random.normal(1.0, 2.0, 6)])[:, None, :, None] * np.ones(12)
        use = replace(results.variables["use_value"], values=values)
        one = replace(results, variables={"use_value": use} | {n: results.variables[n] for n in DAYS})
        effect = summarised(one).effect("recognition", "use_value")
        held += effect.low <= 1.0 <= effect.high
    assert abs(held / 400 - LEVEL) < 0.035


DAYS = ("active_days", "core_days")


def test_regret_and_the_best_by_hand() -> None:
    results = made_up(np.array([1.0, -3.0, 0.0, 2.0]), np.array([5.0, 6.0, 7.0, 8.0]))
    baseline, future = summarised(results).standings
    assert (baseline.policy, future.policy) == ("baseline", "recognition")
    assert future.better == (2 + 0.5) / 4
    assert future.best == (2 + 0.5) / 4
    assert baseline.best == (1 + 0.5) / 4
    assert future.regret == 3 / 4
    assert baseline.regret == 3 / 4


def test_less_is_better_of_inequality(told) -> None:
    standings = summarised(told.results, outcome="gini").standings
    values = ends(told.results, "gini").reshape(3, -1)
    best = values.min(axis=0)
    assert standings[1].regret == pytest.approx((values[1] - best).mean())
    assert sum(each.best for each in standings) == pytest.approx(1)


def test_differences_over_months_begin_with_the_policy(told) -> None:
    rows = [row for row in differences(told.results, "active_members") if row.world == TAKEN]
    assert all(row.low == row.mid == row.high == 0 for row in rows[:6])
    assert any(row.mid < 0 for row in rows[6:])


def test_worlds_are_added_until_the_interval_is_narrow_or_the_budget_is_spent() -> None:
    asked = ASKED | {"replicates": 3, "members": 80, "outcome": "contributions"}
    narrow = compare("commons", policies=[Relicense()], until_width=0.1, **asked)
    effect = narrow.effect("relicense", "contributions")
    assert (effect.high - effect.low) / effect.baseline <= 0.1
    assert narrow.tried[-1] > 3
    assert narrow.tried == tuple(sorted(narrow.tried))
    spent = compare("commons", policies=[Relicense()], until_width=1e-6, budget=5, **asked)
    assert spent.tried == (3, 5)


def test_over_the_prior_the_interval_is_over_draws() -> None:
    asked = {"members": 60, "months": 12, "draws": 4, "replicates": 2, "threads": 1}
    told = compare("commons", policies=[FundingShock()], **asked)
    effect = told.effect("funding_shock", "exchange_value")
    paired = np.diff(ends(told.results, "exchange_value"), axis=0)[0]
    units = paired.mean(axis=1)
    half = 3.182446 * units.std(ddof=1) / 2
    assert (effect.low, effect.high) == pytest.approx((units.mean() - half, units.mean() + half), rel=1e-5)


def test_bad_questions_are_refused_in_words() -> None:
    with pytest.raises(OutOfRangeError, match="no policy is given"):
        compare("commons", policies=[])
    with pytest.raises(OutOfRangeError, match="starts in month 24, but the run has 12"):
        compare("commons", policies=[Bounty(start=24)], months=12)
    with pytest.raises(AllmendeError, match="Bounty is given twice in one future"):
        compare("commons", policies=[[Bounty(), Bounty(pool=5)]])
    with pytest.raises(OutOfRangeError, match="until_width is 0"):
        compare("commons", policies=[Bounty()], until_width=0)
    small = {"members": 10, "months": 2, "threads": 1}
    with pytest.raises(OutOfRangeError, match="two worlds or more"):
        compare("commons", policies=[Bounty()], replicates=1, **small)
    with pytest.raises(UnknownNameError, match="Did you mean 'contributions'"):
        compare("commons", policies=[Bounty()], outcome="contribution", **small)


def test_unknown_futures_and_outcomes_are_refused_with_a_hint(told) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(f"Did you mean '{TAKEN}'")):
        told.effect("relicence (start 6)", "users")
    with pytest.raises(UnknownNameError, match="Did you mean 'users'"):
        told.effect(TAKEN, "user")


def test_groups_are_told_by_outcomes_there_are(told) -> None:
    assert {name for names in GROUPS.values() for name in names} <= set(told.results.variables)


def test_it_is_the_same_on_every_number_of_threads(told) -> None:
    again = compare("commons", policies=[Bounty(pool=50_000), Relicense(start=6)], **(ASKED | {"threads": 1}))
    assert repr(again.effects) == repr(told.effects)
    assert again.standings == told.standings


def test_the_package_has_the_verb() -> None:
    assert al.compare is compare
    assert al.policies.Bounty is Bounty
