"""What does the whole way cost, from a clone to indicators on the screen, beside git's own log?

    python benchmarks/whole.py REPOSITORY [--rounds 3] [--branches]

CPU seconds of the whole process tree, start-up included, nothing kept from before; the two take turns, and
shown are medians and the median of the ratios. Memory is the peak of the largest process.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

FIELDS = "%H%x00%P%x00%an <%ae>%x00%ad%x00%cn <%ce>%x00%cd"
# safe.directory: repositories to measure often belong to somebody else; git here runs nothing of theirs.
ENVIRONMENT = os.environ | {
    "GIT_FLUSH": "0",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
}


def spent(command: list[str]) -> float:
    """CPU seconds of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--branches", action="store_true", help="all branches, not HEAD alone")
    asked = parser.parse_args()
    place = str(asked.repository)
    git = ["git", "-C", place, "log", "-z", "--date=raw", f"--format={FIELDS}"]
    ours = [str(Path(sys.executable).with_name("allmende")), "measure", place, "--no-cache"]
    if asked.branches:
        git.append("--branches")
        ours.append("--all-branches")
    rounds = [(spent(git), spent(ours)) for _ in range(asked.rounds)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print("| | CPU s | ratio |\n|---|---:|---:|")
    print(f"| git log, six fields | {statistics.median(one for one, _ in rounds):.2f} | 1.00 |")
    ratio = statistics.median(other / one for one, other in rounds)
    print(f"| allmende measure | {statistics.median(other for _, other in rounds):.2f} | {ratio:.2f} |")
    print(f"\nPeak of the largest process: {peak:,.0f} MiB; {asked.rounds} rounds.")


if __name__ == "__main__":
    main()
