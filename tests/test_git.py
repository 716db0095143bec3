"""The git reader on ordinary, odd and hostile repositories made with git itself."""

import random
from pathlib import Path

import numpy as np
import pytest

import git_fuzz
from allmende.errors import SourceNotFoundError
from allmende.events import ACTIONS, OFFSET_UNKNOWN, RECORDER_UNKNOWN
from allmende.reader import ReadOptions
from allmende.readers.git import git
from hostile_git import (
    HOSTILE_COMMITS,
    NOON,
    commit,
    hostile_history,
    make,
    remove_blob,
    run,
    small,
    write_object,
)

FRESH = ReadOptions(cache=False)


def counted(repository: Path, *revisions: str) -> int:
    return int(run(repository, "rev-list", "--count", *(revisions or ("HEAD",))))


def test_a_small_history_is_read_as_it_is(tmp_path):
    repository = small(tmp_path / "village")
    records = git(repository, FRESH)
    events = records.events
    assert records.source.name == "village"
    assert records.source.acts == counted(repository) == len(events) == 6
    assert (events.at - NOON * 1_000_000).tolist() == [0, 10**8, 15 * 10**7, 2 * 10**8, 2 * 10**8, 3 * 10**8]
    assert sorted(events.offset.tolist()) == [-150, 0, 60, 60, 60, 345]
    assert [ACTIONS[code] for code in events.action] == ["make"] * 5 + ["decide"]
    assert {events.members[code] for code in events.member} == {"Ada <ada@example.org>"}
    assert {events.members[code] for code in events.recorder} == {"Carl <carl@example.org>"}
    assert events.ref[-1].decode() == run(repository, "rev-parse", "HEAD")
    assert (events.effort == 1).all()
    assert events.effort_unit == "events"
    assert events.touches is None
    assert records.source.truncated == ""


def test_touches_and_lines(tmp_path):
    repository = small(tmp_path / "village")
    events = git(repository, ReadOptions(cache=False, touches=True, effort=True)).events
    assert events.effort_unit == "lines"
    touched = {
        events.ref[row].decode(): {
            events.touches.works[code] for code in events.touches.work[events.touches.event == row]
        }
        for row in range(len(events))
    }
    for commit_id, works in touched.items():
        told = run(repository, "show", "-z", "--format=", "--name-only", commit_id).split("\0")
        merge = " " in run(repository, "show", "-s", "--format=%P", commit_id)
        assert works == (set() if merge else {path for path in told if path})
    assert events.effort.sum() == sum(
        int(line.split("\t")[0]) + int(line.split("\t")[1])
        for line in run(repository, "log", "--format=", "--numstat").splitlines()
        if line
    )


def test_every_hostile_commit_is_an_event_or_a_counted_refusal(tmp_path):
    repository, names = hostile_history(tmp_path / "hostile")
    for options in (FRESH, ReadOptions(cache=False, touches=True), ReadOptions(cache=False, effort=True)):
        records = git(repository, options)
        assert records.source.truncated == ""
        assert (
            len(records.events) + records.refusals.total
            == records.source.acts
            == counted(repository)
            == len(names)
        )
        read = {names[ref.decode()] for ref in records.events.ref}
        for case, (_, event) in HOSTILE_COMMITS.items():
            assert event is None or (case in read) == event, case
        assert {"octopus", "same parent twice", "top"} <= read
        for places in records.refusals.examples.values():
            assert all(place in names for place in places)


def test_hostile_values_are_what_they_should_be(tmp_path):
    repository, names = hostile_history(tmp_path / "hostile")
    events = git(repository, FRESH).events
    row = {names[ref.decode()]: number for number, ref in enumerate(events.ref)}
    six = row["zone of six digits"]
    assert events.at[six] == 1_300_000_000_000_000
    assert events.offset[six] == OFFSET_UNKNOWN
    assert events.offset[row["zone of half an hour"]] == -150
    assert events.offset[row["zone of 101"]] == 61
    assert events.offset[row["zone of 99 hours"]] == OFFSET_UNKNOWN
    assert events.members[events.member[row["Latin-1 without header"]]] == "David_Kågedal <d@x>"
    assert events.members[events.member[row["Latin-1 with header"]]] == "Kågedal <d@x>"
    assert events.members[events.member[row["empty name"]]] == " <a@x>"
    assert events.recorder[row["no committer line"]] == RECORDER_UNKNOWN
    assert events.recorded[row["committer beyond 64 bits"]] == events.at[row["committer beyond 64 bits"]]
    assert events.at[row["year 100000"]] == 3_093_527_980_800_000_000
    assert " <>" not in events.members
    assert np.all(np.diff(events.at) >= 0)


def test_nothing_there_and_nothing_in_it(tmp_path):
    with pytest.raises(SourceNotFoundError):
        git(tmp_path / "missing", FRESH)
    with pytest.raises(SourceNotFoundError):
        git(tmp_path, FRESH)
    assert not git.recognises(tmp_path)
    empty = git(make(tmp_path / "empty"), FRESH)
    assert (len(empty.events), empty.source.acts, empty.refusals.total) == (0, 0, 0)
    assert "no commits" in empty.source.notes[0]


def test_mailmap_is_the_one_of_the_repository(tmp_path):
    repository = make(tmp_path / "mapped")
    commit(repository, ".mailmap", "Ada <a@x> <b@x>\n")
    records = git(repository, FRESH)
    assert records.source.mailmap == b"Ada <a@x> <b@x>\n"
    assert records.source.notes == ()
    remove_blob(repository, "HEAD:.mailmap")
    without = git(repository, FRESH)
    assert without.source.mailmap == b""
    assert ".mailmap" in without.source.notes[0]
    assert without.source.acts == 1


def test_thousands_of_mutated_commits_through_git_itself(tmp_path):
    repository = make(tmp_path / "fuzzed")
    tree = run(repository, "mktree")
    chance = random.Random(7)
    names = {write_object(repository, git_fuzz.commit_bytes(chance, tree)) for _ in range(3000)}
    packed = "".join(f"{name} refs/heads/{name}\n" for name in sorted(names))
    (repository / ".git" / "packed-refs").write_text("# pack-refs with: sorted\n" + packed)
    records = git(repository, ReadOptions(cache=False, all_branches=True, touches=True))
    assert records.source.truncated == ""
    assert records.source.acts == len(names) == counted(repository, "--branches")
    assert len(records.events) + records.refusals.total == len(names)
    assert {ref.decode() for ref in records.events.ref} <= names
    assert len(set(records.events.ref.tolist())) == len(records.events)
    assert 300 < records.refusals.total < 2700
