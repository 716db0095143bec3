"""S8: hence community production is actually very efficient."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Reading, Row, Study, claim
from allmende.draws import Decision, uniform
from allmende.examination.contests import (
    Contests,
    best_number,
    cash_a_use,
    commission_a_use,
    contests_of,
    open_call,
    useful_taken,
    whole_a_use,
)
from allmende.examination.laboratory import Laboratory, points_of
from allmende.examination.shares import percent
from allmende.exhibits import Bar, Bars, Cell, Curve, Field, Line, Lines, Pane, closed_form
from allmende.model.worlds import normals_below
from allmende.theory.s7_probabilistic import contest_draws, taken_of

__all__ = ["REGIONS", "efficient"]

Numbers = NDArray[np.float64]
REGIONS = ("open call", "commission")
_HALF, _LOW, _HIGH = 0.5, 0.2, 0.5
_SPONSOR, _EVERYBODY = "the sponsor pays", "everybody pays, makers' use counted"
_HOURS = "everybody pays, makers' use left out"
_EFFECT = "share of draws in which the open call is cheaper"
_NUMBERS = (1, 3, 10, 30, 100, 300)


@claim(
    name="S8",
    title="Community production is very efficient",
    says="Hence community production is actually very efficient.",
    test=(
        "The cost of one feature that helps a market, by open call and by commission, over everything that "
        "is believed about both. The claim holds where the open call costs everybody together less: "
        "makers' time is a cost, a prize is not, and what a thing is worth to its own maker is use value "
        "too. The sponsor's own account and the account without makers' own use stand beside it."
    ),
    kind="general",
    evidence=(
        Row("F5", "both", "users spend 1.4 times what firms do on developing for themselves; 17 % diffuses"),
        Row("F14", "for", "64 % of features in firms are hardly used (four applications)"),
        Row("F15", "for", "80 % of features hardly used (a vendor's figure)"),
        Row("F16", "for", "of what a firm decides to build a third helps, a third hurts"),
        Row("F6", "both", "rivals lower everybody's effort and raise the best result"),
        Row("F10", "against", "of a thousand proposals one or two are produced: the others cost time too"),
        Row("F11", "against", "judging is a constraint: acceptance falls as submissions rise"),
        Row("F12", "both", "larger crowds: more patents, fewer sales, slower"),
        Row("J10", "both", "output a head rises or falls with team size, depending on the method"),
    ),
    reality=(
        "Not settled. Firms waste much (F14-F16), and so do open calls (F10, F11); whether makers' unpaid "
        "time is a cost or a pleasure decides, and no study prices it."
    ),
)
def efficient(laboratory: Laboratory) -> Study:
    """The cost of a useful feature in three accounts."""
    draws = contest_draws(laboratory)
    contests, taken = contests_of(draws), taken_of(laboratory)
    price = commission_a_use(contests)
    cash = cash_a_use(contests, taken)
    whole, hours = whole_a_use(contests, taken), whole_a_use(contests, taken, own=False)
    return Study(
        points=points_of(draws),
        readings=(
            Reading(
                "for everybody", "it costs everybody together less, makers' own use counted", whole < price
            ),
            Reading(
                "makers' time alone",
                "it costs less even if makers' own use counts for nothing",
                hours < price,
            ),
            Reading("for the sponsor", "it costs the sponsor less than a commission", cash < price),
        ),
        found=(
            f"A feature that helps costs the sponsor {_times(cash, price)} what a commission of it costs "
            f"in the middle draw, everybody together {_times(whole, price)}, and without makers' own use "
            f"{_times(hours, price)}. Where makers' and market's need hardly agree (rho below {_LOW:g}) it "
            f"is cheaper for everybody in {_cheaper(whole, price, contests.rho < _LOW)}, where they agree "
            f"(above {_HIGH:g}) in {_cheaper(whole, price, contests.rho > _HIGH)}."
        ),
        exhibits=(*_maps(laboratory), _accounts(cash, whole, hours, price), _frame(laboratory)),
        notes=(
            (
                "Command and control that tests before it ships withdraws a part of what would hurt, 0 to "
                "all of it; in the worlds of `allmende simulate crowdsourcing` nothing is withdrawn, so "
                "that commissions there are worth nothing on average (F16). The cost comparison rests on "
                "the closed form and its own simulation, not on those worlds."
            ),
            (
                "One feature is one feature: that open calls bring other kinds of things than commissions "
                "(F3, F6) is left out."
            ),
        ),
        units=np.arange(len(draws)),
    )


def _cheaper(one: Numbers, other: Numbers, where: NDArray[np.bool_]) -> str:
    return percent(float((one < other)[where].mean())) if where.any() else "no draw"


def _times(one: Numbers, other: Numbers) -> str:
    return f"{float(np.median(one / other)):.2g} times"


def _accounts(cash: Numbers, whole: Numbers, hours: Numbers, price: Numbers) -> Bars:
    bars = []
    for label, each in (
        (_SPONSOR, cash),
        (_EVERYBODY, whole),
        (_HOURS, hours),
    ):
        low, mid, high = np.quantile(np.minimum(each / price, 1e6), [0.1, 0.5, 0.9])
        low, mid, high = (float(np.log10(max(one, 1e-6))) for one in (low, mid, high))
        bars.append(Bar(label, low, mid, high, "open call"))
    return Bars(
        "accounts",
        "Open call against commission, for the same use value",
        "logarithm (base 10) of the ratio of costs: below 0 the open call is cheaper; middle draw and four "
        "fifths",
        "powers of ten",
        tuple(bars),
        origin="computed",
    )


def _maps(laboratory: Laboratory) -> tuple[Field, Field]:
    """Which is cheaper, by the number of proposals: over how far needs agree, and over makers' effort."""
    rows = laboratory.size.rows
    return (
        _map(
            laboratory,
            Field(
                name="cheaper",
                title="Which is cheaper for the same use value",
                says="",
                x="proposals to choose from",
                y="correlation of makers' and market's need (rho)",
                regions=REGIONS,
                panes=(Pane(_SPONSOR, (), ()), Pane(_EVERYBODY, (), ())),
                effect=_EFFECT,
                origin="computed",
            ),
            "rho",
            np.linspace(0.0, 0.8, rows + 1),
        ),
        _map(
            laboratory,
            Field(
                name="effort",
                title="Which is cheaper, by what a proposal costs its maker",
                says="",
                x="proposals to choose from",
                y="effort of a proposal (1 = price of a commission)",
                regions=REGIONS,
                panes=(Pane(_EVERYBODY, (), ()), Pane(_HOURS, (), ())),
                effect=_EFFECT,
                origin="computed",
                log_y=True,
            ),
            "effort",
            np.geomspace(0.001, 1.0, rows + 1),
        ),
    )


def _map(laboratory: Laboratory, field: Field, name: str, edges: Numbers) -> Field:
    """The map with its cells: in each, what holds in most draws of everything else."""
    others = contests_of(contest_draws(laboratory)[: max(20, laboratory.size.contests // 40)])
    numbers = np.geomspace(3.0, 10_000.0, laboratory.size.columns + 1)
    cells: dict[str, list[Cell]] = {pane.title: [] for pane in field.panes}
    for left, right in pairwise(numbers.tolist()):
        for low, high in pairwise(edges.tolist()):
            middle = (low * high) ** 0.5 if field.log_y else (low + high) / 2
            here = _at(others, proposals=(left * right) ** 0.5, **{name: middle})
            costs, price = _costs(here), commission_a_use(here)
            for title, found in cells.items():
                share = float((costs[title] < price).mean())
                region = REGIONS[0] if share >= _HALF else REGIONS[1]
                found.append(Cell(left, right, low, high, region, share))
    return replace(
        field,
        says=f"each field is what is cheaper in most of {len(others.rho)} draws of everything else",
        panes=tuple(Pane(title, tuple(found), ()) for title, found in cells.items()),
    )


def _costs(contests: Contests) -> dict[str, Numbers]:
    """What an open call costs for one useful feature, by account."""
    taken = useful_taken(contests)
    return {
        _SPONSOR: cash_a_use(contests, taken),
        _EVERYBODY: whole_a_use(contests, taken),
        _HOURS: whole_a_use(contests, taken, own=False),
    }


def _at(contests: Contests, **values: float) -> Contests:
    return replace(contests, **{name: np.full(len(contests.rho), value) for name, value in values.items()})


def _frame(laboratory: Laboratory) -> Lines:
    """V(N) = mu + sigma m(N) - c N, in closed form and simulated, and the best number were quality Gumbel."""
    curves = []
    runs = laboratory.size.contests_run
    numbers = np.geomspace(1.0, 300.0, 31)
    for cost in (0.003, 0.03):
        label = f"judging costs {cost:g} (Gumbel: best N {best_number(1.0, cost):,.0f})"
        closed = open_call(numbers, mean=0.0, spread=1.0, cost=cost)
        tried = tuple(_tried(number, cost, runs, laboratory.seed) for number in _NUMBERS)
        curves += [closed_form(label, numbers, closed), Curve(label, "simulated", tried)]
    return Lines(
        "frame",
        "What the best of N is worth, less the cost of judging",
        "lines: mu + sigma m(N) - c N; points: simulated, with 95 % intervals; in standard deviations of "
        "quality",
        "proposals judged",
        "worth to the sponsor",
        tuple(curves),
    )


def _tried(number: int, cost: float, runs: int, seed: int) -> Line:
    """The best of so many simulated numbers, less the cost of judging them."""
    u = uniform(seed, Decision.MARKET_VALUE, replicate=np.arange(runs)[:, None], member=np.arange(number))
    worth = normals_below(u.max(axis=1)) - cost * number
    mid, half = float(worth.mean()), 1.96 * float(worth.std()) / float(np.sqrt(runs))
    return Line(float(number), mid, mid - half, mid + half)
