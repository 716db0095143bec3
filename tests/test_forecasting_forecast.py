"""The verb: what it refuses, what it notes, and that what it says is what the paths say."""

from dataclasses import replace
from time import process_time

import numpy as np
import pytest

import allmende
from allmende.calibration.fitting import calibrate
from allmende.community import Break, Community, Record
from allmende.errors import OutOfRangeError, TooFewError, UnknownNameError
from allmende.events import Events
from allmende.forecasting.environment import CALM
from allmende.forecasting.forecast import Forecast, forecast
from allmende.forecasting.history import MONTHLY, YEARLY
from allmende.forecasting.reliability import reliability_of
from allmende.months import text
from allmende.panel import Panel
from allmende.reader import Source
from forecast_histories import acts_of, simulated_history, simulated_panel


def told(**asked: object) -> Forecast:
    return forecast(simulated_panel(), **({"paths": 300, "backtest": False} | asked))  # type: ignore[arg-type]


def community(events: Events, **about: object) -> Community:
    return Community("hamlet", events, np.zeros(len(events.members), bool), record=Record(**about))  # type: ignore[arg-type]


def test_paths_are_counts_and_bands_lie_inside_each_other() -> None:
    one = told(months=18)
    assert set(one.paths) == {*MONTHLY, *YEARLY}
    for name, paths in one.paths.items():
        assert paths.shape == (300, 18 if name in MONTHLY else 1)
        assert (paths >= 0).all()
        assert (paths == np.rint(paths)).all()
        (low95, mid, high95), (low80, _, high80), (low50, _, high50) = (
            one.band(name, level) for level in (0.95, 0.8, 0.5)
        )
        assert (low95 <= low80).all()
        assert (low80 <= low50).all()
        assert (low50 <= mid).all()
        assert (mid <= high50).all()
        assert (high50 <= high80).all()
        assert (high80 <= high95).all()


def test_the_year_is_the_sum_of_its_months() -> None:
    one = told(months=14)
    totals = one.paths["newcomers"][:, :12].sum(axis=1)
    assert one.year("newcomers", 0.5).high == np.quantile(totals, 0.75)


def test_the_same_seed_says_the_same() -> None:
    one, again, other = told(), told(), told(seed=2)
    for name in MONTHLY:
        assert (one.paths[name] == again.paths[name]).all()
    assert (one.paths["contributions"] != other.paths["contributions"]).any()


def test_what_is_known_afterwards_is_shown_and_was_not_used() -> None:
    whole = told(until=text(561))
    assert whole.start == 562
    assert len(whole.truth["active_members"]) == 12
    assert whole.true_year["newcomers"] == simulated_history().series["newcomers"][82:94].sum()
    short = forecast(simulated_panel().between(480, 563), paths=300, backtest=False)
    assert short.start == 562
    assert not short.true_year
    for name in MONTHLY:
        assert (short.paths[name] == whole.paths[name]).all(), name


def test_a_fit_is_forecast_from_where_it_ended() -> None:
    fit = calibrate(simulated_panel(joining=12.0), until=550)
    one = allmende.forecast(fit, months=12, paths=200, backtest=False)  # type: ignore[attr-defined]
    assert one.start == 551
    assert set(fit.notes) <= set(one.notes)
    assert one.true_year


def test_a_fit_without_its_record_cannot_be_forecast() -> None:
    fit = calibrate(simulated_panel(joining=12.0), until=550)
    with pytest.raises(TooFewError, match="without its record"):
        forecast(replace(fit, panel=None))


STEADY = [[month for month in range(40) if (month + person) % 2] for person in range(5)]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (acts_of([0, 1, 2], [1, 2, 3], [2, 3]), "3 months of record"),
        (acts_of(*[list(range(20))] * 5), "19 months of record"),
        (acts_of(list(range(50))), "one person made all"),
        (acts_of([0, 20, 44, 50], [1, 3, 45], [2, 46, 49]), "3 members with 4 active months"),
        (acts_of([0, 1], [0, 1], [0, 1], [40]), "nobody contributed"),
    ],
)
def test_what_is_too_small_is_refused_with_what_would_help(events: Events, said: str) -> None:
    with pytest.raises(TooFewError, match=said) as refusal:
        forecast(community(events))
    assert refusal.value.next_step
    assert refusal.value.estimate is not None
    assert "a flat line would say" in str(refusal.value)


def test_a_record_of_less_than_a_month_has_no_estimate() -> None:
    with pytest.raises(TooFewError, match="no month of it is known completely"):
        forecast(community(acts_of([0], [0])))


def test_a_community_without_acts_is_refused() -> None:
    with pytest.raises(TooFewError, match="no act by a person"):
        forecast(community(acts_of()))


def test_newcomers_alone_are_forecast_and_said() -> None:
    visitors = [[month] for month in range(48) for _ in range(3)]
    one = forecast(community(acts_of(*visitors)), paths=200, backtest=False)
    assert any("newcomers alone" in note for note in one.notes)
    assert 20 < one.year("newcomers").mid < 60
    assert one.year("active_members").mid < 1.6 * one.year("newcomers").mid


def test_breaks_regimes_and_cuts_are_noted() -> None:
    events = acts_of(*STEADY)
    moved = community(events, breaks=(Break(630, "split", "members fell"),))
    assert any("2022-07 (split" in note for note in forecast(moved, paths=100, backtest=False).notes)
    committer = community(events, regime="committer")
    assert any("committers" in note for note in forecast(committer, paths=100, backtest=False).notes)
    cut = replace(moved, sources=(Source("git", "here", "hamlet", truncated="shallow clone"),))
    assert any("shallow clone" in note for note in forecast(cut, paths=100, backtest=False).notes)


def test_what_was_before_a_change_of_regime_is_left_out() -> None:
    long = [[month for month in range(80) if (month + person) % 2] for person in range(6)]
    changed = community(acts_of(*long), regime="mixed", breaks=(Break(650, "regime", "git"),))
    one = forecast(changed, paths=100, backtest=False)
    assert len(one.known["active_members"]) == 679 - 650
    assert any("left out" in note for note in one.notes)
    late = community(acts_of(*long), regime="mixed", breaks=(Break(670, "regime", "git"),))
    one = forecast(late, paths=100, backtest=False)
    assert len(one.known["active_members"]) == 79
    assert any("do not trust the level" in note for note in one.notes)


def test_bounds_and_names() -> None:
    for months in (0, 61):
        with pytest.raises(OutOfRangeError, match="months"):
            told(months=months)
    for until in ("1999-01", "2100-01"):
        with pytest.raises(OutOfRangeError, match="last complete"):
            told(until=until)
    with pytest.raises(UnknownNameError, match="newcomers"):
        told().band("newcomer")
    assert any("twelve months" in note for note in told(months=20).notes)


def test_earlier_forecasts_are_tried_without_their_future() -> None:
    history = simulated_history()
    past = reliability_of(history, seed=1)
    assert past is not None
    assert [one.start for one in past.hindcasts] == [history.stop - 12 * k for k in range(1, 6)]
    for one in past.hindcasts:
        begin = one.start - history.start
        assert one.truth["newcomers"] == history.series["newcomers"][begin : begin + 12].sum()
        assert one.low["newcomers"] <= one.mid["newcomers"] <= one.high["newcomers"]
    # The same years come out the same when the record ends earlier.
    earlier = reliability_of(history.until(history.stop - 12), seed=1)
    assert earlier is not None
    assert earlier.hindcasts[0].mid == past.hindcasts[1].mid
    assert 0.3 < past.months_inside["active_members"] <= 1


def test_a_young_record_cannot_be_tried() -> None:
    assert reliability_of(simulated_history(months=30), seed=1) is None


def test_the_yearly_interval_holds_where_members_are_the_model() -> None:
    """No environment, twelve made communities: the members part alone holds its years (binomial)."""
    from allmende.forecasting.parts import parts_of, pooled

    inside = []
    for seed in range(12):
        history = simulated_history(seed=seed, months=97)
        known = history.until(history.stop - 12)
        paths = pooled(parts_of(known, months=12, paths=200, seed=1), {"level newcomers": CALM}, seed=1)
        low, high = np.quantile(paths["active_members"].sum(axis=1), [0.025, 0.975])
        inside.append(low <= history.series["active_members"][-12:].sum() <= high)
    assert sum(inside) >= 9


def test_a_thousand_futures_are_quick() -> None:
    """Of a community of 1,000 members, under the ten seconds that were promised (compiled before)."""
    panel: Panel = simulated_panel(joining=10.0)
    told()
    begin = process_time()
    forecast(panel)
    assert process_time() - begin < 10
