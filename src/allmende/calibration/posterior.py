"""Posterior: what is believed of each member after the member's own record.

Whoever still takes part has rate ~ Gamma(r + k + n, alpha + T) and dropout ~ Beta(a, b + x), exactly (see
`likelihood`). So members are drawn one by one, not from averages: the quiet regular and the busy
stranger go different ways.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers
from allmende.calibration.joining import Series
from allmende.calibration.likelihood import alive
from allmende.model.founders import Population

__all__ = ["Members", "members_of", "population_of", "series_of"]

Numbers = NDArray[np.float64]
_HARDLY = 1e-3


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a fit, one entry each.

    Args:
        careers: What they did.
        names: Their pseudonyms.
        active: Chance that each still takes part at the end of the window. float64.
        rate: Expected active days a month of each who still takes part. float64.
        dropout: Expected chance to drop out after an active day, likewise. float64.
        intensity: Contributions a day beyond the first, relative to `extra_acts`. float64.
    """

    careers: Careers
    names: tuple[str, ...]
    active: Numbers
    rate: Numbers
    dropout: Numbers
    intensity: Numbers

    def __len__(self) -> int:
        return len(self.careers)

    @property
    def expected_active(self) -> float:
        """How many are expected to take part still."""
        return float(self.active.sum())


def members_of(careers: Careers, names: tuple[str, ...], law: Numbers, intensity: Numbers) -> Members:
    """What is believed of each member under one law.

    Args:
        careers: What they did.
        names: Names of all members of the panel.
        law: r, alpha, a, b.
        intensity: From `work.intensities`.
    """
    r, alpha, a, b = law
    days = careers.days
    return Members(
        careers,
        tuple(names[code] for code in careers.member.tolist()),
        alive(careers, np.log(law)),
        (r + days - 1) / (alpha + careers.seen),
        a / (a + b + days),
        intensity,
    )


def series_of(careers: Careers, law: Numbers, *, start: int, stop: int, days: Numbers) -> Series:
    """Newcomers, active days, and days to be expected of those there, month by month.

    Args:
        careers: Everybody of the window.
        law: r, alpha, a, b.
        start: First month.
        stop: Month after the last.
        days: Active days of all members in each month. float64[months].
    """
    r, alpha = law[0], law[1]
    active = alive(careers, np.log(law))
    months = stop - start
    joined = careers.joined - start
    expected = np.zeros(months + 1)
    staying = active * (r + careers.days - 1) / (alpha + careers.seen)
    leaving = (1.0 - active) * (r + careers.days - 1) / (alpha + careers.last + 1)
    np.add.at(expected, joined, staying + leaving)
    np.add.at(expected, np.minimum(joined + careers.last + 1, months), -leaving)
    newcomers = np.bincount(joined[careers.fresh], minlength=months)[:months].astype(np.float64)
    first_days = np.bincount(joined, minlength=months)[:months]
    return Series(start, newcomers, days - first_days, np.cumsum(expected)[:months])


def population_of(members: Members, environment: Numbers, laws: Numbers) -> Population:
    """The members with whom a simulation begins; those who are hardly there still are left out.

    Args:
        members: The members.
        environment: The shared environment at the start, by draw. float64[draws].
        laws: r, alpha, a, b by draw. float64[draws, 4].
    """
    careers = members.careers.where(members.active > _HARDLY)
    chance = np.stack([alive(careers, np.log(law)) for law in laws]).astype(np.float32)
    intensity = members.intensity[members.active > _HARDLY].astype(np.float32)
    days, seen = (careers.days - 1).astype(np.float64), careers.seen.astype(np.float64)
    said = hashlib.sha256()
    for part in (chance, days, seen, intensity, environment):
        said.update(np.ascontiguousarray(part).tobytes())
    return Population(said.hexdigest()[:16], chance, days, seen, intensity, environment)
