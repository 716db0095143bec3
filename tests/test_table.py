"""The table reader: what rows say, what was assumed, and every row that says nothing counted."""

import bz2
import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import shared_logs
from allmende.errors import MappingError, SourceNotFoundError, SourceRefusedError, UnknownNameError
from allmende.events import ACTIONS, OFFSET_UNKNOWN, RECORDER_UNKNOWN, Event, Events, action_code
from allmende.months import instant
from allmende.reader import ReadOptions, Records
from allmende.readers.table import table

TABLES = Path(__file__).resolve().parent / "fixtures" / "table"


def written(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(source: Path, mapping: str = "", **options: bool) -> Records:
    if mapping:
        (source.parent / "given.toml").write_text(mapping)
    return table(source, ReadOptions(mapping=source.parent / "given.toml" if mapping else None, **options))


def names(records: Records) -> list[str]:
    return [records.events.members[code] for code in records.events.member]


def actions(records: Records) -> list[str]:
    return [ACTIONS[code] for code in records.events.action]


def test_a_plain_log_without_a_mapping() -> None:
    records = read(TABLES / "plain.csv", touches=True)
    events = records.events
    assert names(records) == ["Ada", "Grace", "Ada", "Katherine"]
    assert actions(records) == ["make", "revise", "discuss", "review"]
    assert events.at[0] == instant(datetime(2021, 3, 1, 8, 30, tzinfo=UTC))
    assert events.offset.tolist() == [60, 60, OFFSET_UNKNOWN, -300]
    assert [events.orgs[code] for code in events.org] == ["Analytical", "Navy", "", "NASA"]
    assert events.effort.tolist() == [12, 3, 1, 2]
    assert events.ref.tolist() == [b"e1", b"e2", b"e3", b"e4"]
    assert events.touches is not None
    assert [events.touches.works[code] for code in events.touches.work] == ["Home", "Home", "Talk", "Orbit"]
    assert "time as at, member as member, action as action" in records.source.notes[0]
    assert records.source.name == "plain"


def test_semicolons_quotes_and_lines_inside_quotes() -> None:
    records = read(TABLES / "semicolons.csv", "[columns]\nat='when'\nmember='who'\naction='what'")
    assert names(records) == ["Lovelace; Ada", 'Grace "Amazing" Hopper', "Grace\nHopper"]


def test_a_mapping_of_ones_own() -> None:
    records = table(TABLES / "hackathon.csv", ReadOptions(mapping=TABLES / "hackathon.toml"))
    events = records.events
    assert actions(records) == ["make", "revise", "discuss"]
    assert events.effort.tolist() == [35, 20, 0]
    assert events.effort_unit == "minutes"
    assert events.cents.tolist() == [0, 1250, 0]
    assert events.at[0] == instant(datetime(2023, 7, 1, 8, tzinfo=UTC))
    assert records.source.name == "hackathon"
    assert records.refusals.counts == {"Status is 'test', refused by the mapping": 1}
    assert records.refusals.examples["Status is 'test', refused by the mapping"] == ("line 5",)
    assert "1 of 3 events have no size and count as 0" in records.source.notes


def test_objects_in_json_lines(tmp_path: Path) -> None:
    path = written(tmp_path, (TABLES / "events.jsonl").read_bytes(), "events.jsonl")
    records = read(path, "[columns]\nat='created_at'\nmember='actor.login'\naction='type'")
    assert names(records) == ["ada", "grace"]
    assert actions(records) == ["make", "review"]


def test_every_faulty_row_is_told_with_its_line() -> None:
    records = read(TABLES / "nasty.csv")
    found = {place: reason for reason, places in records.refusals.examples.items() for place in places}
    assert found == {
        "line 3": "no time",
        "line 4": "time not understood",
        "line 5": "time not understood",
        "line 6": "time not understood",
        "line 7": "no member",
        "line 8": "'dance' is no known action",
        "line 9": "effort is not a whole number",
        "line 10": "effort is negative",
        "line 11": "effort is not a whole number",
        "line 12": "holds a NUL byte",
        "line 13": "not in the declared encoding",
        "line 14": "has not 5 values",
        "line 15": "has not 5 values",
        "line 16": "text after a closing quote",
        "line 18": "a quote is never closed",
        "line 20": "cut off in the last line",
    }
    # A formula is a name like any other; it is the writer of cells who has to take care.
    assert names(records) == ["Ada", "=1+2", "Grace"]
    assert records.source.acts == 19


def test_every_faulty_object_is_told_with_its_line() -> None:
    records = read(TABLES / "nasty.jsonl")
    found = {place: reason for reason, places in records.refusals.examples.items() for place in places}
    assert found == {
        "line 3": "not a JSON object",
        "line 4": "member is a list or an object",
        "line 5": "no member",
        "line 6": "time not understood",
        "line 7": "holds a NUL byte",
        "line 8": "not JSON",
        "line 9": "not JSON",
        "line 10": "a number beyond 64 bits",
        "line 11": "not in the declared encoding",
        "line 13": "cut off in the last line",
    }
    assert names(records) == ["Ada", "Grace"]


def test_a_stray_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    lines = [f"2021-01-01T00:00:00,member {number}" for number in range(5000)]
    lines[7] = '2021-01-01T00:00:00,"member 7'
    records = read(written(tmp_path, "time,member\n" + "\n".join(lines) + "\n"))
    assert len(records.events) == 4999
    assert records.refusals.total == 1
    assert next(iter(records.refusals.examples.values())) == ("line 9",)


def test_another_encoding_can_be_declared(tmp_path: Path) -> None:
    path = written(tmp_path, "time,member\n2021-01-01,Zoë\n".encode("latin-1"))
    assert read(path).refusals.total == 1
    assert names(read(path, "encoding = 'latin-1'")) == ["Zoë"]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, "\ufefftime,member\n2021-01-01,Ada\n")).events) == 1


def test_compressed_files(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"time,member\n2021-01-01,Ada\n"))
    records = read(path)
    assert (names(records), records.source.name) == (["Ada"], "log")


def test_a_cut_file_keeps_what_came_before(tmp_path: Path) -> None:
    text = "time,member\n" + "".join(
        f"2021-01-01,member {number * 7919 % 100003}\n" for number in range(50_000)
    )
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(text.encode())[:-50_000])
    records = read(path)
    assert 10_000 < len(records.events) < 50_000
    assert "damaged or cut off" in records.source.truncated


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allmende.tables.decompression.FREE", 1 << 20)
    path = tmp_path / "bomb.csv.bz2"
    path.write_bytes(bz2.compress(b"time,member\n2021-01-01,Ada\n" + bytes(50_000_000)))
    records = read(path)
    assert names(records) == ["Ada"]
    assert "unpacks to more than 200 times its size; read up to 1 MiB" in records.source.truncated


def test_a_budget_ends_reading_cleanly(tmp_path: Path) -> None:
    text = "time,member\n" + "2021-01-01T00:00:00,Ada\n" * 100_000
    records = table(written(tmp_path, text), ReadOptions(seconds=0))
    assert 0 < len(records.events) < 100_000
    assert records.source.acts == len(records.events)
    assert "read until line " in records.source.truncated


def test_a_folder_of_tables_is_one_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    written(folder, "time,member\n2022-01-01,Ada\n", "b.csv")
    written(folder, "time,member\n2021-01-01,Grace\n2021-01-01,\n", "a.csv")
    written(folder, '{"time": "2020-01-01", "member": "Ada"}\n', "c.jsonl")
    written(folder, "not a table", "README.md")
    written(folder, b"PAR1 no PAR1", "d.parquet")
    assert table.recognises(folder)
    records = read(folder)
    assert names(records) == ["Ada", "Grace", "Ada"]
    assert records.source.acts == 5
    assert records.refusals.examples["no member"] == ("a.csv line 3",)
    assert any(
        "file not read: cannot be read as a .parquet file" in reason for reason in records.refusals.counts
    )
    assert len(records.source.tips) == 3


def test_folders_of_other_things_are_not_recognised(tmp_path: Path) -> None:
    written(tmp_path, "time,member\n")
    assert table.recognises(tmp_path)
    (tmp_path / "src").mkdir()
    assert not table.recognises(tmp_path)


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("a.csv", True),
        ("a.CSV", True),
        ("a.tsv.gz", True),
        ("a.jsonl.bz2", True),
        ("a.parquet", True),
        ("a.feather", True),
        ("a.parquet.gz", False),
        ("a.csv.7z", False),
        ("a.xlsx", False),
        ("csv", False),
    ],
)
def test_what_is_recognised(tmp_path: Path, name: str, *, yes: bool) -> None:
    assert table.recognises(written(tmp_path, "x", name)) == yes


def test_several_communities_are_refused_unless_one_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, "time,member,community\n2021-01-01,Ada,east\n2021-01-01,Bo,west\n,Cy,west\n")
    with pytest.raises(MappingError, match="2 communities: east, west"):
        read(path)
    records = read(path, "only = 'west'")
    assert (names(records), records.source.name, records.source.acts) == (["Bo"], "west", 2)
    assert "1 rows of 1 other communities left out" in records.source.notes
    with pytest.raises(UnknownNameError, match="Did you mean 'west'"):
        read(path, "only = 'wset'")


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl"])
def test_what_the_package_wrote_is_read_whole(tmp_path: Path, suffix: str) -> None:
    """The columns of `allmende read --output`, in each of its forms, lists of works included."""
    rows = [
        {
            "at": "2021-01-01T00:00:00Z",
            "member": "a1",
            "action": "make",
            "works": ["one", "two, three"],
            "bot": False,
        },
        {"at": "2021-01-02T00:00:00Z", "member": "b2", "action": "pay", "works": [], "bot": True},
        {"at": "2021-01-03T00:00:00Z", "member": "a1", "action": "decide", "works": ["one"], "bot": False},
    ]
    plain = {"offset": 60, "effort": 3, "cents": 5, "org": "x", "ref": "r", "recorder": "a1"}
    text = "".join(json.dumps(row | plain | {"recorded": row["at"]}) + "\n" for row in rows)
    path = written(tmp_path, text, "log.jsonl")
    if suffix == ".parquet":
        duckdb.sql(f"COPY (FROM '{path}') TO '{tmp_path}/log.parquet' (FORMAT parquet)")
    elif suffix == ".csv":
        duckdb.sql(f"COPY (SELECT * REPLACE (to_json(works) AS works) FROM '{path}') TO '{tmp_path}/log.csv'")
    records = read(path.with_suffix(suffix), touches=True)
    touches = records.events.touches
    assert records.source.notes == ("read as allmende-log (mapping shipped with the package)",)
    assert touches is not None
    assert list(zip(touches.event.tolist(), [touches.works[code] for code in touches.work], strict=True)) == [
        (0, "one"),
        (0, "two, three"),
        (2, "one"),
    ]
    assert actions(records) == ["make", "pay", "decide"]
    assert records.source.bots == ("b2",)
    assert records.source.conserved_names
    assert [records.events.members[code] for code in records.events.recorder] == ["a1", "a1", "a1"]


def test_programs_and_other_recorders_are_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "time,member,robot,own,clerk\n2021-01-01,Ada,no,yes,\n2021-01-02,Roomba,yes,yes,\n2021-01-03,Ada,no,no,\n"
        "2021-01-04,Ada,yes,yes,Grace\n",
    )
    columns = "[columns]\nat='time'\nmember='member'\nbot='robot'\nself_recorded='own'\n"
    records = read(path, columns + "[constants]\naction='make'")
    events = records.events
    assert records.source.bots == ("Roomba",)
    assert events.recorder.tolist() == [
        events.member[0],
        events.member[1],
        RECORDER_UNKNOWN,
        events.member[3],
    ]
    records = read(
        path, columns.replace("self_recorded='own'", "recorder='clerk'") + "[constants]\naction='make'"
    )
    recorders = [records.events.members[code] for code in records.events.recorder]
    assert recorders == ["Ada", "Roomba", "Ada", "Grace"]


def test_unknown_kinds_of_acts_count_as_make_only_where_none_is_known(tmp_path: Path) -> None:
    records = read(written(tmp_path, "time,member,type\n2021-01-01,Ada,A\n2021-01-01,Ada,B\n"))
    assert actions(records) == ["make", "make"]
    assert "the values of type name no known action: every row counts as make" in records.source.notes
    records = read(written(tmp_path, "time,member,type\n2021-01-01,Ada,commit\n2021-01-01,Ada,B\n"))
    assert actions(records) == ["make"]
    assert records.refusals.counts == {"'B' is no known action": 1}


def test_a_reference_that_is_not_unique_is_none(tmp_path: Path) -> None:
    records = read(written(tmp_path, "time,member,id\n2021-01-01,Ada,1\n2021-01-01,Ada,1\n"))
    assert records.events.ref.tolist() == [b"", b""]
    assert "id is not unique: it is not taken as a reference" in records.source.notes


def test_offsets_of_all_forms(tmp_path: Path) -> None:
    rows = ["60", "+0530", "-03:30", "9999", "", "-0000"]
    text = "time,member,offset\n" + "".join(f"2021-01-01,Ada,{row}\n" for row in rows)
    assert read(written(tmp_path, text)).events.offset.tolist() == [
        60,
        330,
        -210,
        OFFSET_UNKNOWN,
        OFFSET_UNKNOWN,
        0,
    ]


def test_nothing_there_and_nothing_readable(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        read(tmp_path / "none.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceRefusedError, match="holds 0 tables"):
        read(tmp_path / "folder")
    with pytest.raises(MappingError, match="no column could be told"):
        read(written(tmp_path, "a,b\n1,2\n"))


def test_parquet_and_csv_of_the_same_rows_are_the_same(tmp_path: Path) -> None:
    columns = "time,member,action,org,effort,id"
    path = written(tmp_path, (TABLES / "plain.csv").read_bytes(), "log.csv")
    duckdb.sql(
        f"COPY (SELECT {columns} FROM read_csv('{path}', types={{'time': 'TIMESTAMPTZ'}}))"
        f" TO '{tmp_path}/log.parquet' (FORMAT parquet)"
    )
    one, other = read(path).events, read(tmp_path / "log.parquet").events
    for name in ("at", "action", "effort", "cents", "ref", "recorded"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert [one.members[code] for code in one.member] == [other.members[code] for code in other.member]
    assert [one.orgs[code] for code in one.org] == [other.orgs[code] for code in other.org]


CELL = some.text(some.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
ROWS = some.lists(
    some.tuples(
        some.datetimes(),
        CELL.filter(lambda cell: cell.strip() != ""),
        some.sampled_from(ACTIONS),
        CELL,
        some.integers(0, 1 << 40),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_what_was_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[datetime, str, str, str, int]]
) -> None:
    """Round trip: any names, quotes and line ends included."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["time", "member", "action", "org", "effort"])
    writer.writerows([(moment.isoformat(), *more) for moment, *more in rows])
    path = written(tmp_path_factory.mktemp("csv"), text.getvalue())
    events = read(path).events
    wanted = Events.of(
        [
            Event(moment, member, action, effort=effort, org=org.strip())
            for moment, member, action, org, effort in rows
        ]
    )
    assert told(events) == told(wanted)


def told(events: Events) -> list[tuple[int, str, int, str, int]]:
    columns = (events.at, events.member, events.action, events.org, events.effort)
    return [
        (at, events.members[member], action, events.orgs[org], effort)
        for at, member, action, org, effort in zip(*(column.tolist() for column in columns), strict=True)
    ]


LOGS = sorted((shared_logs.SHARED / "events").glob("*.parquet"))


@pytest.mark.skipif(not LOGS, reason="the logs beside the project are not here")
@pytest.mark.parametrize("path", LOGS[::13] or [Path()], ids=lambda path: path.stem)
def test_real_logs_agree_with_their_profiles(path: Path) -> None:
    check_log(path)


@pytest.mark.slow
@pytest.mark.skipif(not LOGS, reason="the logs beside the project are not here")
@pytest.mark.parametrize("path", LOGS or [Path()], ids=lambda path: path.stem)
def test_all_real_logs_agree_with_their_profiles(path: Path) -> None:
    check_log(path)


def check_log(path: Path) -> None:
    records = table(path)
    events = records.events
    profile = next(row for row in shared_logs.rows("profiles.csv") if row["community"] == path.stem)
    made, decided = events.action == action_code("make"), events.action == action_code("decide")
    assert (made.sum(), decided.sum()) == (int(profile["commits"]), int(profile["merges"]))
    assert made.sum() + decided.sum() == len(events) == records.source.acts
    assert records.refusals.total == 0
    assert records.source.name == path.stem
    assert records.source.conserved_names
    bot = np.isin(np.array(events.members)[events.member], records.source.bots)
    assert abs(bot[made].mean() - float(profile["bot_share"])) < 0.02


@pytest.mark.skipif(not LOGS, reason="the logs beside the project are not here")
def test_a_table_of_several_wikis_reads_one_at_a_time(tmp_path: Path) -> None:
    path = shared_logs.SHARED / "other" / "wiki_revisions.parquet"
    with pytest.raises(MappingError, match="communities: wiki-"):
        read(path)
    total = 0
    for name, size in duckdb.sql(f"SELECT community, count(*) FROM '{path}' GROUP BY 1").fetchall():
        mapping = tmp_path / "given.toml"
        mapping.write_text(f"only = '{name}'")
        records = table(path, ReadOptions(mapping=mapping))
        assert records.source.acts == len(records.events) == size
        total += size
        assert set(actions(records)) == {"make", "revise", "discuss"}
    assert total == duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
