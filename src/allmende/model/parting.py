"""Parting: part of the members leave together for a project of their own, a fork of the common work.

Each member who is there takes one side, decided by one keyed number. A world follows those who stay or, with
`Parting.fork`, those who go; so two worlds of the same luck hold every member exactly once, and who parted
from one is who is left in the other. The works are copied: a licence that allows it is what makes a fork.
Users go along in part; money stays where it is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision
from allmende.kernel import compiled, kernel
from allmende.model.rules import Parting
from allmende.model.state import Members, Status
from allmende.model.traits import draw
from allmende.model.worlds import Worlds

__all__ = ["goes", "part", "sides"]

GONE, ACTIVE, BACK = int(Status.GONE), int(Status.ACTIVE), int(Status.RETURNED)
D_PARTING = int(Decision.SHOCK)
CORE, OUTER, EMPLOYED, FORK = range(4)


def part(worlds: Worlds, partings: Sequence[Parting], core_days: NDArray[np.float64], month: int) -> None:
    """Let members and users go whose month has come, and count the members; changes the worlds.

    Args:
        worlds: The worlds at the beginning of the month.
        partings: The events of this month.
        core_days: Active days from which a member is of the core. float64[worlds].
        month: Month of the run.
    """
    worlds.parted = np.zeros(worlds.batch.size)
    for number, each in enumerate(partings):
        chances = np.array([each.core, each.outer, each.employed, float(each.fork)])
        standing = worlds.standing
        compiled(sides)(
            standing.members, standing.first, standing.count, core_days, chances, worlds.streams,
            worlds.batch.seed, month, number, worlds.parted,
        )  # fmt: skip
        worlds.adopted = worlds.adopted * (each.users if each.fork else 1.0 - each.users)


@kernel
def goes(employer: int, lifetime: int, core: float, u: float, chances: NDArray[np.float64]) -> bool:
    """Whether a member goes, by one uniform number.

    Args:
        employer: 0 for a volunteer.
        lifetime: Active days so far.
        core: Active days from which one is of the core.
        u: A uniform number.
        chances: Of the core's volunteers, of other volunteers, of the employed.
    """
    if employer > 0:
        return bool(u < chances[EMPLOYED])
    return bool(u < chances[CORE]) if lifetime >= core else bool(u < chances[OUTER])


def sides(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], core: NDArray[np.float64],
    chances: NDArray[np.float64], streams: NDArray[np.uint64], seed: int, month: int, number: int,
    parted: NDArray[np.float64],
) -> None:  # fmt: skip
    """Every member takes a side; those of the other side are gone from this world.

    Args:
        members: The rows; changed in place.
        first: Row where each world begins.
        count: Rows in use.
        core: Active days from which one is of the core. float64[worlds].
        chances: Shares of the core, the others, the employed who go; and 1 to follow them, 0 to stay.
        streams: From `blocks.streams_of`.
        seed: Seed of the study.
        month: Month of the run.
        number: Which event of the month.
        parted: Members who take part and are on the other side are added here. float64[worlds].
    """
    for world in range(len(count)):
        key = int(streams[world, D_PARTING])
        for row in range(int(first[world]), int(first[world] + count[world])):
            status = members.status[row]
            if status == GONE:
                continue
            u, _ = draw(seed, key, int(members.arrival[row]), int(members.rank[row]), month, number)
            gone = goes(int(members.employer[row]), int(members.lifetime[row]), core[world], u, chances)
            if gone != (chances[FORK] > 0.0):
                members.status[row] = GONE
                parted[world] += 1.0 if status in (ACTIVE, BACK) else 0.0
