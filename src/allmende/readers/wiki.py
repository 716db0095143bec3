"""Wiki: the full history of a MediaWiki wiki, as its XML dump has it.

Plain, .gz, .bz2 or .7z, export versions 0.3 to 0.11, streamed. A revision is an act: the first of a
page makes it, later ones revise it, an identity revert reviews, discussion pages discuss. Members are
accounts; an edit without an account stands under its network address, which is neither a person nor
always the same one. Effort is the change of the page's size in bytes.
"""

import hashlib
import time
from pathlib import Path

import numpy as np

from allmende.errors import SourceError, SourceNotFoundError
from allmende.events import Events, Refusal, Refusals, Touches
from allmende.foreign.archives import pump
from allmende.reader import ReadOptions, Records, Source, reader
from allmende.tables.decompression import Stream, bare_suffix
from allmende.wikidump.parsing import WikiDump

__all__ = ["wiki"]

RATIO = 2_000
"""Full histories repeat themselves: a .7z of one unpacks to hundreds of times its size."""
BYTES_AN_EVENT = 128
HEAD = 4096


def _recognises(place: Path) -> bool:
    """An .xml file, compressed or not, that begins as a MediaWiki dump; of .7z the name must do."""
    if not place.is_file() or bare_suffix(place) != ".xml":
        return False
    if place.suffix.lower() == ".7z":
        return True
    try:
        stream = Stream.open(place)
        try:
            return b"<mediawiki" in stream.file.read(HEAD)
        finally:
            stream.close()
    except (SourceError, OSError, EOFError, ValueError):
        return False


@reader(
    describes="a MediaWiki XML dump with full history (.xml, also .gz, .bz2, .7z)", recognises=_recognises
)
def wiki(source: Path, options: ReadOptions) -> Records:
    """Read a dump.

    Raises:
        SourceNotFoundError: nothing is there.
        SourceRefusedError: it is no MediaWiki dump, declares a document type, or is a .7z archive and
            py7zr is not installed.
    """
    if not source.is_file():
        raise SourceNotFoundError("there is no such file", where=str(source))
    refusals = _Tally()
    dump = WikiDump(touches=options.touches, refuse=refusals.add)
    deadline = time.process_time() + options.seconds

    def feed(content: bytes) -> bool:
        if time.process_time() > deadline:
            dump.stopped = f"the budget of {options.seconds:g} CPU seconds was used up"
        elif len(dump.at) * BYTES_AN_EVENT > options.memory:
            dump.stopped = f"the budget of {options.memory >> 20} MiB of memory was used up"
        options.progress("reading revisions", dump.acts, None)
        return not dump.stopped and dump.feed(content)

    try:
        ended = pump(source, feed, ratio=RATIO)
        dump.stopped = dump.stopped or ended
        dump.close()
    except SourceError as fault:
        fault.where = fault.where or str(source)
        raise
    return Records(_events(dump), _source(source, dump), refusals.counted())


class _Tally:
    """Refusals, counted as they come: a hostile dump may have millions."""

    def __init__(self) -> None:
        self._counted = Refusals()
        self._fresh: list[Refusal] = []

    def add(self, refusal: Refusal) -> None:
        """Count one."""
        self._fresh.append(refusal)
        if len(self._fresh) >= 10_000:  # noqa: PLR2004 - a megabyte or so
            self.counted()

    def counted(self) -> Refusals:
        """All of them."""
        self._counted += Refusals.of(self._fresh)
        self._fresh.clear()
        return self._counted


def _events(dump: WikiDump) -> Events:
    size = len(dump.at)
    number = np.array(dump.number, np.int64)
    site = dump.site.get("dbname", "")
    # Two wikis number their revisions alike; the name of the database keeps them apart.
    prefix = f"{site}:".encode("ascii", "replace") if site else b""
    ref = np.char.add(prefix, number.astype(np.bytes_)) if size else np.zeros(0, "S1")
    touches = None
    if dump.touches:
        page = np.array(dump.page, np.int32)
        rows = np.flatnonzero(page >= 0)
        touches = Touches(rows, page[rows], tuple(dump.titles))
    return Events.of_columns(
        np.array(dump.at, np.int64),
        np.array(dump.member, np.int32),
        tuple(dump.names),
        action=np.array(dump.action, np.uint8),
        effort=np.array(dump.effort, np.int64),
        ref=np.where(number > 0, ref, b""),
        effort_unit="bytes",
        touches=touches,
    ).in_time_order()


def _source(source: Path, dump: WikiDump) -> Source:
    notes = []
    if dump.addresses:
        edits = int(np.isin(np.array(dump.member, np.int32), list(dump.addresses)).sum())
        notes.append(
            f"{edits} edits of {len(dump.addresses)} network addresses or temporary accounts: "
            "none of these is a person's account"
        )
    if dump.headless:
        notes.append(f"{dump.headless} pages begin with a revision whose predecessor is not in the dump")
    if dump.unsized:
        notes.append(f"the size of the change is unknown for {dump.unsized} edits and counts as 0")
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Source(
        "wiki",
        str(source),
        dump.site.get("dbname") or dump.site.get("sitename") or source.name.split(".")[0],
        dump.acts,
        _truncated(dump),
        tuple(notes),
        (digest,),
    )


def _truncated(dump: WikiDump) -> str:
    reasons = [f"read until revision {dump.acts}: {dump.stopped}"] if dump.stopped else []
    # A dump of current pages has one revision each, nearly all with a predecessor that is elsewhere.
    if dump.headless * 2 > max(len(set(dump.titles)), 1) and dump.headless * 2 > dump.acts:
        reasons.append("the dump holds current revisions, not the history")
    return "; ".join(reasons)
