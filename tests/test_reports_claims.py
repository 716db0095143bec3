"""The page, the file and the tables of claims: everything is told, failures and counter-evidence included."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest import mock

import pytest

from allmende.claim import Claim
from allmende.examination import examining
from allmende.examination.examining import Examination, claims
from allmende.examination.laboratory import QUICK
from allmende.examination.shares import Share
from allmende.exhibits import Field
from allmende.plots.claims import regions
from allmende.reports import report
from allmende.reports.claims import claims_brief, claims_page, in_share, overview
from allmende.reports.claimsfile import claims_json
from allmende.reports.claimstable import claims_markdown
from allmende.reports.document import Figure, Table
from allmende.reports.html import html
from test_reports import parsed

SMALL = replace(QUICK, draws=4, members=60, months=24, columns=3, rows=2, contests=60, contests_run=40)


@cache
def examined() -> Examination:
    """All eight at a tiny size."""
    with mock.patch.object(examining, "QUICK", SMALL):
        return claims(quick=True, threads=1)


def tables(told: Examination) -> Iterator[Table]:
    for section in claims_page(told).sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block


def test_every_claim_has_its_part_with_charts_readings_and_evidence() -> None:
    told = examined()
    page = claims_page(told, command="allmende claims")
    names = [section.name for section in page.sections]
    for name in told:
        assert (
            names.index(name.lower())
            < names.index(f"{name.lower()}-charts")
            < names.index(f"{name.lower()}-tables")
        )
    figures = [block for section in page.sections for block in section.blocks if isinstance(block, Figure)]
    assert len({figure.name for figure in figures}) == len(figures) > 12
    assert all(figure.table.rows for figure in figures)
    words = html(page)
    for name in told:
        claim: Claim = told[name].claim
        assert all(row.says.replace("'", "&#39;") in words for row in claim.evidence)
    assert "speaks against it" in words
    assert parsed(words)


def test_a_page_of_one_claim_is_called_after_it() -> None:
    told = examined()
    one = replace(told, answers={"S8": told["S8"]})
    assert claims_page(one).title == "S8 · Community production is very efficient"
    assert [section.name for section in claims_page(one).sections][:2] == ["overview", "s8"]


def test_the_map_shows_every_place_and_whether_it_agrees() -> None:
    told = examined()
    (field,) = (each for each in told["S2"].exhibits if isinstance(each, Field))
    (table,) = (
        table for table in tables(replace(told, answers={"S2": told["S2"]})) if "Real" in table.caption
    )
    cases = [case for pane in field.panes for case in pane.cases]
    assert len(table.rows) == len(cases) == 5
    for row, case in zip(table.rows, cases, strict=True):
        assert row[0].text == case.name
        assert (row[3].text == "yes") == bool(set(case.predicted) & set(case.seen))
    for pane in field.panes:
        drawn = regions(field, pane)
        assert len(drawn["layer"][0]["data"]["values"]) == len(pane.cells)
        assert len(drawn["layer"]) == (5 if pane.cases else 1)


def test_the_file_holds_everything_and_is_json() -> None:
    told = examined()
    said = json.loads(claims_json(told, command="allmende claims"))
    assert said["format"] == "allmende.claims"
    assert said["hash"] == told.hash()
    assert [each["name"] for each in said["claims"]] == list(told)
    second = said["claims"][1]
    assert second["readings"][0]["mid"] == told["S2"].share.mid
    assert {"kind", "panes"} <= set(second["exhibits"][0])
    assert second["exhibits"][0]["panes"][0]["cells"][0]["region"] in {
        "unattractive",
        "destructive",
        "successful",
    }
    assert {row["side"] for row in second["evidence"]} == {"for", "against", "both"}


def test_the_tables_tell_each_reading_and_all_evidence() -> None:
    told = examined()
    text = claims_markdown(told)
    for name in told:
        answer = told[name]
        assert f"## {name}: {answer.claim.title}" in text
        for taken in answer.taken:
            assert f"| {taken.name} | {taken.says} | {in_share(taken.share)} |" in text
        assert all(f"{row.id} ({row.side})" in text for row in answer.claim.evidence)
    widths = [line.count("|") for line in text.split("\n\n")[0].splitlines()]
    assert set(widths) == {5}


def test_the_brief_has_the_overview_and_details_of_a_few() -> None:
    told = examined()
    assert [section.name for section in claims_brief(told).sections] == ["overview"]
    assert len(overview(told).rows) == 8
    one = claims_brief(replace(told, answers={"S2": told["S2"]}))
    assert [section.name for section in one.sections] == ["overview", "S2"]


def test_a_report_writes_the_page(tmp_path: Path) -> None:
    place = report(examined(), tmp_path / "claims.html", command="allmende claims")
    assert "Does the theory hold?" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("share", "text"),
    [(Share(0.31, 0.34, 0.37, 9), "34 % (31-37)"), (Share(0.0, 0.0, 0.024, 9), "0 % (0-2.4)")],
)
def test_a_share_is_written_with_its_interval(share: Share, text: str) -> None:
    assert in_share(share) == text
