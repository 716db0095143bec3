"""Entering: signing in and out, one-time links, one's own account."""

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.accounts import people, sessions
from allmende.studio.accounts.people import Account
from allmende.studio.asking import Asked, redirect, refused, shown
from allmende.studio.settings import loopback

__all__ = ["accept", "account", "end_sessions", "enter", "form", "leave", "welcome"]


def form(asked: Asked) -> Response:
    """The form to sign in."""
    return shown(asked, "enter", {"name": "", "problem": ""})


def enter(asked: Asked) -> Response:
    """Sign in; unknown names and wrong passwords get the same answer, after the same time."""
    name = asked.field("name")
    found = people.sign_in(asked.store, name, asked.field("password"), network=asked.network, now=asked.now)
    if isinstance(found, Account):
        return _signed_in(asked, found, "/")
    problem = (
        f"Too many tries. Please wait {found} seconds."
        if found
        else "The name and the password do not fit together."
    )
    return shown(asked, "enter", {"name": name[:60], "problem": problem}, status=429 if found else 422)


def welcome(asked: Asked) -> Response:
    """The page of a one-time link. Looking at it spends nothing: mail programs look at links too."""
    found = people.invited(asked.store, asked.parts["token"], now=asked.now)
    if found is None:
        return refused(404)
    return shown(asked, "welcome", _welcomed(asked, found, ""))


def accept(asked: Asked) -> Response:
    """Spend a one-time link: keep the password, and sign in."""
    token = asked.parts["token"]
    known = people.invited(asked.store, token, now=asked.now)
    if known is None:
        return refused(404)
    password = asked.field("password")
    if not password and not loopback(asked.studio.settings.host):
        problem = "A password is needed where others reach this site."
        return shown(asked, "welcome", _welcomed(asked, known, problem), status=422)
    try:
        found = people.accept(asked.store, token, password, now=asked.now)
    except AllmendeError as error:
        return shown(asked, "welcome", _welcomed(asked, known, str(error)), status=422)
    return _signed_in(asked, found, _next(asked)) if found else refused(404)


def leave(asked: Asked) -> Response:
    """Sign out."""
    sessions.end(asked.store, asked.cookies.get(asked.studio.settings.cookie, ""))
    response = redirect("/")
    response.delete_cookie(
        asked.studio.settings.cookie, httponly=True, samesite="lax", secure=asked.studio.settings.secure
    )
    return response


def account(asked: Asked) -> Response:
    """One's own account, and where one is signed in."""
    assert asked.account is not None
    rows = asked.store.rows(
        "SELECT created, used FROM sessions WHERE account = ? ORDER BY used DESC", asked.account.id
    )
    return shown(asked, "account", {"sessions": rows})


def end_sessions(asked: Asked) -> Response:
    """Sign out everywhere."""
    assert asked.account is not None
    sessions.end_all(asked.store, asked.account.id)
    return redirect("/enter")


def _welcomed(asked: Asked, found: Account, problem: str) -> dict[str, object]:
    return {
        "invited": found,
        "problem": problem,
        "optional": loopback(asked.studio.settings.host),
        "token": asked.parts["token"],
    }


def _next(asked: Asked) -> str:
    """Where to go after a one-time link: to the study that was opened at the start, or to the beginning."""
    first = asked.store.value("SELECT id FROM studies ORDER BY updated DESC, id LIMIT 1")
    return f"/studies/{first}" if first else "/"


def _signed_in(asked: Asked, found: Account, path: str) -> Response:
    token = sessions.begin(
        asked.store, found.id, former=asked.cookies.get(asked.studio.settings.cookie, ""), now=asked.now
    )
    response = redirect(path)
    response.set_cookie(
        asked.studio.settings.cookie,
        token,
        httponly=True,
        samesite="lax",
        secure=asked.studio.settings.secure,
        path="/",
    )
    return response
