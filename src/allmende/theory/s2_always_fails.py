"""S2: sharing the revenue with the volunteers always fails, for it is unattractive to begin with ..."""

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Points, Reading, Row, Study, claim
from allmende.examination.futures import DESIGNS, Sharing, sharing
from allmende.examination.laboratory import Laboratory, points_of
from allmende.examination.places import REGIONS, field_of, money_of, region_of
from allmende.examination.shares import percent, share_of
from allmende.exhibits import Bar, Bars, Field

__all__ = ["always_fails", "pairs", "regions"]


@claim(
    name="S2",
    title="Sharing the revenue always fails",
    says=(
        "Attempts to share the commercial revenue with the volunteers always fail: sharing is unattractive "
        "to begin with, or destroys what was there (S3)."
    ),
    test=(
        "Six ways to share advertising income are tried on a sharing community that is a year old: by views "
        "or in equal parts, from the first cent or above a bar, depending on quality or not. A run is "
        "destructive where the output of those who would be there anyway falls by more than 5 % over four "
        "years, successful where it does not and the output of all rises by 2 % or more, unattractive "
        "otherwise. The claim holds at a point of the prior under a design where it is not successful."
    ),
    kind="universal",
    evidence=(
        Row("G8", "against", "creators keep 55 %: sharing has become the norm of the industry"),
        Row("C34", "against", "uploads follow shared revenue"),
        Row("C33", "against", "who loses paid status uploads less, and worse"),
        Row("C25", "against", "pay for quality raised quantity and quality"),
        Row("C24", "both", "paid reviews: those who are there withdraw, newcomers enter, quality falls"),
        Row("C20", "both", "who opts in does more; who receives creates less, whatever the amount"),
        Row("C22", "for", "a slight rise that does not last; most expectations unmet"),
        Row("C23", "for", "many ask for donations, no clear effect, much unspent"),
        Row("C35", "for", "a cent for the first post, and a fortune for one"),
        Row("G5", "for", "the top hundredth of the paid gets more than half, three quarters next to nothing"),
    ),
    reality=(
        "False as a universal: revenue is shared on video platforms to this day (G8, C33, C34). The weaker "
        "sentence is supported: the typical payee gets next to nothing (C35, G5), effects on those who are "
        "there are often negative and on entry positive (C20-C24)."
    ),
)
def always_fails(laboratory: Laboratory) -> Study:
    """Regions of every draw under every design."""
    worlds = sharing(laboratory)
    region = regions(worlds)
    count = len(worlds.draws)
    fails = region != REGIONS.index("successful")
    plain = np.tile(fails[0], len(DESIGNS))
    never = np.tile(fails.all(axis=0), len(DESIGNS))
    share = [float((region == place).mean()) for place in range(len(REGIONS))]
    field = field_of(laboratory)
    return Study(
        points=pairs(worlds),
        readings=(
            Reading("it fails", "under a design it is not successful", fails.ravel()),
            Reading("plain sharing fails", "55 % by views from the first cent is not successful", plain),
            Reading("whatever the design", "none of the six designs is successful", never),
        ),
        found=(
            f"Of all draws under all designs {percent(share[0])} are unattractive, {percent(share[1])} "
            f"destructive and {percent(share[2])} successful; in {percent(1 - float(never.mean()))} of the "
            f"draws at least one of the six designs succeeds. {_placed(field)}"
        ),
        exhibits=(field, _by_design(region)),
        notes=(
            (
                "The pay norm follows the share of active members who are paid. How fast it rises decides "
                "whether the harm of the first cent lasts, and nobody has measured it: 0.3 to 30 % of the "
                "way a month was assumed."
            ),
            (
                "Gaming of rewards (C36) and drift of topics towards the popular (C31, C32) are not in the "
                "model; both would make sharing look worse."
            ),
        ),
        units=np.tile(np.arange(count), len(DESIGNS)),
    )


def regions(worlds: Sharing) -> NDArray[np.int64]:
    """The region of each draw under each design, as its place in `REGIONS`. int64[designs, draws]."""
    return region_of(*worlds.outputs())


def pairs(worlds: Sharing) -> Points:
    """Every draw under every design, design by design, with the levers of the design as quantities."""
    count = len(worlds.draws)
    one = points_of(worlds.draws)
    levers = {
        "money": np.concatenate([money_of(worlds.draws, design.share) for design in DESIGNS]),
        "bar": np.repeat([design.threshold for design in DESIGNS], count),
        "equally": np.repeat([float(design.equally) for design in DESIGNS], count),
        "for_quality": np.repeat([design.contingency for design in DESIGNS], count),
    }
    meaning = {
        "money": "Money shared out a month for each member, in the unit from which amounts matter.",
        "bar": "Least views a month for a share.",
        "equally": "Whether all who are active get the same: 1.",
        "for_quality": "Whether the share depends on quality: 1.",
    }
    values = {name: np.tile(each, len(DESIGNS)) for name, each in one.values.items()}
    return Points(
        {**values, **levers},
        {**one.provenance, **dict.fromkeys(levers, "assumed")},
        {**one.meaning, **meaning},
    )


def _by_design(region: NDArray[np.int64]) -> Bars:
    bars = []
    for place, design in enumerate(DESIGNS):
        for code, name in enumerate(REGIONS):
            share = share_of(region[place] == code, np.arange(region.shape[1]))
            bars.append(Bar(design.title, share.low, share.mid, share.high, name))
    return Bars(
        "designs",
        "How each way to share comes out",
        "share of draws in each region, with 95 % intervals",
        "share",
        tuple(bars),
    )


def _placed(field: Field) -> str:
    agreed = sum(case.agrees for case in field.cases)
    return f"The map puts {agreed} of {len(field.cases)} real communities where the evidence sees them."
