"""The page of claims in a real browser: silent, offline, fitting, wide and narrow, light and dark."""

from pathlib import Path
from typing import Any

import pytest

import test_browser
from allmende.reports import report
from test_reports_claims import examined


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(examined(), tmp_path_factory.mktemp("claims") / "claims.html", command="allmende claims")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "light"), (380, "dark")])
def test_a_page_says_nothing_asks_for_nothing_and_fits(
    width: int, scheme: str, browser: Any, page: Path
) -> None:
    seen = test_browser.opened(browser, page, width=width, scheme=scheme)
    assert seen.said == []
    assert seen.asked == [page.as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    edges = seen.page.evaluate(
        "[...document.querySelectorAll('[data-chart] svg')].map(e => e.getBoundingClientRect().right)"
    )
    assert len(edges) > 12
    assert max(edges) <= width
    seen.page.close()


def test_communities_stand_on_the_map(browser: Any, page: Path) -> None:
    seen = test_browser.opened(browser, page)
    words = seen.page.inner_text("[data-chart=s2-map-2]")
    assert "YouTube" in words
    assert "GitHub Sponsors" in words
    assert "destructive" in words
    seen.page.close()
