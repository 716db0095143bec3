"""`allmende calibrate PATH`, `compare PATH`, `simulate PATH`, and the same in a notebook."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import allmende as al
import careers as invented
from allmende.cli import main
from allmende.events import Event, Events
from allmende.logs import write_log
from allmende.policies import Bounty
from test_reports import parsed


def moment(month: int, day: int) -> datetime:
    return datetime(2015 + month // 12, 1 + month % 12, 1 + day, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 350 members over five years, by the member model."""
    days, _, _ = invented.monthly_days(350, 60, (0.5, 0.6, 0.8, 0.5), 21)
    acts = [
        Event(
            moment(int(month), day) + timedelta(minutes=int(member)),
            f"member-{member:03d}",
            ref=f"{member}-{month}-{day}",
        )
        for member, month in zip(*np.nonzero(days), strict=True)
        for day in range(min(int(days[member, month]), 28))
    ]  # fmt: skip
    place = tmp_path_factory.mktemp("log") / "meadow.parquet"
    write_log(Events.of(sorted(acts, key=lambda act: act.at)), place)
    return place


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_it_tells_on_the_screen_and_in_files(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    code, out, err = run(
        capsys, "calibrate", log, "--until", "2019-10", "--html", page, "--json", data, "--no-cache"
    )
    assert code == 0, err
    told = " ".join(out.split())
    for words in ("calibrated on 2015-01 to 2019-10", "Measured in this community's record", "patterns are"):
        assert words in told, out
    stored = json.loads(data.read_text())
    assert stored["months"] == ["2015-01", "2019-10"]
    a = stored["parameters"]["a"]
    assert a["source"] == "measured"
    assert a["low"] < a["value"] < a["high"]
    assert len(stored["draws"]["a"]) == 100
    text = page.read_text()
    parsed(text)
    assert "Other laws of dropping out" in text
    assert "member-0" not in text + data.read_text()
    assert str(tmp_path) not in text


def test_policies_are_tried_on_the_community(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--months", "8", "--replicates", "4", "--threads", "1")
    code, out, err = run(capsys, "compare", log, "--policy", "bounty", "pool=50000", "start=2", *small)
    assert code == 0, err
    assert "Worlds begin with the members of meadow as of 2019-11" in " ".join(out.split())
    code, out, err = run(capsys, "compare", log, "--policy", "gate", *small, "--over-prior", "80")
    assert code != 0
    assert "--over-prior asks about an economy" in err


def test_worlds_of_the_community_are_simulated(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys, "simulate", log, "--months", "6", "--replicates", "3", "--economy", "sharing"
    )
    assert code == 0, err
    assert "Active members" in out


def test_the_command_of_a_page_names_the_folder_it_was_given_from_inside(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, data = tmp_path / "meadow", tmp_path / "data.json"
    folder.mkdir()
    (folder / log.name).write_bytes(log.read_bytes())
    monkeypatch.chdir(folder)
    for verb in (["simulate", "."], ["compare", ".", "--policy", "gate"]):
        words = [*verb, "--months", "3", "--replicates", "2", "--threads", "1", "--json", str(data)]
        monkeypatch.setattr("sys.argv", ["allmende", *words])
        code, _, err = run(capsys, *words)
        assert code == 0, err
        assert f"allmende {verb[0]} meadow " in data.read_text()


def test_a_small_record_is_refused_with_what_would_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = [Event(datetime(2020, 1, day, tzinfo=UTC), "one", ref=str(day)) for day in range(1, 20)]
    write_log(Events.of(acts), tmp_path / "hut.parquet")
    code, _, err = run(capsys, "calibrate", tmp_path / "hut.parquet")
    assert code != 0
    assert "1 joined (at least 30 are needed)" in " ".join(err.split()) or "complete month" in err


def test_lines_of_a_notebook(log: Path, tmp_path: Path) -> None:
    community = al.read(log)
    fit = al.calibrate(community, until="2018-12", seed=1)
    trial = al.compare(fit, months=8, replicates=4, policies=[Bounty(pool=2_000_00, start=6)])
    assert trial.results["active_members"].shape == (2, 4, 1, 8)
    page = al.report([fit, trial], tmp_path / "meadow.html").read_text()
    parsed(page)
    assert "Held against the record" in page
    assert "Which future is better" in page
    ahead = al.forecast(fit, months=12)
    assert ahead.months == 12
