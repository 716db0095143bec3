"""Mutated tables and wiki dumps through the readers: crashes, conservation, CPU time.

    python benchmarks/fuzz_tables.py --number 100000 --format csv

Any failure stops it with the content that caused it. Parquet files go through the child process, one
process a file.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import table_fuzz


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--format", choices=["csv", "jsonl", "parquet", "xml"], action="append")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print("| format | files | refused whole | acts | crashes | CPU s | ms a file |")
    print("|---|---|---|---|---|---|---|")
    for kind in asked.format or ["csv", "jsonl", "parquet", "xml"]:
        before = sum(os.times()[:4])
        with tempfile.TemporaryDirectory() as folder:
            acts, refused = table_fuzz.fuzz(kind, asked.number, seed=asked.seed, folder=Path(folder))
        seconds = sum(os.times()[:4]) - before
        each = 1000 * seconds / max(asked.number, 1)
        print(
            f"| {kind} | {asked.number} | {refused} | {acts} | 0 | {seconds:.0f} | {each:.2f} |", flush=True
        )


if __name__ == "__main__":
    main()
