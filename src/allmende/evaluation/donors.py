"""Donors: what other communities did in the same months, as a third and a fourth answer.

*difference*: the change of this community less the mean change of the donors (difference in
differences); how far donors differ from each other is the error. *synthetic*: a weighted mean of donors
that moved as this community did before the event, levels taken out (demeaned synthetic control; Doudchenko
and Imbens 2016, Ferman and Pinto 2021), its error the effect found by the same method in each donor, where
nothing happened. Both work on logarithms of monthly counts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from allmende.evaluation.expected import LEVELS, Window
from allmende.forecasting.history import History
from allmende.indicator import Interval
from allmende.months import MONTHS_A_YEAR

__all__ = ["FEWEST", "beside", "covering", "difference", "synthetic"]

Numbers = NDArray[np.float64]

FEWEST = 5
BEFORE = 48
_LEAST_BEFORE = 24
_HALF = 0.5
_ONE = 100.0  # weight of the demand that shares add up to one


def covering(histories: Sequence[History], window: Window) -> list[History]:
    """Those histories that know two years before the window and all of it."""
    return [
        one
        for one in histories
        if one.start <= window.known - _LEAST_BEFORE
        and one.stop >= window.stop
        and one.series[window.outcome][window.known - MONTHS_A_YEAR - one.start :].any()
    ]


def beside(
    history: History, donors: Sequence[History], window: Window
) -> Mapping[str, tuple[Interval, Interval]]:
    """Ratios of what happened to what donors let expect, an interval for each of `LEVELS`, by method.

    Args:
        history: The record.
        donors: At least `FEWEST` that cover the window (`covering`).
        window: The months of the event.
    """
    first = max(window.known - BEFORE, history.start, *(one.start for one in donors))
    table = np.array([_logs(one, window, first) for one in (history, *donors)])
    size = window.known - first
    return {
        "difference": _intervals(*difference(table[0], table[1:], size), len(donors)),
        "synthetic": _intervals(*synthetic(table[0], table[1:], size), len(donors)),
    }


def difference(own: Numbers, others: Numbers, before: int) -> tuple[float, float]:
    """Difference in differences and its standard error, as logarithms.

    Args:
        own: Logarithms of the community's counts, before and after. float64[months].
        others: Those of the donors. float64[donors, months].
        before: How many months lie before the event; the last twelve are compared.
    """
    table = np.vstack([own, others])
    change = table[:, before:].mean(axis=1) - table[:, max(0, before - MONTHS_A_YEAR) : before].mean(axis=1)
    spread = change[1:].std(ddof=1) * np.sqrt(1 + 1 / len(others))
    return float(change[0] - change[1:].mean()), float(spread)


def synthetic(own: Numbers, others: Numbers, before: int) -> tuple[float, float]:
    """Demeaned synthetic control, and the spread of the same in each donor, as logarithms.

    Args:
        own: Logarithms of the community's counts, before and after. float64[months].
        others: Those of the donors. float64[donors, months].
        before: How many months lie before the event.
    """
    in_donors = [
        _gap(others[place], np.delete(others, place, axis=0), before) for place in range(len(others))
    ]
    return _gap(own, others, before), float(np.sqrt(np.mean(np.square(in_donors))))


def _gap(own: Numbers, others: Numbers, before: int) -> float:
    from scipy.optimize import nnls

    centred = own - own[:before].mean()
    around = others - others[:, :before].mean(axis=1, keepdims=True)
    rows = np.vstack([around[:, :before].T, np.full(len(others), _ONE)])
    shares, _ = nnls(rows, np.r_[centred[:before], _ONE])
    return float((centred[before:] - shares @ around[:, before:]).mean())


def _logs(history: History, window: Window, first: int) -> Numbers:
    values = history.series[window.outcome]
    kept = np.r_[first : window.known, window.start : window.stop] - history.start
    answer: Numbers = np.log(values[kept] + _HALF)
    return answer


def _intervals(effect: float, spread: float, donors: int) -> tuple[Interval, Interval]:
    from scipy.stats import t

    def at(level: float) -> Interval:
        reach = float(t.ppf((1 + level) / 2, donors - 1)) * spread
        low, mid, high = np.exp([effect - reach, effect, effect + reach])
        return Interval(float(low), float(mid), float(high), level)

    return at(LEVELS[0]), at(LEVELS[1])
