"""Distributions: laws sum to one, fits recover what made the counts, and the right law wins."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import zeta

from allmende.distributions import Fit, compare, fit, log_probability, vuong
from allmende.errors import TooFewError, UnknownNameError
from allmende.laws import LAWS, beta_geometric_goal, natural, searched
from indicator_cases import beta_geometric_survival, quantiles

EXAMPLES = {
    "power law": {"alpha": 2.3},
    "truncated power law": {"alpha": 1.4, "rate": 0.02},
    "log-normal": {"mu": 1.0, "sigma": 1.1},
    "stretched exponential": {"scale": 3.0, "shape": 0.6},
    "beta-geometric": {"a": 0.8, "b": 0.5},
    "geometric": {"p": 0.2},
}


def probabilities(law: str, most: int, **parameters: float) -> np.ndarray:
    made = Fit(law, parameters or EXAMPLES[law], 0.0, 1, at_bound=False)
    return np.exp(log_probability(made, np.arange(1, most + 1)))


def sample(law: str, size: int) -> np.ndarray:
    """Counts as close to a law as `size` members can be, none above ten million."""
    most = 100_000
    survival = 1 - np.concatenate([[0.0], np.cumsum(probabilities(law, most))])
    return np.minimum(quantiles(np.maximum(survival, 0.0), size), most)


@pytest.mark.parametrize("law", LAWS)
def test_probabilities_add_up_to_one(law: str) -> None:
    most = 300_000
    total = probabilities(law, most).sum()
    # What heavy tails hold beyond the last count, in closed form.
    beyond = {
        "power law": most**-1.3 / 1.3 / zeta(2.3),
        "beta-geometric": float(beta_geometric_survival(0.8, 0.5, most)[-1]),
    }.get(law, 0.0)
    assert total + beyond == pytest.approx(1, abs=1e-6)


@given(st.floats(1.1, 6), st.floats(1e-6, 2))
@settings(max_examples=60, deadline=None)
def test_the_truncated_power_law_is_normalised_anywhere(alpha: float, rate: float) -> None:
    # Beyond the last count lies at most e^(-rate most) of the sum, and the pure tail.
    most = min(int(40 / rate), 400_000)
    total = probabilities("truncated power law", most, alpha=alpha, rate=rate).sum()
    assert total <= 1 + 1e-9
    assert total >= 1 - 1e-8 - 2 * most ** (1 - alpha) / (alpha - 1) * np.exp(-rate * most)


def test_the_truncated_power_law_ends_in_the_power_law() -> None:
    pure = probabilities("power law", 50, alpha=2.3)
    nearly = probabilities("truncated power law", 50, alpha=2.3, rate=1e-7)
    assert nearly == pytest.approx(pure, rel=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_fits_recover_the_parameters(law: str) -> None:
    found = fit(law, sample(law, 20_000))
    assert not found.at_bound
    for name, value in EXAMPLES[law].items():
        assert found.parameters[name] == pytest.approx(value, rel=0.05), name


@pytest.mark.parametrize("law", LAWS)
def test_the_law_that_made_the_counts_wins(law: str) -> None:
    compared = compare(sample(law, 20_000))
    assert compared.best.law == law
    assert compared.weights[law] == max(compared.weights.values())
    assert sum(compared.weights.values()) == pytest.approx(1)
    assert [one.aic for one in compared.fits] == sorted(one.aic for one in compared.fits)


@pytest.mark.parametrize("law", LAWS)
def test_no_neighbour_is_more_likely(law: str) -> None:
    counts = np.random.default_rng(3).choice(sample(law, 5000), 400)
    found = fit(law, counts)
    assert found.log_likelihood == pytest.approx(float(log_probability(found, counts).sum()), rel=1e-6)
    for name, value in found.parameters.items():
        for factor in (0.97, 1.03):
            moved = Fit(law, {**found.parameters, name: value * factor}, 0.0, 1, at_bound=False)
            likelihood = float(log_probability(moved, counts).sum())
            assert likelihood <= found.log_likelihood + 1e-4 or found.at_bound


@given(st.floats(-2, 3), st.floats(-2, 3))
def test_the_slope_of_the_beta_geometric_is_its_difference_quotient(first: float, second: float) -> None:
    goal = beta_geometric_goal(np.array([1.0, 2.0, 7.0, 300.0]), np.array([40, 9, 4, 1]))
    at = np.array([first, second])
    _, slope = goal(at)
    for place in range(2):
        step = np.zeros(2)
        step[place] = 1e-5
        quotient = (goal(at + step)[0] - goal(at - step)[0]) / 2e-5
        assert slope[place] == pytest.approx(quotient, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("law", LAWS)
def test_coordinates_lead_back_to_parameters(law: str) -> None:
    values = np.array(list(EXAMPLES[law].values()))
    assert natural(law, searched(law, values)) == pytest.approx(values)


def test_vuong_is_antisymmetric_and_sees_a_difference() -> None:
    counts = sample("beta-geometric", 3000)
    better, worse = fit("beta-geometric", counts), fit("geometric", counts)
    forth, back = vuong(better, worse, counts), vuong(worse, better, counts)
    assert forth.z == pytest.approx(-back.z)
    assert forth.z > 3
    assert forth.p < 0.01
    assert vuong(better, better, counts).p == 1


def test_vuong_is_rarely_sure_between_two_laws_that_are_as_near() -> None:
    """Log-normal counts, and two laws as far to the left and to the right of the true one."""
    luck = np.random.default_rng(8)
    rejected = 0
    for _ in range(40):
        counts = luck.choice(sample("log-normal", 4000), 300)
        first = Fit("log-normal", {"mu": 0.9, "sigma": 1.1}, 0.0, 300, at_bound=False)
        second = Fit("log-normal", {"mu": 1.1, "sigma": 1.1}, 0.0, 300, at_bound=False)
        rejected += vuong(first, second, counts).p < 0.05
    assert rejected <= 8, "of forty, at 5 %"


@pytest.mark.parametrize("counts", [[], [1], [1] * 100, [7] * 100, [1, 2, 3]])
def test_too_few_members_are_refused(counts: list[int]) -> None:
    with pytest.raises(TooFewError):
        compare(np.array(counts, np.int64))


def test_an_unknown_law_is_named() -> None:
    with pytest.raises(UnknownNameError, match="power law"):
        fit("powerlaw", np.arange(1, 20))


@example([153, 153, 234, 250, 415, 1001, 2143, 3255, 12, 9999])
@given(st.lists(st.integers(1, 10_000), min_size=10, max_size=80).filter(lambda c: len(set(c)) > 1))
@settings(max_examples=10, deadline=None)
def test_every_fit_of_anything_is_finite(counts: list[int]) -> None:
    compared = compare(np.array(counts))
    for one in compared.fits:
        assert np.isfinite(one.log_likelihood)
        assert one.log_likelihood <= 1e-9
        assert all(np.isfinite(value) for value in one.parameters.values())
    assert all(0 <= test.p <= 1 for test in compared.tests.values())
