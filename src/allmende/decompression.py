"""Compressed files as streams of bytes that end at a budget, not at the end of memory.

A kilobyte of bzip2 may unpack to a gigabyte. Nothing is unpacked to disk, only a block is held at a time, and
reading ends cleanly when the unpacked size leaves all proportion to the file.
"""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from allmende.errors import SourceNotFoundError, SourceRefusedError

__all__ = ["BLOCK", "Stream", "bare_suffix", "pump"]

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


class StopReading(Exception):  # noqa: N818 - it is no error: it ends a stream that pushes
    """Raised to end an archive that pushes its bytes."""


def pump(path: Path, feed: Callable[[bytes], bool], *, ratio: int) -> str:
    """Push the unpacked bytes of a .7z, .gz, .bz2 or plain file to a function until it says False.

    Args:
        path: The file.
        feed: Told each block; says whether it wants more.
        ratio: As in `Stream`.

    Returns:
        Why reading ended early; "" at the end of the file and when `feed` wanted no more.

    Raises:
        SourceError: the file cannot be opened, or .7z archives cannot be read here.
    """
    if path.suffix.lower() == ".7z":
        return _pump_archive(path, feed, ratio)
    stream = Stream.open(path, ratio=ratio)
    try:
        while (content := stream.block()) and feed(content):
            pass
    finally:
        stream.close()
    return stream.stopped


def _pump_archive(path: Path, feed: Callable[[bytes], bool], ratio: int) -> str:
    try:
        import py7zr
        from py7zr.exceptions import ArchiveError
    except ImportError:
        raise SourceRefusedError(
            "reading .7z archives needs the package py7zr",
            where=str(path),
            next_step="Install it with `pip install 'allmende[archives]'`, or unpack the file first.",
        ) from None
    if not path.is_file():
        raise SourceNotFoundError("there is no such file", where=str(path))
    limits = Stream(io.BytesIO(), path.stat().st_size, ratio)
    damage = (ArchiveError, *_BROKEN, OSError, ValueError, TypeError, KeyError, IndexError, MemoryError)

    def push(content: bytes) -> None:
        limits.check(len(content))
        if limits.stopped or not feed(content):
            raise StopReading

    try:
        with py7zr.SevenZipFile(path, "r") as archive:
            archive.extractall(factory=_pushing(push))
    except StopReading:
        pass
    except damage as fault:
        limits.stopped = f"the archive is damaged after {limits.read_bytes} bytes ({type(fault).__name__})"
    return limits.stopped


def _pushing(push: Callable[[bytes], None]) -> Any:
    """What py7zr takes for files to write to, and which pushes the bytes on."""
    from py7zr.io import Py7zIO, WriterFactory

    class Pushed(Py7zIO):
        written = 0

        def write(self, content: bytes | bytearray) -> int:
            self.written += len(content)
            push(bytes(content))
            return len(content)

        def read(self, size: int | None = None) -> bytes:  # noqa: ARG002 - the interface asks for it
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 - the interface asks for it
            return 0

        def flush(self) -> None:
            """Nothing is kept back."""

        def size(self) -> int:
            return self.written

    class Pushing(WriterFactory):
        def create(self, filename: str) -> Py7zIO:  # noqa: ARG002 - the interface asks for it
            return Pushed()

    return Pushing()
