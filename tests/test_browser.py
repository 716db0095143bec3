"""The page in a real browser: opened from disk, offline, wide and narrow, light and dark."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from allmende.comparison import compare
from allmende.policies import Bounty, Gate
from allmende.reports import report
from test_outcomes import simulated
from village import NASTY, measured

SCHEMES = ("light", "dark")


@dataclass
class Opened:
    """A page in the browser, and everything it said or asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    return {
        "village": report(measured(), place / "village.html", command="allmende measure village"),
        "nasty": report(measured(NASTY, org=NASTY, truncated=NASTY), place / "nasty.html", command=NASTY),
        "worlds": report(simulated("crowdsourcing"), place / "worlds.html"),
        "futures": report(
            compare(
                "commons",
                policies=[
                    Bounty(pool=123_456, contingency=0.25, start=3),
                    [Gate(strictness=0.5, start=3), Bounty()],
                ],
                members=100,
                months=14,
                replicates=4,
            ),
            place / "futures.html",
        ),
        "both": report([measured(), measured("hamlet")], place / "both.html"),
    }


def opened(browser: Any, place: Path, *, width: int = 1280, scheme: str = "light") -> Opened:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    seen = Opened(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(place.as_uri())
    page.wait_for_selector("html[data-charts=drawn]", state="attached", timeout=60_000)
    return seen


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
@pytest.mark.parametrize("name", ["village", "nasty", "both", "worlds", "futures"])
def test_a_page_says_nothing_asks_for_nothing_and_fits(
    name: str, width: int, scheme: str, browser: Any, pages: dict[str, Path]
) -> None:
    seen = opened(browser, pages[name], width=width, scheme=scheme)
    assert seen.said == []
    assert seen.asked == [pages[name].as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    too_wide = seen.page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .hidden, .skip') &&"
        " e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"
    )
    assert too_wide == []
    seen.page.close()


def test_every_chart_is_drawn_with_marks_in_it(browser: Any, pages: dict[str, Path]) -> None:
    seen = opened(browser, pages["village"])
    drawn = seen.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-chart]')].map(place =>"
        " [place.dataset.chart, place.querySelectorAll('svg path[d], svg rect, svg line').length]))"
    )
    stored = json.loads(seen.page.evaluate("document.getElementById('allmende-charts').textContent"))
    assert set(drawn) == set(stored)
    assert all(count > 3 for count in drawn.values()), drawn
    seen.page.close()


def test_charts_follow_the_width_of_the_window(browser: Any, pages: dict[str, Path]) -> None:
    seen = opened(browser, pages["village"])
    width = "document.querySelector('[data-chart] svg').getBoundingClientRect().width"
    wide = seen.page.evaluate(width)
    seen.page.set_viewport_size({"width": 500, "height": 900})
    seen.page.wait_for_function(f"{width} < {wide} / 2", timeout=20_000)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 500
    seen.page.close()


def test_dark_and_light_differ_in_ground_ink_and_bars(browser: Any, pages: dict[str, Path]) -> None:
    looks = []
    for scheme in SCHEMES:
        seen = opened(browser, pages["village"], scheme=scheme)
        looks.append(
            seen.page.evaluate(
                "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,"
                " getComputedStyle(document.querySelector('[data-chart=cohorts] path[aria-label], "
                "[data-chart=cohorts] .mark-rect path')).fill]"
            )
        )
        seen.page.close()
    assert all(light != dark for light, dark in zip(*looks, strict=True)), looks


def test_text_has_enough_contrast_in_both_schemes(browser: Any, pages: dict[str, Path]) -> None:
    """Every text colour of the page against the paper: at least 4.5 to 1 (WCAG 2 AA)."""
    script = """
    () => {
      const luminance = colour => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const ground = element => {
        for (let e = element; e; e = e.parentElement) {
          const colour = getComputedStyle(e).backgroundColor;
          if (!colour.endsWith(', 0)')) return colour;
        }
        return 'rgb(255, 255, 255)';
      };
      const faint = [];
      for (const e of document.querySelectorAll('body *:not(script):not(style)')) {
        const speaks = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (e.closest('svg') || !speaks) continue;
        const [a, b] = [luminance(getComputedStyle(e).color), luminance(ground(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.push([e.tagName, e.className, ratio.toFixed(2)].join(' '));
      }
      return [...new Set(faint)];
    }"""
    for scheme in SCHEMES:
        seen = opened(browser, pages["village"], scheme=scheme)
        assert seen.page.evaluate(script) == [], scheme
        seen.page.close()


def test_the_pointer_shows_numbers_and_never_markup(browser: Any, pages: dict[str, Path]) -> None:
    seen = opened(browser, pages["nasty"])
    bar = seen.page.locator("[data-chart=organisations] .mark-rect path").first
    bar.scroll_into_view_if_needed()
    bar.hover(force=True)
    seen.page.wait_for_selector(".tooltip:not([hidden])", timeout=10_000)
    assert "contributions" in seen.page.inner_text(".tooltip")
    assert seen.page.evaluate("document.querySelectorAll('.tooltip img, .tooltip script').length") == 0
    assert seen.said == []
    seen.page.close()


def test_the_data_inside_the_page_can_be_read_back(browser: Any, pages: dict[str, Path]) -> None:
    from allmende.reports.stored import decode

    seen = opened(browser, pages["nasty"])
    stored = decode(seen.page.evaluate("document.getElementById('allmende-data').textContent").encode())
    assert stored.community.name == NASTY
    seen.page.close()


def test_the_page_prints(browser: Any, pages: dict[str, Path], tmp_path: Path) -> None:
    seen = opened(browser, pages["village"], scheme="dark")
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    seen.page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 20_000
    seen.page.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["village", "worlds", "both"])
def test_no_rule_of_accessibility_is_broken(name: str, browser: Any, pages: dict[str, Path]) -> None:
    """WCAG 2.2 A and AA and best practices, as far as axe-core can check them."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for scheme in SCHEMES:
        context = browser.new_context(bypass_csp=True, color_scheme=scheme, offline=True)
        page = context.new_page()
        page.goto(pages[name].as_uri())
        page.wait_for_selector("html[data-charts=drawn]", state="attached", timeout=60_000)
        page.add_script_tag(content=script)
        rules = "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']"
        found = page.evaluate(f"axe.run(document, {{runOnly: {rules}}})")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], scheme
        assert len(found["passes"]) > 20
        context.close()
