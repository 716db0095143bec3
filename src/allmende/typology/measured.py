"""Measured evidence: what a panel can say about criteria K2, K3, K6 and K7 of the codebook.

A measurement is a number with an interval; a criterion has levels. The number is taken as normal around its
estimate with the interval's width, and each level gets the probability that lies between its bounds, so
an uncertain measurement speaks softly.
"""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.answers import Answer
from allmende.panel import Panel
from allmende.typology.placement import Evidence

__all__ = ["measured_evidence"]

# Upper bounds of levels, least first, from the clones, wikis and worlds of `docs/typology.md`: works are
# shared by half and more in every clone, by 38 % in a simulated crowd, by none in simulated sharing.
_OBJECT = (("separable", 0.15), ("components", 0.45), ("common", 1.0))
_TIES = (("weak", 0.2), ("medium", 0.4), ("strong", 1.0))
_MOSTLY = 0.5
_FEWEST_DECISIONS = 50
_NEARLY_ALL = 0.9
# What the mark of each form of merging says about who decides; merging is not all of deciding.
_ONE = {"individual": 0.7, "mixed": 0.2, "company": 0.1}
_FIRM = {"company": 0.8, "earned_commit": 0.1, "mixed": 0.1}
_SEVERAL = {"earned_commit": 0.5, "mixed": 0.4, "company": 0.1}


def measured_evidence(panel: Panel, answers: Sequence[Answer]) -> list[Evidence]:
    """What the window of a panel says about the typology.

    Args:
        panel: The panel, its window the span that is placed.
        answers: What the indicators say about that window; those that refused say nothing.
    """
    known = {one.indicator: one for one in answers if one.value is not None and one.interval is not None}
    found = []
    if "shared_work_share" in known:
        found.append(_by_bounds("object", known["shared_work_share"], _OBJECT))
    if "repeated_dyads" in known:
        found.append(_by_bounds("ties", known["repeated_dyads"], _TIES))
    pay = _wages(panel) or _pay(known)
    if pay is not None:
        found.append(pay)
    decision = _decision(panel)
    if decision is not None:
        found.append(decision)
    return found


def _by_bounds(name: str, answer: Answer, bounds: tuple[tuple[str, float], ...]) -> Evidence:
    assert answer.interval is not None
    assert answer.value is not None
    half = NormalDist().inv_cdf((1 + answer.interval.level) / 2)
    width = max((answer.interval.high - answer.interval.low) / (2 * half), 1e-6)
    law = NormalDist(answer.value, width)
    levels, below = {}, 0.0
    for level, upper in bounds:
        reached = 1.0 if (level, upper) == bounds[-1] else law.cdf(upper)
        levels[level] = max(reached - below, 0.0)
        below = max(below, reached)
    return Evidence(name, _proper(levels), _reference(answer))


def _pay(known: Mapping[str, Answer]) -> Evidence | None:
    """Wages show where most work is under employers' addresses; their absence shows nothing."""
    paid, first = known.get("employed_share_at_least"), known.get("elephant_factor")
    if paid is None or first is None or paid.interval is None or paid.interval.low < _MOSTLY:
        return None
    assert first.value is not None
    level = "wages_one_employer" if first.value <= 1 else "wages_many_employers"
    return Evidence("pay", {level: 0.8, _other(level): 0.2}, f"{_reference(paid)}; {_reference(first)}")


def _wages(panel: Panel) -> Evidence | None:
    """Where the record holds money: most of what members got stands under employers, of one or of many."""
    rows = panel.rows(actions=("pay",))
    by_org = np.zeros(len(panel.orgs), np.int64)
    np.add.at(by_org, rows.org, np.maximum(rows.cents, 0))
    total = int(by_org.sum())
    employer, theirs = _leading_employer(panel, by_org)
    from allmende.people.organisations import is_employer

    wages = sum(
        int(by_org[code]) for code in np.flatnonzero(by_org) if code and is_employer(panel.orgs[code])
    )
    if total == 0 or wages < _MOSTLY * total:
        return None
    level = "wages_one_employer" if theirs >= _NEARLY_ALL * wages else "wages_many_employers"
    said = f"payments: {wages / total:.0%} of {total:,} cents are wages, {theirs / wages:.0%} by {employer}"
    return Evidence("pay", {level: 0.9, _other(level): 0.1}, said)


def _other(level: str) -> str:
    return "wages_many_employers" if level == "wages_one_employer" else "wages_one_employer"


def _decision(panel: Panel) -> Evidence | None:
    """Who integrates, from merges: one member, the people of one employer, or several."""
    rows = panel.rows(actions=("decide",))
    total = int(rows.count.sum())
    if total < _FEWEST_DECISIONS:
        return None
    by_member = np.bincount(rows.member, rows.count)
    first = int(by_member.max())
    reference = f"merges: {total:,} by {np.count_nonzero(by_member)} members, the first {first / total:.0%}"
    employer, theirs = _leading_employer(panel, np.bincount(rows.org, rows.count))
    if employer:
        reference += f", people of {employer} {theirs / total:.0%}"
    one, firm = _nearly_all(first, total), _nearly_all(theirs, total)
    parts = ((one, _ONE), ((1 - one) * firm, _FIRM), ((1 - one) * (1 - firm), _SEVERAL))
    levels: dict[str, float] = {}
    for weight, law in parts:
        for level, part in law.items():
            levels[level] = levels.get(level, 0.0) + weight * part
    return Evidence("decision", _proper(levels), reference)


def _leading_employer(panel: Panel, by_org: NDArray[np.integer[Any]]) -> tuple[str, int]:
    from allmende.people.organisations import is_employer

    merges = {panel.orgs[code]: int(by_org[code]) for code in np.flatnonzero(by_org) if code}
    leading = max((org for org in merges if is_employer(org)), key=lambda org: merges[org], default="")
    return leading, merges.get(leading, 0)


def _nearly_all(some: int, total: int) -> float:
    """Probability that a share of merges is at least `_NEARLY_ALL`, given how many were seen (Beta law).

    A share close to the bound speaks for both sides: it must not tip from one year to the next.
    """
    from scipy.special import betainc

    return float(1.0 - betainc(some + 1.0, total - some + 1.0, _NEARLY_ALL))


def _proper(levels: Mapping[str, float]) -> dict[str, float]:
    total = sum(levels.values())
    return {level: part / total for level, part in levels.items() if part / total > 1e-6}  # noqa: PLR2004


def _reference(answer: Answer) -> str:
    assert answer.interval is not None
    return f"{answer.indicator} {answer.value:.2f} ({answer.interval.low:.2f} to {answer.interval.high:.2f})"
