"""`allmende claims`: both streams, the files, and faults told in one message."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from allmende.cli import main
from allmende.examination import examining
from allmende.examination.laboratory import QUICK

SMALL = replace(QUICK, draws=4, members=60, months=24, columns=3, rows=2, contests=60, contests_run=40)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "QUICK", SMALL)


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_it_tells_on_the_screen_and_in_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, data, text = tmp_path / "page.html", tmp_path / "data.json", tmp_path / "tables.md"
    code, out, err = run(
        capsys,
        "claims",
        "S5",
        "s7",
        "--quick",
        "--threads",
        "1",
        "--html",
        page,
        "--json",
        data,
        "--markdown",
        text,
    )
    assert code == 0
    assert "S5" in out
    assert "S7" in out
    assert "item for item" in out
    assert "speaks against it" in out
    assert str(page) in err
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    said = json.loads(data.read_text(encoding="utf-8"))
    assert [each["name"] for each in said["claims"]] == ["S5", "S7"]
    assert text.read_text(encoding="utf-8").startswith("| claim |")


def test_the_page_needs_no_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "claims", "S7", "--quick", "--html")
    assert code == 0
    assert "claims.html" in err
    assert (tmp_path / "claims.html").is_file()


def test_a_claim_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "claims", "S77", "--quick")
    assert code == 2
    assert out == ""
    assert "S77" in err
    assert "Did you mean" in err


def test_a_folder_that_is_none_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "claims", "--html", tmp_path / "nowhere" / "page.html")
    assert code == 2
    assert out == ""
    assert "nowhere" in err
