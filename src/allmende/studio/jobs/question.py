"""Question: what a job is asked, as data; checked before it is queued, so that mistakes are said at once."""

import shlex
from collections.abc import Mapping
from typing import Any

import msgspec

from allmende.errors import AllmendeError, OutOfRangeError
from allmende.studio.studies.places import CASE, ECONOMY, kind_of, name_of

__all__ = ["KINDS", "MOST", "Question", "checked", "command_of", "decoded", "policies_of"]

KINDS = ("measure", "place", "compare", "forecast")
"""What may be asked."""

MOST = {"members": 5_000, "months": 240, "replicates": 100}
"""Largest numbers of a comparison, so that one job cannot take the whole machine."""

_WORLD_MONTHS = 100_000_000


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a job is asked.

    Args:
        kind: One of `KINDS`.
        source: What is opened.
        economy: The economy that is simulated, for a comparison; of a calibrated community, the one that says
            what its record does not.
        calibrated: Whether the community of the record is simulated, calibrated, and no economy by itself.
        policies: Levers of each policy by its name, all in force together.
        members: Members at the start.
        months: Length of the run.
        replicates: Worlds of other luck.
        seed: Seed of the draws.
        ahead: Months of a forecast.
    """

    kind: str
    source: str
    economy: str = ""
    policies: dict[str, dict[str, float | int | bool]] = {}
    members: int = 300
    months: int = 60
    replicates: int = 10
    seed: int = 1
    ahead: int = 12
    calibrated: bool = False


def decoded(text: str) -> Question:
    """The question that a text holds."""
    return msgspec.json.decode(text, type=Question)


def policies_of(question: Question) -> tuple[Any, ...]:
    """The policies that a comparison asks about.

    Raises:
        UnknownNameError: there is no such policy or lever.
        OutOfRangeError: a lever breaks a bound.
    """
    from allmende.plugins import get
    from allmende.policy import Policy

    found = []
    for name, levers in question.policies.items():
        plugin = get("policy", name)
        assert isinstance(plugin, Policy)
        found.append(plugin(**levers))
    return tuple(found)


def checked(question: Question) -> Question:
    """The question, if it can be asked.

    Raises:
        AllmendeError: it cannot; the reason is one for the person who asked.
    """
    if question.kind not in KINDS:
        raise AllmendeError(f"'{question.kind}' cannot be asked", expected=", ".join(KINDS))
    if question.kind in {"measure", "forecast"} and kind_of(question.source) != "record":
        raise AllmendeError(f"a {kind_of(question.source)} has no record to {question.kind}")
    if question.kind == "place" and kind_of(question.source) == "economy":
        raise AllmendeError("an economy is what others are placed among", next_step="Compare policies in it.")
    if question.kind == "compare":
        _check_comparison(question)
    return question


def _check_comparison(question: Question) -> None:
    from allmende.plugins import get

    get("economy", question.economy)
    if question.calibrated and kind_of(question.source) != "record":
        raise AllmendeError(
            f"a {kind_of(question.source)} has no record to be calibrated to", next_step="Choose an economy."
        )
    for name, most in MOST.items():
        value = getattr(question, name)
        if not 1 <= value <= most:
            raise OutOfRangeError(f"{name} is {value}", expected=f"1 to {most}")
    if question.members * question.months * question.replicates > _WORLD_MONTHS:
        raise OutOfRangeError(
            "the comparison is too large for a shared studio",
            next_step="Ask for fewer members, months or worlds.",
        )
    if not question.policies:
        raise AllmendeError("no policy is chosen", next_step="Tick at least one and move its levers.")
    for policy in policies_of(question):
        if policy.start >= question.months:
            raise OutOfRangeError(
                f"{policy.name} starts in month {policy.start}, but the run has {question.months}",
                expected=f"a start before month {question.months}",
            )


def command_of(question: Question) -> str:
    """The command line that answers the same question, without the folders of the server.

    >>> command_of(Question("compare", "case:x", economy="commons", policies={"bounty": {"pool": 5}}))
    'allmende compare commons --policy bounty pool=5 --members 300 --months 60 --replicates 10 --seed 1'
    """
    words = ["allmende", question.kind]
    if question.kind == "compare":
        words += _community(question) if question.calibrated else [question.economy]
        parts = [[name, *_levers(levers)] for name, levers in question.policies.items()]
        words += [
            "--policy",
            *(word for number, part in enumerate(parts) for word in (*_plus(number), *part)),
        ]
        # A community brings its own members.
        for name in ("members", "months", "replicates", "seed")[question.calibrated :]:
            words += [f"--{name}", str(getattr(question, name))]
    else:
        case = question.source.startswith((CASE, ECONOMY))
        words.append(question.source if case else name_of(question.source))
        if question.kind == "forecast":
            words += ["--months", str(question.ahead)]
    return shlex.join(words)


def _community(question: Question) -> list[str]:
    """A folder that has the name of an economy is named as a folder."""
    from allmende.plugins import find

    name = name_of(question.source)
    return [f"./{name}" if name in find("economy") else name, "--economy", question.economy]


def _plus(number: int) -> tuple[str, ...]:
    return ("+",) if number else ()


def _levers(levers: Mapping[str, float | int | bool]) -> list[str]:
    return [
        f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in levers.items()
    ]
