"""Kept: answers made for one visitor and given to others, until something changes.

Only who brings no cookie is served from here, so nothing in it is anybody's own. The stamp of a form is put
in anew each time: it says when this visitor was given the form. Many who ask for the same at once wait for
one answer.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

__all__ = ["Answer", "Kept", "answer_of", "response_of"]

_MOST = 500
_STAMP = re.compile(rb'(?<=name="stamp" value=")[^"]*(?=")')
_HALF_A_DAY = 43_200
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that may be given again.

    Args:
        status: Its status.
        before: Its content up to the stamp; all of it where there is none.
        after: Its content after the stamp.
        stamped: Whether it has a stamp.
        digest: Tells one content from another, stamps aside.
        said: Its headers.
    """

    status: int
    before: bytes
    after: bytes
    stamped: bool
    digest: str
    said: Mapping[str, str]


@dataclass(slots=True)
class Kept:
    """The answers that are kept, and those that are being made."""

    change: int = -1
    answers: dict[Key, Answer] = field(default_factory=dict)
    coming: dict[Key, "asyncio.Task[Answer]"] = field(default_factory=dict)

    async def get(self, key: Key, change: int, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer that is kept, or the one that `make` makes now.

        Args:
            key: What was asked.
            change: A number that grows when anything changes.
            make: Makes the answer.
        """
        if change != self.change:
            self.change = change
            self.answers.clear()
            self.coming.clear()
        if key in self.answers:
            return self.answers[key]
        if key not in self.coming:
            self.coming[key] = asyncio.ensure_future(make())
        task = self.coming[key]
        try:
            # Who goes away takes nothing from the others who wait.
            found = await asyncio.shield(task)
        finally:
            if task.done() and self.coming.get(key) is task:
                del self.coming[key]
        if change == self.change and found.status == 200 and len(self.answers) < _MOST:  # noqa: PLR2004 - OK
            self.answers[key] = found
        return found


def answer_of(response: Response) -> Answer:
    """What is kept of an answer."""
    content = bytes(response.body)
    found = _STAMP.search(content)
    before, after = (content[: found.start()], content[found.end() :]) if found else (content, b"")
    said = {name: value for name, value in response.headers.items() if name != "content-length"}
    said.setdefault("cache-control", "no-cache")
    said["vary"] = "cookie"
    digest = hashlib.sha256(before + after).hexdigest()[:32]
    return Answer(response.status_code, before, after, found is not None, digest, said)


def response_of(answer: Answer, *, stamp: Callable[[], str], known: str, now: int) -> Response:
    """An answer as it is given to one visitor.

    Args:
        answer: What was kept.
        stamp: Makes a stamp for the form in it.
        known: What the browser says that it has already.
        now: The present time.
    """
    # A browser may show what it has as long as the stamp in it is good.
    tag = f'"{answer.digest}-{now // _HALF_A_DAY}"' if answer.stamped else f'"{answer.digest}"'
    if answer.status != 200:  # noqa: PLR2004 - OK
        return Response(answer.before, answer.status, headers=dict(answer.said))
    said = {**answer.said, "etag": tag}
    if known == tag:
        return Response(status_code=304, headers=said)
    content = answer.before + stamp().encode() + answer.after if answer.stamped else answer.before
    return Response(content, headers=said)
