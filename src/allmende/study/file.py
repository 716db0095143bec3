"""Study file: everything that is asked, in TOML.

    title = "Does a bounty help a commons?"
    economy = "commons"                 # or a case of the casebook: "case:apache-2004"
    members = 1000
    months = 60
    replicates = 20
    draws = 1                           # more: parameters drawn from what is believed
    seed = 1
    outcome = "use_value"               # decides which future is better
    futures = [                         # each a list of policies; the baseline is always there
        [{ policy = "bounty", pool = 200000, start = 12 }],
    ]

    [parameters]
    decay = 0.02

    [sweep]
    executor = "processes"

Instead of one economy there may be several `[[cases]]`, each with a name; what a case does not say is said
once for all above. Nothing else is allowed, and what is misspelt is named with its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from allmende import executors
from allmende.comparison import check_futures
from allmende.errors import AllmendeError, UnknownNameError
from allmende.model.recording import MEASURES
from allmende.policyfile import futures_from_tables
from allmende.sweeps import Case, Design, case
from allmende.tomlfiles import read_toml
from allmende.typology.casebook import economy_of

__all__ = ["Study", "read_study"]

Plain = bool | int | float | str
Count = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
Futures = list[list[dict[str, Plain]]]
_CASE = "case:"


@dataclass(frozen=True, slots=True)
class Study:
    """What a study file asks.

    Args:
        title: The question.
        outcome: The outcome that decides which future is better.
        design: What is to be run.
        executor: Where, unless something else is asked for.
        workers: How many at a time; as many as there are processors when None.
        text: The file, to the last byte.
    """

    title: str
    outcome: str
    design: Design
    executor: str
    workers: int | None
    text: bytes


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    economy: str | None = None
    members: int | None = None
    months: int | None = None
    replicates: int | None = None
    draws: int | None = None
    seed: int | None = None
    parameters: dict[str, bool | int | float] = {}
    futures: Futures | None = None


class _Case(_Asked, frozen=True, forbid_unknown_fields=True):
    name: str = ""


class _Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    executor: str = "processes"
    workers: Count | None = None


class _File(_Asked, frozen=True, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    outcome: str = "use_value"
    cases: list[_Case] = []
    sweep: _Sweep = msgspec.field(default_factory=_Sweep)


_DEFAULTS: Mapping[str, int] = {"members": 1_000, "months": 60, "replicates": 20, "draws": 1, "seed": 1}


def read_study(path: Path) -> Study:
    """Read a study file and check everything that it asks.

    Raises:
        AllmendeError: the file cannot be read, is not TOML, or holds something that a study does not; the key
            and the line are named, and the nearest key is offered.
        UnknownNameError: there is no such economy, parameter, policy, lever, outcome or executor.
        OutOfRangeError: a number is out of its bounds, or a policy starts after the end.
    """
    said = read_toml(path, _File)
    if said.outcome not in MEASURES:
        raise UnknownNameError("outcome", said.outcome, MEASURES, where=f"{path.name}, outcome")
    if said.sweep.executor not in executors.names():
        raise UnknownNameError(
            "executor", said.sweep.executor, executors.names(), where=f"{path.name}, sweep.executor"
        )
    if said.cases:
        asked = [(one, f"{path.name}, cases[{number}]") for number, one in enumerate(said.cases)]
    else:
        asked = [(_Case(), path.name)]
    try:
        design = Design(tuple(_case(one, said, where) for one, where in asked))
    except AllmendeError as error:
        error.where = error.where if path.name in error.where else path.name
        raise
    return Study(
        said.title or path.stem, said.outcome, design, said.sweep.executor, said.sweep.workers,
        path.read_bytes(),
    )  # fmt: skip


def _case(one: _Case, said: _File, where: str) -> Case:
    economy = one.economy or said.economy
    if economy is None:
        raise AllmendeError("no economy is named", where=where, expected='a line such as economy = "commons"')
    tables = said.futures if one.futures is None else one.futures
    policies = futures_from_tables(tables or (), f"{where}, futures")
    numbers = {name: _number(name, one, said) for name in _DEFAULTS}
    try:
        found = case(
            economy_of(economy.removeprefix(_CASE)) if economy.startswith(_CASE) else economy,
            name=one.name or economy.removeprefix(_CASE),
            parameters={**said.parameters, **one.parameters},
            policies=policies,
            **numbers,
        )
        if policies:
            check_futures(policies, found.asked.months)
    except AllmendeError as error:
        error.where = where
        raise
    return found


def _number(name: str, one: _Case, said: _File) -> int:
    for value in (getattr(one, name), getattr(said, name)):
        if value is not None:
            return int(value)
    return _DEFAULTS[name]
