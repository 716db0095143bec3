"""Worlds: the same people's careers by the law alone, to hold the law against what they did.

Everybody joins when they did and is seen as long as they were; rates, chances and luck are drawn. It is the
simulator's null model (`model.member.active_days`), run without anything around it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, moment_of, stream_of
from allmende.grouping import changes, distinct_days
from allmende.kernel import compiled, kernel, word
from allmende.model.member import active_days
from allmende.model.traits import draw
from allmende.panel import CONTRIBUTIONS, Panel
from allmende.transforms import beta, gamma

__all__ = ["Cells", "cells_of", "imagined"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

D_RATE, D_STAY = int(Decision.TRAIT_RATE), int(Decision.TRAIT_DROPOUT)
D_ACTIVITY = int(Decision.ACTIVITY)


@dataclass(frozen=True, slots=True)
class Cells:
    """Active months of some members, sorted by member and month.

    Args:
        who: Place of the member among them. int64[cells].
        month: Months since joining. int64[cells].
        days: Active days. int64[cells].
        seen: Months from joining to the end of the window. int64[members].
    """

    who: Whole
    month: Whole
    days: Whole
    seen: Whole


def cells_of(panel: Panel, member: Whole, joined: Whole, stop: int) -> Cells:
    """What some members of a panel did before the month `stop`.

    Args:
        panel: The panel.
        member: Codes of the members, rising. int64.
        joined: Month each joined. int64.
        stop: Month after the last.
    """
    rows = panel.rows(window=False, actions=CONTRIBUTIONS)
    place = np.full(panel.size + 1, -1)
    place[member] = np.arange(len(member))
    who = place[rows.member]
    inside = np.flatnonzero((who >= 0) & (rows.month < stop) & (rows.month >= joined[np.maximum(who, 0)]))
    who, month, days = who[inside], rows.month[inside].astype(np.int64), rows.day_set[inside]
    cells = np.flatnonzero(changes(who, month))
    union = distinct_days(days, cells)
    return Cells(who[cells].astype(np.int64), month[cells] - joined[who[cells]], union, stop - joined)


def imagined(seen: Whole, law: Numbers, *, seed: int, replicate: int) -> Cells:
    """What the same people might have done, had they followed the law.

    Args:
        seen: Months each is seen. int64[members].
        law: r, alpha, a, b. float64[4].
        seed: Seed of the draws.
        replicate: Which world.
    """
    size = np.zeros(len(seen), np.int64)
    none = np.zeros(0, np.int64)
    compiled(_careers)(seen, law, seed, replicate, size, none, none)
    ends = np.cumsum(size)
    month, days = np.zeros(int(ends[-1]), np.int64), np.zeros(int(ends[-1]), np.int64)
    compiled(_careers)(seen, law, seed, replicate, ends - size, month, days)
    return Cells(np.repeat(np.arange(len(seen)), size), month, days, seen)


def _careers(  # noqa: PLR0917 - compiled code takes no keywords
    seen: Whole, law: Numbers, seed: int, replicate: int, place: Whole, month: Whole, days: Whole
) -> None:  # fmt: skip
    """Active months of each member; with no room in `month` they are only counted, in `place`."""
    for member in range(len(seen)):
        count = _career(member, int(seen[member]), law, seed, replicate, int(place[member]), month, days)
        if len(month) == 0:
            place[member] = count


@kernel
def _career(  # noqa: PLR0917 - compiled code takes no keywords
    member: int, seen: int, law: Numbers, seed: int, replicate: int, place: int, month: Whole, days: Whole
) -> int:  # fmt: skip
    moment = moment_of(word(0), word(0))
    rate = gamma(law[0], word(seed), stream_of(word(D_RATE), word(replicate)), word(member), moment) / law[1]
    stay = stream_of(word(D_STAY), word(replicate))
    chance = beta(law[2], law[3], word(seed), stay, word(member), moment)
    stream, count = stream_of(word(D_ACTIVITY), word(replicate)), 0
    for now in range(seen):
        u_days, u_stay = draw(seed, stream, 0, member, now, 0)
        done, left = active_days(1 if now == 0 else 0, min(rate, 60.0), chance, u_days, u_stay)
        if done > 0:
            if len(month) > 0:
                month[place + count] = now
                days[place + count] = done
            count += 1
        if left > 0:
            break
    return count
