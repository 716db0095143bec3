"""Hosts: which names of machines become links, how they are written in ASCII, and which look like others."""

from functools import lru_cache

from allmende.textformat.characters import LETTER, SPACELESS, compiled

__all__ = ["ascii_host", "is_host", "shortened", "suspicious"]

LABEL = rf"[{LETTER}_](?:[{LETTER}_\-]{{0,61}}[{LETTER}_])?"
TOP = r"(?:[xX][nN]--[A-Za-z0-9\-]{0,58}[A-Za-z0-9]|[\p{L}\p{M}]{2,63})"
LONGEST_LABEL = 63
LONGEST_HOST = 253
LARGEST_PART = 255
PARTS = 4
LOOK_ALIKES = frozenset("асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡ")
_NO_MIX = (
    {"Latin", "Han", "Hiragana", "Katakana"},
    {"Latin", "Han", "Hangul"},
    {"Latin", "Han", "Bopomofo"},
)
_SCRIPTS = (
    "Latin", "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Cyrillic", "Greek", "Armenian", "Hebrew",
    "Arabic", "Devanagari", "Bengali", "Thai", "Georgian", "Cherokee",
)  # fmt: skip
OTHER = "other"


def shortened(host: str) -> str:
    """The host without letters of a script written without spaces that follow an ASCII top level directly.

    >>> shortened("example.com谢谢")
    'example.com'
    """
    match = compiled(rf"(.*\.|^)([A-Za-z]+)[{SPACELESS}][^.]*").fullmatch(host)
    return str(match.group(1) + match.group(2)) if match else host


def is_host(host: str, *, www: bool) -> bool:
    """Whether a host may be linked (R22).

    Args:
        host: As typed, without trailing dots.
        www: Whether it begins with "www." instead of standing behind a scheme.
    """
    labels = host.split(".")
    if any(not compiled(LABEL).fullmatch(label) for label in labels) or "_" in labels[-1]:
        return False
    if www:
        return len(labels) > 2 and compiled(TOP).fullmatch(labels[-1]) is not None  # noqa: PLR2004 - www, name, top
    return not compiled(r"\p{N}+").fullmatch(labels[-1]) or _is_quad(labels)


def _is_quad(labels: list[str]) -> bool:
    return len(labels) == PARTS and all(
        compiled("0|[1-9][0-9]{0,2}").fullmatch(label) and int(label) <= LARGEST_PART for label in labels
    )


def ascii_host(host: str) -> str | None:
    """The host in ASCII and small letters, by UTS 46 without transition; None when there is no such form.

    >>> ascii_host("bücher.Example")
    'xn--bcher-kva.example'
    """
    labels = [_ascii_label(label) for label in host.split(".")]
    if not all(labels):
        return None
    told = ".".join(labels).lower()
    fits = len(told) <= LONGEST_HOST and all(0 < len(each) <= LONGEST_LABEL for each in told.split("."))
    numeric = compiled("[0-9]+|0x[0-9a-f]*").fullmatch(told.rpartition(".")[2])
    return told if fits and (not numeric or _is_quad(told.split("."))) else None


@lru_cache(maxsize=1_024)
def _ascii_label(label: str) -> str:
    """A label in ASCII; "" when there is no such form."""
    if not _is_international(label):
        return label
    import idna

    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except UnicodeError:
        return ""


def _is_international(label: str) -> bool:
    return not label.isascii() or label.lower().startswith("xn--")


def suspicious(host: str) -> bool:
    r"""Whether a host may be mistaken for another: mixed scripts, or Cyrillic that looks like Latin.

    >>> suspicious("ex\N{CYRILLIC SMALL LETTER A}mple.com"), suspicious("пример.испытание")
    (True, False)
    """
    if host.isascii():
        return False
    *below, top = host.split(".")
    wholly = top.isascii() and any(label and set(label.lower()) <= LOOK_ALIKES for label in below)
    return wholly or any(_mixes(label) for label in (*below, top))


def _mixes(label: str) -> bool:
    letters = compiled(r"\p{L}").findall(label)
    found = {_script(letter) for letter in letters} - {""}
    return len(found) > 1 and not any(found <= allowed for allowed in _NO_MIX)


def _script(letter: str) -> str:
    """The script of a letter; "" for letters of every script."""
    if letter.isascii():
        return "Latin"
    for script in _SCRIPTS:
        if compiled(rf"\p{{Script={script}}}").match(letter):
            return script
    return "" if compiled(r"\p{Script=Common}|\p{Script=Inherited}").match(letter) else OTHER
