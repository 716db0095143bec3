"""Month: the steps of a month of a batch of worlds, one function each, in the order of `simulation.run`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.errors import LedgerError
from allmende.kernel import compiled
from allmende.ledger import ACCOUNTS
from allmende.model.arriving import arrive, settle
from allmende.model.audience import uses_at_start, uses_of
from allmende.model.choosing import choose
from allmende.model.crew import Crew
from allmende.model.founders import Population, found
from allmende.model.hearing import (
    expected_arrivals,
    paid_entrants,
    review_load,
    signals_of,
    traits_of,
    weights_of,
)
from allmende.model.parting import part
from allmende.model.payments import Paid
from allmende.model.recording import MEASURES, YEARLY, Sums, measures_of, yearly_of
from allmende.model.rules import Acts, Rules, View, together
from allmende.model.settlement import Weight, attract, settle_drive, watch
from allmende.model.signals import Amount, Tally
from allmende.model.state import Standing, room_for
from allmende.model.turnover import RANKS, give_back, newcomers, resettle, settle_leavers
from allmende.model.works import Done, Works, grow
from allmende.model.worlds import Batch, Worlds, columns_of, normals
from allmende.months import MONTHS_A_YEAR

__all__ = [
    "audit",
    "choices",
    "close",
    "enact",
    "offers",
    "opened",
    "record",
    "settlement",
    "turnover",
    "views_of",
    "works_of",
]

Numbers = NDArray[np.float64]
Values = Mapping[str, Numbers]
NO_VIEWS = np.empty(0, np.float32)
ACTIVE_DAYS_START = 1.3
ROOM_DEVIATIONS = 6.0


def opened(batch: Batch, rules: Rules, works: Works, crew: Crew) -> Worlds:
    """Worlds at the beginning of month 0: the members there, and those who arrive in it.

    Args:
        batch: Which worlds.
        rules: Rules of month 0.
        works: Form of works.
        crew: Threads.
    """
    values = columns_of(batch, rules)
    there = max(batch.members, batch.population.size if batch.population else 0)
    room = _room(np.full(batch.size, there), values["arrivals"] * batch.members)
    worlds = Worlds.opened(batch, values, Standing.of_room(room))
    worlds.stock = works.at_start(values, batch.members)
    worlds.stock_start = worlds.stock.sum(axis=1)
    standing = worlds.standing
    traits = traits_of(values, size=batch.size, views_a_day=_views_a_day(values) if works.separable else 0.0)
    if batch.population is not None:
        _found(worlds, batch.population, traits, crew)
    else:
        numbers = np.full(batch.size, batch.members, np.int64)
        crew.share(
            lambda lo, hi: compiled(settle)(
                standing.members, standing.first, standing.count, numbers, lo, hi, traits, worlds.streams,
                batch.seed,
            ),
            batch.size,
        )  # fmt: skip
    _arrivals(worlds, values, Acts(), crew, 0)
    return worlds


def _found(worlds: Worlds, population: Population, traits: Numbers, crew: Crew) -> None:
    """The members of a community, and the environment as it was at the end of its record."""
    batch = worlds.batch
    crew.share(
        lambda lo, hi: found(
            worlds.standing, population, batch.draws, lo, hi, traits, worlds.streams, batch.seed
        ),
        batch.size,
    )
    worlds.environment = population.environment[batch.draws]


def _views_a_day(values: Values) -> Numbers:
    """Attention of a member at the start for each active day a month, such that the start is stationary."""
    views = values["market"] * values["adopted"] * values["views_a_use"]
    gathered = values["attention_captured"] / np.maximum(1.0 - values["attention_kept"], 1e-3)
    return views * gathered / ACTIVE_DAYS_START


def enact(worlds: Worlds, rules: Rules, month: int) -> Values:
    """1 rules: parameters in force, and shocks and partings whose month has come."""
    values = worlds.values(rules)
    shock = sum(each.size for each in rules.shocks if each.month == month)
    worlds.shock = worlds.shock * values["shock_kept"] + shock
    part(worlds, [each for each in rules.partings if each.month == month], values["core_days"], month)
    return values


def offers(worlds: Worlds, values: Values, rules: Rules, month: int) -> Acts:
    """2 offers: what all institutions together will pay, offer, admit and ask, from last month's world."""
    start = uses_at_start(worlds, values)
    monthly = (name for name in MEASURES if name not in YEARLY)
    measures = {
        **dict.fromkeys(monthly, np.zeros(worlds.batch.size)), "users": start, "uses": start, "served": start,
        "service": np.ones(worlds.batch.size), **worlds.measures, "uses_start": start,
        "members_start": np.full(worlds.batch.size, float(worlds.batch.members)),
    }  # fmt: skip
    balances = {each.name: worlds.ledger.balance(each.name) for each in ACCOUNTS}
    luck = uniform(worlds.batch.seed, Decision.INSTITUTION, replicate=worlds.batch.replicates, month=month)
    for array in (*measures.values(), *balances.values(), luck):
        array.flags.writeable = False
    view = View(month, MappingProxyType(measures), MappingProxyType(balances), values, luck)
    return together(tuple(institution(view) for institution in rules.institutions))


def choices(worlds: Worlds, values: Values, acts: Acts, works: Works, crew: Crew, month: int) -> Sums:
    """3 choose: every member chooses at once, from last month's world."""
    signals = signals_of(worlds, values, acts, own_audience=works.separable)
    blocks = worlds.blocks()
    tallies = np.zeros((len(blocks), len(Tally)), np.int64)
    amounts = np.zeros((len(blocks), len(Amount)))
    crew.share(
        lambda lo, hi: compiled(choose)(
            worlds.standing.members, blocks, lo, hi, signals, worlds.streams, worlds.batch.seed, month,
            tallies, amounts,
        ),
        len(blocks),
    )  # fmt: skip
    return Sums(_by_world(tallies, blocks, worlds.batch.size), _by_world(amounts, blocks, worlds.batch.size))


def works_of(worlds: Worlds, values: Values, acts: Acts, works: Works, sums: Sums, month: int) -> None:
    """4 work: what was done is added to the works there are."""
    ask = np.broadcast_to(np.asarray(acts.ask, np.float64), (worlds.batch.size,))
    grow(worlds, values, works(Done(worlds, values, sums, ask, month)))


def views_of(
    worlds: Worlds, values: Values, served: Numbers, works: Works, crew: Crew, month: int
) -> NDArray[np.float32]:
    """5 audience: where works are separable, views fall on each member's works. float32[rows] or empty."""
    if not works.separable:
        return NO_VIEWS
    weights, blocks, standing = weights_of(worlds, values), worlds.blocks(), worlds.standing
    views = np.zeros(int(standing.first[-1]), np.float32)
    amounts = np.zeros((len(blocks), len(Amount)))
    crew.share(
        lambda lo, hi: compiled(attract)(
            standing.members,
            blocks,
            lo,
            hi,
            weights,
            worlds.streams,
            worlds.batch.seed,
            month,
            views,
            amounts,
        ),
        len(blocks),
    )
    pull = _by_world(amounts, blocks, worlds.batch.size)[:, Amount.PULL] + worlds.archive
    weights[:, Weight.VIEWS] = served * values["views_a_use"] / np.maximum(pull, 1e-9)
    crew.share(lambda lo, hi: compiled(watch)(standing.members, blocks, lo, hi, weights, views), len(blocks))
    followed = weights[:, Weight.KEPT] + weights[:, Weight.CAPTURED] * weights[:, Weight.VIEWS]
    worlds.archive = worlds.archive * np.minimum(followed, 1.0)
    return views


def settlement(
    worlds: Worlds, values: Values, acts: Acts, sums: Sums, views: NDArray[np.float32], paid: Paid, crew: Crew
) -> None:
    """6 money, as members feel it: drive, pay norm, and what is remembered until next month."""
    worlds.moneyed = worlds.moneyed or len(paid.rows) > 0
    worlds.contingency = paid.contingency
    worlds.offer = np.broadcast_to(np.asarray(acts.offer, np.float64), (worlds.batch.size,)).copy()
    if worlds.moneyed or len(views) > 0:
        weights, blocks = weights_of(worlds, values), worlds.blocks()
        crew.share(
            lambda lo, hi: compiled(settle_drive)(
                worlds.standing.members, blocks, lo, hi, weights, views, paid.rows
            ),
            len(blocks),
        )
    free = np.maximum(sums.tallies[:, Tally.ACTING] - sums.tallies[:, Tally.EMPLOYED_ACTING], 1)
    gap = sums.tallies[:, Tally.PAID_ACTING] / free - worlds.norm
    worlds.norm = worlds.norm + np.where(gap > 0, values["norm_up"], values["norm_down"]) * gap


def turnover(worlds: Worlds, values: Values, acts: Acts, crew: Crew, month: int) -> None:
    """7 turnover: members leave and return; those of next month arrive; the environment moves on."""
    if month > 0 and month % MONTHS_A_YEAR == 0:
        standing = worlds.standing
        crew.share(
            lambda lo, hi: compiled(give_back)(
                standing.members, standing.first, standing.count, lo, hi, worlds.archive
            ),
            worlds.batch.size,
        )
    blocks = worlds.blocks()
    crew.share(
        lambda lo, hi: compiled(settle_leavers)(
            worlds.standing.members, blocks, lo, hi, values["returning"], values["return_shape"],
            worlds.streams, worlds.batch.seed, month,
        ),
        len(blocks),
    )  # fmt: skip
    kept = values["persistence"]
    fresh = normals(worlds.batch, Decision.ENVIRONMENT, month)
    worlds.environment = kept * worlds.environment + np.sqrt(1.0 - kept * kept) * fresh
    worlds.month = month + 1
    _arrivals(worlds, values, acts, crew, month + 1)


def _arrivals(worlds: Worlds, values: Values, acts: Acts, crew: Crew, month: int) -> None:
    expected = expected_arrivals(worlds, values, acts)
    drawn, quality = paid_entrants(worlds, values, expected)
    traits = traits_of(values, size=worlds.batch.size)
    _come(worlds, expected, np.ones(worlds.batch.size), traits, crew, month, part=0)
    if np.any(drawn > 0):
        _come(worlds, drawn, quality, traits, crew, month, part=1)
    recruited = np.broadcast_to(np.asarray(acts.recruit, np.float64), (worlds.batch.size,))
    if np.any(recruited > 0):
        employed = traits_of(values, size=worlds.batch.size, recruited=True)
        _come(worlds, recruited, np.ones(worlds.batch.size), employed, crew, month, part=2)


def _come(
    worlds: Worlds, expected: Numbers, quality: Numbers, traits: Numbers, crew: Crew, month: int, *, part: int
) -> None:
    numbers = np.zeros(worlds.batch.size, np.int64)
    compiled(newcomers)(expected, worlds.streams, worlds.batch.seed, month, part, numbers)
    if np.any(worlds.standing.count + numbers > np.diff(worlds.standing.first)):
        room = np.maximum(np.diff(worlds.standing.first), room_for(worlds.standing.count + numbers))
        worlds.standing = resettle(worlds.standing, room)
    standing = worlds.standing
    crew.share(
        lambda lo, hi: compiled(arrive)(
            standing.members, standing.first, standing.count, numbers, lo, hi, RANKS[part], traits,
            quality, worlds.streams, worlds.batch.seed, month,
        ),
        worlds.batch.size,
    )  # fmt: skip


def record(
    worlds: Worlds, values: Values, sums: Sums, asked: Numbers, served: Numbers,
    measures: dict[str, Numbers], month: int,
) -> None:  # fmt: skip
    """8 record: this month's measures, and once a year those of the year."""
    load = review_load(worlds, values)
    users = uses_of(worlds, values) / np.maximum(values["reach"], 1e-12)
    scale = worlds.measures.get("team_scale", sums.tallies[:, Tally.ACTING].astype(np.float64))
    found = measures_of(worlds, sums, users=users, asked=asked, served=served, load=load)
    if month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1:
        found |= yearly_of(worlds)
    for name, array in found.items():
        measures[name][:, month] = array
    worlds.measures = {**found, "served": served, "team_scale": scale}


def audit(worlds: Worlds, month: int) -> None:
    """The books must close in every month of every world; once a year every entry is added up again.

    Raises:
        LedgerError: they do not; that is a fault of the program.
    """
    open_worlds = np.flatnonzero(worlds.ledger.balances.sum(axis=1))
    wrong = [f"the accounts of world {world} do not sum to zero" for world in open_worlds]
    if month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1:
        wrong += worlds.ledger.audit()
    if wrong:
        raise LedgerError(wrong[0], where=f"month {month}", expected="books that close")


def close(worlds: Worlds, flows: dict[tuple[str, str, str], NDArray[np.int64]], months: int) -> None:
    """At the end: a last full audit, and the flows of money of every month."""
    audit(worlds, MONTHS_A_YEAR - 1)
    for flow in worlds.ledger.flows():
        key = (flow.kind, flow.payer, flow.payee)
        if key not in flows:
            flows[key] = np.zeros((worlds.batch.size, months), np.int64)
        flows[key][:, flow.month] = flow.cents


def _room(count: NDArray[np.int64], expected: Numbers) -> NDArray[np.int64]:
    """Rows for those there and a year of arrivals, with luck to spare."""
    coming = expected * (MONTHS_A_YEAR + 1)
    return count + np.ceil(1.25 * coming + ROOM_DEVIATIONS * np.sqrt(coming)).astype(np.int64) + 64


def _by_world(sums: NDArray[Any], blocks: NDArray[np.int64], size: int) -> NDArray[Any]:
    """Sums of blocks added up for each world, one block after the other."""
    found = np.zeros((size, sums.shape[1]), sums.dtype)
    np.add.at(found, blocks[:, 0], sums)
    return found
