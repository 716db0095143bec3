"""Evaluations of nothing, over many communities: `python benchmarks/evaluations.py`.

    python benchmarks/evaluations.py             prints the tables of docs/how-to/evaluate.md
    python benchmarks/evaluations.py --only 3    on every third community

In each community up to four Januaries, the last whose year is known, are evaluated as if something had
happened, where the collection lists no event in that year or half a year before it. How often is an
effect found? And how often would one of a given size be found, if it came on top? The three numbers of
the environment were learned from forecasts of the same communities.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.append(str(Path(__file__).resolve().parent))

from backtest import UNFIT

from allmende.evaluation.expected import Window, expected, log_ratios, widened
from allmende.evaluation.placebos import MOST, PATHS, Placebo, placebo_of, widening
from allmende.forecasting.history import History, history_of
from allmende.forecasting.sufficient import usable
from allmende.months import parse
from shared_logs import community_panels, rows

Numbers = NDArray[np.float64]

MONTHS, DATES, OUTCOME, SEED = 12, 4, "active_members", 1
WAYS = ("both", "members", "level")
SIZES = (0.4, 0.5, 0.6, 0.7, 0.8, 1.5, 2.0, 2.5)
BANDS = ((0, 10), (10, 30), (30, np.inf))


@dataclass(frozen=True, slots=True)
class Case:
    """An evaluation of nothing.

    Args:
        size: Active members a month in the year before.
        logs: way -> logarithms of what happened over what was expected, as told. float64[paths].
        factor: way -> widening.
    """

    size: float
    logs: dict[str, Numbers]
    factor: dict[str, float]


def main() -> None:
    """Print both tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", type=int, default=1)
    given = asked.parse_args()
    events = defaultdict(list)
    for row in rows("events.csv"):
        events[row["community"]].append(parse(row["date"][:7]))
    left_out = {name for names in UNFIT.values() for name in names}
    kept = sorted(set(community_panels()) - left_out)[:: given.only]
    cases: list[Case] = []
    tried = 0
    for name in kept:
        some = list(cases_of(history_of(community_panels()[name]), events[name]))
        cases += some
        tried += bool(some)
        print(f"{name}: {len(some)}", file=sys.stderr, flush=True)
    print(f"{tried} communities, {len(cases)} evaluations of nothing\n")
    false_positives(cases)
    power(cases)


def cases_of(history: History, events: list[int]) -> Iterator[Case]:
    """The evaluations of one community."""
    last = (history.stop - MONTHS) // 12 * 12
    made: dict[int, tuple[Placebo, dict[str, Numbers]]] = {}

    def at(known: int) -> tuple[Placebo, dict[str, Numbers]]:
        if known not in made:
            window = Window(known, known, known + MONTHS, OUTCOME)
            told = expected(history, window, paths=PATHS, seed=SEED)
            ratios = {way: log_ratios(window.observed(history), paths) for way, paths in told.items()}
            made[known] = placebo_of(known, ratios), ratios
        return made[known]

    for known in range(last, last - 12 * DATES, -12):
        if known <= history.start or not usable(history.until(known)):
            break
        if any(known - 6 <= event < known + MONTHS for event in events):
            continue
        earlier = [known - MONTHS - 6 * number for number in range(MOST)]
        placebos = [at(one)[0] for one in earlier if one > history.start and usable(history.until(one))]
        ratios = at(known)[1]
        factor = {way: widening(placebos, way) for way in WAYS}
        size = history.until(known).series[OUTCOME][-12:].mean()
        yield Case(float(size), {way: widened(ratios[way], factor[way]) for way in WAYS}, factor)


def found(logs: Numbers, level: float) -> bool:
    """Whether the interval leaves out "as expected"."""
    low, high = np.quantile(logs, [(1 - level) / 2, (1 + level) / 2])
    return not low <= 0 <= high


def false_positives(cases: list[Case]) -> None:
    """How often an effect of nothing is found, and how large its middle is."""
    print(
        "| way | found at 5% | found at 20% | root mean square effect (log) | median widening | width 95% |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for way in WAYS:
        logs = [case.logs[way] for case in cases]
        five, twenty = (np.mean([found(one, level) for one in logs]) for level in (0.95, 0.8))
        size = np.sqrt(np.mean([np.median(one) ** 2 for one in logs]))
        width = np.median([np.ptp(np.quantile(one, [0.025, 0.975])) for one in logs])
        times = np.median([case.factor[way] for case in cases])
        print(f"| {way} | {five:.3f} | {twenty:.3f} | {size:.2f} | {times:.2f} | {width:.2f} |")
    print()


def power(cases: list[Case]) -> None:
    """How often an effect of a size would be found, by the size of the community."""
    print("| members a month | evaluations | smallest visible | " + " | ".join(map(change, SIZES)) + " |")
    print("| --- | ---: | ---: |" + " ---: |" * len(SIZES))
    for low, high in BANDS:
        some = [case.logs["both"] for case in cases if low <= case.size < high]
        if not some:
            continue
        reach = np.median([np.quantile(np.abs(one - np.median(one)), 0.95) for one in some])
        shares = [np.mean([found(one + np.log(size), 0.95) for one in some]) for size in SIZES]
        seen = f"{change(float(np.exp(-reach)))} / {change(float(np.exp(reach)))}"
        told = " | ".join(f"{share:.0%}" for share in shares)
        print(f"| {low:.0f} to {high:.0f} | {len(some)} | {seen} | {told} |")


def change(ratio: float) -> str:
    """A ratio as a change."""
    return f"{ratio - 1:+.0%}"


if __name__ == "__main__":
    main()
