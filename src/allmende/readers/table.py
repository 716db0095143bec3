"""Table: an event log that somebody exported, one act a row.

CSV, TSV, JSON Lines, Parquet or Arrow, or a folder of such files that together are one log. Which
column says what is told by a mapping (`ReadOptions.mapping`), by a mapping shipped with the package,
or by well-known names; what was assumed stands in the notes. Rows that cannot become events are
counted refusals with line and reason. Foreign binary files are decoded in a child process.
"""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from allmende.errors import (
    MappingError,
    SourceError,
    SourceNotFoundError,
    SourceRefusedError,
    UnknownNameError,
)
from allmende.events import Events, Refusals, concatenate
from allmende.foreign.sandbox import ChildFailedError, Limits, foreign
from allmende.reader import ReadOptions, Records, Source, reader
from allmende.tables.columns import Batch
from allmende.tables.decompression import Stream, bare_suffix
from allmende.tables.mapping import Mapping, load_mapping, recognise
from allmende.tables.rows import Heard, hear, settle
from allmende.tables.texts import Batches, delimited, json_lines

__all__ = ["table"]

TEXT = (".csv", ".tsv", ".jsonl", ".ndjson")
FOREIGN = (".parquet", ".arrow", ".feather")
BESIDE = (".md", ".txt", ".toml", ".rst", "")
"""Files that may lie beside the tables of a folder."""
MOST_FILES = 100_000
NAMED = 10


def _is_table(path: Path) -> bool:
    suffix = bare_suffix(path)
    packed = path.suffix.lower() != suffix
    return suffix in TEXT and path.suffix.lower() != ".7z" if packed else suffix in (*TEXT, *FOREIGN)


def _recognises(place: Path) -> bool:
    """A file with the suffix of a table, or a folder of nothing but such files and their explanations."""
    try:
        if not place.is_dir():
            return place.is_file() and _is_table(place)
        found = False
        with os.scandir(place) as entries:
            for entry in entries:
                path = Path(entry.name)
                if entry.name.startswith("."):
                    if entry.name == ".git":
                        return False
                elif entry.is_dir() or not (_is_table(path) or path.suffix.lower() in BESIDE):
                    return False
                else:
                    found = found or _is_table(path)
    except OSError:
        return False
    return found


@reader(
    describes="an event log as CSV, TSV, JSON Lines (also .gz, .bz2), Parquet, Arrow, or a folder of them",
    recognises=_recognises,
)
def table(source: Path, options: ReadOptions) -> Records:
    """Read a table or a folder of tables.

    Raises:
        SourceNotFoundError: nothing is there.
        SourceRefusedError: no file of it can be read safely.
        MappingError: no columns for time and member can be told, or it holds several communities.
        UnknownNameError: the mapping names a column that is not there.
    """
    given = load_mapping(options.mapping) if options.mapping else Mapping()
    log = _Log(given, options, time.process_time() + options.seconds)
    files = _files(source)
    failures: list[SourceError | MappingError | UnknownNameError] = []
    for number, path in enumerate(files):
        options.progress("reading tables", number, len(files))
        if log.exhausted:
            break
        try:
            log.read(path, "" if path == source else f"{path.name} ")
        except (SourceError, MappingError, UnknownNameError) as fault:
            failures.append(fault)
            log.refuse(
                Refusals(
                    {f"file not read: {fault.given}": 1}, {f"file not read: {fault.given}": (path.name,)}
                )
            )
    if len(failures) == len(files):
        raise failures[0]
    return log.records(source)


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        found = [
            path for path in sorted(source.iterdir()) if _is_table(path) and not path.name.startswith(".")
        ]
        files = [path for path in found if path.is_file() and not path.is_symlink()]
        if not files or len(files) > MOST_FILES:
            raise SourceRefusedError(
                f"the folder holds {len(files)} tables",
                where=str(source),
                expected=f"1 to {MOST_FILES} files with the suffixes {', '.join((*TEXT, *FOREIGN))}",
            )
        return files
    if not source.exists():
        raise SourceNotFoundError("there is no such file", where=str(source))
    return [source]


@dataclass
class _Log:
    """What has been heard so far, over all files of a log."""

    given: Mapping
    options: ReadOptions
    deadline: float
    acts: int = 0
    heard: list[Events] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    communities: set[str] = field(default_factory=set)
    elsewhere: int = 0
    bots: Counter[str] = field(default_factory=Counter)
    unsized: int = 0
    notes: dict[str, None] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)
    exhausted: bool = False
    mapping: Mapping = field(default_factory=Mapping)
    guessed: bool = False

    def read(self, path: Path, label: str) -> None:
        """Read one file.

        Raises:
            SourceError: it cannot be read at all.
            MappingError: its columns cannot be told.
            UnknownNameError: the mapping names a column that it does not have.
        """
        suffix = bare_suffix(path)
        if suffix in FOREIGN:
            self._read_foreign(path, suffix, label)
        else:
            stream = Stream.open(path)
            try:
                self._read_text(path, stream, suffix, label)
            finally:
                stream.close()
            if stream.stopped:
                self.truncated.append(f"{path.name}: {stream.stopped}")
        with path.open("rb") as file:
            self.digests.append(hashlib.file_digest(file, "sha256").hexdigest())

    def _read_text(self, path: Path, stream: Stream, suffix: str, label: str) -> None:
        def place(line: int) -> str:
            return f"{label}line {line}"

        names: tuple[str, ...]
        batches: Batches
        if suffix in (".jsonl", ".ndjson"):
            names, batches = json_lines(stream, place)
        else:
            delimiter = self.given.delimiter or ("\t" if suffix == ".tsv" else "")
            names, batches = delimited(stream, place, delimiter=delimiter, encoding=self.given.encoding)
        if not names and not stream.read_bytes:
            self.notes[f"{path.name} is empty"] = None
            return
        mapping = self._recognise(names, str(path))
        self._take(batches(mapping.wanted), mapping, place)

    def _read_foreign(self, path: Path, suffix: str, label: str) -> None:
        left = max(self.deadline - time.process_time(), 1)
        seconds = int(min(left, 60 + path.stat().st_size / 4e6)) + 1
        limits = Limits(memory=min(self.options.memory, 2 << 30), seconds=seconds)
        with foreign(path, suffix=suffix, limits=limits) as file:
            self.notes |= dict.fromkeys(file.notes)
            mapping = self._recognise(file.names, str(path))
            wanted = [name for name in mapping.wanted if name in file.names]
            try:
                columns = file.columns(wanted, memory=self.options.memory)
            except ChildFailedError as fault:
                reason = f"cannot be decoded: {fault}"
                self.acts += file.rows
                self.refuse(
                    Refusals({reason: file.rows}, {reason: (f"{label}rows 1 to {file.rows}",)}), acts=0
                )
                return
            rows = np.arange(1, file.rows + 1)
            self._take(iter([Batch(columns, rows, Refusals())]), mapping, lambda row: f"{label}row {row}")

    def _recognise(self, names: tuple[str, ...], where: str) -> Mapping:
        mapping, note = recognise(names, self.given, where=where)
        self.guessed = note.startswith("columns told")
        if note:
            self.notes[note] = None
        return mapping

    def _take(self, batches: Iterator[Batch], mapping: Mapping, place: Callable[[int], str]) -> None:
        settled = False
        for batch in batches:
            if not settled:
                mapping, assumed = settle(mapping, batch, guessed=self.guessed)
                self.notes |= dict.fromkeys(assumed)
                self.mapping, settled = mapping, True
            self._add(
                batch, hear(batch, mapping, place, effort=self.options.effort, touches=self.options.touches)
            )
            if time.process_time() > self.deadline and len(batch.places):
                until, budget = place(int(batch.places[-1])), f"{self.options.seconds:g} CPU seconds"
                self.truncated.append(f"read until {until}: the budget of {budget} was used up")
                self.exhausted = True
                return

    def _add(self, batch: Batch, heard: Heard) -> None:
        self.acts += len(batch.places) + batch.refused.total - heard.elsewhere
        self.heard.append(heard.events)
        self.refuse(heard.refusals, acts=0)
        self.communities |= heard.communities
        self.elsewhere += heard.elsewhere
        self.bots += heard.bots
        self.unsized += heard.unsized

    def refuse(self, refusals: Refusals, *, acts: int = 1) -> None:
        """Count refusals that stand for this many acts not yet counted."""
        self.acts += acts
        self.refusals += refusals

    def records(self, source: Path) -> Records:
        """All that was heard.

        Raises:
            MappingError: it belongs to several communities and none was chosen.
        """
        self._one_community(source)
        events = concatenate(self.heard)
        events = self._sized(events)
        if self.guessed and self.mapping.columns.ref and len(np.unique(events.ref)) < len(events):
            self.notes[f"{self.mapping.columns.ref} is not unique: it is not taken as a reference"] = None
            events = replace(events, ref=np.zeros(len(events), "S1"))
        total = Counter(dict(zip(events.members, np.bincount(events.member).tolist(), strict=False)))
        bots = tuple(sorted(name for name, acts in self.bots.items() if 2 * acts > total[name]))
        name = self.mapping.only or self.mapping.name or next(iter(self.communities), "") or _stem(source)
        return Records(
            events,
            Source(
                "table",
                str(source),
                name,
                self.acts,
                "; ".join(self.truncated),
                tuple(self.notes),
                tuple(self.digests),
                conserved_names=self.mapping.conserved_names,
                bots=bots,
            ),
            self.refusals,
        )

    def _one_community(self, source: Path) -> None:
        only = self.mapping.only
        if only and only not in self.communities:
            raise UnknownNameError("community", only, self.communities, where=str(source))
        if only and self.elsewhere:
            self.notes[f"{self.elsewhere} rows of {len(self.communities) - 1} other communities left out"] = (
                None
            )
        if not only and len(self.communities) > 1:
            named = ", ".join(sorted(self.communities)[:NAMED])
            more = ", ..." if len(self.communities) > NAMED else ""
            raise MappingError(
                f"it holds {len(self.communities)} communities: {named}{more}",
                where=str(source),
                expected="one",
                next_step="Choose one in a mapping file: only = '...'",
            )

    def _sized(self, events: Events) -> Events:
        """The events with a unit of effort, or with an effort of one each where no size is known."""
        measured = self.mapping.columns.efforts and (
            self.options.effort or not self.mapping.effort_on_request
        )
        if not measured:
            return events
        if self.unsized == len(events):
            self.notes["no row tells a size: the effort of each event is 1"] = None
            return replace(events, effort=np.ones(len(events), np.int64))
        if self.unsized:
            self.notes[f"{self.unsized} of {len(events)} events have no size and count as 0"] = None
        return replace(events, effort_unit=self.mapping.effort_unit or "units")


def _stem(path: Path) -> str:
    return path.name.split(".")[0] or path.name
