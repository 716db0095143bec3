"""Keeping: whole or not at all, and every damage noticed and named."""

import hashlib
import json
import random
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from allmende import keeping
from allmende.errors import StoreError
from allmende.keeping import load, save
from allmende.results import Replay
from test_results import make

FILES = ("arrays.npz", "manifest.json")


def test_what_is_saved_is_loaded(tmp_path) -> None:
    results = make()
    assert save(results, tmp_path / "run") == tmp_path / "run"
    found = load(tmp_path / "run")
    assert found.hash() == results.hash()
    assert (found.policies, found.parameters, found.notes) == (
        results.policies,
        results.parameters,
        results.notes,
    )
    assert found.replay == results.replay
    assert found.months.dtype == np.int32
    assert {name: each.title for name, each in found.variables.items()} == {
        "members": "Active members",
        "gini": "Gini of contributions",
    }
    assert found["members"].dtype == np.int64
    assert found["gini"].dtype == np.float64
    assert found["gini"].flags.writeable
    assert list(found.variables) == list(results.variables)


def test_two_saves_have_the_same_bytes(tmp_path) -> None:
    for name in "ab":
        save(make(), tmp_path / name)
    for file in FILES:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("changes", [{"variables": {}}, {"flows": {}}, {"variables": {}, "flows": {}}])
def test_parts_may_be_missing(tmp_path, changes) -> None:
    results = make(**changes)
    assert load(save(results, tmp_path / "run")).hash() == results.hash()


def test_nan_and_infinity_are_kept(tmp_path) -> None:
    results = make()
    results["gini"][0, 0, 0, :3] = np.nan, np.inf, -np.inf
    assert np.array_equal(load(save(results, tmp_path / "run"))["gini"], results["gini"], equal_nan=True)


def test_arguments_come_back_as_they_were(tmp_path) -> None:
    arguments = {
        "members": 1.0,
        "policies": [{"name": "bounty", "pool": 5}],
        "months": 60,
        "page": None,
        "ä": True,
    }
    results = make(replay=Replay("simulate", arguments, 3, "0.1.0"))
    found = load(save(results, tmp_path / "run")).replay.arguments
    assert found == arguments
    assert {key: type(value) for key, value in found.items()} == {k: type(v) for k, v in arguments.items()}


def test_nothing_is_overwritten(tmp_path) -> None:
    save(make(), tmp_path / "run")
    before = {file: (tmp_path / "run" / file).read_bytes() for file in FILES}
    with pytest.raises(StoreError, match="the folder exists already"):
        save(make(notes=()), tmp_path / "run")
    assert {file: (tmp_path / "run" / file).read_bytes() for file in FILES} == before
    assert _names(tmp_path) == ["run"]


@pytest.mark.parametrize("file", FILES)
def test_every_flipped_bit_is_noticed(tmp_path, file) -> None:
    """One random bit of every byte of the first 2,000 and of every 7th later: refused, and the file named."""
    path = save(make(), tmp_path / "run") / file
    whole, chance = path.read_bytes(), random.Random(4)
    for at in [*range(min(len(whole), 2_000)), *range(2_000, len(whole), 7)]:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match=re.escape(file)):
            load(tmp_path / "run")


@pytest.mark.parametrize("file", FILES)
def test_every_cut_is_noticed(tmp_path, file) -> None:
    path = save(make(), tmp_path / "run") / file
    whole = path.read_bytes()
    for length in range(0, len(whole), 13):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreError, match=re.escape(file)):
            load(tmp_path / "run")
    path.write_bytes(whole + b"\n")
    with pytest.raises(StoreError, match=re.escape(file)):
        load(tmp_path / "run")


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(tmp_path, file) -> None:
    (save(make(), tmp_path / "run") / file).unlink()
    with pytest.raises(StoreError, match=f"{file} cannot be read: No such file"):
        load(tmp_path / "run")


def test_arrays_of_other_results_are_noticed(tmp_path) -> None:
    save(make(), tmp_path / "a")
    save(make(policies=("baseline", "grant")), tmp_path / "b")
    one = make()
    one["gini"][0, 0, 0, 0] += 0.5
    save(one, tmp_path / "c")
    (tmp_path / "c" / "arrays.npz").replace(tmp_path / "a" / "arrays.npz")
    with pytest.raises(StoreError, match=r"arrays\.npz"):
        load(tmp_path / "a")


def test_a_newer_format_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(keeping, "FORMAT", 2)
    save(make(), tmp_path / "run")
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"(?s)written in format 2.*Update"):
        load(tmp_path / "run")


def _names(folder) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _forged(folder, change) -> None:
    """A manifest changed by somebody who can compute checksums."""
    path = folder / "manifest.json"
    written = json.loads(path.read_text())
    change(written)
    written["checksum"] = ""
    written["checksum"] = hashlib.sha256(keeping._bytes(written)).hexdigest()
    path.write_bytes(keeping._bytes(written))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(shape=[2, 1, 3, 10**15]),
        lambda m: m.update(shape=[2, -1, 3, 6]),
        lambda m: m["variables"][0].update(kind="|O"),
        lambda m: m["variables"][0].update(kind="<f8"),
        lambda m: m.update(hash="0" * 64),
        lambda m: m.update(policies=["one"]),
        lambda m: m["variables"][0].update(name="gini"),
        lambda m: m.update(months=[2**40] * 6),
        lambda m: m.update(months=[]),
    ],
)
def test_a_forged_manifest_is_refused_before_memory_is_reserved(tmp_path, change) -> None:
    save(make(), tmp_path / "run")
    _forged(tmp_path / "run", change)
    with pytest.raises(StoreError):
        load(tmp_path / "run")


def test_a_manifest_of_a_thousand_brackets_is_refused(tmp_path) -> None:
    save(make(), tmp_path / "run")
    (tmp_path / "run" / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(StoreError, match="manifest"):
        load(tmp_path / "run")


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from allmende import files, keeping
from test_results import make
name, steps = sys.argv[2], int(sys.argv[1])
real, done = files.write, 0
def failing(path, content):
    global done
    if done == steps:
        path.write_bytes(content[: len(content) // 2])
        os._exit(9)
    done += 1
    real(path, content)
files.write = failing
if steps == 2:
    Path.rename = lambda *_: os._exit(9)
keeping.save(make(), Path(name))
"""


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_process_killed_while_saving_leaves_no_results(tmp_path, steps) -> None:
    """Killed in the first file, in the second, before the rename: no folder, and saving again works."""
    here = str(keeping.Path(__file__).parent)
    run = subprocess.run([sys.executable, "-c", KILLED, str(steps), str(tmp_path / "run"), here], check=False)
    assert run.returncode == 9
    assert not (tmp_path / "run").exists()
    assert load(save(make(), tmp_path / "run")).hash() == make().hash()


def test_a_save_that_fails_leaves_nothing(tmp_path, monkeypatch) -> None:
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.files, "settle", fails)
    with pytest.raises(OSError, match="No space"):
        save(make(), tmp_path / "run")
    assert _names(tmp_path) == []


def test_what_json_cannot_say_is_refused_before_anything_is_written(tmp_path) -> None:
    results = make(replay=replace(make().replay, arguments={"share": float("nan")}))
    with pytest.raises(ValueError, match="JSON"):
        save(results, tmp_path / "run")
    assert _names(tmp_path) == []
