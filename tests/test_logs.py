"""Logs: what is written comes back, older files have defaults, newer and damaged ones are refused."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende import logs
from allmende.errors import MappingError, SourceNotFoundError, StoreError
from allmende.events import ACTIONS, COLUMNS, Event, Events
from allmende.logs import log_files, read_log, write_log
from allmende.tables.mapping import Columns, Mapping

WHEN = st.datetimes(datetime(1902, 1, 1), datetime(2262, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
EVENT = st.builds(
    Event,
    at=WHEN,
    member=NAMES,
    action=st.sampled_from(ACTIONS),
    offset=st.none() | st.integers(-720, 840),
    effort=st.integers(-(2**63), 2**63 - 1),
    cents=st.integers(-(2**63), 2**63 - 1),
    org=NAMES,
    ref=st.sampled_from(["", "a1", "überall", "x'y"]),
    recorder=st.none() | NAMES,
    recorded=st.none() | WHEN,
    works=st.lists(NAMES, max_size=3, unique=True).map(tuple),
)


def told(events: Events) -> list[tuple]:
    """Events as rows of names, in their order: what must survive any renumbering."""
    touched: dict[int, list[str]] = {}
    if events.touches is not None:
        for event, work in zip(events.touches.event, events.touches.work, strict=True):
            touched.setdefault(int(event), []).append(events.touches.works[work])
    return [
        (
            *(
                getattr(events, name)[row].item()
                for name in COLUMNS
                if name not in {"member", "org", "recorder"}
            ),
            events.members[events.member[row]],
            events.orgs[events.org[row]],
            events.recorder[row] >= 0 and events.members[events.recorder[row]],
            touched.get(row, []),
        )
        for row in range(len(events))
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(EVENT, max_size=12))
def test_what_is_written_comes_back(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("log") / "it's [1]*.parquet"
    events = Events.of(rows, effort_unit="lines")
    write_log(events, path)
    back = read_log(path)
    assert told(back) == told(events)
    assert back.effort_unit == "lines" or not rows
    for name in COLUMNS:
        kind = getattr(back, name).dtype.kind
        assert kind == getattr(events, name).dtype.kind
        if kind != "S":
            assert getattr(back, name).dtype == getattr(events, name).dtype
    assert list(back.members) == sorted(back.members)
    assert list(back.orgs) == sorted(back.orgs)


def test_several_files_are_one_log_in_time_order(tmp_path) -> None:
    events = Events.of(
        Event(datetime(2020, 1 + number % 12, 1, tzinfo=UTC), f"m{number % 5}", ref=str(number))
        for number in range(48)
    )
    write_log(events.take(np.arange(20, 48)), tmp_path / "a.parquet")
    (tmp_path / "deeper").mkdir()
    write_log(events.take(np.arange(20)), tmp_path / "deeper" / "b.parquet")
    (tmp_path / "notes.txt").write_text("not a table")
    assert [path.name for path in log_files(tmp_path)] == ["a.parquet", "b.parquet"]
    assert sorted(told(read_log(tmp_path))) == sorted(told(events))
    assert (np.diff(read_log(tmp_path).at) >= 0).all()


def test_an_unknown_recorder_stays_unknown(tmp_path) -> None:
    events = Events.of([Event(datetime(2020, 1, 1, tzinfo=UTC), "ada")])
    write_log(replace(events, recorder=np.array([-1], np.int32)), tmp_path / "a.parquet")
    assert read_log(tmp_path).recorder.tolist() == [-1]


def test_a_column_that_an_older_file_lacks_has_its_default(tmp_path) -> None:
    """Columns are only ever added: the smallest file ever written is read for ever."""
    with logs.connect() as connection:
        connection.execute(
            "COPY (SELECT TIMESTAMPTZ '1969-12-31 23:59:59.999999+00' AS at, 'ada' AS member) TO "
            f"'{tmp_path}/old.parquet' (FORMAT parquet, KV_METADATA {{'allmende.events': '1'}})"
        )
    events = read_log(tmp_path)
    assert told(events) == [(-1, logs.OFFSET_UNKNOWN, 0, 1, 0, b"", -1, "ada", "", "ada", [])]


def test_a_newer_version_is_refused_with_a_sentence(tmp_path) -> None:
    with logs.connect() as connection:
        connection.execute(
            f"COPY (SELECT 1 AS at) TO '{tmp_path}/new.parquet' "
            "(FORMAT parquet, KV_METADATA {'allmende.events': '99'})"
        )
    with pytest.raises(StoreError, match=r"version 99 .*new\.parquet[\s\S]*Update Allmende"):
        read_log(tmp_path)


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:100], lambda whole: whole[:0], lambda whole: whole[:-9] + b"X" * 9]
)
def test_a_damaged_file_is_named(tmp_path, damage) -> None:
    path = tmp_path / "a.parquet"
    write_log(Events.of([Event(datetime(2020, 1, 1, tzinfo=UTC), "ada")]), path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StoreError, match=r"cannot be read.*a\.parquet"):
        read_log(tmp_path)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.parquet"
    events = Events.of([Event(datetime(2020, 1, 1, tzinfo=UTC), "ada")])
    write_log(events, path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_log(events, path)
    assert path.read_bytes() == before
    assert log_files(tmp_path) == [path], "an unfinished file is no part of the log"


def test_different_units_are_not_added_up(tmp_path) -> None:
    events = Events.of([Event(datetime(2020, 1, 1, tzinfo=UTC), "ada")], effort_unit="lines")
    write_log(events, tmp_path / "a.parquet")
    write_log(replace(events, effort_unit="bytes"), tmp_path / "b.parquet")
    with pytest.raises(StoreError, match="bytes, lines"):
        read_log(tmp_path)


def test_nothing_there_is_said(tmp_path) -> None:
    with pytest.raises(SourceNotFoundError, match="no Parquet file"):
        read_log(tmp_path)


def test_a_mapping_reads_files_of_other_origin(tmp_path) -> None:
    with logs.connect() as connection:
        connection.execute(
            "COPY (SELECT TIMESTAMP '2020-02-29 12:00:00' AS \"the 'when'\", 'bo' AS who, 'edit' AS what, "
            f"-3 AS grew) TO '{tmp_path}/other.parquet' (FORMAT parquet)"
        )
        mapping = Mapping(
            columns=Columns(at="the 'when'", member="who", effort="grew"),
            actions={"what": {"edit": "revise"}},
            effort_absolute=True,
            effort_unit="bytes",
        )
        query, unit = logs.projection(connection, tmp_path / "other.parquet", mapping=mapping)
        assert unit == "bytes"
        row = connection.execute(
            f'SELECT "at", member, action, effort, "offset", bot FROM ({query})'
        ).fetchone()
        assert row == (1582977600000000, "bo", 1, 3, logs.OFFSET_UNKNOWN, False)
        rowwise = msgspec.structs.replace(mapping, columns=Columns(at="what", member="who"))
        with pytest.raises(MappingError, match="reader for tables"):
            logs.projection(connection, tmp_path / "other.parquet", mapping=rowwise)
