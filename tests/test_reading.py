"""Reading: any place, or many as one community; an act in several places counts once."""

import os
from pathlib import Path

import numpy as np
import pytest

import hostile_git as made
from allmende.errors import (
    SourceNotFoundError,
    SourceRefusedError,
    UnknownNameError,
    UnknownSourceError,
)
from allmende.reader import ReadOptions
from allmende.reading import places, read, reader_for


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ALLMENDE_KEY", str(tmp_path / "key"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return made.small(tmp_path / "clones" / "first")


def test_a_clone_is_a_community(repository: Path) -> None:
    community = read(repository)
    assert community.name == "first"
    assert len(community.events) == community.sources[0].acts == 6
    assert len(community.account) == 6
    assert community.truncated == ""


def test_a_folder_of_clones_is_one_community(repository: Path) -> None:
    other = made.make(repository.parent / "second")
    made.commit(other, "alone")
    (repository.parent / "notes").mkdir()
    community = read(repository.parent)
    assert [source.name for source in community.sources] == ["first", "second"]
    assert len(community.events) == 7
    assert community.name == "first and 1 more"


def test_what_a_fork_shares_counts_once(repository: Path) -> None:
    fork = repository.parent / "fork"
    made.run(repository, "clone", "-q", str(repository), str(fork))
    made.commit(fork, "only here")
    community = read(repository, fork)
    assert len(community.events) == 7
    assert len(np.unique(community.events.ref)) == 7
    assert community.sources[1].acts == 7


def test_acts_without_a_reference_are_all_kept(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(
            "time,member\n2020-01-01T00:00:00Z,ada\n2020-01-02T00:00:00Z,bo\n"
        )
    assert len(read(tmp_path / "a.csv", tmp_path / "b.csv").events) == 4


def test_an_override_that_is_not_there(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="nothing is at"):
        read(repository, overrides=tmp_path / "none")


def test_nothing_there() -> None:
    with pytest.raises(SourceNotFoundError, match=r"nothing is at 'no/such'.*Expected: a git repository"):
        read("no/such")


def test_nothing_recognised(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(b"PK")
    for place in (tmp_path, tmp_path / "letter.docx"):
        with pytest.raises(UnknownSourceError, match=r"no reader recognises.*Expected: .*git repositories"):
            places([place])


def test_unknown_reader(repository: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'git'"):
        reader_for(repository, reader="gitt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(repository: Path) -> None:
    repository.chmod(0)
    try:
        with pytest.raises(SourceRefusedError, match="may not be read"):
            read(repository)
    finally:
        repository.chmod(0o755)


def test_names_are_hidden_unless_shown(repository: Path) -> None:
    hidden, shown = read(repository), read(repository, show_names=True)
    assert hidden.identities.key_fingerprint
    assert not shown.identities.key_fingerprint
    assert not set(hidden.events.members) & set(shown.events.members)
    assert (hidden.events.member == shown.events.member).all()


def test_options_reach_the_reader(repository: Path) -> None:
    community = read(repository, options=ReadOptions(touches=True, effort=True))
    assert community.events.touches is not None
    assert community.events.effort_unit == "lines"
