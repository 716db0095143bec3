"""Acting: a block of members has the months that the scalar rules give to each."""

from collections.abc import Callable

import numpy as np
import pytest

from allmende.kernel import compiled
from allmende.model.acting import Own, chances, contributions, days_of
from allmende.model.member import active_days, acts, chance_of, dropout_exponent
from allmende.model.signals import Signal

SIZE = 400


def table(seed: int) -> np.ndarray:
    """Members of every kind: idle and busy, new and old, certain to stay and certain to go."""
    random = np.random.default_rng(seed)
    own = random.random((len(Own), SIZE))
    own[Own.DROPOUT] **= 4
    own[Own.MEAN] = np.minimum(random.gamma(0.5, 6.0, SIZE), 60.0)
    own[Own.FRESH] = random.random(SIZE) < 0.3
    own[Own.EMPLOYED] = random.random(SIZE) < 0.3
    own[Own.INTENSITY] = random.gamma(0.5, 4.0, SIZE)
    own[Own.TIES] = random.gamma(1.0, 1.0, SIZE)
    own[Own.DROPOUT, :2] = 0.0, 1.0
    return own


def heard() -> np.ndarray:
    signals = np.zeros(len(Signal))
    signals[Signal.ODDS], signals[Signal.BELONGING_STAY], signals[Signal.OUTSIDER_ODDS] = 0.1, 0.3, 0.4
    signals[Signal.NEWCOMER_ODDS], signals[Signal.RESPONSE] = 0.2, 0.7
    signals[Signal.ANSWERED], signals[Signal.USUAL] = 0.6, 0.5
    return signals


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("made", [lambda kernel: kernel, compiled])
def test_a_block_has_the_months_of_its_members(seed: int, made: Callable) -> None:
    own, signals, choice = table(seed), heard(), np.zeros((5, SIZE), np.int64)
    before = own.copy()
    for function, arguments in (
        (chances, (SIZE, signals, own)),
        (days_of, (SIZE, own, choice)),
        (contributions, (SIZE, 1.3, own, choice)),
    ):
        made(function)(*arguments)
    for k in range(SIZE):
        me = before[:, k].tolist()
        fresh, answered = me[Own.FRESH] > 0, me[Own.U_ANSWER] < 0.6
        newcomer = 0.2 - 0.7 * (answered - 0.5) if fresh else 0.0
        outsider = 0.0 if me[Own.EMPLOYED] > 0 else 0.4
        chance = chance_of(me[Own.DROPOUT], dropout_exponent(0.1, 0.3, me[Own.TIES], outsider, newcomer))
        days, left = active_days(int(fresh), me[Own.MEAN], chance, me[Own.U_DAYS], me[Own.U_STAY])
        count = acts(days, 1.3 * me[Own.INTENSITY], me[Own.U_ACTS])
        assert (days, count, left) == tuple(choice[:3, k].tolist())
        assert own[Own.CHANCE, k] == chance
        assert own[Own.ANSWERED, k] == (fresh and answered)
    assert choice[0].max() > 8  # beyond the straight lines
    assert (choice[0] == 0).any()


def test_nobody_may_act() -> None:
    own, choice = table(0), np.full((5, SIZE), 7, np.int64)
    compiled(days_of)(0, own, choice)
    assert (choice == 7).all()
