"""Guard: the one door of the application. What it refuses reaches no page; what leaves it has the headers.

It checks, in this order: the name under which the server was asked, whether a request that changes something
comes from the site itself, and the size and speed of its body. Faults behind it become a constant page.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from allmende.studio.security.headers import headers
from allmende.studio.security.refusals import refusal
from allmende.studio.settings import Settings

__all__ = ["Guard", "comes_from_here"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_PATH = 2_000
_BODY_S = 30.0
_BYTES_A_SECOND = 16 * 1024
_log = logging.getLogger("allmende.studio")


class _Refused(Exception):  # noqa: N818 - not an error but an answer
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application around another.

    Args:
        application: The one behind it.
        settings: What holds.
    """

    application: Application
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self.application(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *headers(self.settings)]
            await send(message)

        try:
            self._check(scope)
            await self.application(scope, await self._body(scope, receive), sending)
        except _Refused as refused:
            await _answer(refused.status, scope, sending)
        except Exception:  # noqa: BLE001 - whatever went wrong, the reader gets a page and the log the rest
            # What was asked stands in the log with its control characters escaped, the body never.
            _log.exception("fault at %s %r", scope["method"], scope["path"])
            if not begun:
                await _answer(500, scope, sending)

    def _check(self, scope: Scope) -> None:
        given = dict(scope["headers"])
        if given.get(b"host", b"").decode("latin-1").lower() not in self.settings.hosts:
            raise _Refused(421)
        if len(scope["path"]) > _LONGEST_PATH or re.search(r"[\x00-\x1f\x7f]", scope["path"]):
            raise _Refused(400)
        if scope["method"] not in SAFE and not comes_from_here(given, self.settings):
            raise _Refused(403)

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        """The body as one message, read within its limits before anything is done with it."""
        if scope["method"] in SAFE:
            return receive
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.settings.body:
            raise _Refused(413 if declared.isdigit() else 400)
        body = b""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            left = _BODY_S + len(body) / _BYTES_A_SECOND - (loop.time() - begun)
            try:
                message = await asyncio.wait_for(receive(), max(left, 0.0))
            except TimeoutError:
                raise _Refused(408) from None
            if message["type"] == "http.disconnect":
                raise _Refused(400)
            body += message.get("body", b"")
            if len(body) > self.settings.body:
                raise _Refused(413)
            if not message.get("more_body", False):
                break
        told = False

        async def once() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        return once


def comes_from_here(given: dict[bytes, bytes], settings: Settings) -> bool:
    """Whether a request that changes something was made by a page of this site.

    Browsers say so themselves (`Sec-Fetch-Site`, `Origin`) and no page can make them lie. What says neither
    is refused.

    Args:
        given: The headers of the request.
        settings: What the site is called.
    """
    site, origin = given.get(b"sec-fetch-site"), given.get(b"origin")
    if origin is not None and origin.decode("latin-1").lower() not in settings.origins:
        return False
    if site is not None:
        return site == b"same-origin"
    return origin is not None


async def _answer(status: int, scope: Scope, send: Send) -> None:
    content = refusal(status)
    said = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status in {400, 408, 413}:
        said.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": said})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
