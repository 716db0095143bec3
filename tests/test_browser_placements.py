"""The page of placements in a real browser: silent, offline, fitting, wide and narrow, light and dark."""

from pathlib import Path
from typing import Any

import pytest

import test_browser
from allmende.reports.html import html
from allmende.reports.placementfile import placements_json
from allmende.reports.placements import placements_page
from allmende.typology.facts import parse_facts
from allmende.typology.placing import place
from test_reports_placements import of_case
from test_typology_placing import LINUX
from village import NASTY


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("placements")
    told = {
        "trajectory": [place(facts=parse_facts(LINUX), by="year")],
        "several": [of_case("youtube-2006"), of_case("eclipse-2005"), of_case("apache-2005")],
        "nasty": [place(name=NASTY), place(facts=parse_facts(LINUX), name=NASTY * 3)],
    }
    for name, found in told.items():
        page = placements_page(found, command=f"allmende place {name}", data=placements_json(found))
        (folder / f"{name}.html").write_text(html(page), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in told}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "light"), (380, "dark")])
@pytest.mark.parametrize("name", ["trajectory", "several", "nasty"])
def test_a_page_says_nothing_asks_for_nothing_and_fits(
    name: str, width: int, scheme: str, browser: Any, pages: dict[str, Path]
) -> None:
    seen = test_browser.opened(browser, pages[name], width=width, scheme=scheme)
    assert seen.said == []
    assert seen.asked == [pages[name].as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    triangle = seen.page.evaluate(
        "document.querySelector('[data-chart=triangle] svg').getBoundingClientRect().toJSON()"
    )
    assert triangle["right"] <= width
    assert triangle["width"] > 200
    seen.page.close()


def test_a_trajectory_is_a_line_with_its_points(browser: Any, pages: dict[str, Path]) -> None:
    seen = test_browser.opened(browser, pages["trajectory"])
    words = seen.page.inner_text("[data-chart=triangle]")
    assert "1991" in words
    assert "2010" in words
    assert "crowdsourcing" in words
    seen.page.close()


def test_weights_are_drawn_and_their_question_opens(browser: Any, pages: dict[str, Path]) -> None:
    seen = test_browser.opened(browser, pages["several"])
    assert seen.page.locator("td svg.span").count() > 60
    seen.page.locator("th details summary").first.click()
    assert "?" in seen.page.locator("th details[open] p").first.inner_text()
    seen.page.close()
