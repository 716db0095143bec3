"""Every policy plug-in: the specification of what a policy may do, whoever wrote it."""

import tomllib
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from allmende.errors import AllmendeError, OutOfRangeError, UnknownNameError
from allmende.ledger import ACCOUNTS
from allmende.model.economy import Economy
from allmende.model.rules import Rules, Shock
from allmende.plugins import find
from allmende.policy import Levers, Policy, lever, missing, policy
from allmende.policyfile import futures_from_tables, futures_to_toml, policy_from_table, policy_to_table
from allmende.results import Results
from allmende.simulation import simulate
from conformance_checks import check

SMALL = {"members": 60, "months": 14, "replicates": 2, "seed": 3, "threads": 1}
LARGER = {"members": 300, "months": 36, "replicates": 6, "seed": 3, "threads": 2}
FIRST = ("commons", "sharing", "crowdsourcing")
ECONOMIES = {name: find("economy")[name] for name in (*FIRST, *sorted(set(find("economy")) - set(FIRST)))}
START = 5


def economies(plugin: Policy) -> list[Economy]:
    """Where it means something: in all economies that have the institutions it needs."""
    found = [one for one in ECONOMIES.values() if plugin.applies_to(one.rules())]
    assert found, f"{plugin.name} needs {plugin.needs}, which no economy has"
    return found


def none_of(plugin: Policy) -> Levers:
    """The policy at zero dose, its other levers as far from zero as they go."""
    declared = plugin.levers.declarations()
    doses = {"start", *plugin.levers.doses()}
    return plugin(**{name: said.kind(0 if name in doses else said.high) for name, said in declared.items()})


@cache
def futures(economy: str, *policies: Levers | tuple[Levers, ...]) -> Results:
    return simulate(economy, policies=policies, **SMALL)


def arrays(results: Results) -> Iterator[tuple[str, np.ndarray]]:
    yield from ((name, one.values) for name, one in results.variables.items())
    yield from (("|".join(key), cents) for key, cents in results.flows.items())


def same(results: Results, one: int, other: int, months: slice = slice(None)) -> None:
    for name, values in arrays(results):
        assert np.array_equal(values[one, ..., months], values[other, ..., months], equal_nan=True), name


@check("policy")
def test_zero_dose_is_the_baseline_bit_for_bit(plugin: Policy) -> None:
    for economy in economies(plugin):
        same(futures(economy.name, none_of(plugin)), 0, 1)


@check("policy")
def test_zero_dose_is_the_baseline_where_parameters_are_drawn(plugin: Policy) -> None:
    economy = economies(plugin)[0]
    found = simulate(economy, policies=[none_of(plugin)], **(SMALL | {"draws": 3, "replicates": 1}))
    same(found, 0, 1)


@check("policy")
def test_nothing_changes_before_its_start_and_something_after(plugin: Policy) -> None:
    for economy in economies(plugin):
        found = futures(economy.name, plugin(start=START))
        same(found, 0, 1, slice(0, START))
        changed = [
            name
            for name, values in arrays(found)
            if not np.array_equal(values[0, ..., START:], values[1, ..., START:], equal_nan=True)
        ]
        assert changed, economy.name


@check("policy")
def test_it_leaves_the_rules_it_is_given_alone(plugin: Policy) -> None:
    rules = economies(plugin)[0].rules()
    before = repr(rules)
    changed = plugin()(rules)
    assert repr(rules) == before
    assert changed is not rules
    assert none_of(plugin)(rules) == rules


@check("policy")
def test_it_shifts_parameters_from_what_they_are_in_each_world(plugin: Policy) -> None:
    """Worlds may have drawn other values: a parameter that is set is the same in all of them."""
    for economy in economies(plugin):
        changes = plugin()(economy.rules()).changes
        assert not [change.name for change in changes if change.times == 0]


@check("policy")
def test_every_cent_is_kept(plugin: Policy) -> None:
    """`simulate` audits the books of every world in every month and raises when they do not close."""
    outside = {each.name for each in ACCOUNTS if each.overdraft}
    for economy in economies(plugin):
        found = futures(economy.name, plugin(start=START))
        held = sum(found[f"balance_{each.name}"][..., -1] for each in ACCOUNTS if not each.overdraft)
        came = sum(
            cents.sum(axis=-1) * ((payer in outside) - (payee in outside))
            for (_, payer, payee), cents in found.flows.items()
        )
        assert np.array_equal(held, came)


@check("policy")
def test_it_answers_to_its_dose_in_the_declared_direction(plugin: Policy) -> None:
    assert plugin.expect, "say for some outcome what is expected, or that both signs are"
    economy = economies(plugin)[0]
    found = simulate(economy, policies=[plugin()], parameters=plugin.shown, **LARGER)
    for outcome, sign in plugin.expect.items():
        values = found[outcome].astype(np.float64)
        effect = np.nanmean(values[1] - values[0])
        if sign == "both":
            assert np.isfinite(effect), outcome
        else:
            assert effect > 0 if sign == "+" else effect < 0, f"{outcome}: {effect}"


@check("policy")
def test_its_order_does_not_matter_where_it_says_so(plugin: Policy) -> None:
    for other in plugin.independent:
        partner = find("policy")[other]
        assert isinstance(partner, Policy)
        both = [one for one in economies(plugin) if partner.applies_to(one.rules())]
        assert both, f"{plugin.name} and {other} never meet"
        same(futures(both[0].name, (plugin(), partner()), (partner(), plugin())), 1, 2)


@check("policy")
def test_it_survives_the_way_through_toml(plugin: Policy) -> None:
    declared = plugin.levers.declarations()
    for end in ("low", "high", "default"):
        levers = plugin(**{name: said.kind(getattr(said, end)) for name, said in declared.items()})
        assert plugin.levers.from_toml(levers.to_toml()) == levers
        assert policy_from_table(policy_to_table(levers)) == levers
        tables = tomllib.loads(futures_to_toml([[levers, levers], [], [levers]]))["futures"]
        assert futures_from_tables(tables) == ((levers, levers), (), (levers,))


@check("policy")
def test_its_levers_are_checked(plugin: Policy) -> None:
    for name, said in plugin.levers.declarations().items():
        assert said.doc.endswith("."), name
        if said.kind is not bool:
            with pytest.raises(OutOfRangeError, match=name):
                plugin(**{name: said.high + 1})
        with pytest.raises(UnknownNameError, match=f"Did you mean '{name}'"):
            plugin(**{f"{name}x": 1})
    dose = next(iter(plugin.levers.doses()))
    with pytest.raises(OutOfRangeError):
        plugin(**{dose: float("nan")})


@check("policy")
def test_it_says_what_it_is(plugin: Policy) -> None:
    assert missing(plugin) == []
    assert plugin.summary.endswith("?")
    assert all(zero for zero in plugin.levers.doses().values())


@check("policy")
def test_it_is_refused_where_it_means_nothing(plugin: Policy) -> None:
    for economy in ECONOMIES.values():
        if not plugin.applies_to(economy.rules()):
            with pytest.raises(AllmendeError, match="in this economy"):
                plugin()(economy.rules())


@check("policy")
def test_state_stays_finite_at_the_bounds_of_its_levers(plugin: Policy) -> None:
    economy = economies(plugin)[0]
    for name, said in plugin.levers.declarations().items():
        if name != "start":
            ends = [plugin(**{name: said.kind(end)}) for end in (said.low, said.high)]
            found = simulate(economy, policies=ends, members=20, months=6, replicates=1, threads=1)
            assert np.isfinite(found["contributions"]).all()
            assert np.isfinite(found["use_value"]).all(), name


def bad(change, *, expect=None, independent=()) -> Policy:
    """A policy that breaks a rule of this suite."""

    class Bad(Levers):
        """One dose."""

        dose: float = lever(1.0, low=0, high=2, zero="nothing", doc="How much.")

        def __call__(self, rules: Rules, /) -> Rules:
            return change(self, rules)

    return policy(expect=expect or {"contributions": "both"}, independent=independent)(Bad)


def spoiled(levers: Levers, rules: Rules) -> Rules:
    object.__setattr__(rules, "shocks", (Shock(levers.start, 1.0),))
    return rules


def opposite(levers: Levers, rules: Rules) -> Rules:
    return rules.with_shock(Shock(levers.start, 2.0)) if levers.dose else rules


@pytest.mark.parametrize(
    ("plugin", "test"),
    [
        (
            bad(lambda levers, rules: rules.with_shock(Shock(levers.start, 1.0 + levers.dose))),
            test_zero_dose_is_the_baseline_bit_for_bit,
        ),
        (
            bad(lambda levers, rules: rules.with_parameters(answered=0.6 + levers.dose / 9)),
            test_zero_dose_is_the_baseline_where_parameters_are_drawn,
        ),
        (bad(lambda _, rules: rules), test_nothing_changes_before_its_start_and_something_after),
        (bad(spoiled), test_it_leaves_the_rules_it_is_given_alone),
        (
            bad(opposite, expect={"contributions": "+"}),
            test_it_answers_to_its_dose_in_the_declared_direction,
        ),
        (
            bad(lambda levers, rules: rules.with_parameters(gate=levers.dose), independent=("gate",)),
            test_its_order_does_not_matter_where_it_says_so,
        ),
        (bad(opposite), test_it_says_what_it_is),
        (
            bad(lambda levers, rules: rules.with_parameters(gate=levers.dose)),
            test_it_shifts_parameters_from_what_they_are_in_each_world,
        ),
    ],
)
def test_the_suite_refuses_a_policy_that_breaks_its_rules(plugin: Policy, test) -> None:
    with pytest.raises(AssertionError):
        test(plugin)
