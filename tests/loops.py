"""Loops over arrays around a kernel, compiled and in the interpreter, for the tests of kernels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from allmende.kernel import compiled


def over(function: Callable[..., Any], *arrays: Any, dtype: type = np.float64) -> np.ndarray:
    """The compiled function of each row of the arrays, which broadcast."""
    rows = [np.ascontiguousarray(each) for each in np.broadcast_arrays(*arrays)]
    out = np.empty(rows[0].size, dtype)
    compiled(_LOOPS[len(rows)](function))(*rows, out)
    return out


def plainly(function: Callable[..., Any], *arrays: Any, dtype: type = np.float64) -> np.ndarray:
    """The same in the interpreter."""
    rows = zip(*(each.tolist() for each in np.broadcast_arrays(*arrays)), strict=True)
    return np.array([function(*row) for row in rows], dtype)


def _of_one(function: Any) -> Any:
    def run(a: Any, out: Any) -> None:
        for i in range(out.size):
            out[i] = function(a[i])

    return run


def _of_two(function: Any) -> Any:
    def run(a: Any, b: Any, out: Any) -> None:
        for i in range(out.size):
            out[i] = function(a[i], b[i])

    return run


def _of_three(function: Any) -> Any:
    def run(a: Any, b: Any, c: Any, out: Any) -> None:
        for i in range(out.size):
            out[i] = function(a[i], b[i], c[i])

    return run


_LOOPS = {1: _of_one, 2: _of_two, 3: _of_three}
