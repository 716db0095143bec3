"""Founders: worlds that begin with the members of a community, instead of members made up.

Each member of the record is there with the chance that the member still takes part, with a rate and a dropout
chance drawn from what is believed after the member's own history (`calibration.posterior`):

    rate ~ Gamma(r + days beyond the first, alpha + months seen),   dropout ~ Beta(a, b + days)

Draws are keyed by the member's place, so the same people stand in every future of a draw and replicate.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, moment_of
from allmende.kernel import compiled, kernel, word
from allmende.model.state import LONGEST_LIFETIME, Standing, Status
from allmende.model.traits import Trait, draw, employer_of, mean_one
from allmende.transforms import beta, gamma

__all__ = ["Population", "found"]

SHAPE, SCALE, A, B = int(Trait.SHAPE), int(Trait.SCALE), int(Trait.A), int(Trait.B)
QUALITY, NEED, FIRMS = int(Trait.QUALITY), int(Trait.NEED), int(Trait.FIRMS)
EMPLOYED_START, AUDIENCE, TIES = int(Trait.EMPLOYED_START), int(Trait.AUDIENCE), int(Trait.TIES)
D_RATE, D_DROPOUT = int(Decision.TRAIT_RATE), int(Decision.TRAIT_DROPOUT)
D_SKILL, D_EMPLOYER = int(Decision.TRAIT_SKILL), int(Decision.TRAIT_EMPLOYER)
D_MOTIVE, D_ARRIVAL = int(Decision.TRAIT_MOTIVE), int(Decision.ARRIVAL)
ACTIVE = int(Status.ACTIVE)
KNOWN = -10_001


@dataclass(frozen=True, slots=True)
class Population:
    """The members of a community who may still take part, and the environment at the end of its record.

    Args:
        fingerprint: A hash of the record and of what was believed: results depend on it.
        chance: Chance that each still takes part, by draw. float32[draws, members].
        days: Active days beyond the very first. float64[members].
        seen: Months since joining. float64[members].
        intensity: Contributions a day beyond the first, relative to `extra_acts`. float32[members].
        environment: The shared environment at the start, by draw. float64[draws].
    """

    fingerprint: str
    chance: NDArray[np.float32]
    days: NDArray[np.float64]
    seen: NDArray[np.float64]
    intensity: NDArray[np.float32]
    environment: NDArray[np.float64]

    @property
    def size(self) -> int:
        """How many members may be there at most."""
        return len(self.days)

    def __repr__(self) -> str:
        return f"Population({self.fingerprint})"


def found(
    standing: Standing, population: Population, draws: NDArray[np.int64], lo: int, hi: int,
    traits: NDArray[np.float64], streams: NDArray[np.uint64], seed: int,
) -> None:  # fmt: skip
    """The members of worlds lo ... hi - 1 at the start.

    Args:
        standing: Nobody yet, with room for all; changed in place.
        population: Who may be there.
        draws: Draw of each world. int64[worlds].
        lo: First world.
        hi: World after the last.
        traits: Rows of `Trait`. float64[worlds, traits].
        streams: From `blocks.streams_of`.
        seed: Seed of the study.
    """
    compiled(_settle)(
        standing.members, standing.first, standing.count, lo, hi, draws, population.chance, population.days,
        population.seen, population.intensity, traits, streams, seed,
    )  # fmt: skip


def _settle(
    members: Any, first: Any, count: Any, lo: int, hi: int, draws: Any, chance: Any, days: Any, seen: Any,
    intensity: Any, traits: Any, streams: Any, seed: int,
) -> None:  # fmt: skip
    """Rows of one world after the other; the rank of a member is the place in the record."""
    arrival, rank, status, lifetime = members.arrival, members.rank, members.status, members.lifetime
    for world in range(lo, hi):
        trait, keys, row = traits[world], streams[world], int(first[world] + count[world])
        for member in range(len(days)):
            u_there, _ = draw(seed, int(keys[D_ARRIVAL]), KNOWN, member, 0, 0)
            if u_there >= chance[int(draws[world]), member]:
                continue
            arrival[row] = -max(min(int(seen[member]), 30_000), 1)
            rank[row] = member
            status[row] = ACTIVE
            lifetime[row] = min(int(days[member]) + 1, LONGEST_LIFETIME)
            _nature(members, row, member, days[member], seen[member], trait, keys, seed)
            members.intensity[row] = intensity[member]
            row += 1
        count[world] = row - first[world]


@kernel
def _nature(
    members: Any, row: int, member: int, days: float, seen: float, trait: Any, keys: Any, seed: int
) -> None:  # fmt: skip
    """Rate and dropout after the member's own history; quality, need and employer as of anybody."""
    key, moment = member_key(word(KNOWN), word(member)), moment_of(word(0), word(0))
    rate = gamma(trait[SHAPE] + days, word(seed), word(int(keys[D_RATE])), key, moment)
    members.rate[row] = rate / (trait[SCALE] + seen)
    stay = word(int(keys[D_DROPOUT]))
    members.dropout[row] = beta(trait[A], trait[B] + days + 1.0, word(seed), stay, key, moment)
    u_quality, _ = draw(seed, int(keys[D_SKILL]), KNOWN, member, 0, 0)
    u_need, _ = draw(seed, int(keys[D_MOTIVE]), KNOWN, member, 0, 0)
    u_employed, u_firm = draw(seed, int(keys[D_EMPLOYER]), KNOWN, member, 0, 0)
    members.quality[row] = mean_one(u_quality, trait[QUALITY])
    members.need[row] = mean_one(u_need, trait[NEED])
    # The rate was measured with whatever an employer added: only who employs is drawn.
    members.employer[row] = employer_of(u_firm, trait[FIRMS]) if u_employed < trait[EMPLOYED_START] else 0
    members.ties[row] = float(members.rate[row]) * trait[TIES]
    members.audience[row] = float(members.rate[row]) * float(members.quality[row]) * trait[AUDIENCE]
