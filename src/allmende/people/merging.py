"""Merging: which accounts are one member, by keys that they share and guards that say no.

Precision goes before recall: a wrong merge invents a person with two lives, a missed one only counts
somebody twice. Keys, strongest first: a forge's number or login; the same address; the same rare full
name; a rare handle (login, local part of an address, nick, or a name written as one word). Guards: an
address used under names that share nothing is a list's or a tool's; a handle carried by unlike
full names is nobody's; names of nobody, common names, "X via Y" and "X and Y" are no keys. Measured on
mailmaps as ground truth by `benchmarks/identities.py` (`docs/decisions/0004-identities.md`).

All steps are linear in the accounts but the comparison of names inside one key, which is bounded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise, permutations
from typing import NamedTuple

from allmende.people.accounts import Account
from allmende.people.names import (
    alike,
    is_common,
    is_form,
    is_full,
    is_given,
    is_placeholder,
    is_role,
    joined,
    related,
    spells,
    tokens,
)
from allmende.people.organisations import domain_class, registrable

__all__ = ["Join", "Partition", "merge"]

SHORTEST_HANDLE = 4
LONG_HANDLE = 6
MOST_NAMES = 40
# Expected number of namesakes by chance at which a full name is no longer rare.
NAMESAKES = 0.05
SAME_MAILBOX = {
    "googlemail.com": "gmail.com",
    "ya.ru": "yandex.ru",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}


class Join(NamedTuple):
    """Two accounts joined, and by what."""

    first: int
    second: int
    reason: str


class Partition:
    """Accounts in groups that only ever grow together; a pinned account keeps away from other pins.

    Args:
        size: How many accounts there are.
        pins: Identities given by somebody who knows, of one authority in each mapping: account -> identity.
            Accounts that one authority gives different identities are never joined.
    """

    def __init__(self, size: int, pins: Sequence[Mapping[int, str]] = ()) -> None:
        self._parent = list(range(size))
        self._pins = [dict(authority) for authority in pins]
        self.joins: list[Join] = []

    def find(self, account: int) -> int:
        """The account that stands for the group of an account."""
        parent = self._parent
        while parent[account] != account:
            parent[account] = parent[parent[account]]
            account = parent[account]
        return account

    def join(self, first: int, second: int, reason: str) -> bool:
        """Make two groups one, unless they are pinned to different identities."""
        one, other = self.find(first), self.find(second)
        if one == other:
            return True
        for pins in self._pins:
            if one in pins and other in pins and pins[one] != pins[other]:
                return False
        for pins in self._pins:
            if other in pins:
                pins[one] = pins[other]
        self._parent[other] = one
        self.joins.append(Join(first, second, reason))
        return True


class _Person(NamedTuple):
    # What the rules look at of one account.
    number: int
    account: Account
    words: tuple[str, ...]
    name: tuple[str, ...]  # the words in alphabetical order
    nobody: bool  # no name, or nobody's
    full: bool
    handle: str  # what a host gave out: login or local part, without what separates its words


def merge(
    accounts: Sequence[Account], *, bots: Sequence[bool], kept_apart: AbstractSet[int], into: Partition
) -> None:
    """Join the accounts that are one member.

    Args:
        accounts: The accounts, each once.
        bots: For each, whether it is a program: programs are joined with programs, by login and address.
        kept_apart: Accounts that no rule may touch: somebody who knows has placed them.
        into: Where the joins are made. They do not depend on the order of `accounts`.
    """
    order = sorted(range(len(accounts)), key=lambda number: accounts[number].text)
    known = [
        _person(number, accounts[number])
        for number in order
        if number not in kept_apart and not accounts[number].shared
    ]
    persons = [person for person in known if not bots[person.number]]
    for kind in ([person for person in known if bots[person.number]], persons):
        _by_forge(kind, into)
        _by_address(kind, into)
    _by_full_name(persons, into)
    _by_handle(persons, into)
    _by_single_name(persons, into)


def _person(number: int, account: Account) -> _Person:
    words = tokens(account.name)
    nobody = is_placeholder(words)
    given = account.login.partition(":")[2] or account.local.partition("+")[0]
    handle = joined(tokens(given)) if given else ""
    # "fazledyn-or" and "jane.doe" are handles, whatever they are made of: a name has a blank.
    full = not nobody and (" " in account.name or len(words) == 1) and is_full(words)
    return _Person(number, account, words, tuple(sorted(words)), nobody, full, handle)


def _by_forge(persons: Sequence[_Person], into: Partition) -> None:
    for _key, group in _grouped(
        persons, lambda p: [key for key in (p.account.login, p.account.number) if key]
    ):
        for one, other in pairwise(group):
            into.join(one.number, other.number, "same account of a forge")


def _mailbox(account: Account) -> str:
    # Addresses that reach one mailbox: with and without "+tag", Gmail with and without dots.
    if account.login or not account.address:
        return account.address
    local, _, domain = account.address.rpartition("@")
    local = local.partition("+")[0] or local
    domain = SAME_MAILBOX.get(domain, domain)
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def _grouped(
    persons: Iterable[_Person], keys: Callable[[_Person], Iterable[str]]
) -> Iterator[tuple[str, list[_Person]]]:
    # Most keys have one holder: no list is made for it.
    first: dict[str, _Person] = {}
    groups: dict[str, list[_Person]] = {}
    for person in persons:
        for key in keys(person):
            other = first.setdefault(key, person)
            if other is not person:
                groups.setdefault(key, [other]).append(person)
    return iter(groups.items())


def _by_address(persons: Sequence[_Person], into: Partition) -> None:
    for address, group in _grouped(persons, lambda p: [_mailbox(p.account)] if p.account.address else []):
        for part in _of_one_person(group, role=is_role(address.partition("@")[0])):
            for one, other in pairwise(part):
                into.join(one.number, other.number, "same address")


def _of_one_person(group: list[_Person], *, role: bool) -> list[list[_Person]]:
    # Parts of the users of one address who may be one person.
    names: dict[tuple[str, ...], list[_Person]] = {}
    for person in group:
        names.setdefault(() if person.nobody else person.name, []).append(person)
    nameless = names.pop((), [])
    if len(names) > MOST_NAMES:
        return list(names.values())
    parts = _parts([people[0] for people in names.values()])
    whole = [[p for one in part for p in names[one.name]] for part in parts]
    if len(whole) <= 1 or (len(whole) == 2 and not role and _two_names_of_one(whole)):  # noqa: PLR2004 - a pair
        return [[*nameless, *(person for part in whole for person in part)]]
    return whole


def _parts(people: list[_Person]) -> list[list[_Person]]:
    # People whose names are related, directly or through others.
    parts: list[list[_Person]] = []
    for person in people:
        near = [part for part in parts if any(related(person.words, other.words) for other in part)]
        parts = [part for part in parts if part not in near]
        parts.append([person, *(other for part in near for other in part)])
    return parts


def _two_names_of_one(parts: list[list[_Person]]) -> bool:
    # Two names that share nothing can be one person's where one is a nick or in another script, or where
    # the address itself is made of one of the names.
    full = [any(person.full for person in part) for part in parts]
    latin = [any(word.isascii() for person in part for word in person.words) for part in parts]
    own = any(_made_of(person.account.local, person.words) for part in parts for person in part)
    return not all(full) or latin[0] != latin[1] or own


def _made_of(handle: str, words: Sequence[str]) -> bool:
    # Whether a handle holds a long word of a name or is put together from its words.
    plain = joined(tokens(handle))
    return spells(handle, words) or any(len(word) > SHORTEST_HANDLE and word in plain for word in words)


def _by_full_name(persons: Sequence[_Person], into: Partition) -> None:
    full = [person for person in persons if person.full]
    names = {person.name for person in full}
    carried = Counter(word for name in names for word in set(name))
    for _key, group in _grouped(full, lambda p: [" ".join(p.name)]):
        words = group[0].words
        if not is_common(words) and _namesakes(words, carried, len(names)) < NAMESAKES:
            for one, other in pairwise(group):
                into.join(one.number, other.number, "same rare full name")
            continue
        for _org, colleagues in _grouped(group, _employer):
            for one, other in pairwise(colleagues):
                into.join(one.number, other.number, "same full name at the same organisation")


def _employer(person: _Person) -> list[str]:
    domain = person.account.domain
    return [registrable(domain)] if domain_class(domain) in {"", "organisation"} else []


def _by_single_name(persons: Sequence[_Person], into: Partition) -> None:
    # "Jess <jessica.oddworth@a.example>" is the one Jess whose address is made of her other name.
    single = [p for p in persons if len(p.words) == 1 and not p.full and p.handle not in ("", p.words[0])]
    wanted = {person.words[0] for person in single}
    names: dict[str, dict[tuple[str, ...], _Person]] = {}
    for person in persons:
        if person.full and not wanted.isdisjoint(person.words) and not is_common(person.words):
            for word in wanted.intersection(person.words):
                names.setdefault(word, {}).setdefault(person.name, person)
    for person in single:
        word = person.words[0]
        known = names.get(word, {})
        fitting = [other for other in known.values() if _completes(person.handle, word, other.words)]
        if len(fitting) == 1 and len(known) <= MOST_NAMES:
            into.join(fitting[0].number, person.number, "single name completed by the address")


def _completes(handle: str, single: str, words: Sequence[str]) -> bool:
    return _made_of(handle, [word for word in words if word != single]) or spells(handle, words)


def _namesakes(words: Sequence[str], carried: Counter[str], size: int) -> float:
    # How many would carry all these words if words met by chance: those of the name itself left out.
    expected = float(size)
    for word in set(words):
        expected *= (carried[word] - 1) / size
    return expected


def _by_handle(persons: Sequence[_Person], into: Partition) -> None:
    names = {person.name for person in persons if person.full}
    carried = Counter(word for name in names for word in set(name))
    common = {joined(order) for name in names if is_common(name) for order in permutations(name[:3])}
    for handle, group in _grouped(persons, _handles):
        if carried[handle] > 1 or is_role(handle) or handle in common or handle.isdigit():
            continue
        # Two who merely call themselves the same ("Vishal") carry no handle that a host gave out once.
        if any(handle == person.handle for person in group):
            invented = len(handle) >= LONG_HANDLE and not carried[handle] and not is_given(handle)
            rare = invented or any(letter.isdigit() for letter in handle)
            _join_carriers(handle, group, rare=rare, into=into)


def _handles(person: _Person) -> set[str]:
    handles = {person.handle} if person.nobody else {person.handle, joined(person.words)}
    return {handle for handle in handles if len(handle) >= SHORTEST_HANDLE}


def _join_carriers(handle: str, group: list[_Person], *, rare: bool, into: Partition) -> None:
    names = {person.name for person in group if person.full}
    if len(names) > MOST_NAMES:
        return
    longest = max(names, key=lambda name: (len(name), name), default=())
    if any(name != longest and not alike(longest, name) for name in names):
        return
    if names:
        fitting = [p for p in group if _carries(handle, p, longest, rare=rare)]
    else:
        # Nicks on all sides: only a handle that nobody else would choose speaks alone.
        fitting = [p for p in group if rare and not (p.words and p.nobody)]
    for one, other in pairwise(fitting):
        into.join(one.number, other.number, "same rare handle")


def _carries(handle: str, person: _Person, name: Sequence[str], *, rare: bool) -> bool:
    # Whether somebody with this handle may be the person of the full name that carries it too.
    if person.nobody:
        return not person.words and (rare or spells(handle, name))
    if person.full:
        return True
    # "nicolas" or "santi" is no more than the first name of whoever else is called so.
    single = any(len(word) >= len(handle) and is_form(handle, word) for word in name)
    if single and len(person.words) == 1:
        return False
    return joined(person.words) == handle or related(person.words, name)
