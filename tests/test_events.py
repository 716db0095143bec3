"""Events: the table keeps what it is given, whatever is taken from it or joined to it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.events import (
    ACTIONS,
    OFFSET_UNKNOWN,
    RECORDER_UNKNOWN,
    Event,
    Events,
    Refusal,
    Refusals,
    concatenate,
)

START = datetime(2020, 1, 1, tzinfo=UTC)
ROWS = st.builds(
    Event,
    at=st.integers(0, 10**6).map(lambda minutes: START + timedelta(minutes=minutes)),
    member=st.sampled_from(["ada", "bo", "cy"]),
    action=st.sampled_from(ACTIONS),
    offset=st.one_of(st.none(), st.integers(-720, 840)),
    effort=st.integers(0, 10**9),
    cents=st.integers(0, 10**12),
    org=st.sampled_from(["", "x.example", "y.example"]),
    ref=st.text("0123456789abcdef", max_size=40),
    recorder=st.one_of(st.none(), st.sampled_from(["ada", "zoe"])),
    works=st.lists(st.sampled_from(["a.py", "b.py", "c.py"]), unique=True, max_size=3).map(tuple),
)


def written(events: Events) -> list[tuple]:
    """Each row in words, so that tables with other codes can be compared."""
    works: dict[int, list[str]] = {}
    if events.touches is not None:
        for row, work in zip(events.touches.event, events.touches.work, strict=True):
            works.setdefault(int(row), []).append(events.touches.works[work])
    return [
        (
            int(events.at[i]),
            int(events.offset[i]),
            events.members[events.member[i]],
            ACTIONS[events.action[i]],
            int(events.effort[i]),
            int(events.cents[i]),
            events.orgs[events.org[i]],
            bytes(events.ref[i]),
            None if events.recorder[i] == RECORDER_UNKNOWN else events.members[events.recorder[i]],
            int(events.recorded[i]),
            tuple(sorted(works.get(i, []))),
        )
        for i in range(len(events))
    ]


@given(st.lists(ROWS, max_size=20))
def test_every_act_is_kept_in_order_of_time(rows: list[Event]) -> None:
    events = Events.of(rows)
    assert len(events) == len(rows)
    assert (np.diff(events.at) >= 0).all()
    for row, told in zip(sorted(rows, key=lambda row: row.at), written(events), strict=True):
        assert told[1] == (OFFSET_UNKNOWN if row.offset is None else row.offset)
        assert told[2:8] == (
            row.member, row.action, row.effort, row.cents, row.org, row.ref.encode().rstrip(b"\0"),
        )  # fmt: skip
        assert told[8] == (row.recorder or row.member)
        assert told[10] == tuple(sorted(row.works))


@given(st.lists(ROWS, max_size=20), st.integers(0, 20))
def test_parts_joined_are_the_whole(rows: list[Event], cut: int) -> None:
    rows = sorted(rows, key=lambda row: row.at)
    joined = concatenate([Events.of(rows[:cut]), Events.of(rows[cut:])])
    assert written(joined) == written(Events.of(rows))


@given(st.lists(ROWS, min_size=1, max_size=20), st.data())
def test_taking_rows(rows: list[Event], data: st.DataObject) -> None:
    events = Events.of(rows)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=10))
    taken = events.take(np.array(chosen, np.int64))
    told = written(events)
    assert written(taken) == [told[i] for i in chosen]
    mask = np.array([i in chosen for i in range(len(rows))])
    assert written(events.take(mask)) == [told[i] for i in sorted(set(chosen))]


def test_an_unknown_recorder_survives_joining() -> None:
    events = Events.of([Event(START, "ada")])
    unnamed = Events.of_columns(
        events.at, events.member, events.members, recorder=np.array([RECORDER_UNKNOWN], np.int32)
    )
    assert written(concatenate([Events.of([Event(START, "bo")]), unnamed]))[1][8] is None


def test_columns_must_be_of_one_length() -> None:
    with pytest.raises(AssertionError, match="unequal length"):
        Events.of_columns(np.zeros(2, np.int64), np.zeros(1, np.int32), ("ada",))


def test_nothing_joined_is_empty() -> None:
    assert len(concatenate([])) == 0
    assert len(Events.of([])) == 0


@given(st.lists(st.sampled_from(["no date", "no member"])), st.integers(0, 30))
def test_refusals_are_counted(reasons: list[str], cut: int) -> None:
    rows = [Refusal(f"line {i}", reason) for i, reason in enumerate(reasons)]
    whole = Refusals.of(rows)
    assert whole.total == len(reasons)
    assert Refusals.of(rows[:cut]) + Refusals.of(rows[cut:]) == whole
    assert all(len(places) <= Refusals.KEPT for places in whole.examples.values())
