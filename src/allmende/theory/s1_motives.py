"""S1: volunteers have various motives, and money is not one of them."""

import numpy as np

from allmende.claim import Reading, Row, Study, claim
from allmende.examination.futures import DESIGNS, LOSSES, sharing
from allmende.examination.laboratory import Laboratory, points_of
from allmende.examination.shares import middle, percent
from allmende.exhibits import Bars, four_fifths

__all__ = ["motives"]

_MATTERS = np.log(1.02)
_SEVERAL = 2


@claim(
    name="S1",
    title="Many motives, money not among them",
    says="Volunteers in sharing communities have various motivations; money is not one of them.",
    test=(
        "A sharing community is simulated with and without each motive in turn: four fifths of the audience "
        "lost, no first contribution answered, no ties made, an award for the core; and with 55 % of the "
        "advertising income shared by views. The claim holds where at least two of the other motives change "
        "contributions by 2 % or more, and shared revenue does not raise the contributions of those who are "
        "there anyway by more than 2 %."
    ),
    kind="general",
    evidence=(
        Row("C16", "both", "stimulation (45 %) and skill (42 %) lead the motives, but 40 % were paid"),
        Row("C17", "for", "motives are several and shift with tenure"),
        Row("C18", "for", "losing the audience costs 43 % of contributions"),
        Row("C12", "for", "where the norm is that nobody is paid, money lowers interest"),
        Row("C39", "against", "pay raises contribution together with status motives (Apache)"),
        Row("C34", "against", "uploads follow shared revenue beside exposure and reputation"),
        Row("D1", "against", "half of the work on open source is done in office hours"),
    ),
    reality=(
        "Right about the many motives (C16-C18) and about most of those whom nobody pays; wrong about "
        "everybody: about 40 % of surveyed developers were paid as early as 2002-03 (C16, D1)."
    ),
)
def motives(laboratory: Laboratory) -> Study:
    """Contributions without each motive, and with money."""
    worlds = sharing(laboratory)
    others = [worlds.trial.ratio("contributions", 1 + len(DESIGNS) + place) for place in range(len(LOSSES))]
    money = worlds.there.ratio("contributions", 1)
    several = sum((np.abs(each) >= _MATTERS).astype(np.int64) for each in others) >= _SEVERAL
    still = money <= _MATTERS
    quality = worlds.there.ratio("contributions", 1 + _place_of("for quality, from the first cent"))
    bars = [
        four_fifths(loss.name, np.expm1(each), "other motives")
        for loss, each in zip(LOSSES, others, strict=True)
    ]
    bars += [
        four_fifths("55 % shared by views", np.expm1(money), "money"),
        four_fifths("55 % shared for quality", np.expm1(quality), "money"),
    ]
    return Study(
        points=points_of(worlds.draws),
        readings=(
            Reading("many motives, money not among them", "two others move, money does not", several & still),
            Reading("many motives", "two or more of the other motives move contributions by 2 %", several),
            Reading("money moves nobody", "shared revenue raises contributions by at most 2 %", still),
            Reading(
                "not even money for quality",
                "the same where the share depends on quality",
                quality <= _MATTERS,
            ),
        ),
        found=(
            f"In the middle draw losing the audience changes contributions by {middle(others[0])}, shared "
            f"revenue those of members who are there anyway by {middle(money)}; shared for quality, by "
            f"{middle(quality)}. Money raises them by more than 2 % in {percent(1 - still.mean())} of the "
            "draws."
        ),
        exhibits=(
            Bars(
                "motives",
                "What each motive does to contributions",
                "the middle draw, and four fifths of all draws; members who are there anyway",
                "share",
                tuple(bars),
            ),
        ),
        notes=(
            (
                "How strong each motive is was put in from published effects; what is found is how they "
                "add up to a community, and which part of what is believed about pay leaves them alone."
            ),
        ),
        units=np.arange(len(worlds.draws)),
    )


def _place_of(title: str) -> int:
    return [design.title for design in DESIGNS].index(title)
