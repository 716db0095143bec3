"""Reader: a plug-in that turns a source into events, and what it answers.

A reader is a function `(source, options) -> Records`. It never stops at the first fault: what cannot
become an event becomes a counted refusal with its place and reason, so that acts in the source =
events + refusals. It neither merges accounts nor hides names; `identities` and `community` do that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from allmende.events import Events, Refusals

__all__ = ["Progress", "ReadOptions", "Reader", "Records", "Source", "reader", "silent"]


class Progress(Protocol):
    """Told how far long work has come; the doors decide whether to show it."""

    def __call__(self, stage: str, done: float, total: float | None, /) -> None:
        """Of this stage, `done` of `total` (None when unknown) are done."""
        ...


def silent(_stage: str, _done: float, _total: float | None, /) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may ask of any reader.

    Args:
        touches: Also read which works (files, pages) each act touched.
        effort: Also read the size of each act where that costs more (lines of a commit).
        all_branches: Read every branch of a repository, not its current one alone.
        mapping: File with a column mapping (TOML), for tables.
        cache: Whether what was read may be kept in the user's cache, names never.
        seconds: CPU budget of one source; beyond it reading ends cleanly, "measured until ...".
        memory: Memory budget of one source, bytes.
        progress: Told how far reading has come.
    """

    touches: bool = False
    effort: bool = False
    all_branches: bool = False
    mapping: Path | None = None
    cache: bool = True
    seconds: float = 600.0
    memory: int = 4 << 30
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Source:
    """Where records came from, and what is to be known before they are trusted.

    Args:
        reader: Name of the reader.
        place: What was read, as the user named it.
        name: A short name for the community.
        acts: How many acts the source holds: events + refusals.
        truncated: Why the beginning or end of the history is missing; "" when it is whole.
        notes: Sentences for the user: what was left out, what fell back.
        tips: Where the record stood (commit ids of the branches read, digest of a file).
        mailmap: The source's own table of identities (.mailmap), as bytes.
        conserved_names: True when the names in the records are already pseudonyms.
        bots: Members that the source itself calls programs, named as in its records.
    """

    reader: str
    place: str
    name: str
    acts: int = 0
    truncated: str = ""
    notes: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    mailmap: bytes = b""
    conserved_names: bool = False
    bots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """What a reader answers: events with members as the source writes them, and counted refusals."""

    events: Events
    source: Source
    refusals: Refusals = field(default_factory=Refusals)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader plug-in. Called, it reads.

    Args:
        name: Name under which users ask for it.
        describes: What it reads, for `allmende list readers`.
        recognises: Whether a place looks like something it can read; must be cheap and must not raise.
        read: The function.
        module: Where it was defined.
    """

    name: str
    describes: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, ReadOptions], Records]
    module: str

    def __call__(self, source: Path, options: ReadOptions | None = None, /) -> Records:
        """Read a source.

        Raises:
            SourceError: nothing readable is there.
        """
        return self.read(source, options or ReadOptions())


def reader(
    *, describes: str, recognises: Callable[[Path], bool]
) -> Callable[[Callable[[Path, ReadOptions], Records]], Reader]:
    """Make a function a reader plug-in of the function's name."""

    def decorate(read: Callable[[Path, ReadOptions], Records]) -> Reader:
        return Reader(read.__name__, describes, recognises, read, read.__module__)

    return decorate
