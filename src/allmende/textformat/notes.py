"""Notes: footnotes are cut out of a text before it is divided into paragraphs (R8 to R17)."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from allmende.textformat.characters import LETTER, MARK, compiled, either_case
from allmende.textformat.context import Context

__all__ = ["Cut", "Note", "Reference", "cut_notes"]

_FN = either_case("fn")
OPENER = rf"\[{_FN}(?:\]|\s([^\[\]]{{0,200}})\])|<{_FN}(?:>|\s([^<>]{{0,200}})>)"
CLOSER = rf"\[/{_FN}\s*+\]|</{_FN}\s*+>"
VALUE = rf"""(?<![{LETTER}_-]){either_case("value")}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']\S*))"""
URL_AHEAD = rf"\W*+(?:{either_case('http')}[sS]?://|{either_case('ftp')}://|{either_case('www')}\.)"
LONGEST_LABEL = 16


class Note(NamedTuple):
    """A note.

    Args:
        label: What readers see in the text and before the note.
        text: What it says.
        references: How often the text refers to it.
    """

    label: str
    text: str
    references: int


class Reference(NamedTuple):
    """A reference in the body; each stands where the body holds `MARK`.

    Args:
        note: Number of the note, from 1, in order of first reference.
        occurrence: Which reference to that note it is, from 1.
    """

    note: int
    occurrence: int


class Cut(NamedTuple):
    """A text whose notes were cut out.

    Args:
        body: The text with `MARK` for each reference.
        references: In the order of their marks.
        notes: In order of first reference.
        warnings: Codes.
    """

    body: str
    references: tuple[Reference, ...]
    notes: tuple[Note, ...]
    warnings: frozenset[str]


class _Construct(NamedTuple):
    start: int
    end: int
    label: str
    text: str


def cut_notes(text: str, context: Context) -> Cut:
    """The text without its notes, and the notes.

    Args:
        text: Normalised.
        context: How many notes are allowed, and whether equal ones become one.
    """
    warnings: set[str] = set()
    found = list(_constructs(text, context.max_notes, warnings))
    texts: dict[str, str] = {}
    for each in found:
        if each.label and not _blank(each.text):
            texts.setdefault(each.label, each.text)
    register = _Register(collapse=context.collapse)
    body, references, last = [], [], 0
    for each in found:
        if _blank(each.text) and each.label not in texts and each.label not in register.numbers:
            continue
        references.append(register.refer(each, texts, warnings))
        body += [text[last : each.start], MARK]
        last = each.end
    body.append(text[last:])
    return Cut("".join(body), tuple(references), register.notes(), frozenset(warnings))


def _constructs(text: str, most: int, warnings: set[str]) -> Iterator[_Construct]:
    """Openers with all that belongs to them, left to right; no nesting."""
    ahead, position, count = _Ahead(text), 0, 0
    closers = [match.span() for match in compiled(CLOSER).finditer(text)]
    next_closer = 0
    for opener in compiled(OPENER).finditer(text):
        if opener.start() < position:
            continue
        while next_closer < len(closers) and closers[next_closer][0] < opener.end():
            next_closer += 1
        closed = next_closer < len(closers)
        if not closed and ahead.inside_url(opener.start()):
            continue
        content_end, end = closers[next_closer] if closed else (len(text), len(text))
        label = _label(opener.group(1) or opener.group(2) or "")
        content = text[opener.end() : content_end]
        speaks = bool(label) or not _blank(content)
        if speaks and count == most:
            warnings.add("too-many-notes")
            return
        if not closed:
            warnings.add("unclosed-note")
        position = end
        if speaks:
            count += 1
            yield _Construct(opener.start(), end, label, content)


class _Register:
    """Numbers and labels given so far."""

    def __init__(self, *, collapse: bool) -> None:
        self.collapse = collapse
        self.counter = 0
        self.numbers: dict[str, int] = {}
        self.texts: list[str] = []
        self.labels: list[str] = []
        self.counts: list[int] = []
        self.by_text: dict[str, int] = {}

    def refer(self, each: _Construct, texts: dict[str, str], warnings: set[str]) -> Reference:
        folded = _folded(each.text)
        if self.collapse and not each.label and folded in self.by_text:
            return self._again(self.by_text[folded])
        label = each.label or self._next()
        if compiled("[1-9][0-9]{0,3}").fullmatch(label):
            self.counter = max(self.counter, int(label))
        if label in self.numbers:
            number = self.numbers[label]
            if folded and folded != _folded(self.texts[number - 1]):
                warnings.add("note-text-ignored")
            return self._again(number)
        text = texts.get(each.label, each.text) if each.label else each.text
        number = len(self.labels) + 1
        self.numbers[label] = number
        self.by_text.setdefault(_folded(text), number)
        self.labels.append(label)
        self.texts.append(text)
        self.counts.append(1)
        return Reference(number, 1)

    def notes(self) -> tuple[Note, ...]:
        return tuple(map(Note, self.labels, self.texts, self.counts))

    def _next(self) -> str:
        self.counter += 1
        return str(self.counter)

    def _again(self, number: int) -> Reference:
        self.counts[number - 1] += 1
        return Reference(number, self.counts[number - 1])


class _Ahead:
    """Whether a place lies inside something that begins like a web address; asked from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.checked = 0
        self.run_start = 0
        self.address_end: int | None = None

    def inside_url(self, place: int) -> bool:
        for gap in compiled(r"\s+").finditer(self.text, self.checked, place):
            self.run_start, self.address_end = gap.end(), None
        self.checked = place
        if self.address_end is None:
            match = compiled(URL_AHEAD).match(self.text, self.run_start)
            self.address_end = match.end() if match else len(self.text) + 1
        return self.address_end <= place


def _label(attributes: str) -> str:
    match = compiled(VALUE).search(attributes)
    if match is None:
        return ""
    label = " ".join(next(group for group in match.groups() if group is not None).split())
    return "" if label == "0" or len(label) > LONGEST_LABEL or "\ufffd" in label else label


def _blank(text: str) -> bool:
    return not text.strip()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
