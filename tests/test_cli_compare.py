"""`allmende compare`: exit codes, both streams, the page, the file, and faults told in one message."""

import json
from pathlib import Path

import pytest

from allmende.cli import main
from allmende.cli.compare import folded, future
from allmende.comparison import compare
from allmende.policies import Bounty, Gate
from allmende.reports.comparisonfile import comparison_json
from allmende.reports.futures import futures_page
from allmende.reports.html import html
from test_reports import parsed

SMALL = ("--members", "100", "--months", "14", "--replicates", "4", "--threads", "1")


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_words_of_a_policy_are_one() -> None:
    words = ["commons", "--policy", "bounty", "pool=5", "start=2", "--set", "decay=0.1", "--policy", "gate"]
    assert folded(words) == [
        "commons",
        "--policy",
        "bounty pool=5 start=2",
        "--set",
        "decay=0.1",
        *words[-2:],
    ]
    assert folded(["--policy", "bounty pool=5", "commons"]) == ["--policy", "bounty pool=5", "commons"]
    assert folded(["--policy=gate", "strictness=1"]) == ["--policy=gate strictness=1"]


def test_a_future_is_read_as_it_is_written() -> None:
    assert future("bounty pool=5 start=2 + gate") == (Bounty(pool=5, start=2), Gate())
    assert future("Revenue-Share equally=true")[0].equally is True


def test_it_tells_on_the_screen_and_in_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    code, out, err = run(
        capsys, "compare", "commons", "--policy", "bounty", "pool=50000", "start=2", "--policy", "gate", "+",
        "recognition", "core=0.3", *SMALL, "--html", page, "--json", data,
    )  # fmt: skip
    assert code == 0, err
    for told in ("Which future is better", "Who gains", "gate + recognition (core 0.3)", "gains"):
        assert told in " ".join(out.split())
    assert "The page" in err
    stored = json.loads(data.read_text())
    assert stored["futures"] == ["baseline", "bounty (start 2, pool 50000)", "gate + recognition (core 0.3)"]
    assert {each["policy"] for each in stored["effects"]} == set(stored["futures"][1:])
    assert str(tmp_path) not in page.read_text()


def test_it_says_what_would_have_to_be_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    code, out, err = run(
        capsys, "compare", "commons", "--over-prior", "90", "--policy", "bounty", *SMALL, "--html", page,
        "--json", data,
    )  # fmt: skip
    assert code == 0, err
    assert "90 sets of values" in " ".join(out.split())
    assert "What would have to be true" in page.read_text()
    stored = json.loads(data.read_text())["conditions"]
    assert (stored["draws"], stored["members"], stored["months"]) == (90, 100, 14)
    assert stored["policies"] == ["bounty"]


def test_the_page_tells_every_effect_and_says_that_it_is_simulated() -> None:
    told = compare("commons", policies=[Bounty()], members=100, months=14, replicates=4, threads=1)
    document = futures_page(told, command="allmende compare commons", data=comparison_json(told))
    page = parsed(html(document))
    for words in ("Simulated", "Paired futures", "What was assumed", "allmende compare commons"):
        assert words in page.text
    effect = told.effect("bounty", "exchange_value_to_members")
    assert f"+{effect.mean / 100:,.0f}" in page.text
    assert json.loads(page.scripts["allmende-data"])["hash"] == told.results.hash()
    figures = [block for section in document.sections for block in section.blocks if hasattr(block, "origin")]
    assert len(figures) > 2
    assert all(figure.origin.startswith("simulated") for figure in figures)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", "commons"], "--policy"),
        (["compare", "commons", "--policy", "bountey"], "Did you mean 'bounty'"),
        (["compare", "commons", "--policy", "bounty", "pol=5"], "Did you mean 'pool'"),
        (["compare", "commons", "--policy", "bounty", "pool=-5"], "pool is -5"),
        (["compare", "commons", "--policy", "bounty", "pool=much"], "lever pool=much is not NAME=VALUE"),
        (["compare", "commons", "--policy", "pool=5"], "begin with the name of a policy"),
        (["compare", "commons", "--policy", "contract"], "no 'sponsor' in this economy"),
        (["compare", "commons", "--policy", "gate", "start=70"], "starts in month 70"),
        (["compare", "commons", "--policy", "gate", "+", "gate"], "given twice"),
        (["compare", "comons", "--policy", "gate"], "Did you mean 'commons'"),
        (["compare", "commons", "--policy", "gate", "--outcome", "userz", *SMALL], "Did you mean 'users'"),
        (["compare", "commons", "--policy", "gate", "--html", "no/where.html"], "does not exist"),
        (["compare", "commons", "--policy", "gate", "--over-prior", "9"], "x>=80"),
    ],
)
def test_faults_are_one_message_and_code_two(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
