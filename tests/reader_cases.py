"""Sources for every reader: ordinary, nasty and empty ones, made in a folder where git or size asks for it.

A new reader is held to the suite as soon as it has an entry in `CASES`.
"""

import gzip
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hostile_git

FIXTURES = Path(__file__).resolve().parent / "fixtures"


@dataclass(frozen=True)
class Cases:
    """What a reader is tried on.

    Args:
        good: Sources that it reads without a refusal.
        nasty: Sources that it has to survive, each with at least one refusal or a clear error.
        empty: Sources without an act.
        written: The text in which every member, and every reference of an event, must be found.
    """

    good: Callable[[Path], list[Path]]
    nasty: Callable[[Path], list[Path]]
    empty: Callable[[Path], list[Path]]
    written: Callable[[Path], str]


def _copied(kind: str, *names: str) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        return [Path(shutil.copy(FIXTURES / kind / name, folder / name)) for name in names]

    return make


def _nasty_tables(folder: Path) -> list[Path]:
    found = _copied("table", "nasty.csv", "nasty.jsonl")(folder)
    huge = folder / "huge.csv"
    huge.write_text("time,member\n2021-01-01T00:00:00Z," + "a" * 1_000_000 + "\n2021-01-01T00:00:00Z,Ada\n")
    deep = folder / "deep.jsonl"
    deep.write_text(
        '{"time": ' + "[" * 100_000 + "\n"
        '{"time": ' + "9" * 100_000 + ', "member": "Ada"}\n'
        '{"time": "2021-01-01T00:00:00Z", "member": "' + "a" * 3_000_000 + '"}\n'
        '{"time": "2021-01-01T00:00:00Z", "member": "Ada"}\n'
    )
    cut = folder / "cut.csv.gz"
    rows = "".join(f"2021-01-01T00:00:00Z,member {number}\n" for number in range(20_000))
    cut.write_bytes(gzip.compress(("time,member\n" + rows).encode())[:-4000])
    quotes = folder / "quotes.csv"
    quotes.write_text("time,member\n" + '2021-01-01T00:00:00Z,"Ada\n' * 100 + "2021-01-01T00:00:00Z,Grace\n")
    parquet = folder / "no.parquet"
    parquet.write_bytes(b"PAR1 and nothing that follows PAR1")
    return [*found, huge, deep, cut, quotes, parquet]


def _nasty_dumps(folder: Path) -> list[Path]:
    found = _copied("wiki", "nasty.xml", "cut.xml", "entities.xml", "feed.xml")(folder)
    deep = folder / "deep.xml"
    deep.write_text('<mediawiki version="0.10">' + "<page>" * 5000)
    long = folder / "long.xml"
    begin = '<mediawiki version="0.10"><page><title>A</title><ns>0</ns><revision><id>1</id>'
    name = f"<contributor><username>{'a' * 100_000}</username></contributor>"
    long.write_text(f"{begin}{name}</revision></page></mediawiki>")
    return [*found, deep, long]


def _hostile_history(folder: Path) -> list[Path]:
    return [hostile_git.hostile_history(folder / "hostile")[0]]


def _text(source: Path) -> str:
    return source.read_bytes().decode("utf-8", "replace").replace('""', '"')


def _log(source: Path) -> str:
    """All commits as they are stored, in the two encodings that their names may be meant in."""
    command = ["git", "cat-file", "--batch-all-objects", "--batch"]
    stored = subprocess.run(command, cwd=source, capture_output=True, check=True, env=hostile_git.ENVIRONMENT)
    return stored.stdout.decode("utf-8", "replace") + stored.stdout.decode("latin-1")


CASES = {
    "git": Cases(
        good=lambda folder: [hostile_git.small(folder / "small")],
        nasty=_hostile_history,
        empty=lambda folder: [hostile_git.make(folder / "empty")],
        written=_log,
    ),
    "table": Cases(
        good=_copied("table", "plain.csv", "epoch.tsv"),
        nasty=_nasty_tables,
        empty=_copied("table", "empty.csv", "header.csv", "empty.jsonl"),
        written=_text,
    ),
    "wiki": Cases(
        good=_copied("wiki", "old.xml"),
        nasty=_nasty_dumps,
        empty=_copied("wiki", "empty.xml"),
        written=_text,
    ),
}
