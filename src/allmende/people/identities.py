"""Identities: from accounts as a source writes them to members, programs marked, names hidden.

What is written down goes first (the user's overrides, the community's .mailmap: `placing`), then the
rules with their guards (`merging`). Members become pseudonyms unless names were asked for; the
canonical identity behind a pseudonym is the proper address if somebody wrote one down, else the
address of the member's earliest act, so that a pseudonym survives new aliases and is the same in
every community of one key. Every merge can be explained and overridden.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from allmende.community import Identities, Merge
from allmende.events import RECORDER_UNKNOWN, Events
from allmende.people.accounts import Account, parse
from allmende.people.bots import recognise, suspicions
from allmende.people.employment import employment
from allmende.people.mailmap import Proper
from allmende.people.mailmap import parse as parse_mailmap
from allmende.people.merging import Join, Partition, merge
from allmende.people.names import is_full, tokens
from allmende.people.organisations import Affiliations
from allmende.people.placing import Placement, place
from allmende.people.pseudonyms import fingerprint, pseudonym, user_key
from allmende.reader import Records

__all__ = ["identify"]

SAID_BY_SOURCE = "bot: the source says so"


def identify(
    records: Records,
    *,
    overrides: bytes = b"",
    affiliations: Affiliations | None = None,
    show_names: bool = False,
    key: bytes | None = None,
) -> tuple[Events, NDArray[np.bool_], Identities]:
    """Who acted: events whose members are identified members, which of them are programs, and why.

    Args:
        records: What a reader answered; `events.members` are accounts as the source writes them.
        overrides: A user's .mailmap, which goes before everything else; it joins and splits (`placing`).
        affiliations: A user's file of employers, or None.
        show_names: Whether members keep their names. Otherwise no name or address is in the answer.
        key: Key of the pseudonyms; by default the user's own.

    Returns:
        The events with members, recorders and organisations mapped; for each member code whether it is
        a program, bool; how accounts became members.

    Raises:
        StoreError: the user's key is needed and cannot be read.
    """
    events = records.events
    secret = None if show_names else key or user_key()
    people = _conserved(records) if records.source.conserved_names else _resolved(records, overrides)
    names = _shown(people) if show_names else _hidden(people, secret or b"")
    member = people.account_member
    job = employment(events, people.accounts, member, affiliations)
    identified = replace(
        events,
        member=member[events.member] if len(events) else events.member,
        recorder=_recorders(events, member),
        members=tuple(names),
        org=job.org,
        orgs=job.orgs,
    )
    bot = np.array([reason != "" for reason in people.bots], np.bool_)
    identities = Identities(
        accounts=len(people.accounts),
        merges=tuple(_explained(people, names, secret)),
        bots={names[code]: reason for code, reason in enumerate(people.bots) if reason},
        key_fingerprint=fingerprint(secret) if secret is not None else "",
        account_member=member,
        suspects={names[code]: seen for code, seen in suspicions(identified, bot).items()},
        notes=(*people.notes, *_notes(affiliations)),
    )
    return identified, bot, identities


@dataclass(frozen=True, slots=True)
class _People:
    # Accounts, their members (in the order of their first account), and what is known of each member.
    accounts: Sequence[Account]
    account_member: NDArray[np.int32]
    aliases: list[list[int]]
    proper: list[Proper | None]
    bots: list[str]
    joins: Sequence[Join]
    notes: tuple[str, ...] = ()


def _notes(affiliations: Affiliations | None) -> Iterable[str]:
    if affiliations is not None and affiliations.bad_lines:
        bad = affiliations.bad_lines
        yield f"lines of the affiliation file that are not understood: {len(bad)}, the first is line {bad[0]}"


def _conserved(records: Records) -> _People:
    # The names are pseudonyms already: each is a member, and only the source says which is a program.
    accounts = [Account(text) for text in records.events.members]
    size = len(accounts)
    told = frozenset(records.source.bots)
    bots = [SAID_BY_SOURCE if account.text in told else "" for account in accounts]
    return _People(
        accounts, np.arange(size, dtype=np.int32), [[i] for i in range(size)], [None] * size, bots, ()
    )


def _resolved(records: Records, overrides: bytes) -> _People:
    accounts = [parse(text) for text in records.events.members]
    told = frozenset(records.source.bots)
    reasons = [SAID_BY_SOURCE if account.text in told else recognise(account) for account in accounts]
    placement = place(
        accounts, mailmap=parse_mailmap(records.source.mailmap), overrides=parse_mailmap(overrides)
    )
    merge(
        accounts,
        bots=[reason != "" for reason in reasons],
        kept_apart=placement.overridden,
        into=placement.partition,
    )
    account_member, aliases = _numbered(placement.partition, len(accounts))
    _earliest_first(records.events, accounts, aliases)
    return _People(
        accounts,
        account_member,
        aliases,
        [_proper(members, placement) for members in aliases],
        [_program(members, reasons, placement) for members in aliases],
        placement.partition.joins,
        placement.notes,
    )


def _numbered(partition: Partition, size: int) -> tuple[NDArray[np.int32], list[list[int]]]:
    codes: dict[int, int] = {}
    member = [codes.setdefault(partition.find(account), len(codes)) for account in range(size)]
    aliases: list[list[int]] = [[] for _ in codes]
    for account, code in enumerate(member):
        aliases[code].append(account)
    return np.array(member, np.int32), aliases


def _earliest_first(events: Events, accounts: Sequence[Account], aliases: list[list[int]]) -> None:
    # Events are in order of time: of several assignments the last one, read backwards, is the first act.
    first = np.full(len(accounts), np.iinfo(np.int64).max)
    first[events.member[::-1]] = events.at[::-1]
    at = first.tolist()
    for members in aliases:
        if len(members) > 1:
            members.sort(key=lambda number: (at[number], accounts[number].text))


def _proper(members: Sequence[int], placement: Placement) -> Proper | None:
    placed = sorted(
        (number not in placement.overridden, placement.proper[number].address, placement.proper[number].name)
        for number in members
        if number in placement.proper
    )
    return Proper(placed[0][2], placed[0][1]) if placed else None


def _program(members: Sequence[int], reasons: Sequence[str], placement: Placement) -> str:
    if any(number in placement.overridden for number in members):
        proper = _proper(members, placement)
        assert proper is not None
        return recognise(parse(f"{proper.name} <{proper.address}>"))
    found = [reasons[number] for number in members]
    return found[0] if all(found) else ""


def _identity(people: _People, code: int) -> tuple[str, str]:
    # Name and address by which a member is known.
    proper, first = people.proper[code], people.accounts[people.aliases[code][0]]
    if proper is not None:
        return proper.name, proper.address.lower()
    return first.name or first.text, first.address


def _hidden(people: _People, key: bytes) -> list[str]:
    identities = [_identity(people, code) for code in range(len(people.aliases))]
    ways = (
        lambda code: identities[code][1] or identities[code][0],
        lambda code: f"{' '.join(sorted(tokens(identities[code][0])))} <{identities[code][1]}>",
        lambda code: people.accounts[people.aliases[code][0]].text,
    )
    return [pseudonym(text, key=key) for text in _unique(len(identities), ways)]


def _shown(people: _People) -> list[str]:
    def name(code: int) -> str:
        if people.proper[code] is None:
            for number in people.aliases[code]:
                written = people.accounts[number].name
                if " " in written and is_full(tokens(written)):
                    return written
        return _identity(people, code)[0]

    ways = (
        name,
        lambda code: f"{name(code)} <{_identity(people, code)[1]}>",
        lambda code: people.accounts[people.aliases[code][0]].text,
    )
    return _unique(len(people.aliases), ways)


def _unique(size: int, ways: Sequence[Callable[[int], str]]) -> list[str]:
    # A text for each member: by the first way that no other member shares; at last the number goes with it.
    chosen = [""] * size
    taken: set[str] = set()
    left = list(range(size))
    for way in ways:
        texts = {code: way(code) for code in left}
        counted = Counter(texts.values())
        left = [code for code in left if counted[texts[code]] > 1 or texts[code] in taken]
        for code in texts.keys() - set(left):
            chosen[code] = texts[code]
        taken.update(chosen[code] for code in texts.keys() - set(left))
    for code in left:
        chosen[code] = next(text for n in count(1) if (text := f"{ways[-1](code)} ({n})") not in taken)
        taken.add(chosen[code])
    return chosen


def _recorders(events: Events, account_member: NDArray[np.int32]) -> NDArray[np.int32]:
    known = events.recorder != RECORDER_UNKNOWN
    mapped = np.full(len(events), RECORDER_UNKNOWN, np.int32)
    mapped[known] = account_member[events.recorder[known]]
    return mapped


def _explained(people: _People, names: Sequence[str], key: bytes | None) -> Iterable[Merge]:
    for first, second, reason in people.joins:
        texts = people.accounts[first].text, people.accounts[second].text
        one, other = texts if key is None else (pseudonym(text, key=key) for text in texts)
        yield Merge(names[people.account_member[first]], (one, other), reason)
