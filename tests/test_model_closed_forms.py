"""Closed forms: a tenth of the comparisons of `benchmarks/verification.py`, and proof that they can fail.

False alarm 10^-6 a row, three in 10^5 for the page; each seed is fixed.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PAGE = Path(__file__).resolve().parent.parent / "benchmarks" / "verification.py"


@pytest.fixture(scope="module")
def verification() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verification", PAGE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["verification"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def null_model(verification: ModuleType) -> list:
    return list(verification.null_model(0.04))


def test_the_null_model_is_mbg_nbd(null_model: list) -> None:
    assert not [row for row in null_model if not row.good]
    assert len(null_model) == 18


@pytest.mark.parametrize("part", ["start", "draws", "answers"])
def test_the_simulator_keeps_the_closed_forms(verification: ModuleType, part: str) -> None:
    assert not [row for row in getattr(verification, part)(0.05) if not row.good]


def test_it_keeps_those_beside_the_null_model(verification: ModuleType) -> None:
    """CF2 to CF16, each at least once; those without an error must be exact."""
    found = list(verification.laws(0.1))
    assert not [row for row in found if not row.good]
    named = {row.name for row in found}
    assert {"CF2", "CF3", "CF6", "CF7", *(f"CF{number}" for number in range(9, 17))} <= named
    assert sum(row.error == 0 for row in found) >= 10


@pytest.mark.slow
def test_arrivals_keep_their_law(verification: ModuleType) -> None:
    assert not [row for row in verification.arrivals(0.1) if not row.good]


def test_a_wrong_law_raises_an_alarm(verification: ModuleType, null_model: list) -> None:
    """Alarms must be able to sound: the same runs against a law with the wrong `a` fail."""
    day_one = next(row for row in null_model if "day 1" in row.what)
    wrong = verification.Row(
        day_one.name, day_one.what, 0.9 / 1.4, day_one.found, day_one.error, day_one.draws
    )
    assert not wrong.good
