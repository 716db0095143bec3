"""Checking: which files of a sweep are whole, and what is gone with those that are not.

The name of a file of runs holds the numbers of its first and last piece, the beginning of the design's
fingerprint, and the beginning of its own SHA-256. So a file is known to be whole before a byte of it is
believed, and of a damaged one it is known which runs are gone with it.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from allmende.sweeps.description import Described
from allmende.sweeps.design import Piece

__all__ = ["Damage", "Kept", "checked", "name_of"]

_NAME = re.compile(r"(\d{7,})-(\d{7,})-([0-9a-f]{8})-([0-9a-f]{16})\.parquet")
_TOLD = 3


class Kept(NamedTuple):
    """A whole file of runs.

    Args:
        path: The file.
        first: Number of its first piece.
        last: Number of its last piece.
    """

    path: Path
    first: int
    last: int


class Damage(NamedTuple):
    """A file that is not what was written.

    Args:
        path: The file.
        reason: What is wrong with it.
        first: Number of the first piece that was in it; -1 when its name does not say.
        last: Number of the last piece.
        runs: The runs that were in it, in words.
    """

    path: Path
    reason: str
    first: int
    last: int
    runs: str

    def __str__(self) -> str:
        return f"{self.path.name} is damaged: {self.reason}. In it: {self.runs}."


def checked(path: Path, described: Described, pieces: Sequence[Piece]) -> Kept | Damage:
    """Whether a file of runs is whole.

    Args:
        path: The file.
        described: What the sweep is.
        pieces: All its pieces.
    """
    found = _NAME.fullmatch(path.name)
    first, last = (int(found[1]), int(found[2])) if found else (-1, -1)
    if found is None or not first <= last < len(pieces):
        return Damage(path, "its name is not one that a sweep gives", -1, -1, "what it holds is not known")
    told = _words(described, pieces[first : last + 1])
    if found[3] != described.asked[:8]:
        return Damage(path, "it belongs to another sweep", first, last, told)
    try:
        name = name_of(first, last, described.asked, path)
    except OSError as error:
        return Damage(path, f"it cannot be read: {error.strerror}", first, last, told)
    if name != path.name:
        return Damage(path, "its checksum does not fit", first, last, told)
    return Kept(path, first, last)


def name_of(first: int, last: int, asked: str, content: Path) -> str:
    """The name of a file of runs.

    Args:
        first: Number of its first piece.
        last: Number of its last piece.
        asked: The design's fingerprint.
        content: The file, whatever it is called now.

    Raises:
        OSError: it cannot be read.
    """
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{first:07d}-{last:07d}-{asked[:8]}-{digest[:16]}.parquet"


def _words(described: Described, pieces: Sequence[Piece]) -> str:
    """Some runs in words: cases, futures, and worlds counted from 0."""
    told = [
        f"'{described.cases[piece.case].name}', {described.cases[piece.case].futures[piece.future]}, "
        + (
            f"worlds {piece.first} to {piece.last - 1}"
            if piece.last - piece.first > 1
            else f"world {piece.first}"
        )
        for piece in pieces[:_TOLD]
    ]
    rest = len(pieces) - len(told)
    return "; ".join(told) + (f"; and {rest} pieces more" if rest else "")
