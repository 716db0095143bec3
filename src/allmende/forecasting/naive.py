"""Naive forecasts: what a user would do without a model, as paths.

Each point forecast gets the errors that it made in the community's own past: whole stretches of errors, in
logarithms, so that totals are spread as they were.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.forecasting.history import History
from allmende.grouping import changes
from allmende.months import MONTHS_A_YEAR

__all__ = ["flat", "repeat_members", "seasonal_naive"]

Numbers = NDArray[np.float64]
_MOST_ERRORS = 60


def seasonal_naive(series: Numbers, *, months: int, paths: int, seed: int) -> Numbers:
    """Each month as the same month of the year before. float64[paths, months]."""
    place = np.arange(months) % MONTHS_A_YEAR

    def point(known: Numbers) -> Numbers:
        answer: Numbers = known[-MONTHS_A_YEAR:][place]
        return answer

    return _with_past_errors(point, series, months=months, paths=paths, seed=seed)


def flat(series: Numbers, *, months: int, paths: int, seed: int, last: int) -> Numbers:
    """Each month as the mean of the `last` months. float64[paths, months]."""

    def point(known: Numbers) -> Numbers:
        return np.full(months, known[-last:].mean())

    return _with_past_errors(point, series, months=months, paths=paths, seed=seed)


def repeat_members(history: History, *, months: int, paths: int, seed: int) -> dict[str, Numbers]:
    """Each member repeats the last year (Blythe et al. 2019, `evidence.md` J5): members independent.

    A member active in k of the last twelve months is active in each month with chance k / 12, and makes as
    much in an active month as in one of those, drawn at random; newcomers come as in the last year.
    """
    inside = history.month >= history.stop - MONTHS_A_YEAR
    member, count = history.member[inside], history.count[inside].astype(np.float64)
    begins = np.flatnonzero(changes(member))
    size = np.diff(np.r_[begins, len(member)])
    path = np.arange(paths)[:, None, None]
    month, who = np.arange(months)[None, :, None], np.arange(len(begins))[None, None, :]
    u = uniform(seed, Decision.BASELINE, replicate=path, month=month, member=who)
    acts = u < size / MONTHS_A_YEAR
    # What is left of u below the chance is itself uniform: it picks the month that is repeated.
    pick = np.minimum((u * MONTHS_A_YEAR).astype(np.int64), size - 1)
    active = acts.sum(axis=2).astype(np.float64)
    made = np.where(acts, count[begins + pick], 0.0).sum(axis=2)
    rate = history.series["newcomers"][-MONTHS_A_YEAR:].mean()
    new = _poisson(np.full((paths, months), rate), seed=seed, part=1)
    return {"active_members": active, "newcomers": new, "contributions": made}


def _poisson(mean: Numbers, *, seed: int, part: int) -> Numbers:
    from scipy.special import pdtrik

    u = uniform(
        seed,
        Decision.BASELINE,
        replicate=np.arange(mean.shape[0])[:, None],
        month=np.arange(mean.shape[1])[None, :],
        member=2**40 + part,
    )
    found: Numbers = np.maximum(np.ceil(pdtrik(u, np.maximum(mean, 1e-9))), 0.0)
    return found


def _with_past_errors(
    point: Callable[[Numbers], Numbers], series: Numbers, *, months: int, paths: int, seed: int
) -> Numbers:
    logs: Numbers = np.log1p(series)
    errors = [
        logs[stop : stop + months] - np.log1p(point(series[:stop]))
        for stop in range(len(series) - months, MONTHS_A_YEAR - 1, -1)
    ][:_MOST_ERRORS]
    best = np.log1p(point(series))
    if not errors:
        errors = [np.zeros(months)]
    # What the past grew by in the middle is no forecast of growth: centred errors serve these methods better.
    past = np.array(errors)
    past = past - np.median(past, axis=0)
    drawn = uniform(seed, Decision.BASELINE, replicate=np.arange(paths), member=2**41)
    answer: Numbers = np.expm1(best + past[(drawn * len(past)).astype(np.int64)])
    return np.maximum(np.rint(answer), 0.0)
