"""TOML files that strangers may have written, read within limits into a declared form.

A settings file of 32 kB with one dotted key of 16,000 parts holds Python's own reader for a quarter of
a minute, so size and depth are checked before it sees a byte. Whatever then does not fit the declared
form is reported with its key and its line.
"""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from allmende.errors import AllmendeError

__all__ = ["LARGEST", "LEVELS", "read_toml"]

LARGEST = 64 << 10
LEVELS = 64

Form = TypeVar("Form")

# A quote that is never closed takes the rest of its line, so each character is looked at once.
_STRING_OR_COMMENT = re.compile(r""""(?:[^"\\\n]|\\.)*+(?:"|$)|'[^'\n]*+(?:'|$)|#[^\n]*""", re.MULTILINE)


def read_toml(path: Path, form: type[Form], *, error: type[AllmendeError] = AllmendeError) -> Form:
    """Read a TOML file as a value of a declared form (a `msgspec.Struct`).

    Args:
        path: The file.
        form: What the file must hold. Unknown keys are refused where the form forbids them.
        error: What to raise.

    Raises:
        AllmendeError: as `error`: the file cannot be read, is larger than 64 kB, is nested deeper than
            64 levels, is not TOML, or does not fit the form; key and line are named.
    """
    text = _text(path, error)
    _check_depth(text, path, error)
    try:
        return msgspec.convert(tomllib.loads(text), form)
    except tomllib.TOMLDecodeError as fault:
        raise error(f"{path.name} is not TOML: {fault}", where=str(path)) from None
    except (RecursionError, ValueError) as fault:
        if not isinstance(fault, msgspec.ValidationError):
            raise error(f"{path.name} is not TOML: {fault}", where=str(path)) from None
        given, _, where = str(fault).partition(" - at `$")
        key = where.strip("`").strip(".").replace("[...]", "")
        advice = ""
        if unknown := re.search(r"unknown field `([^`]*)`", given):
            key = f"{key}.{unknown.group(1)}".strip(".")
            near = get_close_matches(unknown.group(1), _keys(form), n=1)
            advice = f"Did you mean '{near[0]}'?" if near else ""
        raise error(
            given[:1].lower() + given[1:], where=f"{path}, {_place(text, key)}", next_step=advice
        ) from None


def _keys(form: Any) -> set[str]:
    """Every key that a form has anywhere."""
    found: set[str] = set()
    for kind in (form, *get_args(form)):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            found |= set(kind.__struct_encode_fields__)
            for hint in get_type_hints(kind).values():
                found |= _keys(hint)
        elif kind is not form:
            found |= _keys(kind)
    return found


def _text(path: Path, error: type[AllmendeError]) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as fault:
        raise error(f"cannot read {path.name}: {fault.strerror}", where=str(path)) from None
    if len(content) > LARGEST:
        raise error(f"{path.name} is larger than {LARGEST >> 10} kB", where=str(path))
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise error(f"{path.name} is not UTF-8", where=f"{path}, line {line}") from None


def _check_depth(text: str, path: Path, error: type[AllmendeError]) -> None:
    depth = 0
    for number, line in enumerate(_STRING_OR_COMMENT.sub("s", text).split("\n"), 1):
        deepest = depth
        for mark in re.findall(r"[\[\]{}]", line):
            depth = max(depth + (1 if mark in "[{" else -1), 0)
            deepest = max(deepest, depth)
        if max(deepest, line.count(".")) > LEVELS:
            raise error(f"{path.name} is nested deeper than {LEVELS} levels", where=f"{path}, line {number}")


def _place(text: str, key: str) -> str:
    """The line on which a dotted key is set, as well as it can be told without a second parser."""
    *tables, last = key.split(".")
    wanted, current, fallback = ".".join(tables), "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            current = header.group(1).replace('"', "").replace(" ", "")
            if current in (wanted, key):
                fallback = number
        elif current == wanted and re.match(rf"""\s*["']?{re.escape(last)}["']?\s*[.=]""", line):
            return f"line {number} ({key})"
    return f"line {fallback} ({key})" if fallback else f"key '{key}'" if key else "the top level"
