"""Claim: a sentence of the theory, made a study that can come out either way.

The source (Bauwens, November 2007) makes eight claims, S1 to S8. A claim is a plug-in: it says the sentence
in the source's sense, what is simulated or computed to test it, and which rows of evidence speak for or
against it in reality; its study asks the question at many points of what is believed about the parameters
and answers at which of them it holds.

    @claim(name="S9", title="...", says="...", test="...", kind="general", evidence=(Row(...),))
    def s9(laboratory: Laboratory) -> Study: ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.exhibits import Exhibit
from allmende.params import Provenance

__all__ = [
    "KINDS",
    "Claim",
    "Kind",
    "Points",
    "Reading",
    "Row",
    "Side",
    "Study",
    "claim",
]

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

Side = Literal["for", "against", "both"]
"""On which side of a claim a row of evidence stands."""

Kind = Literal["universal", "general", "possible"]
"""How much is claimed: always, usually, or that it may be so."""

KINDS: Mapping[Kind, str] = {
    "universal": "it is always so",
    "general": "it is usually so",
    "possible": "it may be so",
}


class Row(NamedTuple):
    """A row of `docs/evidence.md` and what it has to say on a claim.

    Args:
        id: Its id.
        side: On which side it stands.
        says: What it says, in a few words.
    """

    id: str
    side: Side
    says: str


@dataclass(frozen=True, slots=True)
class Points:
    """Where a claim was tried.

    Args:
        values: Each parameter that differs between the points, by name. float64[points] each.
        provenance: Where what is believed about each comes from.
        meaning: What each means.
    """

    values: Mapping[str, Numbers]
    provenance: Mapping[str, Provenance]
    meaning: Mapping[str, str]

    def __len__(self) -> int:
        """How many points."""
        return len(next(iter(self.values.values())))


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to take a claim.

    Args:
        name: Short name.
        says: What counts as holding, as a sentence.
        holds: At which points it does. bool[points].
    """

    name: str
    says: str
    holds: Truths


@dataclass(frozen=True, slots=True)
class Study:
    """What the study of a claim found.

    Args:
        points: Where it was tried.
        readings: Ways to take it; the first decides.
        found: What was found, in a sentence or two with its numbers.
        exhibits: What is to be shown.
        notes: What a reader must know, among it what the model cannot show.
        units: Points that share their draw of parameters, by number; intervals count each draw once.
            int64[points].
    """

    points: Points
    readings: tuple[Reading, ...]
    found: str
    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...]
    units: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim plug-in.

    Args:
        name: Its id, "S2".
        title: It in a few words.
        says: It in the source's sense.
        test: What is simulated or computed, which outcome, and what counts as holding.
        kind: How much it claims.
        evidence: The rows that say on which side reality is.
        reality: On which side reality is, in a sentence.
        study: Its study: a function of a laboratory (`allmende.examination.laboratory`).
        module: Where it was defined.
    """

    name: str
    title: str
    says: str
    test: str
    kind: Kind
    evidence: tuple[Row, ...]
    reality: str
    study: Callable[[Any], Study]
    module: str

    @property
    def summary(self) -> str:
        """It in a few words."""
        return self.title

    @property
    def definition(self) -> str:
        """It in full: sentence, test, evidence."""
        rows = "\n".join(f"{row.id} ({row.side}): {row.says}." for row in self.evidence)
        return f"{self.says}\n\nTest: {self.test}\n\nEvidence: {self.reality}\n\n{rows}"


def claim(
    *,
    name: str,
    title: str,
    says: str,
    test: str,
    kind: Kind,
    evidence: tuple[Row, ...],
    reality: str,
) -> Callable[[Callable[[Any], Study]], Claim]:
    """Make a study a claim plug-in; the arguments are those of `Claim`."""

    def made(study: Callable[[Any], Study]) -> Claim:
        return Claim(name, title, says, test, kind, evidence, reality, study, study.__module__)

    return made
