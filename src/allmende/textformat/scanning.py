"""Scanning: a line is read once, from left to right; the first match at the leftmost place wins."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from allmende.textformat.addresses import (
    LOCAL,
    LOCAL_RUN,
    Link,
    Mail,
    bracketed_at,
    mail_at,
    mail_before,
    url_at,
)
from allmende.textformat.characters import LETTER, compiled, either_case
from allmende.textformat.context import Context

__all__ = ["Part", "scanned"]

Part = str | Link | Mail


def scanned(line: str, context: Context) -> Iterator[Part]:
    """A line as text, web addresses and addresses of people.

    Args:
        line: A line, trimmed.
        context: What may be linked and named.
    """
    done = place = 0
    ahead = _Ahead(line, context)
    while (trigger := _triggers(context.schemes).search(line, place)) is not None:
        found = ahead.found(trigger, done)
        place = trigger.end() if found is None else max(found[1], trigger.end())
        if found is not None and found[2] is not None:
            yield line[done : found[0]]
            yield found[2]
            done = place
    yield line[done:]


class _Ahead:
    """What begins at a trigger of a line."""

    def __init__(self, line: str, context: Context) -> None:
        self.line = line
        self.context = context
        self.looked = 0

    def found(self, trigger: Any, done: int) -> tuple[int, int, Link | Mail | None] | None:
        """Start, end and part; no part for text that must not be looked into; nothing for plain text."""
        start, said = trigger.start(), trigger.group()
        if said == "@":
            return _placed(mail_before(self.line, start, self.context, since=done))
        if said == "[":
            return _placed(bracketed_at(self.line, start, self.context))
        if said[-1] == ":":
            mail = mail_at(self.line, trigger.end(), self.context)
            return None if mail is None else (start, mail.end, mail)
        sooner = self._begun_before(start, done) if said[-1] == "." else None
        if sooner is not None:
            return _placed(sooner)
        url = url_at(self.line, start, said, self.context)
        if url is None:
            return None
        return start, url.end, url if isinstance(url, Link) else None

    def _begun_before(self, start: int, done: int) -> Mail | None:
        """An address of a person that began before "www.", and of which that is a part."""
        if start <= max(done, self.looked - 1) or not compiled(LOCAL).match(self.line[start - 1]):
            return None
        self.looked = compiled(LOCAL_RUN).match(self.line, start).end()
        if self.line[self.looked : self.looked + 1] != "@":
            return None
        mail = mail_before(self.line, self.looked, self.context, since=done)
        return mail if mail is not None and mail.start < start else None


def _placed(mail: Mail | None) -> tuple[int, int, Mail] | None:
    return None if mail is None else (mail.start, mail.end, mail)


@cache
def _triggers(schemes: tuple[str, ...]) -> Any:
    started = "|".join(either_case(scheme) for scheme in sorted(schemes, key=len, reverse=True))
    return compiled(
        rf"(?<![A-Za-z0-9_+\-])(?:{started})://"
        rf"|(?<![A-Za-z0-9_+\-.@/\\]){either_case('www')}\."
        rf"|(?<![{LETTER}]){either_case('mailto')}:"
        r"|[\[@]"
    )
