"""Standing: classes, what stands in the table, and where a number falls in it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende import plugins
from allmende.reports.standings import percentile, standings_brief, standings_section
from allmende.standing import (
    AGES,
    ANY_AGE,
    DECILES,
    SIZES,
    Standing,
    cell_of,
    reference,
    size_and_age,
    standings,
    told_cell,
)
from test_reports import on_screen
from village import measured


@pytest.mark.parametrize(
    ("active", "years", "cell"),
    [
        (4, 10, ""), (5, 0, "5-24, 0-5"), (24, 4.9, "5-24, 0-5"), (25, 5, "25-99, 5-12"),
        (99, 11.9, "25-99, 5-12"), (100, 12, "100-299, 12+"), (300, 40, "300+, 12+"),
    ],
)  # fmt: skip
def test_classes(active: int, years: float, cell: str) -> None:
    assert cell_of(active, years) == cell


@given(active=st.integers(SIZES[0], 10**6), years=st.floats(0, 100))
def test_every_community_has_a_class_with_words(active: int, years: float) -> None:
    words = told_cell(cell_of(active, years))
    assert "active members" in words
    assert "years old" in words


def test_the_table_holds_deciles_of_five_and_more_and_no_community() -> None:
    known = reference()
    assert known.communities > 50
    classes = {f"{size}, {age}" for size in ("5-24", "25-99", "100-299", "300+") for age in
               ("0-5", "5-12", "12+", ANY_AGE)}  # fmt: skip
    assert set(known.cells) <= classes
    assert len(AGES) == 3
    indicators = plugins.find("indicator")
    for told in known.cells.values():
        for name, cell in told.items():
            assert name in indicators, f"{name} is no indicator any more: make the table anew"
            assert 5 <= cell.communities <= known.communities
            assert len(cell.deciles) == len(DECILES)
            assert (np.diff(cell.deciles) >= 0).all()
            low, high = indicators[name].bounds  # type: ignore[attr-defined]
            assert low - 1e-9 <= cell.deciles[0]
            assert cell.deciles[-1] <= high + 1e-9


def test_larger_communities_have_more_active_members() -> None:
    cells = reference().cells
    medians = [cells[f"{size}, {ANY_AGE}"]["active_members"].deciles[4] for size in
               ("5-24", "25-99", "100-299", "300+")]  # fmt: skip
    assert medians == sorted(medians)
    for median, begin in zip(medians, SIZES, strict=True):
        assert median >= begin


def test_a_community_is_placed_in_its_class() -> None:
    found = standings(measured())
    assert {one.cell.partition(", ")[0] for one in found} == {"5-24"}
    for one in found:
        assert 0 <= one.low < one.high <= 1
        deciles = reference().cells[one.cell][one.indicator].deciles
        below = np.mean([value < one.value for value in deciles])
        assert one.low <= below + 0.1
    active, age = size_and_age(measured().panel, measured().panel.stop - 13, measured().panel.stop - 1)
    assert 5 <= active < 25
    assert 4 < age < 6


def test_records_that_count_other_people_are_not_compared() -> None:
    assert not standings(measured(regime="committer"))
    assert standings_section(measured(regime="committer")).blocks == ()
    assert standings_brief(measured(regime="mixed")) == ()


def test_words() -> None:
    one = Standing("gini", 0.2, 0.0, 0.1, 0.7, 30, "25-99, 5-12")
    assert one.unusual
    assert percentile(one) == "below 90% of them"
    assert percentile(replace(one, low=0.3, high=0.5)) == "above 30 to 50% of them"
    assert not replace(one, low=0.3, high=0.5).unusual


def test_pages_and_screens_say_where_it_stands() -> None:
    from allmende.reports.brief import brief
    from allmende.reports.machine import json_text
    from allmende.reports.page import page
    from allmende.reports.stored import decode

    text = on_screen(brief(measured()))
    assert "Among others" in text
    assert "5 to 24 active members" in text
    stored = decode(json_text(measured()).encode())
    assert len(stored.standings) == len(standings(measured()))
    section = next(one for one in page(measured()).sections if one.name == "standing")
    assert len(section.blocks[1].rows) == len(standings(measured()))  # type: ignore[union-attr]
