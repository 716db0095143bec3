"""People: accounts are made by invitation; whoever follows one chooses a password and is signed in."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from allmende.errors import AllmendeError
from allmende.studio.accounts.passwords import fits, hashed
from allmende.studio.accounts.roles import ROLES, Role
from allmende.studio.database.store import Act, Row, Store
from allmende.studio.naming import free_name

__all__ = [
    "Account",
    "accept",
    "account_of",
    "administrator",
    "administrators_with_password",
    "first_administrator",
    "invite",
    "invite_again",
    "invited",
    "people",
    "set_role",
    "sign_in",
    "token_digest",
]

_LONGEST_NAME = 60
_INVITATION_S = 7 * 86_400
_WINDOW_S = 900
_FREE_TRIES = 5
_LONGEST_WAIT_S = 900


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who has an account.

    Args:
        id: Its name in addresses and in the database.
        name: The name that others see.
        role: What they may do.
        disabled: Whether it is closed.
    """

    id: str
    name: str
    role: Role
    disabled: bool = False


def token_digest(token: str) -> str:
    """What is stored of a secret that a browser holds: nobody who reads the database can use it."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def administrator(store: Store, *, now: int) -> str:
    """The account of the first administrator, who is made on the first start."""
    with store.write() as act:
        return _administrator(act, now)


def first_administrator(store: Store, *, now: int) -> str:
    """The token of a one-time link for the administrator, who is made on the first start.

    Args:
        store: The database.
        now: The present time.
    """
    with store.write() as act:
        return _invitation(act, _administrator(act, now), now)


def administrators_with_password(store: Store) -> int:
    """How many administrators can sign in by a password."""
    return int(
        store.value(
            "SELECT count(*) FROM accounts WHERE role = 'administrator' AND disabled = 0 AND password <> ''"
        )
    )


def invite(store: Store, name: str, role: Role, *, now: int) -> str:
    """Make an account and answer the token of its one-time link.

    Raises:
        AllmendeError: the name is empty, too long, or taken.
    """
    with store.write() as act:
        return _invitation(act, _made(act, name, role, now), now)


def invite_again(store: Store, account: str, *, now: int) -> str:
    """The token of a new one-time link for somebody who lost the password; links before it are spent."""
    with store.write() as act:
        act.run("DELETE FROM invitations WHERE account = ?", account)
        return _invitation(act, account, now)


def invited(store: Store, token: str, *, now: int) -> Account | None:
    """Whom a one-time link is for; None when it was used, has expired or never was."""
    row = store.row(
        "SELECT a.* FROM invitations i JOIN accounts a ON a.id = i.account "
        "WHERE i.token = ? AND i.expires > ? AND a.disabled = 0",
        token_digest(token),
        now,
    )
    return _account(row) if row else None


def accept(store: Store, token: str, password: str, *, now: int) -> Account | None:
    """Use a one-time link, which is then spent; None when it cannot be used.

    Args:
        store: The database.
        token: The token of the link.
        password: A password; "" to do without one.
        now: The present time.

    Raises:
        AllmendeError: the password is too short or too long.
    """
    stored = hashed(password) if password else ""
    with store.write() as act:
        row = act.row(
            "DELETE FROM invitations WHERE token = ? AND expires > ? RETURNING account",
            token_digest(token),
            now,
        )
        if row is None:
            return None
        if stored:
            act.run("UPDATE accounts SET password = ? WHERE id = ?", stored, row["account"])
        found = act.row("SELECT * FROM accounts WHERE id = ? AND disabled = 0", row["account"])
    return _account(found) if found else None


def sign_in(store: Store, name: str, password: str, *, network: str, now: int) -> Account | int:
    """The account of a name and a password, 0 when they do not fit, or how many seconds to wait.

    After five failures for a name or from a network each further try has to wait, twice as long each time.

    Args:
        store: The database.
        name: The name.
        password: The password.
        network: Where the request comes from.
        now: The present time.
    """
    key = _key(name)
    wait = max(_wait(store, "name", key, now), _wait(store, "network", network, now))
    if wait:
        return wait
    row = store.row("SELECT * FROM accounts WHERE key = ?", key)
    right = fits(password, str(row["password"]) if row and not row["disabled"] else "")
    with store.write() as act:
        if row is not None and right:
            act.run("DELETE FROM attempts WHERE what = 'name' AND who = ?", key)
        else:
            act.run("DELETE FROM attempts WHERE at < ?", now - _WINDOW_S)
            for what, who in (("name", key), ("network", network)):
                act.run("INSERT INTO attempts (what, who, at) VALUES (?, ?, ?)", what, who, now)
    return _account(row) if row is not None and right else 0


def account_of(store: Store, account: str) -> Account | None:
    """The account with that id; None when there is none."""
    row = store.row("SELECT * FROM accounts WHERE id = ?", account)
    return _account(row) if row else None


def people(store: Store) -> list[Account]:
    """Every account, oldest first."""
    return [_account(row) for row in store.rows("SELECT * FROM accounts ORDER BY created, id")]


def set_role(store: Store, account: str, role: str) -> None:
    """Give an account another role, or close it with "closed"; its sessions end.

    Raises:
        AllmendeError: there is no such role, or it is the last administrator.
    """
    if role not in {*ROLES, "closed"}:
        raise AllmendeError(f"no role is called '{role}'", expected=", ".join((*ROLES, "closed")))
    with store.write() as act:
        if role == "closed":
            act.run("UPDATE accounts SET disabled = 1 WHERE id = ?", account)
        else:
            act.run("UPDATE accounts SET role = ?, disabled = 0 WHERE id = ?", role, account)
        act.run("DELETE FROM sessions WHERE account = ?", account)
        left = act.row("SELECT id FROM accounts WHERE role = 'administrator' AND disabled = 0")
        if left is None:
            raise AllmendeError(
                "this is the last administrator", next_step="Make somebody else administrator first."
            )


def _wait(store: Store, what: str, who: str, now: int) -> int:
    row = store.row(
        "SELECT count(*) AS times, max(at) AS last FROM attempts WHERE what = ? AND who = ? AND at > ?",
        what,
        who,
        now - _WINDOW_S,
    )
    assert row is not None
    beyond = int(row["times"]) - _FREE_TRIES
    if beyond < 0:
        return 0
    wait = min(2.0**beyond, _LONGEST_WAIT_S)
    return max(0, int(row["last"] + wait - now))


def _administrator(act: Act, now: int) -> str:
    found = act.row("SELECT id FROM accounts WHERE role = 'administrator' AND disabled = 0 ORDER BY created")
    return str(found["id"]) if found else _made(act, "Administrator", Role.ADMINISTRATOR, now)


def _made(act: Act, name: str, role: Role, now: int) -> str:
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(shown) <= _LONGEST_NAME:
        raise AllmendeError(f"the name has {len(shown)} characters", expected=f"1 to {_LONGEST_NAME}")
    if act.row("SELECT id FROM accounts WHERE key = ?", _key(shown)):
        raise AllmendeError(f"the name '{shown}' is taken", next_step="Choose another.")
    taken = {row["id"] for row in act.rows("SELECT id FROM accounts")}
    account = free_name(shown, taken, longest=40, otherwise="member")
    act.run(
        "INSERT INTO accounts (id, name, key, role, password, created, disabled) "
        "VALUES (?, ?, ?, ?, '', ?, 0)",
        account,
        shown,
        _key(shown),
        role.word,
        now,
    )
    return account


def _invitation(act: Act, account: str, now: int) -> str:
    token = secrets.token_urlsafe(32)
    act.run("DELETE FROM invitations WHERE expires <= ?", now)
    act.run(
        "INSERT INTO invitations (token, account, expires) VALUES (?, ?, ?)",
        token_digest(token),
        account,
        now + _INVITATION_S,
    )
    return token


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


def _account(row: Row) -> Account:
    return Account(str(row["id"]), str(row["name"]), ROLES[str(row["role"])], bool(row["disabled"]))
