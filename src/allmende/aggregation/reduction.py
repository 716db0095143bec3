"""The panel of a log that may be larger than memory.

Each stretch of files is reduced to parts by a worker, wherever it runs; parts are files too, so an
interrupted reduction goes on where it was. Then parts are combined and sorted by DuckDB, which uses the
disk for what does not fit. Only the finished columns have to fit in memory.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allmende import executors
from allmende.aggregation.query import COMPLETE, PANEL, PARTS, executed, fetched, refuse_missing, window
from allmende.errors import OutOfRangeError
from allmende.executors import Progress
from allmende.logs import connect, literal, log_files, one_unit, projection
from allmende.panel import COLUMNS, Panel
from allmende.tables.mapping import Mapping

__all__ = ["LEAST_MEMORY", "panel_of_log"]

LEAST_MEMORY = 256 << 20
_PART_SIZE, _PARTS_A_WORKER = 64 << 20, 4
_UNIT = "allmende.effort_unit"
_MEMBERS = """
CREATE TABLE member_names AS SELECT name, (row_number() OVER (ORDER BY name) - 1)::INTEGER AS code
FROM (SELECT DISTINCT member AS name FROM reduced)
"""
_ORGS = """
CREATE TABLE org_names AS SELECT name, (row_number() OVER (ORDER BY name) - 1)::INTEGER AS code
FROM (SELECT org AS name FROM reduced UNION SELECT '')
"""
_CODED = """
CREATE VIEW parts AS SELECT reduced.* REPLACE (m.code AS member, o.code AS org)
FROM reduced JOIN member_names m ON m.name = reduced.member JOIN org_names o ON o.name = reduced.org
"""


def panel_of_log(
    folder: Path,
    *,
    start: int | None = None,
    stop: int | None = None,
    bots: bool = False,
    effort: bool = False,
    mapping: Mapping | None = None,
    executor: str = "serial",
    workers: int | None = None,
    memory: int = 4 << 30,
    work: Path | None = None,
    part_size: int | None = None,
    progress: Progress | None = None,
) -> Panel:
    """The panel of a log of Parquet files, the same bits for every executor, number of workers and part size.

    Members and organisations are coded in the order of their names. Members all of whose acts are left
    out are not in it.

    Args:
        folder: A folder with Parquet files, or one file: of our schema (`logs`), or of one that a
            mapping fits.
        start: First month of the window; by default that of the first act.
        stop: Month after the window; by default the one after the last act. Later acts are left out.
        bots: Count the acts of programs too.
        effort: Read sizes also where the mapping says "on request".
        mapping: What the columns of files of other origin mean.
        executor: Where files are reduced (`executors.run`). On other machines the folder and `work` must be
            reachable under the same path.
        workers: How many stretches of files at a time.
        memory: Bytes that all processes together should stay below; half is for the databases.
        work: Folder that keeps the parts: given again, files reduced before are not read again. By
            default a temporary one.
        part_size: Bytes of files that are reduced together; by default up to 64 MiB, less where that
            would leave workers without work.
        progress: Told how far it is.

    Raises:
        SourceNotFoundError: no Parquet file is there.
        StoreError: a file is damaged, newer than this program, or in another unit of effort than the others.
        MappingError: no mapping fits.
        BudgetExceededError: the memory does not suffice.
        OutOfRangeError: too little memory, a sum beyond 64 bits, or a window that ends before it starts.
    """
    if memory < LEAST_MEMORY:
        raise OutOfRangeError(f"memory is {memory} bytes", expected=f"{LEAST_MEMORY} or more")
    told = progress or (lambda _stage, _done, _total: None)
    with ExitStack() as stack:
        kept = work or Path(stack.enter_context(TemporaryDirectory(prefix="allmende-")))
        kept.mkdir(parents=True, exist_ok=True)
        at_once = workers or (1 if executor == "serial" else executors.usable_cpus())
        stretches = [
            _Stretch(tuple(files), kept, memory // 2 // at_once, mapping, effort, bots)
            for files in _stretches(log_files(folder), part_size, at_once)
        ]
        reduced = executors.run(
            _reduced, stretches, executor=executor, workers=workers, chunk=1, progress=told, stage="reducing"
        )
        parts, units = zip(*reduced, strict=True)
        told("combining", 0, 1)
        panel = _combined(parts, work=kept, memory=memory // 2, start=start, stop=stop, unit=one_unit(units))
        told("combining", 1, 1)
    return panel


@dataclass(frozen=True, slots=True)
class _Stretch:
    files: tuple[Path, ...]
    work: Path
    memory: int
    mapping: Mapping | None
    effort: bool
    bots: bool

    def target(self) -> Path:
        """The file of its parts, named by all that its content depends on."""
        seen = [(str(file), (about := file.stat()).st_size, about.st_mtime_ns) for file in self.files]
        key = repr((PARTS, self.mapping, self.effort, self.bots, seen))
        return self.work / f"part-{hashlib.sha256(key.encode()).hexdigest()[:32]}.parquet"


def _stretches(files: list[Path], size: int | None, workers: int) -> Iterator[list[Path]]:
    lengths = [file.stat().st_size for file in files]
    if size is None:
        size = min(_PART_SIZE, sum(lengths) // (_PARTS_A_WORKER * workers) if workers > 1 else _PART_SIZE)
    stretch: list[Path] = []
    total = 0
    for file, length in zip(files, lengths, strict=True):
        if stretch and total + length > size:
            yield stretch
            stretch, total = [], 0
        stretch.append(file)
        total += length
    yield stretch


def _reduced(stretch: _Stretch) -> tuple[Path, str]:
    """The parts of a stretch of files, made unless they are there, and its unit of effort."""
    target = stretch.target()
    if target.exists():
        with connect() as connection:
            about = connection.execute(f"FROM parquet_kv_metadata({literal(str(target))})").fetchall()
        return target, next(value.decode() for _, key, value in about if key.decode() == _UNIT)
    with TemporaryDirectory(dir=stretch.work, prefix=".spill-") as spill:
        with connect(memory=stretch.memory, spill=Path(spill), ordered=False) as connection:
            found = [
                projection(connection, file, mapping=stretch.mapping, effort=stretch.effort)
                for file in stretch.files
            ]
            unit = one_unit(unit for _, unit in found)
            selects = " UNION ALL ".join(select for select, _ in found)
            connection.execute(f"CREATE TEMP VIEW files AS {selects}")
            connection.execute(
                f"CREATE TEMP VIEW acts AS FROM files {'' if stretch.bots else 'WHERE NOT bot'}"
            )
            where = _told(stretch.files)
            executed(connection, f"CREATE TEMP TABLE parts AS {PARTS}", where=where)
            refuse_missing(connection, table="parts", where=where)
            unfinished = Path(spill, "part.parquet")
            connection.execute(
                f"COPY parts TO {literal(str(unfinished))} "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{literal(_UNIT)}: {literal(unit)}}})"
            )
        unfinished.replace(target)
    return target, unit


def _told(files: tuple[Path, ...]) -> str:
    return str(files[0]) if len(files) == 1 else f"{files[0]} to {files[-1].name}"


def _combined(
    parts: tuple[Path, ...], *, work: Path, memory: int, start: int | None, stop: int | None, unit: str
) -> Panel:
    with (
        TemporaryDirectory(dir=work, prefix=".spill-") as spill,
        connect(str(Path(spill, "panel.duckdb")), memory=memory, spill=Path(spill)) as connection,
    ):
        files = ", ".join(literal(str(part)) for part in parts)
        connection.execute(f"CREATE VIEW reduced AS FROM read_parquet([{files}])")
        for statement in (_MEMBERS, _ORGS, _CODED):
            connection.execute(statement)
        executed(connection, f"CREATE TABLE complete AS {COMPLETE}")
        executed(connection, f"CREATE TABLE panel AS {PANEL}")
        early = "" if stop is None else f"WHERE month < {int(stop)}"
        # One column at a time: the answer of a query and its arrays are in memory together.
        columns: dict[str, Any] = {
            name: fetched(connection, f"FROM panel SELECT {name} {early}")[name] for name in COLUMNS
        }
        first, end = window(columns["month"], start, stop)
        return Panel(
            **columns,
            members=_names(connection, "member_names"),
            orgs=_names(connection, "org_names"),
            start=first,
            stop=end,
            effort_unit=unit,
        )


def _names(connection: Any, table: str) -> tuple[str, ...]:
    return tuple(name for (name,) in connection.execute(f"FROM {table} SELECT name ORDER BY code").fetchall())
