"""Payments: the money of a month, posted in double entry through the one door.

Institutions promise at the beginning of the month; promises are kept in their order at its end. Whoever
does not lie outside the modelled world pays at most what it holds. What goes to members is divided
among them by largest remainder, member by member.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.apportionment import split
from allmende.kernel import compiled
from allmende.ledger import transfer
from allmende.model.matching import supported
from allmende.model.rules import Acts, Payment
from allmende.model.settlement import claims
from allmende.model.state import names_of
from allmende.model.worlds import Receipts, Worlds

__all__ = ["BASES", "Paid", "affordable", "claims_of", "pay"]

Numbers = NDArray[np.float64]
Cents = NDArray[np.int64]
BASES: Mapping[str, int] = {"views": 0, "days": 1, "accepted": 2, "members": 3}


@dataclass(slots=True)
class Paid:
    """What members were paid this month.

    Args:
        rows: Cents of each row, empty when nobody was paid. float32[rows].
        contingency: How far pay depended on quality, weighted by money; 0 where nobody was paid.
            float64[worlds].
    """

    rows: NDArray[np.float32]
    contingency: Numbers


def pay(worlds: Worlds, acts: Acts, views: NDArray[np.float32], month: int) -> Paid:
    """Post this month's payments.

    Args:
        worlds: The worlds; their ledger changes.
        acts: What institutions promised.
        views: Views of each row, or empty. float32[rows].
        month: Month of the run.
    """
    paid = Paid(np.empty(0, np.float32), np.zeros(worlds.batch.size))
    weighted, money = np.zeros(worlds.batch.size), np.zeros(worlds.batch.size)
    received: Cents | None = None
    for payment in acts.payments:
        if payment.payee == "members" and payment.basis:
            shares, pool = _to_members(worlds, payment, views, month)
            received = shares if received is None else received + shares
            felt = shares.astype(np.float32)
            paid.rows = felt if len(paid.rows) == 0 else paid.rows + felt
            weighted += pool * payment.contingency
            money += pool
        else:
            pool = affordable(worlds, payment.payer, payment.cents)
        transfer(worlds.ledger, payment.payer, payment.payee, pool, kind=payment.kind, month=month)
    if worlds.noted:
        worlds.receipts = _receipts(worlds, received)
    paid.contingency = np.divide(weighted, money, out=np.zeros_like(money), where=money > 0)
    return paid


def _receipts(worlds: Worlds, received: Cents | None) -> Receipts | None:
    """Who got something, by name."""
    if received is None:
        return None
    rows = np.flatnonzero(received)
    names = names_of(worlds.standing.members, rows)
    return Receipts(np.searchsorted(rows, worlds.standing.first), names, received[rows])


def affordable(worlds: Worlds, payer: str, cents: Cents) -> Cents:
    """The amount, or what the payer holds when that is less and the payer may not overdraw."""
    outside = next(each.overdraft for each in worlds.ledger.accounts if each.name == payer)
    wanted = np.maximum(cents, 0)
    return wanted if outside else np.minimum(wanted, worlds.ledger.balance(payer))


def _to_members(
    worlds: Worlds, payment: Payment, views: NDArray[np.float32], month: int
) -> tuple[Cents, Cents]:
    """Cents of each row, and the pool they sum to in each world."""
    standing = worlds.standing
    claimed = claims_of(worlds, payment, views, month)
    pool = payment.cents
    if payment.each:
        units = np.add.reduceat(claimed, standing.first[:-1]) if len(claimed) else np.zeros(len(pool))
        pool = (units * payment.cents).astype(np.int64)
    shares = split(affordable(worlds, payment.payer, pool), claimed, standing.first)
    total = np.add.reduceat(shares, standing.first[:-1]) if len(shares) else np.zeros(len(pool), np.int64)
    return shares, total


def claims_of(worlds: Worlds, payment: Payment, views: NDArray[np.float32], month: int) -> Numbers:
    """What each row can claim of a payment. float64[rows]."""
    standing, threshold = worlds.standing, float(payment.threshold)
    found = np.empty(int(standing.first[-1]))
    if payment.basis == "supporters":
        compiled(supported)(
            standing.members, standing.first, standing.count, threshold, worlds.streams, worlds.batch.seed,
            month, found,
        )  # fmt: skip
        return found
    compiled(claims)(
        standing.members, standing.first, standing.count, BASES[payment.basis], threshold, views, found
    )
    return found
