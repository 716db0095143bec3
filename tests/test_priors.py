"""Priors: quantile functions that are right, monotone, cut at bounds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from allmende.draws import unit
from allmende.errors import OutOfRangeError
from allmende.priors import (
    Beta,
    Fixed,
    HalfNormal,
    LogNormal,
    LogUniform,
    Normal,
    Prior,
    Uniform,
    _beta_quantile,
    quantile_within,
    share_below,
)

INSIDE = st.integers(0, 2**64 - 1).map(unit)
PRIORS = [
    (Uniform(2, 5), stats.uniform(2, 3)),
    (LogUniform(0.01, 30), stats.loguniform(0.01, 30)),
    (Normal(1, 2), stats.norm(1, 2)),
    (HalfNormal(0.5), stats.halfnorm(scale=0.5)),
    (LogNormal(3, 0.4), stats.lognorm(0.4, scale=3)),
    (Beta(0.5, 0.5), stats.beta(0.5, 0.5)),
    (Beta(2, 5), stats.beta(2, 5)),
    (Beta(300, 40), stats.beta(300, 40)),
    (Beta(0.05, 3), stats.beta(0.05, 3)),
]
NAMES = [repr(prior) for prior, _ in PRIORS]
SHARES = [1e-12, 1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-6]


@pytest.mark.parametrize(("prior", "law"), PRIORS, ids=NAMES)
def test_quantiles_are_right(prior, law) -> None:
    for share in SHARES:
        assert prior.quantile(share) == pytest.approx(law.ppf(share), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize(("prior", "law"), PRIORS, ids=NAMES)
def test_share_below_undoes_the_quantile(prior, law) -> None:
    for value in law.ppf([0.001, 0.3, 0.9]):
        assert share_below(prior, float(value)) == pytest.approx(law.cdf(value), rel=1e-9)
    assert share_below(prior, -math.inf) == 0.0
    assert share_below(prior, math.inf) == 1.0


@given(st.sampled_from([prior for prior, _ in PRIORS]), INSIDE, INSIDE)
def test_quantiles_never_fall(prior, u, v) -> None:
    low, high = sorted((u, v))
    assert prior.quantile(low) <= prior.quantile(high)


@pytest.mark.parametrize(("prior", "law"), PRIORS, ids=NAMES)
def test_a_prior_cut_at_its_bounds_keeps_its_shape(prior, law) -> None:
    low, high = (float(law.ppf(share)) for share in (0.2, 0.6))
    for u in (0.1, 0.5, 0.9):
        found = quantile_within(prior, u, low, high)
        assert found == pytest.approx(law.ppf(0.2 + 0.4 * u), rel=1e-6)


@given(st.sampled_from([prior for prior, _ in PRIORS]), INSIDE)
def test_a_cut_prior_stays_inside(prior, u) -> None:
    low, high = prior.quantile(0.3), prior.quantile(0.31)
    assert low <= quantile_within(prior, u, low, high) <= high


def test_fixed_is_fixed() -> None:
    assert Fixed(3).quantile(0.2) == 3
    assert quantile_within(Fixed(3), 0.2, 0, 10) == 3
    with pytest.raises(OutOfRangeError, match="outside 4 to 5"):
        quantile_within(Fixed(3), 0.5, 4, 5)


def test_a_prior_outside_the_bounds_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="lies outside 7 to 9"):
        quantile_within(Uniform(0, 1), 0.5, 7, 9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Uniform(1, 1),
        lambda: LogUniform(0, 1),
        lambda: LogUniform(2, 1),
        lambda: Normal(0, 0),
        lambda: HalfNormal(-1),
        lambda: LogNormal(0, 1),
        lambda: LogNormal(1, 0),
        lambda: Beta(0, 1),
        lambda: Beta(1, math.nan),
    ],
)
def test_what_is_no_prior_is_refused(make) -> None:
    with pytest.raises(OutOfRangeError, match="is not a prior"):
        make()


def test_plain_and_compiled_beta_quantiles_agree() -> None:
    for first, second in ((0.5, 0.5), (2.0, 5.0), (300.0, 40.0)):
        for u in np.linspace(0.001, 0.999, 50):
            assert _beta_quantile(first, second, float(u)) == Beta(first, second).quantile(float(u))


def test_every_prior_is_a_prior() -> None:
    for prior, _ in [*PRIORS, (Fixed(1), None)]:
        assert isinstance(prior, Prior)
        assert hash(prior) == hash(eval(repr(prior)))
