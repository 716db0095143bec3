"""Sentences: what would have to be true, in plain words with the figures they rest on."""

import math
from collections.abc import Iterator, Mapping, Sequence

from allmende.conditions.box import Box, Limit
from allmende.conditions.hinges import Conditions, Hinge, Judgement
from allmende.conditions.signs import Question
from allmende.conditions.thresholds import Threshold

__all__ = ["known", "moves", "of_box", "of_hinge", "of_ten", "sentences", "side", "verdict"]

_MINUS = "\u2212"
_LARGE = 999.5
_NEARLY_ALL, _NEARLY_NONE = 9.5, 0.5
_PROVENANCE = {"measured": "Measured", "literature": "Literature", "assumed": "Assumed"}
_MOST_NAMED = 3
_HALF, _EVEN = 0.5, 0.05
_SEEN = 0.005
_WHAT = {"sign": "The sign", "rises": "Whether it rises at all", "falls": "Whether it falls at all"}
_WORDS = {
    "sign": ("rises", "falls"),
    "rises": ("rises", "does not rise"),
    "falls": ("does not fall", "falls"),
}


def sentences(found: Conditions, judged: Judgement) -> tuple[str, ...]:
    """What is known about one effect: its sign, what that hinges on, where it fails, what its size follows.

    Args:
        found: All that was found.
        judged: One of its judgements.
    """
    return tuple(_sentences(found, judged))


def _sentences(found: Conditions, judged: Judgement) -> Iterator[str]:
    yield verdict(judged)
    if not judged.draws:
        return
    for hinge in judged.hinges[:_MOST_NAMED]:
        row, here = found.parameters[hinge.parameter], found.here[hinge.parameter]
        yield of_hinge(hinge, row, here, question=judged.question)
    if not judged.hinges:
        yield _nothing(judged)
    for box in judged.gains[:1]:
        yield of_box(box, falls=False)
    for box in judged.losses[:1]:
        yield of_box(box, falls=True)
    if judged.drivers:
        named = [f"{each.parameter} ({_percent(each.share)})" for each in judged.drivers[:_MOST_NAMED]]
        yield f"How much it changes depends most on {_listed(named)}: shares of the variance of its rank."


def verdict(judged: Judgement) -> str:
    """In how much of what is believed the outcome rises, falls, stays, or cannot be told."""
    if not judged.draws:
        return "It was not measured in these runs."
    signs = judged.signs
    told = [
        f"{words} in {_percent(share)}"
        for words, share in (("rises", signs.more), ("falls", signs.less), ("does not change", signs.same))
        if share >= _SEEN
    ]
    luck = f"in {_percent(signs.untold)} luck does too much to tell"
    parts = [f"it {_listed(told)}"] if told else []
    parts += [luck] if signs.untold >= _SEEN or not told else []
    return f"Of {judged.draws:,} sets of parameters that are believed possible, {'; '.join(parts)}."


def of_hinge(hinge: Hinge, row: Mapping[str, str], here: float, *, question: Question = "sign") -> str:
    """What happens on both sides of a threshold, and on which side the community is believed to stand.

    Args:
        hinge: The hinge.
        row: What is known of its parameter: a row of `Params.describe`.
        here: Its value here.
        question: What the hinge is about.
    """
    unit = _unit(row)
    if not hinge.thresholds:
        # Ends of the belief are extreme; one in twenty lies beyond these.
        first, last = hinge.odds[1], hinge.odds[-2]
        return (
            f"{hinge.parameter} shifts the odds but does not decide alone: where it is {_figure(first.value)}"
            f"{unit}, it {moves(first.more, question)}; where it is {_figure(last.value)}{unit}, it "
            f"{moves(last.more, question)}. {known(row, here)}."
        )
    threshold = hinge.thresholds[0]
    where = f"{_figure(threshold.value)}{unit} ({_figure(threshold.low)} to {_figure(threshold.high)})"
    more = "" if len(hinge.thresholds) == 1 else ", up to the next turn"
    return (
        f"{_WHAT[question]} hinges on {hinge.parameter}: above {where} it {moves(threshold.above, question)}"
        f"{more}, below it {moves(threshold.below, question)}. {known(row, here)}, which lies "
        f"{side(threshold, here)}."
    )


def known(row: Mapping[str, str], here: float) -> str:
    """Where a value comes from, with its evidence: "Literature (C1, C3): 0.3"."""
    evidence = f" ({row['evidence']})" if row["evidence"] else ""
    return f"{_PROVENANCE[row['provenance']]}{evidence}: {_figure(here)}{_unit(row)}"


def side(threshold: Threshold, here: float) -> str:
    """On which side of a threshold a value lies.

    >>> side(Threshold(0.4, 0.3, 0.5, 0.9, 0.1), 0.45)
    'within the interval of the threshold'
    """
    if threshold.low <= here <= threshold.high:
        return "within the interval of the threshold"
    return "below" if here < threshold.value else "above"


def of_box(box: Box, *, falls: bool) -> str:
    """A region, and how much of it and of everything it says."""
    does = "falls" if falls else "rises"
    where = _listed([_limit(one) for one in box.limits])
    return (
        f"It {does} in {_percent(box.density)} of the sets with {where} ({_percent(box.unseen)} of sets that "
        f"were not used to find this); these are {_percent(box.mass)} of everything believed, and hold "
        f"{_percent(box.coverage)} of all in which it {does}."
    )


def of_ten(share: float) -> str:
    """A share of worlds in words.

    >>> of_ten(0.87), of_ten(0.99), of_ten(0.01)
    ('9 of 10 worlds', 'nearly every world', 'hardly any world')
    """
    tenths = 10 * share
    if tenths >= _NEARLY_ALL:
        return "nearly every world"
    return "hardly any world" if tenths < _NEARLY_NONE else f"{math.floor(tenths + 0.5)} of 10 worlds"


def moves(more: float, question: Question) -> str:
    """What the outcome does in most worlds, and in how many.

    >>> moves(0.2, "sign"), moves(0.7, "rises")
    ('falls in 8 of 10 worlds', 'rises in 7 of 10 worlds')
    """
    up, down = _WORDS[question]
    if question == "sign" and abs(more - _HALF) < _EVEN:
        return "rises as often as it falls"
    return f"{up} in {of_ten(more)}" if more >= _HALF else f"{down} in {of_ten(1 - more)}"


def _nothing(judged: Judgement) -> str:
    if max(judged.signs.more, judged.signs.less) > judged.signs.untold:
        return "No parameter was found that turns its sign."
    return "No parameter was found on which its sign hinges: what there is to see is luck."


def _limit(limit: Limit) -> str:
    low, high = _figure(limit.low), _figure(limit.high)
    if math.isinf(limit.high):
        return f"{limit.parameter} above {low}"
    return (
        f"{limit.parameter} below {high}" if math.isinf(limit.low) else f"{limit.parameter} {low} to {high}"
    )


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _unit(row: Mapping[str, str]) -> str:
    return "" if row["unit"] == "1" else f" {row['unit']}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _figure(value: float) -> str:
    """Three figures, or a whole number with its thousands apart."""
    text = f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.3g}"
    return text.replace("-", _MINUS)
