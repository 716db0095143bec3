"""Placements told: shares, evidence, gaps and strangers' words in a page; the geometry of the triangle."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.indicator import Interval
from allmende.plots.ternary import CORNERS, PlacedPoint, region, ternary
from allmende.reports.document import Cell, Figure, Table
from allmende.reports.html import html
from allmende.reports.placementfile import placements_json
from allmende.reports.placements import placements_brief, placements_page
from allmende.typology.casebook import case
from allmende.typology.facts import Dossier, parse_facts
from allmende.typology.placing import Trajectory, place
from village import NASTY


def of_case(slug: str) -> Trajectory:
    found = case(slug)
    return place(facts=Dossier(found.community, (found.period,)), name=slug)


def cells(document) -> list[Cell]:
    return [
        cell
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    ]


def test_every_piece_of_evidence_has_a_bar_for_each_economy() -> None:
    found = of_case("eclipse-2005")
    bars = [cell for cell in cells(placements_page([found])) if cell.span]
    assert len(bars) == 3 * len(found.last.evidence)
    for bar in bars:
        assert 0 <= bar.span.low <= bar.span.mid <= bar.span.high <= 1
        assert (bar.span.mid > 0.5) == bar.text.startswith("+") or bar.text in {"+0.00", "\u22120.00"}


def test_the_largest_bar_of_all_fills_its_half() -> None:
    bars = [cell.span.mid for cell in cells(placements_page([of_case("youtube-2006")])) if cell.span]
    assert max(bars) == pytest.approx(1) or min(bars) == pytest.approx(0)


def test_a_brief_names_the_fact_that_would_change_most() -> None:
    facts = parse_facts('community = "v"\n[[period]]\nfrom = "2001"\nobject = "common"')
    told = str(placements_brief([place(facts=facts)]))
    assert "Would change most" in told
    assert "K4 value_captor" in told


def test_without_evidence_the_page_says_so() -> None:
    assert "There is no evidence at all" in str(placements_page([place(name="nobody")]))


def test_words_of_strangers_are_shown_and_never_obeyed() -> None:
    dated = 'community = "x"\n[[period]]\nfrom = "2001"\nobject = "common"\n'
    facts = parse_facts(dated + 'conflict = "<script>alert(1)</script>"')
    page = html(placements_page([place(facts=facts, name=NASTY)], data=placements_json([place(facts=facts)])))
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_data_of_a_page_are_those_of_the_file() -> None:
    found = [of_case("linux-1993"), of_case("linux-2007")]
    stored = json.loads(placements_json(found, command="allmende place ..."))
    assert stored["format"] == "allmende.placements"
    placed = stored["communities"][1]["placements"][0]
    assert placed["shares"]["commons"]["mid"] == found[1].last.shares["commons"].mid
    assert len(placed["evidence"]) == len(found[1].last.evidence)


def test_the_triangle_has_a_table_with_the_same_numbers() -> None:
    figure = next(
        block
        for section in placements_page([of_case("linux-1993")]).sections
        for block in section.blocks
        if isinstance(block, Figure)
    )
    assert figure.name == "triangle"
    assert len(figure.table.rows) == 1


def shares_of(a: float, b: float, width: float) -> dict[str, Interval]:
    mids = {"sharing": a, "commons": (1 - a) * b, "crowdsourcing": (1 - a) * (1 - b)}
    return {name: Interval(max(mid - width, 0), mid, min(mid + width, 1)) for name, mid in mids.items()}


UNIT = st.floats(0, 1)


@given(UNIT, UNIT, st.floats(0.01, 0.5))
def test_a_region_lies_in_the_triangle_and_around_its_point(a: float, b: float, width: float) -> None:
    corners = region(shares_of(a, b, width))
    assert corners
    for x, y in corners:
        assert -1e-6 <= y <= CORNERS["commons"][1] + 1e-6
        assert y <= min(x, 1 - x) * 2 * CORNERS["commons"][1] + 1e-6
    placed = PlacedPoint("c", "2001", "commons", shares_of(a, b, width))
    layers = ternary([placed], title="t", origin="observed")["layer"]
    (point,) = next(one for one in layers if one["mark"]["type"] == "point")["data"]["values"]
    turns = [
        (x1 - x0) * (point["y"] - y0) - (y1 - y0) * (point["x"] - x0)
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    assert all(turn >= -1e-6 for turn in turns)


def test_corners_are_where_one_economy_is_all() -> None:
    for name, (x, y) in CORNERS.items():
        sure = {other: Interval(*[float(other == name)] * 3) for other in CORNERS}
        assert region(sure) == [pytest.approx((x, y), abs=1e-8)]
