"""Drift and vigour: what moves arrivals and activity of a whole world, year by year and from the start on."""

from pathlib import Path

import numpy as np
import pytest

from allmende.model.hearing import expected_arrivals, signals_of
from allmende.model.parameters import NULL
from allmende.model.rules import Acts
from allmende.model.signals import Signal
from allmende.model.state import Standing
from allmende.model.worlds import Batch, Worlds, columns_of
from allmende.plugins import get
from allmende.simulation import simulate


def heard(month: int, **values: float) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the ratio on rates and of expected arrivals, of worlds that are so old."""
    rules = get("economy", "commons").rules(**values)
    batch = Batch(9, 40, np.arange(3))
    columns = columns_of(batch, rules)
    worlds = Worlds.opened(batch, columns, Standing.of_room(np.full(3, 40)))
    worlds.month = month
    signals = signals_of(worlds, columns, Acts(), own_audience=False)
    return signals[:, Signal.RATE], np.log(expected_arrivals(worlds, columns, Acts()))


def test_drift_is_a_change_by_the_year_of_both_logarithms() -> None:
    for month in (0, 6, 30):
        for with_drift, without in zip(heard(month, drift=-0.3), heard(month), strict=True):
            assert np.allclose(with_drift - without, -0.3 * month / 12, atol=1e-12)


def test_vigour_moves_activity_alone_from_the_start_on() -> None:
    (rate, arrivals), (usual, came) = heard(7, vigour=0.4), heard(7)
    assert np.allclose(rate - usual, 0.4, atol=1e-12)
    assert (arrivals == came).all()


def test_newcomers_fall_as_the_drift_says() -> None:
    quiet = dict(NULL) | {"drift": -0.5, "arrivals": 0.5}
    told = simulate("commons", members=400, months=36, replicates=4, parameters=quiet, threads=1)
    came = told["newcomers"][0, 0].mean(axis=0)
    expected = 200 * np.exp(-0.5 * np.arange(36) / 12)
    assert came.sum() == pytest.approx(expected.sum(), rel=5 / np.sqrt(4 * expected.sum()))
    assert came[-12:].sum() == pytest.approx(expected[-12:].sum(), rel=5 / np.sqrt(4 * expected[-12:].sum()))


def test_a_drifting_world_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    asked = {"members": 60, "months": 30, "replicates": 2, "parameters": {"drift": -0.5}, "threads": 1}
    whole = simulate("commons", **asked)

    def progress(_stage: str, done: float, _total: float | None) -> None:
        if done >= 20 * 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate("commons", **asked, checkpoint=tmp_path / "kept", progress=progress)
    assert list((tmp_path / "kept").glob("*.state"))
    assert simulate("commons", **asked, checkpoint=tmp_path / "kept").hash() == whole.hash()
