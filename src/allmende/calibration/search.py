"""Search: where a likelihood is highest, how sharply it falls from there, and draws from its shape.

Newton's method with a Hessian from differences of the slope, damped until a step rises. It needs no threads:
on a busy machine a solver with threaded linear algebra waits for them many times longer than this search
takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, key_of, uniform

__all__ = ["Peak", "climb", "gaussians", "resampled", "rooted", "slope_of"]

Numbers = NDArray[np.float64]
Goal = Callable[[Numbers], tuple[float, Numbers]]

_STEPS = 60
_STEP = 1e-4
_STILL = 1e-8
_LONGEST = 2.0
_HARDEST = 1e12
_SOFT = 1e-2


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a function is highest.

    Args:
        at: The place. float64[n].
        height: The value there.
        curvature: Minus the Hessian, made positive definite. float64[n, n].
        found: Whether the slope vanishes there; False where it still rises at a bound or steps ran out.
    """

    at: Numbers
    height: float
    curvature: Numbers
    found: bool

    @property
    def covariance(self) -> Numbers:
        """Inverse of the curvature: of the estimates, when the function is a log-likelihood."""
        return np.asarray(np.linalg.inv(self.curvature), np.float64)


def climb(goal: Goal, start: Numbers, *, low: Numbers, high: Numbers) -> Peak:
    """Climb to where the goal is highest.

    Args:
        goal: Answers the value and the slope.
        start: Where to begin.
        low: Least of each coordinate.
        high: Greatest of each.
    """
    at: Any = np.clip(np.asarray(start, np.float64), low, high)
    height, slope = goal(at)
    damping = 0.0
    for _ in range(_STEPS):
        curvature = _curvature(goal, at)
        free = ~(((at <= low) & (slope < 0)) | ((at >= high) & (slope > 0)))
        if float(np.max(np.abs(slope[free]), initial=0.0)) < _STILL * (1.0 + abs(height)):
            return Peak(at, height, _definite(curvature), found=bool(free.all()))
        improved = False
        while not improved and damping < _HARDEST:
            step = _step(curvature, slope, free, damping)
            there: Any = np.clip(at + step, low, high)
            value, new_slope = goal(there)
            improved = value > height
            damping = damping * 0.1 if improved and damping > _STILL else max(10.0 * damping, 1e-3)
        if not improved:
            break
        damping = 0.0 if damping < _SOFT else damping
        gained = value - height
        at, height, slope = there, value, new_slope
        if gained < 1e-11 * (1.0 + abs(height)):
            break
    small = float(np.max(np.abs(slope), initial=0.0)) < 1e-4 * (1.0 + abs(height))
    return Peak(at, height, _definite(_curvature(goal, at)), found=small)


def slope_of(value: Callable[[Numbers], float], *, step: float = 1e-5) -> Goal:
    """A goal from a function without a slope: central differences."""

    def goal(at: Numbers) -> tuple[float, Numbers]:
        sides = [
            (value(at + step * one), value(at - step * one)) for one in np.eye(len(at))
        ]  # fmt: skip
        return value(at), np.array([(up - down) / (2.0 * step) for up, down in sides])

    return goal


def rooted(covariance: Numbers) -> Numbers:
    """A matrix whose product with independent standard normals has that covariance."""
    values, vectors = np.linalg.eigh(covariance)
    answer: Numbers = vectors * np.sqrt(np.maximum(values, 0.0))
    return answer


def gaussians(seed: int, name: str, size: int, count: int) -> Numbers:
    """Standard normal numbers, keyed by a name and their place. float64[size, count].

    Args:
        seed: Seed of the study.
        name: What they are for.
        size: How many draws.
        count: How many numbers in each.
    """
    from allmende.model.worlds import normals_below

    u = uniform(
        seed, Decision.PRIOR, replicate=np.arange(size)[:, None], member=key_of(name),
        index=np.arange(count)[None, :],
    )  # fmt: skip
    return normals_below(u.ravel()).reshape(size, count)


def resampled(weights: Numbers, size: int, *, seed: int, name: str) -> NDArray[np.int64]:
    """Places drawn in proportion to weights, evenly spread (systematic resampling). int64[size]."""
    shift = float(uniform(seed, Decision.RESAMPLE, member=key_of(name)))
    below = np.cumsum(weights) / weights.sum()
    places = np.searchsorted(below, (np.arange(size) + shift) / size)
    # Systematic draws stand in order of their place; they are mixed so that any first part is as good.
    order = np.argsort(
        uniform(seed, Decision.RESAMPLE, replicate=np.arange(size), member=key_of(name), index=1)
    )
    return np.minimum(places, len(weights) - 1)[order].astype(np.int64)


def _step(curvature: Numbers, slope: Numbers, free: NDArray[np.bool_], damping: float) -> Numbers:
    step = np.zeros_like(slope)
    inner = curvature[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(inner)
    # Where the goal curves upwards Newton would walk down; the size of the curvature still scales the step.
    firm = np.maximum(np.abs(values), 1e-8) + damping * max(float(np.abs(values).max(initial=0.0)), 1e-8)
    step[free] = vectors @ ((vectors.T @ slope[free]) / firm)
    longest = float(np.abs(step).max(initial=0.0))
    return step * min(1.0, _LONGEST / longest) if longest > 0 else step


def _curvature(goal: Goal, at: Numbers) -> Numbers:
    rows = [
        (goal(at + _STEP * one)[1] - goal(at - _STEP * one)[1]) / (2.0 * _STEP) for one in np.eye(len(at))
    ]
    hessian = np.array(rows)
    return -0.5 * (hessian + hessian.T)


def _definite(curvature: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(curvature)
    least = 1e-6 * max(float(np.abs(values).max(initial=0.0)), 1e-6)
    answer: Numbers = (vectors * np.maximum(np.abs(values), least)) @ vectors.T
    return answer
