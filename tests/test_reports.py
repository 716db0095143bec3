"""Reports: nothing is computed, nothing is hidden, nobody is named, nothing from a source is obeyed."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import allmende
from allmende.errors import RegimeMismatchError, TooFewError
from allmende.indicator import Interval
from allmende.reports import report
from allmende.reports.brief import brief
from allmende.reports.document import Figure, Section
from allmende.reports.escaping import script_safe, table_cell, visible
from allmende.reports.html import charts, html
from allmende.reports.numbers import between, change, number
from allmende.reports.page import page
from allmende.reports.provenance import merges, record_page
from allmende.reports.terminal import show, spark
from village import NASTY, measured, village


class Reader(HTMLParser):
    """Elements, attributes and visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.text = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") or tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag in {"script", "style"} else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[self._inside] = self.scripts.get(self._inside, "") + data
        else:
            self.text += data


def parsed(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def on_screen(document: object) -> str:
    stream = StringIO()
    show(document, stream)  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.fixture(scope="module")
def village_page() -> Reader:
    return parsed(html(page(measured(), command="allmende measure village.csv")))


def test_the_screen_answers_four_questions_and_shows_every_number() -> None:
    text = on_screen(brief(measured()))
    for heading in ("Healthy", "Fragile", "What changed", "How sure", "Numbers", "Not answered"):
        assert re.search(rf"^{heading}$", text, re.MULTILINE), heading
    answered = [one.indicator for one in measured().answers if one.value is not None]
    assert len(answered) > 15
    for name in answered:
        assert name.replace("_", " ").capitalize().replace("hhi", "HHI") in text


def test_the_screen_is_plain_text_of_100_columns_when_it_is_no_screen() -> None:
    text = on_screen(brief(measured()))
    assert "\x1b" not in text
    assert all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())


def test_missing_history_is_said_before_any_number() -> None:
    text = on_screen(brief(measured(truncated="shallow clone, begins in 2019")))
    assert text.index("shallow clone") < text.index("Numbers\n")
    reader = parsed(html(page(measured(truncated="shallow clone, begins in 2019"))))
    assert reader.text.index("shallow clone") < reader.text.index("Numbers are for")


def test_what_the_source_wrote_is_shown_and_not_obeyed_on_the_screen() -> None:
    text = on_screen(brief(measured(NASTY))) + on_screen(record_page(village(NASTY)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<U+001B>" in text
    assert "<U+202E>" in text


def test_what_the_source_wrote_is_text_in_the_page() -> None:
    quiet = parsed(html(page(measured())))
    text = html(page(measured(NASTY, org=NASTY, truncated=NASTY), command=NASTY))
    loud = parsed(text)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert [tag for tag, _ in loud.elements if tag in {"script", "img", "style"}] == [
        tag for tag, _ in quiet.elements if tag in {"script", "img", "style"}
    ]
    assert not [name for _, attributes in loud.elements for name in attributes if name.startswith("on")]
    assert "{{7*7}}" in loud.text
    stored = json.loads(loud.scripts["allmende-data"])
    assert stored["community"]["name"] == NASTY


def test_a_name_of_a_megabyte_is_cut() -> None:
    long = "x" * 1_000_000
    assert len(on_screen(brief(measured(long)))) < 20_000
    assert parsed(html(page(measured(long)))).text.count("x") < 5_000


def test_nobody_is_named_in_anything_written(tmp_path: Path) -> None:
    from allmende.reports.machine import json_text, write_csv

    names = [*measured().community.events.members, "account-x"]
    written = html(page(measured())) + json_text(measured())
    written += "".join(path.read_text() for path in write_csv(measured(), tmp_path))
    assert not [name for name in names if re.search(rf"\b{name}\b", written) and name != "robot"]


def test_merges_are_explained_on_the_screen() -> None:
    text = on_screen(merges(village()))
    for told in ("member-001", "account-x", "same address", "robot", "name of a program", ".mailmap"):
        assert told in text


def test_the_page_is_one_file_under_a_strict_policy(village_page: Reader) -> None:
    policies = [
        attributes["content"]
        for tag, attributes in village_page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    policy = policies[0] or ""
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for tag, attributes in village_page.elements:
        assert "src" not in attributes, tag
        assert "style" not in attributes, tag
        assert not (attributes.get("href") or "#").startswith(("http", "//")), tag


def test_the_page_can_be_read_without_seeing_it(village_page: Reader) -> None:
    tags = [tag for tag, _ in village_page.elements]
    assert tags.count("h1") == tags.count("main") == tags.count("header") == tags.count("footer") == 1
    assert ("html", {"lang": "en"}) in village_page.elements
    charts = [attributes for _, attributes in village_page.elements if "data-chart" in attributes]
    assert len(charts) > 10
    assert all(one["role"] == "img" and one["aria-label"] for one in charts)
    assert tags.count("table") > len(charts)
    assert tags.count("caption") == tags.count("table")
    ids = [attributes["id"] for _, attributes in village_page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {
        attributes["aria-labelledby"]
        for _, attributes in village_page.elements
        if "aria-labelledby" in attributes
    }
    assert named <= set(ids)
    headers = [attributes for tag, attributes in village_page.elements if tag == "th"]
    assert all(one.get("scope") in {"col", "row", "rowgroup"} for one in headers)


def test_the_page_has_every_part_it_promises(village_page: Reader) -> None:
    for told in (
        "Every number",
        "How to read this page",
        "What the record is worth",
        "What merging accounts into members changed",
        "What could not be read",
        "900 acts in two days",
        "allmende measure village.csv",
        f"Allmende {allmende.__version__}",
        "3, 12 resamplings of members",
        "0a1b2c3d",
    ):
        assert told in village_page.text, told
    charts = json.loads(village_page.scripts["allmende-charts"])
    assert {"cohorts", "organisations", "lorenz", "hours", "curve-stopping-hazard"} <= set(charts)
    assert not re.findall(r"#[0-9a-f]{6}", village_page.scripts["allmende-charts"])


def test_every_number_has_its_definition(village_page: Reader) -> None:
    from allmende.reports.telling import described

    for one in measured().answers:
        if one.value is not None:
            about = described(one.indicator)
            assert about.question in village_page.text
            assert about.reference in village_page.text


def test_a_report_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    place = report(measured(), tmp_path / "page.html", command="allmende measure village")
    assert place.read_text().startswith("<!doctype html>")


def test_communities_stand_side_by_side_when_their_records_count_the_same(tmp_path: Path) -> None:
    place = report([measured(), measured("hamlet")], tmp_path / "both.html")
    reader = parsed(place.read_text())
    assert "village" in reader.text
    assert "hamlet" in reader.text
    with pytest.raises(RegimeMismatchError, match="hamlet is committer"):
        report([measured(), measured("hamlet", "committer")], tmp_path / "no.html")
    with pytest.raises(TooFewError):
        report([], tmp_path / "no.html")
    assert not (tmp_path / "no.html").exists()


def test_a_measurement_with_an_indicator_that_is_not_installed_here_can_be_told() -> None:
    first = replace(measured().answers[0], indicator="of_another_version")
    text = on_screen(brief(replace(measured(), answers=(first, *measured().answers[1:]))))
    assert "Of another version" in text


@given(st.text(max_size=300))
def test_visible_text_commands_nothing(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() or all(letter.isprintable() or letter.isspace() for letter in shown)
    assert not set(shown) & set("\x1b\n\r\t\x00\u202e\u2066\u200f")


@given(st.text(max_size=60))
def test_a_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = table_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (cell.removeprefix("'")) == text


@given(st.text(max_size=60))
def test_json_inside_a_page_stays_inside_and_comes_back(text: str) -> None:
    safe = script_safe(json.dumps(text, ensure_ascii=False))
    assert "<" not in safe
    assert json.loads(safe) == text


@given(st.floats(-1e9, 1e9), st.sampled_from(["share", "members", "months", "1"]))
def test_a_number_says_its_size_to_half_a_hundredth(value: float, unit: str) -> None:
    text = number(value, unit)
    read = float(text.replace("\u2212", "-").replace(",", "").rstrip("%")) / (100 if unit == "share" else 1)
    assert read == pytest.approx(value, rel=0.06, abs=0.01)


def test_what_cannot_be_a_number_is_not_shown_as_one() -> None:
    assert number(None, "members") == number(float("nan"), "share") == number(float("inf"), "1") == "\u2013"
    assert between(None, "share") == change(None, "share") == ""
    assert change(Interval(-0.001, -0.0001, 0.001), "share") == "0 points"


def test_a_sparkline_shows_small_years_and_empty_ones() -> None:
    assert spark((0.0, 0.001, 100.0)) == " ▁█"
    assert spark(()) == ""


def test_a_number_that_was_not_measured_keeps_no_chart_from_being_drawn() -> None:
    document = page(measured())
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                spoilt = replace(block, specification={"data": {"values": [{"a": float("nan")}, {"a": 1.5}]}})
                told = charts(replace(document, sections=(Section("x", "x", (spoilt,)),)))
                assert json.loads(told)[block.name]["data"]["values"] == [{"a": None}, {"a": 1.5}]
                return
    pytest.fail("the page has no chart")
