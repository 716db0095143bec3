"""Summaries: a stretch of months in a few numbers, the same from a record and from worlds.

Totals of each year, how unevenly the year's work was spread, how much months swing, and whether one tells of
the next: what an indicator would say, condensed for inference by simulation.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from allmende.grouping import changes, distinct_days
from allmende.model.recording import YEARLY, spread
from allmende.months import MONTHS_A_YEAR
from allmende.panel import Panel

__all__ = ["MONTHLY", "SUMMARIES", "observed", "summarised"]

Numbers = NDArray[np.float64]

MONTHLY = ("active_members", "newcomers", "contributions", "active_days")
SUMMARIES = ("yearly totals", "change of the years", "swing", "swing that lasts", "inequality")


def summarised(values: Mapping[str, Numbers]) -> Numbers:
    """The summaries of worlds. float64[worlds, summaries].

    Args:
        values: The series of `MONTHLY`, and those of a year under its last month, over a whole number of
            years. float64[worlds, months] each.
    """
    parts: list[Numbers] = []
    for name in MONTHLY:
        series = np.asarray(values[name], np.float64)
        years = np.log1p(series.reshape(len(series), -1, MONTHS_A_YEAR).sum(axis=2))
        swing = np.log1p(series) - np.log1p(series).mean(axis=1, keepdims=True)
        power = (swing**2).mean(axis=1)
        lasting = (swing[:, 1:] * swing[:, :-1]).mean(axis=1) / np.maximum(power, 1e-9)
        parts += [years, np.diff(years, axis=1), np.log(power + 1e-3)[:, None], lasting[:, None]]
    parts.append(parts[8][:, :1] - parts[0][:, :1])
    for name in YEARLY:
        yearly = np.asarray(values[name], np.float64)[:, MONTHS_A_YEAR - 1 :: MONTHS_A_YEAR]
        held = np.nan_to_num(yearly, nan=0.0)
        parts.append(np.log1p(held.mean(axis=1, keepdims=True)))
    return np.concatenate(parts, axis=1)


def observed(panel: Panel, *, start: int, months: int) -> dict[str, Numbers]:
    """The same series of a record. float64[1, months] each.

    Args:
        panel: The record.
        start: First month.
        months: How many.
    """
    rows = panel.rows(window=False)
    inside = (rows.month >= start) & (rows.month < start + months)
    member, month = rows.member[inside], rows.month[inside] - start
    count, days = rows.count[inside], rows.day_set[inside]
    cells = np.flatnonzero(changes(member, month))
    union = distinct_days(days, cells)
    joined = panel.first_month() - start
    joined = joined[(joined >= 0) & (joined < months)]
    found = {
        "active_members": np.bincount(month[cells], minlength=months).astype(np.float64),
        "newcomers": np.bincount(joined, minlength=months).astype(np.float64),
        "contributions": np.bincount(month, count, minlength=months),
        "active_days": np.bincount(month[cells], union, minlength=months),
        **{name: np.full(months, np.nan) for name in YEARLY},
    }
    for end in range(MONTHS_A_YEAR - 1, months, MONTHS_A_YEAR):
        year = (month > end - MONTHS_A_YEAR) & (month <= end)
        made = np.bincount(member[year], count[year]).astype(np.int64)
        ordered, row = np.sort(made[made > 0]), np.full(len(YEARLY), np.nan)
        row[0] = len(ordered)
        if len(ordered):
            spread(ordered, row)
        for name, value in zip(YEARLY, row, strict=True):
            found[name][end] = value
    return {name: values[None, :] for name, values in found.items()}
