"""Pages of simulated worlds: they say that they are simulated, and by which assumptions."""

import json

import numpy as np
import pytest

from allmende.reports.html import html
from allmende.reports.resultsfile import page_data, results_json
from allmende.reports.worlds import worlds_brief, worlds_page
from test_outcomes import ECONOMIES, simulated
from test_reports import on_screen, parsed


@pytest.mark.parametrize("economy", ECONOMIES)
def test_a_page_tells_who_makes_who_takes_and_what_stands_between(economy: str) -> None:
    results = simulated(economy)
    page = parsed(html(worlds_page(results, command=f"allmende simulate {economy}", data=page_data(results))))
    for told in (
        "Simulated",
        "Who makes use value",
        "Who takes exchange value",
        "What was assumed",
        f"allmende simulate {economy}",
        results.hash()[:16],
    ):
        assert told in page.text, told
    for row in results.parameters:
        assert row["meaning"] in page.text
    for note in results.notes:
        assert note in page.text
    assert json.loads(page.scripts["allmende-data"])["hash"] == results.hash()


def test_every_figure_says_simulated() -> None:
    document = worlds_page(simulated("commons"))
    figures = [block for section in document.sections for block in section.blocks if hasattr(block, "origin")]
    assert len(figures) > 6
    assert all(figure.origin.startswith("simulated") for figure in figures)


def test_the_screen_has_the_flows_and_every_outcome() -> None:
    text = on_screen(worlds_brief(simulated("commons")))
    for told in ("Dues: firms", "foundation", "Active members", "Hash of the results"):
        assert told in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_file_holds_what_came_out() -> None:
    results = simulated("commons")
    kept = json.loads(results_json(results, command="allmende simulate commons"))
    assert kept["origin"] == "simulated"
    assert kept["hash"] == results.hash()
    values = np.array(kept["variables"]["active_members"]["values"])
    assert (values == results["active_members"]).all()
    gini = kept["variables"]["gini"]["values"][0][0][0]
    assert gini[0] is None
    assert isinstance(gini[11], float)
    assert {(flow["kind"], flow["payer"], flow["payee"]) for flow in kept["flows"]} == set(results.flows)


def test_a_page_leaves_out_numbers_that_a_browser_would_choke_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allmende.reports.resultsfile._MOST_NUMBERS", 10)
    kept = json.loads(page_data(simulated("commons")))
    assert "variables" not in kept
    assert "--json" in kept["left_out"]
