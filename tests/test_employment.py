from datetime import UTC, datetime

import numpy as np

from allmende.events import Event, Events
from allmende.people.accounts import parse
from allmende.people.employment import employment
from allmende.people.organisations import parse_affiliations


def orgs(
    acts: list[tuple[str, int, str]], *, together: dict[str, int] | None = None, file: str = ""
) -> list[str]:
    """Organisation of each act (account, year, what the source says), in order of time."""
    rows = [Event(at=datetime(year, 6, 1, tzinfo=UTC), member=who, org=org) for who, year, org in acts]
    events = Events.of(rows)
    accounts = [parse(text) for text in events.members]
    member = np.array(
        [(together or {}).get(text, 100 + i) for i, text in enumerate(events.members)], np.int32
    )
    job = employment(events, accounts, member, parse_affiliations(file) if file else None)
    assert job.orgs[0] == ""
    return [job.orgs[code] for code in job.org]


ONE, TWO, THREE = "A <a@mill.example>", "B <b@mill.example>", "C <c@gmail.com>"


def test_a_domain_that_two_members_share_is_an_organisation() -> None:
    assert orgs([(ONE, 2010, ""), (TWO, 2011, ""), (THREE, 2012, "")]) == [
        "mill.example",
        "mill.example",
        "free-mail",
    ]


def test_a_domain_of_ones_own_is_not_named() -> None:
    assert orgs([(ONE, 2010, ""), (THREE, 2012, "")]) == ["other", "free-mail"]
    assert orgs([(ONE, 2010, ""), (TWO, 2011, "")], together={ONE: 7, TWO: 7}) == ["other", "other"]


def test_a_family_domain_is_not_named() -> None:
    family = [
        ("Amabel Oddworth <a@oddworth.example>", 2010, ""),
        ("Bertolf Oddworth <b@oddworth.example>", 2011, ""),
    ]
    assert orgs(family) == ["other", "other"]


def test_a_known_employer_is_named_for_one_member() -> None:
    assert orgs([("A <a@in.ibm.com>", 2010, "")]) == ["ibm.com"]


def test_no_address_is_unknown_and_a_bad_one_none() -> None:
    acts = [("wikian", 2010, ""), ("A <>", 2011, ""), ("B <root@localhost>", 2012, "")]
    assert orgs(acts) == ["", "", "none"]


def test_the_source_goes_before_the_domain_and_the_file_before_both() -> None:
    acts = [(THREE, 2009, "Acme"), (THREE, 2010, ""), (THREE, 2012, "Acme"), (THREE, 2020, "")]
    assert orgs(acts) == ["Acme", "free-mail", "Acme", "free-mail"]
    file = "c@gmail.com Bolt < 2011-01-01\nc@gmail.com Nut < 2013-01-01\n"
    assert orgs(acts, file=file) == ["Bolt", "Bolt", "Nut", "free-mail"]


def test_the_file_speaks_of_a_member_through_any_address_and_of_domains() -> None:
    acts = [(ONE, 2010, ""), (THREE, 2011, ""), (TWO, 2012, "")]
    file = "a@mill.example Bolt\nmill.example The Mill\n"
    assert orgs(acts, together={ONE: 3, THREE: 3}, file=file) == ["Bolt", "Bolt", "The Mill"]


def test_unknown_in_the_file_is_unknown() -> None:
    assert orgs([(ONE, 2010, ""), (TWO, 2011, "")], file="a@mill.example Unknown\n") == ["", "mill.example"]


def test_nothing_has_no_employer() -> None:
    assert orgs([]) == []
