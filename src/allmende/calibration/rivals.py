"""Rivals: the same record under other laws of dropping out, by likelihood.

    MBG/NBD      after every active day, the first included (Batislam, Denizel and Filiztekin 2007)
    BG/NBD       after every active day but the first (Fader, Hardie and Lee 2005)
    PDO          at the end of a month, whether active in it or not (Jerath, Fader and Hardie 2011)
    Pareto/NBD   at the end of a month, lifetimes of a Pareto law (Schmittlein, Morrison and Colombo 1987)

All in monthly steps and with the same factors left out, so their log-likelihoods are of the same data and may
be compared; each has four parameters. They rest on at most `MOST` members.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers, Groups, grouped
from allmende.calibration.lawfit import fit_law
from allmende.calibration.search import climb, slope_of
from allmende.elementary import exp, log
from allmende.kernel import compiled

__all__ = ["MOST", "Rival", "rivals"]

Numbers = NDArray[np.float64]
Lifetimes = Callable[[float, float, int], tuple[Numbers, Numbers]]

MOST = 3_000
_LOW = np.log([0.005, 1e-4, 0.01, 0.01])
_HIGH = np.log([20.0, 500.0, 50.0, 500.0])


@dataclass(frozen=True, slots=True)
class Rival:
    """A law fitted to the same members.

    Args:
        name: The law.
        log_likelihood: Its maximum.
        members: How many members it rests on.
        parameters: r and alpha of the rates, and two of dropping out.
    """

    name: str
    log_likelihood: float
    members: int
    parameters: tuple[float, float, float, float]


def rivals(careers: Careers) -> tuple[Rival, ...]:
    """All four laws fitted, the likeliest first.

    Args:
        careers: Members seen from their first day.
    """
    every = max(1, -(-len(careers) // MOST))
    some = np.arange(len(careers)) % every == 0
    groups = grouped(careers.where(some))
    found = []
    for name, first_day in (("MBG/NBD", True), ("BG/NBD", False)):
        law = fit_law(groups, first_day=first_day)
        found.append(_rival(name, law.log_likelihood, groups, law.values))
    for name, lifetimes in (("PDO", _periodic), ("Pareto/NBD", _pareto)):
        peak = climb(
            slope_of(_goal(groups, lifetimes), step=1e-4), np.log([0.4, 0.3, 0.8, 2.0]), low=_LOW, high=_HIGH
        )
        found.append(_rival(name, peak.height, groups, np.exp(peak.at)))
    return tuple(sorted(found, key=lambda one: -one.log_likelihood))


def _rival(name: str, height: float, groups: Groups, values: Numbers) -> Rival:
    first, second, third, fourth = values.tolist()
    return Rival(name, float(height), groups.size, (first, second, third, fourth))


def _goal(groups: Groups, lifetimes: Lifetimes) -> Callable[[Numbers], float]:
    """Log-likelihood of a law in which members drop out at the ends of months."""
    days, last, seen = (groups.before + groups.within), groups.last, groups.seen
    most = int(days.max(initial=0))
    factorial = np.r_[0.0, np.cumsum(np.log(np.arange(1, int(groups.within.max(initial=0)) + 1)))]
    months = int(seen.max(initial=1))

    def goal(logs: Numbers) -> float:
        r, alpha, first, second = np.exp(logs)
        rise = np.r_[0.0, np.cumsum(np.log(r + np.arange(most)))]
        leaving, staying = lifetimes(first, second, months)
        sums = np.zeros(len(days))
        compiled(_mixed)(days, last, seen, float(r), float(alpha), leaving, staying, sums)
        each = rise[days] + r * np.log(alpha) - factorial[groups.within] + sums
        return float((groups.times * each).sum())

    return goal


def _periodic(first: float, second: float, months: int) -> tuple[Numbers, Numbers]:
    """Logarithms of the chances to leave at the end of month 0, 1, ..., and to stay through so many."""
    from scipy.special import betaln

    month = np.arange(months + 1)
    base = betaln(first, second)
    leaving, staying = betaln(first + 1, second + month) - base, betaln(first, second + month) - base
    return np.asarray(leaving, np.float64), np.asarray(staying, np.float64)


def _pareto(shape: float, scale: float, months: int) -> tuple[Numbers, Numbers]:
    month = np.arange(months + 2)
    staying = shape * (log(scale) - np.log(scale + month))
    leaving = staying[:-1] + np.log(-np.expm1(staying[1:] - staying[:-1]))
    return np.asarray(leaving, np.float64), np.asarray(staying[:-1], np.float64)


def _mixed(  # noqa: PLR0917 - compiled code takes no keywords
    days: NDArray[np.int64], last: NDArray[np.int64], seen: NDArray[np.int64], r: float, alpha: float,
    leaving: Numbers, staying: Numbers, sums: Numbers,
) -> None:  # fmt: skip
    """For each group, the chance summed over the month in which they may have left."""
    for i in range(len(days)):
        shape = r + days[i]
        # Still there at the end of the window: seen - 1 ends of months were survived.
        highest = staying[seen[i] - 1] - shape * log(alpha + seen[i])
        total = 1.0
        for month in range(last[i], seen[i] - 1):
            one = leaving[month] - shape * log(alpha + month + 1.0)
            if one > highest:
                total = total * exp(highest - one) + 1.0
                highest = one
            else:
                total += exp(one - highest)
        sums[i] = highest + log(total)
