"""Read: from places to a Community, whatever reads them.

One place or many (the repositories of an organisation are one community), of any kind for which there is
a reader. An act found in several places, such as a commit in a fork, is counted once.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from allmende import plugins
from allmende.community import Community
from allmende.errors import SourceNotFoundError, SourceRefusedError, UnknownSourceError
from allmende.events import Events, Refusals, concatenate
from allmende.people.identities import identify
from allmende.people.organisations import parse_affiliations
from allmende.reader import Reader, ReadOptions, Records
from allmende.records.record import describe

__all__ = ["places", "read", "reader_for", "records_of"]


def read(
    *sources: str | Path,
    options: ReadOptions | None = None,
    reader: str = "",
    name: str = "",
    overrides: Path | None = None,
    affiliations: Path | None = None,
    show_names: bool = False,
) -> Community:
    """Read the record of a community.

    Args:
        sources: Repositories, folders of repositories, dumps, tables; together they are one community.
        options: What to read beside the acts themselves.
        reader: Name of the reader; found from the places when empty.
        name: Name of the community; that of the first place when empty.
        overrides: The user's own .mailmap; it wins over everything that was recognised.
        affiliations: The user's own affiliation file (gitdm form), dated.
        show_names: Keep names instead of pseudonyms: for the local screen only.

    Raises:
        SourceNotFoundError: nothing is at one of the places.
        UnknownSourceError: no reader recognises one of them.
        SourceRefusedError: one may not or cannot be read safely.

    >>> read("no-such-place")
    Traceback (most recent call last):
    ...
    allmende.errors.SourceNotFoundError: nothing is at 'no-such-place'...
    """
    chosen = options or ReadOptions()
    parts = [records_of(place, chosen, reader=reader) for place in places(sources, reader=reader)]
    records = _together(parts)
    events, bot, identities = identify(
        records,
        overrides=_user_file(overrides) if overrides else b"",
        affiliations=parse_affiliations(_user_file(affiliations).decode("utf-8", "replace"))
        if affiliations
        else None,
        show_names=show_names,
    )
    return Community(
        name or records.source.name,
        events,
        bot,
        tuple(part.source for part in parts),
        records.refusals,
        identities,
        describe(events, bot, records.source),
        records.events.member,
    )


def places(sources: Sequence[str | Path], *, reader: str = "") -> list[Path]:
    """The places to read: a folder that no reader recognises stands for the recognised ones in it.

    Raises:
        SourceNotFoundError: nothing is there.
        SourceRefusedError: this user may not read it.
        UnknownSourceError: no reader recognises it, nor anything in it.
    """
    found: list[Path] = []
    for source in sources:
        path = Path(source).expanduser()
        _refuse_closed(path)
        if not path.exists():
            raise SourceNotFoundError(
                f"nothing is at '{source}'",
                expected="a git repository, a wiki dump, a table, or a folder of these",
                next_step="Check the spelling; a clone on another machine has to be fetched first.",
            )
        if reader or _recognised(path):
            found.append(path)
            continue
        inside = [child for child in sorted(path.iterdir()) if _recognised(child)] if path.is_dir() else []
        if not inside:
            raise UnknownSourceError(
                f"no reader recognises '{source}'",
                expected="; ".join(one.describes for one in _readers()),
                next_step="Name the reader with --reader; `allmende list readers` shows them.",
            )
        found += inside
    return found


def _refuse_closed(path: Path) -> None:
    try:
        closed = path.exists() and not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    except PermissionError:
        closed = True
    if closed:
        raise SourceRefusedError(
            f"'{path}' may not be read by this user", next_step="Ask its owner, or read a copy of your own."
        )


def records_of(place: Path, options: ReadOptions, *, reader: str = "") -> Records:
    """The records of one place.

    Raises:
        SourceError: it cannot be read.
    """
    return reader_for(place, reader=reader)(place, options)


def reader_for(place: Path, *, reader: str = "") -> Reader:
    """The reader of that name, or the first that recognises the place.

    Raises:
        UnknownNameError: there is no reader of that name.
        UnknownSourceError: none recognises the place.
    """
    if reader:
        found = plugins.get("reader", reader)
        assert isinstance(found, Reader)
        return found
    for one in _readers():
        if one.recognises(place):
            return one
    raise UnknownSourceError(f"no reader recognises '{place}'", next_step="Name the reader with --reader.")


def _user_file(path: Path) -> bytes:
    if not path.is_file():
        raise SourceNotFoundError(f"nothing is at '{path}'", expected="a file of yours")
    return path.read_bytes()


def _readers() -> list[Reader]:
    return [one for one in plugins.find("reader").values() if isinstance(one, Reader)]


def _recognised(place: Path) -> bool:
    return any(one.recognises(place) for one in _readers())


def _together(parts: list[Records]) -> Records:
    """Several records as one: acts with the same reference are counted once."""
    if len(parts) == 1:
        return parts[0]
    events = _without_repeats(concatenate([part.events for part in parts]))
    refusals = sum((part.refusals for part in parts), Refusals())
    sources = [part.source for part in parts]
    return Records(
        events,
        replace(
            sources[0],
            name=sources[0].name if len(sources) == 1 else f"{sources[0].name} and {len(sources) - 1} more",
            mailmap=b"\n".join(source.mailmap for source in sources),
            conserved_names=all(source.conserved_names for source in sources),
            bots=tuple(bot for source in sources for bot in source.bots),
        ),
        refusals,
    )


def _without_repeats(events: Events) -> Events:
    """The events with each reference once; acts without a reference are all kept."""
    _, first = np.unique(events.ref, return_index=True)
    keep = np.zeros(len(events), bool)
    keep[first] = True
    keep |= events.ref == b""
    return events if keep.all() else events.take(keep)
