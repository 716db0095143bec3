"""Findings: what a maintainer should know, as sentences with the figures they rest on.

Each rule is a function that looks at the answers and says a sentence or nothing. Its thresholds are
published or measured figures, named beside it; a rule whose interval reaches across its threshold says so
instead of deciding.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from allmende.answers import Answer, Change
from allmende.community import Community
from allmende.months import text as month_text
from allmende.panel import Panel

__all__ = ["KINDS", "Finding", "findings"]

KINDS = ("healthy", "fragile", "changed", "unsure")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know.

    Args:
        kind: One of `KINDS`.
        text: The sentence.
        indicators: The indicators it rests on.
    """

    kind: str
    text: str
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Threshold:
    """When an indicator is called fragile or healthy.

    Args:
        indicator: Name of the indicator.
        fragile: At or below this it is fragile.
        healthy: At or above this it is healthy.
        sentence: What is said, with {value}, {low}, {high}.
        fragile_because: The rest of the sentence when fragile.
        healthy_because: The rest of the sentence when healthy.
        share: Whether the number is a share, to be written in per cent.
        sentence_of_one: What is said instead when the number is 1.
    """

    indicator: str
    fragile: float
    healthy: float
    sentence: str
    fragile_because: str
    healthy_because: str
    share: bool = True
    sentence_of_one: str = ""


# Bands: contributor absence factor from A15 (at most 2 in 65 % of popular systems) and A22 (n50 of 3 to 17);
# retention of people and of work from B7 (shock year 19 % and 66 %, ordinary years from 28 % and 76 %);
# newcomer share from B9 (0.51 to 0.91, committers of httpd 0 to 0.21); elephant factor from D12.
_THRESHOLDS = (
    _Threshold(
        "contributor_absence_factor",
        2,
        5,
        "Half of the work of the last year rests on {value} members ({low} to {high})",
        "few departures would stop half of it.",
        "no single departure would stop it.",
        share=False,
        sentence_of_one="Half of the work of the last year rests on one member ({low} to {high})",
    ),
    _Threshold(
        "yearly_work_retention",
        0.66,
        0.76,
        "Members who did {value} ({low} to {high}) of the previous year's work were still active",
        "the rest of that experience is gone; ordinary years of known projects keep 76% or more.",
        "the experience stays.",
    ),
    _Threshold(
        "yearly_people_retention",
        0.19,
        0.28,
        "{value} ({low} to {high}) of the previous year's members came back",
        "known projects keep 28 to 37% in ordinary years.",
        "as many as in known projects, or more (28 to 37%).",
    ),
    _Threshold(
        "newcomer_share",
        0.21,
        0.5,
        "{value} ({low} to {high}) of the year's members were new",
        "few newcomers replace those who leave.",
        "the community renews itself.",
    ),
    _Threshold(
        "elephant_factor",
        1,
        3,
        "{value} organisations ({low} to {high}) make half of the work whose organisation is known",
        "its fate is tied to a single employer.",
        "no single employer decides its fate.",
        share=False,
        sentence_of_one=(
            "One organisation ({low} to {high}) makes half of the work whose organisation is known"
        ),
    ),
)

_MOVES = {
    "active_members": "Active members",
    "contributions": "Contributions",
    "newcomers": "Newcomers",
    "contributor_absence_factor": "Members who carry half of the work",
    "newcomer_share": "Share of newcomers",
}
_FEW_MEMBERS = 10
_READABLE = 0.5
_REFUSED = 0.01


def findings(
    community: Community, panel: Panel, answers: Sequence[Answer], changes: Sequence[Change]
) -> tuple[Finding, ...]:
    """What is healthy, what is fragile, what changed, and how sure all that is.

    Args:
        community: The community, for what its record is worth.
        panel: The panel the answers were made from.
        answers: What the indicators say.
        changes: How they moved.
    """
    known = {one.indicator: one for one in answers}
    found = [one for threshold in _THRESHOLDS for one in _judged(threshold, known.get(threshold.indicator))]
    found += _moved(changes)
    for doubt in _DOUBTS:
        found += [Finding("unsure", sentence) for sentence in doubt(community, panel)]
    return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))


def _judged(threshold: _Threshold, answer: Answer | None) -> Iterator[Finding]:
    if answer is None or answer.value is None or answer.interval is None:
        return
    low, value, high = (
        f"{number:.0%}" if threshold.share else f"{number:,.0f}"
        for number in (answer.interval.low, answer.value, answer.interval.high)
    )
    alone = threshold.sentence_of_one and value == "1"
    said = threshold.sentence_of_one if alone else threshold.sentence
    sentence = said.format(value=value, low=low, high=high)
    if answer.value <= threshold.fragile:
        doubt = answer.interval.high >= threshold.healthy
        kind, because = "fragile", threshold.fragile_because
    elif answer.value >= threshold.healthy:
        doubt = answer.interval.low <= threshold.fragile
        kind, because = "healthy", threshold.healthy_because
    else:
        return
    if doubt:
        text = f"{sentence}: too wide to say whether that is {kind}."
        yield Finding("unsure", text, (threshold.indicator,))
    else:
        yield Finding(kind, f"{sentence}: {because}", (threshold.indicator,))


def _moved(changes: Sequence[Change]) -> Iterator[Finding]:
    clear = [one for one in changes if one.indicator in _MOVES and one.clear]
    for one in clear:
        assert one.difference is not None
        before, after = one.before.value or 0.0, one.after.value or 0.0
        direction = "more" if after > before else "fewer"
        shown = "{:.0%}" if "share" in one.indicator else "{:,.0f}"
        figures = f"{shown.format(after)} against {shown.format(before)}"
        yield Finding(
            "changed",
            f"{_MOVES[one.indicator]}: {figures} in the twelve months before ({direction}, "
            "and not by chance in who took part).",
            (one.indicator,),
        )
    if changes and not clear:
        yield Finding("changed", "Nothing moved beyond what chance in who takes part would do in a year.")


def _truncated(community: Community, _panel: Panel) -> Iterator[str]:
    if community.truncated:
        yield (
            f"The history is cut short ({community.truncated}): who is new, who stayed and everything about "
            "whole careers is wrong by an unknown amount."
        )


def _regime(community: Community, _panel: Panel) -> Iterator[str]:
    if community.record.regime != "author":
        yield (
            f"The record is {community.record.regime} attributed: {community.record.regime_note}. "
            "It may name those who enter work, not those who do it. "
            "Do not compare it with author-attributed records."
        )


def _breaks(community: Community, panel: Panel) -> Iterator[str]:
    recent = [one for one in community.record.breaks if one.month >= panel.stop - 24]
    for one in recent:
        yield (
            f"The record itself changed in {month_text(one.month)} ({one.kind}: {one.note}): "
            "compare across it with care."
        )


def _small(_community: Community, panel: Panel) -> Iterator[str]:
    active = int((panel.last(min(12, panel.length)).counts() > 0).sum())
    if active < _FEW_MEMBERS:
        yield (
            f"In the last twelve months {'one member was' if active == 1 else f'only {active} members were'} "
            "active: one more or less changes every share."
        )


def _clocks(community: Community, _panel: Panel) -> Iterator[str]:
    if community.record.zoned_share < _READABLE:
        yield (
            f"Local hours can be read for {community.record.zoned_share:.0%} of the acts only: office hours "
            "say little here."
        )


def _refused(community: Community, _panel: Panel) -> Iterator[str]:
    refused, read = community.refusals.total, len(community.events)
    if refused > _REFUSED * (refused + read):
        yield f"{refused:,} of {refused + read:,} acts could not be read; `allmende read` lists the reasons."


def _employers(_community: Community, panel: Panel) -> Iterator[str]:
    if len(panel.orgs) > 1:
        yield (
            "Who is paid cannot be told from mail domains: most commits from private addresses of known "
            "projects are by employed people. Give an affiliation file for a better answer."
        )


_DOUBTS: tuple[Callable[[Community, Panel], Iterator[str]], ...] = (
    _truncated,
    _regime,
    _breaks,
    _small,
    _clocks,
    _refused,
    _employers,
)
