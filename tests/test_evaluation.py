"""Evaluation: a known effect is found, nothing is seldom found in nothing, what cannot be told is refused."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import allmende as al
from allmende.community import Break
from allmende.errors import AllmendeError, OutOfRangeError, TooFewError, UnknownNameError
from allmende.evaluation.donors import difference, synthetic
from allmende.evaluation.evaluating import GRADES, Evaluation, evaluate, evaluated
from allmende.evaluation.expected import Window, expected, interval_of, log_ratios, widened
from allmende.evaluation.placebos import Placebo, placebos_of, widening
from allmende.evaluation.scope import moment_of, refuse, steps, window_of
from allmende.forecasting.history import history_of
from allmende.months import text
from allmende.panel import Panel
from allmende.policies import Fork
from allmende.simulation import diary
from forecast_histories import simulated_history, simulated_panel
from shared_logs import community_panels

EVENT = 480 + 72


def struck(panel: Panel, *, kept: float, month: int = EVENT, seed: int = 5) -> Panel:
    """The panel as if from a month on only this share of what was done in it had been done."""
    stays = np.random.default_rng(seed).random(len(panel)) < kept
    rows = (panel.month < month) | stays
    columns = (
        "member",
        "month",
        "action",
        "count",
        "day_set",
        "effort",
        "cents",
        "org",
        "zoned",
        "office",
        "weekend",
    )
    return replace(panel, **{name: getattr(panel, name)[rows] for name in columns}, _kept={})


@cache
def after_a_loss() -> Evaluation:
    return evaluate(struck(simulated_panel(seed=3), kept=0.35), event=text(EVENT))


def test_a_known_loss_is_found_with_its_size() -> None:
    told = after_a_loss()
    assert told.answer.beyond
    assert told.grade in {"clear", "weak"}
    assert told.answer.narrow.low < 0.35 * 1.15
    assert told.answer.narrow.high > 0.35 * 0.85
    assert told.answer.as_large == 0
    assert len(told.placebos) >= 3
    assert told.smallest.low > told.answer.narrow.mid, (
        "what was found is larger than the smallest that could be"
    )


def test_a_fork_of_a_simulated_world_is_seen_as_large_as_it_was() -> None:
    """The same world without the fork says what its effect was; the record with it is all that is known."""
    forked, alone = (
        diary("commons", members=300, months=84, seed=4, policies=policies)
        for policies in ((Fork(start=60),), ())
    )
    with_event, without = (evaluate(one, event=text(60)) for one in (forked, alone))
    truth = with_event.observed.sum() / without.observed.sum()
    assert truth < 0.7
    assert with_event.answer.beyond
    assert with_event.answer.wide.low < truth < with_event.answer.wide.high
    assert without.grade == "none"


def effects_found(seeds: range) -> int:
    """In how many records without an event one is found."""
    panels = (simulated_panel(seed=seed, months=86, joining=4, wander=0.03) for seed in seeds)
    return sum(evaluate(panel, event=text(EVENT)).answer.beyond for panel in panels)


def test_nothing_is_seldom_found_where_nothing_was() -> None:
    assert effects_found(range(10, 16)) <= 1


@pytest.mark.slow
def test_of_many_records_of_nothing_few_show_an_effect() -> None:
    assert effects_found(range(100, 160)) <= 6


def test_the_expectation_knows_nothing_of_what_came_after() -> None:
    window = Window(EVENT, EVENT, EVENT + 12, "active_members")
    one, other = (
        expected(history_of(panel), window, paths=100, seed=2)
        for panel in (simulated_panel(seed=3), struck(simulated_panel(seed=3), kept=0.2))
    )
    assert list(one) == ["both", "members", "level"]
    assert all(np.array_equal(one[way], other[way]) for way in one)


def test_placebos_end_before_the_event_and_have_a_record_before_them() -> None:
    history = simulated_history(1)
    window = Window(EVENT, EVENT + 1, EVENT + 13, "contributions")
    placebos = placebos_of(history, window, seed=1)
    assert [one.start for one in placebos] == sorted((one.start for one in placebos), reverse=True)
    for one in placebos:
        assert one.start + 12 <= EVENT
        assert one.start - 1 - history.start >= 24


@given(st.lists(st.floats(-6, 6), max_size=10), st.floats(1, 4))
def test_intervals_widen_with_what_placebos_show_and_never_narrow(scores: list[float], times: float) -> None:
    def of(factor: float) -> list[Placebo]:
        return [Placebo(0, {"both": 0.0}, {"both": factor * score}) for score in scores]

    assert 1 <= widening(of(1), "both") <= widening(of(times), "both")
    logs = np.linspace(-1, 1, 101)
    assert np.isclose(np.ptp(widened(logs, times)), times * np.ptp(logs))
    assert np.isclose(np.median(widened(logs, times)), np.median(logs))


@given(st.integers(1, 500), st.floats(0.2, 5))
def test_the_ratio_is_that_of_the_sums(count: int, ratio: float) -> None:
    paths = np.full((10, 4), float(count))
    logs = log_ratios(np.full(4, count * ratio), paths)
    assert interval_of(logs, 0.8).mid == pytest.approx((4 * count * ratio + 0.5) / (4 * count + 0.5))


def test_dates() -> None:
    assert moment_of(" 2024-03-20 ") == (650, 1)
    for wrong in ("2024", "20.3.2024", "2024-13", "2024-02-30", "yesterday", ""):
        with pytest.raises(AllmendeError, match="day such as 2024-03-20"):
            evaluate(simulated_panel(seed=3), event=wrong)


def test_what_is_asked_wrongly_is_said() -> None:
    panel = simulated_panel(seed=3)
    with pytest.raises(OutOfRangeError, match=r"2010-01 to 2017-11"):
        evaluate(panel, event="2030-01")
    with pytest.raises(OutOfRangeError, match=r"6 to 24 months"):
        evaluate(panel, event="2015-01", months=3)
    with pytest.raises(UnknownNameError, match="newcomers"):
        evaluate(panel, event="2015-01", outcome="newcomer")


@pytest.mark.parametrize(
    ("event", "words"),
    [("2017-08-01", "Come back in 2018-03"), ("2011-01-01", "grew out of"), ("2010-02", "grew out of")],
)
def test_too_little_record_is_refused_with_the_distrusted_estimate(event: str, words: str) -> None:
    with pytest.raises(TooFewError) as refused:
        evaluate(simulated_panel(seed=3), event=event)
    assert words in str(refused.value)
    assert refused.value.estimate is not None
    assert 0.3 < refused.value.estimate < 3


def test_a_record_that_counts_others_after_the_event_is_refused() -> None:
    history = simulated_history(1)
    window = window_of(history, text(EVENT), outcome="active_members", months=12)
    regime = Break(EVENT + 3, "regime", "committers until then")
    with pytest.raises(TooFewError, match="the record itself changed"):
        refuse(history, window, (regime,), "meadow")
    with pytest.raises(TooFewError, match="the record itself changed"):
        refuse(history, window, (replace(regime, month=EVENT - 23),), "meadow")
    refuse(history, window, (replace(regime, month=EVENT - 24), replace(regime, month=EVENT + 12)), "meadow")
    split = Break(EVENT + 1, "split", "members a month fell from 40 to 15")
    refuse(history, window, (split,), "meadow")
    assert steps(window, (split, regime)) == (split,)


def test_what_speaks_against_an_effect_lowers_the_grade() -> None:
    history = history_of(struck(simulated_panel(seed=3), kept=0.35))
    window = window_of(history, text(EVENT), outcome="active_members", months=12)
    told = evaluated(history, window, name="meadow", event=text(EVENT), against=("The record steps.",))
    assert told.grade == "weak"
    assert told.against[0] == "The record steps."
    assert set(GRADES) == {"clear", "weak", "disputed", "none"}


def test_a_late_day_leaves_its_month_out() -> None:
    told = evaluate(simulated_panel(seed=3), event=f"{text(EVENT)}-20")
    assert told.window.start == told.window.known + 1 == EVENT + 1
    assert len(told.observed) == 12
    assert any("counting begins" in note for note in told.notes)


def test_newcomers_have_two_ways() -> None:
    told = evaluate(simulated_panel(seed=3), event=text(EVENT), outcome="newcomers")
    assert [one.way for one in told.estimates] == ["both", "level"]


def test_donors_give_two_more_answers() -> None:
    donors = [simulated_panel(seed=seed) for seed in range(30, 36)]
    told = evaluate(struck(simulated_panel(seed=3), kept=0.35), event=text(EVENT), donors=donors)
    assert [one.way for one in told.estimates] == ["both", "members", "level", "difference", "synthetic"]
    for one in told.estimates[3:]:
        assert one.wide.low < one.narrow.low < one.narrow.mid < 0.6
    assert told.grade in {"clear", "weak"}
    few = evaluate(simulated_panel(seed=3), event=text(EVENT), donors=donors[:2])
    assert len(few.estimates) == 3
    assert any("2 of 2" in note for note in few.notes)


@given(st.floats(-1, 1), st.integers(0, 100))
def test_donor_methods_find_a_shift_whatever_moves_all(shift: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    common = np.cumsum(generator.normal(0, 0.1, 60))
    others = common + generator.normal(0, 1, (6, 1))
    own = common + 3.0
    own[48:] += shift
    for method in (difference, synthetic):
        effect, spread = method(own, others, 48)
        assert effect == pytest.approx(shift, abs=1e-6)
        assert spread == pytest.approx(0, abs=1e-6)


def test_it_is_the_same_again() -> None:
    one, other = (evaluate(simulated_panel(seed=3), event=text(EVENT), seed=9) for _ in range(2))
    assert one.estimates == other.estimates
    assert np.array_equal(one.paths, other.paths)


def test_events_of_which_much_is_known() -> None:
    """Nextcloud's fork of ownCloud is seen, Terraform's licence is not."""
    panels = community_panels()
    fork = al.evaluate(panels["owncloud"], event="2016-06-02")
    assert -0.50 < fork.answer.narrow.mid - 1 < -0.35
    assert fork.answer.beyond
    assert fork.answer.as_large == 0
    licence = al.evaluate(panels["terraform"], event="2023-08-10")
    assert licence.grade == "none"


@pytest.mark.slow
def test_an_event_that_moved_the_work_elsewhere() -> None:
    """The move of Ansible's modules into collections: the record alone cannot tell it from a loss."""
    move = al.evaluate(community_panels()["ansible"], event="2020-03-23")
    assert -0.80 < move.answer.narrow.mid - 1 < -0.60
    assert move.grade == "clear", "a panel alone knows of no step of its record"
