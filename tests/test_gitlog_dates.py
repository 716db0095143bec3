"""Dates as git tells them: every column against a reading digit by digit."""

from hypothesis import given
from hypothesis import strategies as st

from allmende.events import OFFSET_UNKNOWN
from allmende.gitlog.dates import LATEST_SECOND, microseconds


@given(st.lists(st.tuples(st.integers(0, 10**11), st.integers(-1500, 1500)), max_size=20))
def test_every_real_date_is_read(dates):
    told = [b"%d %c%04d" % (seconds, b"+-"[zone < 0], abs(zone)) for seconds, zone in dates]
    at, offset, known = microseconds(told)
    assert known.all()
    assert at.tolist() == [seconds * 10**6 for seconds, _ in dates]
    for minutes, (_, zone) in zip(offset.tolist(), dates, strict=True):
        hours, rest = divmod(abs(zone), 100)
        right = (60 * hours + rest) * (-1 if zone < 0 else 1)
        assert minutes == (right if rest < 60 and abs(right) <= 900 else OFFSET_UNKNOWN)


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_no_bytes_break_it(told):
    at, offset, known = microseconds(told)
    assert len(at) == len(offset) == len(known) == len(told)


def test_the_edge_of_what_microseconds_can_count():
    at, _, known = microseconds([b"%d +0000" % LATEST_SECOND, b"%d +0000" % (LATEST_SECOND + 1)])
    assert known.tolist() == [True, False]
    assert at[0] == LATEST_SECOND * 10**6


def test_a_date_that_cannot_be_keeps_no_trace_of_its_neighbour():
    at, offset, known = microseconds([b"1700000000 +0100", b"", b"170000000x +0100", b"1700000000 +01000"])
    assert known.tolist() == [True, False, False, True]
    assert at.tolist() == [1_700_000_000_000_000, 0, 0, 1_700_000_000_000_000]
    assert offset.tolist() == [60, 0, 0, OFFSET_UNKNOWN]
