"""Kernels: the same function, in the interpreter and as machine code."""

import subprocess
import sys
from enum import IntEnum

import numpy as np
import pytest

from allmende.kernel import compiled, kernel, word

_FACTOR = 3


@kernel
def tripled(x: int) -> int:
    return _FACTOR * x


@kernel
def summed(values: np.ndarray) -> float:
    total = 0.0
    for i in range(values.size):
        total += tripled(values[i])
    return total


def test_a_kernel_stays_what_it_is() -> None:
    assert tripled(2) == 6
    assert summed(np.array([1, 2])) == 9.0


def test_compiled_follows_calls_to_other_kernels() -> None:
    assert compiled(summed)(np.array([1, 2])) == summed(np.array([1, 2]))


def test_the_same_kernel_is_compiled_once() -> None:
    assert compiled(summed) is compiled(summed)
    assert compiled(summed) is not compiled(summed, fastmath=True)


def test_a_closure_made_again_is_not_compiled_again() -> None:
    def of(rule, factor):
        def run(x: float) -> float:
            return rule(x) * factor

        return run

    assert compiled(of(tripled, 2.0)) is compiled(of(tripled, 2.0))
    assert compiled(of(tripled, 2.0))(1) == 6.0
    assert compiled(of(tripled, 4.0))(1) == 12.0


def test_members_of_an_enumeration_are_part_of_a_kernel() -> None:
    def of(status):
        def run() -> int:
            return status.GONE * 1

        return run

    first, second = IntEnum("Status", {"GONE": 3}), IntEnum("Status", {"GONE": 4})
    assert (compiled(of(first))(), compiled(of(second))()) == (3, 4)


@kernel
def total(values: np.ndarray) -> float:
    found = 0.0
    for i in range(values.size):
        found += values[i]
    return found


def test_options_do_not_share_machine_code() -> None:
    """Without reordering the sum is that of the interpreter; with it, it need not be."""
    values = np.random.default_rng(1).normal(0, 1e8, 10_000)
    compiled(total, fastmath=True)(values)
    assert compiled(total)(values) == total(values)
    names = {compiled(total, fastmath=fast).py_func.__qualname__ for fast in (True, False)}
    assert len(names) == 2


def test_a_kernel_in_a_closure_is_compiled_too() -> None:
    def of(rule):
        def run(values):
            for i in range(values.size):
                values[i] = rule(values[i])

        return run

    values = np.arange(4)
    compiled(of(tripled))(values)
    assert values.tolist() == [0, 3, 6, 9]


def test_a_word_is_unsigned_when_compiled() -> None:
    @kernel
    def high(x: int) -> int:
        return (x + word(1)) >> 63

    assert compiled(high)(np.uint64(2**63)) == 1
    assert high(2**63) == 1


def test_two_closures_over_different_kernels_do_not_share_machine_code() -> None:
    @kernel
    def one(x: float) -> float:
        return x + 1.0

    @kernel
    def two(x: float) -> float:
        return x + 2.0

    def of(rule):
        def run(x: float) -> float:
            return rule(x)

        return run

    assert compiled(of(one))(1.0) == 2.0
    assert compiled(of(two))(1.0) == 3.0


@pytest.mark.parametrize("change", ["constant", "callee"])
def test_a_changed_kernel_is_compiled_anew(tmp_path, change) -> None:
    """The disk cache must not answer for a kernel in another file which has changed since."""
    inner, outer = tmp_path / "inner.py", tmp_path / "outer.py"
    before = "from allmende.kernel import kernel\nC = 1.0\n@kernel\ndef inner(x):\n    return x + C\n"
    after = (
        before.replace("C = 1.0", "C = 2.0") if change == "constant" else before.replace("x + C", "x + 2.0")
    )
    inner.write_text(before)
    outer.write_text(
        "from allmende.kernel import compiled, kernel\nfrom inner import inner\n"
        "@kernel\ndef outer(x):\n    return inner(x)\n"
        "print(compiled(outer)(1.0), sum(compiled(outer).stats.cache_hits.values()))\n"
    )
    run = [sys.executable, str(outer)]
    first = subprocess.run(run, capture_output=True, text=True, check=True)
    again = subprocess.run(run, capture_output=True, text=True, check=True)
    inner.write_text(after)
    changed = subprocess.run(run, capture_output=True, text=True, check=True)
    assert (first.stdout, again.stdout, changed.stdout) == ("2.0 0\n", "2.0 1\n", "3.0 0\n")
