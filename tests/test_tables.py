"""Columns and what their cells mean: exact, or a counted fault; the quick way is the slow way."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from allmende.events import OFFSET_UNKNOWN
from allmende.months import instant
from allmende.tables.columns import LARGEST, Column, Faults, flags, instants, numbers, texts, time_unit
from allmende.tables.mapping import TimeForm

ZONES = some.integers(-18 * 60, 18 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


ISO = TimeForm()


def column(*values: str) -> Column:
    return Column.of_texts(values)


def moments(*values: str, form: TimeForm = ISO) -> tuple[list[int], list[int], dict[str, int]]:
    faults = Faults(len(values))
    at, offset, there = instants(column(*values), form, faults)
    faults.mark(~there, "nothing")
    return at.tolist(), offset.tolist(), faults.refusals(str, np.arange(len(values))).counts


@given(some.lists(some.datetimes(timezones=some.one_of(some.none(), ZONES)), min_size=1, max_size=5))
def test_what_isoformat_writes_is_read_exactly(given_moments: list[datetime]) -> None:
    at, offset, faults = moments(*(moment.isoformat() for moment in given_moments))
    for index, moment in enumerate(given_moments):
        exact = instant(moment)
        if (
            not instant(datetime.min.replace(tzinfo=UTC))
            <= exact
            <= instant(datetime.max.replace(tzinfo=UTC))
        ):
            continue
        east = moment.utcoffset()
        assert at[index] == exact
        assert offset[index] == (OFFSET_UNKNOWN if east is None else east // timedelta(minutes=1))
    assert set(faults) <= {"time outside the years 1 to 9999"}


@given(
    some.lists(some.datetimes().map(lambda moment: moment.replace(microsecond=0)), min_size=1), some.data()
)
def test_the_quick_way_is_the_slow_way(given_moments: list[datetime], data: some.DataObject) -> None:
    written = [
        data.draw(some.sampled_from(["", "Z"])).join((moment.isoformat(), "")) for moment in given_moments
    ]
    quick, _, faults = moments(*written)
    slow, _, more = moments(*written, "2020-01-01T00:00:00.5")
    assert quick == slow[:-1]
    assert faults == more == {}


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2021-02-30T00:00:00",
        "2021-13-01",
        "NaT",
        "now",
        "today",
        "2021-01-01T25:00:00",
        "-",
        "۲۰۲۱-01-01T00:00:00",
    ],
)
def test_what_is_no_moment_is_a_fault(text: str) -> None:
    _, _, faults = moments("2021-01-01T00:00:00", text)
    assert faults == {"time not understood": 1}


@pytest.mark.parametrize("text", ["", "NA", "null", "None", " ", "\\N"])
def test_what_stands_for_nothing_is_nothing(text: str) -> None:
    assert moments("2021-01-01T00:00:00", text)[2] == {"nothing": 1}


def test_zones_and_offsets() -> None:
    at, offset, _ = moments("2021-07-01T12:00:00+02:00", "2021-07-01T10:00:00Z", "2021-07-01T10:00:00")
    assert len(set(at)) == 1
    assert offset == [120, OFFSET_UNKNOWN, OFFSET_UNKNOWN]
    at, offset, _ = moments("2021-07-01 12:00", form=TimeForm(zone="Europe/Berlin"))
    assert at == [instant(datetime(2021, 7, 1, 10, tzinfo=UTC))]
    assert offset == [OFFSET_UNKNOWN]


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1000), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize("kind", ["text", "whole", "fraction"])
def test_numbers_that_count_from_1970(unit: str, factor: int, kind: str) -> None:
    second = 1_614_589_200
    number = second * factor
    given_column = (
        column(str(number))
        if kind == "text"
        else Column(kind, np.array([number], float if kind == "fraction" else int), np.zeros(1, bool))  # type: ignore[arg-type]
    )
    assert time_unit(given_column) == unit
    at, _, _ = instants(given_column, TimeForm(unit=unit), Faults(1))  # type: ignore[arg-type]
    assert at.tolist() == [second * 10**6]


@given(some.integers(-(1 << 62), 1 << 62), some.sampled_from(["s", "ms", "us", "ns"]))
def test_any_number_is_in_range_or_a_fault(number: int, unit: str) -> None:
    for given_column in (
        column(str(number)),
        Column("whole", np.array([number]), np.zeros(1, bool)),
        Column("fraction", np.array([float(number)]), np.zeros(1, bool)),
    ):
        faults = Faults(1)
        at, _, _ = instants(given_column, TimeForm(unit=unit), faults)  # type: ignore[arg-type]
        exact = number // 1000 if unit == "ns" else number * {"s": 10**6, "ms": 1000, "us": 1}[unit]
        fits = instant(datetime.min.replace(tzinfo=UTC)) <= exact <= instant(datetime.max.replace(tzinfo=UTC))
        if given_column.kind != "fraction":
            if len(str(number)) == 8 and given_column.kind == "text":
                continue
            assert bool(faults.fine[0]) == fits
            assert at[0] == (exact if fits else 0)


@given(some.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_money_is_exact_cents(amount: Decimal) -> None:
    faults = Faults(1)
    for given_column in (
        column(f"{amount:f}"),
        Column("fraction", np.array([float(amount)]), np.zeros(1, bool)),
    ):
        values, there = numbers(given_column, faults, "amount", factor=100)
        assert there.all()
        assert faults.fine.all()
        assert values[0] == int(amount * 100)


@pytest.mark.parametrize(
    "text",
    ["1.5", "1e3", "1,000", "٣", "0x10", "--1", "1.", "+", ".", "9" * 400, str(LARGEST + 1), "1_000", "inf"],
)
def test_what_is_no_whole_number_is_a_fault(text: str) -> None:
    faults = Faults(1)
    values, _ = numbers(column(text), faults, "effort")
    if text == "1.":
        assert values[0] == 1
    else:
        assert not faults.fine.any()


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("3.0", 3), ("3.000", 3), ("-7", -7), ("+7", 7), (" 8 ", 8), ("0", 0)]
)
def test_whole_numbers(text: str, value: int) -> None:
    assert numbers(column(text), Faults(1), "effort")[0].tolist() == [value]


@pytest.mark.parametrize("value", [1.5, float("inf"), -float("inf"), 1e300, 2.0**54])
def test_fractions_are_faults(value: float) -> None:
    faults = Faults(1)
    numbers(Column("fraction", np.array([value]), np.zeros(1, bool)), faults, "effort")
    assert not faults.fine.any()


def test_numbers_too_large_are_faults() -> None:
    faults = Faults(2)
    numbers(Column("whole", np.array([1 << 62, -(1 << 62)]), np.zeros(2, bool)), faults, "effort")
    assert not faults.fine.any()


def test_flags() -> None:
    faults = Faults(6)
    values, there = flags(column("true", "No", "1", "f", "", "perhaps"), faults, "bot")
    assert values[:4].tolist() == [True, False, True, False]
    assert there.tolist() == [True, True, True, True, False, True]
    assert faults.refusals(str, np.arange(6)).counts == {"bot is neither true nor false": 1}


def test_texts_of_other_kinds() -> None:
    missing = np.array([False, False, True])
    codes, table = texts(Column("whole", np.array([7, -2, 0]), missing))
    assert [table[code] for code in codes] == ["7", "-2", ""]
    codes, table = texts(Column("flag", np.array([1, 0, 0]), missing))
    assert [table[code] for code in codes] == ["true", "false", ""]


def test_the_first_fault_of_a_row_stands() -> None:
    faults = Faults(3)
    faults.mark(np.array([True, False, False]), "first")
    faults.mark(np.array([True, True, False]), "second")
    assert faults.refusals(lambda line: f"line {line}", np.array([5, 6, 7])).examples == {
        "first": ("line 5",),
        "second": ("line 6",),
    }
    assert faults.fine.tolist() == [False, False, True]
