"""Plug-ins are found by folder and entry point; two of one name are refused with both files."""

import importlib
import sys
from pathlib import Path

import pytest

from allmende import plugins
from allmende.errors import PluginError, UnknownNameError
from allmende.indicator import Indicator
from allmende.reader import Reader


def test_finds_what_is_in_the_folders() -> None:
    assert {"git", "table", "wiki"} <= set(plugins.find("reader"))
    assert all(isinstance(one, Reader) for one in plugins.find("reader").values())
    assert all(isinstance(one, Indicator) for one in plugins.find("indicator").values())
    assert list(plugins.find("indicator")) == sorted(plugins.find("indicator"))


def test_unknown_kind_and_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'reader'"):
        plugins.find("readr")
    with pytest.raises(
        UnknownNameError, match=r"no indicator is called 'ginni'.*\n.*allmende list indicators"
    ):
        plugins.get("indicator", "ginni")


WRITTEN = '''
"""A plug-in from another distribution."""
from allmende.indicator import indicator

@indicator(family="activity", unit="members", reference="test")
def {name}(panel, /):
    """How many?"""
    return 1.0
'''


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installs a distribution with one module of indicators, and forgets it afterwards."""

    def install(name: str, module: str = "foreign_plugin") -> None:
        (tmp_path / f"{module}.py").write_text(WRITTEN.format(name=name))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[allmende.indicator]\nfirst = {module}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.invalidate_caches()
        plugins.find.cache_clear()

    yield install
    plugins.find.cache_clear()
    for module in [name for name in sys.modules if name.startswith("foreign_plugin")]:
        del sys.modules[module]


def test_entry_points_are_found(distribution) -> None:
    distribution("foreign_members")
    assert "foreign_members" in plugins.find("indicator")


def test_two_of_one_name_are_refused(distribution) -> None:
    distribution("gini", "foreign_plugin_two")
    with pytest.raises(PluginError, match=r"two plug-ins of kind indicator are called 'gini' - at .*and.*"):
        plugins.find("indicator")


def test_a_broken_distribution_is_named(distribution, tmp_path: Path) -> None:
    distribution("fine", "foreign_plugin_three")
    (tmp_path / "foreign_plugin_three.py").write_text("import does_not_exist\n")
    plugins.find.cache_clear()
    with pytest.raises(PluginError, match=r"'first' cannot be imported.*does_not_exist"):
        plugins.find("indicator")


def test_a_study_folder_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that lies beside data is data."""
    folder = tmp_path / "indicators"
    folder.mkdir()
    (folder / "evil.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.chdir(tmp_path)
    plugins.find.cache_clear()
    assert "evil" not in plugins.find("indicator")
