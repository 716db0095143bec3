"""S3: ... or, shoehorned onto an existing community, it destroys the ecology that was non-commercial."""

from dataclasses import dataclass, replace

import numpy as np

from allmende.claim import Reading, Row, Study, claim
from allmende.examination.futures import DESIGNS, START, Sharing, sharing, without_entrants
from allmende.examination.laboratory import Laboratory, Trial
from allmende.examination.places import harms_of
from allmende.examination.shares import percent
from allmende.exhibits import Bars, four_fifths
from allmende.model.institutions import Platform
from allmende.model.rules import Rules
from allmende.policy import institution
from allmende.theory.s2_always_fails import pairs

__all__ = ["Stop", "destroys"]

_HARM, _RUIN, _MARK = np.log(0.95), np.log(0.8), np.log(0.98)
_LOST_AUDIENCE = 1 + len(DESIGNS)


@dataclass(frozen=True, slots=True)
class Stop:
    """The platform stops sharing.

    Args:
        start: First month without a share.
        name: How it is called.
    """

    start: int
    name: str = "sharing stops"

    def __call__(self, rules: Rules, /) -> Rules:
        """Nothing is shared."""
        return rules.with_institution(replace(institution(rules, "platform", Platform), share=0.0))


@claim(
    name="S3",
    title="Shoehorned, it destroys the non-commercial ecology",
    says=(
        "Shoehorned onto an existing community, sharing the revenue destroys the ecology that was initially "
        "non-commercial."
    ),
    test=(
        "The worlds of S2: a community of a year, six ways to share. The claim holds at a point under a "
        "design where the output of those who would be there anyway falls by more than 5 % over four "
        "years; destroyed in the strict sense is a fall of 20 %. Besides, sharing is stopped again "
        "half-way: do those who are there do less than if they had never been paid?"
    ),
    kind="possible",
    evidence=(
        Row("C20", "for", "receipt lowers new projects and community tasks, whatever the amount"),
        Row("C24", "for", "paid reviews: those who are there withdraw"),
        Row("C1", "for", "tangible rewards lower free-choice motivation by 0.3 to 0.4 deviations"),
        Row("C5", "for", "removing a price does not restore the norm"),
        Row("C31", "both", "topics move to the popular, quality rises"),
        Row("C25", "against", "pay for quality raised both quantity and quality"),
        Row("C39", "against", "no sign that pay lowers intrinsic motivation (Apache)"),
        Row("C33", "both", "after removal of paid status uploads fall, in number and quality"),
    ),
    reality=(
        "Partly supported: receipt lowers creation and those who are there withdraw (C20, C24), but quality "
        "rises in two studies (C25, C31) and nobody has seen a whole ecology collapse."
    ),
)
def destroys(laboratory: Laboratory) -> Study:
    """How far the output of those who are there anyway falls."""
    worlds = sharing(laboratory)
    everybody, own = worlds.outputs()
    after = _after_stopping(laboratory, worlds).ratio("output", 1)
    count = len(worlds.draws)
    plain = np.tile(own[0] < _HARM, len(DESIGNS))
    stopped = np.tile(after < _MARK, len(DESIGNS))
    better = np.tile(after > -_MARK, len(DESIGNS))
    replaced = (own < _HARM) & (everybody > 0)
    return Study(
        points=pairs(worlds),
        readings=(
            Reading(
                "it harms", "the output of those there anyway falls by more than 5 %", (own < _HARM).ravel()
            ),
            Reading("it destroys", "it falls by more than 20 %", (own < _RUIN).ravel()),
            Reading("plain sharing harms", "55 % by views from the first cent lowers it by 5 %", plain),
            Reading("the mark stays", "after it stops, output is 2 % lower than had it never been", stopped),
            Reading("it does good", "after it stops, output is 2 % higher than had it never been", better),
        ),
        found=(
            f"Taken strictly - a fall of 20 % - it destroys in {percent(float((own < _RUIN).mean()))} of "
            "all draws under all designs; it harms, by more than 5 %, in "
            f"{percent(float((own < _HARM).mean()))}. Entrants make up for it in "
            f"{percent(float(replaced.sum() / max((own < _HARM).sum(), 1)))} of the harmed: replaced, not "
            "lost. For comparison, losing four fifths of the audience (C18) costs "
            f"{percent(-float(np.expm1(np.median(worlds.trial.ratio('output', _LOST_AUDIENCE)))))} in the "
            "middle draw."
        ),
        exhibits=(harms_of(laboratory), _severity(own, after)),
        notes=(
            (
                "Pay acts on how often members act, not on whether they drop out; a published effect of "
                "pay on leaving was not found."
            ),
            (
                "Community tasks beside the works (C20, C21) are one kind of contribution in the model; a "
                "shift from one to the other does not show."
            ),
        ),
        units=np.tile(np.arange(count), len(DESIGNS)),
    )


def _after_stopping(laboratory: Laboratory, worlds: Sharing) -> Trial:
    stop = (START + laboratory.size.months) // 2
    there = without_entrants(worlds.draws)
    return laboratory.once(
        "stopping",
        lambda: laboratory.trial(
            "sharing", there, [[DESIGNS[0].policy, Stop(stop)]], wanted=("output",), start=stop
        ),
    )


def _severity(
    own: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    after: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Bars:
    bars = [
        four_fifths(design.title, np.expm1(each), "while it lasts")
        for design, each in zip(DESIGNS, own, strict=True)
    ]
    bars.append(four_fifths(f"{DESIGNS[0].title}, stopped", np.expm1(after), "after it stops"))
    return Bars(
        "severity",
        "What becomes of those who were there anyway",
        "change of their output: the middle draw, and four fifths of all draws",
        "share",
        tuple(bars),
    )
