"""Measure: the whole way from a record to answers, on records small enough to know the answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import hostile_git as made
from allmende.community import Community, Record
from allmende.errors import OutOfRangeError, TooFewError, UnknownNameError
from allmende.events import Event, Events, concatenate
from allmende.measurement import measure
from allmende.months import parse
from allmende.reader import Source

START = datetime(2020, 1, 3, 10, tzinfo=UTC)


def community(members: int = 12, months: int = 40, truncated: str = "") -> Community:
    """Member k contributes on day k of every month; the last member is a program, from two accounts each."""
    rows = [
        Event(START + timedelta(days=30.5 * month + k % 20), f"m{k}", offset=60, ref=f"{month}-{k}")
        for month in range(months)
        for k in range(members)
    ]
    events = Events.of(rows)
    bot = np.array([name == f"m{members - 1}" for name in events.members])
    turn = np.arange(len(events)) // max(members, 1) % 2
    account = (2 * events.member + turn).astype(np.int32)
    return Community(
        "village",
        events,
        bot,
        (Source("git", "here", "village", truncated=truncated),),
        record=Record("author", zoned_share=1.0),
        account=account,
    )


def test_a_steady_village() -> None:
    measured = measure(community(), replicates=20)
    assert measured["active_members"].value == 11
    assert measured["newcomers"].value == 0
    assert measured["yearly_people_retention"].value == 1.0
    assert measured["contributor_absence_factor"].value == 6
    moved = {one.indicator: one for one in measured.changes}
    assert moved["active_members"].difference is not None
    assert not moved["active_members"].clear


def test_series_are_complete_years_of_equal_length() -> None:
    measured = measure(community(), replicates=4)
    years = [(one.start, one.stop) for one in measured.series["active_members"]]
    assert years == [(parse(str(year)), parse(str(year + 1))) for year in (2020, 2021, 2022)]
    assert [one.value for one in measured.series["active_members"]] == [11.0] * 3


def test_raw_figures_are_those_of_accounts() -> None:
    """Every member acts from two accounts, so twice as many accounts as members are active."""
    measured = measure(community(), replicates=0, names=["active_members"])
    assert measured.raw["active_members"] == 22
    assert measured["active_members"].value == 11


def test_a_history_cut_short_is_not_looked_back_on() -> None:
    measured = measure(community(truncated="shallow clone"), replicates=4)
    for name in ("newcomers", "yearly_people_retention", "stopping_hazard"):
        assert measured[name].value is None
        assert "cut short (shallow clone)" in measured[name].note
    assert measured["active_members"].value == 11
    assert any("cut short" in one.text for one in measured.findings)


def test_since_and_until() -> None:
    measured = measure(community(), since=parse("2021"), until=parse("2022"), replicates=0)
    assert (measured.panel.start, measured.panel.stop) == (parse("2021"), parse("2022"))
    assert measured["newcomers"].value == 0, "the history before the window still tells who is new"
    with pytest.raises(OutOfRangeError, match="no month of the record"):
        measure(community(), since=parse("2040"))


def test_bad_words() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'year'"):
        measure(community(), by="years")
    with pytest.raises(UnknownNameError, match="Did you mean 'gini'"):
        measure(community(), names=["ginni"])
    with pytest.raises(UnknownNameError, match="measured indicator"):
        measure(community(), names=["gini"], replicates=0)["newcomers"]


@pytest.mark.parametrize("members", [0, 1])
def test_nobody_to_measure(members: int) -> None:
    """An empty record, and one in which only a program acts."""
    with pytest.raises(TooFewError, match="has no act by a person"):
        measure(community(members=members))


def test_one_member_one_month() -> None:
    """Every indicator answers or says why not; nothing is nan."""
    rows = [Event(START, "ada", ref="1")]
    events = Events.of(rows)
    alone = Community("alone", events, np.zeros(1, bool), record=Record("author"))
    measured = measure(alone, replicates=5)
    assert measured["active_members"].value == 1
    for one in measured.answers:
        assert one.value is not None or one.curve is not None or one.note
        assert one.value is None or np.isfinite(one.value)


def test_same_numbers_every_time() -> None:
    """Intervals are keyed: two measurements of one record agree to the last bit."""
    one, other = (measure(community(), replicates=20, seed=3) for _ in range(2))
    for mine, yours in zip(one.answers, other.answers, strict=True):
        assert mine.interval == yours.interval
        assert str(mine.curve_low) == str(yours.curve_low)


def test_progress_reaches_its_end() -> None:
    told: list[tuple[str, float, float | None]] = []
    measure(community(), replicates=0, progress=lambda *one: told.append(one))
    stage, done, total = told[-1]
    assert stage == "measuring"
    assert done == total


def test_moments_that_cannot_be_true_are_left_out() -> None:
    """A commit of the year 9000 and one of a clock never set do not make a record of millennia."""
    plain = community()
    rows = [Event(datetime(9000, 1, 1, tzinfo=UTC), "m0"), Event(datetime(1970, 1, 1, 5, tzinfo=UTC), "m0")]
    events = concatenate([plain.events, Events.of(rows)])
    measured = measure(replace(plain, events=events, account=np.zeros(0, np.int32)), replicates=0)
    assert measured.panel.stop == measure(plain, replicates=0).panel.stop
    assert measured["active_members"].value == 11


def test_from_a_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from allmende.reading import read

    monkeypatch.setenv("ALLMENDE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ALLMENDE_KEY", str(tmp_path / "key"))
    measured = measure(read(made.small(tmp_path / "clone")), replicates=5)
    assert measured["contributions"].value == 5
