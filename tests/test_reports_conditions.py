"""What would have to be true, told: on a page, on a screen, and to other programs."""

import io
import json
from pathlib import Path

import pytest

import allmende as al
from allmende.comparison import Comparison, compare
from allmende.conditions.exploring import explore
from allmende.conditions.hinges import Conditions
from allmende.plots.flips import flip_map, odds_curve
from allmende.plots.vegalite import COLOURS, DIVERGING
from allmende.policies import Bounty, Foundation
from allmende.reports.comparisonfile import comparison_json
from allmende.reports.conditions import conditions_page
from allmende.reports.conditionsfile import conditions_json
from allmende.reports.document import Figure, Sentences, Table
from allmende.reports.futures import futures_brief, futures_page
from allmende.reports.html import html
from allmende.reports.inshort import in_short
from allmende.reports.terminal import show
from test_reports import parsed

FUTURES = [Bounty(pool=50_000), Foundation(donations=2.0)]


@pytest.fixture(scope="session")
def told() -> Comparison:
    return compare("commons", policies=FUTURES, members=100, months=24, replicates=6, threads=2)


@pytest.fixture(scope="session")
def found() -> Conditions:
    return explore("commons", policies=FUTURES, members=100, months=24, draws=200, threads=2)


def figures(page: object) -> list[Figure]:
    return [block for part in page.sections for block in part.blocks if isinstance(block, Figure)]


def test_the_page_tells_hinges_with_their_provenance(told, found) -> None:
    page = parsed(html(futures_page(told, conditions=found, command="allmende compare commons")))
    judged = found.judgement("foundation", "use_value")
    assert judged.hinges
    for words in (
        "What would have to be true", "Everything believed", "In short", judged.hinges[0].parameter,
        "Assumed: 2 cents/use", "Cost of serving one use of the works.",
    ):  # fmt: skip
        assert words in page.text, words


def test_without_an_exploration_nothing_of_it_is_on_the_page(told) -> None:
    text = parsed(html(futures_page(told))).text
    assert "What would have to be true" not in text
    assert "Everything believed" not in text
    assert json.loads(comparison_json(told))["conditions"] is None


def test_every_chart_is_simulated_described_and_has_its_table(found) -> None:
    charts = [each for each in figures(conditions_page(found)) if each.name.startswith(("flips", "odds"))]
    assert {each.name.partition("-")[0] for each in charts} == {"flips", "odds"}
    assert len({each.name for each in charts}) == len(charts)
    for each in charts:
        assert each.origin.startswith("simulated")
        assert len(each.description) > 40
        assert each.table.rows
        assert json.dumps(each.specification, allow_nan=False)


def test_the_map_marks_where_the_community_stands_and_uses_the_pages_colours(found) -> None:
    judged = found.judgement("foundation", "use_value")
    assert judged.map is not None
    drawn = flip_map(
        judged.map,
        here=(2.0, 20.0),
        label="here",
        title="t",
        origin="simulated",
        words=("a", "b"),
        legend="l",
    )
    tiles = drawn["layer"][0]["data"]["values"]
    assert len(tiles) == len(judged.map.cells) == 100
    assert {"x": 2.0, "y": 20.0, "label": "here"} in drawn["layer"][-1]["data"]["values"]
    scale = drawn["layer"][0]["encoding"]["color"]["scale"]
    assert len(scale["range"]) == len(scale["domain"]) + 1 == len(DIVERGING)
    assert set(scale["range"]) <= set(COLOURS)
    signs = {tile["sign"]: tile["more"] for tile in tiles}
    assert signs.get("+", 1) >= 0.9
    assert signs.get("\u2212", 0) <= 0.1


def test_a_curve_has_its_band_its_half_and_its_threshold(found) -> None:
    hinge = found.judgement("foundation", "use_value").hinges[0]
    drawn = odds_curve(
        hinge.odds,
        thresholds=hinge.thresholds,
        here=2.0,
        title="t",
        origin="simulated",
        words="w",
        legend="l",
    )
    kinds = [layer["mark"]["type"] for layer in drawn["layer"]]
    assert kinds == (["rect"] if hinge.thresholds else []) + ["rule", "area", "line", "rule"]


def test_it_begins_with_what_a_board_reads(told, found) -> None:
    cards = in_short(told, found)
    assert [card.title for card in cards] == list(told.results.policies[1:])
    bounty = " ".join(cards[0].sentences)
    assert "Who gains: newcomers" in bounty
    assert "of all futures in" in bounty
    assert "sets of parameters that are believed possible" in bounty
    assert all(isinstance(card, Sentences) for card in cards)
    alone = " ".join(sentence for card in in_short(told) for sentence in card.sentences)
    assert "believed possible" not in alone


def test_unpaid_work_neither_gains_nor_loses(told) -> None:
    groups = next(part for part in futures_page(told).sections if part.name == "groups")
    verdicts = {
        row[0].text: row[1].text
        for block in groups.blocks
        if isinstance(block, Table) and "bounty" in block.caption
        for row in block.rows
    }
    assert verdicts["unpaid work"] == "less"
    assert verdicts["newcomers"] == "gains"


def test_titles_name_the_futures(told) -> None:
    assert futures_page(told).title == "Commons: bounty or foundation?"


def test_the_screen_tells_the_table_and_the_sentences(told, found) -> None:
    stream = io.StringIO()
    show(futures_brief(told, conditions=found), stream)
    text = " ".join(stream.getvalue().split())
    for words in ("What would have to be true", "In so many of the sets", "upkeep_cost", "Cannot be told"):
        assert words in text


def test_other_programs_get_everything(told, found) -> None:
    stored = json.loads(conditions_json(found, command="c"))
    assert stored["format"] == "allmende.conditions"
    assert (stored["draws"], stored["hash"], stored["command"]) == (200, found.hash, "c")
    judged = stored["judgements"][0]
    assert judged["signs"].keys() == {"more", "less", "same", "untold"}
    assert judged["sentences"][0].startswith("Of 200 sets")
    limits = [one for row in stored["judgements"] for box in row["gains"] for one in box["limits"]]
    assert limits
    assert any(limit["high"] is None or limit["low"] is None for limit in limits)
    assert json.loads(comparison_json(told, conditions=found))["conditions"]["draws"] == 200


def test_an_exploration_has_a_page_of_its_own(found, tmp_path: Path) -> None:
    place = al.report(found, tmp_path / "true.html", command="al.explore(...)")
    page = parsed(place.read_text())
    assert "Commons: what would have to be true" in page.text
    assert json.loads(page.scripts["allmende-data"])["format"] == "allmende.conditions"
    assert al.explore is explore
