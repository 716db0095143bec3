import numpy as np
import pytest

from allmende.events import Events
from allmende.months import first_day, text
from allmende.records.breaks import breaks_of

DAY = 86_400_000_000


def monthly(members: list[int]) -> Events:
    """That many members act once in each month from 2000-01 on."""
    at, member = [], []
    for number, size in enumerate(members):
        at += [int(first_day(360 + number)) * DAY + i * 3_600_000_000 for i in range(size)]
        member += list(range(size))
    names = tuple(f"member-{i}" for i in range(max(members)))
    return Events.of_columns(np.array(at, np.int64), np.array(member, np.int32), names)


def found(events: Events) -> list[tuple[str, str]]:
    return [(text(b.month), b.kind) for b in breaks_of(events, np.ones(len(events), np.bool_))]


def test_two_acts_make_a_record_too() -> None:
    """So few that the outer thousandths meet in the middle."""
    assert found(monthly([1, 0, 1])) == []


def test_a_step_down_and_a_step_up_are_found_where_they_are() -> None:
    assert found(monthly([60] * 12 + [20] * 12)) == [("2001-01", "split")]
    assert found(monthly([20] * 12 + [60] * 12)) == [("2001-01", "move")]


@pytest.mark.parametrize(
    "members",
    [
        [30] * 30,
        list(range(10, 70, 2)),
        list(range(70, 10, -2)),
        [1, 1, 2, 1, 1, 1, *[30] * 12],
        [8] * 8 + [3] * 8,
        [30] * 8,
        [20, 40] * 12,
    ],
)
def test_a_community_that_only_lives_has_no_breaks(members: list[int]) -> None:
    assert found(monthly(members)) == []


def test_a_note_says_what_was_seen_and_that_the_cause_is_not_known() -> None:
    events = monthly([60] * 12 + [20] * 12)
    (step,) = breaks_of(events, np.ones(len(events), np.bool_))
    assert "from 60 to 20" in step.note
    assert "does not say why" in step.note


def entered(days_made: np.ndarray, day_recorded: int, *, then: int = 200) -> Events:
    later = day_recorded + np.arange(then)
    at = np.r_[days_made, later].astype(np.int64) * DAY
    recorded = np.r_[np.full(len(days_made), day_recorded), later].astype(np.int64) * DAY
    member = (np.arange(len(at)) % 5).astype(np.int32)
    return Events.of_columns(at, member, tuple("abcde"), recorded=recorded).in_time_order()


def test_a_history_entered_within_a_day_is_an_import() -> None:
    events = entered(np.arange(11_000, 12_000), 12_100)
    assert found(events)[0] == (str(np.datetime64(12_100, "D").astype("datetime64[M]")), "import")


def test_a_stretch_entered_later_is_a_rewrite() -> None:
    early = np.arange(10_000, 10_200)
    middle = np.arange(11_000, 11_900)
    at = np.r_[early, middle].astype(np.int64) * DAY
    recorded = np.r_[early, np.full(900, 12_000)].astype(np.int64) * DAY
    events = Events.of_columns(at, np.zeros(len(at), np.int32), ("a",), recorded=recorded)
    assert [kind for _month, kind in found(events)] == ["rewrite"]


def test_slow_review_is_not_an_import() -> None:
    at = np.arange(2000, dtype=np.int64) * DAY
    events = Events.of_columns(at, np.zeros(2000, np.int32), ("a",), recorded=at + 60 * DAY)
    assert found(events) == []


def test_faulty_clocks_do_not_make_centuries_of_months() -> None:
    events = monthly([60] * 12 + [20] * 12)
    at = events.at.copy()
    at[0] = np.iinfo(np.int64).min // 2
    at[-1] = 4 * 10**17
    assert found(Events.of_columns(at, events.member, events.members)) == [("2001-01", "split")]


def test_nothing_has_no_breaks() -> None:
    assert breaks_of(Events.of([]), np.zeros(0, np.bool_)) == ()
