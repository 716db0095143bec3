"""Acting: the members who may act in a month, a block of them side by side.

What the rules of `model.member` need to know of them is laid out in one table, a column for each member and
a row for each `Own`; so the rules run over neighbouring numbers, in straight lines, which a compiler turns
into vector instructions. The few whose month needs more steps than a straight line has are left to the
scalar rules, and the answers are theirs for everybody, bit for bit.
"""

from enum import IntEnum
from typing import Any

from allmende.counts import poissons
from allmende.draws import Decision, member_key, moment_of, threefry, unit
from allmende.kernel import kernel, word
from allmende.model.member import (
    DAYS_A_MONTH,
    LARGEST_MEAN,
    MOST_ACTS,
    chance_of,
    dropout_exponent,
    mean_days,
)
from allmende.model.signals import Signal
from allmende.model.state import Members
from allmende.model.traits import uniforms
from allmende.transforms import geometrics_within

__all__ = ["Own", "chances", "collect", "contributions", "days_of", "luck_of", "newcomer_exponent", "rates"]


class Own(IntEnum):
    """What is known of a member who may act: one row each of the table `own`, float64[owns, BLOCK]."""

    MEAN = 0
    """Expected active days of the month without dropout."""
    U_DAYS = 1
    """Uniform number that decides the active days."""
    U_STAY = 2
    """Uniform number that decides dropping out."""
    U_ACTS = 3
    """Uniform number that decides contributions."""
    U_ANSWER = 4
    """Uniform number that decides whether a first contribution is answered."""
    FRESH = 5
    """1 in the month of arrival."""
    EMPLOYED = 6
    """1 for those whom a firm employs."""
    TIES = 7
    """Ties at the beginning of the month."""
    DROPOUT = 8
    """Trait: chance of dropping out."""
    INTENSITY = 9
    """Trait: contributions a day beyond the first."""
    LIFETIME = 10
    """Active days before the month."""
    CHANCE = 11
    """Chance of dropping out after an active day of this month."""
    ANSWERED = 12
    """1 where a first contribution is answered."""
    SPARE = 13
    """Room for a rule's own use."""


# Plain integers, so that compiled code is made anew when one of them changes.
MEAN, U_DAYS, U_STAY, U_ACTS, U_ANSWER = (
    int(Own.MEAN), int(Own.U_DAYS), int(Own.U_STAY), int(Own.U_ACTS), int(Own.U_ANSWER),
)  # fmt: skip
FRESH, EMPLOYED, TIES, DROPOUT = int(Own.FRESH), int(Own.EMPLOYED), int(Own.TIES), int(Own.DROPOUT)
INTENSITY, LIFETIME, CHANCE = int(Own.INTENSITY), int(Own.LIFETIME), int(Own.CHANCE)
ANSWERED, SPARE = int(Own.ANSWERED), int(Own.SPARE)
S_CORE_RATE, S_OUTER_RATE, S_CORE = int(Signal.CORE_RATE), int(Signal.OUTER_RATE), int(Signal.CORE)
S_ODDS, S_STAY, S_OUTSIDER = int(Signal.ODDS), int(Signal.BELONGING_STAY), int(Signal.OUTSIDER_ODDS)
S_GATE, S_RESPONSE = int(Signal.NEWCOMER_ODDS), int(Signal.RESPONSE)
S_ANSWERED, S_USUAL = int(Signal.ANSWERED), int(Signal.USUAL)
D_WORK, D_ARRIVAL = int(Decision.WORK), int(Decision.ARRIVAL)
MOST_EXTRA = LARGEST_MEAN * DAYS_A_MONTH


@kernel
def newcomer_exponent(gate: float, response: float, answered: float, usual: float) -> float:
    """The gate, and the response against the usual share of responses, on a newcomer's odds."""
    return gate - response * (answered - usual)


@kernel
def collect(
    members: Members, start: int, who: Any, size: int, month: int, room: Any, own: Any, names: Any
) -> None:  # fmt: skip
    """Lay out what is known of those who may act.

    Args:
        members: All members.
        start: First row of the block.
        who: From `blocks.gather`.
        size: How many of them.
        month: Month of the run.
        room: From `blocks.intentions`.
        own: Filled but for luck, chances and answers.
        names: Filled with the names of these members. uint64[BLOCK].
    """
    arrival, rank, employer = members.arrival, members.rank, members.employer
    ties, dropout = members.ties, members.dropout
    intensity, lifetime = members.intensity, members.lifetime
    for k in range(size):
        j = int(who[k])
        row = start + j
        names[k] = member_key(word(int(arrival[row])), word(int(rank[row])))
        own[MEAN, k] = room[0, j]
        own[U_DAYS, k] = room[2, j]
        own[U_STAY, k] = room[3, j]
        own[FRESH, k] = 1.0 if arrival[row] == month else 0.0
        own[EMPLOYED, k] = 1.0 if employer[row] > 0 else 0.0
        own[TIES, k] = ties[row]
        own[DROPOUT, k] = dropout[row]
        own[INTENSITY, k] = intensity[row]
        own[LIFETIME, k] = lifetime[row]


@kernel
def luck_of(names: Any, size: int, keys: Any, seed: int, month: int, own: Any) -> None:
    """Two uniform numbers for each member who may act: for contributions, and for an answer.

    Args:
        names: From `collect`.
        size: How many of them.
        keys: The world's streams.
        seed: Seed of the study.
        month: Month of the run.
        own: The rows `U_ACTS` and `U_ANSWER` are filled.
    """
    uniforms(names[:size], seed, keys[D_WORK], month, own[U_ACTS][:size], own[U_ANSWER][:size])


@kernel
def chances(size: int, signals: Any, own: Any) -> None:
    """Whether newcomers are answered, and everybody's chance of dropping out after an active day.

    Args:
        size: How many may act.
        signals: The world's row of `Signal`s.
        own: The rows `ANSWERED` and `CHANCE` are filled.
    """
    odds, stay, outsider = signals[S_ODDS], signals[S_STAY], signals[S_OUTSIDER]
    gate, response, usual = signals[S_GATE], signals[S_RESPONSE], signals[S_USUAL]
    share = signals[S_ANSWERED]
    fresh, u_answer, answered, shift = own[FRESH], own[U_ANSWER], own[ANSWERED], own[SPARE]
    for k in range(size):
        answered[k] = fresh[k] if u_answer[k] < share else 0.0
        newcomer = newcomer_exponent(gate, response, 1.0 if u_answer[k] < share else 0.0, usual)
        shift[k] = newcomer if fresh[k] > 0.0 else 0.0
    ties, employed, dropout, chance = own[TIES], own[EMPLOYED], own[DROPOUT], own[CHANCE]
    for k in range(size):
        outside = 0.0 if employed[k] > 0.0 else outsider
        chance[k] = chance_of(dropout[k], dropout_exponent(odds, stay, ties[k], outside, shift[k]))


@kernel
def rates(names: Any, size: int, signals: Any, keys: Any, seed: int, month: int, own: Any, who: Any) -> None:
    """What is left of the month for a newcomer, and recognition for the others, on the expected days.

    The first active day falls anywhere in the month; only what is left of it can hold more.

    Args:
        names: From `collect`.
        size: How many may act.
        signals: The world's row of `Signal`s.
        keys: The world's streams.
        seed: Seed of the study.
        month: Month of the run.
        own: The row `MEAN` is changed.
        who: Room for places in the table. int64[BLOCK].
    """
    fresh, mean, lifetime = own[FRESH], own[MEAN], own[LIFETIME]
    core_rate, outer_rate, core = signals[S_CORE_RATE], signals[S_OUTER_RATE], signals[S_CORE]
    if core_rate != 0.0 or outer_rate != 0.0:
        for k in range(size):
            raised = mean_days(mean[k], core_rate if lifetime[k] >= core else outer_rate)
            mean[k] = mean[k] if fresh[k] > 0.0 else raised
    new = 0
    for k in range(size):
        who[new] = k
        new += 1 if fresh[k] > 0.0 else 0
    stream, moment = word(int(keys[D_ARRIVAL])), moment_of(word(month), word(0))
    for n in range(new):
        k = int(who[n])
        first, _ = threefry(word(seed), stream, word(int(names[k])), moment)
        mean[k] *= unit(first)


@kernel
def days_of(size: int, own: Any, choice: Any) -> None:
    """`member.active_days` of everybody who may act: into row 0 of `choice` the days, into row 2 who left.

    Args:
        size: How many may act.
        own: The table.
        choice: int64[5, BLOCK]; the last row is room.
    """
    fresh, chance, u_stay = own[FRESH], own[CHANCE], own[U_STAY]
    planned, last, left = choice[0], choice[4], choice[2]
    poissons(own[MEAN][:size], own[U_DAYS][:size], planned[:size], own[SPARE][:size])
    for k in range(size):
        planned[k] = min(int(fresh[k]) + planned[k], DAYS_A_MONTH)
    geometrics_within(chance[:size], u_stay[:size], planned[:size], last[:size])
    for k in range(size):
        left[k] = 1 if last[k] <= planned[k] else 0
        planned[k] = min(planned[k], last[k])


@kernel
def contributions(size: int, extra: float, own: Any, choice: Any) -> None:
    """`member.acts` of everybody who may act, into row 1 of `choice`.

    Args:
        size: How many may act.
        extra: Contributions a day beyond the first, of a member who never drops out.
        own: The table.
        choice: From `days_of`.
    """
    days, count, mean, intensity = choice[0], choice[1], own[MEAN], own[INTENSITY]
    for k in range(size):
        mean[k] = min(extra * intensity[k] * days[k], MOST_EXTRA)
    poissons(mean[:size], own[U_ACTS][:size], count[:size], own[SPARE][:size])
    for k in range(size):
        count[k] = min(days[k] + count[k], MOST_ACTS)
