"""Kernels: scalar functions that run as plain Python and, compiled, a thousand times faster.

A kernel is written once, as a plain function of numbers and arrays. Called directly it runs in the
interpreter: that is the reference, and it can be stepped through. `compiled(function)` compiles it
with Numba, together with every kernel that it calls by name; both give the same bits. Nothing is
compiled, and Numba is not imported, before the first `compiled`.

Rules for the author: call other kernels by their own name (`from allmende.draws import threefry`, not
`draws.threefry`); keep 64-bit words in uint64 by wrapping integer constants in `word(...)`; no
Python objects, no exceptions, no `math.exp` or `**` (use `allmende.elementary`, whose last bit does
not depend on a library).
"""

import hashlib
from collections.abc import Callable, Iterator
from enum import EnumType
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

__all__ = ["apart", "compiled", "kernel", "word"]

P = ParamSpec("P")
R = TypeVar("R")

_KERNELS: WeakSet[Any] = WeakSet()
_APART: WeakSet[Any] = WeakSet()
_COMPILED: dict[str, Any] = {}
_OF_FUNCTION: WeakKeyDictionary[Any, dict[tuple[bool, bool], Any]] = WeakKeyDictionary()


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Say that a function is a kernel. It stays what it is, and kernels that call it can be compiled."""
    _KERNELS.add(function)
    return function


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """Say that a kernel does so much at a time that it is compiled once and called, not copied into callers.

    >>> @apart
    ... @kernel
    ... def total(numbers: list[float]) -> float:
    ...     return sum(numbers)
    """
    _APART.add(function)
    return function


@kernel
def word(value: int) -> int:
    """An integer that is a 64-bit word; compiled, a uint64 (an integer constant would be an int64)."""
    return value


def compiled(function: Callable[P, R], *, parallel: bool = False, fastmath: bool = False) -> Callable[P, R]:
    """The kernel as machine code: same arguments, same answer bit for bit.

    Compiled on the first call for each type of arguments, kept on disk beside the source (or in the
    user's cache when that cannot be written), and compiled anew when this kernel or any kernel it
    calls has changed. The lock of the interpreter is released while it runs.

    Args:
        function: A kernel, or any function that calls kernels by name.
        parallel: Run `numba.prange` loops on all threads; the kernel must not depend on their order.
        fastmath: Let the compiler reorder sums. Breaks equality with the plain function: for throwaway use.

    >>> @kernel
    ... def doubled(x: float) -> float:
    ...     return 2.0 * x
    >>> doubled(1.5), compiled(doubled)(1.5)
    (3.0, 3.0)
    """
    known = _OF_FUNCTION.setdefault(function, {})
    if (fastmath, parallel) not in known:
        known[fastmath, parallel] = _same(function, {"fastmath": fastmath, "parallel": parallel})
    return cast("Callable[P, R]", known[fastmath, parallel])


def _within(function: Any, fastmath: bool) -> Any:  # noqa: FBT001 - private
    """The machine code of a kernel for other kernels only; the interpreter's door to it need not be made."""
    return _same(function, {"fastmath": fastmath, "no_cpython_wrapper": True, "no_cfunc_wrapper": True})


def _same(function: Any, options: dict[str, bool]) -> Any:
    """The machine code of a function that was made again, as closures are, is that of the first."""
    made_of = f"{function.__module__} {function.__qualname__} {options} {_fingerprint(function)}"
    name = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    if name not in _COMPILED:
        _COMPILED[name] = _compile(function, name, options)
    return _COMPILED[name]


def _compile(function: Any, name: str, options: dict[str, bool]) -> Any:
    if function is word:
        return _njit(_uint64, forceinline=True)
    replaced: dict[str, object] = {
        name: _within(used, options["fastmath"]) for name, used in _globals_used(function) if _is_kernel(used)
    }
    cells = tuple(
        CellType(_within(cell.cell_contents, options["fastmath"])) if _is_kernel(cell.cell_contents) else cell
        for cell in function.__closure__ or ()
    )
    twin = FunctionType(
        function.__code__,
        {**function.__globals__, **replaced},
        function.__name__,
        function.__defaults__,
        cells,
    )
    # Numba's disk cache looks at one file only; the name carries what the kernel is made of.
    twin.__qualname__ = f"{function.__qualname__}_{name}"
    twin.__module__ = function.__module__
    inlined = function in _KERNELS and function not in _APART
    options = {**options, "nogil": True, "forceinline": inlined}
    try:
        return _njit(twin, cache=True, **options)
    except RuntimeError:
        # The kernel was typed in and has no file, or no folder for machine code can be written.
        return _njit(twin, cache=False, **options)


def _njit(function: Any, **options: bool) -> Any:
    from numba import njit

    decorator: Any = njit
    return decorator(error_model="numpy", **options)(function)


def _uint64(value: int) -> Any:
    return np.uint64(value)


def _is_kernel(value: object) -> bool:
    return isinstance(value, FunctionType) and value in _KERNELS


def _globals_used(function: Any) -> Iterator[tuple[str, object]]:
    names = sorted({name for code in _codes(function.__code__) for name in code.co_names})
    return ((name, function.__globals__[name]) for name in names if name in function.__globals__)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _fingerprint(function: Any) -> str:
    """A hash of the kernel, the kernels it calls, and the constants that they read."""
    digest = hashlib.sha256()
    for code in _codes(function.__code__):
        constants = tuple(value for value in code.co_consts if not isinstance(value, CodeType))
        digest.update(repr((code.co_code, code.co_names, constants)).encode())
    cells = ((f"cell {at}", cell.cell_contents) for at, cell in enumerate(function.__closure__ or ()))
    for name, value in (*_globals_used(function), *cells):
        digest.update(f"{name}={_content(value)}".encode())
    return digest.hexdigest()


def _content(value: object) -> str:
    """What a value that a kernel reads is made of; never the same for two that differ."""
    if _is_kernel(value):
        return _fingerprint(value)
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, EnumType):
        members: Any = value.__members__
        return repr([(name, member.value) for name, member in members.items()])
    if isinstance(value, type | ModuleType | BuiltinFunctionType):
        return f"{value.__name__}"
    return repr(value)
