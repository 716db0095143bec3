"""Invented people and their accounts: no name or address here is anybody's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from allmende.events import Event, Events
from allmende.reader import Records, Source

GIVEN = ("Amabel", "Bertolf", "Cunegund", "Dagobert", "Ermentrud", "Fulbert", "Gisulf", "Hadewych")
FAMILY = ("Oddworth", "Quillfeather", "Ravensmoor", "Silverbrook", "Thistledown", "Underbough", "Vexley")
HOSTS = (
    "mill.example.org",
    "forge.example.net",
    "gmail.com",
    "acme-works.example.com",
    "users.noreply.github.com",
)


def records(
    accounts: Sequence[str],
    *,
    acts: int = 1,
    mailmap: bytes = b"",
    conserved_names: bool = False,
    bots: Sequence[str] = (),
    recorders: Sequence[str] = (),
) -> Records:
    """Records in which each account acts in turn, `acts` times, a day apart; recorders only enter acts."""
    start = datetime(2015, 1, 1, tzinfo=UTC)
    rows = [
        Event(
            at=start + timedelta(days=number),
            member=account,
            recorder=recorders[number % len(recorders)] if recorders else None,
        )
        for number, account in enumerate(list(accounts) * acts)
    ]
    source = Source(
        "git", "somewhere", "village", mailmap=mailmap, conserved_names=conserved_names, bots=tuple(bots)
    )
    return Records(Events.of(rows), source)


@st.composite
def account_texts(draw: st.DrawFn, *, most: int = 14) -> list[str]:
    """Accounts of a few people in many spellings, with clashes, tools, machines and rubbish among them."""
    texts = []
    for _ in range(draw(st.integers(0, most))):
        given, family = draw(st.sampled_from(GIVEN)), draw(st.sampled_from(FAMILY))
        host = draw(st.sampled_from(HOSTS))
        name = draw(
            st.sampled_from(
                [
                    f"{given} {family}",
                    f"{family}, {given}",
                    f"{given[0]}. {family}",
                    given,
                    (given[0] + family).lower(),
                    f"{given} {family} via Post Box",
                    "root",
                    "",
                    "mill-bot[bot]",
                    "Your Name",
                ]
            )
        )
        local = draw(
            st.sampled_from(
                [f"{given}.{family}", given[0] + family, given, f"12+{given[0]}{family}", "info", "list", "x"]
            )
        ).lower()
        texts.append(
            draw(st.sampled_from([f"{name} <{local}@{host}>", name, f"{name} <>", f"{name} <{local}>"]))
        )
    return list(dict.fromkeys(texts))


def partition(account_member: "np.ndarray", texts: Sequence[str]) -> frozenset[frozenset[str]]:
    """Which accounts are together, without the numbers."""
    groups: dict[int, set[str]] = {}
    for text, member in zip(texts, account_member.tolist(), strict=True):
        groups.setdefault(member, set()).add(text)
    return frozenset(frozenset(group) for group in groups.values())
