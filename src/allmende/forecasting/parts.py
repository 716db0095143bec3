"""Parts: the two forecasts of which the product is made, and how they become one.

*members* follows each member (`members`); *level* is a count whose level wanders (`statespace`), one for each
outcome. Each part gets its environment (`environment`); the product is their linear pool: every other path is
of the one, every other of the other. How many come is told by the level part, for the members part too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.forecasting.environment import CALM, Adjustment, adjusted, adjusted_year
from allmende.forecasting.history import MONTHLY, YEARLY, History
from allmende.forecasting.members import crowd_of, member_paths
from allmende.forecasting.statespace import filtered, simulated

__all__ = ["PARTS", "Parts", "parts_of", "pooled"]

Numbers = NDArray[np.float64]
PARTS = ("members", "level")
SEASON_SHARE = 0.7  # members active in a month swing less than what they make


@dataclass(frozen=True, slots=True)
class Parts:
    """Paths of each part before the environment.

    Args:
        monthly: part -> outcome of `MONTHLY` -> float64[paths, months].
        yearly: Outcome of `YEARLY` in the first year, by the members part. float64[paths] each.
        last: The year before: totals of all outcomes.
    """

    monthly: Mapping[str, Mapping[str, Numbers]]
    yearly: Mapping[str, Numbers]
    last: Mapping[str, float]


def parts_of(history: History, *, months: int, paths: int, seed: int) -> Parts:
    """Both parts for the months after a history.

    Args:
        history: What is known.
        months: How many months ahead.
        paths: How many futures of each part.
        seed: Seed of the draws.
    """
    level, season = {}, np.ones(0)
    for number, name in enumerate(MONTHLY):
        known = filtered(history.series[name], history.start)
        if name == "active_members":
            season = known.season
        level[name], _ = simulated(known, history.stop, months=months, paths=paths, seed=seed, part=number)
    crowd = crowd_of(history, season**SEASON_SHARE)
    people = member_paths(crowd, level["newcomers"], history.stop, seed=seed)
    members = {
        "active_members": people.active,
        "newcomers": level["newcomers"],
        "contributions": people.made,
    }
    yearly = {"contributor_absence_factor": people.absence, "organisations": people.orgs}
    return Parts({"members": members, "level": level}, yearly, history.totals(history.stop))


def pooled(parts: Parts, adjustments: Mapping[str, Adjustment], *, seed: int) -> dict[str, Numbers]:
    """The product: monthly outcomes float64[paths, months], yearly ones float64[paths, 1].

    Args:
        parts: The parts.
        adjustments: By "part outcome"; a part without one comes as it is.
        seed: Seed of the environment.
    """
    told = {}
    for number, name in enumerate(MONTHLY):
        ways = [
            adjusted(
                parts.monthly[part][name], parts.last[name], adjustments.get(f"{part} {name}", CALM),
                seed=seed, part=number * len(PARTS) + place,
            )
            for place, part in enumerate(PARTS)
        ]  # fmt: skip
        told[name] = ways[1].copy()
        # Newcomers are the level's in both parts; the others come from both by turns.
        if name != "newcomers":
            told[name][::2] = ways[0][::2]
    for number, name in enumerate(YEARLY, len(MONTHLY) * len(PARTS)):
        adjustment = adjustments.get(f"members {name}", CALM)
        values = adjusted_year(parts.yearly[name], parts.last[name], adjustment, seed=seed, part=number)
        told[name] = values[:, None]
    return told
