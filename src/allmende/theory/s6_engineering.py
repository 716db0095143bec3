"""S6: crowdsourcing is like the other models in its engineering; who integrates differs."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from allmende.claim import Reading, Row, Study, claim
from allmende.economies.commons import COMMONS
from allmende.economies.crowdsourcing import CROWDSOURCING
from allmende.economies.sharing import SHARING
from allmende.examination.laboratory import Laboratory, Trial, points_of
from allmende.examination.shares import percent
from allmende.exhibits import Bar, Bars
from allmende.model.parameters import MemberParams

__all__ = ["CONTROL", "ENGINEERING", "apart", "engineering"]

Numbers = NDArray[np.float64]
Part = tuple[str, str]
ENGINEERING: Mapping[str, Part] = MappingProxyType(
    {
        "Gini of contributions": ("gini", ""),
        "share of the top tenth": ("top_tenth_share", ""),
        "members who make half": ("half_members", "yearly_members"),
        "members with one contribution": ("single_share", ""),
        "their contributions": ("single_contributions", ""),
        "contributions a member": ("contributions", "active_members"),
        "active days a member": ("active_days", "active_members"),
        "newcomers among the active": ("newcomers", "active_members"),
        "leavers among the active": ("leavers", "active_members"),
    }
)
"""How people take part: measures, or one over another."""

CONTROL: Mapping[str, Part] = MappingProxyType(
    {
        "contributions taken by a sponsor": ("accepted_proposals", "contributions"),
        "exchange value a sponsor takes": ("exchange_value_to_sponsor", "exchange_value"),
        "made by contractors": ("use_value_by_contractors", "use_value"),
    }
)
"""Who initiates and integrates."""

_WANTED = tuple({name for part in (*ENGINEERING.values(), *CONTROL.values()) for name in part if name})
_START = 12
_ALL_BUT_ONE = len(ENGINEERING) - 1
_MINOR = 0.001
_UNPAID, _UNPAID_CROWD = "commons without employees", "crowdsourcing without employees"


@claim(
    name="S6",
    title="The same engineering, another integrator",
    says=(
        "Crowdsourcing is like the other models in its engineering. The difference is that a company "
        "initiates, and builds the result into its own products."
    ),
    test=(
        "The same people are simulated as a commons, as a sharing and as a crowdsourcing community: "
        "whatever two economies have in common is drawn alike. The claim holds at a draw where every one "
        "of nine measures of how people take part differs between crowdsourcing and commons by less than "
        "one standard deviation between commons, and a sponsor decides and takes in the one and not in the "
        "other."
    ),
    kind="general",
    evidence=(
        Row(
            "E4",
            "for",
            "Eclipse: participation before and after the foundation differs briefly, then no more",
        ),
        Row("B3", "for", "the stopping hazard is the same in projects of all kinds"),
        Row("D12", "both", "organisations that make half of the commits: one to three, whatever the economy"),
        Row("D8", "against", "full control by a firm lowers the inflow from outside"),
        Row("E7", "against", "shared control: participation doubles, concentration collapses"),
        Row("F10", "for", "what differs is the funnel: 0.15 % of proposals are produced"),
    ),
    reality=(
        "The difference is seen in control and funding (E3-E5, F10); but control acts back on who takes part "
        "(D8, E7), so the engineering is not quite the same."
    ),
)
def engineering(laboratory: Laboratory) -> Study:
    """Nine measures of taking part and three of control, in worlds of the same people."""
    draws, worlds = _worlds(laboratory)
    alike, sponsor = _alike(worlds, "commons", "crowdsourcing"), _sponsor(worlds)
    nine, eight = np.asarray(alike.all(axis=0)), alike.sum(axis=0) >= _ALL_BUT_ONE
    unpaid = np.asarray(_alike(worlds, _UNPAID, _UNPAID_CROWD).all(axis=0))
    sharing = np.asarray(_alike(worlds, "commons", "sharing").all(axis=0))
    return Study(
        points=points_of(draws),
        readings=(
            Reading(
                "same engineering, another integrator", "all nine alike, control differs", nine & sponsor
            ),
            Reading("all but one", "at least eight of the nine alike, control differs", eight & sponsor),
            Reading("where nobody is employed", "all nine alike, no employees in either", unpaid & sponsor),
            Reading("another integrator", "a sponsor takes exchange value in the one only", sponsor),
            Reading("sharing and commons alike", "all nine alike in sharing and commons", sharing),
        ),
        found=_found(alike, worlds),
        exhibits=(_apart(worlds),),
        notes=(
            (
                "All economies share one kernel of taking part, because one was found to fit all (B3-B5): "
                "the test is whether prizes, judging, ties and control undo that, not whether people are "
                "alike to begin with."
            ),
            "Who initiates is not simulated: the sponsor is there from the first month.",
        ),
        units=np.arange(len(draws)),
    )


def apart(one: Numbers, other: Numbers) -> float:
    """How well two kinds are told apart by a number: 0.5 not at all, 1 always (area under the ROC curve).

    The share of pairs in which the one of the kind that is greater on the whole is greater; ties count half.

    >>> apart(np.array([1.0, 2.0]), np.array([3.0, 4.0])), apart(np.array([1.0, 3.0]), np.array([2.0]))
    (1.0, 0.5)
    """
    less = (one[:, None] < other[None, :]).mean() + 0.5 * (one[:, None] == other[None, :]).mean()
    return float(max(less, 1.0 - less))


def _value(worlds: Trial, part: Part) -> Numbers:
    over = worlds.values[part[1]][0] if part[1] else np.ones(worlds.values[part[0]].shape[1])
    return np.asarray(worlds.values[part[0]][0] / np.maximum(over, 1e-9))


def _worlds(laboratory: Laboratory) -> tuple[tuple[MemberParams, ...], dict[str, Trial]]:
    """The draws of crowdsourcing, and worlds of every economy; of the commons also without employees."""
    count = laboratory.size.draws
    commons = laboratory.drawn(COMMONS.parameters, count)
    crowd = laboratory.drawn(CROWDSOURCING.parameters, count)
    asked: tuple[tuple[str, str, tuple[MemberParams, ...]], ...] = (
        ("commons", "commons", commons),
        (_UNPAID, "commons", _without_employees(commons)),
        (_UNPAID_CROWD, "crowdsourcing", _without_employees(crowd)),
        ("sharing", "sharing", laboratory.drawn(SHARING.parameters, count)),
        ("crowdsourcing", "crowdsourcing", crowd),
    )
    worlds = {
        title: laboratory.trial(economy, draws, [], wanted=_WANTED, start=_START)
        for title, economy, draws in asked
    }
    return crowd, worlds


def _without_employees(draws: tuple[MemberParams, ...]) -> tuple[MemberParams, ...]:
    return tuple(each.with_values(employed=0.0, employed_start=0.0) for each in draws)


def _alike(worlds: Mapping[str, Trial], one: str, other: str) -> NDArray[np.bool_]:
    """Which measures of taking part differ by less than the tolerance. bool[measures, draws]."""
    return np.stack(
        [
            np.abs(_value(worlds[other], part) - _value(worlds[one], part)) < _spread(worlds, part)
            for part in ENGINEERING.values()
        ]
    )


def _sponsor(worlds: Mapping[str, Trial]) -> NDArray[np.bool_]:
    """Where a sponsor takes exchange value in crowdsourcing and not in the commons."""
    part = CONTROL["exchange value a sponsor takes"]
    taken, elsewhere = _value(worlds["crowdsourcing"], part), _value(worlds["commons"], part)
    return np.asarray((taken > _MINOR) & (elsewhere < _MINOR))


def _spread(worlds: Mapping[str, Trial], part: Part) -> float:
    """One standard deviation between commons."""
    return float(_value(worlds["commons"], part).std())


def _found(alike: NDArray[np.bool_], worlds: Mapping[str, Trial]) -> str:
    least = int(alike.mean(axis=1).argmin())
    told = [_told_apart(worlds, part) for part in ENGINEERING.values()]
    control = _told_apart(worlds, CONTROL["exchange value a sponsor takes"])
    return (
        f"Least alike: {list(ENGINEERING)[least]}, within one standard deviation in "
        f"{percent(float(alike[least].mean()))} of the draws. A measure of taking part tells the two "
        f"economies apart with {percent(min(told))} to {percent(max(told))} (a coin: 50 %), what a sponsor "
        f"takes with {percent(control)}. With nobody employed in either, all nine are alike in "
        f"{percent(float(_alike(worlds, _UNPAID, _UNPAID_CROWD).all(axis=0).mean()))} of the draws."
    )


def _told_apart(worlds: Mapping[str, Trial], part: Part) -> float:
    return apart(_value(worlds["commons"], part), _value(worlds["crowdsourcing"], part))


def _apart(worlds: Mapping[str, Trial]) -> Bars:
    bars = []
    kinds = (
        ("how people take part", ENGINEERING, worlds),
        (
            "the same, nobody employed",
            ENGINEERING,
            {"commons": worlds[_UNPAID], "crowdsourcing": worlds[_UNPAID_CROWD]},
        ),
        ("who initiates and integrates", CONTROL, worlds),
    )
    for group, parts, found in kinds:
        for label, part in parts.items():
            mid = _told_apart(found, part)
            count = len(_value(found["commons"], part))
            half = 1.96 * float(np.sqrt(max(mid * (1 - mid), 0.0) / count))
            bars.append(Bar(label, max(0.0, mid - half), mid, min(1.0, mid + half), group))
    return Bars(
        "apart",
        "Can crowdsourcing be told from a commons?",
        "chance that the number tells which is which: a half is a coin, one is certainty; with 95 % "
        "intervals",
        "share",
        tuple(bars),
    )
