"""Reference values: deciles of each indicator by size and age, over the logs beside the project.

    python benchmarks/reference_values.py            prints a summary
    python benchmarks/reference_values.py --write    and writes src/allmende/data/reference.json

Each community counts once in a class: with the median of its years in it. Classes of fewer than five
communities are left out. Left out as well are the logs that `backtest.py` calls unfit, and of forks what they
share with their origin.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
# Last, so that scripts of this folder hide no installed package.
sys.path.append(str(Path(__file__).resolve().parent))

from backtest import CUT, FORKED, UNFIT

from allmende.answers import indicators
from allmende.errors import TooFewError
from allmende.indicator import Indicator
from allmende.months import parse
from allmende.panel import Panel
from allmende.standing import ANY_AGE, DECILES, cell_of, size_and_age, told_cell
from shared_logs import community_panels

PLACE = Path(__file__).resolve().parents[1] / "src" / "allmende" / "data" / "reference.json"
FEWEST, YEAR, MOST_YEARS = 5, 12, 15
SAME_PEOPLE = {"names who entered work, not who did it", "exported from elsewhere or garbled by an import",
               "the same people as in another log"}  # fmt: skip
YOUNG_FORKS = {"opentofu": "2023-09", "pulsar": "2022-07"}


def main() -> None:
    """Make the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--only", type=int, default=1)
    given = asked.parse_args()
    unfit = {name for reason, names in UNFIT.items() for name in names if reason in SAME_PEOPLE}
    unfit |= {"openvox", "valkey"}
    panels = {name: one for name, one in community_panels().items() if name not in unfit}
    chosen = [one for one in indicators() if not one.curve]
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name in sorted(panels)[:: given.only]:
        for cell, told in _of_community(name, panels[name], chosen).items():
            for indicator, numbers in told.items():
                values[cell][indicator].append(float(np.median(numbers)))
    cells = {cell: _cells(told) for cell, told in sorted(values.items()) if _cells(told)}
    for cell, told in cells.items():
        most = max(one["communities"] for one in told.values())
        print(f"{told_cell(cell)}: {len(told)} indicators, up to {most} communities")
    if given.write:
        _write(cells, len(panels))


def _of_community(name: str, panel: Panel, chosen: list[Indicator]) -> dict[str, dict[str, list[float]]]:
    begin = parse((FORKED | YOUNG_FORKS).get(name, "1970-01"))
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    stop = panel.stop - CUT + 1
    for number in range(MOST_YEARS):
        end = stop - YEAR * number
        if end - YEAR < max(begin, int(panel.month.min())):
            break
        window = panel.between(end - YEAR, end)
        active, age = size_and_age(window, end - YEAR, end)
        cell = cell_of(active, age)
        if not cell:
            continue
        whole = panel.between(int(panel.month.min()), end)
        for one in chosen:
            value = _asked(one, whole if one.lifetime else window)
            if value is not None:
                found[cell][one.name].append(value)
                found[f"{cell.partition(', ')[0]}, {ANY_AGE}"][one.name].append(value)
    return found


def _asked(one: Indicator, panel: Panel) -> float | None:
    try:
        value = one(panel)
    except TooFewError:
        return None
    assert isinstance(value, float | int)
    return float(value) if np.isfinite(value) else None


def _cells(told: dict[str, list[float]]) -> dict[str, dict[str, object]]:
    return {
        name: {
            "communities": len(values),
            "deciles": [float(f"{one:.4g}") for one in np.quantile(values, np.array(DECILES) / 100)],
        }
        for name, values in sorted(told.items())
        if len(values) >= FEWEST
    }


def _write(cells: dict[str, dict[str, dict[str, object]]], communities: int) -> None:
    import json

    told = {
        "made_by": "python benchmarks/reference_values.py --write",
        "communities": communities,
        "cells": cells,
    }
    PLACE.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
