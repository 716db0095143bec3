"""Logs: events in Parquet files, one file or many, also larger than memory.

A file of ours holds names, not codes, so that files can be read apart, together, or by other tools; its
metadata say which version of the schema it has. Columns are only ever added: a file that lacks one has
its default. Files of other origin are logs too where a `mapping` tells what their columns mean and
their moments are timestamps.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import MappingError, SourceNotFoundError, StoreError
from allmende.events import ACTIONS, OFFSET_UNKNOWN, RECORDER_UNKNOWN, SCHEMA_VERSION, Events, Touches
from allmende.executors import threads_allowed
from allmende.tables.mapping import Mapping, recognise

__all__ = [
    "MARK",
    "connect",
    "identifier",
    "literal",
    "log_files",
    "one_unit",
    "projection",
    "read_log",
    "write_log",
]

MARK = "allmende.events"
UNIT = "allmende.effort_unit"
# What a row of a file says about an act, and what is true where a file of an earlier version lacks it.
_DEFAULTS = {
    "at": "",
    "offset": "NULL::SMALLINT",
    "member": "",
    "action": "'make'",
    "effort": "1::BIGINT",
    "cents": "0::BIGINT",
    "org": "''",
    "ref": "''::BLOB",
    "recorder": "member",
    "recorded": '"at"',
    "bot": "false",
    "works": "[]::VARCHAR[]",
}
_WRITE = """
SELECT make_timestamptz(a."at") AS "at", nullif(a."offset", $unknown)::SMALLINT AS "offset",
       m.name AS member, $actions[a.action + 1] AS action, a.effort, a.cents, o.name AS org,
       a.ref::BLOB AS ref, r.name AS recorder, make_timestamptz(a.recorded) AS recorded, a.bot,
       coalesce(w.works, []) AS works
FROM acts a JOIN members m ON m.code = a.member JOIN orgs o ON o.code = a.org
     LEFT JOIN members r ON r.code = a.recorder
     LEFT JOIN (SELECT event, list(name ORDER BY place) AS works FROM touches JOIN works USING (work)
                GROUP BY event) w ON w.event = a.number
ORDER BY a.number
"""

_NAMED = {
    "members": "SELECT DISTINCT unnest([member, recorder]) AS name FROM acts",
    "orgs": "SELECT '' AS name UNION SELECT org FROM acts",
    "works": "SELECT DISTINCT unnest(works) AS name FROM acts",
}
_NO_NAME = "SELECT '' AS name"
_GATHER = """
CREATE TEMP TABLE acts AS SELECT row_number() OVER (ORDER BY "at", place) - 1 AS number, *
FROM (SELECT row_number() OVER () AS place, * FROM files)
"""
_READ = """
SELECT "at", "offset", enum_code(member::members)::INTEGER AS member, action, effort, cents,
       enum_code(org::orgs)::INTEGER AS org, ref,
       coalesce(enum_code(recorder::members)::INTEGER, $unknown) AS recorder, recorded
FROM acts ORDER BY number
""".replace("$unknown", str(RECORDER_UNKNOWN))
_READ_TOUCHES = """
SELECT number AS event, enum_code(work::works)::INTEGER AS work
FROM (SELECT number, unnest(works) AS work, generate_subscripts(works, 1) AS place FROM acts)
ORDER BY number, place
"""


def connect(
    database: str = ":memory:", *, memory: int | None = None, spill: Path | None = None, ordered: bool = True
) -> Any:
    """A DuckDB connection that never uses the network.

    Args:
        database: File of the database.
        memory: Bytes beyond which it spills to disk, or fails where it may not.
        spill: Folder for what does not fit in memory; without one nothing is written to disk.
        ordered: Whether rows keep their order where a query does not name one, which costs memory.
    """
    import duckdb

    settings: dict[str, Any] = {
        "threads": threads_allowed(),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill or ""),
        "preserve_insertion_order": str(ordered).lower(),
    }
    if memory is not None:
        settings["memory_limit"] = f"{max(memory >> 20, 1)}MiB"
    return duckdb.connect(database, config=settings)


def identifier(name: str) -> str:
    """A name as SQL writes it.

    >>> identifier('an "offset" column')
    '"an ""offset"" column"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it.

    >>> print(literal("it's"))
    'it''s'
    """
    return "'" + text.replace("'", "''") + "'"


def log_files(folder: Path) -> list[Path]:
    """The Parquet files of a log, in the order of their names; a file is a log of one.

    Raises:
        SourceNotFoundError: nothing is there, or a folder without Parquet files.
    """
    found = [folder] if folder.is_file() else sorted(folder.rglob("*.parquet"))
    if not found:
        raise SourceNotFoundError(
            f"no Parquet file is at '{folder}'", expected="a Parquet file, or a folder with some in it"
        )
    return found


def write_log(events: Events, path: Path, *, bot: NDArray[np.bool_] | None = None) -> None:
    """Write events as one file of a log.

    Args:
        events: The events.
        path: The file; one that is there is replaced, in one step.
        bot: For each member code, whether it is a program.
    """
    size = len(events)
    numbers = np.arange(size)
    touches = events.touches or Touches(np.zeros(0, np.int64), np.zeros(0, np.int32), ())
    columns = {
        name: getattr(events, name)
        for name in ("at", "offset", "member", "action", "effort", "cents", "org", "recorder", "recorded")
    }
    texts = events.ref.astype(object) if size else np.zeros(0, object)
    bots = np.zeros(size, bool) if bot is None else bot[events.member]
    unfinished = path.with_name(f".{path.name}.unfinished")
    with connect() as connection:
        connection.register("acts", columns | {"number": numbers, "ref": texts, "bot": bots})
        _register_names(connection, "members", "code", events.members)
        _register_names(connection, "orgs", "code", events.orgs)
        _register_names(connection, "works", "work", touches.works)
        touched = {"event": touches.event, "work": touches.work, "place": np.arange(len(touches.event))}
        connection.register("touches", touched)
        query = _WRITE.replace("$unknown", str(OFFSET_UNKNOWN)).replace("$actions", str(list(ACTIONS)))
        about = f"{{{literal(MARK)}: '{SCHEMA_VERSION}', {literal(UNIT)}: {literal(events.effort_unit)}}}"
        connection.execute(
            f"COPY ({query}) TO {literal(str(unfinished))} "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {about})"
        )
    unfinished.replace(path)


def read_log(folder: Path) -> Events:
    """The events of a log of our own schema, in time order; names are coded in sorted order.

    Raises:
        SourceNotFoundError: nothing is there.
        StoreError: a file is damaged, of another schema, or of a newer version.
    """
    with connect() as connection:
        found = [projection(connection, file) for file in log_files(folder)]
        unit = one_unit({unit for _, unit in found})
        selects = " UNION ALL ".join(select for select, _ in found)
        connection.execute(f"CREATE TEMP VIEW files AS {selects}")
        connection.execute(_GATHER)
        return replace(_events(connection), effort_unit=unit)


def one_unit(units: Iterable[str]) -> str:
    """The unit in which all files of a log measure effort.

    Raises:
        StoreError: they use several.
    """
    found = sorted(set(units))
    if len(found) != 1:
        raise StoreError(
            f"the files of one log measure effort in different units: {', '.join(found) or 'none'}",
            next_step="Put files of one unit into a folder of their own.",
        )
    return found[0]


def projection(
    connection: Any, file: Path, *, mapping: Mapping | None = None, effort: bool = False
) -> tuple[str, str]:
    """The query that answers a file's rows as acts (names as text, actions as codes), and its unit of effort.

    Args:
        connection: Where the query will run.
        file: A file of our schema, or one that the mapping, or one shipped with the package, fits.
        mapping: What the columns of a file of other origin mean.
        effort: Read sizes also where the mapping says "on request"; otherwise an act counts as one.

    Raises:
        StoreError: the file is damaged or of a newer version.
        MappingError: it is of other origin, and no mapping fits or the mapping asks for more than a query.
    """
    types, about = _footer(connection, file)
    version = int(about.get(MARK, 0))
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"the file has version {version} of the schema of events, this program knows {SCHEMA_VERSION}",
            where=str(file),
            next_step="Update Allmende.",
        )
    if version:
        columns, unit = _ours(types), about.get(UNIT, "events")
    else:
        fitting, _ = recognise(list(types), mapping, where=str(file))
        sized = bool(fitting.columns.efforts) and (effort or not fitting.effort_on_request)
        columns = _mapped(fitting, types, file, sized=sized)
        unit = (fitting.effort_unit or "units") if sized else "events"
    listed = ", ".join(f"{expression} AS {identifier(name)}" for name, expression in columns.items())
    # Every name and text in it went through `identifier` or `literal`.
    return f"SELECT {listed} FROM read_parquet({_exactly(file)})", unit  # noqa: S608


def _footer(connection: Any, file: Path) -> tuple[dict[str, str], dict[str, str]]:
    import duckdb

    place = _exactly(file)
    try:
        about = connection.execute(f"FROM parquet_kv_metadata({place}) SELECT key, value").fetchall()
        types = connection.execute(f"DESCRIBE FROM read_parquet({place})").fetchall()
    except duckdb.Error as error:
        raise StoreError(
            f"the Parquet file cannot be read: {str(error).splitlines()[0]}",
            where=str(file),
            next_step="Restore it from where it came, or take it out of the log.",
        ) from error
    return {row[0]: row[1] for row in types}, {
        key.decode(): value.decode("utf-8", "replace") for key, value in about
    }


def _ours(types: dict[str, str]) -> dict[str, str]:
    columns = {name: identifier(name) if name in types else default for name, default in _DEFAULTS.items()}
    return columns | {
        "at": f"epoch_us({columns['at']})",
        "offset": f"coalesce({columns['offset']}, {OFFSET_UNKNOWN})::SMALLINT",
        "action": _code(columns["action"]),
        "recorded": f"epoch_us({columns['recorded']})",
    }


def _mapped(mapping: Mapping, types: dict[str, str], file: Path, *, sized: bool) -> dict[str, str]:
    source, constants = mapping.columns, mapping.constants
    assert source.at is not None, "a mapping tells the moment"
    rowwise = mapping.time.format or mapping.refuse or mapping.only or mapping.money != "cents"
    if not types[source.at].startswith("TIMESTAMP") or rowwise:
        raise MappingError(
            f"the column '{source.at}' is {types[source.at]}, or the mapping refuses, selects or "
            "converts rows",
            where=str(file),
            expected="timestamps, in UTC unless they have a zone, cents, and rows that all count",
            next_step="Read it with the reader for tables, which goes row by row.",
        )

    def given(column: str | None, constant: str) -> str:
        return f"coalesce({identifier(column)}, {constant})" if column else constant

    sizes = " + ".join(given(name, "0") for name in source.efforts)
    unknown = str(OFFSET_UNKNOWN if constants.offset is None else constants.offset)
    cases = " ".join(
        f"WHEN {identifier(column)} = {literal(value)} THEN {literal(action)}"
        for column, values in mapping.actions.items()
        for value, action in values.items()
    )
    action = given(source.action, literal(constants.action or ""))
    columns = {
        "at": f"epoch_us({identifier(source.at)})",
        "offset": f"({given(source.offset, unknown)})::SMALLINT",
        "member": identifier(source.member) if source.member else literal(constants.member or ""),
        "action": _code(f"CASE {cases} ELSE {action} END" if cases else action),
        "effort": f"({f'abs({sizes})' if mapping.effort_absolute else sizes})::BIGINT"
        if sized
        else "1::BIGINT",
        "cents": f"({given(source.cents, str(constants.cents))})::BIGINT",
        "org": given(source.org, literal(constants.org)),
        "bot": given(source.bot, "false"),
    }
    return _DEFAULTS | columns | {"recorder": columns["member"], "recorded": columns["at"]}


def _code(action: str) -> str:
    return f"(list_position({list(ACTIONS)}, {action}) - 1)::UTINYINT"


def _exactly(file: Path) -> str:
    # Brackets and stars in a file's name are not patterns.
    return literal(re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", str(file)))


def _register_names(connection: Any, table: str, code: str, names: tuple[str, ...]) -> None:
    connection.register(
        table,
        {code: np.arange(len(names), dtype=np.int32), "name": np.array([*names, ""], object)[: len(names)]},
    )


def _events(connection: Any) -> Events:
    if not connection.execute("SELECT count(*) FROM acts").fetchone()[0]:
        return Events.of([])
    names = {}
    for kind, query in _NAMED.items():
        names[kind] = tuple(name for (name,) in connection.execute(f"{query} ORDER BY name").fetchall())
        # An enumeration maps names to codes without a join; it may not be empty.
        connection.execute(f"CREATE TYPE {kind} AS ENUM ({query if names[kind] else _NO_NAME} ORDER BY 1)")
    columns = connection.execute(_READ).fetchnumpy()
    columns["ref"] = np.array([bytes(ref) for ref in columns["ref"]], np.bytes_)
    touched = connection.execute(_READ_TOUCHES).fetchnumpy()
    touches = Touches(touched["event"], touched["work"], names["works"]) if names["works"] else None
    return Events(**columns, members=names["members"], orgs=names["orgs"], touches=touches)
