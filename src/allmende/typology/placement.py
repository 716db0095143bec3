"""Placement: probabilities over the three economies, every step of which can be read.

Each fact or measurement weighs for an economy by the logarithm of its likelihood there, against the mean
over the three, times the criterion's weight in the codebook, divided by `SOFTENING`. The weights are added;
nothing else happens. Likelihoods start from the codebook's plausibilities, worth `PRIOR_CASES` cases for each
economy, and learn from coded cases (Dirichlet-multinomial). An uncertain measurement is a distribution over
levels; its likelihood is the mean over them.

What is not said counts too: without the facts that decide (who captures exchange value; one of
infrastructure, marks and decision) the answer is "undetermined". And where one of the three keys (who
captures value, who owns, who decides) clearly puts another economy above the leading one while another key
clearly does the opposite, it is "conflict".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from allmende.indicator import Interval
from allmende.months import text
from allmende.typology.codebook import CODEBOOK, DECIDING, ECONOMIES, KEYS, criterion

__all__ = [
    "Coded",
    "Evidence",
    "Likelihoods",
    "Placement",
    "learn",
    "most_telling",
    "place_evidence",
    "statements",
]

PRIOR_CASES = 12.0
INTERVAL_DRAWS = 400

SOFTENING = 3.0
"""Facts follow from one another (who owns the marks mostly also holds the servers), so the sum of their
weights is far too sure. All weights are divided by this number, which has the best score on the casebook
when every community is placed by the others: `python -P benchmarks/typology.py` prints the curve."""

CONFLICT_MARGIN = 1.0 / SOFTENING
"""How much a key must weigh for one economy over another to contradict a key that weighs the other way: a
likelihood ratio of e before softening. From 0.85 to 1.5 in place of 1 the answers to the casebook stay the
same; below, hybrids with a plain answer become conflicts, and at 2 a conflict is lost
(`python -P benchmarks/typology.py`)."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A case whose economy a coder has named: what likelihoods learn from.

    Args:
        label: One of `ECONOMIES`.
        facts: For each criterion the levels that hold, with weights.
        weight: How much of a case it is; less than 1 where coders would not all say the same.
    """

    label: str
    facts: Mapping[str, Mapping[str, float]]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence.

    Args:
        criterion: Name of the criterion.
        levels: The answer: levels with probabilities that sum to 1.
        reference: Where it can be looked up: a citation, a commit, a file, an indicator with its interval.
        weights: For each economy, what it adds to the logarithm of its odds (natural logarithm; sums to 0).
    """

    criterion: str
    levels: Mapping[str, float]
    reference: str = ""
    weights: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Placement:
    """Which economy, how surely, and on what evidence.

    Args:
        shares: Probability of each economy, with its interval.
        verdict: An economy, "undetermined" or "conflict".
        reason: Why the verdict is not simply the largest share; "" when it is.
        evidence: Every piece, largest weight first.
        missing: Criteria nobody answered, the one that would change most first.
        start: First month placed, None when undated.
        stop: Month after the last.
    """

    shares: Mapping[str, Interval]
    verdict: str
    reason: str
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...] = ()
    start: int | None = None
    stop: int | None = None

    @property
    def leading(self) -> str:
        """The economy with the largest share, whatever the verdict."""
        return max(ECONOMIES, key=lambda economy: self.shares[economy].mid)

    def __str__(self) -> str:
        """The verdict, and the largest share with its interval.

        >>> print(place_evidence([], learn()))
        undetermined (sharing 0.33, 0.33 to 0.33)
        """
        share = self.shares[self.leading]
        told = f"{share.mid:.2f}, {share.low:.2f} to {share.high:.2f}"
        when = f"{text(self.start)} to {text(self.stop - 1)} " if self.start is not None and self.stop else ""
        lead = "" if self.verdict == self.leading else f"{self.leading} "
        return f"{when}{self.verdict} ({lead}{told})"


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Dirichlet weights of each level under each economy: criterion -> (levels, float64[levels, 3])."""

    weights: Mapping[str, tuple[tuple[str, ...], NDArray[np.float64]]]

    def of(self, name: str, levels: Mapping[str, float]) -> NDArray[np.float64]:
        """Probability of an answer under each economy. float64[3]."""
        names, weights = self.weights[name]
        return _mix(names, weights / weights.sum(axis=0), levels)

    def drawn(self, name: str, levels: Mapping[str, float], *, seed: int) -> NDArray[np.float64]:
        """Probability of an answer under each economy, drawn from what is known. float64[draws, 3].

        The draws are keyed by criterion, level and economy: other evidence does not change them.
        """
        names, weights = self.weights[name]
        first = 100 * list(self.weights).index(name)
        table = _drawn_table(weights.tobytes(), len(names), first, seed)
        return np.asarray(sum(part * table[:, names.index(one)] for one, part in levels.items()))


@lru_cache(maxsize=128)
def _drawn_table(weights: bytes, levels: int, first: int, seed: int) -> NDArray[np.float64]:
    """Likelihoods drawn from Dirichlet weights. float64[draws, levels, 3]."""
    from scipy.special import gammaincinv

    from allmende import draws

    shape = np.frombuffer(weights).reshape(levels, len(ECONOMIES))
    uniforms = draws.uniform(
        seed,
        draws.Decision.PRIOR,
        replicate=np.arange(INTERVAL_DRAWS)[:, None, None],
        index=first + np.arange(shape.size).reshape(1, *shape.shape),
    )
    gammas = np.maximum(gammaincinv(shape, uniforms), 1e-12)
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True), np.float64)


def learn(cases: Iterable[Coded] = ()) -> Likelihoods:
    """Likelihoods from the codebook and from coded cases.

    Args:
        cases: Coded cases; none gives the codebook's own.
    """
    weights = {
        one.name: (
            tuple(one.levels),
            PRIOR_CASES * np.array([one.likelihood(level) for level in one.levels]),
        )
        for one in CODEBOOK
    }
    for case in cases:
        column = ECONOMIES.index(case.label)
        for name, levels in case.facts.items():
            names, table = weights[name]
            for level, part in levels.items():
                table[names.index(level), column] += part * case.weight
    return Likelihoods(weights)


def statements(facts: Mapping[str, Mapping[str, float]], sources: Mapping[str, str]) -> list[Evidence]:
    """Facts as evidence that has not been weighed."""
    return [Evidence(name, levels, sources.get(name, "")) for name, levels in facts.items()]


def place_evidence(
    evidence: Sequence[Evidence],
    likelihoods: Likelihoods,
    *,
    level: float = 0.9,
    seed: int = 0,
    span: tuple[int, int] | None = None,
) -> Placement:
    """Place a community on its evidence.

    Args:
        evidence: What is known, at most one piece for each criterion.
        likelihoods: What each economy predicts.
        level: Probability inside the intervals of the shares.
        seed: Seed of the draws behind the intervals.
        span: Months placed.
    """
    weighed = [_weighed(one, likelihoods) for one in evidence]
    shares = _normal(_total(weighed))
    drawn = _drawn_shares(evidence, likelihoods, seed)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    known = {one.criterion for one in evidence}
    verdict, reason = _verdict(weighed, shares, known)
    return Placement(
        {
            economy: Interval(
                float(min(low[i], shares[i])), float(shares[i]), float(max(high[i], shares[i])), level
            )
            for i, economy in enumerate(ECONOMIES)
        },
        verdict,
        reason,
        tuple(sorted(weighed, key=lambda one: -max(abs(weight) for weight in one.weights))),
        most_telling(evidence, likelihoods),
        *(span or (None, None)),
    )


def most_telling(evidence: Sequence[Evidence], likelihoods: Likelihoods) -> tuple[str, ...]:
    """The criteria nobody answered, in order of how much an answer would be expected to tell.

    Expected information in nats: the fall of the entropy of the shares, averaged over the answers as the
    present shares predict them; criteria that decide come first while they are what is missing.
    """
    known = {one.criterion for one in evidence}
    total = _total([_weighed(one, likelihoods) for one in evidence])
    shares = _normal(total)
    before = _entropy(shares)
    gains = {}
    for one in CODEBOOK:
        if one.name in known:
            continue
        after = 0.0
        for answer in one.levels:
            told = _weighed(Evidence(one.name, {answer: 1.0}), likelihoods)
            chance = float(likelihoods.of(one.name, {answer: 1.0}) @ shares)
            after += chance * _entropy(_normal(total + np.array(told.weights)))
        gains[one.name] = before - after
    urgent = {name for group in DECIDING if not known & set(group) for name in group}
    return tuple(sorted(gains, key=lambda name: (name not in urgent, -gains[name])))


def _weighed(evidence: Evidence, likelihoods: Likelihoods) -> Evidence:
    weight = criterion(evidence.criterion).weight / SOFTENING
    logs = weight * np.log(likelihoods.of(evidence.criterion, evidence.levels))
    first, second, third = (float(value) for value in logs - logs.mean())
    return Evidence(evidence.criterion, evidence.levels, evidence.reference, (first, second, third))


def _mix(
    names: tuple[str, ...], likelihood: NDArray[np.float64], levels: Mapping[str, float]
) -> NDArray[np.float64]:
    mixed = np.zeros(len(ECONOMIES))
    for answer, part in levels.items():
        mixed += part * likelihood[names.index(answer)]
    return mixed


def _total(weighed: Sequence[Evidence]) -> NDArray[np.float64]:
    return np.asarray(
        np.sum([one.weights for one in weighed], axis=0) if weighed else np.zeros(len(ECONOMIES))
    )


def _normal(total: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(total - total.max())
    return np.asarray(odds / odds.sum(), np.float64)


def _drawn_shares(evidence: Sequence[Evidence], likelihoods: Likelihoods, seed: int) -> NDArray[np.float64]:
    """Shares under likelihoods drawn from what is known of them. float64[draws, 3]."""
    total = np.zeros((INTERVAL_DRAWS, len(ECONOMIES)))
    for one in evidence:
        drawn = likelihoods.drawn(one.criterion, one.levels, seed=seed)
        total += criterion(one.criterion).weight / SOFTENING * np.log(drawn)
    odds = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)


def _verdict(weighed: Sequence[Evidence], shares: NDArray[np.float64], known: set[str]) -> tuple[str, str]:
    for group in DECIDING:
        if not known & set(group):
            questions = " or ".join(f"{criterion(name).code} {name}" for name in group)
            return "undetermined", f"nobody has said {questions}, which decides"
    found = _contradiction(weighed, int(shares.argmax()))
    return ("conflict", found) if found else (ECONOMIES[int(shares.argmax())], "")


def _contradiction(weighed: Sequence[Evidence], leading: int) -> str:
    """Which key speaks against the leading economy, and which for it; "" when none clearly does."""
    sums = {
        name: np.sum([one.weights for one in weighed if one.criterion in group], axis=0)
        for name, group in KEYS.items()
        if any(one.criterion in group for one in weighed)
    }
    for against, weights in sums.items():
        other = int(weights.argmax())
        if weights[other] - weights[leading] <= CONFLICT_MARGIN:
            continue
        for name, those in sums.items():
            if those[leading] - those[other] > CONFLICT_MARGIN:
                said = ((against, ECONOMIES[other]), (name, ECONOMIES[leading]))
                ordered = sorted(said, key=lambda one: list(KEYS).index(one[0]))
                return ", ".join(f"{key} says {economy}" for key, economy in ordered)
    return ""


def _entropy(shares: NDArray[np.float64]) -> float:
    return -sum(float(share) * log(float(share)) for share in shares if share > exp(-700))
