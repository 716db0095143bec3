"""Lines of a stream, numbered, with room to go back.

Text is decoded a block at a time. What is not in the encoding arrives as lone surrogates and what is
longer than a line may be as a marker, so that a reader refuses that line and keeps the next.
"""

from collections import deque

from allmende.tables.decompression import Stream

__all__ = ["LONGEST_LINE", "TOO_LONG", "Lines", "encoded"]

LONGEST_LINE = 1 << 20
TOO_LONG = "\0too long"


class Lines:
    """Numbered lines of a stream, with room to go back to lines that a faulty quote had swallowed.

    Args:
        stream: The unpacked bytes.
        encoding: Of the text; what is not in it arrives as lone surrogates.

    Attributes:
        number: Number of the line handed out last.
        clean: Whether all buffered lines are of ordinary length, in the encoding and without NUL.
        cut: Whether the stream ended inside its last line.
        returns: How often lines were given back because of a fault.
    """

    def __init__(self, stream: Stream, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self._buffer: deque[str] = deque()
        self._rest, self._skipping, self._ended = b"", False, False
        self.number, self.clean, self.cut = 0, True, False
        self.returns = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        while not self._buffer:
            if self._ended:
                raise StopIteration
            self._fill()
        self.number += 1
        return self._buffer.popleft()

    def block(self) -> list[str]:
        """All lines that are buffered, at least one; none at the end."""
        while not self._buffer and not self._ended:
            self._fill()
        lines = list(self._buffer)
        self._buffer.clear()
        self.number += len(lines)
        return lines

    def back(self, lines: list[str]) -> None:
        """Hand out these lines again."""
        self._buffer.extendleft(reversed(lines))
        self.number -= len(lines)
        self.clean = False

    @property
    def at_end(self) -> bool:
        """Whether every line has been handed out."""
        return self._ended and not self._buffer

    def _fill(self) -> None:
        block = self._stream.block()
        content = self._rest + block
        self._ended = not block
        end = len(content) if self._ended else content.rfind(b"\n") + 1
        whole, self._rest = content[:end], content[end:]
        self.cut = self._ended and bool(whole) and not whole.endswith(b"\n")
        if self._skipping and (end or self._ended):
            whole = TOO_LONG.encode() + whole[whole.find(b"\n") if b"\n" in whole else len(whole) :]
            self._skipping = False
        if len(self._rest) > LONGEST_LINE:
            self._rest, self._skipping = b"", True
        self._buffer.extend(self._split(whole))

    def _split(self, whole: bytes) -> list[str]:
        try:
            text, self.clean = whole.decode(self._encoding), b"\0" not in whole
        except UnicodeDecodeError:
            text, self.clean = whole.decode(self._encoding, "surrogateescape"), False
        lines = text.split("\n")
        last = lines.pop()
        ended = [line + "\n" for line in lines]
        return [*ended, last] if last else ended


def encoded(line: str) -> bool:
    r"""Whether all of a line was in the encoding it was read in.

    >>> encoded("caf\u00e9"), encoded("caf\udce9")
    (True, False)
    """
    return line.isascii() or not any("\udc80" <= mark <= "\udcff" for mark in line)
