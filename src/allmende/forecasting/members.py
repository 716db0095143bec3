"""Members: each one's chance to be active still, what they would do, and who will come.

The member model in the forecast's own unit, the active month. While a member takes part, each month is an
active one with chance theta; after every active month, the first included, the member leaves for good with
chance p. With theta ~ Beta(c, d) and p ~ Beta(a, b), a member with x active months, the last of them t
months after the first, seen for T months, is

    taking part   weight B(a, b + x)         B(c + k, d + T - k)      k = x - 1
    gone          weight B(a + 1, b + x - 1) B(c + k, d + t - k)

and, taking part, has theta ~ Beta(c + k, d + T - k) and p ~ Beta(a, b + x): the posterior is drawn exactly,
member by member. It is MBG/NBD (`model.member`) with a coin a month in place of days by Poisson: members
act in spells, and the days of a spell make MBG/NBD promise too many active months (`docs/forecasting.md`).

Chances of long ago tell little of today: theta rests on the last `RECENT` months, p on the whole career.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, stream_of, threefry, unit
from allmende.forecasting.history import History, absence_factor
from allmende.grouping import changes
from allmende.kernel import compiled, kernel, word
from allmende.model.traits import draw
from allmende.months import MONTHS_A_YEAR
from allmende.transforms import beta, gamma, geometric

__all__ = ["Crowd", "MemberPaths", "crowd_of", "fitted_shapes", "member_paths"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

RECENT = 48
JOINED = 60
ENOUGH = 150
PRIOR = (0.6, 1.2, 0.8, 1.0)
PRIOR_SPREAD = 1.5
D_STAY, D_RATE, D_SKILL = int(Decision.TRAIT_DROPOUT), int(Decision.TRAIT_RATE), int(Decision.TRAIT_SKILL)
D_ACTIVITY, D_WORK, D_EMPLOYER = int(Decision.ACTIVITY), int(Decision.WORK), int(Decision.TRAIT_EMPLOYER)
D_ARRIVAL = int(Decision.ARRIVAL)
_LEAST_SPREAD = 0.3


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is believed of the members of a history, and of those who will come.

    Args:
        shapes: c, d, a, b.
        taking_part: Chance that a member still takes part. float64[members].
        rate: Shapes of the chance of an active month. float64[members, 2].
        stay: Shapes of the chance of leaving. float64[members, 2].
        work: Shape and rate of contributions beyond the first in an active month. float64[members, 2].
        org: Organisation, 0 unknown. int64[members].
        typical: Shape and rate of the same for a newcomer.
        incoming: Organisations of recent newcomers: 0 unknown, -1 one that was new then. int64.
        returning: Members a month who come back after longer than `RECENT` months.
        season: Ratio of each month of the year. float64[12].
    """

    shapes: tuple[float, float, float, float]
    taking_part: Numbers
    rate: Numbers
    stay: Numbers
    work: Numbers
    org: Whole
    typical: tuple[float, float]
    incoming: Whole
    returning: float
    season: Numbers


@dataclass(frozen=True, slots=True)
class MemberPaths:
    """Futures of the members.

    Args:
        active: Active members. float64[paths, months].
        made: Contributions. float64[paths, months].
        absence: Contributor absence factor of the first year. float64[paths].
        orgs: Organisations of the first year. float64[paths].
    """

    active: Numbers
    made: Numbers
    absence: Numbers
    orgs: Numbers


@dataclass(frozen=True, slots=True)
class _Careers:
    # One entry for each member: whole career (x, t, T), and what lies within the recent months.
    x: Numbers
    t: Numbers
    seen: Numbers
    joined: Whole
    last: Whole
    recent_x: Numbers
    recent_made: Numbers
    org: Whole


def crowd_of(history: History, season: Numbers) -> Crowd:
    """What is believed of the members at the end of a history.

    Args:
        history: The history; at least one member.
        season: Ratio of each month of the year, January first. float64[12].
    """
    careers = _careers(history)
    shapes = _shapes_of(careers, history.stop)
    c, d, a, b = shapes
    known = careers.last >= history.stop - RECENT
    x, joined = careers.x[known], careers.joined[known]
    old = joined < history.stop - RECENT
    hits = careers.recent_x[known] - ~old
    seen = np.minimum(careers.seen[known], RECENT)
    until = seen - (history.stop - 1 - careers.last[known])
    taking = _log_beta(a, b + x) + _log_beta(c + hits, d + seen - hits)
    gone = _log_beta(a + 1, b + x - 1) + _log_beta(c + hits, d + until - hits)
    months = careers.recent_x[known]
    extra = np.maximum(careers.recent_made[known] - months, 0)
    typical = _typical(extra / np.maximum(months, 1))
    return Crowd(
        shapes,
        1 / (1 + np.exp(gone - taking)),
        np.stack([c + hits, d + seen - hits], axis=1),
        np.stack([np.full(len(x), a), b + x], axis=1),
        np.stack([typical[0] + extra, typical[1] + months], axis=1),
        careers.org[known],
        typical,
        _incoming(history),
        _returning(history),
        season,
    )


def fitted_shapes(x: Numbers, t: Numbers, seen: Numbers) -> tuple[float, float, float, float]:
    """Shapes c, d, a, b that make careers most likely, under a wide prior on their logarithms.

    Args:
        x: Active months of each member, at least 1.
        t: Months from the first to the last.
        seen: Months from the first to the last that is known.
    """
    from scipy.optimize import minimize

    careers, times = np.unique(np.stack([x, t, seen]), axis=1, return_counts=True)
    x, t, seen = careers
    centre = np.log(PRIOR)

    def goal(logs: Numbers) -> float:
        c, d, a, b = np.exp(logs)
        hits = x - 1
        taking = _log_beta(a, b + x) + _log_beta(c + hits, d + seen - hits)
        gone = _log_beta(a + 1, b + x - 1) + _log_beta(c + hits, d + t - hits)
        likely = np.logaddexp(taking, gone) - _log_beta(a, b) - _log_beta(c, d)
        prior = 0.5 * (((logs - centre) / PRIOR_SPREAD) ** 2).sum()
        return float(prior - times @ likely)

    found = minimize(
        goal, centre, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3, "maxiter": 500}
    )
    c, d, a, b = np.exp(found.x)
    return float(c), float(d), float(a), float(b)


def member_paths(crowd: Crowd, newcomers: Numbers, stop: int, *, seed: int) -> MemberPaths:
    """Futures of the members, given how many come.

    Args:
        crowd: What is believed of them.
        newcomers: How many come. float64[paths, months].
        stop: First month of the future.
        seed: Seed of the draws.
    """
    paths, months = newcomers.shape
    active, made = np.zeros((paths, months)), np.zeros((paths, months))
    absence, orgs = np.zeros(paths), np.zeros(paths)
    most = int(newcomers.sum(axis=1).max(initial=0) + months * (crowd.returning + 10) * 2) + len(crowd.org)
    by_member = np.zeros(most)
    season = crowd.season[(stop + np.arange(months)) % MONTHS_A_YEAR]
    seen = np.zeros(int(max(crowd.org.max(initial=0), crowd.incoming.max(initial=0))) + 1, np.int64)
    for path in range(paths):
        size = compiled(_one_path)(
            np.array(crowd.shapes), crowd.taking_part, crowd.rate, crowd.stay, crowd.work, crowd.org,
            np.array(crowd.typical), crowd.incoming, crowd.returning, season,
            newcomers[path].astype(np.int64), active[path], made[path], by_member, seen, seed, path,
        )  # fmt: skip
        absence[path] = absence_factor(by_member[:size])
        orgs[path] = np.count_nonzero(seen[1:]) + seen[0]
    return MemberPaths(active, made, absence, orgs)


def _one_path(  # noqa: PLR0917 - compiled code takes no keywords
    shapes: Numbers, taking_part: Numbers, rate: Numbers, stay: Numbers, work: Numbers, org: Whole,
    typical: Numbers, incoming: Whole, returning: float, season: Numbers, newcomers: Whole, active: Numbers,
    made: Numbers, by_member: Numbers, seen: Whole, seed: int, path: int,
) -> int:  # fmt: skip
    """One future: fills `active`, `made`, `by_member`, `seen` (first entry: new organisations)."""
    by_member[:] = 0.0
    seen[:] = 0
    row = 0
    for member in range(len(org)):
        u, _ = draw(seed, _stream(D_STAY, path), 0, member, -1, 0)
        if u < taking_part[member]:
            by_member[row] = _career(
                rate[member], stay[member], work[member], 0, member, 0, season, active, made, seed, path
            )
            if by_member[row] > 0 and org[member] > 0:
                seen[org[member]] = 1
            row += 1
    fresh_rate, fresh_stay = shapes[:2], shapes[2:]
    for month in range(len(newcomers)):
        u, _ = draw(seed, _stream(D_ARRIVAL, path), 0, 0, month, 0)
        back = geometric(1.0 / (1.0 + returning), u) - 1
        for rank in range(min(newcomers[month] + back, len(by_member) - row)):
            by_member[row] = _career(
                fresh_rate, fresh_stay, typical, month + 1, rank, month, season, active, made, seed, path
            )
            row += 1
            u, _ = draw(seed, _stream(D_EMPLOYER, path), month + 1, rank, month, 0)
            brought = incoming[int(u * len(incoming))]
            if brought != 0 and month < MONTHS_A_YEAR:
                seen[max(brought, 0)] += 1
    return row


@kernel
def _career(  # noqa: PLR0917 - compiled code takes no keywords
    rate: Numbers, stay: Numbers, work: Numbers, arrival: int, rank: int, begin: int, season: Numbers,
    active: Numbers, made: Numbers, seed: int, path: int,
) -> float:  # fmt: skip
    """One member's future, added to `active` and `made`; answers the contributions of the first year."""
    who = (word(arrival) << 32) | word(rank)
    theta = beta(rate[0], rate[1], word(seed), _stream(D_RATE, path), who, word(0))
    chance = beta(stay[0], stay[1], word(seed), _stream(D_STAY, path), who, word(0))
    more = gamma(work[0], word(seed), _stream(D_SKILL, path), who, word(0)) / work[1]
    total = 0.0
    for month in range(begin, len(season)):
        first, second = threefry(word(seed), _stream(D_ACTIVITY, path), who, word(month))
        if unit(first) < theta * season[month] or (arrival > 0 and month == begin):
            u, _ = draw(seed, _stream(D_WORK, path), arrival, rank, month, 0)
            acts = 1.0 * geometric(1.0 / (1.0 + more), u)
            active[month] += 1.0
            made[month] += acts
            if month < MONTHS_A_YEAR:
                total += acts
            if unit(second) < chance:
                break
    return total


@kernel
def _stream(decision: int, path: int) -> int:
    return int(stream_of(word(decision), word(path)))


def _careers(history: History) -> _Careers:
    begins = np.flatnonzero(changes(history.member))
    ends = np.r_[begins[1:], len(history.member)] - 1
    recent = history.month >= history.stop - RECENT
    joined, last = history.month[begins].astype(np.int64), history.month[ends].astype(np.int64)
    return _Careers(
        (ends - begins + 1).astype(np.float64),
        (last - joined).astype(np.float64),
        (history.stop - 1 - joined).astype(np.float64),
        joined,
        last,
        np.add.reduceat(recent.astype(np.float64), begins),
        np.add.reduceat(np.where(recent, history.count, 0).astype(np.float64), begins),
        history.org[ends].astype(np.int64),
    )


def _shapes_of(careers: _Careers, stop: int) -> tuple[float, float, float, float]:
    """Shapes from those who joined lately; from farther back until there are enough of them."""
    chosen = np.ones(len(careers.x), bool)
    for reach in (JOINED, 2 * JOINED, 4 * JOINED):
        lately = careers.joined >= stop - reach
        if lately.sum() >= ENOUGH:
            chosen = lately
            break
    return fitted_shapes(careers.x[chosen], careers.t[chosen], careers.seen[chosen])


def _typical(extra: Numbers) -> tuple[float, float]:
    """Shape and rate of the gamma law with the mean and variance of members' figures."""
    mean = float(extra.mean()) + 1e-3
    rate = mean / max(float(extra.var()), _LEAST_SPREAD * mean**2)
    return mean * rate, rate


def _incoming(history: History) -> Whole:
    new = np.flatnonzero(history.newcomer & (history.month >= history.stop - 2 * MONTHS_A_YEAR))
    if not len(new):
        return np.zeros(1, np.int64)
    orgs = history.org.astype(np.int64)
    began = np.full(int(orgs.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(began, orgs, history.month)
    fresh = (orgs[new] > 0) & (began[orgs[new]] == history.month[new])
    return np.where(fresh, -1, orgs[new])


def _returning(history: History) -> float:
    member, month = history.member, history.month
    same = np.r_[False, member[1:] == member[:-1]]
    away = np.diff(month, prepend=month[:1]) > RECENT
    # After a change of the record the first act of a known member is a return as well.
    back = ~history.newcomer & (~same | away) & (month >= history.stop - 2 * MONTHS_A_YEAR)
    return float(back.sum()) / (2 * MONTHS_A_YEAR)


def _log_beta(first: Numbers | float, second: Numbers | float) -> Numbers:
    from scipy.special import betaln

    return np.asarray(betaln(first, second), np.float64)
