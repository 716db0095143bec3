"""How often the 90 % intervals of the indicators hold on villages of known truth.

python benchmarks/intervals.py [villages]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interval_coverage import coverage


def main() -> None:
    """Print the table, those that hold least first."""
    villages = int(sys.argv[1]) if sys.argv[1:] else 200
    print("| indicator | mean | deviation between villages | intervals that hold |")
    print("|---|---|---|---|")
    table = coverage(villages=villages, more=max(villages, 200), replicates=200)
    for name, one in sorted(table.items(), key=lambda pair: pair[1].share):
        print(f"| {name} | {one.mean:.3g} | {one.deviation:.2g} | {one.share:.0%} |")
    shares = sorted(one.share for one in table.values())
    print(f"\nMedian of {len(shares)} indicators: {shares[len(shares) // 2]:.0%}.")


if __name__ == "__main__":
    main()
