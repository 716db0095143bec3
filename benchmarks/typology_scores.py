"""Tables and scores of placements against coders' labels, as the document prints them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from allmende.typology import placement
from allmende.typology.casebook import CONFLICT
from allmende.typology.codebook import ECONOMIES
from allmende.typology.placement import Placement

__all__ = ["calibration", "confusion", "curve", "kappa", "row", "scores", "shares", "table", "vector"]

SOFTENINGS = (1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def vector(credence: dict[str, float]) -> np.ndarray:
    """How far a coder gives each economy, in the order of `ECONOMIES`."""
    return np.array([credence.get(economy, 0.0) for economy in ECONOMIES])


def shares(placed: Placement) -> np.ndarray:
    return np.array([placed.shares[economy].mid for economy in ECONOMIES])


def softened(given: np.ndarray, factor: float) -> np.ndarray:
    """Shares as they would be with weights divided by another number."""
    logs = np.log(np.maximum(given, 1e-300)) * (placement.SOFTENING / factor)
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def row(*cells: object) -> None:
    print(" | ".join(str(cell) for cell in cells))


def table(title: str, heads: Sequence[str]) -> None:
    print(f"\n{title}\n")
    row(*heads)
    row(*("---" for _ in heads))


def confusion(pairs: Iterable[tuple[str, str]], title: str) -> None:
    """Labels down, answers across."""
    counted = Counter(pairs)
    answers = (*ECONOMIES, CONFLICT, "undetermined")
    table(title, ("label", *answers))
    for label in (*ECONOMIES, CONFLICT):
        counts = [counted[label, given] for given in answers]
        if any(counts):
            row(label, *counts)


def calibration(given: np.ndarray, truth: np.ndarray, title: str) -> None:
    """Of the shares between two bounds, how many belong to the economy a coder named."""
    table(title, ("largest share", "cases", "mean share", "coders agree"))
    top = given.argmax(axis=1)
    largest, agreed = given.max(axis=1), truth[np.arange(len(truth)), top]
    for low, high in pairwise(BINS):
        inside = (largest > low) & (largest <= high)
        if inside.any():
            row(
                f"{low:.2f} to {high:.2f}",
                int(inside.sum()),
                f"{largest[inside].mean():.2f}",
                f"{agreed[inside].mean():.2f}",
            )


def scores(given: np.ndarray, truth: np.ndarray, title: str) -> None:
    """Log and Brier score against coders' credence, with the share of each label as the baseline."""
    base = np.tile(truth.mean(axis=0), (len(truth), 1))
    table(title, ("", "log score", "Brier score"))
    for name, guess in (("placement", given), ("shares of labels", base)):
        log_score = -np.mean(np.sum(truth * np.log(np.maximum(guess, 1e-300)), axis=1))
        row(name, f"{log_score:.3f}", f"{np.mean(np.sum((truth - guess) ** 2, axis=1)):.3f}")


def curve(given: np.ndarray, truth: np.ndarray) -> None:
    """The log score as it would be with other softenings."""
    table("Softening of the weights", ("divided by", "log score"))
    for factor in SOFTENINGS:
        guess = np.maximum(softened(given, factor), 1e-300)
        row(factor, f"{-np.mean(np.sum(truth * np.log(guess), axis=1)):.3f}")


def kappa(answers: list[tuple[Mapping[str, float], Mapping[str, float]]]) -> float:
    """Cohen's kappa, answers in parts counted in parts."""
    mine: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    agreed = 0.0
    for one, other in answers:
        mine.update(one)
        theirs.update(other)
        agreed += sum(min(one.get(level, 0.0), other.get(level, 0.0)) for level in {*one, *other})
    count = len(answers)
    chance = sum(mine[level] * theirs[level] for level in mine) / count**2
    return (agreed / count - chance) / (1 - chance)
