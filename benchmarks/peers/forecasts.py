"""Forecasts that a user would make instead: libraries of time series, and the model of customers.

AutoETS, AutoARIMA (on logarithms) and AutoTheta of statsforecast (extra `baselines`); BG/NBD (Fader, Hardie,
Lee 2005) on active days, members independent, newcomers as in the last year. The libraries answer an
interval for each month and no paths: their "paths" are quantiles of each month and say nothing of totals.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from allmende.forecasting.history import MONTHLY, History
from allmende.months import MONTHS_A_YEAR

Numbers = NDArray[np.float64]
QUANTILES, PATHS = 200, 400
MEMORY = 144
LEVEL, HALF = 80, 1.2815515655446004
NO_TOTALS = ("AutoETS", "AutoARIMA on logs", "AutoTheta")


def forecasts(known: History, *, months: int, seed: int) -> dict[str, dict[str, Numbers]]:
    """What each says of the months after a history: method -> outcome -> float64[paths, months]."""
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

    told: dict[str, dict[str, Numbers]] = {name: {} for name in NO_TOTALS}
    for name in MONTHLY:
        series = known.series[name][-MEMORY:]
        told["AutoETS"][name] = _quantiles(AutoETS(season_length=MONTHS_A_YEAR), series, months)
        told["AutoTheta"][name] = _quantiles(AutoTheta(season_length=MONTHS_A_YEAR), series, months)
        logs = _quantiles(AutoARIMA(season_length=MONTHS_A_YEAR), np.log1p(series), months, least=-np.inf)
        told["AutoARIMA on logs"][name] = np.maximum(np.expm1(np.minimum(logs, 20)), 0)
    return told | {"BG/NBD": bg_nbd(known, months=months, seed=seed)}


def _quantiles(model: object, series: Numbers, months: int, *, least: float = 0.0) -> Numbers:
    from scipy.special import ndtri

    with warnings.catch_warnings():
        # Their search says that it stopped early, or that a series is constant.
        warnings.simplefilter("ignore")
        said = model.forecast(y=np.asarray(series, np.float64), h=months, level=[LEVEL])
    mean = np.asarray(said["mean"])
    deviation = np.asarray(said[f"hi-{LEVEL}"] - said[f"lo-{LEVEL}"]) / 2 / HALF
    deviation = np.where(np.isfinite(deviation), np.maximum(deviation, 1e-9), 1e-9)
    mean = np.where(np.isfinite(mean), mean, series[-MONTHS_A_YEAR:].mean())
    z = ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES)
    return np.maximum(mean[None, :] + z[:, None] * deviation[None, :], least)


def bg_nbd(known: History, *, months: int, seed: int) -> dict[str, Numbers]:
    """BG/NBD on active days, as the textbook has it: fitted to everybody, independent, rates constant."""
    from scipy.optimize import minimize
    from scipy.special import betaln, gammaln

    begins = np.flatnonzero(np.r_[True, known.member[1:] != known.member[:-1]])
    ends = np.r_[begins[1:], len(known.member)] - 1
    x = np.add.reduceat(known.days, begins) - 1.0
    # Within a month the record of a history tells how many days, not which: events lie in its middle.
    t = (known.month[ends] - known.month[begins]).astype(np.float64) + np.where(x > 0, 0.25, 0)
    seen = known.stop - known.month[begins] - 0.5

    def goal(logs: Numbers) -> float:
        r, alpha, a, b = np.exp(logs)
        active = betaln(a, b + x) - (r + x) * np.log(alpha + seen)
        gone = np.where(x > 0, betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t), -np.inf)
        likely = np.logaddexp(active, gone) - betaln(a, b) + gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        return float(0.01 * (logs**2).sum() - likely.sum())

    r, alpha, a, b = np.exp(
        minimize(goal, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3}).x
    )
    active = betaln(a, b + x) - (r + x) * np.log(alpha + seen)
    gone = np.where(x > 0, betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t), -np.inf)
    alive = 1 / (1 + np.exp(np.minimum(gone - active, 700)))
    generator = np.random.default_rng(seed)
    kept = alive > 1e-4
    present = _days(generator, alive[kept], (r + x[kept], alpha + seen[kept]), (a, b + x[kept]), months)
    rate = known.series["newcomers"][-MONTHS_A_YEAR:].mean()
    new = generator.poisson(rate, (PATHS, months)).astype(np.float64)
    days = present.sum(axis=1)
    members = (present > 0).sum(axis=1).astype(np.float64)
    for month in range(months):
        most = int(new[:, month].max())
        if not most:
            continue
        came = np.arange(most)[None, :] < new[:, month][:, None]
        fresh = (np.full(most, r), np.full(most, alpha)), (a, np.full(most, b))
        after = _days(generator, np.ones(most), *fresh, months - month, first=True)
        after *= came[:, :, None]
        days[:, month:] += after.sum(axis=1)
        members[:, month:] += (after > 0).sum(axis=1)
    inside = known.month >= known.stop - MONTHS_A_YEAR
    a_day = known.count[inside].sum() / known.days[inside].sum()
    return {"active_members": members, "newcomers": new, "contributions": np.rint(days * a_day)}


def _days(
    generator: np.random.Generator,
    alive: Numbers,
    rate: tuple[Numbers, Numbers],
    stay: tuple[float, Numbers],
    months: int,
    *,
    first: bool = False,
) -> Numbers:
    """Active days of each member in each month. float64[paths, members, months]."""
    size = (PATHS, len(alive))
    here = generator.random(size) < alive
    chance = np.clip(generator.beta(stay[0], stay[1], size), 1e-9, 1)
    left = np.where(here, generator.geometric(chance), 0)
    daily = generator.gamma(rate[0], 1 / rate[1], size)
    found = np.zeros((*size, months))
    for month in range(months):
        planned = generator.poisson(np.minimum(daily * (0.5 if first and month == 0 else 1.0), 60))
        # The first event of BG/NBD is no occasion to leave.
        free = 1 if first and month == 0 else 0
        acted = np.minimum(planned, left)
        left = np.where(planned >= left, 0, left - planned)
        found[:, :, month] = acted + free * here
    return found
