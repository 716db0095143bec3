"""A stranger's repository runs nothing, reaches nothing, and cannot cost more than was allowed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from allmende.errors import SourceRefusedError
from allmende.reader import ReadOptions
from allmende.readers.git import git
from hostile_git import SETTINGS, arm, bomb, long, remove_blob, run, small, trap

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def trapped(tmp_path_factory) -> Path:
    return trap(tmp_path_factory.mktemp("trap"))


def armed(trapped: Path, setting: str, *, missing: bool = False) -> Path:
    """The trap with one setting, and its canary gone."""
    arm(trapped, setting)
    (trapped.parent / "canary").unlink(missing_ok=True)
    return trapped


def test_there_are_45_settings_and_more():
    assert len(set(SETTINGS)) >= 45


@pytest.mark.parametrize(
    ("number", "command"),
    [
        (22, ("log",)),
        (15, ("log", "-p")),
        (32, ("log", "--numstat", "gap")),
        (0, ("status",)),
        (13, ("diff", "HEAD~2", "HEAD")),
    ],
)
def test_the_trap_is_one(trapped, number, command):
    """Git used plainly does fall into it: the canary is no decoration."""
    repository = armed(trapped, SETTINGS[number])
    if "gap" in command:
        shutil.copytree(trapped.parent, trapped.parent / "gap", ignore=shutil.ignore_patterns("gap"))
        remove_blob(trapped.parent / "gap" / "trap", "HEAD~1:file")
        repository, command = trapped.parent / "gap" / "trap", command[:-1]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    subprocess.run(
        ["git", *command],
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (trapped.parent / "canary").exists()


@pytest.mark.parametrize("setting", SETTINGS)
def test_nothing_is_executed(trapped, setting, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trapped.parent / "evil"))
    monkeypatch.setenv("GIT_DIR", str(trapped / ".git"))
    armed(trapped, setting)
    for options in (
        ReadOptions(),
        ReadOptions(touches=True, effort=True),
        ReadOptions(all_branches=True, cache=False),
        ReadOptions(),
    ):
        records = git(trapped, options)
        assert records.source.acts == len(records.events) == 3
        assert set(records.events.members) == {"Ada <ada@example.org>", "Carl <carl@example.org>"}
    assert not (trapped.parent / "canary").exists()


PARTIAL = [setting for setting in SETTINGS if "promisor" in setting or "partialClone" in setting]


@pytest.mark.parametrize("setting", PARTIAL)
def test_a_partial_clone_fetches_nothing(setting, tmp_path):
    repository = trap(tmp_path)
    remove_blob(repository, "HEAD~1:file")
    arm(repository, setting)
    records = git(repository, ReadOptions(cache=False, touches=True, effort=True))
    assert not (tmp_path / "canary").exists()
    assert records.source.acts == len(records.events) == 3
    assert records.events.effort_unit == "events"
    assert "partial clone" in records.source.notes[-1]
    assert "file" in records.events.touches.works


def test_no_socket_and_no_program_but_git(trapped, tmp_path):
    """What the kernel saw of a whole reading: no socket, and only git started."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    armed(trapped, SETTINGS[22])
    code = (
        "import sys; from pathlib import Path; from allmende.readers.git import git; "
        "from allmende.reader import ReadOptions\n"
        "options = ReadOptions(touches=True, effort=True)\n"
        "for _ in range(2): assert len(git(Path(sys.argv[1]), options).events) == 3"
    )
    log = tmp_path / "strace"
    done = subprocess.run(
        [strace, "-f", "-qq", "-e", "trace=network,execve", "-o", log, sys.executable, "-c", code, trapped],
        env=os.environ | {"ALLMENDE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        check=False,
    )
    if b"ptrace" in done.stderr and not log.exists():
        pytest.skip("this system allows no tracing")
    assert done.returncode == 0, done.stderr.decode()
    calls = log.read_text().splitlines()
    assert not [call for call in calls if re.search(r"\b(socket|connect|sendto|bind)\(", call)]
    started = [re.search(r'execve\("([^"]*)"', call) for call in calls]
    programs = [found[1] for found in started if found]
    assert programs[0] == sys.executable
    assert len(programs) > 3
    assert set(programs[1:]) == {shutil.which("git")}


def test_a_git_in_the_current_folder_is_not_started(tmp_path, monkeypatch):
    repository = small(tmp_path / "village")
    evil = repository / "git"
    evil.write_text(f"#!/bin/sh\n: > '{tmp_path}/canary'\n")
    evil.chmod(0o755)
    monkeypatch.setenv("PATH", f":.:{os.environ['PATH']}")
    monkeypatch.chdir(repository)
    assert len(git(Path(), ReadOptions(cache=False)).events) == 6
    assert not (tmp_path / "canary").exists()


def test_without_git_it_is_said(tmp_path, monkeypatch):
    repository = small(tmp_path / "village")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceRefusedError, match="git is not installed"):
        git(repository, ReadOptions(cache=False))


def test_the_repository_and_its_surroundings_stay_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path / "cache"))
    repository = small(tmp_path / "village")

    def state() -> dict[str, tuple[int, int]]:
        found = sorted(repository.rglob("*"))
        return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in found}

    before = state()
    git(repository, ReadOptions(touches=True, effort=True))
    assert state() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "village"]


def test_a_bomb_ends_within_the_budget(tmp_path):
    """A million paths in 100 kB: the commit is read, its files are left out and that is said."""
    repository = bomb(tmp_path / "bomb", levels=6)
    records = git(repository, ReadOptions(cache=False, touches=True, seconds=60, memory=2 << 30))
    assert records.source.acts == len(records.events) == 2
    assert records.source.truncated == ""
    assert "1 commits touch more than 100,000 files" in records.source.notes[-1]
    assert records.events.touches.works == ("harmless",)


@pytest.mark.parametrize(("seconds", "memory"), [(1.0, 2 << 30), (30.0, 256 << 20)])
def test_a_larger_bomb_costs_its_files_and_no_commit(tmp_path, seconds, memory):
    repository = bomb(tmp_path / "bomb", levels=8)
    records = git(repository, ReadOptions(cache=False, touches=True, seconds=seconds, memory=memory))
    assert records.source.acts == len(records.events) == 2
    assert records.events.touches is None
    assert "files of each commit could not be read" in records.source.notes[-1]


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    return long(tmp_path_factory.mktemp("many") / "long", commits=60_000)


def test_a_history_over_the_budget_is_measured_until(many):
    whole = git(many, ReadOptions(cache=False))
    assert whole.source.acts == len(whole.events) == 60_000
    records = git(many, ReadOptions(cache=False, seconds=0.02))
    assert "too large, measured from 2023-12-26 back until 2023-" in records.source.truncated
    assert 0 < records.source.acts == len(records.events) < 60_000
    assert records.events.ref[-1] == whole.events.ref[-1]


def test_damage_is_never_passed_over(tmp_path):
    repository = small(tmp_path / "village")
    commits = run(repository, "rev-list", "HEAD").split()
    missing = commits[-1]
    (repository / ".git" / "objects" / missing[:2] / missing[2:]).unlink()
    records = git(repository, ReadOptions(cache=False))
    assert "damaged" in records.source.truncated
    assert missing in records.source.truncated
    assert "hint" not in records.source.truncated
    assert records.source.acts == len(records.events) < 6


@pytest.mark.parametrize("which", ["missing", "empty", "garbage", "cut"])
def test_a_damaged_tip_is_an_error(tmp_path, which):
    repository = small(tmp_path / "village")
    tip = run(repository, "rev-parse", "HEAD")
    path = repository / ".git" / "objects" / tip[:2] / tip[2:]
    content = path.read_bytes()
    path.unlink()
    if which != "missing":
        path.write_bytes({"empty": b"", "garbage": b"x" * 100, "cut": content[:20]}[which])
    with pytest.raises(SourceRefusedError) as error:
        git(repository, ReadOptions(cache=False))
    assert "git could not read it" in str(error.value)
    assert "\n" not in error.value.given
    assert "hint" not in error.value.given


def test_a_branch_that_is_no_commit_is_an_error(tmp_path):
    repository = small(tmp_path / "village")
    blob = run(repository, "rev-parse", "HEAD:one")
    (repository / ".git" / "refs" / "heads" / "main").write_text(blob + "\n")
    with pytest.raises(SourceRefusedError):
        git(repository, ReadOptions(cache=False))


def test_the_budget_of_memory_is_that_of_the_columns_too(many):
    records = git(many, ReadOptions(cache=False, memory=32 << 20))
    assert "32 MiB of memory" in records.source.truncated
    assert records.source.acts == len(records.events) < 60_000


def test_limits_that_the_user_set_are_kept(tmp_path):
    repository = small(tmp_path / "village")
    code = (
        "import sys; from pathlib import Path; from allmende.readers.git import git; "
        "from allmende.reader import ReadOptions\n"
        'assert len(git(Path(sys.argv[1]), ReadOptions(cache=False, seconds=float("inf"))).events) == 6'
    )
    command = 'ulimit -t 100 && ulimit -d 4000000 && exec "$@"'
    subprocess.run(
        ["sh", "-c", command, "limited", sys.executable, "-c", code, repository],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        check=True,
    )
