"""Exchange: money that changed hands, where the record has any. Everything here refuses where it has none.

Whatever act it stands at, an amount above zero is what its member received.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

from allmende import inequality
from allmende.errors import TooFewError
from allmende.events import ACTIONS
from allmende.indicator import indicator
from allmende.panel import Panel
from allmende.sufficiency import require

__all__ = [
    "exchange_value",
    "median_payout",
    "paid_members",
    "payout_gini",
    "payout_top_hundredth_share",
]


@indicator(
    family="exchange",
    unit="members",
    bounds=(0, inf),
    reference="typology.md K7 (money to the individual)",
)
def paid_members(panel: Panel, /) -> float:
    """How many members were paid?

    Members who received money in the window, through the community's own record.
    """
    return float((_received(panel) > 0).sum())


@indicator(
    family="exchange",
    unit="cents",
    bounds=(0, inf),
    reference="typology.md K4 (where exchange value is captured)",
)
def exchange_value(panel: Panel, /) -> float:
    """How much money did members receive?

    The sum of all amounts that members received in the window, in cents.
    """
    received = _received(panel)
    return float(received.sum())


@indicator(
    family="exchange",
    unit="cents",
    bounds=(0, inf),
    reference="evidence.md G5, C35 (the median payee gets next to nothing)",
    better="higher",
)
def median_payout(panel: Panel, /, *, minimum: int = 10) -> float:
    """How much does the paid member in the middle receive?

    The median of what paid members received in the window, in cents. Unpaid members are left out.
    """
    paid = _paid(panel)
    require(len(paid), minimum, "paid members", estimate=float(np.median(paid)) if len(paid) else None)
    return float(np.median(paid))


@indicator(
    family="exchange",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md G6 (0.81 over all paid accounts of a video platform)",
    better="lower",
)
def payout_gini(panel: Panel, /, *, minimum: int = 10) -> float:
    """How unequally is money spread over paid members?

    Gini coefficient (plain) of what paid members received in the window. Unpaid members are left out: with
    them it would be higher, over the best paid alone lower.
    """
    paid = _paid(panel)
    require(len(paid), minimum, "paid members", estimate=inequality.gini(paid) if len(paid) else None)
    return inequality.gini(paid)


@indicator(
    family="exchange",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md G5 (more than half on a video platform)",
    better="lower",
)
def payout_top_hundredth_share(panel: Panel, /, *, minimum: int = 100) -> float:
    """Which share of the money goes to the best-paid hundredth?

    What the round(0.01 n) best-paid members received, at least one, over all that was received in the window.
    Its interval is too narrow: how much the best paid could get is not seen by drawing among those there are.
    """
    paid = _paid(panel)
    estimate = inequality.top_share(paid, 0.01) if len(paid) else None
    require(len(paid), minimum, "paid members", estimate=estimate)
    return inequality.top_share(paid, 0.01)


def _paid(panel: Panel) -> NDArray[np.int64]:
    received = _received(panel)
    return received[received > 0]


def _received(panel: Panel) -> NDArray[np.int64]:
    if not panel.kept(_any_money):
        raise TooFewError(
            "no money is in this record",
            next_step="Read a record with amounts (a table with a column of cents, a simulated economy).",
        )
    return panel.view(_cents)


def _any_money(panel: Panel) -> bool:
    return bool((panel.cents > 0).any())


def _cents(panel: Panel) -> NDArray[np.int64]:
    """Money each member received in the window, in cents. int64[size]."""
    rows = panel.rows(actions=ACTIONS)
    sums = np.zeros(panel.size, np.int64)
    # Not bincount: it sums in floating point, and money is whole.
    np.add.at(sums, rows.member, np.maximum(rows.cents, 0))
    return sums
