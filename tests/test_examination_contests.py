"""Contests: the closed forms are laws, and the simulation of single makers agrees with them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.draws import Decision, uniform
from allmende.examination.contests import (
    CONTEST,
    Contests,
    best_number,
    best_of_normals,
    cash_a_use,
    commission_a_use,
    contests_of,
    open_call,
    simulated,
    useful_made,
    useful_taken,
    whole_a_use,
)
from allmende.examination.funnel import integrated


def one(**values: float) -> Contests:
    return contests_of((CONTEST.with_values(**values),))


def test_the_expected_best_is_that_of_the_tables() -> None:
    """F18, and the exact values 1 / sqrt(pi) of two and 3 / (2 sqrt(pi)) of three."""
    found = best_of_normals(np.array([1, 2, 3, 5, 10, 20, 50, 100, 1_000.0]))
    assert found[1] == pytest.approx(1 / np.sqrt(np.pi), abs=1e-6)
    assert found[2] == pytest.approx(1.5 / np.sqrt(np.pi), abs=1e-6)
    assert np.allclose(found, [0, 0.56, 0.85, 1.16, 1.54, 1.87, 2.25, 2.51, 3.24], atol=0.006)
    large = best_of_normals(np.array([1e6]))[0]
    assert 0.85 < large / np.sqrt(2 * np.log(1e6)) < 1


def test_the_best_number_of_a_gumbel_quality_is_scale_over_cost() -> None:
    numbers = np.arange(1, 2_000)
    for scale, cost in ((1.0, 0.01), (2.0, 0.005), (0.5, 0.02)):
        best = numbers[np.argmax(scale * np.log(numbers) - cost * numbers)]
        assert best == pytest.approx(best_number(scale, cost), abs=1)


def test_an_open_call_is_worth_more_until_judging_eats_it() -> None:
    numbers = np.array([1.0, 10.0, 100.0, 1_000.0])
    cheap = open_call(numbers, mean=0.0, spread=1.0, cost=0.0)
    assert np.all(np.diff(cheap) > 0)
    dear = open_call(numbers, mean=0.0, spread=1.0, cost=0.01)
    assert dear.argmax() == 2


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("number", [1, 10, 100])
def test_the_closed_form_is_that_of_simulated_makers(rho: float, number: int) -> None:
    runs = 2_000
    contest = CONTEST.with_values(rho=rho, proposals=float(number), judgement=0.7)
    made, taken = simulated(contest, runs=runs, seed=11)
    closed = contests_of((contest,))
    for found, told, trials in (
        (made, useful_made(closed)[0], runs * number),
        (taken, useful_taken(closed)[0], runs),
    ):
        assert abs(found - told) < 4 * np.sqrt(told * (1 - told) / trials) + 0.002


def test_without_correlation_a_maker_knows_nothing_about_the_market() -> None:
    contests = one(rho=0.0, rivalry=0.0, useful=0.12)
    assert useful_made(contests)[0] == pytest.approx(0.12, abs=1e-9)
    assert useful_taken(replace(contests, judgement=np.zeros(1)))[0] == pytest.approx(0.12, abs=1e-6)


def test_one_proposal_is_the_one_that_is_taken() -> None:
    contests = one(proposals=1.0, rivalry=0.0)
    assert useful_taken(contests)[0] == pytest.approx(useful_made(contests)[0], abs=1e-4)


@settings(max_examples=40)
@given(
    rho=st.floats(0, 0.7),
    judgement=st.floats(0.3, 0.9),
    useful=st.floats(0.01, 0.3),
    number=st.floats(2, 5_000),
)
def test_more_correlation_judgement_and_choice_help(
    rho: float, judgement: float, useful: float, number: float
) -> None:
    base = one(rho=rho, judgement=judgement, useful=useful, proposals=number, rivalry=0.0)
    made, taken = useful_made(base)[0], useful_taken(base)[0]
    assert 0 <= made <= taken + 1e-6 <= 1 + 2e-6
    better = replace(base, judgement=np.array([judgement + 0.05]))
    assert useful_taken(better)[0] >= taken - 1e-6
    more = replace(base, proposals=np.array([2 * number]))
    assert useful_taken(more)[0] >= taken - 1e-6
    closer = replace(base, rho=np.array([rho + 0.1]))
    assert useful_made(closer)[0] >= made - 1e-9
    rivals = replace(base, rivalry=np.array([0.1]))
    assert useful_taken(rivals)[0] <= taken + 1e-6


def test_costs_are_those_of_the_ledger_in_the_docstrings() -> None:
    contests = one(
        proposals=100.0,
        hit=0.5,
        harm=0.4,
        tested=0.5,
        judging=0.001,
        prize=0.2,
        finishing=0.3,
        effort=0.02,
        own=0.01,
    )
    taken = np.array([0.5])
    assert commission_a_use(contests)[0] == pytest.approx(1 / (0.5 - 0.5 * 0.4 * 0.5))
    assert cash_a_use(contests, taken)[0] == pytest.approx((0.1 + 0.2 + 0.3) / 0.5)
    assert whole_a_use(contests, taken)[0] == pytest.approx((100 * 0.021 + 0.3) / (0.5 + 1.0))
    assert whole_a_use(contests, taken, own=False)[0] == pytest.approx((100 * 0.021 + 0.3) / 0.5)
    hopeless = one(hit=0.2, harm=0.6, tested=0.0)
    assert np.isinf(commission_a_use(hopeless)[0])


def test_the_expected_best_of_the_models_own_proposals_is_the_closed_form() -> None:
    """`model.proposing.best_of` draws the best of n by inversion; its mean is m(n)."""
    from allmende.model.proposing import best_of

    u = uniform(3, Decision.MARKET_VALUE, replicate=np.arange(4_000))
    for count in (1, 4, 25):
        drawn = np.array([best_of(count, float(each)) for each in u])
        assert drawn.mean() == pytest.approx(best_of_normals(np.array([float(count)]))[0], abs=0.06)


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_whole_worlds_integrate_what_order_statistics_expect(share: float) -> None:
    found = [integrated(share, members=150, months=18, seed=seed) for seed in (1, 2, 3)]
    seen, expected = sum(one.seen for one in found), sum(one.expected for one in found)
    deviation = sum(one.deviation**2 for one in found) ** 0.5
    assert expected > 10
    assert abs(seen - expected) < 3.5 * deviation
