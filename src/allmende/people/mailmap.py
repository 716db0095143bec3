"""Mailmap: a community's own table of which accounts are one person.

The format is git's (gitmailmap(5)); this parser calls no program, so that a stranger's file is only
ever read. Its four forms, with comments from "#":

    Proper Name <commit@address>
    <proper@address> <commit@address>
    Proper Name <proper@address> <commit@address>
    Proper Name <proper@address> Commit Name <commit@address>

Names and addresses are compared without regard to case. As in git, a line with a commit name goes
before one without, and a later line before an earlier one.
"""

import re
from dataclasses import dataclass, field

__all__ = ["Mailmap", "Proper", "parse"]

PART = re.compile(r"([^<]*)<([^>]*)>")
LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Proper:
    """The proper identity a line gives; "" where it leaves name or address as they are."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Mailmap:
    """Lines of a mailmap, ready to be asked.

    Args:
        by_address: For each commit address, what its lines without a commit name say.
        by_name: For each commit address and commit name, what its lines say.
        bad_lines: How many lines were none of the four forms.
    """

    by_address: dict[str, Proper] = field(default_factory=dict)
    by_name: dict[tuple[str, str], Proper] = field(default_factory=dict)
    bad_lines: int = 0

    def __len__(self) -> int:
        return len(self.by_address) + len(self.by_name)

    def lookup(self, name: str, address: str) -> Proper | None:
        """The proper identity of an account, or None where no line speaks of it.

        >>> parse(b"Jane Doe <jane@a.example> <j@b.example>").lookup("jd", "J@B.example")
        Proper(name='Jane Doe', address='jane@a.example')
        """
        key = address.lower()
        found = self.by_name.get((key, name.lower())) or self.by_address.get(key)
        if found is None:
            return None
        return Proper(found.name or name, found.address or address)


def parse(text: bytes) -> Mailmap:
    r"""Read a mailmap. Lines that are none of the four forms are counted and passed over.

    >>> mailmap = parse(b"# ours\nJane Doe <jane@a.example>\nnonsense\n")
    >>> len(mailmap), mailmap.bad_lines
    (1, 1)
    """
    by_address: dict[str, Proper] = {}
    by_name: dict[tuple[str, str], Proper] = {}
    bad = 0
    for raw in text.split(b"\n"):
        line = raw.decode(errors="replace").strip()
        if not line or line.startswith("#"):
            continue
        parts = _parts(line)
        if parts is None:
            bad += 1
            continue
        proper, name, address = parts
        if name:
            # As git has it: a line with a commit name replaces an earlier one, without one it adds to it.
            by_name[address, name] = proper
        else:
            by_address[address] = _over(by_address.get(address), proper)
    return Mailmap(by_address, by_name, bad)


def _parts(line: str) -> tuple[Proper, str, str] | None:
    # The proper identity, the commit name ("" for any) and the commit address, both in lower case.
    if len(line) > LONGEST_LINE:
        return None
    first = PART.match(line)
    if first is None or not first[2].strip():
        return None
    name, address = first[1].strip(), first[2].strip()
    second = PART.match(line, first.end())
    if second is None:
        return (Proper(name), "", address.lower()) if name else None
    return Proper(name, address), second[1].strip().lower(), second[2].strip().lower()


def _over(old: Proper | None, new: Proper) -> Proper:
    return new if old is None else Proper(new.name or old.name, new.address or old.address)
