"""Fixtures: two small communities, a browser. No generator of random numbers is shared; draws are keyed."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

import settlements as places
from allmende.events import Events
from allmende.panel import Panel

# A busy machine is no failure of the code under test. The same examples every time, so that a change is
# judged by what it changes; `make slow` explores others, and what it finds becomes a test.
settings.register_profile("allmende", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "allmende"))


@pytest.fixture(scope="session")
def village() -> Panel:
    """About 300 members over 72 months, made by the member model; the window is the whole life."""
    return places.village()


@pytest.fixture(scope="session")
def hamlet() -> Events:
    """Twelve acts of three members, written by hand."""
    return places.hamlet_events()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium, closed with its module: while it is open, its thread runs an event loop of its own."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    with driver.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
