"""Findings: each threshold says fragile, healthy or unsure; doubts about the record are said."""

import numpy as np
import pytest

from allmende.answers import Answer, Change
from allmende.community import Break, Community, Record
from allmende.events import Events, Refusals
from allmende.findings import KINDS, Finding, findings
from allmende.indicator import Interval
from allmende.panel import Panel
from allmende.reader import Source

GOOD = Record(regime="author", zoned_share=0.9)


def community(record: Record = GOOD, truncated: str = "", refused: int = 0) -> Community:
    return Community(
        "village",
        Events.of([]),
        np.zeros(0, bool),
        (Source("git", "here", "village", truncated=truncated),),
        Refusals({"no date": refused} if refused else {}),
        record=record,
    )


def panel(members: int = 40) -> Panel:
    return Panel.of_counts([1] * members)


def told(name: str, value: float, low: float, high: float) -> Answer:
    return Answer(name, 0, 12, value, Interval(low, value, high))


def about(name: str, value: float, low: float, high: float) -> list[Finding]:
    return [
        one
        for one in findings(community(), panel(), [told(name, value, low, high)], [])
        if name in one.indicators
    ]


@pytest.mark.parametrize(
    ("name", "value", "low", "high", "kind"),
    [
        ("contributor_absence_factor", 1, 1, 2, "fragile"),
        ("contributor_absence_factor", 2, 1, 6, "unsure"),
        ("contributor_absence_factor", 9, 7, 12, "healthy"),
        ("contributor_absence_factor", 6, 2, 9, "unsure"),
        ("yearly_work_retention", 0.5, 0.4, 0.6, "fragile"),
        ("yearly_work_retention", 0.9, 0.8, 0.95, "healthy"),
        ("yearly_people_retention", 0.1, 0.05, 0.2, "fragile"),
        ("yearly_people_retention", 0.35, 0.3, 0.4, "healthy"),
        ("newcomer_share", 0.1, 0.05, 0.15, "fragile"),
        ("newcomer_share", 0.7, 0.6, 0.8, "healthy"),
        ("elephant_factor", 1, 1, 1, "fragile"),
        ("elephant_factor", 4, 3, 5, "healthy"),
    ],
)
def test_thresholds(name: str, value: float, low: float, high: float, kind: str) -> None:
    assert [one.kind for one in about(name, value, low, high)] == [kind]


def test_one_is_singular() -> None:
    assert "rests on one member (1 to 2)" in about("contributor_absence_factor", 1, 1, 2)[0].text
    assert "rests on 2 members (1 to 2)" in about("contributor_absence_factor", 2, 1, 2)[0].text
    assert "One organisation (1 to 2) makes" in about("elephant_factor", 1, 1, 2)[0].text


def test_between_the_thresholds_nothing_is_said() -> None:
    assert about("contributor_absence_factor", 3, 2, 4) == []


def test_refused_indicators_are_not_judged() -> None:
    refused = Answer("contributor_absence_factor", 0, 12, note="too few")
    assert not [one for one in findings(community(), panel(), [refused], []) if one.indicators]


def moved(before: float, after: float, low: float, high: float) -> list[str]:
    one = Change(
        "active_members",
        told("active_members", before, before, before),
        told("active_members", after, after, after),
        Interval(low, after - before, high),
    )
    return [f.text for f in findings(community(), panel(), [], [one]) if f.kind == "changed"]


def test_changes_are_said_when_clear_only() -> None:
    assert "30 against 50" in moved(50, 30, -30, -10)[0]
    assert "fewer" in moved(50, 30, -30, -10)[0]
    assert "more" in moved(30, 50, 10, 30)[0]
    assert moved(50, 48, -10, 6) == ["Nothing moved beyond what chance in who takes part would do in a year."]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (community(truncated="shallow clone"), "cut short (shallow clone)"),
        (
            community(Record("committer", "98 % committed by the author", zoned_share=0.9)),
            "committer attributed",
        ),
        (
            community(Record("author", breaks=(Break(0, "split", "-70 %"),), zoned_share=1)),
            "1970-01 (split: -70 %)",
        ),
        (community(Record("author", zoned_share=0.1)), "10% of the acts only"),
        (community(refused=5), "5 of 5 acts could not be read"),
    ],
)
def test_doubts(given: Community, expected: str) -> None:
    doubts = [one.text for one in findings(given, panel(), [], []) if one.kind == "unsure"]
    assert any(expected in text for text in doubts), doubts


def test_a_clean_record_of_a_large_community_raises_no_doubt() -> None:
    assert not findings(community(), panel(), [], [])


def test_few_members() -> None:
    assert "only 3 members" in findings(community(), panel(3), [], [])[0].text


def test_kinds_come_in_reading_order() -> None:
    answers = [told("elephant_factor", 4, 3, 5), told("newcomer_share", 0.1, 0, 0.15)]
    kinds = [one.kind for one in findings(community(truncated="x"), panel(), answers, [])]
    assert kinds == sorted(kinds, key=KINDS.index)
