"""`allmende study`: written, run, stopped, looked at, replayed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from allmende.cli import main
from test_study import MANY, ONE

RUN = [sys.executable, "-c", "from allmende.cli import main; main()"]


def said(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_study_from_the_first_line_to_the_replay(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "study", "new", "mine")[0] == 0
    Path("mine.toml").write_text(ONE)
    code, out, err = said(capsys, "study", "run", "mine.toml")
    assert code == 0, err
    assert "12 runs in mine, hash " in out
    assert "bounty" in out
    assert "The page: mine/comparison.html" in err
    hashed = out.strip().rpartition(" ")[2]
    code, out, err = said(capsys, "study", "show", "mine")
    assert (code, err) == (0, "")
    assert out.splitlines() == ["Does a bounty help?", "12 of 12 runs are finished.", f"Hash {hashed}"]
    code, out, err = said(capsys, "study", "replay", "mine", "--executor", "threads")
    assert (code, out) == (0, f"The same, bit for bit: {hashed}\n")
    manifest = Path("mine/manifest.json")
    manifest.write_text(manifest.read_text().replace(hashed, "0" * 64))
    code, out, err = said(capsys, "study", "replay", "mine")
    assert code == 2
    assert f"has the hash {hashed} now, and had 000" in err


def test_damage_is_told_and_healed(tmp_path, capsys) -> None:
    (tmp_path / "one.toml").write_text(ONE)
    assert said(capsys, "study", "run", str(tmp_path / "one.toml"))[0] == 0
    victim = next((tmp_path / "one" / "results" / "runs").iterdir())
    victim.write_bytes(victim.read_bytes()[:-9])
    code, out, err = said(capsys, "study", "show", str(tmp_path / "one"))
    assert "8 of 12 runs are finished" in out
    assert f"{victim.name} is damaged: its checksum does not fit. In it: 'commons', " in err
    code, out, err = said(capsys, "study", "run", str(tmp_path / "one.toml"))
    assert code == 0
    assert "It was set aside and run again; every other run is kept." in err
    assert "is damaged" not in said(capsys, "study", "show", str(tmp_path / "one"))[2]


def test_ctrl_c_says_what_is_kept_and_the_same_command_goes_on(tmp_path) -> None:
    text = ONE.replace("months = 14", "months = 600").replace("members = 60", "members = 3000")
    (tmp_path / "long.toml").write_text(text.replace("replicates = 4", "replicates = 400"))
    process = subprocess.Popen(
        [*RUN, "study", "run", "long.toml"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    runs, end = tmp_path / "long" / "results" / "runs", time.monotonic() + 60
    while not (runs.is_dir() and list(runs.glob("*.parquet"))):
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 1,200 runs are kept in long; the same command goes on from there." in told
    assert "Traceback" not in told


def test_faults_of_the_user_are_told_in_a_line(tmp_path, capsys) -> None:
    (tmp_path / "one.toml").write_text(ONE.replace("members", "memebers"))
    code, _, err = said(capsys, "study", "run", str(tmp_path / "one.toml"))
    assert code == 2
    assert "Did you mean 'members'?" in err
    code, _, err = said(capsys, "study", "show", str(tmp_path))
    assert code == 2
    assert "there is no study.toml" in err


def test_help_lists_the_verbs() -> None:
    from allmende.cli.study import command

    out = CliRunner().invoke(command, ["--help"]).output
    assert all(f"\n  {verb} " in out for verb in ("new", "replay", "run", "show"))


def test_compare_takes_a_study_instead_of_words(tmp_path, capsys) -> None:
    path = tmp_path / "one.toml"
    path.write_text(ONE)
    code, out, err = said(
        capsys, "compare", str(path), "--executor", "threads", "--json", str(tmp_path / "told.json")
    )
    assert code == 0, err
    assert "bounty" in out
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["outcome"] == "contributions"
    assert said(capsys, "study", "run", str(path))[0] == 0
    assert told["hash"] == json.loads((tmp_path / "one" / "comparison.json").read_text())["hash"]
    for words in (("compare", str(path), "--policy", "bounty"), ("compare", "commons")):
        code, _, err = said(capsys, *words)
        assert code == 2
        assert "--policy" in err
    path.write_text(MANY)
    code, _, err = said(capsys, "compare", str(path))
    assert code == 2
    assert "has 3 cases" in err


@pytest.mark.parametrize("verb", [("simulate",), ("compare", "--policy", "bounty")])
def test_simulate_and_compare_run_anywhere(verb, tmp_path, capsys) -> None:
    """The hash does not depend on where; an unknown place is offered the nearest."""
    small = [verb[0], "commons", *verb[1:], "--members", "40", "--months", "3", "--replicates", "4"]
    hashes = set()
    for executor in ("serial", "threads", "processes"):
        place = tmp_path / f"{executor}.json"
        code, _, err = said(capsys, *small, "--executor", executor, "--threads", "2", "--json", str(place))
        assert code == 0, err
        hashes.add(json.loads(place.read_text())["hash"])
    assert len(hashes) == 1
    code, _, err = said(capsys, *small, "--executor", "proceses")
    assert code == 2
    assert "Did you mean 'processes'?" in err
