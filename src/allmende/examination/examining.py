"""Examining: do the claims of the theory hold, where do they fail, and on which side is reality?

    told = claims(["S2", "S8"])
    told["S2"].share.mid, told["S2"].verdict

Each study asks at many points of what is believed about the parameters and says at which of them its claim
holds. The share of points is the share of the prior; regions of failure are found by PRIM.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType

import numpy as np

from allmende.claim import Claim, Reading
from allmende.errors import AllmendeError, UnknownNameError
from allmende.examination.laboratory import FULL, QUICK, Laboratory
from allmende.examination.regions import Region, regions_of
from allmende.examination.shares import Share, share_of, standing
from allmende.executors import Progress
from allmende.exhibits import Exhibit
from allmende.plugins import find

__all__ = ["Answer", "Examination", "Taken", "answer_to", "claims"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A reading of a claim and the share of the prior in which it holds.

    Args:
        name: Its name.
        says: What counts as holding.
        share: In which share of the prior it does.
    """

    name: str
    says: str
    share: Share


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out about a claim.

    Args:
        claim: The claim.
        taken: Its readings with their shares; the first decides.
        fails: Regions in which the first reading fails.
        holds: Regions in which it holds.
        found: What was found, in a sentence or two.
        exhibits: What is to be shown.
        notes: What a reader must know.
        points: How many points were tried.
    """

    claim: Claim
    taken: tuple[Taken, ...]
    fails: tuple[Region, ...]
    holds: tuple[Region, ...]
    found: str
    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...]
    points: int

    @property
    def share(self) -> Share:
        """The share of the prior in which the claim holds."""
        return self.taken[0].share

    @property
    def verdict(self) -> str:
        """The verdict in a few words: of the claim as it is made, from the share."""
        return standing(self.share, self.claim.kind)


@dataclass(frozen=True, slots=True)
class Examination:
    """What `claims` returns.

    Args:
        answers: By name of the claim.
        seed: Seed of the study.
        size: How much was done.
        version: Version of the package.
    """

    answers: Mapping[str, Answer]
    seed: int
    size: str
    version: str

    def __getitem__(self, name: str) -> Answer:
        """The answer to a claim.

        Raises:
            UnknownNameError: it was not asked; the nearest is offered.
        """
        if name not in self.answers:
            raise UnknownNameError("claim", name, self.answers)
        return self.answers[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the claims."""
        return iter(self.answers)

    def __len__(self) -> int:
        """How many claims."""
        return len(self.answers)

    def hash(self) -> str:
        """SHA-256 of what came out: shares, regions, exhibits, sentences; the same for the same question."""
        digest = hashlib.sha256()
        for name, answer in self.answers.items():
            said = (
                name,
                answer.taken,
                answer.fails,
                answer.holds,
                answer.found,
                answer.exhibits,
                answer.points,
            )
            digest.update(repr(said).encode())
        return digest.hexdigest()


def claims(
    names: Sequence[str] = (),
    *,
    seed: int = 1,
    quick: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Do the claims of the theory hold, where do they fail, and on which side is reality?

    Args:
        names: Which claims, "S2" for example; all that are installed when empty.
        seed: Seed of the study; the same seed gives the same answers, bit for bit.
        quick: Fewer and smaller worlds: a look in seconds, with wide intervals.
        threads: How many threads; all processors when None. Changes nothing but the time.
        progress: Called with the stage, what is done and what is to be done.

    Raises:
        UnknownNameError: there is no such claim; the nearest is offered.

    >>> told = claims(["S7"], quick=True)
    >>> told["S7"].share.low < told["S7"].share.mid < told["S7"].share.high
    True
    """
    found = {name: each for name, each in find("claim").items() if isinstance(each, Claim)}
    wanted = _wanted(names, found)
    laboratory = Laboratory(seed=seed, size=QUICK if quick else FULL, threads=threads, progress=progress)
    answers = {}
    for name in wanted:
        laboratory.at = name
        answers[name] = answer_to(found[name], laboratory)
    return Examination(MappingProxyType(answers), seed, laboratory.size.name, version("allmende"))


def _wanted(names: Sequence[str], found: Mapping[str, Claim]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise AllmendeError(
            f"names is the text {names!r}", where="claims", expected="a list of names",
            next_step=f"claims([{names!r}])",
        )  # fmt: skip
    by_letters = {name.lower(): name for name in found}
    wanted = [by_letters.get(name.strip().lower(), name) for name in names]
    for name in wanted:
        if name not in found:
            raise UnknownNameError(
                "claim", name, found, next_step="`allmende list claims` shows those that are installed."
            )
    return tuple(dict.fromkeys(wanted)) or tuple(found)


def answer_to(asked: Claim, laboratory: Laboratory) -> Answer:
    """What comes out about one claim, installed or not.

    Args:
        asked: The claim.
        laboratory: Where it is tried.
    """
    study = asked.study(laboratory)
    first: Reading = study.readings[0]
    taken = tuple(Taken(each.name, each.says, share_of(each.holds, study.units)) for each in study.readings)
    return Answer(
        asked,
        taken,
        regions_of(study.points, np.logical_not(first.holds)),
        regions_of(study.points, first.holds),
        study.found,
        study.exhibits,
        study.notes,
        len(study.points),
    )
