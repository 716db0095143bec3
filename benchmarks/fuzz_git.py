"""Does the git reader account for every commit, whatever a stream of git log contains?

    python benchmarks/fuzz_git.py [--number 1000000] [--seed 0]

Mutated commits in mutated streams, cut into blocks anywhere, are read twice: by the reader, and by a
plain one written as its specification (`tests/git_fuzz.py`). Both must tell the same commits, and
commits in = events + refusals. A failure prints the seed that repeats it.
"""

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import git_fuzz  # noqa: E402 - found through the path set above


def main() -> None:
    """Fuzz until that many commits were tried."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--number", type=int, default=1_000_000, help="how many mutated commits")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    arguments = parser.parse_args()
    seen, streams, slowest = 0, 0, 0.0
    while seen < arguments.number:
        began = time.process_time()
        try:
            seen += git_fuzz.check(random.Random(arguments.seed + streams))
        except Exception:
            print(f"seed {arguments.seed + streams} fails")
            raise
        slowest = max(slowest, time.process_time() - began)
        streams += 1
    spent = time.process_time()
    print(f"{seen:,} commits in {streams:,} streams, 0 failures, 0 lost; slowest stream {slowest:.3f} s")
    print(f"{spent:.0f} CPU s, {seen / spent:,.0f} commits a second")


if __name__ == "__main__":
    main()
