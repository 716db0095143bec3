"""Bounds: every parameter of every economy at four values, and what must only rise or only fall with it.

For each parameter four relations: from its least value to its default, from there to twice the default, from
there on, and from one end to the other, which must be strict. All runs of a parameter meet the same people
and the same luck, so directions are sharp. Where a parameter has no cause at the defaults, the context gives
it one; where the model turns round at absurd values (a strong need feeds on itself), the four values say how
far the direction holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from allmende.plugins import find
from allmende.policies import Bounty, Contract, Mentoring, Relicense, RevenueShare
from allmende.results import Results
from allmende.simulation import diary, simulate

ASKED = {"members": 120, "months": 14, "seed": 17}
Values = tuple[float, float, float, float]


@dataclass(frozen=True)
class Relation:
    """What a parameter does.

    Args:
        measure: Which measure moves, in sum; or a function of results and of the future that counts.
        sign: In which direction.
        economy: In which economy.
        context: Other parameters.
        policies: Policies in force.
        values: Four values in ascending order; by default the bounds, the default, and twice that.
    """

    measure: str | Callable[[Results, int], float]
    sign: int
    economy: str = "commons"
    context: dict[str, float] = field(default_factory=dict)
    policies: tuple = ()
    values: Values | None = None


def spread_of(measure: str) -> Callable[[Results, int], float]:
    """How much worlds differ in the sum of a measure."""
    return lambda results, k: float(np.log(results[measure][k, 0].sum(axis=1) + 1.0).std())


def roughness(results: Results, k: int) -> float:
    """How much activity changes from month to month."""
    return float(np.abs(np.diff(np.log(results["active_days"][k, 0] + 1.0), axis=1)).mean())


def quality(results: Results, k: int) -> float:
    """How much the quality of an average contribution differs between worlds and months."""
    return float((results["output"] / np.maximum(results["contributions"], 1))[k].std())


def final_usefulness(results: Results, k: int) -> float:
    """How much worlds differ in the usefulness they end with."""
    return float(results["usefulness"][k, 0, :, -1].std())


POOR = {"donated_capacity": 0.1, "donations": 0.0, "endowment": 0.0}
DECAYING, STANDING = {"decay": 0.2}, {"decay": 0.0, "need": 0.0}
PAID, CROWD, SHARED = (Bounty(),), {"open_share": 0.1}, "sharing"

TABLE = {
    "r": Relation("active_days", 1),
    "alpha": Relation("active_days", -1),
    "a": Relation("leavers", 1),
    "b": Relation("members", 1),
    "extra_acts": Relation("contributions", 1),
    "acts_spread": Relation("gini", 1),
    "quality_spread": Relation(quality, 1),
    # A work that decays drives off those who need it most; the more needs differ, the more others stay.
    "need_spread": Relation("active_members", 1, context={"decay": 1.0, "need": 1.0}),
    "arrivals": Relation("newcomers", 1),
    "history": Relation("core_days", 1, values=(0.0, 6.0, 18.0, 36.0)),
    "joining_spread": Relation(spread_of("newcomers"), 1),
    "activity_spread": Relation(spread_of("active_days"), 1),
    "persistence": Relation(roughness, -1),
    "audience_elasticity": Relation("active_days", -1, context={"reach": 0.5}),
    "joining_elasticity": Relation("newcomers", -1, context={"reach": 0.5}),
    "openness": Relation("newcomers", 1),
    "drift": Relation("newcomers", 1),
    "vigour": Relation("leavers", 1),
    "belonging": Relation("active_days", 1),
    "belonging_stay": Relation("leavers", 1),
    "ties_kept": Relation("active_days", 1),
    "ties_made": Relation("active_days", 1),
    "need": Relation("active_days", -1, context=DECAYING, values=(0.0, 0.1, 0.2, 0.4)),
    "pay_jump": Relation("active_days", -1, policies=PAID),
    "pay_welcome": Relation("active_days", 1, context={"pay_norm": 1.0}, policies=PAID),
    "pay_slope": Relation("active_days", 1, policies=PAID),
    "pay_unit": Relation("active_days", -1, context={"pay_slope": 0.3}, policies=PAID),
    "pay_contingency": Relation("active_days", 1, policies=(Bounty(contingency=1.0),)),
    "withdrawal": Relation("active_days", -1, policies=(Bounty(pool=2_000, threshold=8.0),)),
    "pay_norm": Relation("active_days", 1, policies=PAID),
    "norm_up": Relation("pay_norm", 1, policies=PAID),
    "norm_down": Relation("pay_norm", -1, context={"pay_norm": 0.5}),
    "attraction": Relation("newcomers", 1, policies=PAID),
    "entrant_quality": Relation("output", 1, context={"attraction": 0.5}, policies=PAID),
    "friction": Relation("active_days", -1, context={"review_capacity": 1.0}),
    "review_capacity": Relation("review_load", -1),
    "response": Relation("leavers", -1, policies=(Mentoring(share=1.0),)),
    "answered": Relation("answered_newcomers", 1),
    "gate": Relation("leavers", 1),
    "control": Relation("active_days", -1),
    "grievance": Relation("active_days", -1, context={"control": 1.0}),
    "shock_kept": Relation("active_days", -1, policies=(Relicense(),)),
    "returning": Relation("returners", 1),
    "return_shape": Relation("returners", 1),
    "core_days": Relation("core_days", -1),
    "recognition_core": Relation("core_days", 1),
    "recognition_outer": Relation("active_days", 1),
    "employed": Relation("employed_members", 1),
    "employed_start": Relation("employed_members", 1),
    "paid_days": Relation("active_days", 1, context={"employed_start": 0.5}),
    "role": Relation("employed_members", 1, context={"employed_start": 0.5}),
    "career_concern": Relation("active_days", -1, context={"hire": 1.0, "paid_days": 0.0}),
    "hire": Relation("employed_members", 1),
    "layoff": Relation("employed_members", -1, context={"employed_start": 0.5}),
    "market": Relation("users", 1),
    "reach": Relation("uses", 1),
    "adopted": Relation("users", 1),
    "innovation": Relation("users", 1, context=STANDING),
    "imitation": Relation("users", 1, context=STANDING),
    "appeal": Relation("users", 1, context=STANDING),
    "upkeep_cost": Relation("service", -1, context={"endowment": 0.0}),
    "spare": Relation("capacity", 1, values=(0.0, 0.6, 1.2, 2.4)),
    "donated_capacity": Relation("service", 1, context={"endowment": 0.0, "donations": 0.0}),
    "service_elasticity": Relation("active_days", -1, context=POOR),
    "service_loss": Relation("users", -1, context=POOR),
    "endowment": Relation("exchange_value", 1),
    "decay": Relation("usefulness", -1, context={"need": 0.0}),
    "team_exponent": Relation("use_value", -1),
    "donations": Relation("balance_foundation", 1),
    "revenue_a_user": Relation("balance_firms", 1),
    "wage": Relation("exchange_value_to_members", 1),
    "views_a_use": Relation("exchange_value", 1, SHARED),
    "ad_price": Relation("exchange_value_to_platform", 1, SHARED),
    "attention_kept": Relation("active_days", 1, SHARED, values=(0.0, 0.5, 0.95, 1.0)),
    "attention_captured": Relation("active_days", 1, SHARED, values=(0.0, 0.02, 0.05, 0.1)),
    "attention_luck": Relation(
        "paid_members", 1, SHARED, policies=(RevenueShare(threshold=20_000.0),), values=(0.0, 0.6, 1.2, 2.4)
    ),
    "fresh_pull": Relation("active_days", -1, SHARED, values=(0.0, 100.0, 1_000.0, 1e6)),
    "adaptation": Relation("active_days", -1, SHARED, values=(0.0, 0.01, 0.02, 0.04)),
    "product_start": Relation("use_value_by_volunteers", -1, "crowdsourcing", values=(0.0, 0.1, 0.2, 1.0)),
    "maker_market": Relation("maker_value", 1, "crowdsourcing", CROWD),
    "judgement": Relation("use_value", 1, "crowdsourcing", CROWD),
    "open_share": Relation("accepted_proposals", 1, "crowdsourcing"),
    "judging_capacity": Relation("accepted_proposals", 1, "crowdsourcing", CROWD),
    "judging_cost": Relation("balance_sponsor", -1, "crowdsourcing"),
    "contract_price": Relation("exchange_value_to_contractors", 1, "crowdsourcing"),
    "hit_value": Relation(
        final_usefulness, 1, "crowdsourcing", {"open_share": 0.0, "product_start": 5.0},
        (Contract(commissions=100.0),), (0.0, 2.0, 4.0, 20.0),
    ),
    "returned": Relation("exchange_value_to_foundation", 1, "benefit_sharing"),
}  # fmt: skip


def four_values(name: str, relation: Relation) -> Values:
    """The bounds, the default, and twice the default (half the way up where the default is 0)."""
    if relation.values is not None:
        return relation.values
    said = find("economy")[relation.economy].parameters.declarations()[name]
    default = float(said.default)
    between = min(2 * default, said.high) if default > 0 else (default + said.high) / 2
    return (said.low, default, between, said.high)


def moved(name: str, relation: Relation, value: float) -> float:
    """What the measure adds up to at one value of the parameter."""
    kind = find("economy")[relation.economy].parameters.declarations()[name].kind
    results = simulate(
        relation.economy, replicates=6, threads=1, parameters=relation.context | {name: kind(value)},
        policies=[relation.policies] if relation.policies else (), **ASKED,
    )  # fmt: skip
    future = len(results.policies) - 1
    if callable(relation.measure):
        return relation.measure(results, future)
    return float(np.nansum(results[relation.measure][future]))


def test_every_parameter_has_its_relations() -> None:
    declared = {name for one in find("economy").values() for name in one.parameters.declarations()}
    assert declared == {*TABLE, "firms"}


@pytest.mark.parametrize("name", TABLE)
def test_a_parameter_moves_in_one_direction(name: str) -> None:
    relation = TABLE[name]
    found = [relation.sign * moved(name, relation, value) for value in four_values(name, relation)]
    low, default, twice, high = found
    assert low <= default <= twice <= high, found
    assert low < high, found


def test_more_firms_employ_the_same_people() -> None:
    employers = []
    for firms in (1, 4, 8, 200):
        panel = diary("commons", parameters={"firms": firms, "employed_start": 0.5}, **ASKED)
        rows = panel.rows()
        assert rows.org.max() <= firms
        employers.append((len(np.unique(rows.org[rows.org > 0])), int(rows.count[rows.org > 0].sum())))
    assert [number for number, _ in employers] == sorted({number for number, _ in employers})
    assert len({acts for _, acts in employers}) == 1
