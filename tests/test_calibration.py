"""Calibration: closed forms against other routes to the same numbers, refusals, and what a fit holds."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import careers as invented
from allmende.calibration.careers import careers_of, grouped
from allmende.calibration.fitting import calibrate
from allmende.calibration.lawfit import fit_law
from allmende.calibration.likelihood import alive, log_likelihood, parts_of, tails
from allmende.errors import AllmendeError, OutOfRangeError, TooFewError
from allmende.months import text
from allmende.panel import Panel

LAW = (0.4, 0.3, 0.8, 0.5)


def test_careers_of_a_panel_are_those_it_was_made_of() -> None:
    days, _, _ = invented.monthly_days(200, 36, (0.4, 0.6, 0.8, 0.5), 3)
    found = careers_of(invented.panel(days), start=500, stop=536)
    wanted, _ = invented.careers(200, 36, (0.4, 0.6, 0.8, 0.5), 3)
    assert (found.joined - 500 == wanted.joined).all()
    for name in ("before", "within", "last", "seen"):
        assert (getattr(found, name) == getattr(wanted, name)).all(), name


def test_groups_hold_every_member_once() -> None:
    made, _ = invented.careers(1_000, 24, LAW, 1)
    groups = grouped(made)
    assert groups.size == 1_000
    apart = {*zip(groups.before, groups.within, groups.last, groups.seen, strict=True)}
    assert len(apart) == len(groups.times)
    assert apart == {*zip(made.before, made.within, made.last, made.seen, strict=True)}


def test_tail_is_the_incomplete_beta_function() -> None:
    from scipy.special import betainc

    k, n, last = np.array([0, 3, 40, 7]), np.array([1, 2, 25, 30]), np.array([0, 4, 12, 0])
    found, _, _ = tails(k, n, last, 0.4, 0.3)
    assert np.exp(found) == pytest.approx(betainc(n, 0.4 + k, 1 / (0.3 + last + 1)), rel=1e-10)


def test_likelihood_is_the_integral_over_rates_and_dropouts() -> None:
    """The same number by quadrature over lambda and p of the likelihood of one member."""
    r, alpha, a, b = 1.7, 0.8, 2.2, 1.4
    made, _ = invented.careers(12, 12, (r, alpha, a, b), 8)
    parts = parts_of(made, np.log([r, alpha, a, b]))
    for i in range(len(made)):
        sums = (int(made.before[i]), int(made.within[i]), int(made.last[i]), int(made.seen[i]))
        active, gone = integrals(*sums, (r, alpha, a, b))
        assert parts.active[i] == pytest.approx(np.log(active), rel=1e-6)
        assert parts.gone[i] == pytest.approx(np.log(gone), rel=1e-6)


def integrals(
    k: int, n: int, last: int, seen: int, law: tuple[float, float, float, float]
) -> tuple[float, float]:
    from math import factorial

    from scipy.integrate import quad
    from scipy.stats import beta, gamma, poisson

    r, alpha, a, b = law
    x = k + n + 1

    def rate(part: Callable[[float], float]) -> float:
        return float(quad(lambda m: part(m) * gamma.pdf(m, r, scale=1 / alpha), 0, 60, limit=200)[0])

    def drop(part: Callable[[float], float]) -> float:
        return float(quad(lambda p: part(p) * beta.pdf(p, a, b), 0, 1, limit=200)[0])

    active = rate(lambda m: m ** (k + n) * np.exp(-m * seen)) / factorial(n) * drop(lambda p: (1 - p) ** x)
    gone = rate(lambda m: m**k * np.exp(-m * last) * poisson.sf(n - 1, m))
    return active, gone * drop(lambda p: p * (1 - p) ** (x - 1))


@pytest.mark.parametrize("first_day", [True, False])
def test_slope_is_that_of_the_likelihood(first_day: bool) -> None:  # noqa: FBT001 - a parameter of the test
    groups = grouped(invented.careers(300, 40, LAW, 2)[0])
    at = np.log([0.7, 0.2, 1.1, 0.4])
    _, slope = log_likelihood(groups, at, first_day=first_day)
    for place, step in enumerate(1e-5 * np.eye(4)):
        up, down = (log_likelihood(groups, at + s * step, first_day=first_day)[0] for s in (1, -1))
        assert slope[place] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-4)


def test_who_is_said_to_take_part_does() -> None:
    made, active = invented.careers(20_000, 48, LAW, 5)
    said = alive(made, np.log(LAW))
    for low in np.arange(0.0, 1.0, 0.1):
        here = (said >= low) & (said < low + 0.1)
        error = np.sqrt((said[here] * (1 - said[here])).sum())
        assert abs(said[here].sum() - active[here].sum()) < 4 * error + 1e-9


def test_estimates_come_near_the_truth() -> None:
    law = fit_law(grouped(invented.careers(20_000, 60, LAW, 4)[0]))
    assert law.found
    assert np.all(np.abs(law.logs - np.log(LAW)) < 4 * law.errors)
    assert np.all(law.errors < 0.1)


@pytest.fixture(scope="module")
def invented_panel() -> Panel:
    days, _, _ = invented.monthly_days(900, 72, LAW, 6)
    extra = np.random.default_rng(6).poisson(0.8 * days)
    return invented.panel(days, extra=extra)


def test_a_fit_says_what_is_measured(invented_panel: Panel) -> None:
    fit = calibrate(invented_panel, seed=3)
    assert (fit.stretch.start, fit.stretch.stop) == (500, 572)
    assert fit.law.size == 900
    estimates = {one.name: one for one in fit.estimates()}
    assert estimates["a"].provenance == "measured"
    assert estimates["a"].low < 0.8 < estimates["a"].high
    assert estimates["pay_jump"].provenance == "literature"
    params = fit.parameters()
    assert params.arrivals * fit.size == pytest.approx(900 / 72, rel=0.25)
    assert params.returning == 0


def test_draws_are_named_and_the_same_each_time(invented_panel: Panel) -> None:
    fit = calibrate(invented_panel, seed=3)
    draws = fit.draws(40)
    assert (draws.values == fit.draws(40).values).all()
    assert (draws.values != fit.draws(40, seed=4).values).any()
    assert draws["a"].shape == (40,)
    assert np.log(draws["a"]).std() == pytest.approx(fit.law.errors[2], rel=0.5)
    assert fit.parameters(draws.one(5)).a == pytest.approx(float(draws["a"][5]))
    with pytest.raises(OutOfRangeError, match="0 draws"):
        fit.draws(0)


def test_arviz_is_asked_for_by_name_where_it_is_not_installed(invented_panel: Panel) -> None:
    if importlib.util.find_spec("arviz") is not None:
        pytest.skip("ArviZ is installed")
    with pytest.raises(AllmendeError, match="ArviZ is not installed"):
        calibrate(invented_panel, check=False).draws(5).to_arviz()


def test_months_after_until_change_nothing(invented_panel: Panel) -> None:
    """A forecast from the past must not know the future."""
    whole = calibrate(invented_panel, until=text(540))
    cut = calibrate(invented_panel.between(500, 541), until=540)
    assert (whole.law.values == cut.law.values).all()
    assert whole.stretch.stop == 541


def test_few_members_are_refused_with_the_estimate_that_is_distrusted(invented_panel: Panel) -> None:
    few = invented_panel.between(500, 503)
    with pytest.raises(TooFewError, match="months are known") as refusal:
        calibrate(few)
    assert refusal.value.estimate == pytest.approx((few.lifetime_days()[few.counts() > 0] == 1).mean())
    assert "--until" in refusal.value.next_step


def test_nobody_is_refused() -> None:
    empty = replace(Panel.of_counts([0, 0]), start=500, stop=560)
    with pytest.raises(TooFewError, match="nobody has contributed"):
        calibrate(empty)
    with pytest.raises(OutOfRangeError, match="no month of the record"):
        calibrate(invented.panel(np.ones((40, 24), np.int64)), until="1980-01")


def test_only_newcomers_are_refused() -> None:
    days = np.zeros((200, 40), np.int64)
    days[np.arange(200), np.arange(200) % 40] = 1
    with pytest.raises(TooFewError, match="0 of them came on a second day"):
        calibrate(invented.panel(days))


def test_a_community_at_rest_says_so() -> None:
    days, _, _ = invented.monthly_days(300, 48, LAW, 6)
    days[:, 30:] = 0
    assert "at rest" in calibrate(invented.panel(days[days.sum(axis=1) > 0])).notes[0]
