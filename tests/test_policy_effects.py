"""Policies: what each does to the model beyond what every policy must keep (`tests/conformance`)."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from allmende.errors import OutOfRangeError
from allmende.model.hearing import signals_of
from allmende.model.month import offers, opened
from allmende.model.rules import Acts
from allmende.model.signals import Signal
from allmende.model.worlds import Batch
from allmende.plugins import get
from allmende.policies import Bounty, Fork, Gate, Grant, Hiring, Mentoring, RevenueShare
from allmende.policy import Levers
from allmende.results import Results
from allmende.simulation import simulate

START = 6


@cache
def futures(
    economy: str, policies: tuple[Levers, ...], members: int = 300, months: int = 24, **given
) -> Results:
    return simulate(
        economy, members=members, months=months, replicates=6, seed=5, policies=policies, parameters=given,
        threads=1,
    )  # fmt: skip


def heard(policy: Levers, **values: float) -> np.ndarray:
    economy = get("economy", "commons")
    rules = policy(economy.rules(**values))
    worlds = opened(Batch(3, 40, np.arange(2)), rules, economy.works, crew_of_one())
    columns = worlds.values(rules)
    acts = offers(worlds, columns, rules, 0)
    return signals_of(worlds, columns, acts, own_audience=False)


def crew_of_one():
    from allmende.model.crew import Crew

    return Crew()


class TestMentoring:
    def test_mentors_answer_part_of_what_nobody_answered_and_the_usual_share_stays(self) -> None:
        signals = heard(Mentoring(share=0.5, effort=0.0), answered=0.6)
        assert signals[:, Signal.ANSWERED] == pytest.approx(0.8)
        assert signals[:, Signal.USUAL] == pytest.approx(0.6)

    def test_a_community_that_answers_more_anyway_has_that_in_its_dropout(self) -> None:
        """Another share without a policy is another measured usual share: nothing gained, nothing lost."""
        signals = heard(Mentoring(share=0.0), answered=0.9)
        assert np.array_equal(signals[:, Signal.ANSWERED], signals[:, Signal.USUAL])

    def test_twice_the_odds_of_staying_for_who_is_answered(self) -> None:
        """B12, with everybody and nobody answered: the odds of leaving after the only day halve."""
        from allmende.model.acting import newcomer_exponent

        gain = newcomer_exponent(0.0, np.log(2), 0, 0.6) - newcomer_exponent(0.0, np.log(2), 1, 0.6)
        assert np.exp(gain) == pytest.approx(2)

    def test_without_a_response_effect_only_the_time_of_mentors_is_felt(self) -> None:
        free, dear = Mentoring(share=1.0, effort=0.0), Mentoring(share=1.0, effort=1.0)
        told = futures("commons", (free, dear), response=0.0, friction=1.0)
        assert np.array_equal(told["active_days"][0], told["active_days"][1])
        assert told["active_days"][2].sum() < told["active_days"][1].sum()


class TestHiring:
    def test_wages_of_those_hired_go_through_the_books(self) -> None:
        told = futures("commons", (Hiring(volunteers=0.2, start=START),))
        wages = told.flows["wages", "firms", "members"][:, 0]
        employed = told["employed_members"][:, 0]
        assert (employed[1, :, -1] > 2 * employed[0, :, -1]).all()
        due = 600 * employed[1, :, :-1]
        rich = told["balance_firms"][1, 0, :, :-1] >= due
        assert rich.mean() > 0.9
        assert np.array_equal(wages[1, :, 1:][rich], due[rich])

    def test_outsiders_arrive_employed(self) -> None:
        told = futures("commons", (Hiring(volunteers=0.0, outsiders=20.0, start=START),), layoff=0.0)
        more = (told["newcomers"][1] - told["newcomers"][0]).sum()
        employed = (told["employed_members"][1, 0, :, -1] - told["employed_members"][0, 0, :, -1]).sum()
        assert more > 0.8 * 6 * 6 * (24 - START)
        assert 0 < employed <= more
        share = told["employed_contributions"].sum(axis=(1, 2, 3)) / told["contributions"].sum(axis=(1, 2, 3))
        assert share[1] > 1.4 * share[0]

    def test_firms_that_cannot_pay_hire_nobody(self) -> None:
        told = futures(
            "commons", (Hiring(volunteers=1.0, outsiders=50.0),), revenue_a_user=0.0, endowment=0.0
        )
        assert np.array_equal(told["employed_members"][0], told["employed_members"][1])

    def test_who_is_hired_does_less_on_the_own_account(self) -> None:
        """C19b: without an employer's days, hiring costs activity."""
        hired = Hiring(volunteers=1.0)
        given = {"paid_days": 0.0, "role": 0.0, "need": 0.0, "returning": 0.0}
        told = futures("commons", (hired,), career_concern=0.3, **given)
        assert told["active_days"][1].sum() < told["active_days"][0].sum()
        same = futures("commons", (hired,), career_concern=0.0, grievance=0.0, **given)
        assert np.array_equal(same["active_days"][0], same["active_days"][1])


class TestFork:
    def test_every_member_is_in_one_of_the_two_projects(self) -> None:
        levers = {"core": 0.7, "outer": 0.4, "employed": 0.2, "users": 0.3, "start": START}
        told = futures("commons", (Fork(**levers), Fork(fork=True, **levers)))
        members, parted = told["members"][:, 0, :, START], told["parted_members"][:, 0, :, START]
        assert np.array_equal(members[0], members[1] + parted[1])
        assert np.array_equal(members[0], members[1] + members[2])
        assert np.array_equal(parted[1], members[2])
        assert np.array_equal(parted[2], members[1])
        assert told["parted_members"].sum() == told["parted_members"][..., START].sum()

    def test_nobody_and_everybody_may_go(self) -> None:
        everybody = {"core": 1.0, "outer": 1.0, "employed": 1.0, "start": START}
        left, fork = Fork(**everybody), Fork(fork=True, users=1.0, **everybody)
        told = futures("commons", (left, fork))
        assert (told["members"][1, 0, :, START] == 0).all()
        assert np.array_equal(told["members"][2, ..., START], told["members"][0, ..., START])
        # With all the users too, the fork is the project, but for the money of the foundation.
        assert np.array_equal(told["contributions"][2, ..., START], told["contributions"][0, ..., START])
        assert (
            told["balance_foundation"][2, 0, :, START].max()
            < told["balance_foundation"][0, 0, :, START].min()
        )

    def test_the_outside_core_goes_and_the_employed_stay(self) -> None:
        """E8: the contributions of volunteers fall by more than those of the employed."""
        told = futures("commons", (Fork(core=1.0, outer=0.2, start=START),), employed_start=0.2)
        after = slice(START, START + 6)
        employed = told["employed_contributions"][..., after].sum(axis=(1, 2, 3))
        others = told["contributions"][..., after].sum(axis=(1, 2, 3)) - employed
        assert others[1] / others[0] < 0.7
        assert employed[1] / employed[0] > 0.9

    def test_where_outsiders_did_nothing_their_fork_takes_nothing_away(self) -> None:
        """E11: the effect is as large as the part that those who go had."""
        nobody = Fork(core=0.9, outer=0.9, employed=0.0, shock=2.0, users=0.0, start=START)
        told = futures("commons", (nobody,), employed=1.0, employed_start=1.0)
        assert (told["parted_members"] == 0).all()
        assert np.array_equal(told["contributions"][0], told["contributions"][1])

    def test_newcomers_come_to_both(self) -> None:
        """E10, E17: project and fork together have more newcomers than the project alone would have had."""
        levers = {"users": 0.5, "start": START}
        told = futures("commons", (Fork(**levers), Fork(fork=True, **levers)))
        alone, left, fork = told["newcomers"][..., START + 1 :].sum(axis=(1, 2, 3))
        assert left < alone
        assert fork < alone < left + fork


class TestGrant:
    def test_each_part_goes_by_its_rule_and_the_whole_pool_is_given(self) -> None:
        told = futures("commons", (Grant(pool=100_001, equally=0.25, matched=0.5),))
        kinds = {kind: cents[1, 0, :, 1:] for (kind, _, _), cents in told.flows.items() if "grants" in kind}
        assert (kinds["grants in equal parts"] == 25_000).all()
        assert (kinds["grants matched"] == 50_000).all()
        assert (kinds["grants by committee"] <= 25_001).all()

    def test_more_than_the_pool_is_refused(self) -> None:
        with pytest.raises(OutOfRangeError, match=r"at most 1 together"):
            Grant(equally=0.7, matched=0.7)(get("economy", "commons").rules())

    def test_equal_parts_reach_more_members_than_a_committee(self) -> None:
        told = futures("commons", (Grant(), Grant(equally=1.0), Grant(matched=1.0)))
        _, committee, equal, matched = told["paid_members"].sum(axis=(1, 2, 3))
        assert committee < 0.7 * min(equal, matched)

    def test_equal_parts_crowd_out_where_nobody_is_paid_and_judged_grants_do_not(self) -> None:
        """C24 against C25: money that depends on quality undoes the jump."""
        told = futures("commons", (Grant(), Grant(equally=1.0)), pay_norm=0.0, norm_up=0.0)
        base, judged, equal = told["contributions"].sum(axis=(1, 2, 3))
        assert equal < base < judged


class TestRevenueShare:
    """S2 and S3: whether a shared revenue attracts or destroys is decided by parameters, not by the model."""

    @pytest.mark.parametrize(
        ("levers", "given", "sign"),
        [
            # Too little to matter, where nobody is paid: the jump without the money.
            ({"share": 0.01}, {"attraction": 0.0}, -1),
            # Shoehorned onto a community of another norm.
            ({}, {"attraction": 0.0, "pay_norm": 0.0, "norm_up": 0.0}, -1),
            # Where pay is the norm.
            ({}, {"attraction": 0.0, "pay_norm": 1.0}, 1),
            # Where pay depends on quality.
            ({"contingency": 1.0}, {"attraction": 0.0}, 1),
        ],
    )
    def test_both_signs_can_be_had(self, levers: dict, given: dict, sign: int) -> None:
        told = futures("sharing", (RevenueShare(**levers),), 300, 36, **given)
        paired = told["contributions"][1].sum(axis=-1) - told["contributions"][0].sum(axis=-1)
        assert (np.sign(paired) == sign).mean() > 0.8
        assert paired.sum() * sign > 0

    def test_incumbents_lose_and_newcomers_come_at_the_defaults(self) -> None:
        """C20, C24: the two in one run."""
        told = futures("sharing", (RevenueShare(),), 300, 36)
        core, new = (told[name].sum(axis=(1, 2, 3)) for name in ("core_days", "newcomers"))
        assert core[1] < core[0]
        assert new[1] > new[0]


class TestDraws:
    def test_a_policy_shifts_the_value_that_each_world_drew(self) -> None:
        from allmende.model.worlds import columns_of

        drawn = {"gate": np.array([-1.0, 0.0, 2.5])}
        rules = Gate(strictness=1.0)(get("economy", "commons").rules())
        assert columns_of(Batch(1, 10, np.arange(3), drawn), rules)["gate"].tolist() == [0.0, 1.0, 3.0]

    def test_answers_of_all_institutions_leave_each_other_less_to_do(self) -> None:
        from allmende.model.rules import together

        assert together((Acts(answer=0.5), Acts(answer=0.5), Acts())).answer == 0.75

    def test_paired_futures_of_many_draws_differ_in_every_draw(self) -> None:
        found = simulate(
            "commons", policies=[Gate(strictness=2.0), Bounty()], draws=6, replicates=1, members=200,
            months=12, threads=1,
        )  # fmt: skip
        fewer = found["leavers"][1].sum(axis=(1, 2)) - found["leavers"][0].sum(axis=(1, 2))
        assert (fewer != 0).all()


class StoppedError(Exception):
    """An interruption on purpose."""


MANY = (
    (Fork(start=15, employed=0.3), Hiring(volunteers=0.1, outsiders=10.0)),
    (Mentoring(), Grant(matched=0.5, equally=0.2), Gate()),
    (Fork(start=15, fork=True),),
)
ASKED = {"members": 150, "months": 30, "replicates": 3, "draws": 2, "seed": 6, "policies": MANY}


class TestTheSameBits:
    """Policies on any number of threads, and after an interruption, give the same bits."""

    def test_on_any_number_of_threads(self) -> None:
        hashes = {simulate("commons", threads=threads, **ASKED).hash() for threads in (1, 2, 3)}
        assert len(hashes) == 1

    def test_after_an_interruption(self, tmp_path: Path) -> None:
        whole = simulate("commons", threads=1, **ASKED)
        for stop in (330, 690):

            def progress(stage: str, done: float, total: float | None, stop: int = stop) -> None:
                if done > stop:
                    raise StoppedError

            with pytest.raises(StoppedError):
                simulate("commons", threads=1, checkpoint=tmp_path, progress=progress, **ASKED)
        assert list(tmp_path.glob("*.state"))
        assert simulate("commons", threads=1, checkpoint=tmp_path, **ASKED).hash() == whole.hash()
