"""`allmende evaluate PATH --event DATE`: on the screen, as a page, as JSON, and the same in a notebook."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import allmende as al
from allmende.cli import main
from allmende.evaluation.evaluating import Evaluation
from allmende.events import Event, Events
from allmende.logs import write_log
from allmende.months import MONTHS_A_YEAR, text
from allmende.plots.evaluations import against_expected
from allmende.plots.forecasts import FanRow
from allmende.plots.vegalite import COLOURS
from allmende.reports.evaluations import GRADES_TOLD, WAYS, evaluation_brief, per_cent
from forecast_histories import simulated_panel
from test_evaluation import EVENT, after_a_loss, struck
from test_reports import on_screen, parsed


def write(panel_seed: int, place: Path, *, kept: float) -> Path:
    panel = struck(simulated_panel(seed=panel_seed), kept=kept)
    acts = [
        Event(
            datetime(1970 + month // MONTHS_A_YEAR, 1 + month % MONTHS_A_YEAR, 5, 12, tzinfo=UTC),
            f"member-{member}",
            ref=f"{member}-{month}",
        )
        for member, month in zip(panel.member.tolist(), panel.month.tolist(), strict=True)
    ]
    write_log(Events.of(sorted(acts, key=lambda act: act.at)), place)
    return place


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of which two thirds stay away from January 2016 on."""
    return write(3, tmp_path_factory.mktemp("log") / "meadow.parquet", kept=0.35)


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), " ".join(said.out.split()), said.err


def test_it_tells_on_the_screen_and_in_files(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    code, out, err = run(capsys, "evaluate", log, "--event", "2016-01-05", "--html", page, "--json", data)
    assert code == 0, err
    before, after = out.split("What followed", 1)
    assert "only a change beyond" in before, "what could be seen at all is said first"
    assert "against what was to be expected" in after
    assert "Members who left and work that moved elsewhere look the same here" in after
    assert "not what came of it" in after
    stored = json.loads(data.read_text())
    assert (stored["format"], stored["months"][0], len(stored["months"])) == (
        "allmende.evaluation",
        "2016-01",
        12,
    )
    assert [one["way"] for one in stored["estimates"]] == ["both", "members", "level"]
    assert stored["estimates"][0]["ratio"] < 0.6
    assert stored["grade"] == "weak"
    assert len(stored["placebos"]) >= 3
    written = page.read_text()
    parsed(written)
    assert "Month by month" in written
    assert "member-" not in written + data.read_text()
    assert str(tmp_path) not in written


def test_too_few_donors_are_left_out_and_that_is_said(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--event", "2016-01", "--donor", log, "--outcome", "newcomers")
    code, out, err = run(capsys, "evaluate", log, *asked)
    assert code == 0, err
    assert "1 of 1 donor communities" in out
    assert "5 are needed" in out
    assert "Weighted other communities" not in out


def test_what_cannot_be_told_says_what_would_help(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "evaluate", log, "--event", "2031-04")
    assert code != 0
    assert "2010-01 to 2017-11" in " ".join(err.split())
    code, _, err = run(capsys, "evaluate", log, "--event", "2017-09")
    assert code != 0
    assert "Come back in 2018-04" in " ".join(err.split())
    code, _, err = run(capsys, "evaluate", log, "--event", "soon")
    assert code != 0
    assert "a day such as 2024-03-20" in " ".join(err.split())


def test_the_line_of_a_notebook(log: Path, tmp_path: Path) -> None:
    community = al.read(log)
    told = al.evaluate(community, event="2016-01-05")
    assert isinstance(told, Evaluation)
    assert told.name == "meadow"
    assert told.grade == "weak"
    assert len(told.against) == 1
    page = al.report(told, tmp_path / "page.html").read_text()
    assert "what followed 2016-01-05" in page


def test_no_word_claims_a_cause() -> None:
    said = on_screen(evaluation_brief(after_a_loss())).lower()
    for word in ("caused", "because", "led to", "due to", "impact"):
        assert word not in said
    assert set(WAYS) == {"both", "members", "level", "difference", "synthetic"}
    assert all(
        title.lower().startswith(("clear", "weak", "disputed", "nothing")) for title in GRADES_TOLD.values()
    )


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(1.0, "+0%"), (0.5, "\u221250%"), (1.999, "+100%"), (2.0, "2 times"), (45, "45 times")],
)
def test_changes_are_written_one_way(ratio: float, said: str) -> None:
    assert per_cent(ratio) == said


def test_the_chart_marks_the_event_in_known_colours() -> None:
    rows = [FanRow(text(EVENT - 1), 4.0), FanRow(text(EVENT), 3.0, *[2.0] * 7)]
    drawn = against_expected(rows, event=text(EVENT), title="t", origin="o", y_title="")
    mark = drawn["layer"][-1]
    assert mark["data"]["values"] == [{"period": text(EVENT), "label": "event"}]
    assert {layer["mark"]["color"] for layer in mark["layer"]} <= set(COLOURS)
    assert mark["encoding"]["x"]["sort"] == [row.period for row in rows]
