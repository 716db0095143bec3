"""Answers: what indicators say about windows, with an interval or a reason why not.

An indicator that refuses does not stop the others: its reason stands where the number would, beside the
estimate it distrusts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from allmende import plugins
from allmende.errors import TooFewError
from allmende.indicator import Curve, Indicator, Interval
from allmende.panel import NEVER, Panel
from allmende.resampling import LEVEL, REPLICATES, attempt, attempted, interval_of, picks

__all__ = ["PERIODS", "Answer", "Change", "answer", "change", "complete_window", "indicators", "periods"]

PERIODS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an indicator says about one window.

    Args:
        indicator: Name of the indicator.
        start: First month of the window.
        stop: Month after its last.
        value: The number; None when the indicator refused or answers a curve.
        interval: Its uncertainty; None when there is no value.
        note: Why there is no value, or what to bear in mind; "" when nothing.
        distrusted: The estimate that a refusing indicator does not trust.
        curve: The curve, for indicators that answer one.
        curve_low: Lower ends of the interval at each point of the curve.
        curve_high: Upper ends.
    """

    indicator: str
    start: int
    stop: int
    value: float | None = None
    interval: Interval | None = None
    note: str = ""
    distrusted: float | None = None
    curve: Curve | None = None
    curve_low: tuple[float, ...] = ()
    curve_high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """How an indicator moved from one window to the next, on the same resampled members.

    Args:
        indicator: Name of the indicator.
        before: The answer for the earlier window.
        after: The answer for the later window.
        difference: `after` minus `before`, with its interval; None when one of them refused.
    """

    indicator: str
    before: Answer
    after: Answer
    difference: Interval | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.difference is not None and (self.difference.low > 0 or self.difference.high < 0)


def indicators(names: Iterable[str] = ()) -> list[Indicator]:
    """The indicators of these names; all that are installed when none is named.

    Raises:
        UnknownNameError: there is none of that name.
    """
    chosen = [plugins.get("indicator", name) for name in names] or list(plugins.find("indicator").values())
    return [one for one in chosen if isinstance(one, Indicator)]


def complete_window(panel: Panel, length: int = 12) -> tuple[int, int]:
    """The last `length` complete months: the month in which the record ends is not complete.

    A record of at most `length` + 1 months is one window, its last month included.
    """
    stop = panel.stop - 1 if panel.stop - panel.start > length else panel.stop
    return max(panel.start, stop - length), stop


def periods(panel: Panel, by: str) -> list[tuple[int, int]]:
    """The complete calendar months, quarters or years of a panel's window.

    Args:
        panel: The panel.
        by: One of `PERIODS`.
    """
    step = PERIODS[by]
    first = -(-panel.start // step) * step
    last = panel.stop - 1
    return [(start, start + step) for start in range(first, last - step + 1, step)]


def answer(
    chosen: Sequence[Indicator],
    panel: Panel,
    *,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Answer]:
    """What each indicator says about the panel's window.

    Args:
        chosen: The indicators.
        panel: The panel.
        replicates: How many times members are resampled; 0 for no intervals.
        level: Share of the resampled values inside the interval.
        seed: Seed of the resampling.
    """
    answers = [_ask(one, panel) for one in chosen]
    asked = [
        (i, one)
        for i, one in enumerate(chosen)
        if answers[i].value is not None or answers[i].curve is not None
    ]
    found: dict[int, list[float | Curve | None]] = {i: [] for i, _ in asked}
    careers = any(one.lifetime for one in chosen)
    for pick in picks(panel, replicates=replicates if asked else 0, seed=seed, careers=careers):
        resampled = panel.resampled(pick)
        for i, one in asked:
            found[i].append(attempt(one, resampled))
    for i, one in asked:
        if replicates:
            answers[i] = _with_interval(answers[i], found[i], level, one.bounds)
    return answers


def change(
    chosen: Sequence[Indicator],
    panel: Panel,
    *,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Change]:
    """How each indicator that answers a number moved from the window before to this one."""
    scalar = [one for one in chosen if not one.curve and not one.lifetime]
    earlier = panel.before()
    if earlier.start < int(panel.first_month()[panel.first_month() != NEVER].min(initial=panel.stop)):
        return []
    after, before = [_ask(one, panel) for one in scalar], [_ask(one, earlier) for one in scalar]
    asked = [
        (i, one) for i, one in enumerate(scalar) if after[i].value is not None and before[i].value is not None
    ]
    moved: dict[int, list[float]] = {i: [] for i, _ in asked}
    for pick in picks(panel, replicates=replicates if asked else 0, seed=seed, careers=False):
        now, then = panel.resampled(pick), earlier.resampled(pick)
        for i, one in asked:
            moved[i].append(attempted(one, now) - attempted(one, then))
    changes = [Change(one.name, b, a) for one, b, a in zip(scalar, before, after, strict=True)]
    for i, _ in asked:
        value = (after[i].value or 0.0) - (before[i].value or 0.0)
        if replicates:
            changes[i] = replace(changes[i], difference=interval_of(value, moved[i], level, (-inf, inf)))
    return changes


def _ask(one: Indicator, panel: Panel) -> Answer:
    try:
        value = one(panel)
    except TooFewError as refusal:
        estimate = refusal.estimate if refusal.estimate is not None and isfinite(refusal.estimate) else None
        return Answer(one.name, panel.start, panel.stop, note=str(refusal), distrusted=estimate)
    if isinstance(value, Curve):
        return Answer(one.name, panel.start, panel.stop, curve=value)
    if not isfinite(value):
        note = f"{one.name} gave {value}, which is not a number to report."
        return Answer(one.name, panel.start, panel.stop, note=note)
    return Answer(one.name, panel.start, panel.stop, value=float(value))


def _with_interval(
    plain: Answer, found: list[float | Curve | None], level: float, bounds: tuple[float, float]
) -> Answer:
    if plain.curve is None:
        values = [float(v) for v in found if isinstance(v, float | int)]
        return replace(plain, interval=interval_of(plain.value or 0.0, values, level, bounds))
    table = _curve_table(plain.curve, found)
    ends = [
        interval_of(float(y), table[:, i].tolist(), level, bounds)
        if isfinite(y)
        else Interval(y, y, y, level)
        for i, y in enumerate(plain.curve.y)
    ]
    return replace(
        plain,
        curve_low=tuple(one.low for one in ends),
        curve_high=tuple(one.high for one in ends),
    )


def _curve_table(curve: Curve, found: list[float | Curve | None]) -> NDArray[np.float64]:
    """Resampled curves at the points of the estimate, nan where one has no such point. float64[n, points]."""
    table = np.full((len(found), len(curve.x)), np.nan)
    place = {label: i for i, label in enumerate(curve.labels)}
    for row, one in enumerate(found):
        if isinstance(one, Curve):
            for label, y in zip(one.labels, one.y, strict=True):
                if label in place:
                    table[row, place[label]] = y
    return table
