r"""Contests: probabilistic production against command and control, in closed form and simulated.

Somebody makes a thing when it is worth more to him than a bar: worth U, made when U > u0, so that a share
`acting` of people make one (`evidence.md` F4). What it is worth to a market correlates with that,
M = rho U + sqrt(1 - rho^2) Z; of what anybody might think of, a share `useful` would help a market, M > t.
A sponsor sees J = j M + sqrt(1 - j^2) Z' and takes the best of N (the open call), or commissions.

The frame of the field (order statistics; Terwiesch and Xu 2008):

    V(N) = mu + sigma m(N) - c N,   m(N) the expected best of N,   W = mu_c + sigma_c z - cost

with a Gumbel quality of scale beta, m(N) = beta ln N and the best N is beta / c.

    P(useful | made)  = P(M > t | U > u0)
    P(useful | taken) = integral of P(M > t | J = x) N f(x) F(x)^(N - 1) dx,  f, F of J given U > u0
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, uniform
from allmende.model.worlds import normals_below
from allmende.params import Params, param
from allmende.priors import LogUniform, Uniform

__all__ = [
    "CONTEST",
    "ContestPrior",
    "Contests",
    "best_number",
    "best_of_normals",
    "cash_a_use",
    "commission_a_use",
    "contests_of",
    "open_call",
    "simulated",
    "useful_made",
    "useful_taken",
    "whole_a_use",
]

Numbers = NDArray[np.float64]
_STEPS = 1_201
_REACH = 10.0
_NODES = 40
_NOTHING = 1e-12
_MOST_AT_ONCE = 500_000


class ContestPrior(Params):
    """What is believed about open calls and commissions; costs in units of the price of a commission."""

    proposals: float = param(
        300.0, low=1, high=1e7, unit="proposals", prior=LogUniform(10, 10_000), provenance="literature",
        evidence=("F10", "F13"), doc="Proposals to choose from.",
    )  # fmt: skip
    acting: float = param(
        0.04, low=1e-6, high=1, prior=Uniform(0.015, 0.061), provenance="literature", evidence=("F4",),
        doc="Share of people who make something for themselves.",
    )  # fmt: skip
    rho: float = param(
        0.3, low=-0.99, high=0.99, prior=Uniform(0.0, 0.7), evidence=("F1", "F5"),
        doc="Correlation of what a thing is worth to its maker with what it is worth to a market.",
    )  # fmt: skip
    useful: float = param(
        0.1, low=1e-6, high=0.999, prior=LogUniform(0.01, 0.3), evidence=("F5", "F10"),
        doc="Share of all that anybody might think of which would help a market.",
    )  # fmt: skip
    judgement: float = param(
        0.6, low=0, high=0.999, prior=Uniform(0.3, 0.9),
        doc="Correlation of what the sponsor sees in a proposal with what it is worth to a market.",
    )  # fmt: skip
    rivalry: float = param(
        0.03, low=0, high=1, prior=Uniform(0.0, 0.1), provenance="literature", evidence=("F6", "F8"),
        doc="What each e-fold of rivals takes from everybody's result, in standard deviations.",
    )  # fmt: skip
    hit: float = param(
        0.33, low=0, high=1, prior=Uniform(0.2, 0.6), provenance="literature", evidence=("F16", "F17"),
        doc="Share of commissions that help.",
    )  # fmt: skip
    harm: float = param(
        0.5, low=0, high=1, prior=Uniform(0.2, 0.6), provenance="literature", evidence=("F16",),
        doc="Share of the other commissions that hurt.",
    )  # fmt: skip
    tested: float = param(
        0.5, low=0, high=1, prior=Uniform(0.0, 1.0),
        doc="Share of harmful commissions that are found and withdrawn before they hurt.",
    )  # fmt: skip
    judging: float = param(
        0.001, low=0, high=10, unit="commissions", prior=LogUniform(1e-4, 1e-2), evidence=("F11",),
        doc="Cost of judging a proposal.",
    )  # fmt: skip
    prize: float = param(
        0.2, low=0, high=100, unit="commissions", prior=LogUniform(0.02, 1.0),
        doc="Prize for the proposal that is taken.",
    )  # fmt: skip
    finishing: float = param(
        0.3, low=0, high=10, unit="commissions", prior=LogUniform(0.05, 1.0), evidence=("F3",),
        doc="Cost of making a product of the proposal that is taken.",
    )  # fmt: skip
    effort: float = param(
        0.03, low=0, high=10, unit="commissions", prior=LogUniform(0.003, 0.3), evidence=("F5",),
        doc="What a proposal costs its maker in time.",
    )  # fmt: skip
    own: float = param(
        0.01, low=0, high=10, unit="useful features", prior=LogUniform(1e-4, 1e-1), evidence=("F5",),
        doc="What a proposal is worth to its maker, against a feature that helps a market.",
    )  # fmt: skip


CONTEST = ContestPrior()  # type: ignore[call-arg]  # defaults stand first in param(...)


@dataclass(frozen=True, slots=True)
class Contests:
    """Parameters of many contests, an array for each; fields as in `ContestPrior`. float64[points]."""

    proposals: Numbers
    acting: Numbers
    rho: Numbers
    useful: Numbers
    judgement: Numbers
    rivalry: Numbers
    hit: Numbers
    harm: Numbers
    tested: Numbers
    judging: Numbers
    prize: Numbers
    finishing: Numbers
    effort: Numbers
    own: Numbers

    def part(self, which: slice | NDArray[np.int64]) -> "Contests":
        """Some of the contests, by their numbers, which may come again and again."""
        return Contests(**{name: getattr(self, name)[which] for name in ContestPrior.declarations()})

    @property
    def bar(self) -> Numbers:
        """Worth to a market from which a thing helps, with what rivals cost it: t + rivalry ln N."""
        return _quantile(1.0 - self.useful) + self.rivalry * np.log(self.proposals)


def contests_of(draws: tuple[ContestPrior, ...]) -> Contests:
    """Draws as arrays."""
    names = ContestPrior.declarations()
    return Contests(**{name: np.array([float(getattr(each, name)) for each in draws]) for name in names})


def best_of_normals(count: Numbers) -> Numbers:
    """The expected best of n standard normal numbers: the integral of 1 - Phi^n less that of Phi^n below 0.

    `evidence.md` F18 has the values 0.56 (of 2), 1.54 (of 10), 2.50 (of 100).

    >>> best_of_normals(np.array([1.0, 2.0, 10.0])).round(3).tolist()
    [0.0, 0.564, 1.539]
    """
    from scipy.special import log_ndtr

    x = np.linspace(0.0, _REACH, _STEPS)
    above = -np.expm1(count[:, None] * log_ndtr(x))
    below = np.exp(count[:, None] * log_ndtr(-x))
    return np.asarray(np.trapezoid(above - below, x, axis=1), np.float64)


def open_call(count: Numbers, *, mean: float, spread: float, cost: float) -> Numbers:
    """What the best of N is worth to a sponsor that judges all of them: mu + sigma m(N) - c N."""
    return mean + spread * best_of_normals(count) - cost * count


def best_number(scale: float, cost: float) -> float:
    """How many proposals are worth judging where quality is Gumbel with that scale: beta / c.

    >>> best_number(1.0, 0.01)
    100.0
    """
    return scale / cost


def useful_made(contests: Contests) -> Numbers:
    """P(useful to a market | made): the tail of a bivariate normal above its maker's bar."""
    from scipy.special import ndtr

    made, rest = _made(contests), np.sqrt(1.0 - contests.rho**2)
    shifted = (contests.bar[:, None] - contests.rho[:, None] * made) / rest[:, None]
    return np.asarray(ndtr(-shifted).mean(axis=1), np.float64)


def useful_taken(contests: Contests) -> Numbers:
    """P(useful to a market | taken as the best of N by the sponsor's judgement)."""
    found = np.empty(len(contests.rho))
    for first in range(0, len(found), 256):
        some = slice(first, first + 256)
        found[some] = _useful_taken(contests.part(some))
    return found


def commission_a_use(contests: Contests) -> Numbers:
    """Price of command and control for one useful feature; infinite where commissions hurt as much as help.

    1 / (hit - (1 - hit) harm (1 - tested))
    """
    worth = contests.hit - (1.0 - contests.hit) * contests.harm * (1.0 - contests.tested)
    return np.where(worth > _NOTHING, 1.0 / np.maximum(worth, _NOTHING), np.inf)


def cash_a_use(contests: Contests, taken: Numbers) -> Numbers:
    """What an open call costs the sponsor for one useful feature.

        (c N + prize + finishing) / P(useful | taken)

    Args:
        contests: The contests.
        taken: From `useful_taken`.
    """
    spent = contests.judging * contests.proposals + contests.prize + contests.finishing
    return np.asarray(spent / np.maximum(taken, _NOTHING))


def whole_a_use(contests: Contests, taken: Numbers, *, own: bool = True) -> Numbers:
    """What an open call costs everybody for one useful feature: makers' time is a cost, a prize is not.

        (N (effort + c) + finishing) / (P(useful | taken) + N own)

    Args:
        contests: The contests.
        taken: From `useful_taken`.
        own: Whether what a proposal is worth to its own maker counts as use value.
    """
    spent = contests.proposals * (contests.effort + contests.judging) + contests.finishing
    gained = taken + (contests.proposals * contests.own if own else 0.0)
    return np.asarray(spent / np.maximum(gained, _NOTHING))


def simulated(contest: ContestPrior, *, runs: int, seed: int) -> tuple[float, float]:
    """Run contests one maker at a time: shares of things made, and of things taken, that are useful.

    Every number is a keyed draw; nothing of the closed form is used.

    Args:
        contest: The contest; `proposals` is rounded to a whole number.
        runs: How many contests.
        seed: Seed of the study.
    """
    count = max(1, round(contest.proposals))
    made, taken = 0, 0
    at_once = max(1, _MOST_AT_ONCE // count)
    for first in range(0, runs, at_once):
        some, right = _run(contest, np.arange(first, min(first + at_once, runs)), count, seed)
        made, taken = made + some, taken + right
    return made / (runs * count), taken / runs


def _run(contest: ContestPrior, runs: NDArray[np.int64], count: int, seed: int) -> tuple[int, int]:
    """How many of the things made in these contests are useful, and how many of those taken."""
    bar = float(contests_of((contest,)).bar[0])
    shape = (len(runs), count)
    own, other, noise = (
        uniform(seed, decision, replicate=runs[:, None], member=np.arange(count))
        for decision in (Decision.USE_VALUE, Decision.MARKET_VALUE, Decision.INTEGRATION)
    )
    worth = normals_below(1.0 - contest.acting * own.ravel()).reshape(shape)
    fashion = normals_below(other.ravel()).reshape(shape)
    market = contest.rho * worth + np.sqrt(1.0 - contest.rho**2) * fashion
    error = normals_below(noise.ravel()).reshape(shape)
    judged = contest.judgement * market + np.sqrt(1.0 - contest.judgement**2) * error
    helps = market > bar
    right = helps[np.arange(len(runs)), judged.argmax(axis=1)]
    return int(helps.sum()), int(right.sum())


def _made(contests: Contests) -> Numbers:
    """What things are worth to those who make them, at equally likely points of U > u0. [points, nodes]."""
    q = (np.arange(_NODES) + 0.5) / _NODES
    return _quantile(1.0 - contests.acting[:, None] * q[None, :])


def _useful_taken(contests: Contests) -> Numbers:
    from scipy.special import log_ndtr, ndtr

    made = _made(contests)[:, :, None]
    rho, j = contests.rho[:, None, None], contests.judgement[:, None, None]
    x = np.linspace(-6.0, 9.0, 601)[None, None, :]
    spread = np.sqrt(1.0 - (j * rho) ** 2)
    z = (x - j * rho * made) / spread
    density = np.exp(-0.5 * z * z) / (spread * np.sqrt(2.0 * np.pi))
    # M given U and J: U gives rho U, and J what it adds to that.
    weight = j * (1.0 - rho**2) / spread**2
    centre = rho * made + weight * (x - j * rho * made)
    rest = np.sqrt((1.0 - rho**2) * (1.0 - j * weight))
    helps = ndtr((centre - contests.bar[:, None, None]) / rest)
    below = np.exp(log_ndtr(z)).mean(axis=1)
    count = contests.proposals[:, None]
    best = count * np.exp((count - 1.0) * np.log(np.maximum(below, 1e-300)))
    total = np.trapezoid(best * density.mean(axis=1), x[0, 0], axis=1)
    useful = np.trapezoid(best * (density * helps).mean(axis=1), x[0, 0], axis=1)
    return np.asarray(useful / total, np.float64)


def _quantile(share: Numbers) -> Numbers:
    from scipy.special import ndtri

    return np.asarray(ndtri(share), np.float64)
