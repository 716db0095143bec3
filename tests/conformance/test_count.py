"""Kinds x plug-ins x checks == tests collected: a suite that silently runs nothing is found here."""

import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

from allmende import plugins
from conformance_checks import CHECKS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def test_every_check_is_collected_for_every_plugin() -> None:
    suites = sorted(path for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
    for path in suites:
        importlib.import_module(path.stem)
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", "-m", "", *map(str, suites)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    collected: Counter[tuple[str, str]] = Counter()
    for line in listing.splitlines():
        place, _, name = line.partition("::")
        if name:
            collected[Path(place).stem, name.partition("[")[0]] += 1
    for kind, checks in CHECKS.items():
        installed = len(plugins.find(kind))
        assert installed, f"no {kind} is installed"
        for module, name in checks:
            assert collected[module, name] == installed, f"{module}.{name}: {collected[module, name]}"
    counted = sum(collected[key] for checks in CHECKS.values() for key in checks)
    assert counted == sum(len(plugins.find(kind)) * len(checks) for kind, checks in CHECKS.items())


def test_there_are_suites_for_indicators() -> None:
    importlib.import_module("test_indicators")
    assert len(CHECKS["indicator"]) >= 8


def test_there_are_suites_for_policies() -> None:
    importlib.import_module("test_policies")
    assert len(CHECKS["policy"]) >= 13
