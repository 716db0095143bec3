"""Proposing: what sponsors and employers make of what members did; proposals judged, members hired."""

import math
from typing import Any

from allmende.draws import Decision
from allmende.elementary import exp, log
from allmende.kernel import kernel
from allmende.model.member import chance_of
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import Members, Status
from allmende.model.traits import draw, employed_rate, employer_of
from allmende.transforms import normal

__all__ = ["best_of", "dismissed", "employ", "employed", "mixed", "propose"]

ACTIVE, LEAVING, BACK = int(Status.ACTIVE), int(Status.LEAVING), int(Status.RETURNED)
HIRE, LAYOFF, CORE, FIRMS = int(Signal.HIRE), int(Signal.LAYOFF), int(Signal.CORE), int(Signal.FIRMS)
CAREER, PAID_DAYS, ROLE = int(Signal.CAREER), int(Signal.PAID_DAYS), int(Signal.ROLE)
PROPOSAL, BAR, JUDGEMENT = int(Signal.PROPOSAL), int(Signal.BAR), int(Signal.JUDGEMENT)
N_ACCEPTED = int(Tally.ACCEPTED)
A_MAKER, A_MARKET = int(Amount.MAKER_VALUE), int(Amount.MARKET_VALUE)
D_MARKET, D_USE = int(Decision.MARKET_VALUE), int(Decision.USE_VALUE)
D_EMPLOYER = int(Decision.TRAIT_EMPLOYER)


@kernel
def propose(
    members: Members, start: int, who: Any, size: int, signals: Any, keys: Any, seed: int, month: int,
    choice: Any, tally: Any, amount: Any,
) -> None:  # fmt: skip
    """The best of each member's proposals of the month, judged by the sponsor.

    Judged value is the best of n standard normals, Phi^-1(u^(1/n)); true market value correlates with it by
    `JUDGEMENT`, the value to the maker with the market value by `PROPOSAL` (rho). Arguments
    as in `choosing.keep` and `acting.luck_of`.
    """
    arrival, rank, accepted = members.arrival, members.rank, members.accepted
    market_key, use_key = int(keys[D_MARKET]), int(keys[D_USE])
    bar, rho, judgement = signals[BAR], signals[PROPOSAL], signals[JUDGEMENT]
    for k in range(size):
        if choice[1, k] == 0:
            continue
        row = start + int(who[k])
        came, place = int(arrival[row]), int(rank[row])
        u_best, u_market = draw(seed, market_key, came, place, month, 0)
        u_use, _ = draw(seed, use_key, came, place, month, 0)
        judged = best_of(int(choice[1, k]), u_best)
        market = mixed(judged, normal(u_market), judgement)
        amount[A_MAKER] += max(mixed(market, normal(u_use), rho), 0.0)
        if judged > bar:
            accepted[row] = 1
            tally[N_ACCEPTED] += 1
            amount[A_MARKET] += market


@kernel
def best_of(count: int, u: float) -> float:
    """The best of so many standard normal numbers: Phi^-1(u^(1/n)) (closed form CF4)."""
    return normal(exp(log(u) / count))


@kernel
def mixed(first: float, second: float, correlation: float) -> float:
    """A standard normal number that correlates with `first`: c first + sqrt(1 - c^2) second."""
    return correlation * first + math.sqrt(1.0 - correlation * correlation) * second


@kernel
def employed(
    rate: float, dropout: float, career: float, paid_days: float, role: float
) -> tuple[float, float]:
    """Rate and dropout chance of a volunteer who is hired.

        rate exp(-career) + paid_days,   odds(dropout) exp(-role)

    The employer's days come on top; what was done to be seen falls away (`evidence.md` C19b).
    """
    return employed_rate(rate * exp(-career), paid_days), chance_of(dropout, -role)


@kernel
def dismissed(
    rate: float, dropout: float, career: float, paid_days: float, role: float
) -> tuple[float, float]:
    """Rate and dropout chance on the own account of a member who was employed: `employed`, undone."""
    return max(rate - paid_days, 0.0) * exp(career), chance_of(dropout, role)


@kernel
def employ(members: Members, start: int, stop: int, signals: Any, keys: Any, seed: int, month: int) -> None:
    """Hiring of active core volunteers, and dismissal of employed members, who stop."""
    arrival, rank, employer = members.arrival, members.rank, members.employer
    status, days, lifetime = members.status, members.days, members.lifetime
    rate, dropout = members.rate, members.dropout
    career, paid_days, role = signals[CAREER], signals[PAID_DAYS], signals[ROLE]
    for row in range(start, stop):
        if status[row] not in (ACTIVE, BACK):
            continue
        volunteer = employer[row] == 0
        if volunteer and (days[row] == 0 or lifetime[row] < signals[CORE]):
            continue
        u_change, u_firm = draw(seed, int(keys[D_EMPLOYER]), int(arrival[row]), int(rank[row]), month, 1)
        if volunteer and u_change < signals[HIRE]:
            employer[row] = employer_of(u_firm, log(1.0 + signals[FIRMS]))
            rate[row], dropout[row] = employed(float(rate[row]), float(dropout[row]), career, paid_days, role)
        elif not volunteer and u_change < signals[LAYOFF]:
            employer[row] = 0
            status[row] = LEAVING
            rate[row], dropout[row] = dismissed(
                float(rate[row]), float(dropout[row]), career, paid_days, role
            )
