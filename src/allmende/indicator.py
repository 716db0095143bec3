"""Indicator: a plug-in that answers one question about a window of a panel.

An indicator is a function `Panel -> number` or `Panel -> Curve`. It speaks about the panel's window and
may look back at the history before it. Its author writes only the mathematics: `measurement` slides
the window (one number for each month, year, ...), resamples members for the interval, and turns a
refusal (`TooFewError`) into a note that stands where the number would.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende.panel import Panel

__all__ = ["FAMILIES", "Curve", "Indicator", "Interval", "indicator"]

FAMILIES = ("activity", "renewal", "concentration", "labour", "ties", "exchange")


@dataclass(frozen=True, slots=True)
class Interval:
    """Uncertainty of a number: `level` of the resampled values lie between `low` and `high`."""

    low: float
    mid: float
    high: float
    level: float = 0.9


@dataclass(frozen=True, slots=True)
class Curve:
    """An answer that is a line, not a number.

    Args:
        x: Where, float64[n]: active day, cohort age in months, share of members.
        y: The answer there, float64[n], of the indicator's unit and range; nan where data are too few.
        weight: How many members (or acts) stand behind each point, float64[n].
        labels: How each x is written: "1", "3-4", "100+".
        x_title: What x is, with its unit.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    labels: tuple[str, ...]
    x_title: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator plug-in. Called, it answers.

    Args:
        name: Name under which users ask for it.
        family: One of `FAMILIES`.
        unit: "members", "share", "months", ... Shares are numbers from 0 to 1.
        bounds: Least and greatest possible answer.
        reference: Where the definition comes from: address of a CHAOSS page, paper, row of `evidence.md`.
        curve: Whether it answers a Curve.
        lifetime: Whether it needs the whole history (window = whole record) rather than a year.
        better: "higher", "lower", or "" where neither is plainly better.
        function: The function.
        module: Where it was defined.
    """

    name: str
    family: str
    unit: str
    bounds: tuple[float, float]
    reference: str
    curve: bool
    lifetime: bool
    better: str
    function: Callable[[Panel], float | Curve]
    module: str

    def __call__(self, panel: Panel, /) -> float | Curve:
        """The answer for the panel's window.

        Raises:
            TooFewError: data are too few; the error carries the estimate that is distrusted.
        """
        return self.function(panel)

    @property
    def question(self) -> str:
        """The question it answers: first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]

    @property
    def definition(self) -> str:
        """The whole docstring."""
        return (self.function.__doc__ or "").strip()


def indicator(
    *,
    family: str,
    unit: str,
    bounds: tuple[float, float] = (-inf, inf),
    reference: str,
    curve: bool = False,
    lifetime: bool = False,
    better: str = "",
) -> Callable[[Callable[[Panel], float | Curve]], Indicator]:
    """Make a function an indicator plug-in of the function's name; arguments as in `Indicator`."""
    assert family in FAMILIES, f"'{family}' is not one of {FAMILIES}"

    def decorate(function: Callable[[Panel], float | Curve]) -> Indicator:
        name = function.__name__
        return Indicator(
            name, family, unit, bounds, reference, curve, lifetime, better, function, function.__module__
        )

    return decorate
