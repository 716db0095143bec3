"""Hinges: on which parameters does it hang whether a policy does good or harm?

    design = sample("commons", size=1_000)
    told = compare("commons", policies=[Bounty()], draws=design.draws, replicates=2, members=500, months=60)
    found = what_would_have_to_be_true(told, design)
    found.judgement("bounty", "contributions").hinges

`allmende.conditions.exploring.explore` does all of it at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.comparison import Comparison
from allmende.conditions.box import Box, find_boxes
from allmende.conditions.design import Design
from allmende.conditions.sensitivity import Share, shares
from allmende.conditions.signs import RARE, Question, Signs, asked_of, more_of, signs_of
from allmende.conditions.thresholds import Cell, Odds, Threshold, cells, odds, thresholds
from allmende.effects import ends, measured_mean
from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.executors import Progress
from allmende.model.parameters import MemberParams

__all__ = [
    "ALARM",
    "OUTCOMES",
    "Conditions",
    "FlipMap",
    "Hinge",
    "Judgement",
    "what_would_have_to_be_true",
]

Numbers = NDArray[np.float64]
ALARM = 0.05
"""How often a hinge, or a parameter that the size depends on, is named where there is none."""

OUTCOMES = (
    "use_value", "contributions", "active_members", "newcomers", "exchange_value_to_members", "gini",
)  # fmt: skip
_MOST_HINGES = 6
_HALF, _DENSE = 0.5, 0.6
_MOST_SHARE = 3.0
_TAILS = (0.1, 0.5, 0.9)


class Hinge(NamedTuple):
    """A parameter on which the sign of an effect hinges.

    Args:
        share: Share of the variance of the sign that goes with it, with its interval and p-value.
        thresholds: Where along it the sign turns, whatever the other parameters are; empty where it only
            shifts the odds.
        odds: The share of worlds with more along it.
    """

    share: Share
    thresholds: tuple[Threshold, ...]
    odds: tuple[Odds, ...]

    @property
    def parameter(self) -> str:
        """Its name."""
        return self.share.parameter


class FlipMap(NamedTuple):
    """Where the sign turns on the plane of the two most decisive parameters.

    Args:
        first: The parameter across.
        second: The parameter up.
        cells: Parts of the plane that are believed alike.
    """

    first: str
    second: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known about the sign and the size of one effect over everything believed.

    Args:
        policy: The future.
        name: Name of the outcome.
        title: What it is.
        unit: Its unit.
        draws: Draws in which it was measured.
        signs: Shares of the draws by the sign of the effect.
        question: What the hinges are about: the sign, or whether it rises (falls) at all.
        sizes: Effects below which a tenth, a half and nine tenths of the draws lie.
        relative: Whether sizes are shares of the baseline, and not in the unit.
        hinges: What the sign hinges on, the most decisive first.
        drivers: What the size depends on, the most decisive first.
        gains: Regions in which it is more.
        losses: Regions in which it is less.
        map: The plane of the two most decisive parameters; None where the sign hinges on nothing.
    """

    policy: str
    name: str
    title: str
    unit: str
    draws: int
    signs: Signs
    question: Question
    sizes: tuple[float, float, float]
    relative: bool
    hinges: tuple[Hinge, ...]
    drivers: tuple[Share, ...]
    gains: tuple[Box, ...]
    losses: tuple[Box, ...]
    map: FlipMap | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What would have to be true.

    Args:
        economy: Name of the economy.
        policies: The futures that are judged.
        judgements: One for each future and outcome.
        parameters: What is known of each parameter that is varied, by name: rows of `Params.describe`.
        here: Values at which the community is believed to stand, by name.
        draws: Sets of parameters.
        replicates: Worlds of each.
        members: Members at the start.
        months: Length of the run.
        seed: Seed of the study.
        version: Version of the package.
        hash: Hash of the results.
        notes: Sentences a reader must see.
    """

    economy: str
    policies: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    parameters: Mapping[str, Mapping[str, str]]
    here: Mapping[str, float]
    draws: int
    replicates: int
    members: int
    months: int
    seed: int
    version: str
    hash: str
    notes: tuple[str, ...]

    def judgement(self, policy: str, outcome: str) -> Judgement:
        """What is known of the effect of a future on an outcome.

        Raises:
            UnknownNameError: there is no such future or outcome; the nearest is offered.
        """
        if policy not in self.policies:
            raise UnknownNameError("future", policy, self.policies)
        found = {each.name: each for each in self.judgements if each.policy == policy}
        if outcome not in found:
            raise UnknownNameError("outcome", outcome, found)
        return found[outcome]


def what_would_have_to_be_true(
    told: Comparison,
    design: Design,
    *,
    here: MemberParams | None = None,
    outcomes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Conditions:
    """Over everything believed: on what does the sign of each effect hinge, and where does it turn?

    A hinge is named only where chance would name one in a twentieth of the effects that hinge on nothing, all
    parameters counted together, and only where at least one world in fifty goes the other way.

    Args:
        told: Futures simulated with the draws of the design, two replicates or more.
        design: The draws.
        here: Where the community is believed to stand; the defaults when None.
        outcomes: Which outcomes; the one that decides and `OUTCOMES` when None.
        progress: Called with the stage, effects judged and effects to judge.

    Raises:
        UnknownNameError: there is no such outcome; the nearest is offered.
        OutOfRangeError: the futures were not simulated with these draws.
    """
    results = told.results
    _, draws, replicates, months = results[told.outcome].shape
    if draws != len(design.draws):
        raise OutOfRangeError(
            f"{draws} draws were simulated, and the design has {len(design.draws)}",
            where="conditions",
            expected="a comparison with the draws of the design",
        )
    asked = tuple(dict.fromkeys((told.outcome, *OUTCOMES))) if outcomes is None else tuple(outcomes)
    for name in asked:
        if name not in results.variables:
            raise UnknownNameError("outcome", name, results.variables, where="conditions")
    pairs = [(future, name) for future in range(1, len(results.policies)) for name in asked]
    judged = []
    for done, (future, name) in enumerate(pairs):
        if progress is not None:
            progress("judging", float(done), float(len(pairs)))
        judged.append(_judged(told, design, future, name))
    known = here or type(design.draws[0])()  # type: ignore[call-arg]  # defaults stand first in param(...)
    rows = {row["name"]: row for row in known.describe() if row["name"] in design.names}
    at = {name: float(getattr(known, name)) for name in design.names}
    arguments = results.replay.arguments
    return Conditions(
        economy=str(arguments.get("economy", "economy")),
        policies=results.policies[1:],
        judgements=tuple(judged),
        parameters=rows,
        here=at,
        draws=draws,
        replicates=replicates,
        members=int(arguments.get("members", 0)),
        months=months,
        seed=results.replay.seed,
        version=results.replay.version,
        hash=results.hash(),
        notes=told.notes,
    )


def _judged(told: Comparison, design: Design, future: int, name: str) -> Judgement:
    variable, values = told.results.variables[name], ends(told.results, name)
    effects = values[future] - values[0]
    signs = signs_of(effects)
    question = asked_of(signs)
    more = more_of(effects, question)
    sizes, relative = _sizes(values[0], effects)
    measured = np.isfinite(more)
    hinges = _hinges(design, more)
    gains, losses = _regions(design, more, question) if measured.any() else ((), ())
    quantiles = np.nanquantile(sizes, _TAILS) if np.isfinite(sizes).any() else np.full(len(_TAILS), np.nan)
    low, mid, high = (float(value) for value in quantiles)
    return Judgement(
        policy=told.results.policies[future],
        name=name,
        title=variable.title,
        unit=variable.unit,
        draws=int(measured.sum()),
        signs=signs,
        question=question,
        sizes=(low, mid, high),
        relative=relative,
        hinges=hinges,
        drivers=_ranked(shares(design.unit, design.names, _rankits(sizes))),
        gains=gains,
        losses=losses,
        map=_map(design, more, sizes, hinges),
    )


def _sizes(baseline: Numbers, effects: Numbers) -> tuple[Numbers, bool]:
    """The effect in each draw: as a share of its baseline where every draw has one worth the name."""
    middle, level = measured_mean(effects), measured_mean(baseline)
    told = np.isfinite(level + middle)
    if not told.any() or not (level[told] > 0).all():
        return middle, False
    shares_of_it = middle / level
    relative = bool(np.median(np.abs(shares_of_it[told])) <= _MOST_SHARE)
    return (shares_of_it if relative else middle), relative


def _rankits(sizes: Numbers) -> Numbers:
    """Sizes as normal scores of their ranks: a few extreme draws must not decide what size depends on."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    found = np.full(sizes.shape, np.nan)
    told = np.isfinite(sizes)
    found[told] = ndtri((rankdata(sizes[told]) - 0.5) / max(int(told.sum()), 1))
    return found


def _ranked(found: Sequence[Share]) -> tuple[Share, ...]:
    telling = [each for each in found if each.p < ALARM and each.share > 0]
    return tuple(sorted(telling, key=lambda each: -each.share)[:_MOST_HINGES])


def _hinges(design: Design, more: Numbers) -> tuple[Hinge, ...]:
    told = np.isfinite(more)
    share = float(more[told].mean()) if told.any() else 0.0
    if not RARE <= share <= 1 - RARE:
        return ()
    found = []
    for each in _ranked(shares(design.unit, design.names, more)):
        place = design.names.index(each.parameter)
        unit, values = design.unit[told, place], design.values[told, place]
        found.append(Hinge(each, thresholds(unit, values, more[told]), odds(unit, values, more[told])))
    return tuple(found)


def _regions(
    design: Design, more: Numbers, question: Question
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:  # fmt: skip
    """Where the effect is more, and where it is less; thin regions say nothing and are left out."""
    told = np.isfinite(more)
    values, share = design.values[told], more[told]
    gains = find_boxes(values, design.names, share > _HALF) if question != "falls" else ()
    losses = find_boxes(values, design.names, share < _HALF) if question != "rises" else ()
    return tuple(box for box in gains if box.unseen >= _DENSE), tuple(
        box for box in losses if box.unseen >= _DENSE
    )


def _map(design: Design, more: Numbers, sizes: Numbers, hinges: tuple[Hinge, ...]) -> FlipMap | None:
    if not hinges:
        return None
    first = hinges[0].parameter
    second = hinges[1].parameter if len(hinges) > 1 else _partner(design, more, first)
    told = np.isfinite(more)
    places = [design.names.index(name) for name in (first, second)]
    found = cells(design.unit[told][:, places], design.values[told][:, places], more[told], sizes[told])
    return FlipMap(first, second, found)


def _partner(design: Design, more: Numbers, first: str) -> str:
    """The parameter that says most about the sign beside the first one."""
    ranked = sorted(shares(design.unit, design.names, more), key=lambda each: (each.p, -each.share))
    return next(each.parameter for each in ranked if each.parameter != first)
