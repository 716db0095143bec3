"""Institutions: platform, foundation, firms, sponsor; each a function View -> Acts.

An institution sees last month's world, so its money lags by a month, as invoices do. Its levers are fields;
what belongs to an economy (prices, costs) is read from the parameters, so that it may differ between worlds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.model.rules import Acts, Basis, Payment, View
from allmende.model.worlds import normals_below

__all__ = [
    "Firms",
    "Foundation",
    "Platform",
    "Sponsor",
    "bar_of",
    "bought_capacity",
    "endowment",
    "sales_of",
    "wanted_capacity",
]

Numbers = NDArray[np.float64]
NO_PROPOSAL = 1e12


def wanted_capacity(view: View) -> Numbers:
    """Capacity beyond what is donated that would serve last month's uses with the usual spare."""
    free = view.parameter("donated_capacity") * view.of("uses_start")
    return np.maximum(view.parameter("spare") * view.of("uses") - free, 0.0)


def bought_capacity(view: View, money: Numbers) -> tuple[Numbers, Numbers]:
    """Capacity that can be paid for, and its price, given what may be spent."""
    price = np.maximum(view.parameter("upkeep_cost"), 1e-9)
    bought = np.minimum(wanted_capacity(view), np.maximum(money, 0.0) / price)
    return bought, bought * view.parameter("upkeep_cost")


def endowment(view: View, account: str) -> tuple[Payment, ...]:
    """What an institution begins with: some months of serving the uses at the start."""
    if view.month > 0:
        return ()
    money = view.parameter("endowment") * view.parameter("upkeep_cost") * view.of("uses_start")
    return (Payment("donors", account, view.cents(money), kind="endowment"),)


def sales_of(view: View) -> Numbers:
    """Cents that are earned in a month by selling around the works, by last month's users and service."""
    return view.parameter("revenue_a_user") * view.of("users") * view.of("service")


@dataclass(frozen=True, slots=True)
class Platform:
    """Owns the infrastructure and sells attention; may share what it earns with those who attract it.

    Args:
        name: Its name in the rules.
        share: Share of last month's advertising income that goes to members, 0 to 1 (`evidence.md` G8: 0.55).
        basis: How it is divided: "views" in proportion, or "members" in equal parts.
        threshold: Least views a month for a share (G9).
        contingency: How far the share depends on quality, 0 to 1 (C25).
        serves: Whether it pays for the infrastructure.
    """

    name: str = "platform"
    share: float = 0.0
    basis: Basis = "views"
    threshold: float = 0.0
    contingency: float = 0.0
    serves: bool = True

    def __call__(self, view: View, /) -> Acts:
        """Sell last month's attention, serve, and share."""
        income = view.of("served") * view.parameter("views_a_use") * view.parameter("ad_price")
        held = view.balances["platform"] + income
        capacity, cost = bought_capacity(view, held if self.serves else np.zeros(view.size))
        payments = [
            *endowment(view, "platform"),
            Payment("advertisers", "platform", view.cents(income), kind="advertising"),
            Payment("platform", "suppliers", view.cents(cost), kind="infrastructure"),
        ]
        shared = self.share * income
        if self.share > 0:
            payments.append(
                Payment(
                    "platform",
                    "members",
                    view.cents(shared),
                    kind="revenue share",
                    basis=self.basis,
                    contingency=self.contingency,
                    threshold=self.threshold,
                )
            )
        offer = shared / np.maximum(view.of("active_members"), 1.0)
        return Acts(payments=tuple(payments), capacity=capacity, offer=offer)


@dataclass(frozen=True, slots=True)
class Foundation:
    """Stands in the middle: dues and donations in, infrastructure, meetings and grants out; keeps a reserve.

    It finances infrastructure and stays in the background (S4). What it holds beyond its reserve goes to
    meetings and, when `grants` is above 0, to members.

    Args:
        name: Its name in the rules.
        reserve: Months of last month's infrastructure it keeps back.
        meetings: Share of what is over the reserve that meetings get.
        grants: Share of what is over the reserve that members get by active days, 0 as the source has it.
    """

    name: str = "foundation"
    reserve: float = 6.0
    meetings: float = 0.1
    grants: float = 0.0

    def __call__(self, view: View, /) -> Acts:
        """Collect, serve, meet."""
        donations = view.parameter("donations") * view.of("users")
        held = view.balances["foundation"] + donations
        capacity, cost = bought_capacity(view, held)
        over = np.maximum(held - cost - self.reserve * cost, 0.0)
        payments = [
            *endowment(view, "foundation"),
            Payment("donors", "foundation", view.cents(donations), kind="donations"),
            Payment("foundation", "suppliers", view.cents(cost), kind="infrastructure"),
            Payment("foundation", "suppliers", view.cents(self.meetings * over), kind="meetings"),
        ]
        if self.grants > 0:
            payments.append(
                Payment("foundation", "members", view.cents(self.grants * over), kind="grants", basis="days")
            )
        return Acts(payments=tuple(payments), capacity=capacity)


@dataclass(frozen=True, slots=True)
class Firms:
    """Ventures that monetise the common work: they sell around it, employ members, and pay dues.

    An employed member counts as a volunteer of the firm. In a crisis - wages above what is held and earned -
    firms dismiss and pay no dues.

    Args:
        name: Their name in the rules.
        dues: Share of revenue that goes to the foundation.
        crisis_layoff: Chance a month that an employed member is dismissed in a crisis.
    """

    name: str = "firms"
    dues: float = 0.03
    crisis_layoff: float = 0.1

    def __call__(self, view: View, /) -> Acts:
        """Sell, employ, pay dues."""
        revenue = sales_of(view)
        wages = view.parameter("wage") * view.of("employed_members")
        crisis = wages > view.balances["firms"] + revenue
        dues = np.where(crisis, 0.0, self.dues * revenue)
        payments = (
            *endowment(view, "firms"),
            Payment("audience", "firms", view.cents(revenue), kind="sales"),
            Payment("firms", "members", view.cents(wages), kind="wages"),
            Payment("firms", "foundation", view.cents(dues), kind="dues"),
        )
        return Acts(payments=payments, layoff=np.where(crisis, self.crisis_layoff, 0.0))


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Initiates, integrates what the crowd makes into its own product, and may commission besides.

    Probabilistic production: of the proposals it can judge it integrates the best `open_share`; acceptance
    falls when more are handed in than it can judge (`evidence.md` F11).

    Args:
        name: Its name in the rules.
        prize: Cents for each integrated proposal.
        commissions: Features commissioned a month, for each thousand members at the start.
        open_call: Whether proposals are judged at all; without it the sponsor only commissions.
    """

    name: str = "sponsor"
    prize: int = 50_000
    commissions: float = 1.0
    open_call: bool = True

    def __call__(self, view: View, /) -> Acts:
        """Sell the product, serve, judge, reward, commission."""
        revenue = sales_of(view)
        capacity, cost = bought_capacity(view, view.balances["sponsor"] + revenue)
        proposals = view.of("contributions")
        capable = view.parameter("judging_capacity") * view.of("members_start")
        judged = np.minimum(proposals, capable)
        ask = np.full(view.size, self.commissions) * view.of("members_start") / 1000.0
        payments = [
            *endowment(view, "sponsor"),
            Payment("audience", "sponsor", view.cents(revenue), kind="sales"),
            Payment("sponsor", "suppliers", view.cents(cost), kind="infrastructure"),
            Payment(
                "sponsor", "contractors", view.cents(ask * view.parameter("contract_price")), kind="contracts"
            ),
        ]
        bar = None
        if self.open_call:
            judging = judged * view.parameter("judging_cost")
            payments.append(Payment("sponsor", "suppliers", view.cents(judging), kind="judging"))
            prize = view.cents(float(self.prize))
            payments.append(
                Payment(
                    "sponsor", "members", prize, kind="prizes", basis="accepted", each=True, contingency=1.0
                )
            )
            bar = bar_of(view.parameter("open_share") * np.minimum(capable / np.maximum(proposals, 1.0), 1.0))
        return Acts(payments=tuple(payments), capacity=capacity, ask=ask, bar=bar)


def bar_of(share: Numbers) -> Numbers:
    """Judged value that only this share of proposals exceeds: Phi^-1(1 - share); none for a share of 0."""
    within = np.clip(share, 1e-9, 1.0 - 1e-9)
    return np.where(share > 0, -normals_below(within), NO_PROPOSAL)
