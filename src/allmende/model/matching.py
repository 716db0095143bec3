"""Matching: a pool divided by quadratic matching of what supporters give.

Many small gifts count more than a few large ones: what a member can claim is (sum of sqrt c_i)^2 over the
gifts c_i of the supporters (the liberal-radical rule of Buterin, Hitzig and Weyl 2019; `evidence.md` C29).
Who supports whom follows from what was made: supporters of a member are Poisson, in proportion to the
month's contributions and their quality; gifts are log-normal. Gifts are signals here: small, and not counted
as money.
"""

import math

import numpy as np
from numpy.typing import NDArray

from allmende.counts import poisson
from allmende.draws import Decision
from allmende.kernel import kernel
from allmende.model.state import Members
from allmende.model.traits import draw, mean_one

__all__ = ["MOST_SUPPORTERS", "matched", "supported"]

MOST_SUPPORTERS = 500
SUPPORT = 1.0
GIFT_SPREAD = 1.0
D_PAYMENT = int(Decision.PAYMENT)


@kernel
def matched(supporters: int, seed: int, key: int, arrival: int, rank: int, month: int) -> float:
    """The claim of a member with so many supporters: (sum of sqrt c_i)^2 of their gifts c_i.

    Args:
        supporters: How many.
        seed: Seed of the study.
        key: Stream of the decision PAYMENT.
        arrival: Month of the member's arrival.
        rank: Rank in that month.
        month: Month of the run.
    """
    total = 0.0
    for number in range(supporters):
        u, _ = draw(seed, key, arrival, rank, month, number + 1)
        total += math.sqrt(mean_one(u, GIFT_SPREAD))
    return total * total


def supported(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], threshold: float,
    streams: NDArray[np.uint64], seed: int, month: int, found: NDArray[np.float64],
) -> None:  # fmt: skip
    """What each member can claim of a matched pool this month.

    Args:
        members: The rows.
        first: Row where each world begins.
        count: Rows in use.
        threshold: Least number of supporters for a claim.
        streams: From `blocks.streams_of`.
        seed: Seed of the study.
        month: Month of the run.
        found: Filled; 0 in rows not in use and for employed members. float64[rows].
    """
    for world in range(len(count)):
        stop, key = int(first[world] + count[world]), int(streams[world, D_PAYMENT])
        for row in range(int(first[world]), int(first[world + 1])):
            found[row] = 0.0
            if row >= stop or members.employer[row] > 0 or members.days[row] == 0:
                continue
            arrival, rank = int(members.arrival[row]), int(members.rank[row])
            u, _ = draw(seed, key, arrival, rank, month, 0)
            mean = SUPPORT * float(members.quality[row]) * int(members.acts[row])
            supporters = min(poisson(min(mean, 1.0 * MOST_SUPPORTERS), u), MOST_SUPPORTERS)
            if supporters >= threshold:
                found[row] = matched(supporters, seed, key, arrival, rank, month)
