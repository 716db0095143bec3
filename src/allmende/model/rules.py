"""Rules: what is in force in a world, and how an institution acts on it.

Rules are frozen. A policy is a function Rules -> Rules: it replaces parameters, adds or removes
institutions, or adds a shock, and leaves its input alone. An institution is a function View -> Acts: once
a month it looks at last month's world, read only, and says what it will pay, offer, admit and ask.
All its numbers are arrays over worlds, so it is written once for any number of worlds.

    @dataclass(frozen=True, slots=True)
    class Patron:
        name: str = "patron"
        gift: int = 100_000

        def __call__(self, view: View) -> Acts:
            return Acts(payments=(Payment("donors", "foundation", view.cents(self.gift), kind="gift"),))
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self, cast, get_args

import numpy as np
from numpy.typing import NDArray

from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.ledger import ACCOUNTS
from allmende.model.parameters import MemberParams

__all__ = [
    "Acts", "Basis", "Change", "Institution", "Parting", "Payment", "Policy", "Rules", "Shock", "View",
    "label_of", "table_of", "together",
]  # fmt: skip

Numbers = NDArray[np.float64]
Cents = NDArray[np.int64]
Basis = Literal["", "views", "days", "accepted", "members", "supporters"]
_ACCOUNTS = frozenset(each.name for each in ACCOUNTS)


@dataclass(frozen=True, slots=True)
class View:
    """Last month's world, as an institution sees it; every array is read only.

    Args:
        month: The month that begins.
        measures: What was recorded of last month, by name (`recording.MEASURES`); 0 in month 0 where nothing
            was there before. Those of a year stand only in the month after it. float64[worlds] each.
        balances: What each account holds. int64[worlds] each.
        parameters: Value of every parameter in each world. float64[worlds] each.
        luck: A uniform number of this month for each world, the same under every policy.
    """

    month: int
    measures: Mapping[str, Numbers]
    balances: Mapping[str, Cents]
    parameters: Mapping[str, Numbers]
    luck: Numbers

    @property
    def size(self) -> int:
        """How many worlds there are."""
        return len(self.luck)

    def of(self, name: str) -> Numbers:
        """A measure of last month.

        Raises:
            UnknownNameError: nothing of that name is measured.
        """
        if name not in self.measures:
            raise UnknownNameError("measure", name, self.measures)
        return self.measures[name]

    def parameter(self, name: str) -> Numbers:
        """A parameter, one value for each world.

        Raises:
            UnknownNameError: there is no such parameter.
        """
        if name not in self.parameters:
            raise UnknownNameError("parameter", name, self.parameters)
        return self.parameters[name]

    def cents(self, amount: float | Numbers) -> Cents:
        """An amount as whole cents in each world, rounded down, never below 0."""
        whole = np.floor(np.broadcast_to(np.asarray(amount, np.float64), (self.size,)))
        return np.clip(whole, 0, 2.0**62).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money an institution will move this month.

    Args:
        payer: Account that pays; never more than it holds, unless it lies outside the modelled world.
        payee: Account that is paid.
        cents: How much; with `each`, how much for one unit of the basis. int64[worlds].
        kind: The reason, for the picture of the flows.
        basis: How members' shares are decided when `payee` is "members": "views" of their works, active
            "days", "accepted" proposals, equal shares of acting "members", quadratic matching of what their
            "supporters" give (`matching`); "" for money that is theirs together (wages), which is not felt
            as pay for contributions.
        each: Whether `cents` is for one unit of the basis instead of the whole pool.
        contingency: How far the payment depends on quality, 0 to 1 (`evidence.md` C24-C25). float64[worlds].
        threshold: Least basis a member must have to get a share (an eligibility bar, G9).

    Raises:
        UnknownNameError: there is no such account or basis; the nearest is offered.
    """

    payer: str
    payee: str
    cents: Cents
    kind: str
    basis: Basis = ""
    each: bool = False
    contingency: Numbers | float = 0.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        names = {"account": _ACCOUNTS, "basis": get_args(Basis)}
        for kind, name in (("account", self.payer), ("account", self.payee), ("basis", self.basis)):
            if name not in names[kind]:
                raise UnknownNameError(kind, name, names[kind], where=f"a payment of '{self.kind}'")


@dataclass(frozen=True, slots=True)
class Acts:
    """What an institution does this month.

    Args:
        payments: Money it will move, in this order.
        capacity: Uses a month that the infrastructure it pays for can serve. float64[worlds].
        admit: Added to the logarithm of expected arrivals. float64[worlds] or a number.
        offer: Cents a month promised to a newcomer; draws entrants, moves nobody who is there.
            float64[worlds].
        ask: Useful features commissioned, in standard deviations of market value. float64[worlds].
        bar: Judged value from which proposals are integrated, None when it integrates none.
        hire: Chance a month that an active core volunteer is employed. float64[worlds].
        layoff: Chance a month that an employed member is dismissed. float64[worlds].
        recruit: Expected outsiders a month who are employed to take part. float64[worlds].
        answer: Share of the first contributions otherwise unanswered that are answered. float64[worlds].
    """

    payments: tuple[Payment, ...] = ()
    capacity: Numbers | float = 0.0
    admit: Numbers | float = 0.0
    offer: Numbers | float = 0.0
    ask: Numbers | float = 0.0
    bar: Numbers | None = None
    hire: Numbers | float = 0.0
    layoff: Numbers | float = 0.0
    recruit: Numbers | float = 0.0
    answer: Numbers | float = 0.0


def together(acts: tuple[Acts, ...]) -> Acts:
    """What all institutions do this month: payments in order, the rest added; the lowest bar counts.

    What two of them would answer each leaves the other less to answer: 1 - (1 - one)(1 - other).
    """
    bars = [each.bar for each in acts if each.bar is not None]
    unanswered: Numbers | float = 1.0
    for each in acts:
        unanswered = unanswered * (1.0 - each.answer)
    return Acts(
        payments=tuple(payment for each in acts for payment in each.payments),
        capacity=sum((each.capacity for each in acts), 0.0),
        admit=sum((each.admit for each in acts), 0.0),
        offer=sum((each.offer for each in acts), 0.0),
        ask=sum((each.ask for each in acts), 0.0),
        bar=np.minimum.reduce(bars) if bars else None,
        hire=sum((each.hire for each in acts), 0.0),
        layoff=sum((each.layoff for each in acts), 0.0),
        recruit=sum((each.recruit for each in acts), 0.0),
        answer=1.0 - unanswered,
    )


class Institution(Protocol):
    """A function View -> Acts with a name."""

    @property
    def name(self) -> str:
        """Its name, unique in the rules."""
        ...

    def __call__(self, view: View, /) -> Acts:
        """What it does this month."""
        ...


@dataclass(frozen=True, slots=True)
class Shock:
    """A single event: control rights of outsiders are lost in one month (relicensing, take-over).

    Args:
        month: When.
        size: Log odds that it adds for outsiders, fading by `shock_kept` a month (`evidence.md` E7-E11).
    """

    month: int
    size: float


@dataclass(frozen=True, slots=True)
class Parting:
    """A single event: part of the members leave for a project of their own, a fork of the common work.

    Args:
        month: When.
        core: Share of the core's volunteers who go (`evidence.md` E8, E15).
        outer: Share of the other volunteers who go.
        employed: Share of the employed who go.
        users: Share of the users who go along.
        fork: Whether the world follows those who go instead of those who stay.
    """

    month: int
    core: float
    outer: float
    employed: float
    users: float
    fork: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a policy makes of a parameter: times x + add, x being each world's own value.

    Args:
        name: The parameter.
        times: Factor; 0 sets it to `add` in every world.
        add: Summand.
    """

    name: str
    times: float = 1.0
    add: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in force.

    Args:
        parameters: Parameters of the economy, as they are without any policy.
        institutions: Who acts, in this order.
        shocks: Single events.
        partings: Single events in which members leave together.
        changes: What policies make of parameters, in this order; the result is held within bounds.
    """

    parameters: MemberParams
    institutions: tuple[Institution, ...] = ()
    shocks: tuple[Shock, ...] = ()
    partings: tuple[Parting, ...] = ()
    changes: tuple[Change, ...] = ()

    def with_parameters(self, **values: float) -> Self:
        """The rules with some parameters set, in every world alike.

        Raises:
            UnknownNameError: there is no such parameter.
            OutOfRangeError: a value breaks a bound.
        """
        self.parameters.with_values(**cast("dict[str, Any]", values))
        made = tuple(Change(name, 0.0, float(value)) for name, value in values.items())
        return replace(self, changes=(*self.changes, *made))

    def with_change(self, name: str, *, times: float = 1.0, add: float = 0.0) -> Self:
        """The rules with a parameter changed from what it is in each world, held within its bounds.

        Args:
            name: The parameter.
            times: Factor on the world's own value.
            add: Added to it.

        Raises:
            UnknownNameError: there is no such parameter.
            OutOfRangeError: a number is not finite.
        """
        known = self.parameters.declarations()
        if name not in known:
            raise UnknownNameError("parameter", name, known, where=type(self.parameters).__name__)
        if not (math.isfinite(times) and math.isfinite(add)):
            raise OutOfRangeError(
                f"the change of {name} is {times} x + {add}", where="rules", expected="finite numbers"
            )
        return replace(self, changes=(*self.changes, Change(name, times, add)))

    def with_institution(self, institution: Institution) -> Self:
        """The rules with one institution more, or another one of that name."""
        names = [each.name for each in self.institutions]
        if institution.name in names:
            swapped = tuple(
                institution if each.name == institution.name else each for each in self.institutions
            )
            return replace(self, institutions=swapped)
        return replace(self, institutions=(*self.institutions, institution))

    def without_institution(self, name: str) -> Self:
        """The rules without the institution of that name.

        Raises:
            UnknownNameError: no institution is called so.
        """
        names = [each.name for each in self.institutions]
        if name not in names:
            raise UnknownNameError("institution", name, names)
        return replace(self, institutions=tuple(each for each in self.institutions if each.name != name))

    def with_shock(self, shock: Shock) -> Self:
        """The rules with one event more."""
        return replace(self, shocks=(*self.shocks, shock))

    def with_parting(self, parting: Parting) -> Self:
        """The rules with one event more in which members leave together."""
        return replace(self, partings=(*self.partings, parting))


class Policy(Protocol):
    """A function Rules -> Rules that is in force from month `start` on."""

    @property
    def start(self) -> int:
        """First month in force."""
        ...

    def __call__(self, rules: Rules, /) -> Rules:
        """The rules under the policy; its input stays as it is."""
        ...


def label_of(policy: Policy) -> str:
    """How a policy is called in results: its `name` when it has one, else the name of its class."""
    return str(cast("Any", policy).name) if hasattr(policy, "name") else type(policy).__name__


def table_of(policy: Policy) -> dict[str, Any]:
    """The policy as a plain table: what its `as_table` tells when it has one, else its label and start."""
    if hasattr(policy, "as_table"):
        return dict(cast("Any", policy).as_table())
    return {"policy": label_of(policy), "start": policy.start}
