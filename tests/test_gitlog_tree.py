"""The tree as data: contents of the named files now and over time, from repositories that mean harm too."""

from pathlib import Path

import pytest

from allmende.errors import SourceNotFoundError
from allmende.gitlog import tree
from allmende.gitlog.tree import Tree, changes_of, tree_of
from hostile_git import NOON, SETTINGS, arm, bomb, commit, make, run, trap

NAMES = ("licen[cs]e*", "copying*")


def wanted(path: str) -> bool:
    return path.lower().startswith(("licen", "copying"))


@pytest.fixture(scope="module")
def relicensed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Permissive, then nothing that matters, then source-available under another name; one in a folder."""
    repository = make(tmp_path_factory.mktemp("relicensed"))
    commit(repository, "COPYING", "MIT License\n", at=NOON)
    commit(repository, "src/LICENSE", "Server Side Public License\n", at=NOON + 100)
    commit(repository, "code", at=NOON + 200)
    (repository / "COPYING").unlink()
    commit(repository, "License.txt", "Business Source License 1.1\n", at=NOON + 300)
    return repository


def test_tree_of_reads_what_is_wanted_and_lists_the_rest(relicensed: Path) -> None:
    found = tree_of(relicensed, wanted)
    assert set(found.paths) == {"License.txt", "code", "src/LICENSE"}
    assert found.texts == {"License.txt": "Business Source License 1.1\n"}
    assert found.at == NOON + 300
    assert found.commit == run(relicensed, "rev-parse", "HEAD")


def test_changes_are_those_of_the_top_folder_in_order_of_time(relicensed: Path) -> None:
    found = changes_of(relicensed, NAMES)
    assert [one.at for one in found] == [NOON, NOON + 300]
    assert [dict(one.texts) for one in found] == [
        {"COPYING": "MIT License\n"},
        {"License.txt": "Business Source License 1.1\n"},
    ]


def test_many_changes_keep_both_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make(tmp_path / "often")
    for day in range(9):
        commit(repository, "LICENSE", f"version {day}\n", at=NOON + day)
    monkeypatch.setattr(tree, "MOST_CHANGES", 4)
    assert [one.texts["LICENSE"] for one in changes_of(repository, NAMES)] == [
        f"version {day}\n" for day in (0, 1, 7, 8)
    ]


def test_without_commits_there_is_nothing(tmp_path: Path) -> None:
    repository = make(tmp_path / "empty")
    assert tree_of(repository, wanted) == Tree("", (), {})
    assert changes_of(repository, NAMES) == ()


def test_no_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        changes_of(tmp_path, NAMES)


@pytest.mark.parametrize("setting", SETTINGS)
def test_nothing_is_executed(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = trap(tmp_path)
    arm(repository, setting)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(tmp_path / "evil"))
    (tmp_path / "canary").unlink(missing_ok=True)
    found = tree_of(repository, lambda path: path == "file")
    changes = changes_of(repository, ("file",))
    assert not (tmp_path / "canary").exists()
    assert found.texts == {"file": "changed\n"}
    assert len(changes) == 2


def test_names_with_control_characters_are_listed_and_never_asked_for(tmp_path: Path) -> None:
    repository = make(tmp_path / "odd")
    commit(repository, "LICENSE\nHEAD:code", "MIT License\n")
    commit(repository, "licence \x1b[31m", "MIT License\n", at=NOON + 1)
    commit(repository, "LICENSE", "ISC License\n", at=NOON + 2)
    assert tree_of(repository, wanted).texts == {"LICENSE": "ISC License\n"}
    assert [dict(one.texts) for one in changes_of(repository, NAMES)][-1] == {"LICENSE": "ISC License\n"}


def test_a_huge_or_binary_licence_is_left_out_or_harmless(tmp_path: Path) -> None:
    repository = make(tmp_path / "huge")
    (repository / "LICENSE").write_bytes(b"MIT License " * 100_000)
    (repository / "COPYING").write_bytes(bytes(range(256)) * 4)
    commit(repository, "code")
    found = tree_of(repository, wanted)
    assert set(found.texts) == {"COPYING"}
    assert "\ufffd" in found.texts["COPYING"]
    assert set(changes_of(repository, NAMES)[0].texts) == {"COPYING"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not yours\n")
    repository = make(tmp_path / "linked")
    (repository / "LICENSE").symlink_to(secret)
    commit(repository, "code")
    assert tree_of(repository, wanted).texts == {"LICENSE": str(secret)}


def test_a_bomb_is_refused_or_listed_within_bounds(tmp_path: Path) -> None:
    found = tree_of(bomb(tmp_path / "bomb", levels=6), wanted)
    assert len(found.paths) <= tree.MOST_PATHS
