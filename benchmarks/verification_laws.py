"""Closed forms beside those of the null model, CF2 to CF16; a part of `benchmarks/verification.py`.

Where the model has the rule, its own functions and worlds are run. Where it has not (CF3, CF6, CF7, CF16),
the law is one of the draws it is made of, and the row says so.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.apportionment import split
from allmende.counts import poisson
from allmende.draws import Decision, uniform
from allmende.kernel import compiled
from allmende.ledger import Ledger, transfer
from allmende.model import month, proposing, settlement
from allmende.model.blocks import streams_of
from allmende.model.crew import Crew
from allmende.model.member import chance_of
from allmende.model.payments import pay
from allmende.model.rules import Acts, Payment
from allmende.model.settlement import Weight
from allmende.model.signals import Amount, Signal
from allmende.model.state import Standing, Status
from allmende.model.worlds import Batch, Worlds
from allmende.plugins import get
from allmende.policies import RevenueShare
from allmende.simulation import simulate
from allmende.transforms import geometric, geometric_within

ALARM = 4.9
POWER = 3.09
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Args:
        name: Id of the law.
        what: What is compared.
        law: What the law says.
        found: What the simulator says.
        error: Standard error of what it says; 0 where it must be exact.
        draws: On how many members, worlds or draws it rests.
    """

    name: str
    what: str
    law: float
    found: float
    error: float
    draws: int

    @property
    def z(self) -> float:
        """Standard errors between the two; 0 or infinity where the law is exact."""
        if self.error == 0:
            return 0.0 if math.isclose(self.law, self.found, rel_tol=1e-12, abs_tol=1e-12) else math.inf
        return (self.found - self.law) / self.error

    @property
    def good(self) -> bool:
        """Whether no alarm is raised."""
        return abs(self.z) <= ALARM


def sampled(name: str, what: str, law: float, sample: NDArray[Any]) -> Row:
    """The mean of a sample against its law, with the error that the sample has."""
    numbers = sample.astype(float)
    return Row(name, what, law, float(numbers.mean()), numbers.std() / math.sqrt(numbers.size), numbers.size)


def counted(name: str, what: str, law: float, hits: NDArray[np.bool_]) -> Row:
    """A share against its law, with the error that the law has."""
    error = math.sqrt(law * (1 - law) / hits.size)
    return Row(name, what, law, float(hits.mean()), error, hits.size)


def us(*shape: int, decision: Decision, seed: int = 77) -> Numbers:
    """Uniform numbers: replicates, then members."""
    replicate, member = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    return np.asarray(uniform(seed, decision, replicate=replicate, member=member), np.float64)


def over(function: Any, *columns: Any) -> NDArray[Any]:
    """A kernel for each row of its arguments."""
    kernel = compiled(function)
    given = np.broadcast_arrays(*columns)
    return np.array([kernel(*(each.item() for each in row)) for row in zip(*given, strict=True)])


def lifetimes(scale: float) -> Iterator[Row]:
    """CF2: who stays after each day with chance s has a geometric lifetime, and no memory."""
    size, stay = int(100_000 * scale), 0.8
    days = over(geometric, 1 - stay, us(1, size, decision=Decision.DROPOUT).ravel())
    yield sampled("CF2", "lifetime in days, one in five drops out", 1 / (1 - stay), days)
    old = days[days > 5] - 5
    yield sampled("CF2", "the same from the sixth day on", 1 / (1 - stay), old)


def first_movers(scale: float) -> Iterator[Row]:
    """CF3 and CF6: contributions and views in proportion to those there are."""
    runs, events, new = int(2_000 * scale), 2_000, 0.1
    owner, people = np.zeros((runs, events), np.int64), np.ones(runs, np.int64)
    luck = us(runs, 2 * events, decision=Decision.ARRIVAL)
    for t in range(1, events):
        past = owner[np.arange(runs), (luck[:, 2 * t] * t).astype(np.int64)]
        comes = luck[:, 2 * t + 1] < new
        owner[:, t] = np.where(comes, people, past)
        people += comes
    law = np.zeros(events + 2)
    law[1] = 1.0
    k = np.arange(events + 2)
    for t in range(1, events):
        gain = (1 - new) / t * (np.r_[0.0, (k * law)[:-1]] - k * law)
        gain[1] += new
        law = law + gain
    counts = np.stack([np.bincount(np.bincount(row), minlength=11)[:11] for row in owner])
    for times in (1, 2, 10):
        name = f"members with {times} of {events:,} contributions, draws alone"
        yield sampled("CF3", name, law[times], counts[:, times])
    views, first = 50, np.zeros(int(20_000 * scale))
    chosen = us(len(first), views, decision=Decision.ATTENTION)
    for view in range(views):
        first += chosen[:, view] < (first + 1) / (view + 2)
    yield sampled("CF6", "views of the first of two works, draws alone", views / 2, first)
    yield sampled(
        "CF6", "their variance, uniform on 0 to 50", views * (views + 2) / 12, (first - views / 2) ** 2
    )


def followers(scale: float) -> Iterator[Row]:
    """CF7: each newcomer brings Poisson(r) others."""
    runs = int(20_000 * scale)
    for ratio, name in ((0.5, "newcomers brought in all, r = 0.5"), (1.5, "share that dies out, r = 1.5")):
        now, total = np.ones(runs, np.int64), np.ones(runs, np.int64)
        for step in range(60):
            alive = np.flatnonzero((now > 0) & (total < 300))
            if not len(alive):
                break
            luck = us(1, runs, decision=Decision.ADOPTION, seed=100 + step).ravel()[alive]
            now[alive] = over(poisson, ratio * now[alive], luck)
            total[alive] += now[alive]
        if ratio < 1:
            yield sampled("CF7", f"{name}, draws alone", 1 / (1 - ratio), total)
        else:
            extinct = 0.5
            for _ in range(200):
                extinct = math.exp(ratio * (extinct - 1))
            yield counted("CF7", f"{name}, draws alone", extinct, now == 0)


def employment(scale: float) -> Iterator[Row]:
    """CF9: volunteer, employed, dismissed, with fixed chances: powers of a matrix, and hitting times."""
    size = int(20_000 * scale)
    chains = ((0.05, 0.1, 24), (0.2, 0.05, 24), (0.5, 0.3, 6), (0.02, 0.02, 24), (0.9, 0.6, 3))
    for chain, (hire, layoff, months) in enumerate(chains):
        for back in (True, False):
            gone = np.array([[1 - hire, hire, 0], [0, 1 - layoff, layoff], [0, 0, 1]])
            step = np.array([[1 - hire, hire], [layoff, 1 - layoff]]) if back else gone
            employed, left = _careers(size, months, hire, layoff, chain, back=back)
            law = np.linalg.matrix_power(step, months)[0]
            ways = f"hired {hire:g}, dismissed {layoff:g}{', may come back' if back else ''}"
            yield counted("CF9", f"employed after {months} months, {ways}", float(law[1]), employed)
            if not back:
                waits = sum(1 - np.linalg.matrix_power(step, t)[0, 2] for t in range(months))
                yield sampled("CF9", f"months until dismissed, at most {months}, {ways}", float(waits), left)


def _careers(
    size: int, months: int, hire: float, layoff: float, chain: int, *, back: bool
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Who is employed at the end, and the months before each was dismissed."""
    standing = Standing.of_room(np.array([size]))
    member = standing.members
    member.status[:], member.days[:], member.lifetime[:] = Status.ACTIVE, 2, 50
    member.rate[:], member.dropout[:], member.rank[:] = 0.5, 0.1, np.arange(size)
    signals = np.zeros(len(Signal))
    signals[Signal.HIRE], signals[Signal.LAYOFF], signals[Signal.FIRMS] = hire, layoff, 4
    keys, left = streams_of(np.array([chain]))[0], np.full(size, months)
    for now in range(months):
        compiled(proposing.employ)(member, 0, size, signals, keys, 9, now)
        dismissed = member.status == Status.LEAVING
        left[dismissed & (left == months)] = now + 1
        member.status[dismissed] = Status.ACTIVE if back else Status.GONE
    return member.employer > 0, np.minimum(left, months)


def shares(scale: float) -> Iterator[Row]:
    """CF10, CF11: shared revenue and bounties, to the cent."""
    found = simulate(
        "sharing", members=50, months=60, replicates=int(20 * scale) + 1, policies=[RevenueShare()], seed=3
    )
    economy = get("economy", "sharing")
    values = economy.parameters.values()
    served = found["uses"][1, 0] * found["service"][1, 0]
    begins = np.full((len(served), 1), values["market"] * 50 * values["adopted"])
    income = np.hstack([begins, served[:, :-1]]) * values["views_a_use"] * values["ad_price"]
    paid = found.flows["revenue share", "platform", "members"][1, 0]
    due = np.where(paid > 0, np.floor(0.55 * income), 0).astype(np.int64)
    off = float(np.abs(paid - due).sum())
    yield Row("CF10", f"cents off, {due.sum():,} of revenue shared", 0.0, off, 0.0, paid.size)
    yield _growing(int(10_000 * scale))
    yield from _bounties(int(4_000 * scale))


def _growing(worlds: int) -> Row:
    """Revenue grows by g % a month; r % of it goes to members: a geometric sum, rounded month by month."""
    drawn = us(worlds, 3, decision=Decision.PAYMENT)
    share, growth = (drawn[:, 0] * 101).astype(np.int64), (drawn[:, 1] * 150).astype(np.int64) - 50
    revenue = 1 + (drawn[:, 2] * 10**7).astype(np.int64)
    ledger, law = Ledger.opened(worlds=worlds), np.zeros(worlds, np.int64)
    for now in range(24):
        claims = np.stack([share, 100 - share], axis=1).ravel()
        members = split(revenue, claims, np.arange(worlds + 1) * 2)[::2]
        transfer(ledger, "advertisers", "platform", revenue, kind="advertising", month=now)
        transfer(ledger, "platform", "members", members, kind="revenue share", month=now)
        law += (revenue * share + 50) // 100
        revenue = revenue * (100 + growth) // 100
    off = float(np.abs(ledger.balance("members") - law).sum())
    name = f"cents off, {law.sum():,} of growing revenue, 24 months"
    return Row("CF10", name, 0.0, off, 0.0, worlds)


def _bounties(worlds: int) -> Iterator[Row]:
    """A bounty of 100,003 cents among seven: all of it, and a seventh each on average."""
    economy = get("economy", "commons")
    rules = economy.rules(arrivals=0.0, employed_start=0.0)
    state = month.opened(Batch(4, 7, np.arange(worlds)), rules, economy.works, Crew())
    state.standing.members.days[:], state.standing.members.acts[:] = 2, 4
    bounty = Payment("donors", "members", np.full(worlds, 100_003), kind="bounty", basis="supporters")
    rows = pay(state, Acts(payments=(bounty,)), np.empty(0, np.float32), 0).rows.astype(np.int64)
    cents = np.stack([rows[state.standing.rows(world)] for world in range(worlds)])
    paid = cents.sum(axis=1) > 0
    off = float(np.abs(cents[paid].sum(axis=1) - 100_003).sum())
    yield Row("CF11", f"cents off, {cents.sum():,} of bounties", 0.0, off, 0.0, worlds)
    for which in (0, 6):
        yield sampled("CF11", f"cents of claimant {which + 1} of 7", 100_003 / 7, cents[paid, which])


def choices(scale: float) -> Iterator[Row]:
    """CF12: giving to a linear public good by logit choice, the odds by which members stay or leave."""
    size = int(100_000 * scale)
    luck = us(1, size, decision=Decision.USE_VALUE).ravel()
    for gain in (0.8, 1.2):
        law = math.exp(5 * gain) / (math.exp(5 * gain) + math.exp(5))
        chance = compiled(chance_of)(0.5, 5 * (gain - 1))
        name = f"share that gives, return {gain:g}, logit of slope 5"
        yield Row("CF12", name, law, chance, 0.0, 1)
        yield counted("CF12", f"{name}, drawn", law, over(geometric_within, chance, luck, 1) == 1)


def orders(scale: float) -> Iterator[Row]:  # noqa: ARG001 - nothing is drawn
    """CF13: what is paid first is paid whole; the other order gives another known number."""
    economy = get("economy", "commons")
    for first, second, law in (("wages", "dues", 20.0), ("dues", "wages", 50.0)):
        state = month.opened(Batch(4, 1, np.arange(1)), economy.rules(), economy.works, Crew())
        due = {"wages": ("members", 80), "dues": ("foundation", 50)}
        payments = [Payment("audience", "firms", np.array([100]), kind="sales")]
        payments += [
            Payment("firms", due[kind][0], np.array([due[kind][1]]), kind=kind) for kind in (first, second)
        ]
        pay(state, Acts(payments=tuple(payments)), np.empty(0, np.float32), 0)
        held = float(state.ledger.balance("foundation")[0])
        yield Row("CF13", f"cents of dues, {first} paid first", law, held, 0.0, 1)


def paths(scale: float) -> Iterator[Row]:
    """CF14: users, service and the platform's money without luck, by hand, 20 paths of 24 months."""
    drawn = us(max(int(20 * scale), 2), 7, decision=Decision.PRIOR)
    users, by_hand, held, off = 0.0, 0.0, 0, 0
    for row in drawn:
        given = {
            "adopted": 0.05 + 0.9 * row[0], "market": 5 + 50 * row[1], "upkeep_cost": 1 + 8 * row[2],
            "ad_price": 0.3 * row[3], "donated_capacity": row[4], "service_loss": row[5],
            "endowment": 6 * row[6], "appeal": 0.0,
        }  # fmt: skip
        values = get("economy", "sharing").parameters.with_values(**given).values()
        found = simulate("sharing", members=9, months=24, replicates=1, parameters=given, threads=1)
        users += float(found["users"].sum())
        hand_users, hand_held = _by_hand(values, 9, 24)
        by_hand += sum(hand_users)
        held += sum(hand_held)
        off += int(np.abs(found["balance_platform"].ravel() - np.array(hand_held)).sum())
    yield Row("CF14", "users without luck, added up over months", by_hand, users, 0.0, len(drawn))
    yield Row("CF14", f"cents off, {held:,} held by platforms", 0.0, float(off), 0.0, len(drawn))


def _by_hand(p: dict[str, Any], members: int, months: int) -> tuple[list[float], list[int]]:
    """The path of one world in plain arithmetic: users and what the platform holds, month by month."""
    start = p["market"] * members * p["adopted"]
    users, served, share, held = start, start, p["adopted"], 0
    all_users: list[float] = []
    all_held: list[int] = []
    leaving = _adopting(share, p) / share
    for now in range(months):
        income = served * p["views_a_use"] * p["ad_price"]
        wanted = max(p["spare"] * users - p["donated_capacity"] * start, 0.0)
        bought = min(wanted, max(held + income, 0.0) / p["upkeep_cost"])
        held += math.floor(p["endowment"] * p["upkeep_cost"] * start) if now == 0 else 0
        held += math.floor(income)
        held -= min(math.floor(bought * p["upkeep_cost"]), held)
        users = p["market"] * members * share
        service = min(1.0, (p["donated_capacity"] * start + bought) / users)
        served = users * service
        gained, lost = _adopting(share, p), min(leaving + p["service_loss"] * (1 - service), 1.0)
        share = min(max(share + gained - lost * share, 0.0), 1.0)
        # The measure speaks of the end of the month.
        all_users.append(p["market"] * members * share)
        all_held.append(held)
    return all_users, all_held


def _adopting(share: float, p: dict[str, Any]) -> float:
    return (1 - share) * -math.expm1(-(p["innovation"] + p["imitation"] * share))


def attention(scale: float) -> Iterator[Row]:
    """CF15: equal works get equal parts of attention; drawn view by view they would be multinomial."""
    works, worlds = 5, int(4_000 * scale)
    yield Row("CF15", "share of each of 5 equal works, no luck", 0.2, _share(works, 2, 0.0)[0, 0], 0.0, 1)
    lucky = _share(works, worlds, 1.2)[:, 0]
    yield sampled("CF15", "the same, with luck of 1.2", 0.2, lucky)
    chosen = (us(worlds, 500, decision=Decision.ATTENTION) * works).astype(int)
    counts = np.stack([(chosen == work).sum(axis=1) for work in range(2)], axis=1) - 100.0
    yield sampled("CF15", "covariance of 500 views of 5 works, draws alone", -20.0, counts.prod(axis=1))


def _share(works: int, worlds: int, luck: float) -> Numbers:
    """Share of the views of equal works. float64[worlds, works]."""
    economy = get("economy", "sharing")
    rules = economy.rules(arrivals=0.0)
    state: Worlds = month.opened(Batch(4, works, np.arange(worlds)), rules, economy.works, Crew())
    state.standing.members.audience[:] = 100.0
    weights = np.zeros((worlds, len(Weight)))
    weights[:, Weight.LUCK] = luck
    blocks, views = state.blocks(), np.zeros(int(state.standing.first[-1]), np.float32)
    amounts = np.zeros((len(blocks), len(Amount)))
    compiled(settlement.attract)(
        state.standing.members, blocks, 0, len(blocks), weights, state.streams, 4, 3, views, amounts
    )
    found = np.stack([views[state.standing.rows(world)] for world in range(worlds)]).astype(float)
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float64)


def replies(scale: float) -> Iterator[Row]:
    """CF16: who replies at random has mutual ties by the square of the chance."""
    people, chance = int(1_500 * math.sqrt(scale)), 0.1
    tied = us(people, people, decision=Decision.TIES) < chance
    mutual = (tied & tied.T)[np.triu_indices(people, 1)]
    yield counted("CF16", "share of mutual pairs, random replies, draws alone", chance**2, mutual)


def rows(scale: float) -> Iterator[Row]:
    """Every comparison."""
    for part in (
        lifetimes, first_movers, followers, employment, shares, choices, orders, paths, attention, replies,
    ):  # fmt: skip
        yield from part(scale)
