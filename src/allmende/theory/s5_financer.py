"""S5: commercial ventures that monetise the product may be the crucial financer of the foundation."""

import numpy as np

from allmende.claim import Reading, Row, Study, claim
from allmende.examination.futures import foundation_draws, foundations
from allmende.examination.laboratory import Laboratory, points_of
from allmende.examination.shares import middle, percent
from allmende.exhibits import Bars, four_fifths

__all__ = ["financer"]

_MATTERS = np.log(0.98)
_HALF = 0.5


@claim(
    name="S5",
    title="Ventures may be the foundation's crucial financer",
    says=(
        "Commercial ventures that monetise the product may be the crucial financer of the foundation in the "
        "middle."
    ),
    test=(
        "The commons of S4. Firms pay 3 % of their revenue as dues, users donate. The claim holds where dues "
        "are more than half of the foundation's income and use value falls by 2 % or more without them. How "
        "fragile that makes it: use value when half of all sales is lost after a year."
    ),
    kind="possible",
    evidence=(
        Row("E1", "for", "95 % of Mozilla's income came from search firms"),
        Row("E2", "for", "and a shock to it cut a quarter of the staff"),
        Row("E3", "for", "dues of 5,000 to 250,000 dollars a year finance Eclipse"),
        Row("E5", "both", "firms ride free on the core: IBM removes its people and nobody steps up"),
        Row("E12", "against", "non-monetary contributions are the chief source in half of the cases"),
        Row("D7", "both", "domination by one firm lowers survival"),
    ),
    reality="Holds, and is the fragility (E1, E2). Elsewhere, as with encyclopaedias, donors pay (E12).",
)
def financer(laboratory: Laboratory) -> Study:
    """Use value without dues, and where the foundation's money comes from."""
    draws, worlds = foundation_draws(laboratory), foundations(laboratory)
    dues, donated = worlds.paid("dues", "foundation", 0), worlds.paid("donations", "foundation", 0)
    part = dues / np.maximum(dues + donated, 1e-9)
    without, shocked = worlds.ratio("use_value", 2), worlds.ratio("use_value", 3)
    crucial = (without <= _MATTERS) & (part > _HALF)
    bars = [
        four_fifths("dues, share of the foundation's income", part, "income"),
        four_fifths("without dues", np.expm1(without), "use value"),
        four_fifths("half of all sales lost", np.expm1(shocked), "use value"),
        four_fifths("without a foundation", np.expm1(worlds.ratio("use_value", 1)), "use value"),
    ]
    return Study(
        points=points_of(draws),
        readings=(
            Reading(
                "crucial", "dues are most of the income, and without them use value falls by 2 %", crucial
            ),
            Reading("most of the income", "dues are more than half of the foundation's income", part > _HALF),
            Reading("missed", "without dues use value falls by 2 % or more", without <= _MATTERS),
            Reading("fragile", "with half of all sales lost it falls by 2 % or more", shocked <= _MATTERS),
        ),
        found=(
            f"Dues are {percent(float(np.median(part)))} of the foundation's income in the middle draw. "
            "Where they are crucial, their end costs "
            f"{middle(without[crucial]) if crucial.any() else 'nothing'} of use value in the middle draw, "
            f"and a loss of half of all sales {middle(shocked[crucial]) if crucial.any() else 'nothing'}."
        ),
        exhibits=(
            Bars(
                "financing",
                "Where the money comes from, and what is lost without it",
                "the middle draw, and four fifths of all draws",
                "share",
                tuple(bars),
            ),
        ),
        notes=(
            (
                "All firms pay the same share of their revenue. One firm that pays nearly all (E1), and "
                "firms that ride free (E5), would make the foundation more fragile than the average shows."
            ),
        ),
        units=np.arange(len(draws)),
    )
