"""Naming: what a thing is called in its address, made from what people call it."""

import re
from collections.abc import Collection
from itertools import count

__all__ = ["free_name"]


def free_name(text: str, taken: Collection[str], *, longest: int, otherwise: str) -> str:
    """The name of something new: letters, digits and dashes; a number follows where another has it already.

    Args:
        text: What people call it.
        taken: Names that others have.
        longest: Most characters, the number aside.
        otherwise: What it is called when nothing is left of the text.

    >>> free_name("On money!", {"on-money", "on-money-2"}, longest=60, otherwise="note")
    'on-money-3'
    """
    stem = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:longest] or otherwise
    if stem not in taken:
        return stem
    return next(name for number in count(2) if (name := f"{stem}-{number}") not in taken)
