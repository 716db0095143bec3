"""In short: what a comparison found about each future, in the few sentences that a board reads first."""

from collections.abc import Iterator
from math import isfinite

from allmende.comparison import GROUPS, Comparison
from allmende.conditions.hinges import Conditions
from allmende.conditions.sentences import of_hinge, verdict
from allmende.effects import LESS_IS_BETTER, Effect, Standing
from allmende.reports.document import Sentences
from allmende.reports.escaping import visible
from allmende.reports.numbers import number

__all__ = ["NEUTRAL", "in_short"]

NEUTRAL = frozenset({"unpaid work", "paid work"})
"""Groups of which more is neither gain nor loss."""

_SURELY = 0.95


def in_short(told: Comparison, conditions: Conditions | None = None) -> tuple[Sentences, ...]:
    """A card for each future.

    Args:
        told: What was compared.
        conditions: What would have to be true, when that was asked.
    """
    standings = {each.policy: each for each in told.standings}
    return tuple(
        Sentences(
            _kind(told.effect(policy, told.outcome)),
            visible(policy),
            tuple(
                visible(each, longest=1000)
                for each in _sentences(told, standings[policy], policy, conditions)
            ),
        )
        for policy in told.results.policies[1:]
    )


def _kind(effect: Effect) -> str:
    if effect.verdict in {"the same", "cannot be told"}:
        return "changed" if effect.verdict == "the same" else "unsure"
    return "healthy" if (effect.verdict == "more") != (effect.name in LESS_IS_BETTER) else "fragile"


def _sentences(
    told: Comparison, standing: Standing, policy: str, conditions: Conditions | None
) -> Iterator[str]:  # fmt: skip
    effect = told.effect(policy, told.outcome)
    yield _change(effect)
    yield from _groups(told, policy)
    if len(told.standings) > 2:  # noqa: PLR2004 - a baseline and one future need no ranking
        yield f"It is the best of all futures in {number(standing.best, 'share')} of the worlds."
    if conditions is None or policy not in conditions.policies:
        return
    judged = conditions.judgement(policy, told.outcome)
    yield f"What is assumed may be otherwise. {verdict(judged)}"
    if judged.hinges:
        name = judged.hinges[0].parameter
        row, here = conditions.parameters[name], conditions.here[name]
        yield of_hinge(judged.hinges[0], row, here, question=judged.question)
        yield f"{name}: {row['meaning']}"


def _change(effect: Effect) -> str:
    what = effect.title.partition(":")[0]
    if effect.verdict == "the same":
        return f"{what} does not change in any world, if the assumptions are right."
    if not isfinite(effect.low) or not effect.baseline:
        return f"{what}: {effect.verdict}."
    low, mid, high = (
        number(value / abs(effect.baseline), "share") for value in (effect.low, effect.mean, effect.high)
    )
    if effect.verdict == "cannot be told":
        return f"Whether {what.lower()} rises or falls cannot be told: the effect is {low} to {high}."
    moves = "rises" if effect.verdict == "more" else "falls"
    share = effect.more if effect.verdict == "more" else 1 - effect.more
    often = "in nearly every world" if share >= _SURELY else f"in {number(share, 'share')} of the worlds"
    return f"{what} {moves}: {mid} ({low} to {high}) on average, {often}."


def _groups(told: Comparison, policy: str) -> Iterator[str]:
    """Who gains and who loses, as far as that can be told."""
    found: dict[str, list[str]] = {"more": [], "less": []}
    for group, names in GROUPS.items():
        verdicts = {told.effect(policy, name).verdict for name in names}
        for verdict_, groups in found.items():
            if verdict_ in verdicts and group not in NEUTRAL:
                groups.append(group)
    for does, groups in (("gain", found["more"]), ("lose", found["less"])):
        if groups:
            yield f"Who {does}s: {', '.join(groups)}."
    if not found["more"] and not found["less"]:
        yield "No group is seen to gain or to lose."
