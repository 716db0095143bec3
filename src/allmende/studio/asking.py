"""Asking: a request as pages see it, and the answers they give.

A page is a function of what was asked. It is called only when the role of whoever asks is enough, with the
study of its address if that may be seen (`routes`), so that no page has to remember to check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import JSONResponse, RedirectResponse, Response

from allmende.studio.accounts.people import Account
from allmende.studio.accounts.roles import Role
from allmende.studio.database.store import Store
from allmende.studio.jobs.runner import Runner
from allmende.studio.security.refusals import refusal
from allmende.studio.settings import Settings
from allmende.studio.studies.versions import Study

__all__ = ["Asked", "Studio", "data", "redirect", "refused", "shown", "whole"]


_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Studio:
    """What every page can reach.

    Args:
        settings: What was said at the start.
        store: The database.
        templates: The templates.
        runner: Runs jobs.
        key: The site's own secret.
        assets: Address of each file that pages load, by its name.
    """

    settings: Settings
    store: Store
    templates: Environment
    runner: Runner
    key: bytes
    assets: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request.

    Args:
        studio: The studio.
        method: "GET" or "POST".
        path: Its path.
        parts: The named parts of its path.
        query: What stands after the question mark.
        form: What was sent: each field with its values.
        cookies: What the browser keeps.
        account: Who asks; None for a visitor.
        network: Digest of the network it comes from.
        now: The present time.
        study: The study of its address, which whoever asks may see.
    """

    studio: Studio
    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    network: str = ""
    now: int = 0
    study: Study | None = None

    @property
    def role(self) -> Role:
        """What whoever asks may do."""
        return self.account.role if self.account else Role.VISITOR

    @property
    def store(self) -> Store:
        """The database."""
        return self.studio.store

    def field(self, name: str) -> str:
        """A field of the form; "" when it was not sent."""
        return next(iter(self.form.get(name, ())), "")

    def the_study(self) -> Study:
        """The study of the address."""
        assert self.study is not None, self.path
        return self.study


def shown(
    asked: Asked,
    template: str,
    values: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    charts: str = "",
    description: str = "",
    feed: str = "",
) -> Response:
    """A page.

    Args:
        asked: What was asked.
        template: Name of its template, without the ending.
        values: What it shows.
        status: Status of the answer.
        charts: Specifications of its charts, from the reports.
        description: A sentence for those who link to it.
        feed: Address of a feed that tells the same.
    """
    text = asked.studio.templates.get_template(f"{template}.html.j2").render(
        asked=asked,
        account=asked.account,
        role=asked.role,
        Role=Role,
        settings=asked.studio.settings,
        assets=asked.studio.assets,
        charts=Markup(charts),  # noqa: S704 - made by the reports, which escape it
        description=description,
        feed=feed,
        **(values or {}),
    )
    return Response(text, status, media_type="text/html")


def whole(text: str, *, otherwise: int = 0) -> int:
    """The number that a text writes with digits alone, as long as the database can hold it.

    >>> whole("42"), whole("-1"), whole("", otherwise=1)
    (42, 0, 1)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else otherwise


def redirect(path: str) -> Response:
    """Go on at another page of this site; 303, so that reloading sends nothing again."""
    assert path.startswith("/"), path
    assert not path.startswith("//"), path
    return RedirectResponse(path, 303)


def refused(status: int) -> Response:
    """A refusal, the same for everybody."""
    return Response(refusal(status), status, media_type="text/html")


def data(said: Any, *, status: int = 200) -> Response:
    """An answer to a program."""
    return JSONResponse(said, status)
