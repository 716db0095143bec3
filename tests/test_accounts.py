import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.people.accounts import is_address, parse, split


@pytest.mark.parametrize(
    ("text", "name", "address", "login", "number"),
    [
        ("Amabel Oddworth <Amabel@Example.ORG>", "Amabel Oddworth", "amabel@example.org", "", ""),
        ("amabel@example.org", "", "amabel@example.org", "", ""),
        ("amabel@example.org <amabel@example.org>", "", "amabel@example.org", "", ""),
        ("amabel@example.org <>", "", "amabel@example.org", "", ""),
        ("Amabel (Acme Ltd) Oddworth <a@b.org>", "Amabel Oddworth", "a@b.org", "", ""),
        ("(Acme Ltd) <a@b.org>", "(Acme Ltd)", "a@b.org", "", ""),
        ('"Oddworth, Amabel" <a@b.org>', "Oddworth, Amabel", "a@b.org", "", ""),
        (
            "A <7+odd@users.noreply.github.com>",
            "A",
            "7+odd@users.noreply.github.com",
            "github:odd",
            "github#7",
        ),
        ("A <odd@users.noreply.github.com>", "A", "odd@users.noreply.github.com", "github:odd", ""),
        (
            "A <7-odd@users.noreply.gitlab.com>",
            "A",
            "7-odd@users.noreply.gitlab.com",
            "gitlab:odd",
            "gitlab#7",
        ),
        ("A <odd@noreply.codeberg.org>", "A", "odd@noreply.codeberg.org", "codeberg:odd", ""),
        (
            "A <odd@users.noreply.forge.example>",
            "A",
            "odd@users.noreply.forge.example",
            "forge.example:odd",
            "",
        ),
        ("odd", "odd", "", "", ""),
        ("", "", "", "", ""),
        ("<>", "", "", "", ""),
        ("odd <root@localhost>", "odd", "", "", ""),
        ("odd <odd@laptop.local>", "odd", "", "", ""),
        ("odd <odd@pc.(none)>", "odd", "", "", ""),
        ("odd <odd at example.org>", "odd", "", "", ""),
        ("odd <a@b@example.org>", "odd", "", "", ""),
        ("odd <?@?>", "odd", "", "", ""),
    ],
)
def test_accounts_are_taken_apart(text: str, name: str, address: str, login: str, number: str) -> None:
    account = parse(text)
    assert (account.name, account.address, account.login, account.number) == (name, address, login, number)
    assert account.text == text


@pytest.mark.parametrize(
    "name",
    [
        "Amabel Oddworth via Post Box",
        "Amabel Oddworth and Bertolf Vexley",
        "Amabel + Bertolf",
        "Amabel & Bertolf Vexley",
        "Amabel Oddworth, Bertolf Vexley",
    ],
)
def test_names_that_are_not_one_persons_are_told(name: str) -> None:
    assert parse(f"{name} <post@box.example.org>").shared


@pytest.mark.parametrize(
    "name", ["Viana Oddworth", "Anders Andersand", "Oddworth, Amabel", "Oddworth, Amabel Q.", "Odd-Worth, A"]
)
def test_names_of_one_person_are_not(name: str) -> None:
    assert not parse(f"{name} <post@box.example.org>").shared


def test_control_characters_and_turned_writing_do_not_reach_names() -> None:
    name = parse("Ama\x1b[31mbel\u202e Odd\x00worth <a@b.org>").name
    assert name.isprintable()
    assert "\u202e" not in name


def test_lone_surrogates_do_not_stop_anything() -> None:
    assert parse("Ama\udce9bel <a@b.org>").address == "a@b.org"


def test_the_number_of_a_subversion_repository_tells_people_apart() -> None:
    assert is_address("odd@13f79535-47bb-0310-9956-ffa450edef68")


@given(st.text(max_size=60))
def test_any_text_is_an_account(text: str) -> None:
    account = parse(text)
    assert account.name.isprintable()
    assert account.address == account.address.lower()
    assert account.address == "" or is_address(account.address)
    assert len(split(text)) == 2
    assert parse(f"{account.name} <{account.address}>").address == account.address


@pytest.mark.parametrize("unit", ["(", "<", "<>", "a@", " ", "via ", "a.", "[bot] ", "\u202e", "x "])
def test_what_was_written_to_hurt_is_cut_and_costs_little(unit: str) -> None:
    account = parse(f"a {unit * 200_000} <{unit.strip() * 200_000}x@mill.example>")
    assert len(account.name) <= 256
    assert len(account.address) <= 254
