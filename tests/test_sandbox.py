"""Foreign files: decoded in a child that can do nothing else; this process lives whatever they hold."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.foreign.sandbox import ENVIRONMENT, ChildFailedError, Limits, foreign
from allmende.tables.columns import Column

DOORS = Path(__file__).resolve().parents[1] / "src" / "allmende" / "foreign" / "sandbox_child" / "doors.py"


def parquet(path: Path, query: str) -> Path:
    quoted = str(path).replace("'", "''")
    duckdb.sql(f"COPY ({query}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def values(column: Column) -> list[Any]:
    found = (
        [column.table[value] for value in column.values] if column.kind == "text" else column.values.tolist()
    )
    return [None if gone else value for value, gone in zip(found, column.missing, strict=True)]


def read(path: Path, *names: str, suffix: str = ".parquet") -> dict[str, Column]:
    with foreign(path, suffix=suffix) as file:
        return file.columns(names or file.names, memory=1 << 30)


def test_every_kind_of_column_arrives_as_it_was(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / 'it\'s a "log".parquet',
        "SELECT * FROM (VALUES (1, 1.5::DOUBLE, true, 'Ada', TIMESTAMPTZ '2021-01-01 00:00:00+02', DATE"
        " '2021-01-02', 12.34::DECIMAL(9,2)), (NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
        " (-3, -2.5, false, 'é \"x\"', 'infinity',"
        " DATE '1969-12-31', -1)) AS log(n, x, b, s, t, d, m)",
    )
    found = read(path)
    assert {name: column.kind for name, column in found.items()} == {
        "n": "whole", "x": "fraction", "b": "flag", "s": "text", "t": "instant", "d": "instant", "m": "text",
    }  # fmt: skip
    assert values(found["n"]) == [1, None, -3]
    assert values(found["x"]) == [1.5, None, -2.5]
    assert values(found["b"]) == [1, None, 0]
    assert values(found["s"]) == ["Ada", None, 'é "x"']
    assert values(found["t"]) == [1609452000 * 10**6, None, None]
    assert values(found["d"]) == [1609545600 * 10**6, None, -86400 * 10**6]
    assert values(found["m"]) == ["12.34", None, "-1.00"]


def test_only_what_is_asked_for_is_decoded(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT range AS n, range::VARCHAR AS s FROM range(1000)")
    with foreign(path, suffix=".parquet") as file:
        assert file.names == ("n", "s")
        assert file.rows == 1000
        assert file.notes == ()
        assert set(file.columns(["s"], memory=1 << 30)) == {"s"}


def test_many_different_texts(tmp_path: Path) -> None:
    """So many that they are coded outside the database; some are missing."""
    query = "SELECT if(range % 1000 = 3, NULL, md5((range % 90_000)::VARCHAR)) AS s FROM range(100_000)"
    path = parquet(tmp_path / "log.parquet", query)
    found = read(path)["s"]
    assert values(found) == [text for (text,) in duckdb.sql(query).fetchall()]
    assert len(set(found.table)) == len(found.table)


def test_nested_columns_are_not_offered(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT [1, 2] AS l, {'a': 1} AS s, 1 AS n")
    assert set(read(path)) == {"n"}


def test_an_empty_file_has_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT range AS n, 'x' AS s FROM range(0)")
    assert {name: len(column.values) for name, column in read(path).items()} == {"n": 0, "s": 0}


@pytest.mark.parametrize("suffix", [".arrow", ".feather"])
@pytest.mark.parametrize("compression", [None, "zstd"])
def test_arrow_files(tmp_path: Path, suffix: str, compression: str | None) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table(
        {
            "n": pa.array([1, None, -3], pa.int32()),
            "x": pa.array([1.5, None, 2.5], pa.float32()),
            "b": pa.array([True, None, False]),
            "s": pa.array(["Ada", None, "é"], pa.large_string()),
            "c": pa.array(["Ada", None, "Ada"]).dictionary_encode(),
            "t": pa.array([1609459200 * 10**9, None, -631152000 * 10**9], pa.timestamp("ns", "UTC")),
            "l": pa.array([[1], None, [2]]),
        }
    )
    path = tmp_path / f"log{suffix}"
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=2)
    found = read(path, suffix=suffix)
    assert values(found["n"]) == [1, None, -3]
    assert values(found["x"]) == [1.5, None, 2.5]
    assert values(found["b"]) == [1, None, 0]
    assert values(found["s"]) == ["Ada", None, "é"]
    assert values(found["c"]) == ["Ada", None, "Ada"]
    assert values(found["t"]) == [1609459200 * 10**6, None, -631152000 * 10**6]
    assert "l" not in found


BOMBS = {
    "one number, 250 million times": "SELECT 7::BIGINT AS n FROM range({rows})",
    "one text of a kilobyte, ten million times": "SELECT repeat('a', 1000) AS n FROM range({rows})",
}


@pytest.mark.parametrize(("name", "rows"), [*zip(BOMBS, (60_000_000, 2_000_000), strict=True)])
def test_bombs_are_refused_from_the_footer(tmp_path: Path, name: str, rows: int) -> None:
    path = parquet(tmp_path / "bomb.parquet", BOMBS[name].format(rows=rows))
    assert path.stat().st_size < 2_000_000
    with (
        foreign(path, suffix=".parquet") as file,
        pytest.raises(SourceRefusedError, match="its footer promises"),
    ):
        file.columns(["n"], memory=4 << 30)


def test_what_does_not_fit_in_memory_is_refused_from_the_footer(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT range AS n FROM range(100000)")
    with (
        foreign(path, suffix=".parquet") as file,
        pytest.raises(SourceRefusedError, match="800 kB when decoded"),
    ):
        file.columns(["n"], memory=700_000)


def test_a_repetitive_log_of_an_honest_size_is_read(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT 'Ada' AS s, 7 AS n FROM range(3_000_000)")
    assert path.stat().st_size * 1000 < 3_000_000 * 24
    assert len(read(path)["s"].values) == 3_000_000


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"PAR1" + b"\xff" * 64 + b"PAR1", os.urandom(5000)],
)
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"log{suffix}"
    path.write_bytes(content)
    with pytest.raises(SourceRefusedError, match=f"cannot be read as a {suffix} file") as error:
        read(path, suffix=suffix)
    assert str(path) in error.value.where
    assert str(tmp_path) not in error.value.given


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        read(tmp_path / "none.parquet")


def test_too_little_memory_or_time_ends_the_child_only(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "log.parquet", "SELECT range AS n, random()::VARCHAR AS s FROM range(1_000_000)"
    )
    for limits in (Limits(memory=300 << 20), Limits(seconds=0)):
        opened = foreign(path, suffix=".parquet", limits=limits)
        with pytest.raises(SourceRefusedError), opened as file:
            file.columns(["n", "s"], memory=1 << 30)


def in_the_child(code: str) -> str:
    """What code says after the child has closed its doors."""
    script = f"""
import importlib.util, sys
place = importlib.util.spec_from_file_location("child", {str(DOORS)!r})
child = importlib.util.module_from_spec(place)
place.loader.exec_module(child)
print("open", child.close_doors(2 << 30, 20))
{code}
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    return done.stdout + done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the filters are the Linux kernel's")
@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("a socket", "import socket; socket.socket()"),
        ("a unix socket", "import socket; socket.socket(socket.AF_UNIX)"),
        ("a program", "import os; os.execv('/bin/true', ['true'])"),
        ("another program", "import subprocess; subprocess.run(['/bin/true'])"),
        ("a new file", "open('canary', 'x')"),
        ("a file to write", "open('written', 'r+')"),
        ("a file to empty", "open('written', 'w')"),
        ("a file to remove", "import os; os.remove('written')"),
        ("a file to rename", "import os; os.rename('written', 'canary')"),
        ("another process", "import os; os.kill(os.getppid(), 0)"),
        ("too much memory", "bytearray(3 << 30)"),
        ("many files", "files = [open('/dev/null') for _ in range(100)]"),
    ],
)
def test_the_child_can_do_nothing_else(tmp_path: Path, what: str, code: str) -> None:
    (tmp_path / "written").write_text("as it was")
    said = in_the_child(f"import os; os.chdir({str(tmp_path)!r})\n{code}\nprint('done')")
    assert "open []" in said
    assert "done" not in said, what
    assert [path.name for path in tmp_path.iterdir()] == ["written"]
    assert (tmp_path / "written").read_text() == "as it was"


def test_the_child_knows_nothing_of_the_environment() -> None:
    said = in_the_child("import os, json; print(json.dumps(dict(os.environ)))")
    found = json.loads(said.splitlines()[-1])
    assert set(found) <= {*ENVIRONMENT, "LC_CTYPE", "PWD", "__PYVENV_LAUNCHER__"}


def test_nonsense_of_a_child_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that a file has taken over may send anything."""
    path = parquet(tmp_path / "log.parquet", "SELECT range AS n, 'x' AS s FROM range(10)")
    footer = b'{"names": ["n"], "widths": [8], "rows": 10, "packed": 1, "open": []}\n'
    answers = [
        b"",
        b"nonsense\n",
        b'{"names": ["n"], "widths": [], "rows": 1}\n',
        b'{"names": ["n"], "widths": [8], "rows": -1}\n',
        footer + b'{"kind": "object", "rows": 10, "table": 2}\n',
        footer + b'{"kind": "whole", "rows": 11, "table": 2}\n' + bytes(200),
        footer + b'{"kind": "whole", "rows": 10, "table": 99999999999}\n' + bytes(200),
        footer + b'{"kind": "text", "rows": 10, "table": 5}\n' + b"\xff" * 40 + bytes(2) + b'["a"]',
        footer + b'{"kind": "text", "rows": 10, "table": 4}\n' + bytes(42) + b"[1]]",
        footer + b'{"kind": "whole", "rows": 10, "table": 2}\n' + bytes(20),
    ]
    for number, answer in enumerate(answers):
        script = tmp_path / f"sandbox_child_{number}.py"
        script.write_text(
            f"import sys; sys.stdin.readline(); sys.stdout.buffer.write({answer!r}); sys.stdout.flush()"
        )
        monkeypatch.setattr("allmende.foreign.sandbox.COMMAND", (sys.executable, str(script)))
        with pytest.raises((SourceRefusedError, ChildFailedError)):
            read(path)


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "hang.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("allmende.foreign.sandbox.COMMAND", (sys.executable, str(script)))
    path = parquet(tmp_path / "log.parquet", "SELECT 1 AS n")
    with (
        pytest.raises(SourceRefusedError, match="took longer than"),
        foreign(path, suffix=".parquet", limits=Limits(seconds=1, patience=0.2)),
    ):
        pass


def test_this_process_never_loads_the_decoders_of_arrow() -> None:
    code = (
        "import sys; import allmende.readers.table; print('pyarrow' in sys.modules, 'duckdb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_codes_of_a_text_column_are_checked(tmp_path: Path) -> None:
    path = parquet(tmp_path / "log.parquet", "SELECT range::VARCHAR AS s FROM range(1000)")
    column = read(path)["s"]
    assert np.all((column.values >= 0) & (column.values < len(column.table)))
