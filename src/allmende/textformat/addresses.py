"""Addresses of web pages and of people: where they begin and end in a line (R21 to R38)."""

import re
from typing import NamedTuple

from allmende.textformat.characters import JOINERS, LETTER, MARK, SPACELESS, compiled
from allmende.textformat.context import Context
from allmende.textformat.hosts import TOP, ascii_host, is_host, shortened, suspicious

__all__ = ["LOCAL", "LOCAL_RUN", "Link", "Mail", "Text", "bracketed_at", "mail_at", "mail_before", "url_at"]

STOPS = (
    r"\s<>\"\\`。，、；：！？（）「」『』【】《》〈〉｜“”„‘’«»‹›…"  # noqa: RUF001 - these marks are the point
    rf"\u200b\u00ad\u061c\u200e\u200f\ufffc\ufffd{MARK}"
)
LONGEST_URL = 2048
LAST_PORT = 65_535
PORT_DIGITS = 5
LONGEST_HOST = 253
AUTHORITY = re.compile(rf"[^{STOPS}/?#|]{{0,{LONGEST_URL + 1}}}")
HOST = rf"[{LETTER}\-_.]{{0,{LONGEST_HOST + 1}}}"
PORT = re.compile(":([0-9]+)")
REST = re.compile(rf"[^{STOPS}|?]{{0,{LONGEST_URL + 1}}}(?:\?[^{STOPS}]{{0,{LONGEST_URL + 1}}})?")
TRIMMED = f".,:;!?'*{JOINERS}"
CLOSING = {")": "(", "]": "[", "}": "{"}
KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&()*+,;=")

LOCAL = rf"[{LETTER}._+\-'&]"
DOMAIN_LABEL = rf"[{LETTER}](?:[{LETTER}\-]{{0,61}}[{LETTER}])?"
LONGEST_LOCAL = 64
LONGEST_ADDRESS = 254
LONGEST_NAME = 60
LONGEST_BRACKET = 200
FORM = "[A-Za-z0-9_-]{1,64}"
SAID = rf"\|([^\[\]{MARK}]{{1,{LONGEST_BRACKET}}})"

ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
FAR = re.compile(rf"[^{STOPS}|?]*(?:\?[^{STOPS}]*)?")
LOCAL_RUN = f"{LOCAL}+"
ANY_SPACELESS = f"[{SPACELESS}]"
BEGINNING = f"[{LETTER}_]"
DOMAIN = rf"[{LETTER}\-.]{{0,{LONGEST_ADDRESS}}}"
TOP_LABEL = rf"([A-Za-z]{{2,63}})(?=[{SPACELESS}])|({TOP})(?=$|-)"
BESIDE = rf"@|_|(?![{SPACELESS}])[{LETTER}]|:[{LETTER}/~]"
BAR = rf"\|({FORM})(?![@{LETTER}])"
BAR_NAME = rf"\|([{LETTER}_'’\-.]++)(?!@)"  # noqa: RUF001 - typed by people
BRACKET = re.compile(rf"\[({FORM})(?:{SAID})?\]")
INSIDE = re.compile(rf"\|({FORM})(?:{SAID})?\]")


class Text(NamedTuple):
    """Characters that stay text, although they began like an address."""

    end: int


class Link(NamedTuple):
    """A web address; `end` is where it ends in its line.

    Args:
        end: Place in the line.
        href: Where it leads.
        caption: What is shown.
        host: In ASCII.
    """

    end: int
    href: str
    caption: str
    host: str


class Mail(NamedTuple):
    """Somebody's address; `start` and `end` are its place in the line, with what belongs to it.

    Args:
        start: Place in the line.
        end: Place in the line.
        address: As typed.
        form: Name of the contact form.
        name: What is shown in place of the address; "" shows it, obfuscated.
    """

    start: int
    end: int
    address: str
    form: str
    name: str


def url_at(line: str, start: int, prefix: str, context: Context) -> Link | Text | None:
    """The web address that begins at a place, or text that must not be looked into, or nothing.

    Args:
        line: A line.
        start: Where the prefix stands.
        prefix: "http://", "www." or another beginning, as typed.
        context: What may be linked, and how long captions are.
    """
    www = not prefix.endswith("/")
    authority = start if www else start + len(prefix)
    stop = _end(AUTHORITY, line, authority)
    if "@" in line[authority:stop]:
        return Text(_end(FAR, line, authority))
    host = shortened(compiled(HOST).match(line, authority, stop).group())
    host = host.rstrip(".-")
    if len(host) > LONGEST_HOST or not is_host(host, www=www):
        return None
    ascii_name = ascii_host(host)
    if ascii_name is None:
        return None
    end = authority + len(host)
    port = PORT.match(line, end)
    if port:
        end = port.end()
        digits = port.group(1).lstrip("0") or "0"
        if len(digits) > PORT_DIGITS or int(digits) > LAST_PORT:
            return Text(end)
    rest = ""
    if line[end : end + 1] in ("/", "?", "#"):
        rest = _trimmed(line[start:end], line[end : _end(REST, line, end)])
    if end + len(rest) - start > LONGEST_URL:
        return None
    scheme = "http://" if www else prefix.lower()
    shown = ascii_name if suspicious(host) else host
    caption = ("" if www else prefix) + shown + line[authority + len(host) : end] + rest
    href = scheme + ascii_name + (f":{digits}" if port else "") + _encoded(rest)
    return Link(end + len(rest), href, _cut(caption, context.caption), ascii_name)


def mail_before(line: str, at: int, context: Context, *, since: int = 0) -> Mail | None:
    """The address whose "@" stands at a place.

    Args:
        line: A line.
        at: Where its "@" stands.
        context: Which forms may be named.
        since: Where it may begin; what stands before belongs to something else.
    """
    start = run = _run_start(line, at, since)
    spaceless = [match.end() for match in compiled(ANY_SPACELESS).finditer(line, run, at)]
    if spaceless and spaceless[-1] < at:
        start = spaceless[-1]
    first = compiled(BEGINNING).search(line, start, at)
    if first is None or "@" in (line[run - 1 : run], line[first.start() - 1 : first.start()]):
        return None
    return _mail(line, first.start(), at, context)


def mail_at(line: str, start: int, context: Context) -> Mail | None:
    """The address that begins exactly at a place."""
    at = compiled(LOCAL_RUN).match(line, start)
    if at is None or line[at.end() : at.end() + 1] != "@":
        return None
    found = mail_before(line, at.end(), context)
    return found if found is not None and found.start == start else None


def _mail(line: str, start: int, at: int, context: Context) -> Mail | None:
    domain = _domain(compiled(DOMAIN).match(line, at + 1).group())
    local = line[start:at]
    size = len(local.encode())
    if not domain or size > LONGEST_LOCAL or size + 1 + len(domain.encode()) > LONGEST_ADDRESS:
        return None
    end = at + 1 + len(domain)
    if compiled(BESIDE).match(line, end):
        return None
    form, name, end = _form(line, end, context)
    return Mail(start, end, line[start : at + 1] + domain, form, name)


def _domain(run: str) -> str:
    """As many labels from the left as make a domain; "" when they make none (R31)."""
    labels: list[str] = []
    domain = ""
    for label in run.split("."):
        top = compiled(TOP_LABEL).match(label)
        if labels and top:
            domain = ".".join((*labels, top.group()))
        if not compiled(DOMAIN_LABEL).fullmatch(label):
            break
        labels.append(label)
    return domain


def _form(line: str, end: int, context: Context) -> tuple[str, str, int]:
    """Form, name and new end of an address, by what follows it (R34, R35)."""
    bar = compiled(BAR).match(line, end)
    if bar and bar.group(1).lower() in context.forms:
        form, after = bar.group(1).lower(), bar.end()
        said = compiled(BAR_NAME).match(line, after)
        name = said.group(1).rstrip(".'’-") if said else ""  # noqa: RUF001 - typed by people
        if compiled(r"\p{L}").search(name) and len(name) <= LONGEST_NAME:
            return form, _spaced(name), after + 1 + len(name)
        return form, "", after
    return _bracketed(BRACKET.match(line, end), context) or (context.default_form, "", end)


def _bracketed(found: re.Match[str] | None, context: Context) -> tuple[str, str, int] | None:
    """Form, name and end that a bracket gives, when all of it fits (R37)."""
    if found is None or found.end() - found.start() > LONGEST_BRACKET:
        return None
    form, said = found.group(1).lower(), found.group(2)
    name = _spaced(said or "")
    fits = form in context.forms and "@" not in name and (name or said is None)
    return (form, name, found.end()) if fits else None


def bracketed_at(line: str, start: int, context: Context) -> Mail | None:
    """An address with its form in brackets, `[address|form|Name]`, that begins at a place (R36)."""
    plain = mail_at(line, start + 1, context)
    if plain is None:
        return None
    inside = _bracketed(INSIDE.match(line, start + 1 + len(plain.address)), context)
    if inside is None:
        return None
    form, name, end = inside
    return Mail(start, end, plain.address, form, name)


def _run_start(line: str, at: int, since: int) -> int:
    start = at
    letter = compiled(LOCAL)
    while start > since and letter.match(line[start - 1]):
        start -= 1
    return start


def _end(pattern: re.Pattern[str], line: str, start: int) -> int:
    """Where a pattern that matches everywhere ends."""
    match = pattern.match(line, start)
    assert match is not None, "the pattern matches nothing at least"
    return match.end()


def _trimmed(before: str, rest: str) -> str:
    """The rest of a web address without the punctuation of the sentence around it (R26)."""
    counts = {mark: before.count(mark) + rest.count(mark) for mark in "()[]{}"}
    end = len(rest)
    while end:
        last = rest[end - 1]
        if last in CLOSING and counts[last] > counts[CLOSING[last]]:
            counts[last] -= 1
        elif last not in TRIMMED:
            break
        end -= 1
    return rest[:end]


def _encoded(rest: str) -> str:
    """Path, query and fragment as they may stand in a link (R28)."""
    told = []
    for place, letter in enumerate(rest):
        if letter in KEPT or (letter == "%" and ESCAPED.match(rest, place)):
            told.append(letter)
        else:
            told += [f"%{byte:02X}" for byte in letter.encode()]
    return "".join(told)


def _cut(caption: str, longest: int) -> str:
    """A caption of at most so many code points, never cut before a mark or beside a joiner (R29)."""
    if len(caption) <= longest:
        return caption
    end = longest - 1
    while end > 0 and (
        caption[end] in JOINERS or caption[end - 1] in JOINERS or compiled(r"\p{M}").match(caption[end])
    ):
        end -= 1
    return caption[:end] + "…"


def _spaced(name: str) -> str:
    return " ".join(name.replace("_", " ").split())
