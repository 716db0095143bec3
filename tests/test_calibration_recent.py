"""The level of the last year, and what worlds of a community meet ahead."""

from dataclasses import replace

import numpy as np
import pytest

import careers as invented
from allmende.calibration.ahead import LEARNED, ahead_of
from allmende.calibration.careers import Careers
from allmende.calibration.recent import Recent, Year, recent_of

LAW = np.array([0.4, 0.5, 0.8, 0.5])
MONTHS = 60
RECENT = Recent(newcomers=10.0, error=0.1, vigour=-0.2, work=0.3)


def community(members: int = 8_000) -> tuple[Careers, Year]:
    """Members who follow the law, two contributions more on each of their days."""
    careers, _ = invented.careers(members, MONTHS, tuple(LAW), 5)
    days, joined, _ = invented.monthly_days(members, MONTHS, tuple(LAW), 5)
    last = days[:, -12:]
    careers = replace(careers, made=3 * careers.days)
    return careers, Year(12, float((joined >= MONTHS - 12).sum()), float((last > 0).sum()), 3.0 * last.sum())


def told(careers: Careers, year: Year, extra: float = 2.0) -> Recent:
    return recent_of(careers, LAW, np.ones(len(careers)), extra, year)


def test_who_follows_the_law_needs_no_ratio() -> None:
    careers, year = community()
    found = told(careers, year)
    assert found.newcomers == pytest.approx(year.newcomers / 12)
    assert abs(found.vigour) < 0.05
    assert abs(found.work) < 0.05


def test_a_quiet_year_slows_members_and_a_busy_one_speeds_them() -> None:
    careers, year = community()
    usual = told(careers, year).vigour
    quiet = told(careers, replace(year, active=0.8 * year.active)).vigour
    assert quiet < usual - 0.2
    assert told(careers, replace(year, active=1.2 * year.active)).vigour > usual + 0.2


def test_what_spells_take_from_days_each_day_gives_back() -> None:
    """Fewer days of the same contributions: more on each."""
    careers, year = community()
    found = told(careers, replace(year, active=0.8 * year.active))
    assert found.work > 0.1


def test_a_handful_moves_little_and_nothing_is_endless() -> None:
    careers, year = community(60)
    assert told(careers, Year(12, 0, 0, 0)).vigour == 0
    assert np.isfinite(told(careers, Year(12, 0, 0, 0)).newcomers)
    for made in (0.0, 1e9):
        assert abs(told(careers, replace(year, made=made)).work) <= 1.5


def test_the_middle_world_goes_on_as_last_year_but_for_what_was_learned() -> None:
    small = np.full(4_000, 0.1)
    likely, drawn = ahead_of(RECENT, small[:1], small[:1], seed=None), ahead_of(RECENT, small, small, seed=3)
    for one in (likely, drawn):
        spread, z = one.joining_spread, one.environment
        rate = np.median(np.log(one.newcomers) + spread * z - 0.5 * spread**2)
        assert rate == pytest.approx(np.log(10.0) + 0.5 * LEARNED.drift, abs=0.03)
        spread = one.activity_spread
        vigour = np.median(one.vigour + spread * z - 0.5 * spread**2)
        assert vigour == pytest.approx(-0.2 + LEARNED.vigour + 0.5 * LEARNED.drift, abs=0.03)
    assert drawn.environment.std() == pytest.approx(LEARNED.start, rel=0.05)


def test_a_record_may_swing_more_than_others_never_less() -> None:
    wide, narrow = np.array([1.2]), np.array([0.05])
    found = ahead_of(RECENT, wide, narrow, seed=None)
    assert found.joining_spread.tolist() == [1.2]
    assert found.activity_spread.tolist() == [LEARNED.activity]
    same = ahead_of(RECENT, wide, narrow, seed=7), ahead_of(RECENT, wide, narrow, seed=7)
    assert same[0].environment == same[1].environment
