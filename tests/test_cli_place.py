"""Commands of the typology: exit codes, both streams, files, and faults told in one message."""

import json
from pathlib import Path

import pytest

from allmende.cli import main
from allmende.typology.facts import parse_facts
from hostile_git import NOON, commit, make, trap

DAY = 86_400


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = make(tmp_path_factory.mktemp("clones") / "village")
    commit(place, "LICENSE", "MIT License\nPermission is hereby granted, free of charge\n", at=NOON)
    commit(place, "NOTICE", "Copyright 2020 Acme, Inc.\n", at=NOON + DAY)
    for number in range(30):
        commit(place, f"file{number % 5}", f"{number}\n", at=NOON + number * 20 * DAY)
    return place


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ALLMENDE_KEY", str(tmp_path / "key"))


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_a_case_is_placed_with_its_ledger(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "place", "case:youtube-2006")
    assert code == 0
    assert "sharing" in out
    assert "K4 value captor" in out
    assert "\u2588" in out
    assert "\u2591" in out


def test_a_clone_alone_is_undetermined_and_names_what_is_missing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "place", repository, "--replicates", "5")
    assert code == 0
    assert "undetermined: nobody has said K4 value_captor, which decides" in out
    assert "Would change most" in out
    assert "LICENSE at" in out


def test_facts_begun_completed_and_placed(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "village.toml"
    code, out, err = run(capsys, "facts", repository, "--output", file)
    assert (code, out) == (0, "")
    assert "Complete them" in err
    text = file.read_text()
    assert "seen: copyright of Acme, Inc.: perhaps company" in text
    assert parse_facts(text).periods[0].facts == {"licence": {"permissive": 1.0}}
    text = text.replace('# value_captor = ""', 'value_captor = "many_companies"')
    file.write_text(text.replace('# decision = ""', 'decision = "earned_commit"'))
    code, out, _ = run(capsys, "place", repository, "--facts", file, "--by", "year", "--replicates", "0")
    assert code == 0
    assert "commons" in out
    assert "undetermined" not in out.splitlines()[3]
    code, _, err = run(capsys, "facts", repository, "--output", file)
    assert code == 2
    assert "are not overwritten" in err


def test_several_are_compared_and_written(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    code, out, err = run(
        capsys, "place", "case:linux-1993", "case:linux-2007", repository, "--replicates", "0",
        "--html", page, "--json", data,
    )  # fmt: skip
    assert code == 0
    assert "3 communities" in out
    assert "The page" in err
    stored = json.loads(data.read_text())
    assert [one["name"] for one in stored["communities"]] == ["linux-1993", "linux-2007", "village"]
    first = stored["communities"][0]["placements"][0]
    assert first["verdict"] == "conflict"
    assert sum(one["mid"] for one in first["shares"].values()) == pytest.approx(1)
    assert str(tmp_path) not in page.read_text()
    assert str(repository.parent) not in page.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["place"], "nothing to place"),
        (["place", "case:youtube-2007"], "Did you mean 'youtube-20"),
        (["place", "no-such-folder"], "no-such-folder"),
        (["place", "case:linux-2007", "--by", "week"], "--by"),
        (["place", "case:linux-2007", "--html", "nowhere/at/all.html"], "does not exist"),
        (["facts", "no-such-folder"], "no-such-folder"),
        (["cases", "--economy", "comons"], "Did you mean 'commons'"),
    ],
)
def test_faults_are_one_message_and_code_two(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words)
    assert code == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('community = "v"\n[[period]]\nobject = "common"\n', "a period has no date"),
        ('community = "v"\n[[period]]\nfrom = "2001"\nowner = "me"\n', "line 4"),
        ('community = "v"\n[[period]]\nfrom = "2001"\ndecision = "kings"\n', "line 4"),
        ("[[period]]\nfrom = '2001'\n[[period]]\nfrom = '2002'\n", "contradict each other"),
        ('community = "v"\n[[period]]\nfrom = "2001"\nobject = "common"\nobject = "separable"\n', "line 5"),
        ("\x00\x01", "not TOML"),
        ("x" * 70_000, "at most"),
    ],
)
def test_bad_facts_are_named_with_their_line(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.toml"
    file.write_text(text)
    code, _, err = run(capsys, "place", "--facts", file)
    assert code == 2
    assert message in err


def test_a_table_is_placed_and_a_mapping_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "log.csv"
    table.write_text("when,who\n" + "".join(f"2020-0{m}-01,ada\n" for m in range(1, 8)))
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\nat = "when"\nmember = "who"\n[constants]\naction = "make"\n')
    code, out, err = run(capsys, "place", table, "--mapping", mapping, "--replicates", "0")
    assert code == 0, err
    assert "There is no evidence at all" in out


def test_cases_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "cases")
    assert code == 0
    assert "64 cases" in out
    _, some, _ = run(capsys, "cases", "--economy", "conflict")
    assert "eclipse-2005" in some
    assert "youtube-2006" not in some


def test_a_case_is_simulated_in_its_economy(capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--members", "50", "--months", "6", "--replicates", "1")
    code, of_case, err = run(capsys, "simulate", "case:threadless-2006", *small)
    assert code == 0, err
    _, plain, _ = run(capsys, "simulate", "crowdsourcing", *small)
    assert of_case == plain
    code, _, err = run(capsys, "simulate", "case:eclipse-2005", *small)
    assert code == 2
    assert "between crowdsourcing and commons" in err


def test_a_hostile_clone_is_placed_and_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = trap(tmp_path)
    (tmp_path / "canary").unlink(missing_ok=True)
    code, out, _ = run(capsys, "place", repository, "--replicates", "0")
    assert code == 0
    assert "undetermined" in out
    code, _, _ = run(capsys, "facts", repository)
    assert code == 0
    assert not (tmp_path / "canary").exists()
