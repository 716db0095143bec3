"""What the likelihood does not reach: the table against exact posteriors, refusals, and what is said."""

from dataclasses import replace

import numpy as np
import pytest

import careers as invented
from allmende.calibration.fit import Fit, reachable, values_of
from allmende.calibration.fitting import calibrate
from allmende.calibration.summaries import MONTHLY, observed, summarised
from allmende.calibration.table import learned
from allmende.calibration.unseen import learn
from allmende.errors import OutOfRangeError, TooFewError
from allmende.model.recording import YEARLY
from allmende.simulation import diary, simulate

pytest.importorskip("sklearn", reason="scikit-learn, of the extra 'inference', is not installed")


def runs(size: int, noise: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two parameters, of which the summaries show the first with noise, and nothing of the second."""
    luck = np.random.default_rng(seed)
    parameters = luck.standard_normal((size, 2))
    shown = np.stack(
        [parameters[:, 0] + noise * luck.standard_normal(size) for _ in range(2)]
        + [luck.standard_normal(size)], axis=1,
    )  # fmt: skip
    return parameters, shown


def test_the_posterior_is_the_exact_one_where_that_is_known() -> None:
    """Two looks at a normal number with noise 1: mean (sum) / 3, variance 1/3."""
    parameters, shown = runs(6_000, 1.0)
    told = learned(("seen", "hidden"), parameters, shown, np.array([1.2, 0.6, 0.0]), seed=1)
    assert told.draws[:, 0].mean() == pytest.approx(0.6, abs=0.2)
    assert told.draws[:, 0].var() == pytest.approx(1 / 3, abs=0.12)
    assert told.covered[0] == pytest.approx(0.8, abs=0.1)
    assert dict(told.contractions()) == {"seen": pytest.approx(2 / 3, abs=0.12)}


def test_the_same_seed_teaches_the_same() -> None:
    parameters, shown = runs(600, 1.0)
    one, other = (
        learned(("seen", "hidden"), parameters, shown, np.array([1.0, 1.0, 0.0]), seed=4) for _ in range(2)
    )
    assert (one.draws == other.draws).all()


def test_what_is_not_shown_keeps_its_prior() -> None:
    parameters, shown = runs(3_000, 1.0)
    told = learned(("seen", "hidden"), parameters, shown, np.array([2.0, 2.0, 1.0]), seed=1)
    assert told.told[1] < 0.05
    assert "hidden" not in told.contractions()
    assert np.isnan(told.covered[1])


def test_a_record_outside_all_runs_teaches_nothing() -> None:
    parameters, shown = runs(3_000, 1.0)
    told = learned(("seen", "hidden"), parameters, shown, np.array([9.0, -9.0, 9.0]), seed=1)
    assert told.outside
    assert not told.contractions()
    assert (told.draws == parameters).all()


def test_summaries_of_a_record_are_those_of_the_world_it_is_of() -> None:
    """The same world as a panel and as recorded measures: the same numbers."""
    question = {"members": 60, "months": 24, "seed": 9}
    results = simulate("commons", replicates=1, **question)
    shown = {name: results[name][0, :, 0] for name in (*MONTHLY, *YEARLY)}
    panel = diary("commons", **question)
    found = observed(panel, start=panel.start, months=24)
    for name in ("active_members", "contributions", "active_days", "gini", "yearly_members"):
        assert found[name] == pytest.approx(np.asarray(shown[name], float), nan_ok=True), name
    # Members at the start have no past in a diary: the first days of theirs in it count as joining.
    found["newcomers"] = shown["newcomers"]
    assert summarised(found) == pytest.approx(summarised(shown))


def test_values_are_quantiles_of_priors_within_bounds() -> None:
    names = reachable("commons")
    assert "belonging" in names
    assert not {"r", "alpha", "pay_jump", "returning"} & set(names)
    middle = values_of("commons", names, np.zeros(len(names)))
    assert middle["belonging"] == pytest.approx(0.2, abs=0.02)
    far = values_of("commons", names, np.full(len(names), 60.0))
    assert all(np.isfinite(value) for value in far.values())


@pytest.fixture(scope="module")
def fit() -> Fit:
    days, _, _ = invented.monthly_days(500, 84, (0.4, 0.5, 0.8, 0.5), 11)
    return calibrate(invented.panel(days[days.sum(axis=1) > 0]), seed=2)


def test_a_fit_learns_and_says_how_little(fit: Fit) -> None:
    told = learn(fit, months=24, runs=300, seed=3)
    assert told.unseen is not None
    assert "parameters that the likelihood does not reach" in told.notes[-1] or "is a guess" in told.notes[-1]
    start = told.beginning(draws=5, seed=1)
    moved = told.unseen.contractions()
    for name in moved:
        assert start.draws[0].provenance(name) == "measured"


def test_records_that_cannot_speak_are_refused(fit: Fit) -> None:
    with pytest.raises(OutOfRangeError, match="7 months"):
        learn(fit, months=7)
    with pytest.raises(OutOfRangeError, match="keeps no record"):
        learn(replace(fit, panel=None))
    with pytest.raises(TooFewError, match="begins in"):
        learn(fit, months=120)
