"""Accounts: links that work once, passwords, waiting after failures, sessions that turn over."""

import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from allmende.errors import AllmendeError, StoreError
from allmende.studio.accounts import people, sessions
from allmende.studio.accounts.passwords import fits, hashed
from allmende.studio.accounts.people import Account
from allmende.studio.accounts.roles import Role
from allmende.studio.application import opened
from allmende.studio.serving import begin
from allmende.studio.settings import Settings
from studio_site import Site, now, running

PASSWORD = "a long enough one"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("studio") / "s") as found:
        yield found


def test_a_password_is_kept_as_a_salted_hash() -> None:
    first, second = hashed(PASSWORD), hashed(PASSWORD)
    assert first != second
    assert PASSWORD not in first
    assert fits(PASSWORD, first)
    assert not fits(PASSWORD + "x", first)
    assert not fits("", "")
    for wrong in ("short", "x" * 201):
        with pytest.raises(AllmendeError):
            hashed(wrong)


def test_a_link_works_once_and_looking_at_it_spends_nothing(site: Site) -> None:
    store = site.studio.store
    token = people.invite(store, "Once Only", Role.AUTHOR, now=now())
    browser = site.browser()
    assert browser.get(f"/welcome/{token}").status_code == 200
    assert browser.get(f"/welcome/{token}").status_code == 200
    short = browser.post(f"/welcome/{token}", data={"password": "short"})
    assert short.status_code == 422
    done = browser.post(f"/welcome/{token}", data={"password": PASSWORD})
    assert done.status_code == 303
    assert "HttpOnly" in done.headers["set-cookie"]
    assert browser.get("/account").status_code == 200
    assert browser.get(f"/welcome/{token}").status_code == 404
    assert site.browser().post(f"/welcome/{token}", data={"password": PASSWORD}).status_code == 404
    late = people.invite(store, "Too Late", Role.AUTHOR, now=now() - 8 * 86_400)
    assert people.invited(store, late, now=now()) is None


def test_signing_in_turns_the_session_over_and_failures_wait(site: Site) -> None:
    store = site.studio.store
    token = people.invite(store, "Ada", Role.COMMENTER, now=now())
    people.accept(store, token, PASSWORD, now=now())
    browser = site.browser()
    first = browser.post("/enter", data={"name": " ADA ", "password": PASSWORD})
    assert first.status_code == 303
    cookie = browser.cookies.get("allmende")
    browser.post("/enter", data={"name": "Ada", "password": PASSWORD})
    assert browser.cookies.get("allmende") != cookie
    assert sessions.who(store, cookie, now=now()) is None
    at = now() + 10_000
    for number in range(5):
        assert people.sign_in(store, "Ada", "wrong wrong wrong", network=f"n{number}", now=at) == 0
    assert people.sign_in(store, "Ada", PASSWORD, network="other", now=at) == 1
    assert isinstance(people.sign_in(store, "Ada", PASSWORD, network="other", now=at + 1), Account)
    for number in range(7):
        people.sign_in(store, f"name {number}", "wrong wrong wrong", network="same", now=at + number * 100)
    assert people.sign_in(store, "Ada", PASSWORD, network="same", now=at + 601) in range(1, 8)


def test_unknown_names_and_wrong_passwords_get_the_same_answer_in_the_same_time(site: Site) -> None:
    store = site.studio.store
    token = people.invite(store, "Known", Role.READER, now=now())
    people.accept(store, token, PASSWORD, now=now())
    answers, times = [], []
    for name in ("Known", "Unknown"):
        begun = time.process_time()
        answers.append(
            site.browser().post("/enter", data={"name": name, "password": "wrong wrong wrong"}).text
        )
        times.append(time.process_time() - begun)
    assert answers[0].replace("Known", "X") == answers[1].replace("Unknown", "X")
    assert max(times) < 4 * min(times) + 0.1


def test_sessions_end_when_they_idle_or_their_account_is_closed(site: Site) -> None:
    store, account = site.studio.store, site.ids["reader"]
    token = sessions.begin(store, account, former="", now=1_000)
    assert sessions.who(store, token, now=1_000 + sessions.IDLE_S - 1) is not None
    assert sessions.who(store, token, now=1_000 + 3 * sessions.IDLE_S) is None
    assert sessions.who(store, "", now=1) is None
    assert sessions.who(store, "x" * 43, now=1) is None
    fresh = sessions.begin(store, account, former="", now=now())
    people.set_role(store, account, "closed")
    assert sessions.who(store, fresh, now=now()) is None
    people.set_role(store, account, "reader")


def test_the_last_administrator_stays(site: Site) -> None:
    with pytest.raises(AllmendeError, match="last administrator"):
        people.set_role(site.studio.store, site.ids["administrator"], "reader")
    browser = site.browser("administrator")
    answer = browser.post(f"/people/{site.ids['administrator']}", data={"role": "closed"})
    assert answer.status_code == 422
    lost = browser.post(f"/people/{site.ids['commenter']}", data={"role": "commenter", "link": "1"})
    token = re.search(r"/welcome/([\w-]{43})", lost.text)
    assert token
    assert site.browser().post(f"/welcome/{token[1]}", data={"password": PASSWORD}).status_code == 303
    assert browser.post("/people/nobody", data={"role": "reader"}).status_code == 404
    invited = browser.post("/people", data={"name": "Fresh", "role": "author"})
    assert re.search(r"/welcome/[\w-]{43}", invited.text)
    assert browser.post("/people", data={"name": "fresh", "role": "author"}).status_code == 422
    assert browser.post("/people", data={"name": "Other", "role": "king"}).status_code == 422


@pytest.mark.parametrize(
    ("host", "public_url", "starts"),
    [
        ("127.0.0.1", "", True),
        ("localhost", "", True),
        ("::1", "", True),
        ("127.0.0.1", "https://studio.example", True),
        ("0.0.0.0", "", False),
        ("192.0.2.1", "", False),
        ("::", "", False),
        ("0.0.0.0", "http://studio.example", False),
        ("0.0.0.0", "https://studio.example", True),
        ("0.0.0.0", "ftp://studio.example", False),
    ],
)
def test_the_world_is_let_in_behind_encryption_alone(
    host: str, public_url: str, *, starts: bool, tmp_path: Path
) -> None:
    if not starts:
        with pytest.raises(AllmendeError):
            Settings(folder=tmp_path, host=host, public_url=public_url)
        return
    found = Settings(folder=tmp_path, host=host, public_url=public_url)
    assert found.secure == public_url.startswith("https")
    assert found.cookie.startswith("__Host-") == found.secure


def test_the_world_is_let_in_when_an_administrator_has_a_password(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path / "s", host="0.0.0.0", public_url="https://studio.example")
    with pytest.raises(AllmendeError, match="no administrator has a password"):
        begin(settings, "")
    studio, address = begin(Settings(folder=tmp_path / "s"), "")
    people.accept(studio.store, address.rpartition("/")[2], PASSWORD, now=now())
    studio.store.close()
    studio, address = begin(settings, "")
    assert address == "https://studio.example"
    studio.store.close()


def test_what_the_studio_keeps_is_the_users_own(tmp_path: Path) -> None:
    studio = opened(Settings(folder=tmp_path / "s"))
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "s" / "secret").stat().st_mode) == 0o600
    studio.store.close()
    (tmp_path / "s" / "secret").chmod(0o644)
    with pytest.raises(StoreError, match="others can read"):
        opened(Settings(folder=tmp_path / "s"))
