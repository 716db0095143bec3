"""Answers: windows of equal length, refusals with their reason, changes paired on the same luck."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allmende.answers import answer, change, complete_window, periods
from allmende.errors import TooFewError
from allmende.indicator import Curve, indicator
from allmende.months import parse
from allmende.panel import Panel

INFINITE = (-float("inf"), float("inf"))


@indicator(family="activity", unit="members", bounds=(0, float("inf")), reference="test")
def active(panel: Panel, /) -> float:
    """How many members are active?"""
    return float((panel.counts() > 0).sum())


@indicator(family="activity", unit="acts", reference="test")
def refusing(panel: Panel, /) -> float:
    """Does it refuse?"""
    raise TooFewError("'refusing' never has enough", estimate=0.25, next_step="Give up.")


@indicator(family="activity", unit="acts", reference="test")
def odd(panel: Panel, /) -> float:
    """Is it a number?"""
    return float("nan")


@indicator(family="activity", unit="acts", bounds=INFINITE, reference="test", curve=True)
def line(panel: Panel, /) -> Curve:
    """How much, by size?"""
    counts = np.sort(np.r_[0, 0, panel.counts()])[-2:].astype(float)
    return Curve(np.arange(2.0), counts, np.ones(2), ("second", "first"), "rank")


def steady(members: int, months: int, start: int = 0) -> Panel:
    """Every member contributes once in every month."""
    size = members * months
    return Panel.of_columns(
        member=np.repeat(np.arange(members, dtype=np.int32), months),
        month=np.tile(np.arange(start, start + months, dtype=np.int32), members),
        action=np.zeros(size, np.uint8),
        count=np.ones(size, np.int64),
        day_set=np.ones(size, np.uint32),
        members=tuple(f"m{i}" for i in range(members)),
        start=start,
        stop=start + months,
    )


def test_the_last_month_is_not_complete() -> None:
    assert complete_window(steady(1, 30)) == (17, 29)
    assert complete_window(steady(1, 13)) == (0, 12)
    assert complete_window(steady(1, 12)) == (0, 12)
    assert complete_window(steady(1, 3)) == (0, 3)


@given(st.integers(1, 60), st.integers(-30, 30), st.sampled_from(["month", "quarter", "year"]))
def test_periods_are_complete_equal_and_on_the_calendar(months: int, start: int, by: str) -> None:
    panel = steady(1, months, start)
    length = {"month": 1, "quarter": 3, "year": 12}[by]
    found = periods(panel, by)
    assert all(stop - first == length and first % length == 0 for first, stop in found)
    assert all(panel.start <= first and stop < panel.stop for first, stop in found)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_periods_of_known_years() -> None:
    panel = steady(1, 30, parse("2019-06"))
    assert periods(panel, "year") == [(parse("2020"), parse("2021"))]


def test_a_refusal_stands_where_the_number_would() -> None:
    told = answer([active, refusing, odd], steady(5, 12), replicates=20)
    assert [one.value for one in told] == [5.0, None, None]
    assert "'refusing' never has enough" in told[1].note
    assert "Give up." in told[1].note
    assert told[1].distrusted == 0.25
    assert told[1].interval is None
    assert "not a number to report" in told[2].note


def test_a_curve_has_an_interval_at_each_point() -> None:
    told = answer([line], steady(5, 12), replicates=50)[0]
    assert told.curve is not None
    assert len(told.curve_low) == len(told.curve_high) == 2
    assert all(
        low <= y <= high for low, y, high in zip(told.curve_low, told.curve.y, told.curve_high, strict=True)
    )


def test_nothing_changed_is_no_change() -> None:
    """The same people with the same luck in both windows: the difference is zero, and so is its interval."""
    moved = change([active], steady(40, 24).last(12), replicates=50)[0]
    assert moved.difference is not None
    assert (moved.difference.low, moved.difference.mid, moved.difference.high) == (0, 0, 0)
    assert not moved.clear


def test_a_real_change_is_clear() -> None:
    panel = steady(60, 24)
    stayed = (panel.member < 20) | (panel.month < 12)
    columns = {
        name: getattr(panel, name)[stayed] for name in ("member", "month", "action", "count", "day_set")
    }
    halved = Panel.of_columns(**columns, members=panel.members, start=12, stop=24)
    moved = change([active], halved, replicates=100)[0]
    assert moved.difference is not None
    assert moved.difference.mid == -40
    assert moved.clear


def test_without_a_window_before_there_is_no_change() -> None:
    assert change([active], steady(5, 12)) == []


def test_an_empty_panel_is_answered() -> None:
    assert answer([active], steady(0, 12), replicates=5)[0].value == 0.0
