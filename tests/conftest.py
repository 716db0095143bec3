"""Fixtures: two small communities. No generator of random numbers is shared; draws are keyed."""

import pytest
from hypothesis import settings

import settlements as places
from allmende.events import Events
from allmende.panel import Panel

# A busy machine is no failure of the code under test.
settings.register_profile("allmende", deadline=None)
settings.load_profile("allmende")


@pytest.fixture(scope="session")
def village() -> Panel:
    """About 300 members over 72 months, made by the member model; the window is the whole life."""
    return places.village()


@pytest.fixture(scope="session")
def hamlet() -> Events:
    """Twelve acts of three members, written by hand."""
    return places.hamlet_events()
