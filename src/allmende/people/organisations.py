"""Organisations: what the domain of a mail address says about an employer, and what a user's file says.

An organisation is written as its registrable domain ("redhat.com") or by the name a file of
affiliations gives; all else is one of `CLASSES`. Domains speak with precision but rarely: nine of ten
commits from free-mail addresses in two large ecosystems were made by employed people.
So a volunteer share is an interval: at least what is known `is_independent`, at most what is not known
`is_employer`. Everything works without a network.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from allmende.months import instant

__all__ = [
    "CLASSES",
    "Affiliations",
    "domain_class",
    "employer_at",
    "is_employer",
    "is_independent",
    "organisation_of",
    "parse_affiliations",
    "registrable",
]

CLASSES = ("", "association", "free-mail", "independent", "none", "noreply", "other", "university")
ACADEMIC = re.compile(
    r"(?:^|\.)(?:edu|ac)(?:\.[a-z]{2,3})?$|(?:^|[.-])(?:uni|univ|fh|hs|tu|th)-[a-z]|(?:^|\.)univ(?:ie)?\."
    r"|universit(?:y|e|a|at|aet|eit)\b|(?:^|[.-])college\.|(?:^|[.-])(?:stud|students?|alumni?)\."
)
NOREPLY = re.compile(r"(?:^|\.)(?:users?\.)?no-?reply\.")
INDEPENDENT = frozenset(
    [
        "independent",
        "(independent)",
        "*independent",
        "self",
        "(self)",
        "hobbyist",
        "hobbyists",
        "volunteer",
        "none",
        "(none)",
        "individual",
        "freelance",
        "freelancer",
    ]
)
UNKNOWN = frozenset(("unknown", "(unknown)", "notfound", "(not found)", "?", "-"))
LINE = re.compile(r"(?P<who>\S+)\s+(?P<employer>.+?)(?:\s*<\s*(?P<until>\d{4}-\d{2}-\d{2}))?\s*$")
LONGEST_LINE = 4096
ALWAYS = 1 << 62


@cache
def _lists() -> tuple[dict[str, str], dict[str, str]]:
    text = resources.files("allmende").joinpath("data/mail_domains.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    aliases: dict[str, str] = tables.pop("aliases")
    return {domain: name for name, domains in tables.items() for domain in domains.split()}, aliases


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    # Its own copy of the list; it never asks the network.
    return PublicSuffixList(accept_unknown=True, only_icann=True)


@lru_cache(maxsize=1 << 16)
def registrable(domain: str) -> str:
    """The part of a domain that somebody registered, by the public suffix list; "" where there is none.

    >>> registrable("mail.catalyst.net.nz"), registrable("hco.ntt.co.jp"), registrable("co.jp")
    ('catalyst.net.nz', 'ntt.co.jp', '')
    """
    found = _suffixes().privatesuffix(domain.lower().strip("."))
    return str(found) if found else ""


@lru_cache(maxsize=1 << 16)
def domain_class(domain: str) -> str:
    """What stands behind a mail domain: a class, or "organisation" for a known one, or "" where no list says.

    >>> domain_class("gmail.com"), domain_class("cs.stanford.edu"), domain_class("people.debian.org")
    ('free-mail', 'university', 'association')
    >>> domain_class("tik.ee.ethz.ch"), domain_class("somewhere.example"), domain_class("")
    ('university', '', 'none')
    """
    if not domain or "." not in domain:
        return "none"
    known, _aliases = _lists()
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        found = known.get(".".join(labels[start:]))
        if found:
            return found
    if NOREPLY.search(domain):
        return "noreply"
    return "university" if ACADEMIC.search(domain) else ""


def organisation_of(domain: str) -> tuple[str, bool]:
    """The organisation of a mail domain, and whether it may be named even when one member alone is there.

    >>> organisation_of("uk.ibm.com"), organisation_of("jane.example"), organisation_of("web.de")
    (('ibm.com', True), ('jane.example', False), ('free-mail', True))
    """
    found = domain_class(domain)
    if found not in {"", "organisation"}:
        return found, True
    name = registrable(domain)
    if not name:
        return "none", True
    known, aliases = _lists()
    name = aliases.get(name, name)
    return name, bool(found) or name in known


@lru_cache(maxsize=1 << 16)
def is_employer(org: str) -> bool:
    """Whether an entry of `Panel.orgs` names an organisation that employs those who act from it.

    >>> is_employer("redhat.com"), is_employer("free-mail"), is_employer("apache.org"), is_employer("")
    (True, False, False, False)
    """
    return org not in CLASSES and ("." not in org or " " in org or domain_class(org) in {"", "organisation"})


def is_independent(org: str) -> bool:
    """Whether an entry of `Panel.orgs` says that those who act from it are known to have no employer.

    >>> is_independent("independent"), is_independent("free-mail")
    (True, False)
    """
    return org == "independent"


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Who was employed by whom until when, as a user's file says.

    Args:
        people: For each address, its employers in order of time: (microsecond of the end, employer).
        domains: The same for each mail domain; a domain stands for its subdomains.
        bad_lines: Numbers of lines that are not understood.
    """

    people: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    domains: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    bad_lines: tuple[int, ...] = ()

    def of_address(self, address: str) -> tuple[tuple[int, str], ...]:
        """The employers of the person with this address, () where the file does not say."""
        return self.people.get(address, ())

    def of_domain(self, domain: str) -> tuple[tuple[int, str], ...]:
        """The employers that people at this domain have, () where the file does not say."""
        labels = domain.split(".")
        for start in range(len(labels)):
            found = self.domains.get(".".join(labels[start:]))
            if found:
                return found
        return ()


def employer_at(stretches: Sequence[tuple[int, str]], at: int) -> str:
    """The employer at an instant; "" after the last end.

    >>> employer_at([(100, "First Ltd"), (ALWAYS, "Second Ltd")], 100)
    'Second Ltd'
    """
    index = bisect_right([end for end, _employer in stretches], at)
    return stretches[index][1] if index < len(stretches) else ""


def parse_affiliations(text: str) -> Affiliations:
    """Read a file of affiliations in the form of gitdm's email-map and domain-map, both in one if wished.

    Each line is an address or a domain, an employer, and an end date if there was one; "#" begins a comment:

        jane@example.org    First Ltd < 2010-01-01
        jane@example.org    Second Ltd
        example.net         Third Ltd

    Lines that are not understood are counted. "Independent", "(None)", "Hobbyist" and the like become
    "independent", "Unknown" becomes "".

    >>> parse_affiliations("jane@example.org First Ltd < 1970-01-02").of_address("jane@example.org")
    ((86400000000, 'First Ltd'),)
    """
    people: dict[str, list[tuple[int, str]]] = {}
    domains: dict[str, list[tuple[int, str]]] = {}
    bad = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        found = LINE.match(line) if len(line) <= LONGEST_LINE else None
        end = _end(found["until"]) if found else None
        if found is None or end is None or "<" in found["employer"]:
            bad.append(number)
            continue
        # CNCF's files write "jane!example.org" so that addresses are not harvested.
        who = found["who"].lower().replace("!", "@")
        (people if "@" in who else domains).setdefault(who, []).append((end, _employer(found["employer"])))
    return Affiliations(
        {who: tuple(sorted(stretches)) for who, stretches in people.items()},
        {who: tuple(sorted(stretches)) for who, stretches in domains.items()},
        tuple(bad),
    )


def _end(until: str | None) -> int | None:
    if until is None:
        return ALWAYS
    try:
        return instant(datetime.fromisoformat(until))
    except ValueError:
        return None


def _employer(written: str) -> str:
    name = " ".join(written.split())
    if name.lower() in INDEPENDENT:
        return "independent"
    return "" if name.lower() in UNKNOWN else name
