"""Forecasts told: on a screen, on a page that says what happened, and as JSON."""

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from allmende.cli.commands import commands
from allmende.forecasting.forecast import Forecast, forecast
from allmende.logs import write_log
from allmende.plots.forecasts import FanRow, fan
from allmende.plots.vegalite import COLOURS
from allmende.reports import report
from allmende.reports.forecastfile import forecast_json
from allmende.reports.forecasts import forecast_brief, forecast_page
from allmende.reports.html import html
from forecast_histories import acts_of, simulated_panel
from test_reports import on_screen, parsed


@cache
def told(*, until: str = "") -> Forecast:
    return forecast(simulated_panel(), until=until or None, paths=200)


def test_the_screen_is_a_screen() -> None:
    text = on_screen(forecast_brief(told(until="2016-11")))
    assert all(len(line) <= 100 for line in text.splitlines())
    for word in ("Newcomers", "80% interval", "Happened", "Contributor absence factor", "2016-12", "inside"):
        assert word in text, word
    assert "Happened" not in on_screen(forecast_brief(told())).split("How earlier")[0]


def test_a_page_says_what_happened_and_how_to_read_it() -> None:
    page = parsed(html(forecast_page(told(until="2016-11"), command="allmende forecast x")))
    for word in ("Forecast", "Happened", "A forecast is no verdict", "allmende forecast x", "CRPS"):
        assert word in page.text, word
    assert len(json.loads(page.scripts["allmende-charts"])) == 3


def test_a_page_is_written_with_its_data(tmp_path: Path) -> None:

    place = report(told(), tmp_path / "page.html")
    kept = json.loads(parsed(place.read_text()).scripts["allmende-data"])
    assert kept["format"] == "allmende.forecast"


def test_the_file_has_every_month_and_the_truth() -> None:
    kept = json.loads(forecast_json(told(until="2016-11")))
    assert kept["months"][0] == "2016-12"
    for about in kept["monthly"].values():
        assert len(about["mid"]) == len(about["happened"]) == 12
        assert set(about["intervals"]) == {"50%", "80%", "95%"}
    assert kept["year"]["newcomers"]["happened"] == sum(kept["monthly"]["newcomers"]["happened"])
    assert len(kept["backtest"]["years"]) >= 3
    assert json.loads(forecast_json(told()))["year"]["newcomers"]["happened"] is None


def test_a_fan_has_points_only_for_what_happened() -> None:
    rows = [FanRow("2020-01", 3.0), FanRow("2020-02", 4.0, 3, 2, 4, 1, 5, 0, 6)]
    drawn = fan(rows, title="t", origin="observed, then forecast", y_title="members")
    assert [layer["mark"]["type"] for layer in drawn["layer"]] == [
        "area",
        "area",
        "area",
        "line",
        "line",
        "point",
    ]
    unknown = fan([rows[0], rows[1]._replace(known=None)], title="t", origin="forecast", y_title="")
    assert len(unknown["layer"]) == 5
    used = {layer["mark"]["color"] for layer in drawn["layer"]}
    assert used <= set(COLOURS)


@pytest.fixture
def log(tmp_path: Path) -> str:
    place = f"{tmp_path}/village.parquet"

    people = [[month for month in range(60) if (month * (person + 2)) % 3] for person in range(6)]
    write_log(acts_of(*people, *[[month] for month in range(0, 60, 2)]), Path(place))
    return place


def test_the_command(log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = ["--html", f"{tmp_path}/a.html", "--json", f"{tmp_path}/a.json"]
    asked = ["forecast", log, "--until", "2023-06", "--futures", "100", *files]
    monkeypatch.setattr("sys.argv", ["allmende", *asked])
    done = CliRunner().invoke(commands, asked)
    assert done.exit_code == 0, done.output
    assert "2023-07 to 2024-06" in done.output
    assert "a.html" in done.stderr
    kept = json.loads(Path(f"{tmp_path}/a.json").read_text())
    assert kept["command"].startswith("allmende forecast ")


def test_the_command_without_a_backtest_says_so(log: str) -> None:
    done = CliRunner().invoke(
        commands, ["forecast", log, "--no-backtest", "--futures", "100", "--months", "3"]
    )
    assert done.exit_code == 0, done.output
    assert "In all" in done.output
