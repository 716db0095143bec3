"""Recording: what is kept of a month of a batch of worlds.

Every measure is one number for each world and month. Yearly measures speak about the twelve months that end
with the month under which they stand; they are empty (nan) in the other months.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from allmende.kernel import compiled, kernel
from allmende.ledger import ACCOUNTS
from allmende.model.signals import Amount, Tally
from allmende.model.state import Members
from allmende.model.worlds import MAKERS, Worlds

__all__ = [
    "MEASURES",
    "TAKERS",
    "YEARLY",
    "Measure",
    "Outcome",
    "Sums",
    "measures_of",
    "net_of",
    "spread",
    "year_end",
    "yearly_of",
]

Numbers = NDArray[np.float64]
TAKERS = tuple(account.name for account in ACCOUNTS if not account.overdraft)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number means.

    Args:
        unit: Its unit.
        title: What it is, for axes and tables.
        whole: Whether it is a whole number.
    """

    unit: str
    title: str
    whole: bool = False


@dataclass(slots=True)
class Outcome:
    """What is recorded of a batch.

    Args:
        measures: float64[worlds, months] for each name of `MEASURES`.
        flows: int64[worlds, months] for each (kind, payer, payee).
    """

    measures: dict[str, Numbers]
    flows: dict[tuple[str, str, str], NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def empty(cls, worlds: int, months: int) -> "Outcome":
        """Nothing recorded yet: nan everywhere."""
        return cls({name: np.full((worlds, months), np.nan) for name in MEASURES})


@dataclass(frozen=True, slots=True)
class Sums:
    """What the members of a month add up to, for each world.

    Args:
        tallies: int64[worlds, tallies].
        amounts: float64[worlds, amounts].
    """

    tallies: NDArray[np.int64]
    amounts: Numbers


_COUNTED: Mapping[str, tuple[Tally, Measure]] = {
    "members": (Tally.ALIVE, Measure("members", "Members who have not dropped out", whole=True)),
    "active_members": (Tally.ACTING, Measure("members", "Active members", whole=True)),
    "newcomers": (Tally.NEWCOMERS, Measure("members", "Newcomers", whole=True)),
    "returners": (Tally.RETURNED, Measure("members", "Members who came back from a pause", whole=True)),
    "leavers": (Tally.LEFT, Measure("members", "Members who dropped out", whole=True)),
    "active_days": (Tally.DAYS, Measure("days", "Active days", whole=True)),
    "contributions": (Tally.ACTS, Measure("acts", "Contributions", whole=True)),
    "core_days": (Tally.CORE_DAYS, Measure("days", "Active days of the core", whole=True)),
    "employed_members": (Tally.EMPLOYED, Measure("members", "Members employed to take part", whole=True)),
    "employed_contributions": (
        Tally.EMPLOYED_ACTS, Measure("acts", "Contributions of employed members", whole=True),
    ),
    "paid_members": (Tally.PAID_ACTING, Measure("members", "Active members lately paid", whole=True)),
    "answered_newcomers": (
        Tally.ANSWERED, Measure("members", "Newcomers whose first contribution was answered", whole=True),
    ),
    "accepted_proposals": (
        Tally.ACCEPTED, Measure("proposals", "Proposals the sponsor integrates", whole=True),
    ),
}  # fmt: skip

_MONTHLY = {
    "parted_members": Measure("members", "Members who parted from the project in a fork", whole=True),
    "output": Measure("acts", "Contributions weighted by quality"),
    "usefulness": Measure("log ratio", "Works there are, against the start"),
    "users": Measure("people", "People who use the works"),
    "uses": Measure("uses", "Uses asked for"),
    "service": Measure("share", "Share of uses served"),
    "capacity": Measure("uses", "Uses the infrastructure can serve"),
    "review_load": Measure("ratio", "Contributions over review capacity"),
    "pay_norm": Measure("share", "Pay norm"),
    "use_value": Measure("uses", "Use value: uses served, weighted by usefulness"),
    **{f"use_value_by_{maker}": Measure("uses", f"Use value made by {maker}") for maker in MAKERS},
    "maker_value": Measure("standard deviations", "Use value of proposals to their makers"),
    "exchange_value": Measure("cents", "Exchange value: money that came in from outside", whole=True),
    **{
        f"exchange_value_to_{taker}": Measure("cents", f"Exchange value that {taker} kept", whole=True)
        for taker in TAKERS
    },
    **{f"balance_{taker}": Measure("cents", f"Money that {taker} held", whole=True) for taker in TAKERS},
}

YEARLY: Mapping[str, Measure] = MappingProxyType(
    {
        "yearly_members": Measure("members", "Members who contributed in the year"),
        "gini": Measure("1", "Gini coefficient of the year's contributions"),
        "top_tenth_share": Measure("share", "Share of the top tenth in the year's contributions"),
        "half_members": Measure("members", "Members who made half of the year's contributions"),
        "single_share": Measure("share", "Share of the year's members who made one contribution"),
        "single_contributions": Measure("share", "Their share of the year's contributions"),
    }
)

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {**{name: measure for name, (_, measure) in _COUNTED.items()}, **_MONTHLY, **YEARLY}
)


def measures_of(
    worlds: Worlds, sums: Sums, *, users: Numbers, asked: Numbers, served: Numbers, load: Numbers
) -> dict[str, Numbers]:
    """This month's measures, but for the yearly ones.

    Args:
        worlds: The worlds at the end of the month.
        sums: What members added up to.
        users: People who used the works.
        asked: Uses asked for.
        served: Uses served.
        load: Review load that members met.
    """
    found = {name: sums.tallies[:, tally].astype(np.float64) for name, (tally, _) in _COUNTED.items()}
    value = np.where(worlds.stock.any(axis=1), served * np.exp(worlds.usefulness), 0.0)
    total = np.maximum(worlds.stock.sum(axis=1), 1e-300)
    found |= {
        "parted_members": worlds.parted,
        "output": sums.amounts[:, Amount.OUTPUT],
        "usefulness": worlds.usefulness,
        "users": users,
        "uses": asked,
        "service": worlds.service,
        "capacity": worlds.capacity,
        "review_load": load,
        "pay_norm": worlds.norm,
        "use_value": value,
        "maker_value": sums.amounts[:, Amount.MAKER_VALUE],
    }
    for k, maker in enumerate(MAKERS):
        found[f"use_value_by_{maker}"] = value * (worlds.stock[:, k] / total)
    for taker, kept in net_of(worlds).items():
        found[f"exchange_value_to_{taker}"] = kept
    found["exchange_value"] = sum(
        (found[f"exchange_value_to_{taker}"] for taker in TAKERS), np.zeros(worlds.batch.size)
    )
    for taker in TAKERS:
        found[f"balance_{taker}"] = worlds.ledger.balance(taker).astype(np.float64)
    return {name: np.array(values, np.float64) for name, values in found.items()}


def net_of(worlds: Worlds) -> dict[str, Numbers]:
    """What each account within the modelled world kept of the month's money; together all that came in."""
    kept = {}
    for taker in TAKERS:
        last = worlds.measures.get(f"balance_{taker}", np.zeros(worlds.batch.size))
        kept[taker] = worlds.ledger.balance(taker) - last
    return kept


def yearly_of(worlds: Worlds) -> dict[str, Numbers]:
    """Measures of the year that ends, and a new year begins for every member."""
    found = np.full((worlds.batch.size, len(YEARLY)), np.nan)
    standing = worlds.standing
    compiled(year_end)(standing.members, standing.first, standing.count, found)
    return {name: found[:, k].copy() for k, name in enumerate(YEARLY)}


def year_end(members: Members, first: NDArray[np.int64], count: NDArray[np.int64], found: Numbers) -> None:
    """Fill the columns of `YEARLY` for each world, and set every member's year to 0.

    Args:
        members: The rows; changed in place.
        first: Row where each world begins.
        count: Rows in use.
        found: float64[worlds, 6]; 0 members and nan where nobody contributed.
    """
    for world in range(len(count)):
        rows = members.year[int(first[world]) : int(first[world] + count[world])]
        size = 0
        for j in range(len(rows)):
            size += 1 if rows[j] > 0 else 0
        found[world, 0] = size
        if size > 0:
            ordered = np.empty(size, np.int64)
            size = 0
            for j in range(len(rows)):
                if rows[j] > 0:
                    ordered[size] = rows[j]
                    size += 1
            ordered.sort()
            spread(ordered, found[world])
        for j in range(len(rows)):
            rows[j] = 0


@kernel
def spread(ordered: NDArray[np.int64], found: Numbers) -> None:
    """How unevenly amounts in ascending order are spread: columns 1 to 5 of `year_end`.

    Gini = sum (2 i - n - 1) x_i / (n sum x); the top tenth is round(n / 10) members, at least one.
    """
    size, total, weighted = len(ordered), 0, 0
    for i in range(size):
        total += ordered[i]
        weighted += (2 * (i + 1) - size - 1) * ordered[i]
    tenth = max(int(size / 10 + 0.5), 1)
    top, half, reached, singles = 0, 0, 0, 0
    for i in range(size - 1, -1, -1):
        if size - 1 - i < tenth:
            top += ordered[i]
        if 2 * reached < total:
            reached += ordered[i]
            half += 1
        singles += 1 if ordered[i] == 1 else 0
    found[1] = weighted / (size * total)
    found[2] = top / total
    found[3] = half
    found[4] = singles / size
    found[5] = singles / total
