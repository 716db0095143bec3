"""The month, the one time unit of the package: an integer that counts from January 1970.

Readers keep microseconds; from the Panel on there are only months. Month 0 is 1970-01, month -1 is
1969-12 (imported histories reach back to 1987, and hostile ones further).
"""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from allmende.errors import AllmendeError

__all__ = [
    "MICROSECONDS_A_DAY",
    "MONTHS_A_YEAR",
    "day_numbers",
    "first_day",
    "instant",
    "month_numbers",
    "parse",
    "text",
]

MONTHS_A_YEAR = 12
MICROSECONDS_A_DAY = 86_400_000_000


def parse(month: str) -> int:
    """The number of a month written "2022-12"; a whole year "2022" means its January.

    Raises:
        AllmendeError: the text is not a month.

    >>> parse("1970-01"), parse("2022-12"), parse("2022")
    (0, 635, 624)
    """
    written = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-[0-9]{2})?)?", month.strip())
    if not written:
        raise AllmendeError(
            f"'{month}' is not a month", expected="a month such as 2022-12, or a year such as 2022"
        )
    return (int(written[1]) - 1970) * MONTHS_A_YEAR + int(written[2] or 1) - 1


def text(month: int) -> str:
    """A month as people write it.

    >>> text(635)
    '2022-12'
    """
    year, of_year = divmod(int(month), MONTHS_A_YEAR)
    return f"{year + 1970:04d}-{of_year + 1:02d}"


def month_numbers(microseconds: NDArray[np.int64]) -> NDArray[np.int32]:
    """The month of each instant (UTC microseconds since 1970).

    >>> month_numbers(np.array([0, -1, 1_669_852_800_000_000])).tolist()
    [0, -1, 635]
    """
    return np.asarray(microseconds).astype("datetime64[us]").astype("datetime64[M]").astype(np.int32)


def day_numbers(microseconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """The day of each instant, counted from 1970-01-01 (UTC).

    >>> day_numbers(np.array([0, -1, 86_400_000_000])).tolist()
    [0, -1, 1]
    """
    return np.floor_divide(np.asarray(microseconds, np.int64), MICROSECONDS_A_DAY)


def first_day(month: NDArray[np.int32] | int) -> NDArray[np.int64]:
    """The day number on which each month begins.

    >>> first_day(np.array([0, 1])).tolist()
    [0, 31]
    """
    return np.asarray(month, np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def instant(moment: datetime) -> int:
    """Microseconds since 1970 (UTC) of a moment; a moment without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
