"""The simulator itself as a forecast: worlds of the calibrated community, nothing learned from others.

It says what what-ifs rest on. Each world has a draw of its own from what is believed of the parameters and of
the environment at the end of the record. Where `calibrate` refuses, members repeat their last year.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.fitting import calibrate
from allmende.errors import TooFewError
from allmende.forecasting.history import MONTHLY, History
from allmende.forecasting.naive import repeat_members
from allmende.panel import COLUMNS, Panel
from allmende.simulation import simulate

Numbers = NDArray[np.float64]
WORLDS = 120


def simulator(panel: Panel, known: History, *, months: int, seed: int) -> Mapping[str, Numbers]:
    """What worlds of the community do in the months after a history.

    Args:
        panel: The whole record; what lies outside the history is left out.
        known: The history.
        months: How many months.
        seed: Seed of the study.
    """
    kept = (panel.month >= known.start) & (panel.month < known.stop)
    columns = {name: getattr(panel, name)[kept] for name in COLUMNS}
    record = replace(panel, **columns, start=known.start, stop=known.stop + 1, _kept={})
    try:
        fit = calibrate(record, until=known.stop - 1, seed=seed, check=False)
        worlds = simulate(fit, months=months, draws=WORLDS, replicates=1, seed=seed, executor="serial")
    except TooFewError:
        return repeat_members(known, months=months, paths=WORLDS, seed=seed)
    return {name: np.asarray(worlds[name][0]).reshape(-1, months).astype(np.float64) for name in MONTHLY}
