"""Private: addresses and networks. They live in tables of their own and never reach a page, a feed or a file.

Nothing here outlives its date: an address goes after twelve months, a network after seven days.
"""

import re

from allmende.errors import AllmendeError
from allmende.studio.database.store import Act, Store

__all__ = ["checked_address", "failures_of", "forget", "keep_address", "keep_network", "look", "purge"]

_ADDRESS_S = 365 * 86_400
_NETWORK_S = 7 * 86_400
_PENDING_S, _SPAM_S = 30 * 86_400, 14 * 86_400
_LONGEST = 254
_ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@(?:[^\s@.<>\"(),:;\[\]\\]{1,63}\.)+[^\s@.<>\"(),:;\[\]\\0-9]{2,63}"
)


def checked_address(text: str) -> str:
    """An address as somebody typed it, or "" for none.

    Raises:
        AllmendeError: it is no address.
    """
    address = text.strip()
    if address and (len(address) > _LONGEST or not _ADDRESS.fullmatch(address)):
        raise AllmendeError("this is not an e-mail address", expected="name@host.example, or nothing")
    return address


def keep_address(act: Act, comment: int, address: str, *, now: int) -> None:
    """Keep the address that was given with a comment."""
    if address:
        act.run(
            "INSERT INTO private_addresses (comment, email, expires) VALUES (?, ?, ?) "
            "ON CONFLICT (comment) DO UPDATE SET email = excluded.email",
            comment,
            address,
            now + _ADDRESS_S,
        )


def keep_network(act: Act, network: str, *, what: str, study: str, now: int) -> None:
    """Remember what was done from a network: a "thread" or "reply" written, or a "failure" of a guard."""
    act.run(
        "INSERT INTO private_networks (network, what, study, at) VALUES (?, ?, ?, ?)",
        network,
        what,
        study,
        now,
    )


def failures_of(store: Store, network: str, *, since: int) -> int:
    """How often a network failed a guard."""
    return int(
        store.value(
            "SELECT count(*) FROM private_networks WHERE network = ? AND what = 'failure' AND at > ?",
            network,
            since,
        )
    )


def look(store: Store, comment: int, account: str, *, now: int) -> str:
    """The address given with a comment, for a moderator; the look is recorded before it is answered."""
    with store.write() as act:
        act.run("INSERT INTO looks (comment, account, at) VALUES (?, ?, ?)", comment, account, now)
        row = act.row("SELECT email FROM private_addresses WHERE comment = ? AND expires > ?", comment, now)
    return str(row["email"]) if row else ""


def forget(act: Act, comment: int) -> None:
    """Erase what is private about a comment."""
    act.run("DELETE FROM private_addresses WHERE comment = ?", comment)


def purge(store: Store, *, now: int) -> None:
    """Erase what has outlived its date: addresses, networks, comments nobody decided on, and spam."""
    with store.write() as act:
        act.run("DELETE FROM private_addresses WHERE expires <= ?", now)
        act.run("DELETE FROM private_networks WHERE at <= ?", now - _NETWORK_S)
        for state, age in (("pending", _PENDING_S), ("spam", _SPAM_S), ("rejected", _PENDING_S)):
            act.run(
                "DELETE FROM private_addresses WHERE comment IN "
                "(SELECT id FROM comments WHERE state = ? AND created <= ?)",
                state,
                now - age,
            )
            act.run(
                "UPDATE comments SET state = 'removed', name = '', text = '', digest = '', writer = '' "
                "WHERE state = ? AND created <= ?",
                state,
                now - age,
            )
