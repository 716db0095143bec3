"""Archives: the bytes of a file, packed or not, pushed to whoever wants them until they want no more.

A .7z archive is unpacked in the child process of `sandbox`, which may hold no more than its memory and
can do nothing else; .gz and .bz2 by Python's own modules in this one.
"""

import io
from collections.abc import Callable
from pathlib import Path

from allmende.foreign.sandbox import ChildFailedError, Limits, archive
from allmende.tables.decompression import Stream

__all__ = ["pump"]

SECONDS = 24 * 3600
"""CPU seconds of the child: whoever is fed has a budget of their own, and ends it."""


def pump(path: Path, feed: Callable[[bytes], bool], *, ratio: int) -> str:
    """Push the unpacked bytes of a .7z, .gz, .bz2 or plain file to a function until it says False.

    Args:
        path: The file.
        feed: Told each block; says whether it wants more.
        ratio: As in `decompression.Stream`.

    Returns:
        Why reading ended early; "" at the end of the file and when `feed` wanted no more.

    Raises:
        SourceError: the file cannot be opened, or .7z archives cannot be read here.
    """
    if path.suffix.lower() == ".7z":
        return _unpack(path, feed, ratio)
    stream = Stream.open(path, ratio=ratio)
    try:
        while (content := stream.block()) and feed(content):
            pass
    finally:
        stream.close()
    return stream.stopped


def _unpack(path: Path, feed: Callable[[bytes], bool], ratio: int) -> str:
    with archive(path, limits=Limits(seconds=SECONDS)) as blocks:
        limits = Stream(io.BytesIO(), path.stat().st_size, ratio)
        try:
            for content in blocks:
                limits.check(len(content))
                if limits.stopped or not feed(content):
                    break
        except ChildFailedError as fault:
            return f"the archive is damaged or cut off after {limits.read_bytes} bytes ({fault})"
    return limits.stopped
