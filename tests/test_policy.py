"""Policy: what its author declares is checked, and what its user gives too."""

import pytest

import allmende.policies
from allmende.errors import AllmendeError, OutOfRangeError, PluginError, UnknownNameError
from allmende.model.institutions import Platform
from allmende.model.rules import Rules
from allmende.plugins import find, get
from allmende.policies.funding_shock import FundingShock
from allmende.policies.revenue_share import RevenueShare
from allmende.policy import HEADINGS, Levers, Policy, institution, lever, missing, policy
from allmende.simulation import simulate


class Quieter(Levers):
    """A policy with one dose and one lever that only says how."""

    dose: float = lever(1.0, low=0, high=2, unit="log ratio", zero="nothing", doc="How much.")
    softly: bool = lever(default=True, low=0, high=1, doc="How.")

    def __call__(self, rules: Rules, /) -> Rules:
        return rules


def test_a_policy_is_called_with_levers_and_named_after_those_that_moved() -> None:
    made = policy(expect={"contributions": "-"})(Quieter)
    assert made.name == "quieter"
    assert made().name == "quieter"
    assert made(dose=0.5, start=12).name == "quieter (start 12, dose 0.5)"
    assert made(dose=0.5) == made.levers(dose=0.5)


def test_doses_are_the_levers_that_say_what_zero_means() -> None:
    assert Quieter.doses() == {"dose": "nothing"}
    assert Quieter(dose=0.0).idle
    assert not Quieter(dose=0.1).idle


def test_levers_that_do_not_exist_or_are_out_of_bounds_are_refused_with_advice() -> None:
    made = policy(expect={})(Quieter)
    with pytest.raises(
        UnknownNameError, match=r"no lever is called 'doze' - at quieter. Did you mean 'dose'"
    ):
        made(doze=1.0)
    with pytest.raises(OutOfRangeError, match=r"Quieter.dose is 3.0 log ratio. Expected: 0 to 2"):
        made(dose=3.0)
    with pytest.raises(OutOfRangeError, match="true or false"):
        made(softly=1)
    with pytest.raises(OutOfRangeError, match="start"):
        made(start=-1)


def test_an_author_must_say_what_changes_and_what_zero_means() -> None:
    class Empty(Levers):
        dose: float = lever(1.0, low=0, high=2, zero="nothing", doc="How much.")

    class Doseless(Levers):
        how: float = lever(1.0, low=0, high=2, doc="How.")

        def __call__(self, rules: Rules, /) -> Rules:
            return rules

    for wrong in (Empty, Doseless):
        with pytest.raises(PluginError, match=f"{wrong.__name__} is no policy"):
            policy(expect={})(wrong)
    with pytest.raises(PluginError, match="does not say what it changes"):
        Empty()(get("economy", "commons").rules())
    with pytest.raises(UnknownNameError, match="Did you mean 'contributions'"):
        policy(expect={"contribution": "+"})(Quieter)


def test_missing_headings_and_levers_are_named() -> None:
    made = policy(expect={})(Quieter)
    assert missing(made) == [*HEADINGS, "lever dose", "lever softly"]


def test_an_institution_that_is_not_there_or_was_changed_is_named() -> None:
    commons, sharing = get("economy", "commons").rules(), get("economy", "sharing").rules()
    assert institution(sharing, "platform", Platform).name == "platform"
    with pytest.raises(AllmendeError, match=r"no 'platform' in this economy.*firms, foundation"):
        institution(commons, "platform", Platform)
    poorer = FundingShock()(sharing)
    with pytest.raises(AllmendeError, match="another policy has changed 'platform' already"):
        RevenueShare()(poorer)
    assert FundingShock()(RevenueShare()(sharing)).institutions


def test_policies_are_found_by_the_name_of_their_class() -> None:
    assert allmende.policies.Bounty is find("policy")["bounty"]
    with pytest.raises(AttributeError, match="Lottery"):
        _ = allmende.policies.Lottery
    with pytest.raises(UnknownNameError, match=r"Did you mean 'bounty'.*\n.*`allmende list policies`"):
        get("policy", "bountey")


def test_futures_of_one_policy_are_told_apart() -> None:
    bounty = find("policy")["bounty"]
    assert isinstance(bounty, Policy)
    worlds = simulate(
        "commons", policies=[bounty(), bounty(pool=500)], members=20, months=2, replicates=1, threads=1
    )
    assert worlds.policies == ("baseline", "bounty", "bounty (pool 500)")


def test_both_signs_can_be_had_of_a_bounty() -> None:
    """The mechanism shows both published signs: small pay where nobody is paid, large pay where all are."""
    bounty = find("policy")["bounty"]
    assert isinstance(bounty, Policy)
    asked = {"members": 300, "months": 24, "replicates": 6, "threads": 2}
    effects = []
    for pool, norm, attraction in ((2_000, 0.0, 0.0), (2_000_000, 1.0, 0.1)):
        given = {"pay_norm": norm, "attraction": attraction, "norm_up": 0.0}
        worlds = simulate("commons", policies=[bounty(pool=pool)], parameters=given, **asked)
        effects.append((worlds["contributions"][1] - worlds["contributions"][0]).mean())
    assert effects[0] < 0 < effects[1]
