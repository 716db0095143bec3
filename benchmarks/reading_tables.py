"""CPU time of reading a table or a wiki dump, beside the cheapest program that looks at every byte of it.

    python benchmarks/reading_tables.py --rows 1000000 --times 3

The cheapest: csv.reader, msgspec's JSON decoder, DuckDB's read of the same columns into NumPy, expat
without a handler. CPU time of this process and its children; peak memory of one process that only reads.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

COLUMNS = "time, member, kind, org, effort, id"


def write(folder: Path, rows: int) -> None:
    """The same made-up log in every format, and a wiki with as many revisions a page as real ones have."""
    import duckdb

    log = (
        "SELECT TIMESTAMP '2010-01-01 00:00:00' + to_seconds(range * 313) AS time,"
        " 'member ' || (range * 7919 % 5003) AS member, if(range % 9 = 0, 'merge', 'commit') AS kind,"
        f" 'org' || (range % 20) AS org, range % 50 AS effort, md5(range::VARCHAR) AS id FROM range({rows})"
    )
    for name, how in (("log.csv", "csv"), ("log.jsonl", "json"), ("log.parquet", "parquet")):
        duckdb.sql(f"COPY ({log}) TO '{folder / name}' (FORMAT {how})")
    with (folder / "dump.xml").open("w") as file:
        file.write('<mediawiki version="0.10"><siteinfo><dbname>made</dbname></siteinfo>')
        for number in range(rows // 5):
            if number % 20 == 0:
                end = "</page>" if number else ""
                file.write(f"{end}<page><title>P{number}</title><ns>{number // 20 % 2}</ns>")
            parent = number if number % 20 else 0
            file.write(f"<revision><id>{number + 1}</id><parentid>{parent}</parentid>")
            file.write(f"<timestamp>2010-01-{number % 28 + 1:02d}T00:00:00Z</timestamp><contributor>")
            file.write(f"<username>U{number % 999}</username><id>{number % 999}</id></contributor>")
            text = "lorem ipsum " * 40
            file.write(f'<text bytes="{number % 977}">{text}</text><sha1>s{number % 7}</sha1></revision>')
        file.write("</page></mediawiki>")


def read_csv(path: Path) -> None:
    with path.open(newline="") as file:
        deque(csv.reader(file), maxlen=0)


def read_json(path: Path) -> None:
    import msgspec

    decoder = msgspec.json.Decoder()
    with path.open("rb") as file:
        deque(map(decoder.decode, file), maxlen=0)


def read_parquet(path: Path) -> None:
    import duckdb

    duckdb.sql(f"SELECT {COLUMNS} FROM '{path}'").fetchnumpy()


def read_xml(path: Path) -> None:
    with path.open("rb") as file:
        expat.ParserCreate().ParseFile(file)


CHEAPEST: dict[str, Callable[[Path], None]] = {
    "log.csv": read_csv,
    "log.jsonl": read_json,
    "log.parquet": read_parquet,
    "dump.xml": read_xml,
}
READ = """
import sys, resource
from pathlib import Path
from allmende.reader import ReadOptions
from allmende.readers.{reader} import {reader}
events = {reader}(Path(sys.argv[1]), ReadOptions()).events
print(len(events), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def cpu(command: list[str]) -> tuple[float, str]:
    before = os.times()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--cheapest", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.cheapest:
        CHEAPEST[asked.cheapest[0]](Path(asked.cheapest[1]))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, asked.rows)
        print("| file | MB | acts | CPU s | us an act | cheapest, CPU s | ratio | peak memory, MiB |")
        print("|---|---|---|---|---|---|---|---|")
        for name in CHEAPEST:
            code = READ.format(reader="wiki" if name.endswith("xml") else "table")
            path = str(folder / name)
            ours = [cpu([sys.executable, "-c", code, path]) for _ in range(asked.times)]
            theirs = [
                cpu([sys.executable, __file__, "--cheapest", name, path])[0] for _ in range(asked.times)
            ]
            acts, memory = map(int, ours[0][1].split())
            used, least = statistics.median(seconds for seconds, _ in ours), statistics.median(theirs)
            size = Path(path).stat().st_size / 1e6
            row = f"| {name} | {size:.0f} | {acts} | {used:.2f} | {1e6 * used / acts:.1f} "
            print(f"{row}| {least:.2f} | {used / least:.1f} | {memory >> 10} |", flush=True)


if __name__ == "__main__":
    main()
