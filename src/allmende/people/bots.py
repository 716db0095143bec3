"""Bots: which accounts are programs, and by what they are recognised.

Recognised are the suffix "[bot]", known names, and words in the *name*. The local part of an address
is never looked at: of the wrong hits of published lists every one came from there.
Coding agents are a class of their own, forges that record for others another. Behaviour no person
keeps up is only ever a suspicion, reported with its reason; nothing is left out for it (`evidence.md` L3).
"""

import re
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from allmende.events import OFFSET_UNKNOWN, Events
from allmende.people.accounts import Account
from allmende.people.names import fold

__all__ = ["recognise", "suspicions"]

SUFFIX = re.compile(r"\[bot\]$|\(bot\)$", re.IGNORECASE)
# Words that say so themselves, standing at the end of a name ("Release Bot", "foo-robot 2"). Words that are
# also names of persons (Jenkins, Gerrit, Travis) count only with another that no person has.
WORDS = re.compile(
    r"(?:^|[\s_./-])(?:(?:ci|build|auto|merge)?[-_ ]?(?:ro)?bot|auto[-_ ]?roll(?:er)?|auto[-_ ]?merge"
    r"|auto[-_ ]?updater?|automation|(?:service|release|build|bot)[-_ ](?:account|user)"
    r"|cvs2svn|cvs2git|svn2git|import[-_ ]user)"
    r"[\s_-]?\d*$"
    r"|^(?:jenkins|gerrit|travis|zuul|hudson)[-_ ]"
    r"(?:ci|bot|user|builder|build|admin|automation|code|release|service)\b",
    re.IGNORECASE,
)
CAMEL = re.compile(r"[a-z0-9]Bot$|[a-z0-9]Robot$")
HOURS_A_WEEK = 168
HOURS_A_DAY = 24
EVENTS_SUSPECT = 250
DAYS_SUSPECT = 180
IN_TWO_HOURS = 0.6
HOURS_COVERED = 0.9
DAYS_COVERED = 0.95
SAME_SECOND = 0.9


@cache
def _known() -> dict[str, str]:
    text = resources.files("allmende").joinpath("data/bots.txt").read_text("utf-8")
    known, kind = {}, ""
    for line in text.splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            known[fold(line.strip())] = kind
    return known


def recognise(account: Account) -> str:
    """By what an account is recognised as a program; "" for a person.

    >>> from allmende.people.accounts import parse
    >>> recognise(parse("dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>"))
    'bot: name ends in [bot]'
    >>> recognise(parse("Jane Doe <robot@jane.example>"))
    ''
    """
    name = account.name
    kind = (_known().get(fold(name)) or _known().get(f"{fold(name)} @{account.domain}")) if name else None
    login = account.login.partition(":")[2]
    if kind is None and login:
        kind = _known().get(login)
    if kind is None and SUFFIX.search(name) and fold(SUFFIX.sub("", name)) in _known():
        kind = _known()[fold(SUFFIX.sub("", name))]
    if kind == "agent":
        return "coding agent: known name"
    if kind == "forge":
        return (
            "forge: records for others"
            if account.address.startswith("noreply@") or not account.address
            else ""
        )
    if SUFFIX.search(name) or login.endswith("[bot]"):
        return "bot: name ends in [bot]"
    if kind is not None:
        return "bot: known name"
    return "bot: a word of the name" if name and (WORDS.search(name) or CAMEL.search(name)) else ""


def suspicions(events: Events, bot: NDArray[np.bool_]) -> dict[int, str]:
    """Members not known to be programs that act as no person does: member code and what was seen.

    Three marks, all after 250 acts over half a year: nearly all acts at the same second of the hour; 60 %
    within the same two hours of the day; or nearly every hour of the week and nearly every day. Of the
    members of 77 real histories who are busy enough they point at 6 of the 21 that are programs by name,
    and at 1 of the 1,111 others (`benchmarks/record.py`).

    Args:
        events: The events, members identified.
        bot: For each member code, whether it is known to be a program.
    """
    counts = np.bincount(events.member, minlength=len(events.members))
    busy = np.flatnonzero((counts >= EVENTS_SUSPECT) & ~bot)
    if not len(busy):
        return {}
    index = np.full(len(events.members), -1)
    index[busy] = np.arange(len(busy))
    who = index[events.member]
    rows = np.flatnonzero(who >= 0)
    rows = rows[np.argsort(who[rows], kind="stable")]
    starts = np.searchsorted(who[rows], np.arange(len(busy) + 1))
    second = events.at[rows] // 1_000_000
    offset = events.offset[rows].astype(np.int64)
    local = second + 60 * np.where(offset == OFFSET_UNKNOWN, 0, offset)
    found = {}
    for number, member in enumerate(busy):
        reason = _inhuman(local[starts[number] : starts[number + 1]])
        if reason:
            found[int(member)] = reason
    return found


def _inhuman(second: NDArray[np.int64]) -> str:
    days = np.unique(second // 86_400)
    span = days[-1] - days[0] + 1
    if span < DAYS_SUSPECT:
        return ""
    in_second = np.bincount(second % 3600, minlength=3600).max() / len(second)
    if in_second >= SAME_SECOND:
        return f"{in_second:.0%} of its acts at the same second of the hour"
    in_hour = np.bincount(second // 3600 % HOURS_A_DAY, minlength=HOURS_A_DAY) / len(second)
    in_two = (in_hour + np.roll(in_hour, -1)).max()
    if in_two >= IN_TWO_HOURS:
        return f"{in_two:.0%} of its acts within the same two hours of the day"
    hours = len(np.unique(second // 3600 % HOURS_A_WEEK)) / HOURS_A_WEEK
    if hours >= HOURS_COVERED and len(days) / span >= DAYS_COVERED:
        return f"active in {hours:.0%} of the hours of the week and on {len(days) / span:.0%} of all days"
    return ""
