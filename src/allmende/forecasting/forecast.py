"""Forecast: the next months of a community, how far to trust that, and what happened where it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.aggregation import panel_of
from allmende.calibration.fit import Fit
from allmende.community import Break, Community
from allmende.errors import OutOfRangeError, TooFewError, UnknownNameError
from allmende.forecasting.environment import shipped
from allmende.forecasting.history import MONTHLY, YEARLY, History, history_of
from allmende.forecasting.parts import parts_of, pooled
from allmende.forecasting.reliability import Reliability, reliability_of
from allmende.forecasting.sufficient import cautions, refuse, since_break
from allmende.indicator import Interval
from allmende.months import MONTHS_A_YEAR, parse, text
from allmende.panel import Panel
from allmende.records.record import possible_moment

__all__ = ["FARTHEST", "LEVELS", "PATHS", "Forecast", "Opened", "forecast", "opened"]

Numbers = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
PATHS = 1000
FARTHEST = 60


@dataclass(frozen=True, slots=True)
class Forecast:
    """A community's coming months.

    Args:
        name: The community.
        start: First month of the future.
        months: How many.
        paths: Futures: outcomes of `MONTHLY` float64[paths, months], of `YEARLY` (first year) [paths, 1].
        known: What was known: outcomes of `MONTHLY` by month, before `start`.
        last: The year before, totals of all outcomes.
        truth: What happened, as far as it is known: float64[months or fewer]; empty when nothing is.
        true_year: The first year's figures where all of it is known; empty otherwise.
        reliability: How earlier forecasts of this community went; None when it is too young to tell.
        notes: What to bear in mind, as sentences.
        seed: Seed of the draws.
    """

    name: str
    start: int
    months: int
    paths: Mapping[str, Numbers]
    known: Mapping[str, Numbers]
    last: Mapping[str, float]
    truth: Mapping[str, Numbers]
    true_year: Mapping[str, float]
    reliability: Reliability | None
    notes: tuple[str, ...]
    seed: int

    def band(self, outcome: str, level: float = 0.8) -> tuple[Numbers, Numbers, Numbers]:
        """Low end, middle and high end of the interval of each month. float64[months] each.

        Raises:
            UnknownNameError: there is no such outcome.
        """
        paths = self._of(outcome)
        low, mid, high = np.quantile(paths, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return low, mid, high

    def year(self, outcome: str, level: float = 0.8) -> Interval:
        """The first year's total, or figure of the year; of fewer months when fewer were asked for.

        Raises:
            UnknownNameError: there is no such outcome.
        """
        totals = self._of(outcome)[:, :MONTHS_A_YEAR].sum(axis=1)
        low, mid, high = np.quantile(totals, [(1 - level) / 2, 0.5, (1 + level) / 2])
        return Interval(float(low), float(mid), float(high), level)

    def _of(self, outcome: str) -> Numbers:
        if outcome not in self.paths:
            raise UnknownNameError("outcome of a forecast", outcome, (*MONTHLY, *YEARLY))
        return self.paths[outcome]


def forecast(
    source: Community | Fit | Panel,
    *,
    months: int = 12,
    until: str | int | None = None,
    paths: int = PATHS,
    seed: int = 1,
    backtest: bool = True,
) -> Forecast:
    """What will the coming months bring, and how sure is that?

    The linear pool of a model of the members and a model of the level, each under an environment learned
    across communities (`docs/forecasting.md`). A fit or a record that ends before the last known month is
    scored against what happened since.

    Args:
        source: A community, the fit of one (`calibrate`), or a panel.
        months: How many months ahead, 1 to 60; scored are the first twelve.
        until: Last month that the forecast may know: "2022-12", or its number. By default the last complete
            one, or where the fit ended.
        paths: How many futures.
        seed: Seed of the draws.
        backtest: Whether to try how earlier forecasts of this community would have gone.

    Raises:
        TooFewError: too few members or months; the error carries what a flat line would say.
        OutOfRangeError: `months` or `until` lie outside their bounds.
    """
    if not 1 <= months <= FARTHEST:
        raise OutOfRangeError(
            f"a forecast of {months} months was asked for", expected=f"1 to {FARTHEST} months"
        )
    record = opened(source)
    whole = history_of(record.panel)
    refuse(whole, record.name)
    stop = _stop(whole, record.stop if until is None else until)
    known, changed = since_break(whole.until(stop), record.breaks)
    refuse(known, record.name)
    told = pooled(parts_of(known, months=months, paths=paths, seed=seed), shipped(), seed=seed)
    return Forecast(
        record.name,
        stop,
        months,
        told,
        known.series,
        known.totals(stop),
        {each: values[stop - whole.start :][:months] for each, values in whole.series.items()},
        whole.totals(stop + MONTHS_A_YEAR) if stop + MONTHS_A_YEAR <= whole.stop else {},
        reliability_of(known, seed=seed) if backtest else None,
        (*record.notes, *changed, *cautions(known, record.regime, record.truncated), *_horizon(months)),
        seed,
    )


class Opened(NamedTuple):
    """What a forecast needs of its source, whatever that is."""

    name: str
    panel: Panel
    breaks: tuple[Break, ...] = ()
    regime: str = "unknown"
    truncated: str = ""
    stop: int | None = None
    notes: tuple[str, ...] = ()


def opened(source: Community | Fit | Panel) -> Opened:
    """The panel of a source, with what is known of its record.

    Raises:
        TooFewError: there is no act by a person in it.
    """
    if isinstance(source, Panel):
        return Opened("the community", source, regime=source.regime)
    if isinstance(source, Community):
        panel = panel_of(source, kept=possible_moment(source.events))
        if not len(panel):
            raise TooFewError(
                f"'{source.name}' has no act by a person to forecast",
                next_step="Ask for another branch; `allmende read` shows what was refused.",
            )
        record = source.record
        return Opened(source.name, panel, record.breaks, record.regime, source.truncated)
    if source.panel is None:
        raise TooFewError(
            f"the fit of '{source.name}' was kept without its record", next_step="Calibrate anew."
        )
    breaks = () if source.stretch.cut is None else (source.stretch.cut,)
    return Opened(
        source.name, source.panel, breaks, source.panel.regime, "", source.stretch.stop - 1, source.notes
    )


def _stop(whole: History, until: str | int | None) -> int:
    """The month after the last that may be known."""
    if until is None:
        return whole.stop
    stop = (parse(until) if isinstance(until, str) else until) + 1
    if not whole.start < stop <= whole.stop:
        raise OutOfRangeError(
            f"a forecast of what follows {text(stop - 1)} was asked for",
            expected=f"a month from {text(whole.start)} to {text(whole.stop - 1)}, the last complete one",
        )
    return stop


def _horizon(months: int) -> tuple[str, ...]:
    if months <= MONTHS_A_YEAR:
        return ()
    return ("Forecasts were checked for twelve months ahead; what lies beyond is carried on from there.",)
