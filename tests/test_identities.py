import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.events import RECORDER_UNKNOWN, Event, Events
from allmende.people.identities import identify
from allmende.people.organisations import parse_affiliations
from allmende.people.pseudonyms import fingerprint, user_key
from allmende.reader import Records, Source
from invented import FAMILY, GIVEN, account_texts, partition, records

KEY = bytes(range(32))
VILLAGE = [
    "Amabel Oddworth <amabel@mill.example>",
    "amabel <1+aoddworth@users.noreply.github.com>",
    "A. Oddworth <aoddworth@gmail.com>",
    "Bertolf Vexley <bv@forge.example>",
    "mill-bot[bot] <2+mill-bot[bot]@users.noreply.github.com>",
    "GitHub <noreply@github.com>",
]


def test_accounts_become_members() -> None:
    events, bot, found = identify(records(VILLAGE), show_names=True)
    assert found.accounts == 6
    assert events.members == ("Amabel Oddworth", "Bertolf Vexley", "mill-bot[bot]", "GitHub")
    assert found.account_member.tolist() == [0, 0, 0, 1, 2, 3]
    assert {events.members[i] for i in np.flatnonzero(bot)} == {"mill-bot[bot]", "GitHub"} == set(found.bots)
    assert found.key_fingerprint == ""


def test_every_merge_is_explained() -> None:
    events, _bot, found = identify(records(VILLAGE), show_names=True)
    assert len(found.merges) == found.accounts - len(events.members)
    for merge in found.merges:
        assert merge.member in events.members
        assert set(merge.accounts) <= set(VILLAGE)
        assert merge.reason


def test_pseudonyms_are_the_same_in_every_community_of_one_key() -> None:
    one, _, found = identify(records(VILLAGE), key=KEY)
    other, _, _ = identify(records([VILLAGE[3], "Cunegund Quill <cq@mill.example>"]), key=KEY)
    third, _, _ = identify(records([VILLAGE[3]]), key=bytes(32))
    assert set(one.members) & set(other.members) == {other.members[0]}
    assert third.members[0] not in one.members
    assert found.key_fingerprint == fingerprint(KEY)
    assert all(len(name) == 32 for name in one.members)


def test_a_new_alias_does_not_change_a_pseudonym() -> None:
    before, _, _ = identify(records(VILLAGE[:1]), key=KEY)
    after, _, _ = identify(records([VILLAGE[0], "Amabel Oddworth <later@elsewhere.example>"]), key=KEY)
    assert before.members == after.members


def test_the_users_own_key_is_taken_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLMENDE_KEY", str(tmp_path / "key"))
    _, _, found = identify(records(VILLAGE))
    assert found.key_fingerprint == fingerprint(user_key())
    (tmp_path / "key").unlink()
    identify(records(VILLAGE), show_names=True)
    assert not (tmp_path / "key").exists()


def test_recorders_are_mapped_even_if_they_never_act() -> None:
    rows = [
        Event(at=_day(1), member="Amabel Oddworth <a@x.example>", recorder="Oddworth, Amabel <b@y.example>"),
        Event(at=_day(2), member="Amabel Oddworth <a@x.example>", recorder="Gatekeeper Quill <g@y.example>"),
    ]
    events, _, found = identify(Records(Events.of(rows), Source("git", "x", "x")), key=KEY)
    assert events.recorder[0] == events.member[0]
    assert events.recorder[1] != events.member[1]
    assert len(events.members) == 2
    assert len(found.account_member) == 3


def test_a_recorder_not_named_stays_unnamed() -> None:
    given_records = records(VILLAGE)
    unnamed = np.full(6, RECORDER_UNKNOWN, np.int32)
    changed = Records(_with(given_records.events, recorder=unnamed), given_records.source)
    assert identify(changed, key=KEY)[0].recorder.tolist() == [RECORDER_UNKNOWN] * 6


def test_conserved_names_are_not_merged_but_hashed() -> None:
    texts = ["8dea7151d393c1e6", "Amabel Oddworth", "amabel oddworth", "0123456789abcdef"]
    given_records = records(texts, conserved_names=True, bots=texts[3:])
    events, bot, found = identify(given_records, key=KEY)
    assert len(set(events.members)) == 4
    assert not set(events.members) & set(texts)
    assert found.merges == ()
    assert bot.tolist() == [False, False, False, True]
    shown, _, _ = identify(records(texts, conserved_names=True), show_names=True)
    assert shown.members == tuple(texts)
    again, _, _ = identify(records(shown.members, conserved_names=True), show_names=True)
    assert again.members == shown.members


def test_what_the_source_calls_a_program_is_one() -> None:
    _, bot, found = identify(records(VILLAGE, bots=[VILLAGE[3]]), show_names=True)
    assert bot[found.account_member[3]]
    assert found.bots["Bertolf Vexley"] == "bot: the source says so"


def test_names_shown_are_unique_and_overrides_name() -> None:
    texts = ["Wei Zhang <a@x.example>", "Wei Zhang <b@y.example>", "zippy <z@z.example>"]
    events, _, _ = identify(
        records(texts), show_names=True, overrides=b"Cunegund Quill <cq@z.example> <z@z.example>\n"
    )
    assert events.members == ("Wei Zhang <a@x.example>", "Wei Zhang <b@y.example>", "Cunegund Quill")


def test_an_override_says_who_is_a_person_and_who_is_a_program() -> None:
    line = b"Amabel Oddworth <amabel@mill.example> <2+mill-bot[bot]@users.noreply.github.com>\n"
    events, bot, found = identify(records(VILLAGE), show_names=True, overrides=line)
    assert found.account_member[0] == found.account_member[4]
    assert not bot[found.account_member[4]]
    line = b"house-robot <robot@mill.example> <bv@forge.example>\n"
    events, bot, found = identify(records(VILLAGE), show_names=True, overrides=line)
    assert bot[found.account_member[3]]
    assert events.members[found.account_member[3]] in found.bots


def test_lines_that_are_not_understood_are_told() -> None:
    _, _, found = identify(
        records(VILLAGE, mailmap=b"nonsense\n"),
        overrides=b"No Body <nobody@nowhere.example>\nrubbish\n",
        affiliations=parse_affiliations("alone\n"),
        key=KEY,
    )
    assert found.notes == (
        "lines of the community's .mailmap that are not understood: 1",
        "lines of your own mailmap that are not understood: 1",
        "no line of your own mailmap speaks of an account of this record",
        "lines of the affiliation file that are not understood: 1, the first is line 1",
    )
    assert identify(records(VILLAGE), key=KEY)[2].notes == ()


def test_nobody() -> None:
    events, bot, found = identify(records([]), key=KEY)
    assert (len(events), len(events.members), len(bot), found.accounts) == (0, 0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(account_texts(), st.booleans())
def test_members_are_a_partition_of_the_accounts(texts: list[str], show: bool) -> None:  # noqa: FBT001 - drawn
    given_records = records(texts, acts=2)
    events, bot, found = identify(given_records, show_names=show, key=KEY)
    assert len(set(events.members)) == len(events.members) == len(bot)
    assert sorted(set(found.account_member.tolist())) == list(range(len(events.members)))
    assert len(events) == len(given_records.events)
    assert len(found.merges) == len(texts) - len(events.members)
    assert (events.member == found.account_member[given_records.events.member]).all() or not len(events)


@settings(max_examples=60, deadline=None)
@given(account_texts())
def test_hiding_names_changes_nothing_else(texts: list[str]) -> None:
    shown = identify(records(texts), show_names=True)
    hidden = identify(records(texts), key=KEY)
    assert partition(shown[2].account_member, texts) == partition(hidden[2].account_member, texts)
    assert (shown[1] == hidden[1]).all()
    assert (shown[0].org == hidden[0].org).all()
    assert shown[0].orgs == hidden[0].orgs


def test_no_name_and_no_address_comes_through() -> None:
    """Canaries: 100 names and addresses in authors, recorders and the mailmap; none in the answer."""
    names = [f"{given}{number} {family}kanary" for number, (given, family) in enumerate(_pairs(100))]
    locals_ = [f"kanary{number}" for number in range(100)]
    texts = [
        f"{n} <{local}@kanary{i}.example>" for i, (n, local) in enumerate(zip(names, locals_, strict=True))
    ]
    aliases = [f"{n.split()[0]} <{local}@gmail.com>" for n, local in zip(names, locals_, strict=True)]
    mailmap = "".join(
        f"{text} <{local}@gmail.com>\n" for text, local in zip(texts[:50], locals_, strict=False)
    )
    given_records = records(texts + aliases, acts=3, mailmap=mailmap.encode(), recorders=aliases[50:])
    events, _bot, found = identify(given_records, key=KEY)
    told = json.dumps(
        [events.members, events.orgs, {k: v for k, v in asdict(found).items() if k != "account_member"}],
        default=str,
    ).lower()
    assert "kanary" not in told
    for name in names:
        assert name.lower() not in told
        assert name.split()[0].lower() not in told
    assert "@" not in told
    assert len(found.merges) > 90


def _pairs(size: int) -> list[tuple[str, str]]:
    return [(GIVEN[i % len(GIVEN)], FAMILY[i % len(FAMILY)]) for i in range(size)]


def _day(number: int) -> datetime:
    return datetime(2020, 1, number, tzinfo=UTC)


def _with(events: Events, **columns: object) -> Events:
    return replace(events, **columns)
