"""Files: whole or not there, whatever fails on the way."""

import os
import subprocess
import sys

import pytest

from allmende import files


def test_a_written_file_is_there_and_nothing_else(tmp_path) -> None:
    files.write(tmp_path / "one", b"first")
    files.write(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("call", ["write_bytes", "fsync", "replace"])
def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch, call) -> None:
    files.write(tmp_path / "one", b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if call == "fsync" else files.Path, call, full)
    with pytest.raises(OSError, match="No space"):
        files.write(tmp_path / "one", b"new")
    monkeypatch.undo()
    assert (tmp_path / "one").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("call", ["os.fsync", "files.Path.replace"])
def test_a_process_that_dies_leaves_the_old_file(tmp_path, call) -> None:
    files.write(tmp_path / "one", b"old")
    script = (
        "import os, sys; from pathlib import Path; from allmende import files\n"
        f"{call} = lambda *_: os._exit(9)\nfiles.write(Path(sys.argv[1]), b'new')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "one")], check=False)
    assert done.returncode == 9
    assert (tmp_path / "one").read_bytes() == b"old"
