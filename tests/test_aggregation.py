"""Aggregation: one text of SQL, held equal to a twin in NumPy and to itself however a record is cut."""

import hashlib
import importlib.util
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende import months
from allmende.aggregation import aggregate, panel_of, panel_of_log, reduction
from allmende.aggregation.query import executed
from allmende.community import Community, Record
from allmende.errors import (
    BudgetExceededError,
    OutOfRangeError,
    SourceNotFoundError,
    StoreError,
    UnknownNameError,
)
from allmende.events import ACTIONS, OFFSET_UNKNOWN, Event, Events, Touches
from allmende.logs import connect, write_log
from allmende.panel import COLUMNS, Panel
from allmende.records.record import readable_clock

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
HAS_RAY = importlib.util.find_spec("ray") is not None
RAY = pytest.param("ray", marks=pytest.mark.skipif(not HAS_RAY, reason="the package ray is not installed"))


def twin(events: Events, kept: np.ndarray) -> dict[str, np.ndarray]:
    """The panel's columns by sorting and reducing in NumPy: the same meaning, nothing in common."""
    readable = readable_clock(events)[kept]
    chosen = events.take(kept)
    order = np.lexsort((chosen.action, months.month_numbers(chosen.at), chosen.member))
    at, member, action = chosen.at[order], chosen.member[order], chosen.action[order]
    month = months.month_numbers(at)
    key = np.stack([member.astype(np.int64), month.astype(np.int64), action.astype(np.int64)])
    starts = np.flatnonzero(np.r_[True, (np.diff(key) != 0).any(axis=0)]) if len(at) else np.zeros(0, int)
    day = months.day_numbers(at) - months.first_day(month)
    local = np.where(readable[order], at + chosen.offset[order].astype(np.int64) * 60_000_000, 0)
    weekday = (months.day_numbers(local) + 3) % 7
    hour = np.floor_divide(local, 3_600_000_000) % 24
    zoned = readable[order].astype(np.int64)

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values.astype(np.int64), starts) if len(starts) else np.zeros(0, np.int64)

    orgs = []
    for begin, end in pairwise([*starts, len(at)]):
        acts = Counter(chosen.orgs[code] for code in chosen.org[order][begin:end])
        orgs.append(chosen.orgs.index(min(acts, key=lambda name: (-acts[name], name))))
    bits = np.uint32(1) << day.astype(np.uint32)
    return {
        "member": member[starts],
        "month": month[starts],
        "action": action[starts],
        "count": total(np.ones(len(at))),
        "day_set": np.bitwise_or.reduceat(bits, starts) if len(starts) else np.zeros(0, np.uint32),
        "effort": total(chosen.effort[order]),
        "cents": total(chosen.cents[order]),
        "org": np.array(orgs, np.int32),
        "zoned": total(zoned),
        "office": total(zoned * (weekday < 5) * (hour >= 9) * (hour < 17)),
        "weekend": total(zoned * (weekday >= 5)),
    }


def digest(panel: Panel) -> str:
    """SHA-256 of everything a panel says."""
    told = hashlib.sha256()
    for name in COLUMNS:
        column = getattr(panel, name)
        told.update(f"{name} {column.dtype} {len(column)}".encode() + column.tobytes())
    told.update(repr((panel.members, panel.orgs, panel.start, panel.stop, panel.effort_unit)).encode())
    return told.hexdigest()


def same(one: dict, other: dict) -> None:
    assert set(one) == set(other) == set(COLUMNS)
    for name in COLUMNS:
        assert one[name].dtype == other[name].dtype == Panel.of_counts([1]).__dict__[name].dtype, name
        assert np.array_equal(one[name], other[name]), name


# Moments near the edges of months, years, days and office hours, before and after 1970, and far out.
EDGES = st.sampled_from(
    [
        datetime(year, month, 1, hour, tzinfo=UTC)
        for year in (1, 1582, 1900, 1969, 1970, 2000, 2024, 9999)
        for month in (1, 3, 4, 10, 12)
        for hour in (0, 9, 17)
    ]
)
SHIFTS = st.sampled_from([timedelta(0), timedelta(microseconds=-1), timedelta(days=-1), timedelta(days=27)])
LATE = datetime(9999, 11, 1, tzinfo=UTC)


def shifted(at: datetime, by: timedelta) -> datetime:
    return at + by if datetime(2, 1, 1, tzinfo=UTC) < at < LATE else at


EVENT = st.builds(
    Event,
    at=st.builds(shifted, EDGES, SHIFTS)
    | st.datetimes(datetime(2020, 3, 1), datetime(2020, 4, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    member=st.sampled_from("aab"),
    action=st.sampled_from([*ACTIONS[:2], "make", "make"]),
    offset=st.sampled_from([None, 0, 0, 60, 60, 60, -480, 330, 840, 841, -900]),
    effort=st.integers(-(2**55), 2**55),
    cents=st.integers(-(10**12), 10**12),
    org=st.sampled_from(["", "zebra", "Ärger", "ant", "ant b"]),
)
RECORDS = st.lists(EVENT, max_size=60)


@settings(max_examples=150, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_sql_is_the_twin(rows, random) -> None:
    events = Events.of(rows)
    # The rule for clocks looks at all acts of a member, so whole members are left out, as bots are.
    left = np.array([random.random() < 0.7 for _ in events.members], bool)
    kept = left[events.member] if len(rows) else np.zeros(0, bool)
    same(aggregate(events, kept), twin(events, kept))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1968, 2001]),
            st.integers(1, 12),
            st.sampled_from("ab"),
            st.sampled_from([0, 0, 60, 60, 60, 60, 60, None]),
        ),
        max_size=12,
    )
)
def test_zero_is_a_clock_where_the_record_says_so(rows) -> None:
    """Britain and importers, in every month, before and after 1970: the rule of `record.readable_clock`."""
    events = Events.of(
        Event(datetime(year, month, 15, tzinfo=UTC), member, offset=offset)
        for year, month, member, offset in rows
    )
    readable = readable_clock(events) if rows else np.zeros(0, bool)
    columns = aggregate(events)
    expected = np.bincount(events.member[readable], minlength=2)
    assert np.array_equal(np.bincount(columns["member"], columns["zoned"], minlength=2), expected)


@pytest.mark.parametrize("year", [1968, 2001])
@pytest.mark.parametrize("month", range(1, 13))
def test_one_hour_in_summer_makes_zero_a_clock(year, month) -> None:
    """One act at one hour; three at zero: Monday noon, Monday night and Saturday noon of a January."""
    monday = datetime(2024, 1, 1, 12, tzinfo=UTC)
    events = Events.of(
        [
            Event(datetime(year, month, 15, 3, tzinfo=UTC), "ada", offset=60),
            *(Event(monday + timedelta(hours=hours), "ada", offset=0) for hours in (0, 11, 120)),
        ]
    )
    columns = aggregate(events)
    own = 4 <= month <= 9
    in_january = columns["month"] == 648
    for name, expected in (("zoned", 3), ("office", 1), ("weekend", 1)):
        assert columns[name][in_january].sum() == expected * own, name
    same(columns, twin(events, np.ones(4, bool)))


@settings(max_examples=25, deadline=None)
@given(RECORDS, st.integers(1, 5))
def test_cutting_a_record_changes_no_bit(rows, workers) -> None:
    events = Events.of(rows)
    same(aggregate(events, executor="threads", workers=workers), aggregate(events))


@settings(max_examples=25, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_events_and_codes_does_not_matter(rows, random) -> None:
    events = Events.of(rows)
    order = np.array(random.sample(range(len(rows)), len(rows)), np.int64)
    orgs = np.array(random.sample(range(1, len(events.orgs)), len(events.orgs) - 1), np.int64)
    to_new = np.r_[0, np.argsort(orgs) + 1].astype(np.int32)
    names = ("", *(events.orgs[code] for code in orgs))
    other = replace(events.take(order), org=to_new[events.org[order]], orgs=names)
    one, two = aggregate(events), aggregate(other)
    assert [events.orgs[code] for code in one.pop("org")] == [names[code] for code in two.pop("org")]
    for name, column in one.items():
        assert np.array_equal(column, two[name]), name


def test_the_closed_form_of_a_small_record() -> None:
    """Thursday 1970-01-01 00:30 UTC is Thursday 09:30 at +540; a minute before 1970 is day 31."""
    monday = datetime(2024, 1, 1, tzinfo=UTC)
    events = Events.of(
        [
            Event(datetime(1969, 12, 31, 23, 59, tzinfo=UTC), "ada", effort=2, org="b"),
            Event(datetime(1970, 1, 1, 0, 30, tzinfo=UTC), "ada", effort=3, offset=540, org="b"),
            Event(monday + timedelta(hours=8, minutes=59, seconds=59), "ada", offset=-60, org="a"),
            Event(monday + timedelta(hours=17, minutes=59), "ada", offset=-60, org="b", cents=7),
            Event(monday + timedelta(hours=18), "ada", offset=-60),
            Event(monday + timedelta(days=5), "ada", offset=-60, action="review"),
            Event(monday + timedelta(days=4, hours=24), "ada", offset=-61),
        ]
    )
    panel = panel_of(Community("hamlet", events, np.zeros(1, bool)))
    assert panel.month.tolist() == [-1, 0, 648, 648]
    assert panel.action.tolist() == [0, 0, 0, 2]
    assert panel.count.tolist() == [1, 1, 4, 1]
    assert panel.day_set.tolist() == [1 << 30, 1, 1 | 1 << 5, 1 << 5]
    assert panel.effort.tolist() == [2, 3, 4, 1]
    assert panel.cents.tolist() == [0, 0, 7, 0]
    assert [panel.orgs[code] for code in panel.org] == ["b", "b", "", ""]
    assert panel.zoned.tolist() == [0, 1, 4, 1]
    # 7.59.59 is too early and 17.00 too late; Friday 22.59 is no weekend; Friday 23.00 neither.
    assert panel.office.tolist() == [0, 1, 1, 0]
    assert panel.weekend.tolist() == [0, 0, 0, 0]
    assert (panel.start, panel.stop) == (-1, 649)


def test_of_equally_busy_organisations_the_smaller_name_wins() -> None:
    def dominant(*orgs: str) -> str:
        events = Events.of(
            Event(datetime(2020, 1, 1 + day, tzinfo=UTC), "ada", org=org) for day, org in enumerate(orgs)
        )
        panel = panel_of(Community("hamlet", events, np.zeros(1, bool)))
        return panel.orgs[panel.org[0]]

    assert dominant("z", "a", "m") == "a"
    assert dominant("z", "a", "z") == "z"
    assert dominant("z", "") == ""
    assert dominant("z", "Z", "ä") == "Z"


def test_bots_are_left_out_and_codes_stay() -> None:
    rows = [Event(datetime(2020, 1 + n, 1, tzinfo=UTC), name) for n, name in enumerate(["bot", "ada", "bot"])]
    community = Community("hamlet", Events.of(rows), np.array([True, False]))
    panel = panel_of(community)
    assert panel.members == ("bot", "ada")
    assert panel.member.tolist() == [1]
    assert (panel.start, panel.stop) == (601, 602)
    assert panel_of(community, bots=True).member.tolist() == [0, 0, 1]
    assert len(panel_of(replace(community, bot=np.ones(2, bool)))) == 0


def test_the_window_keeps_the_history_before_it_and_nothing_after() -> None:
    rows = [Event(datetime(2020, month, 1, tzinfo=UTC), "ada") for month in range(1, 7)]
    community = Community("hamlet", Events.of(rows), np.zeros(1, bool), record=Record(regime="author"))
    whole = panel_of(community)
    assert (whole.start, whole.stop, whole.regime) == (600, 606, "author")
    cut = panel_of(community, start=602, stop=604)
    assert digest(cut) == digest(whole.between(602, 604))
    assert cut.month.tolist() == [600, 601, 602, 603]
    assert (panel_of(community, start=700).start, panel_of(community, start=700).stop) == (700, 700)
    assert panel_of(community, stop=500).length == 0
    with pytest.raises(OutOfRangeError, match="ends in month 601, before it starts in month 602"):
        panel_of(community, start=602, stop=601)


def test_a_record_without_acts_is_an_empty_panel() -> None:
    panel = panel_of(Community("nothing", Events.of([]), np.zeros(0, bool)))
    assert (len(panel), panel.start, panel.stop, panel.works) == (0, 0, 0, None)


@pytest.mark.parametrize("executor", ["serial", "threads"])
@pytest.mark.parametrize("column", ["effort", "cents"])
def test_a_sum_that_does_not_fit_is_an_error_not_a_number(column, executor) -> None:
    rows = [Event(datetime(2020, 1, 1, tzinfo=UTC), "ada", **{column: 2**62}) for _ in range(2)]
    with pytest.raises(OutOfRangeError, match="too large"):
        aggregate(Events.of(rows), executor=executor, workers=2)
    assert aggregate(Events.of(rows[:1]))[column].tolist() == [2**62]


@pytest.mark.parametrize("at", [np.iinfo(np.int64).max, -np.iinfo(np.int64).max])
def test_a_moment_outside_every_calendar_is_an_error(at) -> None:
    events = Events.of_columns(np.array([at]), np.zeros(1, np.int32), ("ada",))
    with pytest.raises((OutOfRangeError, StoreError)):
        aggregate(events)


def test_works_are_counted_by_acts() -> None:
    rows = [
        Event(datetime(2020, 1, 1, tzinfo=UTC), "ada", works=("a", "b")),
        Event(datetime(2020, 1, 9, tzinfo=UTC), "ada", works=("b",)),
        Event(datetime(2020, 2, 1, tzinfo=UTC), "bot", works=("a",)),
        Event(datetime(2020, 2, 1, tzinfo=UTC), "cy", works=("c", "a")),
        Event(datetime(2020, 3, 1, tzinfo=UTC), "ada", works=("a",)),
    ]
    events = Events.of(rows)
    works = panel_of(Community("x", events, np.array([False, True, False])), stop=602).works
    assert works is not None
    told = zip(works.member, works.month, works.work, works.count, strict=True)
    assert list(told) == [(0, 600, 0, 1), (0, 600, 1, 2), (2, 601, 0, 1), (2, 601, 2, 1)]
    assert works.size == 3
    twice = replace(events, touches=Touches(np.array([0, 0]), np.zeros(2, np.int32), ("a",)))
    works = panel_of(Community("x", twice, np.zeros(3, bool))).works
    assert works is not None
    assert works.count.tolist() == [1], "an act touches a work once"


def generated(size: int, *, key: int = 1, members: int = 400) -> Events:
    draws = np.random.Generator(np.random.Philox(key))
    at = np.sort(draws.integers(1_000_000_000_000_000, 1_060_000_000_000_000, size))
    people = tuple(f"m{int(number)}" for number in draws.permutation(members))
    return Events.of_columns(
        at,
        (members * draws.random(size) ** 4).astype(np.int32),
        people,
        offset=draws.choice(np.array([-480, 0, 60, OFFSET_UNKNOWN], np.int16), size),
        action=draws.integers(0, 3, size).astype(np.uint8),
        effort=draws.integers(-1000, 1000, size),
        cents=draws.integers(0, 10, size),
        org=draws.integers(0, 4, size).astype(np.int32),
        orgs=("", "zebra", "Ärger", "ant"),
        effort_unit="lines",
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    """A log of 20 files, one of them empty, over 300,000 acts; every hundredth member is a program."""
    folder = tmp_path_factory.mktemp("log")
    events = generated(150_000)
    bot = np.arange(len(events.members)) % 100 == 7
    for number, rows in enumerate(np.array_split(np.arange(len(events)), 19)):
        write_log(events.take(rows), folder / f"{number:02}.parquet", bot=bot)
    write_log(events.take(np.arange(0)), folder / "empty.parquet")
    return folder


@pytest.fixture(scope="module")
def in_memory(log) -> Panel:
    """The panel of the same acts the other way: sorted names as codes, no files."""
    events = generated(150_000)
    bot = np.arange(len(events.members)) % 100 == 7
    kept = ~bot[events.member]
    columns = twin(events, kept)
    used = np.unique(columns["member"])
    by_name = sorted(used, key=lambda code: events.members[code])
    code_of = np.zeros(len(events.members), np.int32)
    code_of[by_name] = np.arange(len(by_name))
    orgs = tuple(sorted(events.orgs))
    columns["member"] = code_of[columns["member"]]
    columns["org"] = np.array([orgs.index(name) for name in events.orgs], np.int32)[columns["org"]]
    order = np.lexsort((columns["action"], columns["month"], columns["member"]))
    return Panel(
        **{name: column[order] for name, column in columns.items()},
        members=tuple(events.members[code] for code in by_name),
        orgs=orgs,
        start=int(columns["month"].min()),
        stop=int(columns["month"].max()) + 1,
        effort_unit="lines",
    )


@pytest.mark.parametrize("executor", ["serial", "threads", "processes", RAY])
@pytest.mark.parametrize("part_size", [1, 200_000])
def test_a_log_is_the_same_panel_wherever_it_is_reduced(log, in_memory, executor, part_size) -> None:
    if executor == "ray" and part_size == 1:
        pytest.skip("starting Ray takes seconds; one part size will do")
    panel = panel_of_log(log, executor=executor, workers=2, part_size=part_size, memory=1 << 30)
    assert digest(panel) == digest(in_memory)


def test_a_log_in_one_piece_is_the_same_panel(log, in_memory) -> None:
    told = []
    panel = panel_of_log(log, part_size=1 << 40, progress=lambda *step: told.append(step))
    assert digest(panel) == digest(in_memory)
    assert told == [("reducing", 0, 1), ("reducing", 1, 1), ("combining", 0, 1), ("combining", 1, 1)]


def test_the_window_and_the_bots_of_a_log(log, in_memory) -> None:
    start, stop = in_memory.start + 3, in_memory.stop - 4
    assert digest(panel_of_log(log, start=start, stop=stop)) == digest(in_memory.between(start, stop))
    with_bots = panel_of_log(log, bots=True)
    assert len(with_bots.members) > len(in_memory.members)
    assert with_bots.count.sum() == 150_000


def test_an_interrupted_reduction_goes_on_where_it_was(log, in_memory, tmp_path, monkeypatch) -> None:
    def broken(stretch):
        if stretch.files[0].name == "09.parquet":
            raise KeyboardInterrupt
        return whole(stretch)

    whole = reduction._reduced
    monkeypatch.setattr(reduction, "_reduced", broken)
    with pytest.raises(KeyboardInterrupt):
        panel_of_log(log, work=tmp_path, part_size=1)
    made = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(made) == 9
    monkeypatch.undo()
    assert digest(panel_of_log(log, work=tmp_path, part_size=1)) == digest(in_memory)
    assert made.items() <= {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}.items()
    assert len(list(tmp_path.iterdir())) == 20, "parts alone are left"
    os.utime(log / "00.parquet")
    assert digest(panel_of_log(log, work=tmp_path, part_size=1)) == digest(in_memory)
    assert len(list(tmp_path.iterdir())) == 21, "a file that changed is reduced again"


def test_memory_that_does_not_suffice_is_an_error_with_advice() -> None:
    with (
        connect(memory=8 << 20) as connection,
        pytest.raises(BudgetExceededError, match=r"does not suffice[\s\S]*smaller parts"),
    ):
        executed(connection, "CREATE TABLE many AS SELECT range, hash(range) FROM range(10_000_000)")


def test_faults_of_a_log_name_the_file(tmp_path) -> None:
    with pytest.raises(SourceNotFoundError):
        panel_of_log(tmp_path)
    with pytest.raises(OutOfRangeError, match="memory is 5 bytes"):
        panel_of_log(tmp_path, memory=5)
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    write_log(Events.of([Event(moment, "ada", effort=2**62)] * 2), tmp_path / "a.parquet")
    with pytest.raises(OutOfRangeError, match=r"too large[\s\S]*a\.parquet"):
        panel_of_log(tmp_path)
    with connect() as connection:
        connection.execute(
            "COPY (SELECT TIMESTAMPTZ '2020-01-01' AS at, 'ada' AS member, 'mkae' AS action) TO "
            f"'{tmp_path}/a.parquet' (FORMAT parquet, KV_METADATA {{'allmende.events': '1'}})"
        )
    with pytest.raises(StoreError, match=r"1 acts have no action[\s\S]*a\.parquet"):
        panel_of_log(tmp_path)
    with pytest.raises(UnknownNameError):
        panel_of_log(tmp_path, executor="clouds")


LOGS = sorted((SHARED / "data" / "events").glob("*.parquet"))


def real(path: Path, *, effort: bool) -> Events:
    """The acts of people in a log, read by a query of their own and coded with NumPy."""
    with connect() as connection:
        rows = connection.execute(
            "SELECT epoch_us(time) AS moment, coalesce(tz_offset_min, -32768)::SMALLINT AS off, "
            "actor_merged, CASE kind WHEN 'commit' THEN 0 WHEN 'merge' THEN 7 END AS action, org, "
            "coalesce(added, 0)::BIGINT + coalesce(deleted, 0) AS effort "
            f"FROM '{path}' WHERE NOT bot ORDER BY 1"
        ).fetchnumpy()
    members, member = np.unique(rows["actor_merged"].astype(str), return_inverse=True)
    orgs, org = np.unique(np.r_[rows["org"].astype(str), [""]], return_inverse=True)
    return Events.of_columns(
        rows["moment"],
        member.astype(np.int32),
        tuple(members.tolist()),
        offset=rows["off"],
        action=rows["action"].astype(np.uint8),
        effort=rows["effort"] if effort else np.ones(len(member), np.int64),
        org=org[:-1].astype(np.int32),
        orgs=tuple(orgs.tolist()),
        effort_unit="lines" if effort else "events",
    )


@pytest.mark.skipif(not LOGS, reason="the logs of real communities are not beside the project")
@pytest.mark.parametrize("name", ["faker", "bips", "httpd", "linux-pre-git"])
@pytest.mark.parametrize("effort", [False, True])
def test_real_logs_are_the_same_from_files_and_from_events(name, effort) -> None:
    path = SHARED / "data" / "events" / f"{name}.parquet"
    events = real(path, effort=effort)
    panel = panel_of_log(path, effort=effort)
    assert digest(panel) == digest(panel_of(Community(name, events, np.zeros(len(events.members), bool))))
    same({column: getattr(panel, column) for column in COLUMNS}, twin(events, np.ones(len(events), bool)))


@pytest.mark.slow
@pytest.mark.skipif(not LOGS, reason="the logs of real communities are not beside the project")
def test_every_real_log_is_the_same_from_files_and_from_events() -> None:
    for path in LOGS:
        events = real(path, effort=True)
        nobody = np.zeros(len(events.members), bool)
        one, other = panel_of_log(path, effort=True), panel_of(Community(path.stem, events, nobody))
        assert digest(one) == digest(other), path.stem
