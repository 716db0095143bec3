"""Application: the table of routes put to work behind the guard."""

import hashlib
import importlib
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from allmende.errors import StoreError
from allmende.reports.html import environment
from allmende.studio.accounts import sessions
from allmende.studio.asking import Asked, Studio, redirect, refused
from allmende.studio.database.opening import open_store
from allmende.studio.discussion import guards
from allmende.studio.discussion.writing import comment_html, note_html
from allmende.studio.jobs.runner import Runner
from allmende.studio.kept import Answer, Kept, answer_of, response_of
from allmende.studio.routes import DOORS, Door
from allmende.studio.security.guard import Guard
from allmende.studio.security.networks import network_of
from allmende.studio.security.refusals import SENTENCES
from allmende.studio.settings import Settings
from allmende.studio.shipped import ASSETS, content
from allmende.studio.studies.versions import find
from allmende.studio.wording import filters

__all__ = ["application", "opened"]

_FORM = "application/x-www-form-urlencoded"
_FIELDS = 2_000
Page = Callable[[Asked], Response]


def opened(settings: Settings) -> Studio:
    """The studio of these settings: its folder, secret and database, made on the first start.

    Raises:
        StoreError: the folder is not the user's own, or the database is from a newer version.
    """
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.folder.chmod(0o700)
    store = open_store(settings.database or settings.folder / "studio.sqlite3")
    templates = environment("allmende.studio", "allmende.reports")
    templates.filters.update(filters())
    assets = {name: f"/assets/{name}?{_digest(name)}" for name in ASSETS}
    return Studio(settings, store, templates, Runner(store, settings), _secret(settings), assets)


def application(studio: Studio) -> Guard:
    """The ASGI application of a studio."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        studio.runner.start()
        # The first reader need not wait for what every page needs.
        threading.Thread(target=_prepare, args=(studio,), name="preparing", daemon=True).start()
        try:
            yield
        finally:
            studio.runner.stop()
            studio.store.close()

    kept = Kept()
    routes = [Route(door.path, _endpoint(door, studio, kept), methods=[door.method]) for door in DOORS]
    inner = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _http_refusal})
    inner.router.redirect_slashes = False
    return Guard(inner, studio.settings)


def _prepare(studio: Studio) -> None:
    for name in studio.templates.list_templates():
        studio.templates.get_template(name)
    note_html("*ready*", doc_id="n0")
    comment_html("ready", doc_id="c0", settings=studio.settings)


def _endpoint(door: Door, studio: Studio, kept: Kept) -> Callable[[Request], Awaitable[Response]]:
    module, _, name = door.page.partition(":")
    page: Page = getattr(importlib.import_module(f"allmende.studio.pages.{module}"), name)

    async def made(request: Request) -> Response:
        body = await request.body() if door.method == "POST" else b""
        return await run_in_threadpool(_answer, door, page, studio, request, body)

    async def endpoint(request: Request) -> Response:
        if not door.kept or "cookie" in request.headers:
            return _private(await made(request), anonymous="cookie" not in request.headers)

        async def make() -> Answer:
            return answer_of(await made(request))

        key = (request.url.path, request.url.query)
        found = await kept.get(key, studio.store.change(), make)
        now = int(time.time())
        purpose = f"comment {request.path_params.get('study', '')}"
        return response_of(
            found,
            stamp=lambda: guards.stamp(studio.key, purpose, now=now),
            known=request.headers.get("if-none-match", ""),
            now=now,
        )

    return endpoint


def _answer(door: Door, page: Page, studio: Studio, request: Request, body: bytes) -> Response:
    now = int(time.time())
    account = sessions.who(studio.store, request.cookies.get(studio.settings.cookie, ""), now=now)
    asked = Asked(
        studio=studio,
        method=request.method,
        path=request.url.path,
        parts={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        form=_form(request, body) if body else {},
        cookies=request.cookies,
        account=account,
        network=network_of(request.client.host if request.client else "", key=studio.key, now=now),
        now=now,
        study=find(studio.store, request.path_params["study"]) if "study" in request.path_params else None,
    )
    return _barred(door, asked) or page(asked)


def _barred(door: Door, asked: Asked) -> Response | None:
    """Why a door stays closed; None when it is open."""
    if "study" in asked.parts:
        study = asked.study
        if study is not None and study.state == "withdrawn" and not study.is_of(asked.account):
            return refused(410)
        if study is None or not study.shown_to(asked.account):
            return refused(404) if asked.role >= door.role else _turned_away(asked)
        if door.own and not study.is_of(asked.account):
            return _turned_away(asked)
    return None if asked.role >= door.role else _turned_away(asked)


def _turned_away(asked: Asked) -> Response:
    return redirect("/enter") if asked.account is None and asked.method == "GET" else refused(403)


def _form(request: Request, body: bytes) -> Mapping[str, list[str]]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(400)
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_FIELDS,
        )
    except ValueError:
        raise HTTPException(400) from None


def _private(response: Response, *, anonymous: bool) -> Response:
    if "cache-control" not in response.headers:
        response.headers["cache-control"] = "no-cache" if anonymous else "no-store"
    response.headers["vary"] = "cookie"
    return response


async def _http_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(error.status_code if error.status_code in SENTENCES else 400)


def _digest(name: str) -> str:
    return hashlib.sha256(content(name)).hexdigest()[:12]


def _secret(settings: Settings) -> bytes:
    place = settings.folder / "secret"
    try:
        with place.open("xb") as file:
            place.chmod(0o600)
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    found = place.read_bytes()
    if len(found) != 32 or place.stat().st_mode & 0o077:  # noqa: PLR2004 - 256 bits
        raise StoreError("the studio's secret is damaged, or others can read it", where=str(place))
    return found
