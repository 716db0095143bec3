import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.months import instant
from allmende.people import organisations
from allmende.people.organisations import (
    CLASSES,
    Affiliations,
    domain_class,
    employer_at,
    is_employer,
    is_independent,
    organisation_of,
    parse_affiliations,
    registrable,
)


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", "free-mail"),
        ("vip.163.com", "free-mail"),
        ("posteo.de", "free-mail"),
        ("users.noreply.github.com", "noreply"),
        ("users.noreply.forge.example", "noreply"),
        ("kernel.org", "association"),
        ("people.debian.org", "association"),
        ("alum.mit.edu", "association"),
        ("mit.edu", "university"),
        ("cs.ox.ac.uk", "university"),
        ("inf.tu-dresden.de", "university"),
        ("informatik.uni-freiburg.de", "university"),
        ("student.ethz.ch", "university"),
        ("redhat.com", "organisation"),
        ("in.ibm.com", "organisation"),
        ("mill.example", ""),
        ("unicorn.example", ""),
        ("localhost", "none"),
        ("", "none"),
    ],
)
def test_classes_of_domains(domain: str, kind: str) -> None:
    assert domain_class(domain) == kind


def test_organisations_carry_their_registrable_domain_or_one_name() -> None:
    assert organisation_of("eng.mill.co.uk") == ("mill.co.uk", False)
    assert organisation_of("suse.de") == ("suse.com", True)
    assert organisation_of("gmail.com") == ("free-mail", True)
    assert registrable("co.uk") == ""


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,6}){0,3}", fullmatch=True))
def test_every_domain_has_an_answer_and_classes_are_never_employers(domain: str) -> None:
    org, _known = organisation_of(domain)
    assert org in CLASSES or "." in org
    assert org not in CLASSES or not is_employer(org)


def test_employers_are_organisations_only() -> None:
    assert is_employer("redhat.com")
    assert is_employer("Acme Works")
    assert is_employer("mill.example")
    for org in (*CLASSES, "apache.org", "gmail.com", "mit.edu"):
        assert not is_employer(org), org
    assert [org for org in CLASSES if is_independent(org)] == ["independent"]


AFFILIATIONS = """\
# who      employer
amabel@mill.example      Acme Works < 2010-01-01
amabel@mill.example      Bolt & Nut, Inc.
bertolf!mill.example     (Independent)
cunegund@mill.example    Unknown
bolt.example             Bolt & Nut, Inc.
x.bolt.example           Acme Works < 2011-13-01
alone
"""


def test_a_file_of_affiliations() -> None:
    found = parse_affiliations(AFFILIATIONS)
    assert found.bad_lines == (7, 8)
    stretches = found.of_address("amabel@mill.example")
    turn = instant(datetime(2010, 1, 1, tzinfo=UTC))
    assert employer_at(stretches, turn - 1) == "Acme Works"
    assert employer_at(stretches, turn) == "Bolt & Nut, Inc."
    assert employer_at(found.of_address("bertolf@mill.example"), 0) == "independent"
    assert employer_at(found.of_address("cunegund@mill.example"), 0) == ""
    assert employer_at(found.of_domain("mail.bolt.example"), 0) == "Bolt & Nut, Inc."
    assert found.of_domain("mill.example") == ()
    assert employer_at(((5, "Acme Works"),), 5) == ""


@given(st.text(max_size=200))
def test_no_text_stops_it(text: str) -> None:
    assert isinstance(parse_affiliations(text), Affiliations)


def test_nothing_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    organisations._suffixes.cache_clear()
    registrable.cache_clear()
    assert registrable("a.b.mill.org.uk") == "mill.org.uk"


def test_the_lists_hold_each_domain_once() -> None:
    script = (
        "import tomllib; from importlib import resources;"
        "t = tomllib.loads(resources.files('allmende').joinpath('data/mail_domains.toml').read_text());"
        "a = t.pop('aliases'); d = ' '.join(t.values()).split(); "
        "print(sorted({x for x in d if d.count(x) > 1}), [x for x in d if x != x.lower() or '.' not in x])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[] []"
