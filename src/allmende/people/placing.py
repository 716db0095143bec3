"""Placing: accounts whose identity somebody who knows has written down, before any rule is asked.

Two authorities speak, both in git's mailmap format. The community's own .mailmap joins what it maps
together, and keeps apart those to whom it gives different full names. The user's overrides stand
above it: an account that a line of the overrides names stands exactly where the line puts it, and no
rule touches it again. So an override joins ("Jane Doe <jane@a.example> <j@b.example>") and splits:
a line that gives an account its own name and address ("Jane Doe <jane@c.example> <jane@c.example>")
makes it a member of its own, whatever it shares with others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allmende.people.accounts import Account, split
from allmende.people.mailmap import Mailmap, Proper
from allmende.people.merging import Partition
from allmende.people.names import fold, is_full, tokens

__all__ = ["Placement", "place"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the authorities put accounts.

    Args:
        partition: The accounts, joined as far as the authorities say.
        overridden: Accounts that the user has placed.
        proper: For accounts placed by either, the proper identity.
        notes: Sentences for the user: lines that were not understood, or speak of nobody.
    """

    partition: Partition
    overridden: frozenset[int]
    proper: dict[int, Proper]
    notes: tuple[str, ...] = ()


def place(accounts: Sequence[Account], *, mailmap: Mailmap, overrides: Mailmap) -> Placement:
    """Join and pin accounts as a community's mailmap and a user's overrides say.

    Args:
        accounts: The accounts, each once.
        mailmap: The community's own.
        overrides: The user's, which goes before it.
    """
    written = [split(account.text) for account in accounts]
    mapped = _looked_up(mailmap, written)
    after = [_as_written(mapped.get(number), pair) for number, pair in enumerate(written)]
    moved = _looked_up(overrides, after) | _looked_up(overrides, written)
    anchors = _anchors(after, moved)
    kept = {number: proper for number, proper in mapped.items() if number not in moved}
    pins = (
        {number: _exactly(proper) for number, proper in (moved | anchors).items()},
        {number: pin for number, proper in kept.items() if (pin := _full_name(proper))},
    )
    partition = Partition(len(accounts), pins)
    _join(partition, moved | anchors, "your override")
    _join(partition, kept | _own(kept, written, moved), ".mailmap")
    notes = tuple(_notes(mailmap, overrides, moved))
    return Placement(partition, frozenset(moved), mapped | moved, notes)


def _notes(mailmap: Mailmap, overrides: Mailmap, moved: dict[int, Proper]) -> Iterator[str]:
    if mailmap.bad_lines:
        yield f"lines of the community's .mailmap that are not understood: {mailmap.bad_lines}"
    if overrides.bad_lines:
        yield f"lines of your own mailmap that are not understood: {overrides.bad_lines}"
    if len(overrides) and not moved:
        yield "no line of your own mailmap speaks of an account of this record"


def _looked_up(mailmap: Mailmap, written: Sequence[tuple[str, str]]) -> dict[int, Proper]:
    if not len(mailmap):
        return {}
    found = ((number, mailmap.lookup(*pair)) for number, pair in enumerate(written))
    return {number: proper for number, proper in found if proper is not None}


def _as_written(proper: Proper | None, pair: tuple[str, str]) -> tuple[str, str]:
    return pair if proper is None else (proper.name, proper.address)


def _anchors(after: Sequence[tuple[str, str]], moved: dict[int, Proper]) -> dict[int, Proper]:
    # The accounts that are themselves the proper identity of an override, by address alone where that
    # names one identity.
    exact = {_exactly(proper): proper for proper in moved.values()}
    by_address: dict[str, set[str]] = {}
    for key, proper in exact.items():
        if proper.address:
            by_address.setdefault(proper.address.lower(), set()).add(key)
    anchors = {}
    for number, (name, address) in enumerate(after) if exact else ():
        if number in moved:
            continue
        keys = {_exactly(Proper(name, address))} & exact.keys() or by_address.get(address.lower(), set())
        if len(keys) == 1:
            anchors[number] = exact[next(iter(keys))]
    return anchors


def _own(
    kept: dict[int, Proper], written: Sequence[tuple[str, str]], moved: dict[int, Proper]
) -> dict[int, Proper]:
    # Accounts that no line names because they are already written properly.
    wanted = {_exactly(proper) for proper in kept.values()}
    own = ((number, Proper(*pair)) for number, pair in enumerate(written)) if wanted else ()
    return {
        number: proper
        for number, proper in own
        if number not in kept and number not in moved and _exactly(proper) in wanted
    }


def _join(partition: Partition, placed: dict[int, Proper], reason: str) -> None:
    first: dict[str, int] = {}
    for number in sorted(placed):
        key = _exactly(placed[number])
        if first.setdefault(key, number) != number:
            partition.join(first[key], number, reason)


def _exactly(proper: Proper) -> str:
    return f"{' '.join(fold(proper.name).split())} <{proper.address.lower()}>"


def _full_name(proper: Proper) -> str:
    words = tokens(proper.name)
    return " ".join(sorted(words)) if is_full(words) else ""
