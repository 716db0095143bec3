"""People: the administrator's page of accounts."""

from starlette.responses import Response

from allmende.errors import AllmendeError
from allmende.studio.accounts import people
from allmende.studio.accounts.roles import ROLES
from allmende.studio.asking import Asked, redirect, refused, shown

__all__ = ["change", "invite", "listing"]


def listing(asked: Asked) -> Response:
    """Every account with its role."""
    return _page(asked)


def invite(asked: Asked) -> Response:
    """Make an account; its one-time link is shown once, to be passed on."""
    role = ROLES.get(asked.field("role"))
    if role is None:
        return _page(asked, problem=f"No role is chosen. Expected: {', '.join(ROLES)}.", status=422)
    try:
        token = people.invite(asked.store, asked.field("name"), role, now=asked.now)
    except AllmendeError as error:
        return _page(asked, problem=str(error), status=422)
    return _page(asked, link=f"{asked.studio.settings.origin}/welcome/{token}")


def change(asked: Asked) -> Response:
    """Give an account another role, close it, or make a new one-time link for it."""
    account = people.account_of(asked.store, asked.parts["account"])
    if account is None:
        return refused(404)
    if asked.field("link"):
        token = people.invite_again(asked.store, account.id, now=asked.now)
        return _page(asked, link=f"{asked.studio.settings.origin}/welcome/{token}")
    try:
        people.set_role(asked.store, account.id, asked.field("role"))
    except AllmendeError as error:
        return _page(asked, problem=str(error), status=422)
    return redirect("/people")


def _page(asked: Asked, *, problem: str = "", link: str = "", status: int = 200) -> Response:
    found = {"people": people.people(asked.store), "roles": list(ROLES), "problem": problem, "link": link}
    return shown(asked, "people", found, status=status)
