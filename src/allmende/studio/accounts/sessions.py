"""Sessions: a browser holds 256 random bits, the database their digest; a session ends when it idles."""

import secrets

from allmende.studio.accounts.people import Account, account_of, token_digest
from allmende.studio.database.store import Store

__all__ = ["IDLE_S", "begin", "end", "end_all", "who"]

IDLE_S = 12 * 3600
"""How long a session may idle."""

_LONGEST_S = 30 * 86_400
_NOTED_EVERY_S = 600


def begin(store: Store, account: str, *, former: str, now: int) -> str:
    """Begin a session; the browser's former one ends, so that no token outlives a sign-in.

    Args:
        store: The database.
        account: Whose.
        former: The token the browser had, "" for none.
        now: The present time.

    Returns:
        The new token.
    """
    token = secrets.token_urlsafe(32)
    with store.write() as act:
        act.run("DELETE FROM sessions WHERE token = ? OR used < ?", token_digest(former), now - IDLE_S)
        act.run(
            "INSERT INTO sessions (token, account, created, used) VALUES (?, ?, ?, ?)",
            token_digest(token),
            account,
            now,
            now,
        )
    return token


def who(store: Store, token: str, *, now: int) -> Account | None:
    """Whose session a token is; None when it is nobody's, or has ended."""
    if not token:
        return None
    row = store.row("SELECT account, created, used FROM sessions WHERE token = ?", token_digest(token))
    if row is None or now - row["used"] > IDLE_S or now - row["created"] > _LONGEST_S:
        return None
    if now - row["used"] > _NOTED_EVERY_S:
        with store.write() as act:
            act.run("UPDATE sessions SET used = ? WHERE token = ?", now, token_digest(token))
    account = account_of(store, str(row["account"]))
    return None if account is None or account.disabled else account


def end(store: Store, token: str) -> None:
    """End a session."""
    with store.write() as act:
        act.run("DELETE FROM sessions WHERE token = ?", token_digest(token))


def end_all(store: Store, account: str) -> None:
    """End every session of an account."""
    with store.write() as act:
        act.run("DELETE FROM sessions WHERE account = ?", account)
