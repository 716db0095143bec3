"""The program that decodes one foreign Parquet, Arrow or .7z file, in a process of its own.

`sandbox` starts it with an empty environment. Before it looks at the file it gives up memory, time,
files, the network and the right to start programs; then it answers over its standard output:

    <- {"path", "suffix", "memory", "seconds"}             one line of JSON
    -> {"names", "widths", "rows", "packed", "open"}       what the footer says, and what is not closed
    <- {"columns"}                                         one line
    -> {"kind", "rows", "table"} values missing table      for each column: a line, then plain bytes

Of a .7z archive it sends {"bytes"} and that many bytes, until {"bytes": 0}. Instead of any answer,
{"refused": why}. It imports nothing of this package: it is its own small world.
"""

import ctypes
import json
import os
import struct
import sys
from typing import Any

__all__ = ["Arrow", "Parquet", "answer", "close_doors", "main", "send", "unpack"]

NETWORK_AND_USER = 0x40000000 | 0x10000000
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
# For each machine: its name in a filter; calls that are denied (socket, connect, execve, execveat, ptrace,
# kill, process_vm_writev, io_uring_setup, mount, openat2; creat, unlink, rename, truncate, mkdir, rmdir,
# link, symlink, chmod and their variants); and calls that open files, with the place of their flags.
# fmt: off
MACHINES = {
    "x86_64": (
        0xC000003E,
        (
            41, 42, 59, 322, 101, 62, 311, 425, 165, 437,
            85, 87, 263, 82, 264, 316, 76, 77, 83, 258, 84, 86, 265, 88, 266, 90, 91, 268,
        ),
        {2: 1, 257: 2},
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 221, 281, 117, 129, 271, 425, 40, 437, 35, 38, 276, 45, 46, 34, 37, 36, 52, 53),
        {56: 2},
    ),
}
# fmt: on
WRITING = 0o1 | 0o2 | 0o100 | 0o1000
"""Flags of opening to write, to read and write, to create, to empty."""


def main() -> None:
    """Read one request, answer it."""
    request = json.loads(sys.stdin.buffer.readline())
    still_open = close_doors(request["memory"], request["seconds"])
    try:
        if request["suffix"] == ".7z":
            unpack(request["path"], still_open)
            return
        table = (Parquet if request["suffix"] == ".parquet" else Arrow)(request["path"])
        answer({**table.footer(), "open": still_open})
        for name in json.loads(sys.stdin.buffer.readline())["columns"]:
            send(*table.column(name))
    except BrokenPipeError:
        return
    except MemoryError:
        answer({"refused": "it needs more memory than it may have"})
    except ImportError as fault:
        answer({"refused": f"the package {fault.name} is needed to read it", "lacking": fault.name})
    except Exception as fault:  # noqa: BLE001 - whatever a decoder throws is an answer
        words = " ".join(str(fault).replace(request["path"], "it").split())
        answer({"refused": "".join(mark for mark in words if mark.isprintable())[:200]})


def close_doors(memory: int, seconds: int) -> list[str]:
    """Give up what reading a file does not need; answers what could not be given up here."""
    still_open = []
    try:
        import resource

        for limit, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (most, most))
    except (ImportError, ValueError, OSError):
        still_open.append("memory and time")
    # A namespace without network, and a filter in the kernel that refuses sockets: either is enough.
    if not (_unshare() | _filter()):
        still_open.append("network")
    return still_open


def _unshare() -> bool:
    try:
        return bool(ctypes.CDLL(None).unshare(NETWORK_AND_USER) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def _filter() -> bool:
    """Install a seccomp filter: no socket, no program, no signal, no file made, written or removed."""
    machine = os.uname().machine if hasattr(os, "uname") else ""
    if machine not in MACHINES or not sys.platform.startswith("linux"):
        return False
    program = _program(*MACHINES[machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    head = ctypes.create_string_buffer(struct.pack("HL", len(program), ctypes.addressof(code)))
    library = ctypes.CDLL(None)
    nothing = ctypes.c_ulong(0)
    library.prctl(NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing)
    return bool(library.prctl(SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(head), nothing, nothing) == 0)


def _program(
    architecture: int, denied: tuple[int, ...], opening: dict[int, int]
) -> list[tuple[int, int, int, int]]:
    """The filter in the kernel's own language: (operation, lines to skip if true, if false, operand)."""
    load, equal, at_least, any_of = 0x20, 0x15, 0x35, 0x45
    refuse, allow = (0x06, 0, 0, 0x00050000 | 1), (0x06, 0, 0, 0x7FFF0000)
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        refuse,
        (load, 0, 0, 0),
        # Calls by the second numbering of the same machine would pass the list below.
        (at_least, 0, 1, 0x40000000),
        refuse,
    ]
    for call in denied:
        program += [(equal, 0, 1, call), refuse]
    for call, place in opening.items():
        program += [(equal, 0, 4, call), (load, 0, 0, 16 + 8 * place), (any_of, 0, 1, WRITING), refuse, allow]
    return [*program, allow]


def answer(what: dict[str, Any]) -> None:
    """Send a line of JSON."""
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()


def send(kind: str, values: Any, missing: Any, table: list[str]) -> None:
    """Send a column: a line that says what follows, then the bytes."""
    import numpy as np

    texts = json.dumps(table).encode()
    answer({"kind": kind, "rows": len(values), "table": len(texts)})
    dtype = {"text": "<i4", "fraction": "<f8"}.get(kind, "<i8")
    for part in (np.ascontiguousarray(values, dtype).data, np.packbits(missing).data, texts):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def unpack(path: str, still_open: list[str]) -> None:
    """Send what is in a .7z archive, one file after the other."""
    import py7zr
    from py7zr.io import Py7zIO, WriterFactory

    class Pushed(Py7zIO):
        """What py7zr takes for a file to write to."""

        written = 0

        def write(self, content: bytes | bytearray) -> int:
            if content:
                answer({"bytes": len(content)})
                sys.stdout.buffer.write(content)
            self.written += len(content)
            return len(content)

        def read(self, size: int | None = None) -> bytes:  # noqa: ARG002 - the interface asks for it
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 - the interface asks for it
            return 0

        def flush(self) -> None:
            """Nothing is kept back."""

        def size(self) -> int:
            return self.written

    class Pushing(WriterFactory):
        """Makes one for each file of the archive."""

        def create(self, filename: str) -> Py7zIO:  # noqa: ARG002 - the interface asks for it
            return Pushed()

    with py7zr.SevenZipFile(path, "r") as archive:
        answer({"open": still_open})
        archive.extractall(factory=Pushing())
    answer({"bytes": 0})


class Parquet:
    """A Parquet file, read by DuckDB with nothing but that one file allowed."""

    def __init__(self, path: str) -> None:
        import duckdb

        self._database = duckdb.connect(
            config={
                "threads": 1,
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self._file = "'" + path.replace("'", "''") + "'"
        self._packed = os.path.getsize(path)  # noqa: PTH202 - this program keeps to few imports
        self._database.execute("SET TimeZone='UTC'")
        self._database.execute(f"SET allowed_paths=[{self._file}]")
        self._database.execute("SET enable_external_access=false")
        self._database.execute("SET lock_configuration=true")
        self._types: dict[str, str] = {}
        self._number = 0

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._database.execute(query).fetchall()
        return found

    def footer(self) -> dict[str, Any]:
        """Columns, their widths in bytes as far as the footer tells, rows, bytes of the file."""
        rows = self._all(f"SELECT num_rows FROM parquet_file_metadata({self._file})")[0][0]  # noqa: S608 - quoted
        width = "max(greatest(length(stats_max_value), length(stats_min_value)))"
        longest = dict(
            self._all(f"SELECT path_in_schema, {width} FROM parquet_metadata({self._file}) GROUP BY 1")  # noqa: S608 - the path is quoted
        )
        describe = f"DESCRIBE SELECT * FROM read_parquet({self._file})"  # noqa: S608 - quoted
        for name, kind, *_ in self._all(describe):
            if not any(mark in kind for mark in ("STRUCT", "MAP", "[", "UNION", "VARIANT")):
                self._types[name] = kind
        widths = [
            max(16, longest.get(name) or 0) if kind in ("VARCHAR", "BLOB") else 8
            for name, kind in self._types.items()
        ]
        return {"names": list(self._types), "widths": widths, "rows": rows, "packed": self._packed}

    def column(self, name: str) -> tuple[str, Any, Any, list[str]]:
        """One column: its kind, its values, where they are missing, and the texts that codes stand for."""
        import numpy as np

        quoted = '"' + name.replace('"', '""') + '"'
        source = f"read_parquet({self._file})"
        kind, expression = _expression(self._types[name], quoted)
        table: list[str] = []
        if kind == "text":
            self._number += 1
            words = f"words_{self._number}"
            self._database.execute(
                f"CREATE TYPE {words} AS ENUM (SELECT DISTINCT {expression} FROM {source}"  # noqa: S608 - quoted
                f" WHERE {quoted} IS NOT NULL ORDER BY 1)"
            )
            table = [word for (word,) in self._all(f"SELECT unnest(enum_range(NULL::{words}))")]
            expression = f"enum_code(({expression})::{words})"
        found = self._database.execute(f"SELECT {expression} AS it FROM {source}").fetchnumpy()["it"]  # noqa: S608 - quoted
        missing = np.ma.getmaskarray(found)
        return kind, np.ma.filled(found, 0), missing, table


def _expression(kind: str, quoted: str) -> tuple[str, str]:
    """What a column of a DuckDB type is sent as, and how it is written in SQL."""
    if kind in ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT"):
        return "whole", f"{quoted}::BIGINT"
    if kind == "BOOLEAN":
        return "flag", f"{quoted}::BIGINT"
    if kind in ("DOUBLE", "FLOAT"):
        return "fraction", f"{quoted}::DOUBLE"
    if kind.startswith(("TIMESTAMP", "DATE")):
        zoned = quoted if "ZONE" in kind else f"{quoted}::TIMESTAMP"
        return "instant", f"CASE WHEN isfinite({zoned}) THEN epoch_us({zoned}) END"
    return "text", f"{quoted}::VARCHAR"


class Arrow:
    """An Arrow IPC file, read by pyarrow, validated in full."""

    def __init__(self, path: str) -> None:
        import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

        self._path, self._arrow = path, pa
        self._packed = os.path.getsize(path)  # noqa: PTH202 - this program keeps to few imports
        self._names: list[str] = []

    def _batches(self, fields: list[int]) -> Any:
        options = self._arrow.ipc.IpcReadOptions(included_fields=fields, use_threads=False)
        source = self._arrow.OSFile(self._path)
        try:
            reader = self._arrow.ipc.open_file(source, options=options)
        except self._arrow.ArrowInvalid:
            source.seek(0)
            yield from self._arrow.ipc.open_stream(source, options=options)
            return
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)

    def _schema(self) -> Any:
        source = self._arrow.OSFile(self._path)
        try:
            return self._arrow.ipc.open_file(source).schema
        except self._arrow.ArrowInvalid:
            source.seek(0)
            return self._arrow.ipc.open_stream(source).schema

    def footer(self) -> dict[str, Any]:
        """As `Parquet.footer`; how wide texts are an Arrow file does not tell."""
        kinds = self._arrow.types
        schema = self._schema()
        self._names = list(schema.names)
        plain = [
            field.name
            for field in schema
            if not kinds.is_nested(field.type) and schema.names.count(field.name) == 1
        ]
        rows = sum(batch.num_rows for batch in self._batches([0])) if self._names else 0
        return {"names": plain, "widths": [8] * len(plain), "rows": rows, "packed": self._packed}

    def column(self, name: str) -> tuple[str, Any, Any, list[str]]:
        """As `Parquet.column`."""
        pa, kinds = self._arrow, self._arrow.types
        chunks = []
        for batch in self._batches([self._names.index(name)]):
            batch.validate(full=True)
            chunks.append(batch.column(0))
        column = pa.chunked_array(chunks, None if chunks else pa.int64())
        missing = column.is_null().to_numpy()
        if kinds.is_boolean(column.type):
            return "flag", column.cast(pa.int8()).fill_null(0).to_numpy(), missing, []
        if kinds.is_integer(column.type):
            return "whole", column.cast(pa.int64()).fill_null(0).to_numpy(), missing, []
        if kinds.is_floating(column.type):
            return "fraction", column.cast(pa.float64()).fill_null(0.0).to_numpy(), missing, []
        if kinds.is_timestamp(column.type) or kinds.is_date(column.type):
            moments = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
            return "instant", moments.fill_null(0).to_numpy(), missing, []
        if not kinds.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        column = column.unify_dictionaries()
        codes = [chunk.indices.fill_null(0).to_numpy(zero_copy_only=False) for chunk in column.chunks]
        table = column.chunk(0).dictionary.cast(pa.string()).to_pylist() if codes else []
        import numpy as np

        return "text", np.concatenate([np.zeros(0, np.int32), *codes]), missing, table


if __name__ == "__main__":
    main()
