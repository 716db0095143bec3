"""The architecture, executed: floors, cycles, sizes, names, and an import that does nothing."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import allmende

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "allmende"

# A module may import modules of lower floors, and of its own floor where they stand earlier in the list.
FLOORS = {
    "words": [
        "errors",
        "months",
        "files",
        "tomlfiles",
        "kernel",
        "elementary",
        "draws",
        "transforms",
        "counts",
        "priors",
        "params",
        "executors",
        "plugins",
    ],
    "nouns": [
        "events",
        "reader",
        "community",
        "grouping",
        "panel",
        "indicator",
        "apportionment",
        "ledger",
        "results",
        "keeping",
    ],
    "looking": [
        "inequality",
        "laws",
        "distributions",
        "tables",
        "foreign",
        "gitlog",
        "wikidump",
        "readers",
        "people",
        "records",
        "logs",
        "aggregation",
        "summaries",
        "reading",
        "sufficiency",
        "affiliation",
        "indicators",
        "resampling",
        "answers",
        "findings",
        "measurement",
        "standing",
    ],
    "grammar": ["model", "policy", "policyfile", "typology"],
    "worlds": ["economies", "policies", "simulation", "outcomes", "odd"],
    "questions": [
        "sweeps",
        "effects",
        "comparison",
        "conditions",
        "exhibits",
        "claim",
        "examination",
        "theory",
        "calibration",
        "forecasting",
        "evaluation",
    ],
    "telling": ["plots", "textformat", "reports"],
    "doors": ["study", "studio", "cli"],
}
PLACE = {
    name: (floor, place) for floor, names in enumerate(FLOORS.values()) for place, name in enumerate(names)
}
MODULE_LINES = 350
FUNCTION_LINES = 60


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found[name] = path
    return found


@cache
def imports() -> dict[str, set[str]]:
    """For each module, the modules of the package that it imports anywhere, lazily or not."""
    known = set(modules())
    graph: dict[str, set[str]] = {}
    for name, path in modules().items():
        graph[name] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            targets: list[str] = []
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert node.level == 0, f"{path}: relative import"
                targets = [f"{node.module}.{alias.name}" for alias in node.names]
                targets += [node.module] if node.module != "allmende" else []
            for target in targets:
                if target.startswith("allmende."):
                    inside = target.removeprefix("allmende.")
                    if inside in known and inside != name:
                        graph[name].add(inside)
                elif target == "allmende":
                    assert name == "", f"{path} imports the package itself"
    return graph


def unit(module: str) -> str:
    return module.partition(".")[0]


def test_every_module_has_a_floor() -> None:
    missing = {unit(name) for name in modules() if name} - set(PLACE)
    assert not missing, f"put these on a floor: {sorted(missing)}"


def test_imports_point_down() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, targets in imports().items()
        if name
        for target in targets
        if unit(target) != unit(name) and PLACE[unit(target)] > PLACE[unit(name)]
    ]
    assert not wrong, wrong


def test_there_is_no_cycle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for target in imports()[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in imports():
        visit(name, ())


@pytest.mark.parametrize("name", sorted(modules()))
def test_module_and_functions_are_small(name: str) -> None:
    text = modules()[name].read_text()
    assert text.count("\n") <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            docstring = ast.get_docstring(node, clean=False) or ""
            assert length - docstring.count("\n") <= FUNCTION_LINES, node.name


@pytest.mark.parametrize("name", sorted(modules()))
def test_public_names_are_listed_sorted_and_exist(name: str) -> None:
    tree = ast.parse(modules()[name].read_text())
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    ]
    if not listed:
        assert not defined, f"{name} defines {sorted(defined)} without __all__"
        return
    names = listed[0]
    assert sorted(names) == sorted(set(names))
    order = [(not entry.isupper(), not entry[:1].isupper(), entry) for entry in names]
    assert order == sorted(order), "constants, classes, functions, each in alphabetical order"
    assert defined <= set(names), f"not listed: {sorted(defined - set(names))}"
    module = importlib.import_module(f"allmende.{name}" if name else "allmende")
    for entry in names:
        assert getattr(module, entry) is not None or entry


def test_every_module_says_what_it_is() -> None:
    for name, path in modules().items():
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        assert docstring.partition("\n")[0].endswith((".", "?")), f"{name or 'allmende'}: {docstring[:60]!r}"


def test_importing_is_light_and_does_nothing() -> None:
    """`import allmende` loads nothing but itself, prints nothing, starts nothing."""
    code = (
        "import sys, threading; before = set(sys.modules); import allmende; "
        "new = set(sys.modules) - before; "
        "print(sorted(m for m in new if m.split('.')[0] not in sys.stdlib_module_names)); "
        "print(threading.active_count())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == ["['allmende']", "1"]
    assert answer.stderr == ""


def test_help_loads_nothing_heavy() -> None:
    """`allmende --help` needs neither NumPy nor anything above it."""
    code = (
        "import sys\nfrom allmende.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'duckdb', 'rich', 'jinja2', 'scipy', 'numba', 'xarray', 'pandas', 'msgspec'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "HEAVY []"


def test_verbs_are_where_the_package_says() -> None:
    for verb in allmende.__all__:
        assert callable(getattr(allmende, verb)), verb
    assert allmende.__all__ == sorted(allmende.__all__)


def test_no_module_is_called_by_a_name_that_says_nothing() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}
    assert not [name for name in modules() if forbidden & set(name.split("."))]


def tracked() -> list[Path]:
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: tracked files cannot be listed")
    return [ROOT / name for name in listing.split("\0") if name]


def test_nothing_tracked_names_a_package_index_or_a_machine() -> None:
    hosts = re.compile("|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(org|com)")))
    addresses = re.compile('"resolved"' + r': *"http|^-?-?(extra-)?index-url', re.MULTILINE)
    paths = re.compile(r"(?<![A-Za-z0-9_.~/-])/(work|root|home)/[A-Za-z0-9_.]")
    for path in tracked():
        if path.suffix in {".png", ".parquet", ".gz", ".bz2", ".7z"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        for pattern in (hosts, addresses, paths):
            if path.name.endswith((".bundle.js", ".lock")) and pattern is paths:
                continue
            match = pattern.search(text)
            assert match is None, f"{path.relative_to(ROOT)} has {match and match[0]!r}"


def test_plugin_folders_hold_only_plugins() -> None:
    """Every module of a plug-in folder defines at least one plug-in of its kind."""
    from allmende import plugins

    for kind in plugins.KINDS.values():
        package = importlib.import_module(kind.folder)
        wanted = kind.type()
        for info in pkgutil.iter_modules(package.__path__, f"{kind.folder}."):
            module = importlib.import_module(info.name)
            assert any(isinstance(value, wanted) for value in vars(module).values()), info.name
