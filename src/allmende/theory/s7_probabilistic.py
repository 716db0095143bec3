"""S7: a community will probably produce what it finds useful; a company cannot take that for granted."""

from dataclasses import replace

import numpy as np

from allmende.claim import Reading, Row, Study, claim
from allmende.examination.contests import (
    CONTEST,
    ContestPrior,
    contests_of,
    simulated,
    useful_made,
    useful_taken,
)
from allmende.examination.funnel import funnel
from allmende.examination.laboratory import Laboratory, points_of
from allmende.examination.shares import percent
from allmende.exhibits import Curve, Line, Lines, closed_form

__all__ = ["contest_draws", "probabilistic", "taken_of"]

_NUMBERS = (1, 3, 10, 30, 100, 300, 1_000)
_MOST_MAKERS = 200_000
_RHOS = (0.0, 0.3, 0.6)


@claim(
    name="S7",
    title="A community probably makes what is useful",
    says=(
        'Production is probabilistic: "you make it and we see if there is a market for it". A community will '
        "probably produce what it finds useful; a company cannot take that for granted."
    ),
    test=(
        "People make a thing when it is worth enough to themselves; what it is worth to a market correlates "
        "with that. The probability that the best of N such things, as far as a sponsor can judge, helps a "
        "market is computed in closed form and simulated, and compared with the share of a company's "
        "commissions that help. The claim holds where the first is greater."
    ),
    kind="general",
    evidence=(
        Row("F1", "for", "products made by users earn three times as much (six selected products)"),
        Row("F2", "for", "ideas of lead users: eight times the sales forecast (forecast, not sales)"),
        Row("F3", "for", "users' ideas are newer and more useful, a little less feasible"),
        Row("F9", "for", "a third of what laboratories could not solve is solved by broadcast"),
        Row("F16", "for", "of what a firm decides to build a third helps"),
        Row("F5", "against", "17 % of what users make for themselves diffuses"),
        Row("F10", "against", "0.15 % of proposals are produced"),
        Row("F17", "against", "firms do better than folklore: 40 % of new products fail, not 80 or 95 %"),
    ),
    reality=(
        "Taken item for item, no: 17 % of what users make diffuses (F5), a third of a firm's commissions "
        "helps (F16). Taken as many tries with selection, yes (F1-F3, F9), with survivors counted (F10)."
    ),
)
def probabilistic(laboratory: Laboratory) -> Study:
    """The chance that what is made, and what is taken, helps a market, against a commission's."""
    draws = contest_draws(laboratory)
    contests = contests_of(draws)
    made, taken = useful_made(contests), taken_of(laboratory)
    some = -np.expm1(contests.proposals * np.log1p(-np.minimum(made, 1.0 - 1e-12)))
    return Study(
        points=points_of(draws),
        readings=(
            Reading(
                "as many tries", "what is taken helps more often than a commission", taken > contests.hit
            ),
            Reading("item for item", "what is made helps more often than a commission", made > contests.hit),
            Reading(
                "somewhere in the heap",
                "at least one of N helps, more often than a commission",
                some > contests.hit,
            ),
        ),
        found=(
            f"In the middle draw {percent(float(np.median(made)))} of what is made helps a market, "
            f"{percent(float(np.median(taken)))} of what is taken, "
            f"{percent(float(np.median(contests.hit)))} of what is commissioned. {_agreement(laboratory)}"
        ),
        exhibits=(_curves(laboratory), _funnel(laboratory)),
        notes=(
            (
                "That a thing is useful to its own maker is so by assumption: who would not find it useful "
                "does not make it. The test is whether it is useful to others."
            ),
            (
                "What a company's ideas and people's ideas have in common - fashion, the state of the art "
                "- is left out."
            ),
        ),
        units=np.arange(len(draws)),
    )


def contest_draws(laboratory: Laboratory) -> tuple[ContestPrior, ...]:
    """Open calls and commissions as believed."""
    return laboratory.once("contest draws", lambda: laboratory.drawn(CONTEST, laboratory.size.contests))


def taken_of(laboratory: Laboratory) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """P(useful | taken) of every draw, computed once."""
    return laboratory.once("taken", lambda: useful_taken(contests_of(contest_draws(laboratory))))


def _funnel(laboratory: Laboratory) -> Lines:
    size = laboratory.size
    return laboratory.once(
        "funnel", lambda: funnel(members=size.members, months=size.months, seed=laboratory.seed)
    )


def _curves(laboratory: Laboratory) -> Lines:
    return laboratory.once("contest curves", lambda: _made_curves(laboratory))


def _made_curves(laboratory: Laboratory) -> Lines:
    curves = []
    done, whole = 0, len(_RHOS) * len(_NUMBERS)
    for rho in _RHOS:
        points = []
        for number in _NUMBERS:
            contest = CONTEST.with_values(rho=rho, proposals=float(number))
            runs = max(100, min(laboratory.size.contests_run, _MOST_MAKERS // number))
            _, share = simulated(contest, runs=runs, seed=laboratory.seed)
            half = 1.96 * float(np.sqrt(share * (1.0 - share) / runs + 1.0 / (4.0 * runs * runs)))
            points.append(Line(float(number), share, max(0.0, share - half), min(1.0, share + half)))
            done += 1
            if laboratory.progress is not None:
                laboratory.progress(f"{laboratory.at} contests", float(done), float(whole))
        label = f"rho {rho:g}"
        curves += [_closed(label, rho), Curve(label, "simulated", tuple(points))]
    return Lines(
        "taken",
        "What is taken helps, by the number of proposals",
        "lines: closed form; points: simulated makers, with 95 % intervals; everything else at its default",
        "proposals to choose from",
        "chance that the one taken helps a market",
        tuple(curves),
    )


def _closed(label: str, rho: float) -> Curve:
    numbers = np.geomspace(1.0, 1_000.0, 31)
    one = contests_of((CONTEST.with_values(rho=rho),))
    many = one.part(np.zeros(len(numbers), np.int64))
    return closed_form(label, numbers, useful_taken(replace(many, proposals=numbers)))


def _agreement(laboratory: Laboratory) -> str:
    curves = _curves(laboratory).curves
    closed = {curve.label: curve.points for curve in curves if curve.kind == "closed form"}
    inside, count = 0, 0
    for curve in (each for each in curves if each.kind == "simulated"):
        for point in curve.points:
            at = np.array([each.x for each in closed[curve.label]])
            up = np.array([each.y for each in closed[curve.label]])
            inside += point.low <= float(np.interp(np.log(point.x), np.log(at), up)) <= point.high
            count += 1
    return f"The closed form lies in {inside} of {count} intervals of 95 % of the simulation."
