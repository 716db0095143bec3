"""Single careers against the laws that made them."""

from dataclasses import replace

import numpy as np
import pytest

import settlements
from allmende.distributions import compare
from allmende.errors import TooFewError
from allmende.indicators.participation import (
    HAZARD_CLASSES,
    beta_geometric_a,
    beta_geometric_b,
    one_day_contributors,
    one_time_contributors,
    participation_distribution,
    stopping_hazard,
    stopping_slope,
)
from allmende.laws import LAWS
from allmende.panel import Panel
from indicator_cases import BETA_GEOMETRIC, beta_geometric_survival, dated, quantiles
from settlements import TRUTH, lives


def test_the_hazard_of_a_beta_geometric_is_its_closed_form() -> None:
    """After the n-th day a / (a + b + n - 1) stop, pooled over the days of a class."""
    curve = stopping_hazard(BETA_GEOMETRIC)
    for place in range(4):
        days = np.arange(HAZARD_CLASSES[place], HAZARD_CLASSES[place + 1])
        closed = 0.8 / (0.8 + 0.5 + days - 1)
        assert closed.min() * 0.97 <= curve.y[place] <= closed.max() * 1.03


def test_wilkinson_s_law_has_slope_minus_one() -> None:
    """With a + b = 1 the hazard is a / n exactly; more generally it lies in the published band."""
    exactly = dated(quantiles(beta_geometric_survival(0.6, 0.4, 1400), 4000))
    assert stopping_slope(exactly) == pytest.approx(-1, abs=0.02)
    assert -1.3 <= stopping_slope(BETA_GEOMETRIC) <= -0.8


def test_the_village_shows_the_parameters_it_was_made_with() -> None:
    """Twenty villages watched until nearly everybody has gone: the fits lie around the truth."""
    long = replace(TRUTH, months=200, newcomers=1.5, alpha=0.1)
    towns = [settlements.village(seed=seed, truth=long) for seed in range(20)]
    a = np.mean([beta_geometric_a(town) for town in towns])
    b = np.mean([beta_geometric_b(town) for town in towns])
    assert a == pytest.approx(TRUTH.a, rel=0.1)
    assert b == pytest.approx(TRUTH.b, rel=0.15)
    once = np.mean([one_day_contributors(town) for town in towns])
    assert once == pytest.approx(TRUTH.a / (TRUTH.a + TRUTH.b), abs=0.04)


def test_who_may_come_back_has_not_stopped() -> None:
    """The last twelve months decide: the same members one month later have stopped."""
    careers = [[0]] * 20 + [[11]] * 20
    assert stopping_hazard(lives(*careers, start=0, stop=13)).y[0] == 1
    assert stopping_hazard(lives(*careers, start=0, stop=13)).weight[0] == 20
    assert stopping_hazard(lives(*careers, start=0, stop=24)).weight[0] == 40


def test_one_time_and_one_day_are_different_numbers() -> None:
    panel = Panel.of_counts([1] * 10 + [5] * 10)
    assert one_time_contributors(panel) == 0.5
    assert one_day_contributors(panel) == 1.0


def test_when_all_are_alike_the_two_parameters_cannot_be_told_apart() -> None:
    panel = dated(np.full(50, 3))
    with pytest.raises(TooFewError):
        beta_geometric_a(panel)
    assert beta_geometric_a(BETA_GEOMETRIC) > 0


def test_weights_are_those_of_the_comparison(village: Panel) -> None:
    curve = participation_distribution(village)
    compared = compare(village.counts()[village.counts() > 0])
    assert curve.labels == tuple(LAWS)
    for law, weight in zip(curve.labels, curve.y, strict=True):
        assert weight == pytest.approx(compared.weights[law], abs=1e-6), law


def test_resampled_members_bring_their_evidence_along(village: Panel) -> None:
    """Who is drawn twice counts twice: the weights are those of the summed log-probabilities."""
    pick = np.repeat(np.arange(village.size), 2)
    twice = participation_distribution(village.resampled(pick)).y
    once = participation_distribution(village).y
    assert np.argmax(twice) == np.argmax(once)
    assert twice.max() > once.max()
