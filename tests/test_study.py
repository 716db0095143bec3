"""Studies: everything in one file, refused where it is wrong, and the same hash from the folder alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.comparison import Comparison, compare
from allmende.errors import AllmendeError, BudgetExceededError, OutOfRangeError, StoreError, UnknownNameError
from allmende.policies import Bounty, Foundation, Gate
from allmende.simulation import simulate
from allmende.study import begin, opened, read_study, replay, run_study

ONE = """
title = "Does a bounty help?"
economy = "commons"
members = 60
months = 14
replicates = 4
seed = 5
outcome = "contributions"
futures = [
    [{ policy = "bounty", pool = 90000, start = 3 }],
    [{ policy = "foundation", donations = 2.0 }, { policy = "gate", strictness = 1.0 }],
]
[parameters]
decay = 0.03
[sweep]
executor = "serial"
"""
MANY = """
members = 40
months = 6
replicates = 2
[[cases]]
name = "Small & new"
economy = "sharing"
members = 20
[[cases]]
economy = "case:youtube-2006"
name = "videos"
draws = 2
[[cases]]
economy = "commons"
replicates = 3
parameters = { decay = 0.01 }
futures = [[{ policy = "bounty" }]]
[sweep]
executor = "serial"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "question.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return run_study(read_study(written(folder, ONE)), folder / "answer")


def test_a_study_is_what_compare_says(ran) -> None:
    asked = {"members": 60, "months": 14, "replicates": 4, "seed": 5, "parameters": {"decay": 0.03}}
    policies = [Bounty(pool=90_000, start=3), (Foundation(donations=2.0), Gate(strictness=1.0))]
    told = compare("commons", policies=policies, outcome="contributions", **asked)
    assert isinstance(ran.told[0], Comparison)
    # Dataclasses that hold nan do not equal themselves; their text does.
    assert repr(ran.told[0].effects) == repr(told.effects)
    assert ran.told[0].results.hash() == told.results.hash()
    assert ran.sweep.results().hash() == simulate("commons", policies=policies, **asked).hash()


def test_the_folder_holds_the_question_the_runs_the_answer_and_the_hash(ran) -> None:
    assert sorted(path.name for path in ran.folder.iterdir()) == [
        "comparison.html", "comparison.json", "manifest.json", "results", "study.toml",
    ]  # fmt: skip
    assert (ran.folder / "study.toml").read_text() == ONE
    assert json.loads((ran.folder / "manifest.json").read_text())["hash"] == ran.hash == ran.sweep.hash()
    assert json.loads((ran.folder / "comparison.json").read_text())["outcome"] == "contributions"
    page = (ran.folder / "comparison.html").read_text()
    assert "bounty" in page
    assert str(ran.folder) not in page


@pytest.mark.parametrize("executor", ["", "threads"])
def test_replaying_gives_the_same_hash_from_the_folder_alone(executor, ran, tmp_path) -> None:
    """The folder is carried elsewhere without its runs; nothing is left of the replay."""
    shutil.copytree(ran.folder, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("results", "*.html"))
    told = replay(tmp_path / "elsewhere", executor=executor)
    assert told.same
    assert told.hash == ran.hash
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == [
        "comparison.json", "manifest.json", "study.toml",
    ]  # fmt: skip


def test_replaying_needs_no_network(ran) -> None:
    """In a process that may not open a socket (Linux: not even a local one)."""
    script = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a socket was opened')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from pathlib import Path\nfrom allmende.study import replay\n"
        "assert replay(Path(sys.argv[1])).same"
    )
    subprocess.run([sys.executable, "-c", script, str(ran.folder)], check=True)


def test_a_changed_question_or_hash_is_noticed(ran, tmp_path) -> None:
    shutil.copytree(ran.folder, tmp_path / "copy")
    question, manifest = tmp_path / "copy" / "study.toml", tmp_path / "copy" / "manifest.json"
    question.write_text(ONE.replace("seed = 5", "seed = 6"))
    with pytest.raises(StoreError, match="the question is not the one that was answered"):
        replay(tmp_path / "copy")
    question.write_text(ONE)
    manifest.write_text(manifest.read_text().replace(ran.hash, "0" * 64))
    assert not replay(tmp_path / "copy").same
    manifest.write_text("{")
    with pytest.raises(StoreError, match=r"manifest\.json is damaged"):
        replay(tmp_path / "copy")
    manifest.unlink()
    with pytest.raises(StoreError, match="finishes a study that was begun"):
        replay(tmp_path / "copy")


def test_several_cases_have_a_page_each(tmp_path) -> None:
    done = run_study(read_study(written(tmp_path, MANY)), tmp_path / "answer")
    assert [page.name for page in done.pages] == [
        "001-small-new.html", "002-videos.html", "003-commons.html",
    ]  # fmt: skip
    assert all(page.is_file() and page.with_suffix(".json").is_file() for page in done.pages)
    cases = done.study.design.cases
    assert [(case.asked.members, case.asked.replicates, len(case.asked.draws)) for case in cases] == [
        (20, 2, 1), (40, 2, 2), (40, 3, 1),
    ]  # fmt: skip
    assert [case.asked.economy.name for case in cases] == ["sharing", "sharing", "commons"]
    assert isinstance(done.told[2], Comparison)
    assert not isinstance(done.told[0], Comparison)
    assert replay(tmp_path / "answer", executor="threads").same


def test_a_stopped_study_goes_on_and_can_be_looked_at(tmp_path, monkeypatch, ran) -> None:
    study = read_study(written(tmp_path, ONE))

    def stop(_stage, done, _total) -> None:
        if done > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(study, tmp_path / "answer", progress=stop)
    asked, swept = opened(tmp_path / "answer")
    assert asked.title == "Does a bounty help?"
    assert (swept.finished, swept.runs) == (4, 12)
    with pytest.raises(StoreError, match="finishes a study that was begun"):
        replay(tmp_path / "answer")
    assert run_study(study, tmp_path / "answer").hash == ran.hash


def test_an_answer_belongs_to_its_question(ran, tmp_path) -> None:
    other = read_study(written(tmp_path, ONE.replace("seed = 5", "seed = 6")))
    with pytest.raises(StoreError, match="another study"):
        run_study(other, ran.folder)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-ada.txt").write_text("Dear Ada")
    with pytest.raises(StoreError, match="something else than a study"):
        run_study(other, tmp_path / "letters")
    with pytest.raises(StoreError, match=r"no study\.toml"):
        opened(tmp_path / "letters")


@pytest.mark.parametrize(
    ("line", "instead", "kind", "told"),
    [
        ("replicates = 4", "replicats = 4", AllmendeError, r"line 6.*\n.*Did you mean 'replicates'"),
        ('economy = "commons"', 'economy = "comons"', UnknownNameError, "Did you mean 'commons'"),
        ('economy = "commons"', 'economy = "case:yuotube-2006"', AllmendeError, "youtube-2006"),
        ('economy = "commons"', "", AllmendeError, r"no economy is named - at question\.toml"),
        ("decay = 0.03", "dekay = 0.03", UnknownNameError, "Did you mean 'decay'"),
        ("decay = 0.03", 'decay = "fast"', AllmendeError, r"line 13 \(parameters\)"),
        ("decay = 0.03", "decay = 7", OutOfRangeError, "0 to 1"),
        ('policy = "bounty"', 'policy = "bountie"', UnknownNameError, "Did you mean 'bounty'"),
        ("pool = 90000", "pol = 90000", UnknownNameError, r"futures\[0\]\[0\].*Did you mean 'pool'"),
        ("start = 3", "start = 14", OutOfRangeError, "starts in month 14, but the run has 14"),
        ("months = 14", "months = 0", OutOfRangeError, "months is 0"),
        ("members = 60", 'members = "many"', AllmendeError, r"line 4 \(members\)"),
        ('outcome = "contributions"', 'outcome = "contribution"', UnknownNameError, "'contributions'"),
        ('executor = "serial"', 'executor = "serail"', UnknownNameError, "Did you mean 'serial'"),
        ('executor = "serial"', "workers = 0", AllmendeError, r"sweep\.workers"),
        ('executor = "serial"', "wokers = 2", AllmendeError, "Did you mean 'workers'"),
        ("seed = 5", "seed = 5 6", AllmendeError, "is not TOML"),
        ('title = "Does', "[[[", AllmendeError, "is not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(line, instead, kind, told, tmp_path) -> None:
    assert line in ONE
    with pytest.raises(kind, match=told) as caught:
        read_study(written(tmp_path, ONE.replace(line, instead)))
    assert "question.toml" in str(caught.value)


def test_a_case_that_is_wrong_is_named(tmp_path) -> None:
    with pytest.raises(UnknownNameError, match=r"question\.toml, cases\[2\]"):
        read_study(written(tmp_path, MANY.replace("decay", "dekay")))
    twice = MANY.replace('name = "videos"', 'name = "commons"')
    with pytest.raises(AllmendeError, match=r"two cases are called 'commons' - at question\.toml"):
        read_study(written(tmp_path, twice))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_study_or_a_named_fault(tmp_path_factory, content) -> None:
    path = tmp_path_factory.mktemp("any") / "question.toml"
    path.write_bytes(content)
    with pytest.raises(AllmendeError, match=r"question\.toml"):
        read_study(path)


def test_a_study_that_does_not_fit_is_refused_before_it_starts(tmp_path) -> None:
    large = ONE.replace("months = 14", "months = 1200").replace("replicates = 4", "replicates = 100000000")
    with pytest.raises(BudgetExceededError, match=r"need [\d,.]+ GiB of memory to be compared"):
        run_study(read_study(written(tmp_path, large)), tmp_path / "answer")
    assert not (tmp_path / "answer").exists()


def test_the_template_is_a_study(tmp_path) -> None:
    place = begin(tmp_path / "mine")
    assert place.name == "mine.toml"
    study = read_study(place)
    assert [len(future) for future in study.design.cases[0].asked.policies] == [0, 1, 2]
    with pytest.raises(StoreError, match="exists already"):
        begin(tmp_path / "mine.toml")
    # Its commented lines are lines that can be used.
    whole = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [[", "# name", "# members", "# parameters")) else line
        for line in place.read_text().splitlines()
    )
    assert len(read_study(written(tmp_path, whole)).design.cases) == 2
