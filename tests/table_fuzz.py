"""Mutated tables and dumps, and what must hold for each: no crash, and every act an event or a refusal."""

import random
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import numpy as np

from allmende.errors import AllmendeError
from allmende.reader import ReadOptions, Records
from allmende.readers.table import table
from allmende.readers.wiki import wiki

FIXTURES = Path(__file__).resolve().parent / "fixtures"
OPTIONS = ReadOptions(touches=True, effort=True, seconds=60)
TOKENS = [
    b'"',
    b'""',
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b",",
    b"\t",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"[",
    b"{",
    b"}",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"NaN",
    b"1e999",
    b"-1",
    b"0",
    b"9" * 25,
    b"9999-12-31T23:59:59-18:00",
    b"0001-01-01T00:00:00+18:00",
    b"2024-02-30",
    b"=cmd()",
    b"make",
    b"dance",
    b" ",
    b"\x1f",
    b"\xe2\x80\xa8",
    b"<",
    b">",
    b"&",
    b"&lt;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<revision>",
    b"</revision>",
    b"</page>",
    b"<page>",
    b"<id>",
    b"<text>",
    b"</text>",
    b"<contributor deleted='deleted'/>",
    b"<timestamp>",
    b"</mediawiki>",
    b"<?x?>",
    b"a" * 300,
]


SEEDS = {
    "csv": ("table/plain.csv", "table/nasty.csv", "table/plain.csv"),
    "jsonl": ("table/plain.jsonl", "table/nasty.jsonl"),
    "xml": ("wiki/small.xml", "wiki/old.xml", "wiki/nasty.xml"),
}


def mutated(chance: random.Random, content: bytes) -> bytes:
    """A copy with a few changes: tokens put in, stretches removed, doubled, moved, bits turned, or an end."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(found) + 1)
        length = chance.choice((1, 1, 4, 40))
        kind = chance.randrange(7)
        if kind == 0:
            found[at:at] = chance.choice(TOKENS)
        elif kind == 1:
            found[at : at + length] = chance.choice(TOKENS)
        elif kind == 2:
            del found[at : at + length]
        elif kind == 3:
            found[at:at] = found[at : at + length]
        elif kind == 4 and at < len(found):
            found[at] ^= 1 << chance.randrange(8)
        elif kind == 5:
            elsewhere = chance.randrange(len(found) + 1)
            found[at : at + length] = found[elsewhere : elsewhere + length]
        elif chance.random() < 0.2:
            del found[at:]
    return bytes(found)


def seeds(kind: str, folder: Path) -> list[bytes]:
    """Files to begin from."""
    if kind == "parquet":
        found = []
        rows = (
            "SELECT 'c' AS community, TIMESTAMPTZ '2021-01-01 00:00:00+00' + INTERVAL (range) HOUR AS time,"
        )
        rows += " 'member ' || (range % 7) AS member, range AS effort, range % 3 = 0 AS bot FROM range(200)"
        for number, how in enumerate(("zstd", "snappy", "uncompressed")):
            path = folder / f"seed{number}.parquet"
            duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION {how}, ROW_GROUP_SIZE 100)")
            found.append(path.read_bytes())
        return found
    return [(FIXTURES / name).read_bytes() for name in SEEDS[kind]]


def check(kind: str, content: bytes, folder: Path) -> Records | None:
    """Read mutated content; None where it is refused whole, with a clear error."""
    path = folder / f"fuzzed.{kind}"
    path.write_bytes(content)
    try:
        records = (wiki if kind == "xml" else table)(path, OPTIONS)
    except AllmendeError as fault:
        given = fault.given
        records = None
    if records is None:
        assert given
        return None
    events = records.events
    assert records.source.acts == len(events) + records.refusals.total, content
    assert np.all(np.diff(events.at) >= 0)
    assert np.all(events.effort >= 0)
    assert set(events.member.tolist()) <= set(range(len(events.members)))
    assert all(name.strip() and "\0" not in name for name in events.members)
    assert all(places and all(places) for places in records.refusals.examples.values())
    expected = COUNT.get(kind, _unknown)(content, records)
    assert expected is None or records.source.acts == expected, content
    return records


def _unknown(_content: bytes, _records: Records) -> int | None:
    return None


def _lines(content: bytes, _records: Records) -> int | None:
    """Lines that are rows, where nothing is quoted; the first is the header."""
    if b'"' in content or b"\r" in content:
        return None
    filled = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line]
    return max(len(filled) - 1, 0)


def _objects(content: bytes, _records: Records) -> int:
    decoded = content.decode("utf-8", "surrogateescape")
    return sum(1 for line in decoded.split("\n") if line.strip())


def _revisions(content: bytes, records: Records) -> int | None:
    """Revisions as another parser finds them, in a dump that is whole."""
    if records.source.truncated.startswith("read until"):
        return None
    try:
        root = ET.fromstring(content)
    except ET.ParseError:
        # It knows of namespaces and is stricter.
        return None
    pages = [child for child in root if child.tag.rpartition("}")[2] == "page"]
    return sum(child.tag.rpartition("}")[2] == "revision" for page in pages for child in page)


COUNT: dict[str, Callable[[bytes, Records], int | None]] = {
    "csv": _lines,
    "jsonl": _objects,
    "xml": _revisions,
}


def fuzz(kind: str, number: int, *, seed: int, folder: Path) -> tuple[int, int]:
    """Check that many mutated files; how many acts were read and how many files refused whole."""
    chance = random.Random(f"{kind} {seed}")
    begin = seeds(kind, folder)
    acts = refused = 0
    for _ in range(number):
        records = check(kind, mutated(chance, chance.choice(begin)), folder)
        acts += records.source.acts if records else 0
        refused += records is None
    return acts, refused
