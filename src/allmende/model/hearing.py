"""Hearing: last month's world, condensed into what members hear (`signals.Signal`).

Every effect is the logarithm of a ratio, so each published effect size enters as it was measured; each
is zero when its parameter is zero or when the world is as it was at the start.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from allmende.model.rules import Acts
from allmende.model.settlement import Weight
from allmende.model.signals import Signal
from allmende.model.traits import Trait
from allmende.model.worlds import Worlds
from allmende.months import MONTHS_A_YEAR

__all__ = [
    "audience_change",
    "drifted",
    "environment",
    "expected_arrivals",
    "paid_entrants",
    "review_load",
    "signals_of",
    "traits_of",
    "weights_of",
]

Numbers = NDArray[np.float64]
Values = Mapping[str, Numbers]
HARD_BAR = 1e12
MOST_LOAD = 20.0
LEAST_SERVICE = 0.01


def audience_change(worlds: Worlds, values: Values) -> Numbers:
    """Logarithm of the audience against the start: adoption, and how much of it can be reached."""
    ratio = np.maximum(worlds.adopted * values["reach"], 1e-6) / values["adopted"]
    return np.log(ratio)


def environment(worlds: Worlds, spread: Numbers) -> Numbers:
    """The shared environment in logarithms, such that its mean factor is 1: s z - s^2 / 2."""
    return spread * worlds.environment - 0.5 * spread * spread


def drifted(worlds: Worlds, values: Values) -> Numbers:
    """What the decline or growth of the community has come to since the start, in logarithms."""
    return values["drift"] * (worlds.month / MONTHS_A_YEAR)


def review_load(worlds: Worlds, values: Values) -> Numbers:
    """Contributions of last month over what its core could review, within 1 and 20; 1 is no delay."""
    if not worlds.measures:
        return np.ones(worlds.batch.size)
    capacity = values["review_capacity"] * worlds.measures["core_days"]
    load = worlds.measures["contributions"] / np.maximum(capacity, 1.0)
    return np.clip(load, 1.0, MOST_LOAD)


def signals_of(worlds: Worlds, values: Values, acts: Acts, *, own_audience: bool) -> Numbers:
    """What members hear this month. float64[worlds, signals].

    Args:
        worlds: Last month's worlds.
        values: Parameters, one value for each world.
        acts: What all institutions together do this month.
        own_audience: Whether works are separable: then each member follows the own audience, not everybody's.
    """
    heard = np.zeros((worlds.batch.size, len(Signal)))
    load = review_load(worlds, values)
    common = 0.0 if own_audience else values["audience_elasticity"] * audience_change(worlds, values)
    service = np.log(np.maximum(worlds.service, LEAST_SERVICE))
    heard[:, Signal.RATE] = (
        common
        + values["service_elasticity"] * service
        - values["friction"] * np.log(load)
        + environment(worlds, values["activity_spread"])
        + drifted(worlds, values)
        + values["vigour"]
    )
    heard[:, Signal.NEED] = values["need"] * worlds.usefulness
    heard[:, Signal.BELONGING] = values["belonging"]
    heard[:, Signal.BELONGING_STAY] = values["belonging_stay"]
    heard[:, Signal.CORE_RATE] = values["recognition_core"]
    heard[:, Signal.OUTER_RATE] = values["recognition_outer"]
    heard[:, Signal.OUTSIDER_ODDS] = values["grievance"] * values["control"] + worlds.shock
    heard[:, Signal.NEWCOMER_ODDS] = values["gate"]
    heard[:, Signal.RESPONSE] = values["response"]
    answered = values["answered"] / load
    heard[:, Signal.ANSWERED] = answered + acts.answer * (1.0 - answered)
    # What policies answer beyond this share counts; what communities answered anyway is in their dropout.
    heard[:, Signal.USUAL] = values["answered_usual"]
    heard[:, Signal.CORE] = values["core_days"]
    heard[:, Signal.FIRMS] = values["firms"]
    heard[:, Signal.TIES_KEPT] = values["ties_kept"]
    heard[:, Signal.TIES_MADE] = values["ties_made"]
    heard[:, Signal.HIRE] = np.clip(values["hire"] + acts.hire, 0, 1)
    heard[:, Signal.LAYOFF] = np.clip(values["layoff"] + acts.layoff, 0, 1)
    heard[:, Signal.PAID_DAYS] = values["paid_days"]
    heard[:, Signal.ROLE] = values["role"]
    heard[:, Signal.CAREER] = values["career_concern"]
    heard[:, Signal.ACTS] = values["extra_acts"]
    heard[:, Signal.BAR] = HARD_BAR if acts.bar is None else acts.bar
    heard[:, Signal.PROPOSAL] = values.get("maker_market", np.zeros(1))
    heard[:, Signal.JUDGEMENT] = values.get("judgement", np.zeros(1))
    return heard


def expected_arrivals(worlds: Worlds, values: Values, acts: Acts) -> Numbers:
    """Expected newcomers of the month that begins.

    arrivals members exp(openness + admitted + elasticity audience + environment + drift years)
    """
    exponent = (
        values["openness"]
        + acts.admit
        + values["joining_elasticity"] * audience_change(worlds, values)
        + environment(worlds, values["joining_spread"])
        + drifted(worlds, values)
    )
    return values["arrivals"] * worlds.batch.members * np.exp(np.clip(exponent, -10.0, 3.0))


def paid_entrants(worlds: Worlds, values: Values, expected: Numbers) -> tuple[Numbers, Numbers]:
    """Expected entrants drawn by an offer, and the ratio on their quality (`evidence.md` C24, C38).

    expected ((1 + offer / unit)^attraction - 1);   exp(entrant_quality (1 - contingency))
    """
    drawn = np.exp(values["attraction"] * np.log1p(worlds.offer / values["pay_unit"])) - 1.0
    quality = np.exp(values["entrant_quality"] * (1.0 - worlds.contingency))
    return expected * np.minimum(drawn, 10.0), quality


def traits_of(
    values: Values, *, size: int, views_a_day: Numbers | float = 0.0, recruited: bool = False
) -> Numbers:
    """Distributions of newcomers' traits. float64[worlds, traits].

    Args:
        values: Parameters, one value for each world.
        size: How many worlds.
        views_a_day: Attention at the start for each expected active day a month.
        recruited: Whether they come because they were employed to take part; then all of them are.
    """
    found = np.zeros((size, len(Trait)))
    names = {
        Trait.SHAPE: "r", Trait.SCALE: "alpha", Trait.A: "a", Trait.B: "b",
        Trait.QUALITY: "quality_spread", Trait.INTENSITY: "acts_spread", Trait.NEED: "need_spread",
        Trait.EMPLOYED: "employed", Trait.PAID_DAYS: "paid_days", Trait.ROLE: "role",
        Trait.HISTORY: "history", Trait.EMPLOYED_START: "employed_start",
    }  # fmt: skip
    for trait, name in names.items():
        found[:, trait] = values[name]
    if recruited:
        found[:, Trait.EMPLOYED] = 1.0
    # The sizes of firms fall like 1/k: number k is drawn as exp(u log(1 + firms)), rounded down.
    found[:, Trait.FIRMS] = np.log1p(values["firms"])
    found[:, Trait.AUDIENCE] = views_a_day
    # Ties of a member at the start: what a steady rate has gathered.
    found[:, Trait.TIES] = values["ties_made"] / np.maximum(1.0 - values["ties_kept"], 1e-3)
    return found


def weights_of(worlds: Worlds, values: Values) -> Numbers:
    """What settlement needs to know, but for `Weight.VIEWS`. float64[worlds, weights]."""
    found = np.zeros((worlds.batch.size, len(Weight)))
    norm = worlds.norm
    crowding = values["pay_jump"] * (1.0 - norm) * (1.0 - values["pay_contingency"] * worlds.contingency)
    found[:, Weight.JUMP] = values["pay_welcome"] * norm - crowding
    found[:, Weight.SLOPE] = values["pay_slope"]
    found[:, Weight.WITHDRAWAL] = values["withdrawal"]
    found[:, Weight.PAY_UNIT] = values["pay_unit"]
    found[:, Weight.RECEIPT_KEPT] = 0.5
    found[:, Weight.FRAME_UP] = 0.3
    found[:, Weight.FRAME_DOWN] = 0.03
    found[:, Weight.ELASTICITY] = values["audience_elasticity"]
    for weight, name in (
        (Weight.KEPT, "attention_kept"), (Weight.CAPTURED, "attention_captured"),
        (Weight.LUCK, "attention_luck"), (Weight.FRESH, "fresh_pull"), (Weight.ADAPTATION, "adaptation"),
    ):  # fmt: skip
        found[:, weight] = values.get(name, np.zeros(1))
    return found
