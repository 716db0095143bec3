"""Files: written whole or not at all, and there after a power cut.

A file is written under another name in the same folder, flushed to the disk, and renamed; then the folder
is flushed too, because a name is content of the folder. Who reads meanwhile sees the old state or the new.
"""

import os
from pathlib import Path

__all__ = ["partial_of", "put", "settle", "write"]


def partial_of(path: Path) -> Path:
    """Where a file is written before it is put in place: hidden, in the same folder, this process's own."""
    return path.with_name(f".{path.name}.partial-{os.getpid()}")


def put(partial: Path, path: Path) -> None:
    """Flush a written file to the disk and give it its name; what had that name is gone.

    Args:
        partial: The written file.
        path: Its name from now on, in the same folder.

    Raises:
        OSError: the disk does not take it; what had the name is still there.
    """
    descriptor = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what had that name is gone.

    Raises:
        OSError: the disk does not take it; what had the name is still there.
    """
    partial = partial_of(path)
    try:
        partial.write_bytes(content)
        put(partial, path)
    finally:
        partial.unlink(missing_ok=True)
