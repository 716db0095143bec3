"""The program that decodes one foreign Parquet, Arrow or .7z file, in a process of its own.

`sandbox` starts it with an empty environment. Before it looks at the file it gives up memory, time,
files, the network and the right to start programs; then it answers over its standard output:

    <- {"path", "suffix", "memory", "seconds"}             one line of JSON
    -> {"names", "widths", "rows", "packed", "open"}       what the footer says, and what is not closed
    <- {"columns"}                                         one line
    -> {"kind", "rows", "table"} values missing table      for each column: a line, then plain bytes

Of a .7z archive it sends {"bytes"} and that many bytes, until {"bytes": 0}. Instead of any answer,
{"refused": why}. It uses nothing else of the package.
"""

import json
import sys

from allmende.foreign.sandbox_child.decoders import Arrow, Parquet
from allmende.foreign.sandbox_child.doors import close_doors
from allmende.foreign.sandbox_child.sending import Channel

__all__ = ["main", "unpack"]


def main() -> None:
    """Read one request, answer it."""
    channel = Channel()
    request = json.loads(sys.stdin.buffer.readline())
    still_open = close_doors(request["memory"], request["seconds"])
    try:
        if request["suffix"] == ".7z":
            unpack(channel, request["path"], still_open)
            return
        table = (Parquet if request["suffix"] == ".parquet" else Arrow)(request["path"])
        channel.answer({**table.footer(), "open": still_open})
        for name in json.loads(sys.stdin.buffer.readline())["columns"]:
            channel.column(*table.column(name))
    except BrokenPipeError:
        return
    except MemoryError:
        channel.answer({"refused": "it needs more memory than it may have"})
    except ImportError as fault:
        channel.answer({"refused": f"the package {fault.name} is needed to read it", "lacking": fault.name})
    except Exception as fault:  # noqa: BLE001 - whatever a decoder throws is an answer
        words = " ".join(str(fault).replace(request["path"], "it").split())
        channel.answer({"refused": "".join(mark for mark in words if mark.isprintable())[:200]})


def unpack(channel: Channel, path: str, still_open: list[str]) -> None:
    """Send what is in a .7z archive, one file after the other."""
    import py7zr
    from py7zr.io import Py7zIO, WriterFactory

    class Pushed(Py7zIO):
        """What py7zr takes for a file to write to."""

        written = 0

        def write(self, content: bytes | bytearray) -> int:
            if content:
                channel.block(content)
            self.written += len(content)
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
        """Makes one for each file of the archive."""

        def create(self, filename: str) -> Py7zIO:  # noqa: ARG002 - the interface asks for it
            return Pushed()

    with py7zr.SevenZipFile(path, "r") as archive:
        channel.answer({"open": still_open})
        archive.extractall(factory=Pushing())
    channel.answer({"bytes": 0})
