"""Try every claim of the theory at full size, write its tables into docs/claims.md, and say how long it took.

python benchmarks/claims.py            writes the tables
python benchmarks/claims.py --quick    a look in seconds; writes nothing
"""

import argparse
import os
import time
from pathlib import Path

from allmende.examination.examining import claims
from allmende.reports.claimstable import claims_markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "claims.md"
BEGIN, END = "<!-- written by benchmarks/claims.py -->", "<!-- end -->"


def main() -> None:
    """Try the claims, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began, before = time.monotonic(), os.times()
    told = claims(seed=given.seed, quick=given.quick)
    after = os.times()
    wall, cpu = time.monotonic() - began, after.user + after.system - before.user - before.system
    print(
        f"{len(told)} claims, size {told.size}: {wall:.0f} s, {cpu:.0f} s of CPU, {os.cpu_count()} processors"
    )
    print(f"hash {told.hash()}")
    for name, answer in told.answers.items():
        share = answer.share
        print(f"{name}  {share.mid:5.1%} ({share.low:.1%} to {share.high:.1%})  {answer.verdict}")
    if given.quick:
        return
    head, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, foot = rest.partition(END)
    made = (
        f"Seed {told.seed}, hash `{told.hash()[:16]}`; {cpu:.0f} seconds of CPU on a machine of "
        f"{os.cpu_count()} processors."
    )
    PAGE.write_text(f"{head}{BEGIN}\n\n{made}\n\n{claims_markdown(told)}\n{END}{foot}")


if __name__ == "__main__":
    main()
