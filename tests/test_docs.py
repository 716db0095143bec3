"""The documentation, executed: every Python block and every command line that a page shows."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from allmende import plugins

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(python|console)( skip=[^\n]*)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def pages() -> Iterator[Path]:
    yield ROOT / "README.md"
    for path in sorted((ROOT / "docs").rglob("*.md")):
        if "_build" not in path.parts:
            yield path


def blocks(page: Path) -> list[tuple[str, str]]:
    """Kind and text of each block that is to run; a block may be skipped only with a reason."""
    found = []
    for kind, skip, text in BLOCK.findall(page.read_text()):
        if skip:
            assert len(skip.removeprefix(" skip=").strip('"')) > 5, f"{page}: a skipped block needs a reason"
            continue
        found.append((kind, text))
    return found


def make_clone(place: Path) -> None:
    """A small real repository with a story: what the pages call `my-project`."""
    place.mkdir()
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    run = lambda *words, **more: subprocess.run(  # noqa: E731
        ["git", *words], cwd=place, check=True, capture_output=True, env=plain | more
    )
    run("init", "-q", "-b", "main")
    people = [
        ("Ada Example", "ada@example.org"),
        ("Bo Example", "bo@example.net"),
        ("Cy Example", "cy@example.com"),
    ]
    for number in range(240):
        name, address = people[0 if number % 3 else (number // 3) % 3]
        if number % 10 == 9:
            name, address = f"Visitor {number}", f"visitor{number}@example.org"
        when = f"{1_600_000_000 + number * 86_400 * 5} +0200"
        run(
            "commit", "-q", "--allow-empty", "-m", f"change {number}",
            GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=address, GIT_AUTHOR_DATE=when,
            GIT_COMMITTER_NAME=name, GIT_COMMITTER_EMAIL=address, GIT_COMMITTER_DATE=when,
        )  # fmt: skip


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clone") / "my-project"
    make_clone(place)
    return place


@pytest.mark.parametrize("page", list(pages()), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_runs(page: Path, clone: Path, tmp_path: Path) -> None:
    to_run = blocks(page)
    if not to_run:
        return
    shutil.copytree(clone, tmp_path / "my-project")
    own = {"ALLMENDE_CACHE": str(tmp_path / "cache"), "ALLMENDE_KEY": str(tmp_path / "key"), "COLUMNS": "100"}
    environment = (
        os.environ | own | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    )
    script = []
    for kind, text in to_run:
        if kind == "python":
            script.append(text)
        else:
            for line in re.findall(r"^\$ (.*(?:\\\n.*)*)", text, re.MULTILINE):
                words = shlex.split(line.replace("\\\n", " "))
                done = subprocess.run(
                    words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{page.name}: $ {line}\n{done.stdout}{done.stderr}"
    if script:
        (tmp_path / "page.py").write_text("\n".join(script))
        done = subprocess.run(
            [sys.executable, "page.py"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{page.name}: {done.stdout}{done.stderr}"


def test_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", sorted(plugins.KINDS))
def test_every_plugin_is_documented(kind: str) -> None:
    """The reference page of a kind has a heading for each plug-in."""
    page = ROOT / "docs" / "reference" / f"{plugins.KINDS[kind].folder.rpartition(chr(46))[2]}.md"
    headings = set(re.findall(r"^#+ `?([A-Za-z0-9_-]+)`?", page.read_text(), re.MULTILINE))
    missing = set(plugins.find(kind)) - headings
    assert not missing, f"{page.name} lacks {sorted(missing)}; run `python tools/reference.py`"


def test_every_figure_that_is_cited_has_its_row() -> None:
    """Ids after `evidence.md`, and those that parameters lean on, stand on the page of evidence."""
    from allmende.model.economy import Economy

    page = (ROOT / "docs" / "evidence.md").read_text()
    rows = set(re.findall(r"^\| ([A-L][0-9]+b?) \|", page, re.MULTILINE))
    cited: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for line in re.findall(r"evidence\.md`? ([A-L0-9b, to-]+)", path.read_text()):
            cited |= set(re.findall(r"\b[A-L][0-9]+b?\b", line))
    for economy in plugins.find("economy").values():
        assert isinstance(economy, Economy)
        for row in economy.parameters.describe():
            cited |= set(row["evidence"].split(", ")) - {""}
    missing = {one for one in cited if not one.startswith("K")} - rows
    assert cited
    assert not missing, f"docs/evidence.md lacks {sorted(missing)}"
