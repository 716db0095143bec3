"""The members part: recovers the law that made a community, and keeps its luck to itself."""

from dataclasses import replace

import numpy as np
import pytest

from allmende.forecasting import members
from allmende.forecasting.history import history_of
from allmende.forecasting.members import crowd_of, fitted_shapes, member_paths
from allmende.kernel import compiled
from forecast_histories import renumbered, simulated_history, simulated_panel

FLAT = np.ones(12)


def test_shapes_that_made_careers_are_found() -> None:
    """2,000 careers of six years: the mean chances within 12 % (their standard errors are near 4 %)."""
    generator = np.random.default_rng(5)
    x, t, seen = [], [], []
    for _ in range(2000):
        theta, leaving, length = (
            generator.beta(1.2, 2.0),
            generator.beta(0.9, 1.6),
            generator.integers(12, 73),
        )
        months = [0]
        while generator.random() >= leaving:
            nxt = months[-1] + generator.geometric(theta)
            if nxt > length:
                break
            months.append(int(nxt))
        x.append(len(months))
        t.append(months[-1])
        seen.append(length)
    c, d, a, b = fitted_shapes(np.array(x, float), np.array(t, float), np.array(seen, float))
    assert c / (c + d) == pytest.approx(1.2 / 3.2, rel=0.12)
    assert a / (a + b) == pytest.approx(0.9 / 2.5, rel=0.12)


def test_silence_makes_a_member_likelier_gone() -> None:
    crowd = crowd_of(simulated_history(), FLAT)
    assert ((crowd.taking_part > 0) & (crowd.taking_part < 1)).all()
    history = simulated_history()
    later = replace(history, stop=history.stop + 12)
    then = crowd_of(later, FLAT)
    shared = min(len(crowd.taking_part), len(then.taking_part))
    assert then.taking_part.sum() < crowd.taking_part.sum()
    assert shared


def test_nobody_comes_and_members_only_fade() -> None:
    crowd = replace(crowd_of(simulated_history(), FLAT), returning=0.0)
    told = member_paths(crowd, np.zeros((300, 24)), 575, seed=1)
    active = told.active.mean(axis=0)
    assert active[0] > active[12] > active[23] > 0
    assert (told.made >= told.active).all()
    assert (told.absence <= told.active.sum(axis=1)).all()


def test_a_month_ahead_is_the_sum_of_chances() -> None:
    """Expected active members, in closed form: chance to take part times chance of an act."""
    crowd = replace(crowd_of(simulated_history(), FLAT), returning=0.0)
    told = member_paths(crowd, np.zeros((3000, 1)), 575, seed=3)
    expected = (crowd.taking_part * crowd.rate[:, 0] / crowd.rate.sum(axis=1)).sum()
    assert told.active.mean() == pytest.approx(expected, abs=4 * told.active.std() / np.sqrt(3000))


def test_newcomers_act_in_their_first_month() -> None:
    crowd = crowd_of(simulated_history(), FLAT)
    nobody = replace(
        crowd, returning=0.0, taking_part=crowd.taking_part[:0], rate=crowd.rate[:0], stay=crowd.stay[:0],
        work=crowd.work[:0], org=crowd.org[:0],
    )  # fmt: skip
    told = member_paths(nobody, np.full((50, 1), 7.0), 575, seed=1)
    assert (told.active == 7).all()


def test_paths_of_one_seed_are_the_same_and_of_another_are_not() -> None:
    crowd = crowd_of(simulated_history(), FLAT)
    coming = np.full((20, 12), 5.0)
    one, again, other = (member_paths(crowd, coming, 575, seed=seed).made for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_more_newcomers_change_nobody_who_was_there() -> None:
    """Luck is keyed: paths with more newcomers hold at least what those with fewer did."""
    crowd = crowd_of(simulated_history(), FLAT)
    few, many = (member_paths(crowd, np.full((40, 6), size), 575, seed=1) for size in (2.0, 5.0))
    assert (many.active - few.active >= 0).all()
    assert (many.active[:, 0] - few.active[:, 0] == 3).all()


def test_the_compiled_path_is_the_plain_one() -> None:
    crowd = crowd_of(simulated_history(months=40), FLAT)
    made = []
    for run in (members._one_path, compiled(members._one_path)):
        active, work, by_member, seen = np.zeros(6), np.zeros(6), np.zeros(500), np.zeros(6, np.int64)
        size = run(
            np.array(crowd.shapes), crowd.taking_part, crowd.rate, crowd.stay, crowd.work, crowd.org,
            np.array(crowd.typical), crowd.incoming, crowd.returning, np.ones(6), np.full(6, 3), active, work,
            by_member, seen, 9, 4,
        )  # fmt: skip
        made.append((size, active.tolist(), work.tolist(), by_member.tolist(), seen.tolist()))
    assert made[0] == made[1]


def test_names_and_codes_of_members_do_not_matter() -> None:
    panel = simulated_panel(months=60)
    order = np.random.default_rng(1).permutation(len(panel.members))
    one, other = (crowd_of(history_of(each), FLAT) for each in (panel, renumbered(panel, order)))
    assert one.shapes == pytest.approx(other.shapes)
    assert np.sort(one.taking_part) == pytest.approx(np.sort(other.taking_part))
