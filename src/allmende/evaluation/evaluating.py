"""Evaluating: what followed a past event, by ways that know different things, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.fit import Fit
from allmende.community import Break, Community
from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.evaluation.donors import FEWEST, beside, covering
from allmende.evaluation.expected import LEVELS, Window, expected, interval_of, log_ratios, widened
from allmende.evaluation.placebos import Placebo, placebos_of, widening
from allmende.evaluation.scope import LEAST_AFTER, refuse, steps, window_of
from allmende.forecasting.forecast import PATHS, opened
from allmende.forecasting.history import MONTHLY, History, history_of
from allmende.forecasting.sufficient import cautions, since_break
from allmende.indicator import Interval
from allmende.months import text
from allmende.panel import Panel

__all__ = ["GRADES", "Estimate", "Evaluation", "evaluate", "evaluated"]

Numbers = NDArray[np.float64]

LONGEST = 24
FEWEST_PLACEBOS = 4
GRADES = ("clear", "weak", "disputed", "none")
"""clear: beyond what is usual, all ways agree; weak: beyond, with something that speaks against; disputed:
the ways disagree about the direction; none: within what is usual."""
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """One way's answer: what happened over what was expected, as a ratio (0.6: two fifths fewer).

    Args:
        way: "both", "members", "level"; with donors "difference", "synthetic".
        narrow: The 80 % interval; its middle is the estimate.
        wide: The 95 % interval.
        widening: By how much placebos widened both.
        as_large: How many placebos are as large, either way.
    """

    way: str
    narrow: Interval
    wide: Interval
    widening: float = 1.0
    as_large: int = 0

    @property
    def beyond(self) -> bool:
        """Whether "as expected" lies outside the 95 % interval."""
        return not self.wide.low <= 1 <= self.wide.high


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What followed an event, held against what was to be expected.

    Nothing in it says that the event was the cause: what else happened then is not in the record.

    Args:
        name: The community.
        event: The date as it was given.
        window: The months.
        known: The outcome by month before the window, from `first`. float64[months].
        first: Month of the first of `known`.
        observed: What happened. float64[months].
        paths: What was to be expected, widened by what placebos showed: float64[paths, months].
        smallest: Ratios between which a change cannot be told from what is usual, to be read first.
        estimates: One for each way, "both" first: it is the answer, the others say how far to trust it.
        placebos: Earlier dates at which the same was tried.
        grade: One of `GRADES`.
        against: What speaks against reading the estimate as an effect, as sentences.
        notes: What else to bear in mind.
        seed: Seed of the draws.
    """

    name: str
    event: str
    window: Window
    known: Numbers
    first: int
    observed: Numbers
    paths: Numbers
    smallest: Interval
    estimates: tuple[Estimate, ...]
    placebos: tuple[Placebo, ...]
    grade: str
    against: tuple[str, ...]
    notes: tuple[str, ...]
    seed: int

    @property
    def answer(self) -> Estimate:
        """The estimate of both ways together."""
        return self.estimates[0]

    def band(self, level: float = 0.8) -> tuple[Numbers, Numbers, Numbers]:
        """Low end, middle and high end of what was expected of each month. float64[months] each."""
        low, mid, high = np.quantile(self.paths, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return low, mid, high


def evaluate(
    source: Community | Fit | Panel,
    *,
    event: str,
    outcome: str = "active_members",
    months: int = 12,
    donors: Sequence[Community | Panel] = (),
    seed: int = 1,
) -> Evaluation:
    """What followed that event, against what the record before it let expect?

    The expectation is the package's forecast from the month before, and beside it each of its two ways alone.
    The same is done at earlier dates of the community, and intervals are widened to what those show
    (`docs/how-to/evaluate.md`).

    Args:
        source: A community, the fit of one (`calibrate`), or a panel.
        event: "2024-03-20" or "2024-03". After the fifteenth, counting begins in the next month.
        outcome: "active_members", "newcomers" or "contributions".
        months: How many months after it, 6 to 24; fewer are counted where fewer are known.
        donors: Other communities that the event did not touch, at least five: two more answers.
        seed: Seed of the draws.

    Raises:
        AllmendeError: the event is no date.
        UnknownNameError: there is no such outcome.
        OutOfRangeError: the event lies outside the record, or `months` outside its bounds.
        TooFewError: the record is too short before or after it, or changed what it counts; carries the plain
            ratio of after to before.
    """
    if outcome not in MONTHLY:
        raise UnknownNameError("outcome of an evaluation", outcome, MONTHLY)
    if not LEAST_AFTER <= months <= LONGEST:
        raise OutOfRangeError(
            f"{months} months after an event were asked for", expected=f"{LEAST_AFTER} to {LONGEST} months"
        )
    record = opened(source)
    history = history_of(record.panel)
    window = window_of(history, event, outcome=outcome, months=months)
    refuse(history, window, record.breaks, record.name)
    before = since_break(history.until(window.known), record.breaks)[0]
    others = [history_of(opened(one).panel) for one in donors]
    return evaluated(
        history.since(before.start),
        window,
        name=record.name,
        event=event,
        donors=others,
        against=tuple(_stepped(one) for one in steps(window, record.breaks)),
        notes=(*_shortened(window, months), *cautions(before, record.regime, record.truncated)),
        seed=seed,
    )


def evaluated(
    history: History,
    window: Window,
    *,
    name: str,
    event: str,
    donors: Sequence[History] = (),
    against: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    seed: int = 1,
) -> Evaluation:
    """The evaluation of a window of a history that can carry it.

    Args:
        history: The record, all of it counted in one way.
        window: The months of the event.
        name: The community.
        event: The date.
        donors: Other communities.
        against: What is known to speak against an effect.
        notes: What else to bear in mind.
        seed: Seed of the draws.
    """
    told = expected(history, window, paths=PATHS, seed=seed)
    placebos = placebos_of(history, window, seed=seed)
    observed = window.observed(history)
    own = [_estimate(way, observed, paths, placebos) for way, paths in told.items()]
    usable_donors = covering(donors, window)
    enough = len(usable_donors) >= FEWEST
    beyond = beside(history, usable_donors, window) if enough else {}
    estimates = (*own, *(Estimate(way, *intervals) for way, intervals in beyond.items()))
    factor = own[0].widening
    speaks = (*against, *_doubts(estimates, placebos))
    before = history.until(window.known).series[window.outcome]
    return Evaluation(
        name,
        event,
        window,
        history.series[window.outcome][: window.start - history.start],
        history.start,
        observed,
        np.maximum(np.exp(widened(np.log(told["both"] + _HALF), factor)) - _HALF, 0),
        _smallest(told["both"], factor),
        estimates,
        placebos,
        _grade(estimates, speaks),
        speaks,
        (*notes, *_donors_told(len(donors), len(usable_donors)), *_growing(before)),
        seed,
    )


def _estimate(way: str, observed: Numbers, paths: Numbers, placebos: Sequence[Placebo]) -> Estimate:
    factor = widening(placebos, way)
    logs = widened(log_ratios(observed, paths), factor)
    narrow, wide = (interval_of(logs, level) for level in LEVELS)
    size = abs(np.log(narrow.mid))
    as_large = sum(1 for one in placebos if abs(one.logs[way]) >= size)
    return Estimate(way, narrow, wide, factor, as_large)


def _smallest(paths: Numbers, factor: float) -> Interval:
    logs = widened(np.log(paths.sum(axis=1) + _HALF), factor)
    reach = float(np.quantile(np.abs(logs - np.median(logs)), LEVELS[1]))
    return Interval(float(np.exp(-reach)), 1.0, float(np.exp(reach)), LEVELS[1])


def _signs_agree(estimates: Sequence[Estimate]) -> bool:
    return len({one.narrow.mid > 1 for one in estimates}) == 1


def _grade(estimates: Sequence[Estimate], against: Sequence[str]) -> str:
    if not estimates[0].beyond:
        return "none"
    if not _signs_agree(estimates):
        return "disputed"
    return "weak" if against else "clear"


def _doubts(estimates: Sequence[Estimate], placebos: Sequence[Placebo]) -> tuple[str, ...]:
    answer = estimates[0]
    said = []
    if not _signs_agree(estimates):
        said.append("The ways disagree about the direction.")
    if len(placebos) < FEWEST_PLACEBOS:
        only = "Only one earlier date" if len(placebos) == 1 else f"Only {len(placebos)} earlier dates"
        dates = only if placebos else "No earlier date"
        said.append(f"{dates} could be tried: how wide intervals are rests on other communities.")
    if answer.as_large:
        said.append(
            f"At {answer.as_large} of {len(placebos)} earlier dates without this event the same method finds "
            "a change as large."
        )
    return tuple(said)


def _stepped(one: Break) -> str:
    return (
        f"The record steps in {text(one.month)} ({one.note}). Members who left and work that moved elsewhere "
        "look the same here."
    )


def _shortened(window: Window, months: int) -> tuple[str, ...]:
    said = []
    counted = window.stop - window.start
    if counted < months:
        said.append(f"Only {counted} of {months} months after the event are known completely.")
    if window.start > window.known:
        said.append(
            f"The event came late in its month: counting begins in {text(window.start)}, and nothing from "
            f"{text(window.known)} on is known to the expectation."
        )
    return tuple(said)


def _donors_told(given: int, used: int) -> tuple[str, ...]:
    if used == given and (not given or used >= FEWEST):
        return ()
    left = f"{used} of {given} donor communities know two years before the event and all months after it"
    return (left + ("." if used >= FEWEST else f"; {FEWEST} are needed, so they were left out."),)


def _growing(before: Numbers) -> tuple[str, ...]:
    year, past = before[-12:].sum(), before[-24:-12].sum()
    if year < 1.5 * past:  # half as much again in a year
        return ()
    said = (
        "The community grew by half or more in the year before: whether it would have gone on growing no "
        "method can know, and a rise after the event may be the same growth."
    )
    return (said,)
