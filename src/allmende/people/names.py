"""Names: what two ways of writing a person's name have in common.

A name is folded to tokens: lower case, without accents, in any order ("Doe, Jané" and "jane doe" are
the same tokens). Two names are *alike* when one could be a shorter, nicer or misspelt form of the
other, and *related* when they share a token at all. Alike is evidence for one person only where
something else (an address, a handle) speaks for it; unlike is evidence against.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

__all__ = [
    "alike",
    "fold",
    "is_common",
    "is_form",
    "is_full",
    "is_given",
    "is_placeholder",
    "is_role",
    "joined",
    "related",
    "spells",
    "tokens",
]

TOKEN = re.compile(r"[^\W_]+")
# Letters that do not come apart into a base letter and an accent.
LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŧ": "t",
    }
)
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
FULL_IDEOGRAPHS = 2
INITIAL = 1
SHORTEST_EVIDENCE = 3
TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "ing", "dipl", "phd", "jr", "sr", "ii", "iii"})


@cache
def _words(kind: str) -> tuple[str, ...]:
    text = resources.files("allmende").joinpath("data/names.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)[kind].strip().split("\n"))


@cache
def _set(kind: str) -> frozenset[str]:
    return frozenset(" ".join(_words(kind)).split())


@cache
def _forms() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_words("short_forms")):
        for form in line.split():
            groups.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in groups.items()}


def fold(text: str) -> str:
    """A text in lower case and without accents.

    >>> fold("Zoë Łukasz-Müller")
    'zoe lukasz-muller'
    """
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).translate(LETTERS)


@lru_cache(maxsize=1 << 12)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded, in the order written, titles left out.

    >>> tokens("Dr. Doe, Jane Q.")
    ('doe', 'jane', 'q')
    """
    found = TOKEN.findall(fold(name).replace("'", ""))
    return tuple(found) if TITLES.isdisjoint(found) else tuple(word for word in found if word not in TITLES)


def is_full(words: Sequence[str]) -> bool:
    """Whether the words are a full name: two of more than one letter, or a name in ideographs.

    >>> is_full(("jane", "doe")), is_full(("j", "doe")), is_full(("jdoe",))
    (True, False, False)
    """
    if len(words) == 1:
        return len(words[0]) > FULL_IDEOGRAPHS and IDEOGRAPHS.fullmatch(words[0]) is not None
    return sum(len(word) > INITIAL or IDEOGRAPHS.fullmatch(word) is not None for word in words) > 1


def is_placeholder(words: Sequence[str]) -> bool:
    """Whether a name is nobody's: "root", "Your Name", "Unknown Contributor", "0000-Admin".

    >>> is_placeholder(("unknown", "contributor")), is_placeholder(("jane", "doe"))
    (True, False)
    """
    return not words or not _set("placeholders").isdisjoint(words) or joined(words).isdigit()


def is_given(word: str) -> bool:
    """Whether a word is a given or family name known to the lists.

    >>> is_given("bob"), is_given("patel"), is_given("zippy77")
    (True, True, False)
    """
    return word in _forms() or word in _set("common")


def is_role(handle: str) -> bool:
    """Whether a handle stands for a place or a task: "info", "github", "root".

    >>> is_role("webmaster"), is_role("jdoe")
    (True, False)
    """
    return handle in _set("roles")


def is_common(words: Sequence[str]) -> bool:
    """Whether a name is made only of words that many names have: two "Wei Zhang" are two persons.

    >>> is_common(("wei", "zhang")), is_common(("john", "q", "smith")), is_common(("jane", "oddworth"))
    (True, True, False)
    """
    common = _set("common")
    return all(word in common or len(word) == INITIAL for word in words)


def joined(words: Sequence[str]) -> str:
    """The words without what separates them: "janedoe"."""
    return "".join(words)


def related(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two names share anything: a word, or all of one written as one word of the other.

    >>> related(("jane", "doe"), ("jane", "smith")), related(("jane", "doe"), ("janedoe",))
    (True, True)
    >>> related(("jane", "doe"), ("john", "smith"))
    False
    """
    if any(len(word) > INITIAL and word in second for word in first):
        return True
    if IDEOGRAPHS.search(joined(first)) and set(first) & set(second):
        return True
    return _within(first, second) or _within(second, first) or alike(first, second)


def alike(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether one name may be another form of the other: shorter, with initials, a short form, a slip.

    >>> alike(("bob", "doe"), ("robert", "doe")), alike(("jane", "q", "doe"), ("jane", "doe"))
    (True, True)
    >>> alike(("jane", "doe"), ("john", "doe")), alike(("j", "doe"), ("jane", "doe"))
    (False, True)
    """
    shorter, longer = sorted((first, second), key=len)
    rest = list(longer)
    certain = 0
    for word in sorted(shorter, key=len, reverse=True):
        match = word if word in rest else next((other for other in rest if is_form(word, other)), None)
        if match is None:
            return joined(first) == joined(second)
        certain += min(len(word), len(match)) >= SHORTEST_EVIDENCE or IDEOGRAPHS.search(word) is not None
        rest.remove(match)
    return certain > 0


def spells(handle: str, name: Sequence[str]) -> bool:
    """Whether a handle is put together from the words of a full name, digits at its end left out.

    >>> [spells(handle, ("jane", "doe")) for handle in ("jdoe", "doe.j", "janed80", "janedoe", "jane")]
    [True, True, True, True, False]
    """
    if len(name) < 2:  # noqa: PLR2004 - a full name has two words
        return False
    plain = joined(tokens(handle)).rstrip("0123456789")
    first, last = name[0], name[-1]
    made = {first + last, last + first, first[:1] + last, last + first[:1], first + last[:1], joined(name)}
    return plain in made or (len(name) > 2 and plain == "".join(part[:1] for part in name))  # noqa: PLR2004


def _within(nick: Sequence[str], name: Sequence[str]) -> bool:
    return len(nick) == 1 and spells(nick[0], name)


def is_form(first: str, second: str) -> bool:
    """Whether one word of a name may be a form of another: initial, beginning, short form, slip.

    >>> is_form("bob", "robert"), is_form("santi", "santiago"), is_form("jane", "john")
    (True, True, False)
    """
    if len(first) == INITIAL or len(second) == INITIAL:
        return first[:1] == second[:1]
    short, long = sorted((first, second), key=len)
    if len(short) >= SHORTEST_EVIDENCE and long.startswith(short):
        return True
    if _forms().get(first, frozenset()) & _forms().get(second, frozenset()):
        return True
    return len(short) > SHORTEST_EVIDENCE and _one_slip(short, long)


def _one_slip(short: str, long: str) -> bool:
    # One letter changed, left out, or two neighbours exchanged.
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest = short[start + 1 :], long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return rest[0] == rest[1] or (swapped and short[start + 2 :] == long[start + 2 :])
