"""Policy file: policies as plain tables, in TOML and in what is needed to run a simulation again.

A policy is a table of its name and its levers; a future is a list of policies that hold together; what is
to be compared is a list of futures.

    futures = [
        [{ policy = "bounty", pool = 200000, start = 12 }],
        [{ policy = "foundation", donations = 2.0 }, { policy = "gate", strictness = -1.0 }],
    ]

Levers that are not given stay at their defaults. Written tables hold every lever, so that they mean the same
when a default changes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from allmende.errors import AllmendeError
from allmende.model import rules
from allmende.plugins import get
from allmende.policy import Levers, Policy
from allmende.tomlfiles import read_toml

__all__ = [
    "Futures",
    "Table",
    "futures_from_tables",
    "futures_to_tables",
    "futures_to_toml",
    "policy_from_table",
    "policy_to_table",
    "read_futures",
]

Table = Mapping[str, object]
Futures = tuple[tuple[Levers, ...], ...]
_NAME = "policy"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of futures holds."""

    futures: list[list[dict[str, bool | int | float | str]]]


def policy_to_table(policy: rules.Policy) -> dict[str, Any]:
    """The policy as a table: its name, its start and every other lever.

    A policy that is no value of `Levers` tells its name and its start; it cannot be read back.

    >>> from allmende.policies import Gate
    >>> policy_to_table(Gate(strictness=-1.0))
    {'policy': 'gate', 'start': 0, 'strictness': -1.0}
    """
    return rules.table_of(policy)


def policy_from_table(table: Table, where: str = "") -> Levers:
    """The policy that a table tells.

    Args:
        table: "policy", the name of an installed policy, and its levers by name.
        where: The place of the table, for messages: "study.toml, futures[0][1]".

    Raises:
        AllmendeError: the table does not name a policy.
        UnknownNameError: there is no such policy or lever; the nearest is offered.
        OutOfRangeError: a lever has the wrong kind or breaks a bound.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get(_NAME), str):
        raise AllmendeError(
            f"{table!r} does not name a policy",
            where=where,
            expected='a table as { policy = "bounty", pool = 200000, start = 12 }',
            next_step="`allmende list policies` shows those that are installed.",
        )
    try:
        plugin = get("policy", str(table[_NAME]))
        assert isinstance(plugin, Policy)
        return plugin(**cast("Any", {name: value for name, value in table.items() if name != _NAME}))
    except AllmendeError as fault:
        fault.where = where or fault.where
        raise


def futures_to_tables(futures: Sequence[Sequence[rules.Policy]]) -> list[list[dict[str, Any]]]:
    """Futures, each a list of policies, as lists of tables."""
    return [[policy_to_table(policy) for policy in future] for future in futures]


def futures_from_tables(tables: Sequence[Sequence[Table]], where: str = "futures") -> Futures:
    """Futures, each a list of policies, from lists of tables.

    Args:
        tables: For each future the tables of its policies; a future without any is the baseline.
        where: The place of the list, for messages: "study.toml, futures".

    Raises:
        AllmendeError: a future is no list of tables, or as in `policy_from_table`; the place is named.
    """
    found = []
    for number, future in enumerate(_listed(tables, where)):
        place = f"{where}[{number}]"
        policies = enumerate(_listed(future, place))
        found.append(tuple(policy_from_table(table, f"{place}[{k}]") for k, table in policies))
    return tuple(found)


def futures_to_toml(futures: Sequence[Sequence[rules.Policy]]) -> str:
    """Futures as TOML that `read_futures` reads.

    >>> from allmende.policies import Gate
    >>> print(futures_to_toml([[Gate(strictness=-1.0)]]), end="")
    futures = [
        [{ policy = "gate", start = 0, strictness = -1.0 }],
    ]
    """
    lines = "".join(
        f"    [{', '.join(_inline(table) for table in future)}],\n" for future in futures_to_tables(futures)
    )
    return f"futures = [\n{lines}]\n"


def read_futures(path: Path) -> Futures:
    """Futures from a TOML file.

    Raises:
        AllmendeError: the file cannot be read, is not TOML, holds something else, or as in
            `policy_from_table`; the place is named.
    """
    return futures_from_tables(read_toml(path, _File).futures, f"{path.name}, futures")


def _listed(found: object, where: str) -> Sequence[Any]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise AllmendeError(
            f"{found!r} is no list", where=where, expected='a list of tables, as [{ policy = "bounty" }]'
        )
    return found


def _inline(table: Mapping[str, Any]) -> str:
    return f"{{ {', '.join(f'{name} = {_written(value)}' for name, value in table.items())} }}"


def _written(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value).lower() if isinstance(value, bool) else repr(value)
