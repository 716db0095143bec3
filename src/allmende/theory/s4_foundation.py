"""S4: a foundation that finances infrastructure, not production, serves mature projects."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Reading, Row, Study, claim
from allmende.examination.futures import foundation_draws, foundations
from allmende.examination.laboratory import Laboratory, Trial, points_of
from allmende.examination.shares import middle, percent, share_of
from allmende.exhibits import Bar, Bars

__all__ = ["foundation", "made_by"]

_MATTERS = np.log(1.02)
_YOUNG = 1.0
_STEPS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2.0)
_HALF = 0.5


@claim(
    name="S4",
    title="A foundation serves mature projects",
    says=(
        "A foundation that finances the infrastructure (servers, seminars) while production stays driven by "
        "volunteers serves mature projects. An employed developer counts as a volunteer of the firm."
    ),
    test=(
        "A commons is simulated with and without its foundation. It is mature where its uses are more than "
        "the capacity that costs nothing. The claim holds where use value is higher by 2 % or more with "
        "the foundation, and unpaid members and employees of firms together make more than half of it; in "
        "the strict reading unpaid members alone do."
    ),
    kind="general",
    evidence=(
        Row("E12", "for", "non-profits provide the infrastructure in 57 % of 302 cases"),
        Row(
            "E4",
            "both",
            "founding one doubled the circle of committers, raised no output, spent in five years",
        ),
        Row("E10", "for", "forks under a foundation: total supply rises for a year"),
        Row("E13", "both", "one firm's share of commits from 78 to 66 % after the move to a foundation"),
        Row("D3", "against", "literally unpaid: 18 to 8 % of the changes to Linux"),
        Row("D4", "against", "able volunteers are hired"),
        Row("D1", "against", "half of the work is done in office hours"),
    ),
    reality=(
        "Supported with the source's own proviso (E12, E4): employees count as volunteers of their firm. "
        "Taken literally it fails for the largest projects, where few changes are unpaid (D3)."
    ),
)
def foundation(laboratory: Laboratory) -> Study:
    """Use value with a foundation against without."""
    draws, worlds = foundation_draws(laboratory), foundations(laboratory)
    free = np.array([each.donated_capacity for each in draws])
    gain = -worlds.ratio("use_value", 1)
    hosted = -worlds.ratio("use_value", 4)
    unpaid = made_by(worlds, "volunteers")
    firms = unpaid + made_by(worlds, "employees")
    mature = free < _YOUNG
    helps = gain >= _MATTERS
    chosen = np.flatnonzero(mature)
    return Study(
        points=points_of([draws[place] for place in chosen]),
        readings=(
            Reading(
                "with the proviso",
                "use value is higher by 2 %, volunteers and employees of firms make most of it",
                (helps & (firms > _HALF))[chosen],
            ),
            Reading(
                "literally",
                "the same, and unpaid members alone make most of it",
                (helps & (unpaid > _HALF))[chosen],
            ),
            Reading("it serves", "use value is higher by 2 % or more with the foundation", helps[chosen]),
            Reading(
                "better than a firm that serves",
                "use value is higher by 2 % or more than where a firm serves and decides",
                (hosted >= _MATTERS)[chosen],
            ),
            Reading("volunteers produce", "unpaid members make more than half", (unpaid > _HALF)[chosen]),
        ),
        found=(
            f"In mature projects the foundation changes use value by {middle(gain[mature])} in the middle "
            f"draw and raises it by 2 % or more in {percent(float(helps[mature].mean()))}; where free "
            f"capacity is enough, in {percent(float(helps[~mature].mean()) if (~mature).any() else 0.0)}. "
            f"Unpaid members make {percent(float(np.median(unpaid[mature])))} of use value in the middle "
            "draw. Against a firm that serves and decides, the foundation changes use value by "
            f"{middle(hosted[mature])}."
        ),
        exhibits=(_by_capacity(free, helps),),
        notes=(
            (
                "What is simulated is infrastructure: capacity, service, users who stay or go. The wider "
                "circle that a founding brings (E4) and trust in a neutral owner (E14) are not in the "
                "model."
            ),
            "The foundation never pays members here: it stays in the background by assumption.",
        ),
        units=np.arange(len(chosen)),
    )


def made_by(worlds: Trial, maker: str) -> NDArray[np.float64]:
    """The share of use value that a kind of maker makes, with the foundation. float64[draws]."""
    total = np.maximum(worlds.values["use_value"][0], 1e-9)
    return np.asarray(worlds.values[f"use_value_by_{maker}"][0] / total)


def _by_capacity(free: NDArray[np.float64], helps: NDArray[np.bool_]) -> Bars:
    bars = []
    for low, high in pairwise(_STEPS):
        inside = (free >= low) & (free < high)
        if inside.any():
            share = share_of(helps[inside], np.arange(int(inside.sum())))
            group = "mature" if high <= _YOUNG else "young"
            bars.append(Bar(f"{low:g} to {high:g}", share.low, share.mid, share.high, group))
    return Bars(
        "capacity",
        "Where a foundation helps, by the capacity that costs nothing",
        "share of draws in which use value is higher by 2 %, by free capacity in units of uses at the start",
        "share",
        tuple(bars),
    )
