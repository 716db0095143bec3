"""Every address, and every changing address with every origin: nothing passes that must not.

Who may use which address is walked in `test_studio_walk`.
"""

import re
from collections.abc import Iterator

import pytest

from allmende.studio.routes import DOORS, Door
from allmende.studio.security.headers import POLICY
from allmende.studio.studies.versions import Study
from studio_site import ORIGIN, Site, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("studio") / "s") as found:
        yield found


@pytest.fixture(scope="module")
def draft(site: Site) -> Study:
    return site.study("author", title="Of the author")


@pytest.fixture(scope="module")
def public(site: Site) -> Study:
    return site.published("author", title="For everybody")


def path_of(door: Door, study: str) -> str:
    parts = {
        "study": study,
        "account": "nobody",
        "slug": "none",
        "tag": "none",
        "token": "x" * 43,
        "name": "none",
    }
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: parts.get(found[1], "1"), door.path)


@pytest.mark.parametrize(("path", "least"), [("/leave", "reader"), ("/account/sessions", "reader")])
def test_leaving_is_for_those_who_are_in(path: str, least: str, site: Site) -> None:
    assert site.browser().post(path, data={"go": "1"}).status_code == 403
    browser = site.browser(least)
    assert browser.post(path, data={"go": "1"}).status_code == 303
    assert browser.get("/account").headers["location"] == "/enter"


def test_every_page_module_function_is_behind_exactly_one_door_or_more() -> None:
    assert len({(door.method, door.path) for door in DOORS}) == len(DOORS)
    changing = [door for door in DOORS if door.method == "POST"]
    assert len(changing) > 20
    assert all(not door.kept for door in changing)


HEADERS = [
    ({}, False),
    ({"origin": ORIGIN}, True),
    ({"origin": "http://evil.example"}, False),
    ({"origin": "null"}, False),
    ({"origin": ORIGIN.upper()}, True),
    ({"origin": "http://127.0.0.1:9999"}, False),
    ({"origin": "https://127.0.0.1:8642"}, False),
    ({"sec-fetch-site": "same-origin"}, True),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": "none"}, False),
    ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
    ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, False),
    ({"referer": f"{ORIGIN}/"}, False),
]


@pytest.mark.parametrize("door", [one for one in DOORS if one.method == "POST"], ids=lambda door: door.path)
def test_nothing_changes_because_another_site_asks(door: Door, site: Site, draft: Study) -> None:
    browser = site.browser("administrator")
    for given, good in HEADERS:
        browser.headers.clear()
        browser.headers.update(given)
        answer = browser.post(path_of(door, draft.id), content=b"%", headers={"content-type": "text/plain"})
        # What passes the check fails at its content type, so that nothing changes here either.
        assert answer.status_code == (400 if good else 403), (given, answer.status_code)


def test_every_answer_has_every_header(site: Site, public: Study) -> None:
    for door in DOORS:
        for who in ("visitor", "administrator"):
            if door.method == "GET":
                said = site.browser(who).get(path_of(door, public.id)).headers
                assert said["content-security-policy"] == POLICY, door.path
                assert said["x-content-type-options"] == "nosniff"
                assert said["referrer-policy"] == "same-origin"
                assert "server" not in said
                personal = who != "visitor" and not door.path.startswith(("/assets", "/favicon"))
                assert not personal or said["cache-control"] == "no-store", door.path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/here", 404),
        ("/studies/..%2f..%2fetc%2fpasswd", 404),
        ("/assets/..%2f..%2fsettings.py", 404),
        ("/studies/" + "a" * 3000, 400),
        ("/studies/a%00b", 400),
        ("/studies/x'; DROP TABLE studies; --", 404),
        ("/studies/a%0d%0aSet-Cookie:x=1", 400),
    ],
)
def test_refusals_are_the_same_for_everybody_and_repeat_nothing(path: str, status: int, site: Site) -> None:
    answers = [site.browser(who).get(path) for who in ("visitor", "administrator")]
    assert [answer.status_code for answer in answers] == [status, status]
    assert answers[0].text == answers[1].text
    assert "DROP" not in answers[0].text
    assert answers[0].headers["content-security-policy"] == POLICY


def test_other_hosts_large_bodies_and_other_types_are_refused(site: Site) -> None:
    browser = site.browser("author")
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 421
    assert browser.post("/open", content=b"a=" + b"b" * 300_000).status_code == 413
    assert browser.post("/open", json={"source": "x"}).status_code == 400
    assert browser.request("DELETE", "/open").status_code == 405
    assert browser.request("PUT", "/studies/x").status_code == 405


def test_visitors_are_served_from_what_was_kept_until_something_changes(site: Site, public: Study) -> None:
    browser = site.browser()
    first = browser.get(f"/studies/{public.id}")
    again = browser.get(f"/studies/{public.id}", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    with site.studio.store.write() as act:
        act.run("UPDATE studies SET title = 'Renamed' WHERE id = ?", public.id)
    later = browser.get(f"/studies/{public.id}", headers={"if-none-match": first.headers["etag"]})
    assert later.status_code == 200
    assert "Renamed" in later.text
