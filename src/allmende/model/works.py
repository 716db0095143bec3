"""Works: what contributions become, in the three forms of the three economies.

* `SeparableWorks` (sharing): works stand alone and compete for attention; nothing is integrated.
* `CommonWork` (commons): one integrated work. Contributions raise it with a team-size exponent
  (`evidence.md` J10: 0.7 to 1.33, both signs are to be run), it decays without maintenance, all use it.
* `Proposals` (crowdsourcing): a contribution is a proposal with a value to its maker and a correlated one
  to the market; the sponsor judges and integrates a few (F10), or commissions against its own forecast,
  of which one third helps, one third does nothing, one third hurts (F16).

A form of works is a function of the month's sums that says what is added to the stock, by who made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.model.recording import Sums
from allmende.model.signals import Amount, Tally
from allmende.model.worlds import MAKERS, Worlds

__all__ = [
    "CommonWork",
    "Done",
    "Proposals",
    "SeparableWorks",
    "Works",
    "commissioned",
    "grow",
    "made_by",
    "nothing",
]

Numbers = NDArray[np.float64]
Values = Mapping[str, Numbers]
VOLUNTEERS, EMPLOYEES, PAID, CONTRACTORS = range(len(MAKERS))
COMMISSIONS = 16


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in a month.

    Args:
        worlds: The worlds before the month's works.
        values: Parameters, one value for each world.
        sums: What members added up to.
        ask: Features commissioned. float64[worlds].
        month: Month of the run.
    """

    worlds: Worlds
    values: Values
    sums: Sums
    ask: Numbers
    month: int


class Works(Protocol):
    """A form of works."""

    @property
    def separable(self) -> bool:
        """Whether views fall on members' own works one by one."""
        ...

    @property
    def common_share(self) -> float:
        """Share of contributions that touch a work which everybody may touch."""
        ...

    def at_start(self, values: Values, members: int, /) -> Numbers:
        """Works before the first month, by who made them; zeros let the first month set the scale."""
        ...

    def __call__(self, done: "Done", /) -> Numbers:
        """What the month adds to the stock, by who made it. float64[worlds, makers]."""
        ...


def nothing(values: Values) -> Numbers:
    """No works yet. float64[worlds, makers]."""
    return np.zeros((len(values["decay"]), len(MAKERS)))


def made_by(amounts: Numbers) -> Numbers:
    """Output of the month by who made it: volunteers, employees, paid members, contractors (none)."""
    found = np.zeros((len(amounts), len(MAKERS)))
    found[:, EMPLOYEES] = amounts[:, Amount.EMPLOYED_OUTPUT]
    found[:, PAID] = amounts[:, Amount.PAID_OUTPUT]
    found[:, VOLUNTEERS] = np.maximum(amounts[:, Amount.OUTPUT] - found[:, EMPLOYEES] - found[:, PAID], 0.0)
    return found


@dataclass(frozen=True, slots=True)
class SeparableWorks:
    """Each contribution is a work of its own; the stock is the sum of them."""

    separable: bool = True
    common_share: float = 0.0

    def at_start(self, values: Values, members: int, /) -> Numbers:  # noqa: ARG002 - other forms need it
        """Unknown: the first month sets the scale."""
        return nothing(values)

    def __call__(self, done: "Done", /) -> Numbers:
        """Output, as it is."""
        return made_by(done.sums.amounts)


@dataclass(frozen=True, slots=True)
class CommonWork:
    """One work that all contributions raise: output n^(exponent - 1), n acting members against the start."""

    separable: bool = False
    common_share: float = 0.95

    def at_start(self, values: Values, members: int, /) -> Numbers:  # noqa: ARG002 - other forms need it
        """Unknown: the first month sets the scale."""
        return nothing(values)

    def __call__(self, done: "Done", /) -> Numbers:
        """Output, with the returns to team size; the first month is the scale."""
        acting = np.maximum(done.sums.tallies[:, Tally.ACTING], 1)
        scale = np.maximum(done.worlds.measures.get("team_scale", acting), 1.0)
        returns = (acting / scale) ** (done.values["team_exponent"] - 1.0)
        return np.asarray(made_by(done.sums.amounts) * returns[:, None], np.float64)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Integrated proposals add their market value; commissioned features what they turn out to be worth."""

    separable: bool = False
    common_share: float = 0.4

    def at_start(self, values: Values, members: int, /) -> Numbers:
        """The product with which the sponsor begins, made by those it paid."""
        found = nothing(values)
        found[:, CONTRACTORS] = values["product_start"] * members
        return found

    def __call__(self, done: "Done", /) -> Numbers:
        """Market value integrated, split over members as their output is, and that of commissions."""
        made = made_by(done.sums.amounts)
        total = np.maximum(made.sum(axis=1), 1e-12)
        found: Numbers = made / total[:, None] * done.sums.amounts[:, Amount.MARKET_VALUE][:, None]
        found[:, CONTRACTORS] = done.values["hit_value"] * commissioned(done.worlds, done.ask, done.month)
        return found


def commissioned(worlds: Worlds, ask: Numbers, month: int) -> Numbers:
    """Commissions that helped less those that hurt: a third helps, a third does nothing, a third hurts.

    The fractional part of `ask` is one more commission with that chance.
    """
    index = np.arange(COMMISSIONS)
    u = uniform(
        worlds.batch.seed,
        Decision.INTEGRATION,
        replicate=worlds.batch.replicates[:, None],
        month=month,
        index=index,
    )
    u_more = uniform(
        worlds.batch.seed,
        Decision.INTEGRATION,
        replicate=worlds.batch.replicates,
        month=month,
        index=COMMISSIONS,
    )
    number = np.floor(ask) + (u_more < ask - np.floor(ask))
    # More than 16 a month stand in the proportions of the 16 that are drawn.
    weight = np.maximum(number / COMMISSIONS, 1.0)
    counted = index[None, :] < np.minimum(number, COMMISSIONS)[:, None]
    effect = (u < 1 / 3).astype(np.float64) - (u > 2 / 3)
    return np.asarray((effect * counted).sum(axis=1) * weight, np.float64)


def grow(worlds: Worlds, values: Values, added: Numbers) -> None:
    """The stock decays and grows; the first month with works sets the scale of usefulness.

    stock = (1 - decay) stock + added;   the start is the stock that the first month's addition would keep up
    """
    unset = worlds.stock_start == 0
    spread = values["activity_spread"]
    luck = np.exp(spread * worlds.environment - 0.5 * spread * spread)
    decay = np.maximum(values["decay"], 1e-3)
    usual = np.maximum(added, 0.0) / (decay * luck)[:, None]
    begins = unset & (usual.sum(axis=1) > 0)
    worlds.stock[begins] = usual[begins]
    worlds.stock_start[begins] = usual[begins].sum(axis=1)
    grown = worlds.stock * (1.0 - values["decay"])[:, None] + added
    worlds.stock[~begins] = np.maximum(grown, 0.0)[~begins]
