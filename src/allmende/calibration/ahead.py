"""Ahead: the environment that worlds of a community meet, learned across communities.

A single record tells how far its own good and bad months lay apart, not how far the next year will be from
the last, nor that known communities decline a little. Both were chosen such that worlds of many communities
have the year that followed in their middle, and in the middle 80 % as often as they should
(`benchmarks/calibration.py starts`). Worlds set out from the level of the last year (`recent`); its
logarithm moves with the drift, and with an environment of more persistence and spread than the record has.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.recent import Recent
from allmende.calibration.search import gaussians

__all__ = ["LEARNED", "Ahead", "Learned", "ahead_of"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """What other communities teach of the coming year, in logarithms.

    Args:
        drift: Change a year of newcomers and of activity.
        vigour: Ratio on members' rates, beside that of the last year and the drift.
        work: Ratio on contributions a day beyond the first, beside that of the last year.
        joining: Least deviation of the environment of newcomers.
        activity: Least deviation of the environment of activity.
        persistence: Correlation of the environment with that of the month before.
        start: Deviation of the environment at the start.
    """

    drift: float
    vigour: float
    work: float
    joining: float
    activity: float
    persistence: float
    start: float


LEARNED = Learned(
    drift=-0.03, vigour=0.1, work=0.15, joining=0.65, activity=0.65, persistence=0.95, start=0.7
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Draws of where worlds set out from and how far they swing. float64[draws] each.

    Args:
        newcomers: Newcomers a month where the environment is as usual.
        joining_spread: Deviation of the environment in the logarithm of newcomers.
        activity_spread: Deviation of the environment in the logarithm of activity.
        vigour: Logarithm of the ratio on members' rates.
        work: Ratio on contributions a day beyond the first.
        environment: The environment at the start.
    """

    newcomers: Numbers
    joining_spread: Numbers
    activity_spread: Numbers
    vigour: Numbers
    work: Numbers
    environment: Numbers


def ahead_of(recent: Recent, joining: Numbers, activity: Numbers, *, seed: int | None) -> Ahead:
    """Where worlds set out from, such that the middle one goes on as last year did, but for the drift.

    Args:
        recent: The level of the last year.
        joining: Draws of the deviation of the environment of newcomers, as the record has it.
        activity: Of that of activity.
        seed: Seed of the draws; None for the most likely.
    """
    joined, acted = np.maximum(joining, LEARNED.joining), np.maximum(activity, LEARNED.activity)
    size = len(joined)
    luck = np.zeros((size, 2)) if seed is None else gaussians(seed, "ahead", size, 2)
    # The middle of last year lies half a year before the start. A factor of mean 1 has its median below.
    half_a_year = 0.5 * LEARNED.drift
    newcomers = np.log(recent.newcomers) + recent.error * luck[:, 0]
    newcomers = newcomers + half_a_year + 0.5 * joined**2
    vigour = recent.vigour + LEARNED.vigour + half_a_year + 0.5 * acted**2
    work = np.full(size, np.exp(recent.work + LEARNED.work))
    return Ahead(np.exp(newcomers), joined, acted, vigour, work, LEARNED.start * luck[:, 1])
