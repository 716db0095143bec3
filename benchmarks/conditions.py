"""How well hinges, thresholds and regions are found where they are known, and how often where there are none.

    python -P benchmarks/conditions.py [TRIALS]

Every trial draws 1,000 points in 46 dimensions, about as many as the commons has parameters with a prior, and
invents an effect. Prints one row for each truth.
"""

import sys
from collections.abc import Callable, Iterator

import numpy as np

from allmende.conditions.box import Box, find_boxes
from allmende.conditions.sensitivity import shares
from allmende.conditions.thresholds import thresholds

DRAWS, PARAMETERS = 1_000, 46
NAMES = [f"p{number}" for number in range(PARAMETERS)]
LEVEL = 0.05


def points(seed: int) -> tuple[np.random.Generator, np.ndarray]:
    """A Latin hypercube, and what further chance comes from."""
    random = np.random.default_rng(seed)
    ranks = np.stack([random.permutation(DRAWS) for _ in NAMES], axis=1)
    return random, (ranks + random.random(ranks.shape)) / DRAWS


def named(unit: np.ndarray, more: np.ndarray) -> set[str]:
    return {each.parameter for each in shares(unit, NAMES, more) if each.p < LEVEL}


def hinges(trials: int, chance: Callable[[np.ndarray], np.ndarray], true: set[str]) -> tuple[float, float]:
    """How often all true hinges are named, and how often one that is none."""
    all_named = alarms = 0
    for seed in range(trials):
        random, unit = points(seed)
        found = named(unit, (random.random(DRAWS) < chance(unit)).astype(float))
        all_named += true <= found
        alarms += bool(found - true)
    return all_named / trials, alarms / trials


def flips(trials: int, chance: Callable[[np.ndarray], np.ndarray], truth: float) -> Iterator[float]:
    """How often one threshold is found, how often its interval holds the truth, and the median width."""
    widths, held = [], 0
    for seed in range(trials):
        random, unit = points(seed)
        more = (random.random(DRAWS) < chance(unit[:, 0])).astype(float)
        found = thresholds(unit[:, 0], unit[:, 0], more)
        if len(found) == 1:
            held += found[0].low <= truth <= found[0].high
            widths.append(found[0].high - found[0].low)
    yield from (len(widths) / trials, held / max(len(widths), 1), float(np.median(widths or [np.nan])))


def judged(unit: np.ndarray, truth: np.ndarray, box: Box) -> tuple[float, float]:
    """True density and coverage of a box."""
    mask = np.ones(DRAWS, bool)
    for limit in box.limits:
        column = unit[:, NAMES.index(limit.parameter)]
        mask &= (column >= limit.low) & (column <= limit.high)
    return float(truth[mask].mean()), float((truth & mask).sum() / truth.sum())


def regions(trials: int, wrong: float) -> Iterator[float]:
    """How often the two limits that are there are found and no other, and the medians of three figures."""
    right, figures = 0, []
    for seed in range(trials):
        random, unit = points(seed)
        truth = (unit[:, 3] > 0.55) & (unit[:, 11] < 0.6)
        found = find_boxes(unit, NAMES, truth ^ (random.random(DRAWS) < wrong), most=1)
        if found:
            right += {limit.parameter for limit in found[0].limits} == {"p3", "p11"}
            figures.append((*judged(unit, truth, found[0]), found[0].unseen))
    yield right / trials
    yield from np.median(np.array(figures), axis=0).tolist()


def main(trials: int) -> None:
    print(
        f"{trials} trials of {DRAWS:,} draws, {PARAMETERS} parameters\n\n"
        "hinges                  named  false alarm"
    )
    for label, chance, true in (
        ("none, half rise", lambda unit: np.full(len(unit), 0.5), set()),
        ("none, a tenth rises", lambda unit: np.full(len(unit), 0.1), set()),
        ("one step of 30 points", lambda unit: 0.35 + 0.3 * (unit[:, 0] > 0.5), {"p0"}),
        ("a sum of two", lambda unit: (unit[:, 0] + unit[:, 1] > 1).astype(float), {"p0", "p1"}),
    ):
        print("{:<22} {:6.1%} {:12.1%}".format(label, *hinges(trials, chance, true)))
    print("\nthresholds              found  held  width")
    for label, flip, truth in (
        ("step, certain", lambda u: (u > 0.7).astype(float), 0.7),
        ("step, 1 in 5 wrong", lambda u: 0.2 + 0.6 * (u > 0.7), 0.7),
        ("gentle slope", lambda u: 1 / (1 + np.exp(-8 * (u - 0.6))), 0.6),
        ("none, half rise", lambda u: np.full(len(u), 0.5), np.nan),
    ):
        print("{:<22} {:6.1%} {:5.1%} {:6.3f}".format(label, *flips(trials, flip, truth)))
    print("\nregions                 right  density  coverage  unseen")
    for wrong in (0.0, 0.05, 0.15):
        row = regions(max(trials // 5, 1), wrong)
        print("{:<22} {:6.1%} {:8.3f} {:9.3f} {:7.3f}".format(f"{wrong:.0%} of draws wrong", *row))
    alarms = 0
    for seed in range(max(trials // 5, 1)):
        random, unit = points(seed)
        alarms += bool(find_boxes(unit, NAMES, random.random(DRAWS) < 0.3, most=1))
    print(f"none: {alarms} of {max(trials // 5, 1)} trials of noise give a region")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
