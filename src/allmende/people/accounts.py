"""Accounts: who acted, as a source writes it, taken apart.

An account is the text a reader found beside an act: "Jane Doe <jane@example.org>" in a git history, a
user name in a wiki. Taken apart it has a name for people, an address, and a login on a forge
where the address is one of those that forges hand out to hide the real one. Nothing is compared
here: `identities` decides which accounts are one member.
"""

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Account", "is_address", "parse", "split"]

ADDRESS = re.compile(r"[^\s@<>,;:()\[\]\\\"]+@((?:[^\s@<>,;:()\[\]\\\".]+\.)+[^\W\d_][\w-]*|UUID)".replace(
    "UUID", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
))  # fmt: skip
# Names machines give to themselves: many persons may be "root@localhost.localdomain".
MACHINE = re.compile(r"\.(?:local|localdomain|localhost|lan|internal|home|invalid|test|\(none\)|none)$")
FORGES = {
    "users.noreply.github.com": "github",
    "users.noreply.gitlab.com": "gitlab",
    "user.noreply.gitee.com": "gitee",
    "users.noreply.gitee.com": "gitee",
    "noreply.codeberg.org": "codeberg",
    "users.noreply.codeberg.org": "codeberg",
    "noreply.gitea.com": "gitea",
    "noreply.gitea.io": "gitea",
    "users.sourceforge.net": "sourceforge",
    "users.sf.net": "sourceforge",
    "users.launchpad.net": "launchpad",
    "users.noreply.launchpad.net": "launchpad",
    "users.noreply.bitbucket.org": "bitbucket",
}
# "123+login" (GitHub, Gitee) and "123-login" (GitLab).
NUMBERED = re.compile(r"(\d+)[+-](.+)")
BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
# Longer than any name, and than mail allows an address to be: what is longer was written to hurt.
LONGEST_NAME = 256
LONGEST_ADDRESS = 254
# "Jane Doe via Tool", "Jane Doe and Joe Bloggs", "Jane Doe + Joe Bloggs", "Jane Doe, Joe Bloggs".
SHARED = re.compile(r"\bvia \S|\S (?:and|und|et|&|\+) \S|\w \w+, \w+ \w", re.IGNORECASE)


class Account(NamedTuple):
    """An account taken apart.

    Args:
        text: As the source writes it.
        name: The name for people, without control characters, "" when there is none.
        address: The mail address in lower case, "" when there is none that is well formed.
        login: Name on a forge, as "github:jdoe", "" when the address is not a forge's.
        number: Number on a forge, as "github#123"; it outlives a change of the login. "" when not given.
        shared: Whether the name is not one person's: a tool's for somebody, or several people's.
    """

    text: str
    name: str = ""
    address: str = ""
    login: str = ""
    number: str = ""
    shared: bool = False

    @property
    def local(self) -> str:
        """What stands before the @ of the address."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind the @ of the address."""
        return self.address.rpartition("@")[2]


def is_address(text: str) -> bool:
    """Whether a text is a mail address by which people can be told apart.

    A machine's own name ("root@localhost", "jane@laptop.local") is not one; the number of a Subversion
    repository behind the @, as imports write it, is.

    >>> is_address("jane@example.org"), is_address("jane at example.org"), is_address("a@b@example.org")
    (True, False, False)
    """
    found = ADDRESS.fullmatch(text) if len(text) <= LONGEST_ADDRESS else None
    return found is not None and MACHINE.search(text) is None


def split(text: str) -> tuple[str, str]:
    """Name and address of an account as they are written, neither cleaned nor checked.

    >>> split("Jane (at home) <Jane@Example.org>"), split("jane@example.org"), split("jane")
    (('Jane (at home)', 'Jane@Example.org'), ('', 'jane@example.org'), ('jane', ''))
    """
    if text.rstrip().endswith(">") and "<" in text:
        written, _, inside = text.rstrip()[:-1].rpartition("<")
        return written.strip(), inside.strip()
    return ("", text) if is_address(text.lower()) else (text, "")


def parse(text: str) -> Account:
    """Take apart what a source writes: "Name <address>", an address, or a name alone.

    >>> parse("Jane Doe <12+jdoe@users.noreply.github.com>")[1:5]
    ('Jane Doe', '12+jdoe@users.noreply.github.com', 'github:jdoe', 'github#12')
    >>> parse("jane@example.org <>").address
    'jane@example.org'
    """
    written, inside = split(text)
    address = inside.strip(" '\"").lower()
    if not is_address(address):
        address = ""
    name = _name(written)
    if is_address(name.lower()):
        # Some tools write the address in both places, or in the wrong one.
        address, name = address or name.lower(), ""
    login, number = _forge(address)
    return Account(text, name, address, login, number, SHARED.search(name) is not None)


def _name(written: str) -> str:
    name = written[:LONGEST_NAME]
    name = name if name.isascii() and name.isprintable() else _printable(name)
    if "(" in name or "[" in name or "{" in name:
        # "Jane Doe (Example Ltd)" is Jane Doe; "dependabot[bot]" must stay what it is.
        shorter = BRACKETS.sub(" ", name) if "[bot]" not in name.lower() else name
        name = shorter if shorter.strip() else name
    return " ".join(name.split()).strip(" '\"<>,")


def _printable(text: str) -> str:
    # Terminals, browsers and log files act upon what is not printable: controls, marks that turn the
    # direction of writing, halves of characters.
    return unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in text))


def _forge(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    forge = FORGES.get(domain)
    if forge is None and domain.startswith(("users.noreply.", "noreply.")):
        # A forge of one's own hides addresses in the same way.
        forge = domain.split("noreply.", 1)[1]
    if not forge or not local:
        return "", ""
    numbered = NUMBERED.fullmatch(local) if forge in {"github", "gitlab", "gitee"} else None
    if numbered:
        return f"{forge}:{numbered[2]}", f"{forge}#{numbered[1]}"
    return f"{forge}:{local}", ""
