"""Compressed files as streams of bytes that end at a budget, not at the end of memory.

A kilobyte of bzip2 may unpack to a gigabyte. Nothing is unpacked to disk, only a block is held at a time, and
reading ends cleanly when the unpacked size leaves all proportion to the file.
"""

import bz2
import gzip
import lzma
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from allmende.errors import SourceNotFoundError, SourceRefusedError

__all__ = ["BLOCK", "FREE", "Stream", "bare_suffix"]

BLOCK = 1 << 18
FREE = 1 << 30
"""Bytes that any file may unpack to."""

_UNPACK = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


def bare_suffix(path: Path) -> str:
    """The suffix of a file without that of its compression.

    >>> bare_suffix(Path("log.CSV.gz")), bare_suffix(Path("dump.xml"))
    ('.csv', '.xml')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes and suffixes[-1] in (".gz", ".bz2", ".7z"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


@dataclass
class Stream:
    """Unpacked bytes of a file, with a limit.

    Args:
        file: The unpacked bytes.
        packed: Size of the file, bytes.
        ratio: How many times its size a file may unpack to once that is more than 1 GiB.
        read_bytes: Unpacked bytes read so far.
        stopped: Why reading ended early; "" when it did not.
    """

    file: BinaryIO | Any
    packed: int
    ratio: int = 200
    read_bytes: int = field(default=0, init=False)
    stopped: str = field(default="", init=False)

    @classmethod
    def open(cls, path: Path, *, ratio: int = 200) -> "Stream":
        """Open a plain, .gz or .bz2 file.

        Raises:
            SourceNotFoundError: nothing is there.
            SourceRefusedError: it may not be read.
        """
        try:
            raw = path.open("rb")
            packed = path.stat().st_size
        except FileNotFoundError:
            raise SourceNotFoundError("there is no such file", where=str(path)) from None
        except OSError as fault:
            raise SourceRefusedError(f"cannot be read: {fault.strerror}", where=str(path)) from None
        suffix = path.suffix.lower()
        if suffix not in _UNPACK:
            return cls(raw, packed, ratio)
        raw.close()
        return cls(_UNPACK[suffix](path), packed, ratio)

    def block(self) -> bytes:
        """The next bytes; b"" at the end, at a limit, and at damage, of which `stopped` tells."""
        if self.stopped:
            return b""
        try:
            content: bytes = self.file.read(BLOCK)
        except _BROKEN as fault:
            self.stopped = (
                f"the compressed file is damaged or cut off after {self.read_bytes} bytes ({fault})"
            )
            return b""
        except OSError as fault:
            self.stopped = f"the file cannot be read on after {self.read_bytes} bytes ({fault})"
            return b""
        self.check(len(content))
        return content

    def check(self, size: int) -> None:
        """Count unpacked bytes; sets `stopped` when they are too many."""
        self.read_bytes += size
        if self.read_bytes > max(FREE, self.ratio * self.packed):
            self.stopped = (
                f"the file unpacks to more than {self.ratio} times its size; "
                f"read up to {self.read_bytes >> 20} MiB"
            )

    def close(self) -> None:
        """Close the file."""
        self.file.close()
