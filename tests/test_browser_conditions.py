"""The page of what would have to be true in a real browser: silent, offline, fitting, readable at night."""

from pathlib import Path
from typing import Any

import pytest

import test_browser
import test_reports_conditions
from allmende.reports.futures import futures_page
from allmende.reports.html import html

told = test_reports_conditions.told
found = test_reports_conditions.found


@pytest.fixture(scope="module")
def page(told, found, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("conditions") / "true.html"
    place.write_text(html(futures_page(told, conditions=found)), encoding="utf-8")
    return place


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "light"), (1280, "dark")])
def test_the_page_says_nothing_asks_for_nothing_and_fits(
    width: int, scheme: str, browser: Any, page: Path
) -> None:
    seen = test_browser.opened(browser, page, width=width, scheme=scheme)
    assert seen.said == []
    assert seen.asked == [page.as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    charts = seen.page.evaluate(
        "[...document.querySelectorAll('[data-chart^=flips], [data-chart^=odds]')].map(place =>"
        " place.querySelectorAll('svg path[d]').length)"
    )
    assert len(charts) > 2
    assert min(charts) > 3
    seen.page.close()


def test_signs_on_the_map_are_told_apart_from_their_ground(browser: Any, page: Path) -> None:
    """The sign of a part and its colour, in both schemes: at least 3 to 1 (WCAG 2, graphics)."""
    script = """
    () => {
      const luminance = colour => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const style = getComputedStyle(document.documentElement);
      const probe = document.body.appendChild(document.createElement('i'));
      const of = name => { probe.style.color = style.getPropertyValue(name); return getComputedStyle(probe).color; };
      const paper = luminance(of('--paper'));
      return [1, 7].map(step => {
        const ground = luminance(of(`--diverging-${step}`));
        return (Math.max(paper, ground) + 0.05) / (Math.min(paper, ground) + 0.05);
      });
    }
    """  # noqa: E501 - a script in another language
    for scheme in test_browser.SCHEMES:
        seen = test_browser.opened(browser, page, scheme=scheme)
        assert min(seen.page.evaluate(script)) >= 3, scheme
        seen.page.close()
