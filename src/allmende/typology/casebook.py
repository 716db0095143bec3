"""The casebook: dated cases of all three economies, as facts with citations, and labels kept apart.

A case is a facts file in the folder `cases`, named by its slug. What a coder calls each of its periods
stands in `cases/labels.toml`, so that placement can be scored blind:

    ["youtube-2006"]
    label = "sharing"
    by = "source"
    note = "before the Partner Program"

A hybrid names a `second` economy, which would be the label of one coder in four; a conflict names the two
economies that it lies `between`. Both make a distribution against which shares are scored.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from allmende.errors import AllmendeError, MappingError, UnknownNameError
from allmende.typology.codebook import ECONOMIES
from allmende.typology.facts import Dossier, Period, parse_facts
from allmende.typology.placement import Coded, Likelihoods, learn

__all__ = ["CONFLICT", "SECOND", "Case", "case", "cases", "coded", "economy_of", "likelihoods"]

CONFLICT = "conflict"
SECOND = 0.25
_FOLDER = "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """A community in a period, with its facts and the label a coder gave it.

    Args:
        slug: Its name on the command line: "youtube-2006".
        community: The community.
        period: Facts, dates and citations.
        label: One of `ECONOMIES`, or `CONFLICT` where the sources contradict the facts; "" when not coded.
        by: Who says so: "source" (the seminar), a citation, or "coder".
        note: Why, where it is not plain.
        second: The other economy of a hybrid, or "".
        between: The two economies of a conflict.
    """

    slug: str
    community: str
    period: Period
    label: str = ""
    by: str = ""
    note: str = ""
    second: str = ""
    between: tuple[str, ...] = ()

    @property
    def credence(self) -> dict[str, float]:
        """How far coders would give each economy as the label; sums to 1, empty when not coded."""
        if self.between:
            return {economy: 1 / len(self.between) for economy in self.between}
        if self.second:
            return {self.label: 1 - SECOND, self.second: SECOND}
        return {self.label: 1.0} if self.label else {}


@cache
def cases() -> dict[str, Case]:
    """Every case, by slug, in alphabetical order.

    Raises:
        MappingError: a file of the casebook, or a label, is not what it should be.
    """
    labels = _labels()
    found = {slug: _case(slug, dossier, labels) for slug, dossier in sorted(_dossiers())}
    unknown = set(labels) - set(found)
    if unknown:
        raise MappingError(f"a label is for '{min(unknown)}', which is no case", where="cases/labels.toml")
    return found


def case(slug: str) -> Case:
    """The case of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if slug not in cases():
        raise UnknownNameError("case", slug, cases(), next_step="`allmende cases` lists them.")
    return cases()[slug]


def economy_of(slug: str) -> str:
    """The economy in which a case is simulated: the one of its label.

    Raises:
        UnknownNameError: there is no such case.
        AllmendeError: the case is a conflict; either of its economies may be simulated.

    >>> economy_of("youtube-2006")
    'sharing'
    """
    found = case(slug)
    if found.label in ECONOMIES:
        return found.label
    raise AllmendeError(
        f"'{slug}' lies between {' and '.join(found.between)}",
        next_step=f"Simulate one of them: `allmende simulate {found.between[0]}`.",
    )


def coded(*, without: str = "") -> list[Coded]:
    """The cases that likelihoods learn from, a hybrid or a conflict in parts for each of its economies.

    Args:
        without: A community, in any case of letters, that is left out with all its periods, to be placed by
            the others.
    """
    return [
        Coded(economy, one.period.facts, part)
        for one in cases().values()
        if one.community.casefold() != without.casefold()
        for economy, part in one.credence.items()
    ]


@cache
def likelihoods(*, without: str = "") -> Likelihoods:
    """What the codebook and the coded cases together say each economy predicts."""
    return learn(coded(without=without))


def _dossiers() -> Iterator[tuple[str, Dossier]]:
    folder = resources.files("allmende.typology") / _FOLDER
    for file in folder.iterdir():
        if file.name.endswith(".toml") and file.name != "labels.toml":
            yield (
                file.name.removesuffix(".toml"),
                parse_facts(file.read_text("utf-8"), where=f"cases/{file.name}"),
            )


def _labels() -> dict[str, dict[str, Any]]:
    text = (resources.files("allmende.typology") / _FOLDER / "labels.toml").read_text("utf-8")
    labels: dict[str, dict[str, Any]] = tomllib.loads(text)
    for slug, row in labels.items():
        named = {row.get("second", ECONOMIES[0]), *row.get("between", ())}
        if row.get("label") not in {*ECONOMIES, CONFLICT} or not named <= set(ECONOMIES):
            raise MappingError(f"'{slug}' has no known label", where="cases/labels.toml")
        if (row["label"] == CONFLICT) != ("between" in row):
            raise MappingError(f"'{slug}': a conflict names what it is between", where="cases/labels.toml")
    return labels


def _case(slug: str, dossier: Dossier, labels: dict[str, dict[str, Any]]) -> Case:
    if len(dossier.periods) != 1:
        raise MappingError("a case has one period", where=f"cases/{slug}.toml")
    row = labels.get(slug, {})
    return Case(
        slug,
        dossier.community,
        dossier.periods[0],
        row.get("label", ""),
        row.get("by", ""),
        row.get("note", ""),
        row.get("second", ""),
        tuple(row.get("between", ())),
    )
