from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings

from allmende.community import Record
from allmende.errors import RegimeMismatchError
from allmende.events import OFFSET_UNKNOWN, Event, Events
from allmende.months import instant
from allmende.reader import Source
from allmende.records.record import comparable, describe, readable_clock
from strategies import events as acts

NOW = instant(datetime(2026, 1, 1, tzinfo=UTC))


def nobody_is_a_program(events: Events) -> np.ndarray:
    return np.zeros(len(events.members), np.bool_)


def test_clock_faults_are_counted_by_kind() -> None:
    day = datetime(2020, 5, 5, tzinfo=UTC)
    events = Events.of(
        [
            Event(day, "a"),
            Event(day, "a", recorded=day - timedelta(days=1)),
            Event(day, "a", recorded=day + timedelta(days=400)),
            Event(datetime(1970, 1, 1, tzinfo=UTC), "a"),
            Event(datetime(1975, 1, 1, tzinfo=UTC), "a"),
            Event(datetime(2106, 1, 1, tzinfo=UTC), "a"),
            Event(day, "a", offset=31_080 % 2000),
        ]
    )
    assert describe(events, nobody_is_a_program(events), now=NOW).clock_faults == {
        "before 1970, or its first day (left out)": 1,
        "before 1980": 1,
        "in the future (left out)": 1,
        "recorded before it was made": 1,
        "recorded more than a year later": 1,
        "zone that does not exist": 1,
    }


def clocks(*pairs: tuple[int, int | None], member: str = "a") -> list[Event]:
    """Acts of a member: month of 2020 and offset."""
    return [Event(datetime(2020, month, 3, 12, tzinfo=UTC), member, offset=offset) for month, offset in pairs]


@pytest.mark.parametrize(
    ("pairs", "readable"),
    [
        # An importer's constant UTC, and no offset at all.
        ([(1, 0), (6, 0)], [False, False]),
        ([(1, None), (6, None)], [False, False]),
        # A zone of one's own, web pages in UTC between.
        ([(1, 120), (6, 0), (7, 180)], [True, False, True]),
        # Greenwich: zero in winter, an hour in summer.
        ([(1, 0), (6, 60), (7, 60), (12, 0)], [True, True, True, True]),
        # An hour in winter is Berlin, whose zeros are a server's.
        ([(1, 60), (2, 0), (7, 0)], [True, False, False]),
        # Half and three-quarter hours exist; 20 hours do not.
        ([(1, 345), (2, -210), (3, 1200)], [True, True, False]),
    ],
)
def test_which_clocks_can_be_read(pairs: list[tuple[int, int | None]], readable: list[bool]) -> None:
    assert readable_clock(Events.of(clocks(*pairs))).tolist() == readable


def test_one_members_clock_says_nothing_of_anothers() -> None:
    events = Events.of(clocks((1, 0), (2, 60)) + clocks((3, 0), (4, 0), member="b"))
    assert readable_clock(events).tolist() == [False, True, False, False]


def test_hours_are_of_the_members_own_week() -> None:
    # Monday, 2020-06-01, 23.30 UTC is Tuesday 1.30 two hours further east.
    events = Events.of([Event(datetime(2020, 6, 1, 23, 30, tzinfo=UTC), "a", offset=120)])
    hours = describe(events, nobody_is_a_program(events), now=NOW).hours
    assert hours.shape == (7, 24)
    assert hours[1, 1] == hours.sum() == 1


@settings(max_examples=60, deadline=None)
@given(acts())
def test_any_record_can_be_described(rows: list[Event]) -> None:
    events = Events.of(rows)
    record = describe(events, nobody_is_a_program(events), now=NOW)
    assert record.regime in {"author", "committer", "mixed", "unknown"}
    assert 0 <= record.zoned_share <= 1
    assert record.hours.sum() == round(record.zoned_share * len(events))
    assert list(record.breaks) == sorted(record.breaks, key=lambda b: (b.month, b.kind))


def test_a_wiki_names_who_made_an_edit() -> None:
    events = Events.of(clocks((1, 0), (2, 0)))
    assert describe(events, nobody_is_a_program(events), Source("mediawiki", "x", "x")).regime == "author"


def test_records_of_different_regimes_are_not_compared() -> None:
    author, committer, mixed, unknown = (
        Record(regime=r) for r in ("author", "committer", "mixed", "unknown")
    )
    comparable(author, author)
    comparable(committer, committer)
    comparable(author, unknown)
    for one, other in ((author, committer), (committer, mixed), (mixed, mixed), (mixed, unknown)):
        with pytest.raises(RegimeMismatchError, match="count different things"):
            comparable(one, other)


def test_a_missing_offset_is_not_an_offset() -> None:
    events = Events.of(clocks((1, None), (2, 60)))
    assert events.offset[0] == OFFSET_UNKNOWN
    assert describe(events, nobody_is_a_program(events), now=NOW).clock_faults == {}
