"""Employment: the organisation under which each act was done.

In this order: the user's file of affiliations (dated; what it says of one address of a member holds
for the member's other addresses too), what the source itself says, the domain of the account's
address. A domain that only one member uses is that person's in most cases and would name
them: it becomes "other", unless it is a well-known employer's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.events import Events
from allmende.people.accounts import Account
from allmende.people.names import fold, tokens
from allmende.people.organisations import Affiliations, organisation_of

__all__ = ["Employment", "employment"]

SHARED_BY = 2
SMALL = 3
SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Employment:
    """The organisation of each event.

    Args:
        org: Code into `orgs` for each event. int32.
        orgs: Names, the first "".
    """

    org: NDArray[np.int32]
    orgs: tuple[str, ...]


def employment(
    events: Events,
    accounts: Sequence[Account],
    account_member: NDArray[np.int32],
    affiliations: Affiliations | None,
) -> Employment:
    """The organisation under which each act was done.

    Args:
        events: Events whose `member` are accounts.
        accounts: The account of each of those codes.
        account_member: The member of each account.
        affiliations: The user's file, or None.
    """
    codes: dict[str, int] = {"": 0}

    def code(org: str) -> int:
        return codes.setdefault(org, len(codes))

    by_domain = _by_domain(accounts, account_member)
    of_account = np.array([code(_org(account, by_domain)) for account in accounts] or [0], np.int32)
    of_source = np.array([code(org) for org in events.orgs], np.int32)[events.org]
    org = np.where(of_source != 0, of_source, of_account[events.member] if len(events) else of_source)
    dated = _dated(accounts, account_member, affiliations) if affiliations is not None else {}
    for number, rows in _rows_of(events.member, dated):
        ends = np.array([end for end, _employer in dated[number]], np.int64)
        employers = np.array([*(code(employer) for _end, employer in dated[number]), -1], np.int32)
        picked = employers[np.searchsorted(ends, events.at[rows], "right")]
        org[rows] = np.where(picked >= 0, picked, org[rows])
    return Employment(org.astype(np.int32), tuple(codes))


def _org(account: Account, by_domain: dict[str, str]) -> str:
    if account.address:
        return by_domain[account.domain]
    return "none" if account.text.endswith(">") and not account.text.endswith("<>") else ""


def _by_domain(accounts: Sequence[Account], account_member: NDArray[np.int32]) -> dict[str, str]:
    named: dict[str, tuple[str, bool]] = {}
    people: dict[str, dict[int, Account]] = {}
    for account, member in zip(accounts, account_member.tolist(), strict=True):
        if account.address:
            org, known = named.setdefault(account.domain, organisation_of(account.domain))
            if not known:
                people.setdefault(org, {}).setdefault(member, account)
    hidden = {org for org, members in people.items() if _tells_a_person(org, members)}
    return {domain: "other" if org in hidden else org for domain, (org, _known) in named.items()}


def _tells_a_person(org: str, members: dict[int, Account]) -> bool:
    # A domain of one's own, or of a family: "oddworth.example" of Jane and Joe Oddworth.
    if len(members) < SHARED_BY:
        return True
    label = fold(org.partition(".")[0]).replace("-", "")
    words = (word for account in members.values() for word in tokens(account.name))
    return len(members) <= SMALL and any(len(word) >= SHORTEST_NAME and word in label for word in words)


def _dated(
    accounts: Sequence[Account], account_member: NDArray[np.int32], affiliations: Affiliations
) -> dict[int, tuple[tuple[int, str], ...]]:
    of_member: dict[int, tuple[tuple[int, str], ...]] = {}
    members = account_member.tolist()
    for account, member in zip(accounts, members, strict=True):
        found = affiliations.of_address(account.address)
        if found:
            of_member[member] = min(of_member.get(member, found), found)
    dated = {}
    for number, (account, member) in enumerate(zip(accounts, members, strict=True)):
        found = affiliations.of_address(account.address) or of_member.get(member, ())
        found = found or (affiliations.of_domain(account.domain) if account.address else ())
        if found:
            dated[number] = found
    return dated


def _rows_of(
    member: NDArray[np.int32], wanted: dict[int, tuple[tuple[int, str], ...]]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    if not wanted:
        return
    order = np.argsort(member, kind="stable")
    numbers = np.array(sorted(wanted), np.int32)
    first, last = (np.searchsorted(member[order], numbers, side) for side in ("left", "right"))
    for number, start, stop in zip(numbers.tolist(), first.tolist(), last.tolist(), strict=True):
        yield number, order[start:stop]
