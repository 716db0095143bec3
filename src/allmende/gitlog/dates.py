"""Dates as git tells them, "1700000000 +0130", as microseconds and minutes east of UTC."""

import re

import numpy as np
from numpy.typing import NDArray

from allmende.events import OFFSET_UNKNOWN

__all__ = ["microseconds"]

LATEST_SECOND = (2**63 - 1) // 1_000_000
FURTHEST_OFFSET = 15 * 60
MINUTES_AN_HOUR = 60
DIGITS = 10
WIDTH = DIGITS + len(" +0000")
SLOW = re.compile(rb"\A([0-9]{1,20}) ([+-])([0-9]{1,2})([0-9]{2})\Z")
SECONDS = re.compile(rb"\A([0-9]{1,20})(?: |\Z)")


def microseconds(dates: list[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.bool_]]:
    """Microseconds since 1970, minutes east of UTC, and whether there is a date at all.

    A zone that cannot be (more than 15 hours, or 60 minutes and more) is unknown, its seconds stay:
    git counts them in UTC whatever the zone.

    >>> at, offset, known = microseconds([b"1 -0230", b"1300000000 +51800", b""])
    >>> at.tolist(), offset.tolist(), known.tolist()
    ([1000000, 1300000000000000, 0], [-150, -32768, 0], [True, True, False])
    """
    at = np.zeros(len(dates), np.int64)
    offset = np.zeros(len(dates), np.int16)
    known = np.zeros(len(dates), np.bool_)
    table = np.array(dates, f"S{WIDTH + 1}")
    characters = table.view(np.uint8).reshape(len(dates), WIDTH + 1)
    for digits in (DIGITS, DIGITS - 1):
        rows = np.flatnonzero(_regular(characters, digits) & ~known)
        at[rows], offset[rows] = _regular_values(characters[rows], digits)
        known[rows] = True
    for row in np.flatnonzero(~known).tolist():
        at[row], offset[row], known[row] = _slow(dates[row])
    return at, offset, known


def _regular(characters: NDArray[np.uint8], digits: int) -> NDArray[np.bool_]:
    sign = characters[:, digits + 1]
    return np.asarray(
        (characters[:, :digits] - 48 < DIGITS).all(1)
        & (characters[:, digits] == ord(" "))
        & ((sign == ord("+")) | (sign == ord("-")))
        & (characters[:, digits + 2 : digits + 6] - 48 < DIGITS).all(1)
        & (characters[:, digits + 6 :] == 0).all(1)
    )


def _regular_values(
    characters: NDArray[np.uint8], digits: int
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    seconds = (characters[:, :digits].astype(np.int64) - 48) @ powers
    zone = characters[:, digits + 2 : digits + 6].astype(np.int64) - 48
    hours, minutes = zone[:, 0] * 10 + zone[:, 1], zone[:, 2] * 10 + zone[:, 3]
    offset = (hours * MINUTES_AN_HOUR + minutes) * np.where(characters[:, digits + 1] == ord("-"), -1, 1)
    impossible = (minutes >= MINUTES_AN_HOUR) | (np.abs(offset) > FURTHEST_OFFSET)
    return seconds * 1_000_000, np.where(impossible, OFFSET_UNKNOWN, offset).astype(np.int16)


def _slow(date: bytes) -> tuple[int, int, bool]:
    found = SECONDS.match(date)
    if found is None or int(found[1]) > LATEST_SECOND:
        return 0, 0, False
    zone = SLOW.match(date)
    offset = OFFSET_UNKNOWN
    if zone is not None and int(zone[4]) < MINUTES_AN_HOUR:
        minutes = int(zone[3]) * MINUTES_AN_HOUR + int(zone[4])
        offset = OFFSET_UNKNOWN if minutes > FURTHEST_OFFSET else minutes * (-1 if zone[2] == b"-" else 1)
    return int(found[1]) * 1_000_000, offset, True
