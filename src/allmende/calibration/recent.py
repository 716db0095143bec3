"""Recent: how much newcomers and members did in the last year, which worlds set out from.

A law of independent days tells the days of a year and promises too many active months, because days come in
spells; and what was usual over five years is not what is usual now. So worlds do not begin at what the
likelihood has for five years: newcomers come as in the last year, `vigour` multiplies members' rates until
the active months expected of the same members in the last year are those that were counted, and contributions
a day are multiplied until those of the last year are. Members who are there, and their differences, are
those of the likelihood.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers
from allmende.calibration.likelihood import alive

__all__ = ["Recent", "Year", "recent_of"]

Numbers = NDArray[np.float64]

_MOST = 1.5
_STEPS = 40
_WORTH = 4.0


@dataclass(frozen=True, slots=True)
class Year:
    """What was counted in the last months of a record.

    Args:
        months: How many months.
        newcomers: Who came.
        active: Active members, summed over months.
        made: Contributions.
    """

    months: int
    newcomers: float
    active: float
    made: float


@dataclass(frozen=True, slots=True)
class Recent:
    """The level of the last year, against what the likelihood has.

    Args:
        newcomers: Newcomers a month.
        error: Standard error of its logarithm, were they to come one by one.
        vigour: Logarithm of the ratio on members' rates.
        work: Logarithm of the ratio on contributions a day beyond the first.
    """

    newcomers: float
    error: float
    vigour: float
    work: float


def recent_of(careers: Careers, law: Numbers, intensity: Numbers, extra: float, year: Year) -> Recent:
    """The ratios under which the same members would have done last year what they did.

    Each is drawn towards none by `_WORTH` counts, so that a handful of months moves little.

    Args:
        careers: Everybody of the window.
        law: r, alpha, a, b.
        intensity: From `work.intensities`.
        extra: Contributions a day beyond the first.
        year: What was counted.
    """
    usual = max(year.newcomers, 0.5)
    stays = alive(careers, np.log(law))
    shape = law[0] + careers.days - 1.0
    # Who is gone went after the last active month.
    sides = (
        (stays, law[1] + careers.seen, careers.seen),
        (1.0 - stays, law[1] + careers.last + 1.0, careers.last + 1),
    )
    begin = np.maximum(careers.seen - year.months, 0)
    joining = careers.seen <= year.months
    spans = [(weight, scale, np.maximum(until - begin - joining, 0)) for weight, scale, until in sides]

    def expected(vigour: float) -> float:
        ratio = np.exp(vigour)
        months = sum(
            weight * span * -np.expm1(-shape * np.log1p(ratio / scale)) for weight, scale, span in spans
        )
        return float(np.sum(months)) + float(joining.sum())

    low, high = -_MOST, _MOST
    wanted = year.active
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if expected(middle) < wanted else (low, middle)
    vigour = 0.5 * (low + high) * year.active / (year.active + _WORTH)
    # Days beyond the first of the month of joining are those of who stayed: who left then did so after few.
    stayed = joining * stays * shape / (law[1] + careers.seen)
    days = joining + np.exp(vigour) * (
        stayed + sum(weight * span * shape / scale for weight, scale, span in spans)
    )
    more = float((days * intensity).sum()) * extra
    ratio = (max(year.made - float(days.sum()), 0.0) + _WORTH) / (more + _WORTH)
    work = float(np.clip(np.log(ratio), -_MOST, _MOST))
    return Recent(usual / year.months, 1.0 / np.sqrt(usual), float(vigour), work)
