"""Escaping: text from a source is data, on a screen, in a page, in a table.

Names, messages, addresses and paths were written by strangers. What would move a cursor, turn the direction
of writing, hide itself or run as a formula is shown instead of obeyed.
"""

import unicodedata

__all__ = ["LONGEST", "script_safe", "table_cell", "visible"]

LONGEST = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str, *, longest: int = LONGEST) -> str:
    r"""Text on one line in which every character can be seen and none commands anything.

    Control, format, direction and unassigned characters become their code; long text is cut in the middle.

    >>> visible("red\x1b[31m \u202egnp.exe")
    'red<U+001B>[31m <U+202E>gnp.exe'
    """
    if len(text) > longest:
        half = (longest - 1) // 2
        text = f"{text[:half]}…{text[-half:]}"
    return "".join(
        f"<U+{ord(letter):04X}>" if unicodedata.category(letter) in _HIDDEN else letter for letter in text
    )


def table_cell(value: str) -> str:
    """A text cell of a CSV file that no spreadsheet takes for a formula.

    Cells that begin with = + - @ TAB CR, or with the quote itself, get a leading quote; without it
    the text is back.

    >>> table_cell("=1+1"), table_cell("a=b")
    ("'=1+1", 'a=b')
    """
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def script_safe(json: str) -> str:
    r"""JSON that may stand inside a script element: no tag ends it, and every letter in it can be seen.

    >>> print(script_safe('"</script>"'))
    "\u003c/script\u003e"
    """
    hidden = {letter for letter in set(json) if unicodedata.category(letter) in _HIDDEN} - {"\n"}
    for letter in {*"<>&", *hidden}:
        units = letter.encode("utf-16-be", "surrogatepass").hex()
        json = json.replace(letter, "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4)))
    return json
