"""Ledger: money moves, and never appears.

Integer cents in double entry, for many worlds at once. There is one door, `transfer`: what leaves one
account arrives in another, in every world, or nothing happens at all. Members are many and hold one
account together; what each of them gets is decided by `split` (`allmende.apportionment`), whose parts
sum to the whole.

    ledger = Ledger.opened(worlds=50, accounts=ACCOUNTS)
    transfer(ledger, "advertisers", "platform", cents, kind="advertising", month=3)
    parts = split(pool, weights, offsets)          # one pool for each world, many claimants
    transfer(ledger, "platform", "members", pool, kind="revenue share", month=3)
    ledger.audit()
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allmende.apportionment import LARGEST, split, whole_cents
from allmende.errors import LedgerError, UnknownNameError

__all__ = ["ACCOUNTS", "Account", "Flow", "Ledger", "Posting", "split", "transfer"]

Cents = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Account:
    """Who can hold money.

    Args:
        name: Its name.
        overdraft: Whether the balance may fall below zero. It may for those outside the modelled world, who
            bring money in: audience, advertisers, donors.
    """

    name: str
    overdraft: bool = False


ACCOUNTS = (
    Account("audience", overdraft=True),
    Account("advertisers", overdraft=True),
    Account("donors", overdraft=True),
    Account("suppliers"),
    Account("platform"),
    Account("foundation"),
    Account("firms"),
    Account("sponsor"),
    Account("contractors"),
    Account("members"),
)


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that went from one account to another for one reason in one month.

    Args:
        kind: The reason: "advertising", "dues", "bounty".
        payer: Account it left.
        payee: Account it reached.
        month: Month number of the run.
        cents: How much, in each world. int64[worlds].
    """

    kind: str
    payer: str
    payee: str
    month: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class Posting:
    """The name of one transfer, so that a retry cannot post it twice.

    Args:
        study: The study it belongs to.
        run: The run, or batch of runs.
        month: Month number of the run.
        rule: The rule that asks for it.
        rank: Which transfer of this rule in this month.
    """

    study: str
    run: int
    month: int
    rule: str
    rank: int = 0


@dataclass(slots=True)
class Ledger:
    """The books of a batch of worlds.

    Args:
        accounts: The accounts, in the order of the columns.
        balances: int64[worlds, accounts].
        entries: What was transferred so far, by (kind, payer, payee, month).
        posted: What each named posting moved, so that a second one of the same name does nothing.
        audited: Balances at the last audit that found nothing wrong; None before the first.
        since: Transfers since then, as columns of payer and payee and cents.
    """

    accounts: tuple[Account, ...]
    balances: Cents
    entries: dict[tuple[str, str, str, int], Cents] = field(default_factory=dict)
    posted: dict[Posting, str] = field(default_factory=dict)
    audited: Cents | None = None
    since: list[tuple[int, int, Cents]] = field(default_factory=list)

    @classmethod
    def opened(cls, *, worlds: int, accounts: Sequence[Account] = ACCOUNTS) -> "Ledger":
        """Books with nothing in them.

        Raises:
            LedgerError: two accounts have the same name.
        """
        names = [account.name for account in accounts]
        for name in names:
            if names.count(name) > 1:
                raise LedgerError(f"two accounts are called '{name}'", expected="a name for each account")
        return cls(tuple(accounts), np.zeros((worlds, len(accounts)), np.int64))

    def balance(self, account: str) -> Cents:
        """What an account holds in each world, int64[worlds]."""
        return self.balances[:, self.column(account)].copy()

    def flows(self) -> tuple[Flow, ...]:
        """Every flow so far, in order of kind, payer, payee, month."""
        return tuple(Flow(*key, cents.copy()) for key, cents in sorted(self.entries.items()))

    def audit(self, *, whole: bool = True) -> list[str]:
        """What is wrong with the books, one sentence each; empty when they close in every world.

        The accounts of each world sum to zero, every balance is what its entries say, and no account is
        overdrawn that may not be.

        Args:
            whole: Add up every entry. False adds only what was transferred since the last audit that found
                nothing wrong, to the balances of that audit: fit for every month.
        """
        found = [f"the accounts of world {world} do not sum to zero" for world in _open_worlds(self.balances)]
        expected = self._entered() if whole or self.audited is None else self._continued(self.audited)
        for column, account in enumerate(self.accounts):
            held = self.balances[:, column]
            found += [
                f"{account.name} has {held[world]} cents in world {world}, "
                f"but its entries say {expected[world, column]}"
                for world in np.flatnonzero(held != expected[:, column])
            ]
            if not account.overdraft:
                found += [
                    f"{account.name} is overdrawn in world {world}" for world in np.flatnonzero(held < 0)
                ]
        if not found:
            self.audited = self.balances.copy()
            self.since.clear()
        return found

    def _entered(self) -> Cents:
        """Balances as the entries say."""
        expected = np.zeros_like(self.balances)
        for (_, payer, payee, _), cents in self.entries.items():
            expected[:, self.column(payer)] -= cents
            expected[:, self.column(payee)] += cents
        return expected

    def _continued(self, audited: Cents) -> Cents:
        """Balances as the last audit and the transfers since say."""
        expected = audited.copy()
        for source, target, cents in self.since:
            expected[:, source] -= cents
            expected[:, target] += cents
        return expected

    def column(self, account: str) -> int:
        """Which column of the balances an account is.

        Raises:
            UnknownNameError: there is no account of that name; the nearest is offered.
        """
        names = [each.name for each in self.accounts]
        if account not in names:
            raise UnknownNameError("account", account, names)
        return names.index(account)


def transfer(
    ledger: Ledger,
    payer: str,
    payee: str,
    cents: ArrayLike,
    *,
    kind: str,
    month: int,
    posting: Posting | None = None,
) -> None:
    """Move money from one account to another, in every world at once; the only door.

    Args:
        ledger: The books; changed in place.
        payer: Account that pays.
        payee: Account that is paid.
        cents: How much in each world, at least 0; one number means the same in every world. int64[worlds].
        kind: The reason, for the picture of the flows.
        month: Month number of the run.
        posting: Its name; a second transfer of the same name does nothing. None for a transfer that is
            never retried.

    Raises:
        LedgerError: an amount is negative or not whole, an account would be overdrawn or overflow, or the
            name was used for another transfer. Nothing was moved.
        UnknownNameError: there is no account of that name.
    """
    source, target = ledger.column(payer), ledger.column(payee)
    amounts = whole_cents(cents, ledger.balances.shape[0], f"{kind}, month {month}")
    key, place = (kind, payer, payee, month), f"{kind} from {payer} to {payee}, month {month}"
    if source == target:
        raise LedgerError(f"{payer} would pay itself", where=place, expected="two accounts")
    content = hashlib.sha256(f"{key}".encode() + amounts.tobytes()).hexdigest()
    if posting is not None and _posted_before(ledger, posting, content):
        return
    entered = ledger.entries.get(key, np.zeros_like(amounts))
    floor = -LARGEST if ledger.accounts[source].overdraft else 0
    _refuse(
        ledger.balances[:, source] < floor + amounts,
        f"{payer} would be overdrawn" if floor == 0 else f"{payer} would owe more than int64 can hold",
        place,
    )
    _refuse(ledger.balances[:, target] > LARGEST - amounts, f"{payee} would hold more than int64 can", place)
    _refuse(entered > LARGEST - amounts, "the flow would be more than int64 can hold", place)
    ledger.balances[:, source] -= amounts
    ledger.balances[:, target] += amounts
    ledger.entries[key] = entered + amounts
    ledger.since.append((source, target, amounts))
    if posting is not None:
        ledger.posted[posting] = content


def _posted_before(ledger: Ledger, posting: Posting, content: str) -> bool:
    if posting not in ledger.posted:
        return False
    if ledger.posted[posting] != content:
        raise LedgerError(
            f"{posting} was already used for another transfer",
            expected="a name for each transfer",
            next_step="Count the transfers of a rule in one month with rank=0, 1, 2, ...",
        )
    return True


def _refuse(wrong: NDArray[np.bool_], sentence: str, place: str) -> None:
    if np.any(wrong):
        raise LedgerError(sentence, where=f"{place}, world {int(np.argmax(wrong))}", expected="less money")


def _open_worlds(balances: Cents) -> NDArray[np.int64]:
    """The worlds whose accounts do not sum to zero, in arithmetic that cannot wrap."""
    upper = np.sum(balances >> 32, axis=1)
    lower = np.sum(balances & 0xFFFF_FFFF, axis=1)
    return np.flatnonzero((upper + (lower >> 32) != 0) | (lower & 0xFFFF_FFFF != 0))
