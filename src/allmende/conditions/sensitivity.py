"""Sensitivity: on which parameters does an outcome depend, and by how much?

The share of an outcome's variance that goes with one parameter alone (Sobol's first-order index), from runs
that were made anyway: the outcome is regressed on the first six cosines of the parameter's place in its
belief.

    B_m(u) = cos(m pi u), m = 1..6      S = R^2 of y on B, corrected for its six degrees of freedom

This is the method COSI of Plischke (2012), "How to compute variance-based sensitivity indicators with your
spreadsheet software"; it sees bends and steps as well as slopes. The test against chance is the F test of
that regression, held to the number of parameters by Holm's method. Intervals are by jackknife over twenty
interleaved parts. Total indices, which count interplay, need runs of their own: `total_shares`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.errors import AllmendeError, OutOfRangeError

__all__ = ["Share", "cosines", "holm", "shares", "total_shares"]

Numbers = NDArray[np.float64]
_COSINES = 6
_PARTS = 20
_Z95 = 1.959963984540054
_LEAST_DRAWS = 4 * _PARTS
_TINY = 1e-12


class Share(NamedTuple):
    """How much of an outcome's variance goes with a parameter.

    Args:
        parameter: Its name.
        share: The share, 0 to 1.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: How likely chance alone makes such a share, with all parameters that were looked at counted in
            (Holm); 1 in `total_shares`, which do not test.
    """

    parameter: str
    share: float
    low: float
    high: float
    p: float


def cosines(unit: Numbers) -> Numbers:
    """The first cosines of places between 0 and 1, one more axis at the end.

    >>> cosines(np.array([0.5])).round(9).tolist()
    [[0.0, -1.0, -0.0, 1.0, 0.0, -1.0]]
    """
    return np.cos(np.pi * unit[..., None] * np.arange(1, _COSINES + 1))


def shares(unit: Numbers, names: Sequence[str], outcome: Numbers) -> tuple[Share, ...]:
    """The share of each parameter in the variance of an outcome, in the order of the names.

    Draws in which the outcome was not measured are left out. An outcome that does not vary, or fewer than 80
    draws, give shares of 0 with p = 1.

    Args:
        unit: Places of the parameters in their beliefs. float64[draws, parameters].
        names: Of the parameters.
        outcome: One number for each draw, nan where it was not measured.

    >>> unit = np.random.default_rng(1).random((500, 2))
    >>> [round(each.share, 1) for each in shares(unit, ["a", "b"], unit[:, 0])]
    [1.0, 0.0]
    """
    from scipy.special import fdtrc

    told = np.isfinite(outcome)
    unit, outcome = unit[told], outcome[told]
    if outcome.size < _LEAST_DRAWS or outcome.std() <= _TINY * np.abs(outcome).max():
        return tuple(Share(name, 0.0, 0.0, 0.0, 1.0) for name in names)
    plain, half = _explained_and_half(unit, (outcome - outcome.mean()) / outcome.std())
    free = outcome.size - _COSINES - 1
    ratio = plain / _COSINES / np.maximum((1 - plain) / free, _TINY)
    adjusted = holm(np.asarray(fdtrc(_COSINES, free, ratio)))
    found = np.clip(_corrected(plain, outcome.size), 0.0, 1.0)
    low, high = np.maximum(found - half, 0.0), np.minimum(found + half, 1.0)
    rows = np.stack([found, low, high, adjusted], axis=1).tolist()
    return tuple(Share(name, *row) for name, row in zip(names, rows, strict=True))


def _explained_and_half(unit: Numbers, outcome: Numbers) -> tuple[Numbers, Numbers]:
    """R squared of each parameter, and half of the interval of its corrected value."""
    count, parameters = unit.shape
    rows = -(-count // _PARTS)
    columns = np.zeros((rows * _PARTS, parameters, _COSINES + 2))
    columns[:count, :, 0], columns[:count, :, -1] = 1.0, outcome[:, None]
    columns[:count, :, 1:-1] = cosines(unit)
    # Sums of products of each part; what is left without a part is the whole less its sums.
    parts = columns.reshape(rows, _PARTS, parameters, -1).transpose(2, 1, 0, 3)
    sums = parts.transpose(0, 1, 3, 2) @ parts
    whole = sums.sum(axis=1)
    without = _corrected(_explained(whole[:, None] - sums), count - count / _PARTS)
    spread = ((without - without.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return _explained(whole), _Z95 * np.sqrt((_PARTS - 1) / _PARTS * spread)


def _explained(products: Numbers) -> Numbers:
    """R squared from the sums of products of (1, cosines, outcome); any number of them at once."""
    inner, cross = products[..., :-1, :-1], products[..., :-1, -1]
    count, total = products[..., 0, 0], products[..., 0, -1]
    fitted = (cross * np.linalg.solve(inner, cross[..., None])[..., 0]).sum(axis=-1)
    spread = products[..., -1, -1] - total**2 / count
    return np.asarray(np.clip((fitted - total**2 / count) / spread, 0.0, 1.0))


def _corrected(explained: Numbers, count: float) -> Numbers:
    return 1 - (1 - explained) * (count - 1) / (count - _COSINES - 1)


def holm(p: Numbers) -> Numbers:
    """P-values held to the number of tests: the chance that any of them is a false alarm (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.5])).tolist()
    [0.03, 0.08, 0.5]
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    found = np.empty_like(p)
    found[order] = np.minimum(raised, 1.0)
    return found


def total_shares(names: Sequence[str], outcome: Numbers, *, seed: int = 1) -> tuple[Share, ...]:
    """Total indices (Sobol', Homma and Saltelli) with their intervals, by SALib: interplay counted in.

    Args:
        names: The parameters of a design of `saltelli`.
        outcome: One number for each of its draws, in their order.
        seed: Seed of the resampling.

    Raises:
        AllmendeError: SALib is not installed.
        OutOfRangeError: the number of outcomes does not fit the design, or one of them is not a number.
    """
    rows = len(names) + 2
    if outcome.size % rows or not np.isfinite(outcome).all():
        raise OutOfRangeError(
            f"{outcome.size} outcomes for {len(names)} parameters",
            where="total_shares",
            expected=f"a number for each draw of `saltelli`, a multiple of {rows}",
        )
    try:
        from SALib.analyze import sobol
    except ImportError as error:
        raise AllmendeError(
            "total indices need SALib, which is not installed",
            next_step="pip install 'allmende[sensitivity]'",
        ) from error
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    found = sobol.analyze(problem, outcome, calc_second_order=False, seed=np.random.default_rng(seed))
    return tuple(
        Share(name, float(total), float(total - half), float(total + half), 1.0)
        for name, total, half in zip(names, found["ST"], found["ST_conf"], strict=True)
    )
