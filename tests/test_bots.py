from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from allmende.events import Event, Events
from allmende.people.accounts import parse
from allmende.people.bots import recognise, suspicions


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", "bot: name ends in [bot]"),
        ("something-new[bot]", "bot: name ends in [bot]"),
        ("Jenkins <jenkins@ci.example.org>", "bot: known name"),
        ("Zuul <zuul@review.example.org>", "bot: known name"),
        ("cvs2svn Import User <bugs@example.org>", "bot: known name"),
        ("StepSafe Bot <bot@stepsafe.example>", "bot: a word of the name"),
        ("mill-release-robot <r@mill.example>", "bot: a word of the name"),
        ("MillBot <r@mill.example>", "bot: a word of the name"),
        ("Mill Release Account <bugs@mill.example>", "bot: a word of the name"),
        ("Codex <codex@openai.com>", "coding agent: known name"),
        ("copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", "coding agent: known name"),
        ("GitHub <noreply@github.com>", "forge: records for others"),
    ],
)
def test_programs_are_recognised(text: str, kind: str) -> None:
    assert recognise(parse(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        # The local part of an address says nothing.
        "Amabel Oddworth <robot@oddworth.example>",
        "Bertolf Vexley <i.zane.am.robot@mill.example>",
        "Travis Vexley <travis@mill.example>",
        "James Jenkins <James.Jenkins@mill.example>",
        "Gerrit Oddworth <gerrit@mill.example>",
        "Travis Quillfeather <travis@ci.example>",
        "Claude Oddworth <claude@oddworth.example>",
        "Claude <claude@oddworth.example>",
        "Chris Talbot <chris@talbothome.example>",
        "Abbot <a@mill.example>",
        "Sylvain Rabot <s@mill.example>",
        "",
    ],
)
def test_persons_are_not(text: str) -> None:
    assert recognise(parse(text)) == ""


def acts(member: str, moments: list[datetime]) -> list[Event]:
    return [Event(at=moment, member=member) for moment in moments]


def test_what_no_person_keeps_up_is_suspected_and_nothing_else() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    on_the_dot = [start + timedelta(hours=8 * n) for n in range(600)]
    human = [
        start + timedelta(days=n // 4, hours=9 + n % 8, minutes=n * 13 % 60, seconds=n % 60)
        for n in range(2000)
    ]
    events = Events.of([*acts("timer", on_the_dot), *acts("person", human)])
    found = suspicions(events, np.zeros(len(events.members), np.bool_))
    assert [events.members[code] for code in found] == ["timer"]
    assert "same second of the hour" in found[events.members.index("timer")]


def test_a_nightly_task_is_suspected_on_its_own_clock() -> None:
    start = datetime(2020, 1, 1, 2, tzinfo=UTC)
    nightly = [start + timedelta(days=n, minutes=n * 17 % 90, seconds=n % 60) for n in range(300)]
    events = Events.of([Event(at=moment, member="night", offset=60) for moment in nightly])
    assert "two hours of the day" in suspicions(events, np.zeros(1, np.bool_))[0]
    assert suspicions(events.take(np.arange(240)), np.zeros(1, np.bool_)) == {}


def test_round_the_clock_is_suspected() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    events = Events.of(
        acts("clock", [start + timedelta(minutes=77 * n, seconds=n % 60) for n in range(5000)])
    )
    found = suspicions(events, np.zeros(1, np.bool_))
    assert "hours of the week" in found[0]
    assert suspicions(events, np.ones(1, np.bool_)) == {}


def test_nobody_is_suspected_of_nothing() -> None:
    assert suspicions(Events.of([]), np.zeros(0, np.bool_)) == {}
