"""Panel: windows, views, resampling, against what plain Python says of the same rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.events import ACTIONS, Events
from allmende.months import parse, text
from allmende.panel import COLUMNS, CONTRIBUTIONS, NEVER, Panel
from settlements import lives, panel_by_hand
from strategies import panels


def by_hand(panel: Panel) -> dict[str, list[int]]:
    """The views of a panel, row by row."""
    rows = [
        (int(m), int(t), ACTIONS[a], int(c), int(d))
        for m, t, a, c, d in zip(
            panel.member, panel.month, panel.action, panel.count, panel.day_set, strict=True
        )
    ]
    mine = {m: [r for r in rows if r[0] == m and r[2] in CONTRIBUTIONS] for m in range(panel.size)}

    def days(which: list[tuple[int, int, str, int, int]]) -> int:
        return len({(t, bit) for _, t, _, _, d in which for bit in range(31) if d >> bit & 1})

    return {
        "counts": [sum(r[3] for r in own if r[1] >= panel.start) for own in mine.values()],
        "active_days": [days([r for r in own if r[1] >= panel.start]) for own in mine.values()],
        "lifetime_days": [days(own) for own in mine.values()],
        "first_month": [min((r[1] for r in own), default=NEVER) for own in mine.values()],
        "last_month": [max((r[1] for r in own), default=NEVER) for own in mine.values()],
    }


@given(panels())
@settings(max_examples=60, deadline=None)
def test_views_are_what_plain_python_says(panel: Panel) -> None:
    for name, expected in by_hand(panel).items():
        assert getattr(panel, name)().tolist() == expected, name
    assert panel.monthly_counts().sum(axis=1).tolist() == panel.counts().tolist()


@given(panels(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_gathered_views_equal_views_of_gathered_rows(panel: Panel, luck: object) -> None:
    """What `resampled` gathers is what would be computed from the rows it gathers."""
    size = panel.size
    pick = np.array([luck.randrange(size) for _ in range(size)] if size else [], np.int64)
    resampled = panel.resampled(pick)
    gathered = resampled._gathered()
    for name, expected in by_hand(gathered).items():
        assert getattr(resampled, name)().tolist() == expected, name
    assert resampled.times().sum() == len(pick)
    assert resampled.size == len(pick)
    order = np.lexsort((gathered.action, gathered.month, gathered.member))
    assert np.array_equal(order, np.arange(len(gathered))), "rows stay sorted"


@given(panels(), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_a_window_knows_its_past_and_not_its_future(panel: Panel, one: int, other: int) -> None:
    start, stop = sorted((one, other))
    narrow = panel.between(start, stop)
    assert (narrow.month < stop).all()
    assert len(narrow) == int((panel.month < stop).sum())
    assert narrow.length == stop - start
    if narrow.works is not None:
        assert (narrow.works.month < stop).all()
    assert all(len(getattr(narrow, name)) == len(narrow) for name in COLUMNS)


def test_a_window_of_a_resampled_panel_keeps_the_pick(village: Panel) -> None:
    pick = np.arange(village.size)[::-1].copy()
    first = village.resampled(pick).last(12).counts()
    second = village.last(12).resampled(pick).counts()
    assert first.tolist() == second.tolist()
    assert first.sum() > 0


def test_windows_of_equal_length_follow_each_other() -> None:
    panel = lives([0, 5, 11, 12, 23], start=0, stop=24)
    year = panel.last(12)
    assert (year.start, year.stop, year.before().start, year.before().stop) == (12, 24, 0, 12)
    assert year.counts().tolist() == [2]
    assert year.before().counts().tolist() == [3]
    assert year.before().last_month().tolist() == [11]


def test_two_acts_on_one_day_are_one_day(hamlet: Events) -> None:
    panel = panel_by_hand(hamlet)
    ada, bob, cyd = (panel.members.index(name) for name in ("ada", "bob", "cyd"))
    assert panel.counts()[[ada, bob, cyd]].tolist() == [6, 1, 2]
    assert panel.active_days()[[ada, bob, cyd]].tolist() == [5, 1, 2]
    assert [text(month) for month in panel.first_month()[[ada, cyd]]] == ["2024-01", "2024-02"]
    assert panel.last_month()[bob] == parse("2024-01")
    assert panel.last_month()[ada] == parse("2024-03")


def test_kept_is_computed_once_of_the_whole() -> None:
    calls = []

    def landmark(panel: Panel) -> int:
        calls.append(panel)
        return panel.size

    panel = Panel.of_counts([1, 2, 3])
    resampled = panel.resampled(np.array([0, 0, 1, 1, 2]))
    assert [panel.kept(landmark), resampled.kept(landmark), panel.kept(landmark)] == [3, 3, 3]
    assert calls == [panel]
    assert resampled.times().tolist() == [2, 2, 1]
    assert panel.times().tolist() == [1, 1, 1]


def test_views_are_kept_for_each_panel_and_not_shared_by_windows() -> None:
    panel = lives([0, 13], start=0, stop=24)
    assert panel.counts() is panel.counts()
    assert panel.last(12).counts().tolist() == [1]
    assert panel.counts().tolist() == [2]


def test_counts_of_nothing_have_no_row() -> None:
    panel = Panel.of_counts([0, 4, 0])
    assert len(panel) == 1
    assert panel.counts().tolist() == [0, 4, 0]
    assert panel.first_month().tolist() == [NEVER, 0, NEVER]


def test_a_view_must_speak_of_every_member() -> None:
    def too_short(panel: Panel) -> np.ndarray:
        return np.zeros(1)

    with pytest.raises(AssertionError, match="one entry for each member"):
        Panel.of_counts([1, 2]).view(too_short)
