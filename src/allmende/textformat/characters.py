"""Characters: which are letters, which never reach a page, and which scripts are written without spaces.

Letters, marks and scripts are those of the `regex` package's own Unicode tables, so that the same text gives
the same bytes under every version of Python.
"""

from functools import cache
from typing import Any

__all__ = ["JOINERS", "LETTER", "MARK", "SPACELESS", "compiled", "either_case", "normalised"]

LETTER = r"\p{L}\p{N}\p{M}"
"""Inside a character class: a letter as the rules mean it, with the marks that Hindi, Tamil and Thai need."""

MARK = "\ufdd0"
"""Stands for a reference to a note while a text is scanned; noncharacters of the text itself are replaced."""

JOINERS = "\u200c\u200d"

SPACELESS = (
    r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}"
    r"\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}"
)
"""Inside a character class: letters of scripts that are written without spaces."""

_REMOVED = "[\u202a-\u202e\u2066-\u2069\ufeff\u2060]"
_LINE_ENDS = "\r\n|[\r\u0085\u2028\u2029]"
_PLANES = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
_REPLACED = rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANES}]"
_TOO_MANY_MARKS = r"([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+"


@cache
def compiled(pattern: str) -> Any:
    """A pattern of the `regex` package, compiled once."""
    import regex

    return regex.compile(pattern)


def either_case(word: str) -> str:
    """A pattern for a word of ASCII letters in either case, and for no letter that only folds to one.

    >>> either_case("fn")
    '[fF][nN]'
    """
    return "".join(f"[{letter.lower()}{letter.upper()}]" for letter in word)


def normalised(text: str) -> str:
    """The text without what a page must not hold: R3 to R7.

    Line ends become line feeds; characters that turn the direction of writing are removed before anything is
    matched; control characters, lone surrogates and noncharacters are shown as U+FFFD; at most eight marks
    stand on a letter. Nothing is decoded, folded or trimmed.
    """
    removed = compiled(_REMOVED).sub("", text)
    lines = compiled(_LINE_ENDS).sub("\n", removed)
    shown = compiled(_REPLACED).sub("\ufffd", lines)
    return str(compiled(_TOO_MANY_MARKS).sub(r"\1", shown))
