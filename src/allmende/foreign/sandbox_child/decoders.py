"""Columns of Parquet and Arrow files as plain numbers, and texts as codes."""

import os
from collections import defaultdict
from typing import Any

__all__ = ["Arrow", "Parquet"]

FEW = 1 << 16
# A list of texts goes as one text, each of them after NUL and unit separator; an empty list has no type.
LISTS = {
    "VARCHAR[]": "array_to_string(list_transform({0}, lambda one: chr(0) || chr(31) || one), '')",
    '"NULL"[]': "NULL::VARCHAR",
}


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
        self._database.execute("SET enable_progress_bar=false")
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
            if kind in LISTS or not any(mark in kind for mark in ("STRUCT", "MAP", "[", "UNION", "VARIANT")):
                self._types[name] = kind
        widths = [
            max(16, longest.get(name) or 0) if kind in ("VARCHAR", "BLOB", *LISTS) else 8
            for name, kind in self._types.items()
        ]
        return {"names": list(self._types), "widths": widths, "rows": rows, "packed": self._packed}

    def column(self, name: str) -> tuple[str, Any, Any, list[str]]:
        """One column: its kind, its values, where they are missing, and the texts that codes stand for."""
        import numpy as np

        quoted = '"' + name.replace('"', '""') + '"'
        source = f"read_parquet({self._file})"
        kind, expression = _expression(self._types[name], quoted)
        if kind == "text":
            return self._texts(expression, quoted, source)
        found = self._database.execute(f"SELECT {expression} AS it FROM {source}").fetchnumpy()["it"]  # noqa: S608 - quoted
        return kind, np.ma.filled(found, 0), np.ma.getmaskarray(found), []

    def _texts(self, expression: str, quoted: str, source: str) -> tuple[str, Any, Any, list[str]]:
        """A column of texts: few different ones become codes inside the database, many here."""
        import numpy as np

        count = f"SELECT approx_count_distinct({expression}) FROM {source}"  # noqa: S608 - quoted
        if self._all(count)[0][0] > FEW:
            found = self._database.execute(f"SELECT {expression} AS it FROM {source}").fetchnumpy()["it"]  # noqa: S608 - quoted
            code: defaultdict[str, int] = defaultdict()
            code.default_factory = code.__len__
            codes = np.array([code[word] for word in np.ma.filled(found, "").tolist()], np.int32)
            return "text", codes, np.ma.getmaskarray(found), list(code)
        self._number += 1
        words = f"words_{self._number}"
        self._database.execute(
            f"CREATE TYPE {words} AS ENUM (SELECT DISTINCT {expression} FROM {source}"  # noqa: S608 - quoted
            f" WHERE {quoted} IS NOT NULL ORDER BY 1)"
        )
        table = [word for (word,) in self._all(f"SELECT unnest(enum_range(NULL::{words}))")]
        coded = f"SELECT enum_code(({expression})::{words}) AS it FROM {source}"  # noqa: S608 - quoted
        found = self._database.execute(coded).fetchnumpy()["it"]
        return "text", np.ma.filled(found, 0), np.ma.getmaskarray(found), table


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
    if kind in LISTS:
        return "text", LISTS[kind].format(quoted)
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
