"""Worlds of communities against the year that followed: `python -P benchmarks/calibration.py starts`.

Communities, origins and what is left out are those of `benchmarks/backtest.py`; 120 worlds each. What is lent
from other communities (`calibration.ahead`) was chosen looking at the years one and three years before the
end of these records, in both halves of the communities; the years two and four before the end were not
looked at.
"""

import numpy as np
from backtest import MONTHS, SEED, histories
from backtest_simulator import simulator
from numpy.typing import NDArray

from allmende.forecasting.history import MONTHLY, History
from allmende.forecasting.sufficient import usable
from allmende.panel import Panel
from shared_logs import community_panels

__all__ = ["starts"]

Numbers = NDArray[np.float64]
SEEN, ASIDE = (1, 3), (2, 4)
"""Origins in years before the end: those the constants were chosen on, and those kept aside."""
CALLED = {SEEN: "chosen on", ASIDE: "kept aside"}
ENDS = (0.1, 0.5, 0.9)


def starts(every: int) -> None:
    """The table: what happened against worlds, and how often 80 % of the worlds held it.

    Args:
        every: One in so many communities of each half.
    """
    print(
        "\n| years before the end | communities | forecasts | of | worlds / last year | / truth | 80 % held |"
    )
    print("|---|---|---:|---|---:|---:|---:|")
    for back in (SEEN, ASIDE):
        rows_of(back, every)


def rows_of(back: tuple[int, ...], every: int) -> None:
    """The rows of some origins.

    Args:
        back: Origins, in years before the end of the record.
        every: One in so many communities of each half.
    """
    panels, known = community_panels(), histories()
    names = list(known)
    chosen = [number for number in range(len(names)) if number // 2 % every == 0]
    found = {number: _origins(panels[names[number]], known[names[number]], back) for number in chosen}
    years = f"{' and '.join(map(str, back))}, {CALLED[back]}"
    for half, told in ((0, "first half"), (1, "second half")):
        rows = [row for number in chosen if number % 2 == half for row in found[number]]
        for place, outcome in enumerate(MONTHLY):
            table = np.array([row[place] for row in rows])
            against, error = np.expm1(np.median(table[:, :2], axis=0))
            print(
                f"| {years} | {told} | {len(rows)} | {outcome.replace('_', ' ')} | {against:+.0%} | "
                f"{error:+.0%} | {table[:, 2].mean():.0%} |",
                flush=True,
            )


def _origins(panel: Panel, history: History, backs: tuple[int, ...]) -> list[Numbers]:
    rows = []
    for back in backs:
        origin = history.stop - MONTHS * back
        before = history.until(origin)
        if usable(before):
            happened = history.until(origin + MONTHS).totals(origin + MONTHS)
            worlds = simulator(panel, before, months=MONTHS, seed=SEED)
            rows.append(_missed(worlds, happened, before.totals(origin)))
    return rows


def _missed(worlds: dict[str, Numbers], happened: dict[str, float], last: dict[str, float]) -> Numbers:
    """Logarithms of the middle world over last year and over what happened; whether that was held."""
    rows = []
    for outcome in MONTHLY:
        truth = np.log(happened[outcome] + 1)
        low, middle, high = np.quantile(np.log(worlds[outcome].sum(axis=1) + 1), ENDS)
        rows.append([middle - np.log(last[outcome] + 1), middle - truth, float(low <= truth <= high)])
    return np.array(rows)
