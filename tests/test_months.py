"""The month: laws against the calendar of the standard library."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende import months
from allmende.errors import AllmendeError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_month_and_day_of_an_instant(moment: datetime) -> None:
    at = np.array([months.instant(moment)])
    assert months.text(months.month_numbers(at)[0]) == f"{moment.year:04d}-{moment.month:02d}"
    assert EPOCH + timedelta(days=int(months.day_numbers(at)[0])) == moment.replace(
        hour=0, minute=0, second=0, microsecond=0
    )


@given(st.integers(-23_000, 96_000))
def test_text_round_trip(month: int) -> None:
    assert months.parse(months.text(month)) == month


@given(st.integers(-23_000, 96_000))
def test_first_day_opens_the_month(month: int) -> None:
    first = int(months.first_day(month))
    noon = np.array([first, first - 1]) * months.MICROSECONDS_A_DAY + 1
    assert months.month_numbers(noon).tolist() == [month, month - 1]


@pytest.mark.parametrize(
    "wrong", ["", "x", "2022-13", "2022-00", "20220", "2022-1", "2022-12-", "-5", "١٩٧٠"]
)
def test_refuses_what_is_not_a_month(wrong: str) -> None:
    with pytest.raises(AllmendeError, match="is not a month"):
        months.parse(wrong)


def test_a_moment_without_zone_is_utc() -> None:
    assert months.instant(datetime(1970, 1, 1, 1)) == 3_600_000_000  # noqa: DTZ001
