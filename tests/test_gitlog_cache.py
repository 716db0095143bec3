"""What was read before: the same events whichever way they come, no name kept, damage passed over."""

import os
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from allmende.events import Events
from allmende.gitlog import cache, history
from allmende.reader import ReadOptions
from allmende.readers.git import git
from hostile_git import NOON, commit, hostile_history, run, small

ASKED = [ReadOptions(), ReadOptions(touches=True), ReadOptions(touches=True, effort=True)]


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def walks(monkeypatch) -> list[tuple[str, ...]]:
    """The commits at which each walk of history stopped; empty when nothing was walked."""
    seen: list[tuple[str, ...]] = []
    real = history.read

    def read(box, tips, *, known=(), **options):
        seen.append(known)
        return real(box, tips, known=known, **options)

    monkeypatch.setattr(history, "read", read)
    return seen


def fresh(repository: Path, options: ReadOptions):
    return git(repository, ReadOptions(cache=False, touches=options.touches, effort=options.effort))


def same(one, other) -> None:
    """Every column, name, touch, refusal and count is the same."""
    for field in fields(Events):
        left, right = getattr(one.events, field.name), getattr(other.events, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype, field.name
            assert left.tolist() == right.tolist(), field.name
        elif field.name == "touches" and left is not None:
            assert left.event.tolist() == right.event.tolist()
            assert left.work.tolist() == right.work.tolist()
            assert left.works == right.works
        else:
            assert left == right, field.name
    assert one.refusals.counts == other.refusals.counts
    assert one.source == other.source


@pytest.mark.parametrize("options", ASKED)
def test_second_read_walks_nothing(tmp_path, walks, options):
    repository = small(tmp_path / "village")
    first = git(repository, options)
    assert walks == [()]
    second = git(repository, options)
    assert walks == [()]
    same(first, second)
    same(fresh(repository, options), second)


@pytest.mark.parametrize("options", ASKED)
def test_new_commits_cost_only_what_is_new(tmp_path, walks, options):
    repository = small(tmp_path / "village")
    before = run(repository, "rev-parse", "HEAD")
    git(repository, options)
    for number in range(3):
        # Earlier, equal and later than what is there: ties and order must come out the same.
        commit(repository, f"new {number}", at=NOON + 100 * number)
    run(repository, "-c", "user.name=Zed", "commit", "--allow-empty", "-qm", "x", GIT_AUTHOR_NAME="\x01Aaron")
    extended = git(repository, options)
    assert walks == [(), (before,)]
    same(fresh(repository, options), extended)
    same(extended, git(repository, options))


@pytest.mark.parametrize("options", ASKED)
def test_hostile_histories_are_kept_too(tmp_path, options):
    repository, _ = hostile_history(tmp_path / "hostile")
    first, second = git(repository, options), git(repository, options)
    same(first, second)
    same(fresh(repository, options), second)
    assert first.refusals.examples == second.refusals.examples


def test_rewritten_history_is_read_again(tmp_path, walks):
    repository = small(tmp_path / "village")
    git(repository, ReadOptions())
    run(repository, "commit", "--amend", "-qm", "rewritten")
    rewritten = git(repository, ReadOptions())
    assert walks[-1] == ()
    same(fresh(repository, ReadOptions()), rewritten)
    run(repository, "reset", "-q", "--hard", "HEAD~1")
    shorter = git(repository, ReadOptions())
    same(fresh(repository, ReadOptions()), shorter)
    assert len(shorter.events) < len(rewritten.events)


def test_an_old_tip_that_is_gone_is_read_again(tmp_path):
    repository = small(tmp_path / "village")
    git(repository, ReadOptions())
    run(repository, "commit", "--amend", "-qm", "rewritten")
    run(repository, "reflog", "expire", "--expire=now", "--all")
    run(repository, "gc", "-q", "--prune=now")
    same(fresh(repository, ReadOptions()), git(repository, ReadOptions()))


def test_a_deepened_clone_is_read_again(tmp_path):
    repository = small(tmp_path / "village")
    run(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    place = tmp_path / "shallow"
    assert git(place, ReadOptions()).source.acts == 1
    run(place, "fetch", "-q", "--unshallow")
    whole = git(place, ReadOptions())
    assert whole.source.acts == 6
    assert whole.source.truncated == ""
    same(fresh(place, ReadOptions()), whole)


def test_no_name_no_address_no_path_is_kept(tmp_path, kept):
    repository = small(tmp_path / "village")
    records = git(repository, ReadOptions(touches=True, effort=True))
    (file,) = kept.glob("*.history")
    text = file.read_bytes()
    words = [
        b"Ada",
        b"ada@",
        b"example.org",
        b"Carl",
        *(os.fsencode(work) for work in records.events.touches.works),
    ]
    assert not [word for word in words if word in text]
    assert str(repository).encode() not in text
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["cut", "empty", "flip", "garbage", "other"])
def test_a_damaged_file_is_passed_over_and_written_anew(tmp_path, kept, damage):
    repository = small(tmp_path / "village")
    options = ReadOptions(touches=True)
    first = git(repository, options)
    (file,) = kept.glob("*.history")
    whole = file.read_bytes()
    for place in range(0, len(whole), 101) if damage in {"cut", "flip"} else [0]:
        damaged = {
            "cut": whole[:place],
            "empty": b"",
            "flip": whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :],
            "garbage": b"x" * 1000,
            "other": b"PK\x03\x04" + whole[4:2000],
        }[damage]
        file.write_bytes(damaged)
        same(first, git(repository, options))
    git(repository, options)
    assert len(file.read_bytes()) == len(whole)


def test_another_version_is_passed_over(tmp_path, walks, monkeypatch):
    repository = small(tmp_path / "village")
    git(repository, ReadOptions())
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    git(repository, ReadOptions())
    assert walks == [(), ()]


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path, kept):
    repository = small(tmp_path / "village")
    kept.write_text("a file where the folder should be")
    assert len(git(repository, ReadOptions()).events) == 6


def test_no_draft_is_left_behind(tmp_path, kept):
    repository = small(tmp_path / "village")
    git(repository, ReadOptions())
    assert [path.suffix for path in kept.iterdir()] == [".history"]


def test_two_repositories_do_not_meet(tmp_path):
    one = small(tmp_path / "one")
    other = shutil.copytree(one, tmp_path / "other")
    git(one, ReadOptions())
    commit(other, "more", at=NOON + 999)
    assert len(git(other, ReadOptions()).events) == 7
    assert len(git(one, ReadOptions()).events) == 6


def test_clocks_far_wrong_lose_and_double_nothing(tmp_path):
    """With committer dates that run backwards git's own walk may tell old commits as new."""
    repository = small(tmp_path / "village")
    options = ReadOptions()
    for number in range(12):
        git(repository, options)
        commit(repository, f"wrong {number}", at=NOON - 10**6 * number if number % 3 else NOON + 10**8)
        same(fresh(repository, options), git(repository, options))
