"""Sandbox: foreign Parquet, Arrow and .7z files are decoded in a child process, never in this one.

Decoders written for trusted writers meet files from strangers. The child (`sandbox_child`) has no
environment, no network, may write nothing, start nothing, and has limits of memory and time from the
kernel; this side keeps a wall clock, checks the footer's sizes before anything is decoded, takes
plain numbers over a pipe, and trusts none of them. Whatever happens to the child, this process lives.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.tables.columns import Column

__all__ = ["FREE", "RATIO", "ChildFailedError", "Foreign", "Limits", "archive", "foreign"]

FREE = 256 << 20
"""Bytes that any file may decode to."""
RATIO = 200
"""How many times its size a file may decode to beyond that. Real logs reach 20."""

_PROGRAM = (
    "import sys; sys.path.insert(0, {!r}); from allmende.foreign.sandbox_child.program import main; main()"
)
COMMAND = (sys.executable, "-I", "-B", "-c", _PROGRAM.format(str(Path(__file__).resolve().parents[2])))
NEEDED = {
    "pyarrow": "Install it with `pip install 'allmende[arrow]'`.",
    "py7zr": "Install it with `pip install 'allmende[archives]'`, or unpack the file first.",
}
_HEADER = 4 << 20
_TABLE = 1 << 30
Answer = TypeVar("Answer")
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one foreign file may cost.

    Args:
        memory: Address space of the child, bytes.
        seconds: CPU seconds of the child.
        patience: Seconds of the wall clock beyond twice that.
    """

    memory: int = 2 << 30
    seconds: int = 60
    patience: float = 10.0

    @property
    def wall(self) -> float:
        """Seconds of the wall clock after which the child is ended."""
        return 2 * self.seconds + self.patience


class _Footer(msgspec.Struct):
    names: list[str] = []
    widths: list[Count] = []
    rows: Count = 0
    packed: Count = 0
    open: list[str] = []
    refused: str = ""
    lacking: str = ""


class _Head(msgspec.Struct):
    kind: Literal["text", "whole", "fraction", "instant", "flag", ""] = ""
    rows: Count = 0
    table: Annotated[int, msgspec.Meta(ge=0, le=_TABLE)] = 0
    refused: str = ""


class _Block(msgspec.Struct):
    bytes: Annotated[int, msgspec.Meta(ge=0, le=1 << 30)] = 0
    refused: str = ""


class ChildFailedError(Exception):
    """The child did not answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign file whose footer has been read.

    Args:
        names: Its columns.
        rows: How many rows the footer promises.
        notes: What could not be closed to the child on this system.
        child: The process that reads it.
        footer: What it said.
    """

    names: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]
    child: "_Child"
    footer: _Footer

    def columns(self, wanted: Sequence[str], *, memory: int) -> dict[str, Column]:
        """Decode columns; can be asked once.

        Args:
            wanted: Their names; all must be in `names`.
            memory: Bytes that all of them may take.

        Raises:
            SourceRefusedError: the footer promises more than a file of this size may hold, or than fits
                in memory; nothing was decoded.
            ChildFailedError: they cannot be decoded.
        """
        width = sum(self.footer.widths[self.names.index(name)] for name in wanted)
        decoded = self.rows * width
        limit = min(max(FREE, RATIO * self.footer.packed), memory)
        if decoded > limit:
            raise SourceRefusedError(
                f"its footer promises {self.rows} rows, {_size(decoded)} when decoded, in a file of "
                f"{_size(self.footer.packed)}",
                where=self.child.place,
                expected=f"at most {_size(limit)}",
                next_step="If the file is your own, split it into several.",
            )
        self.child.ask({"columns": list(wanted)})
        return {name: self._column() for name in wanted}

    def _column(self) -> Column:
        head = self.child.answer(_Head)
        if head.refused or head.rows != self.rows or not head.kind:
            raise ChildFailedError(head.refused or f"it holds {head.rows} rows, its footer says {self.rows}")
        dtype = {"text": "<i4", "fraction": "<f8"}.get(head.kind, "<i8")
        values = np.frombuffer(self.child.take(self.rows * np.dtype(dtype).itemsize), dtype)
        packed = np.frombuffer(self.child.take((self.rows + 7) // 8), np.uint8)
        missing = np.unpackbits(packed, count=self.rows).astype(np.bool_)
        texts = _decoded(self.child.take(head.table), list[str])
        table = tuple(texts) if head.kind == "text" else ()
        if head.kind == "text":
            table = table or ("",)
            values = np.where(missing, 0, values)
            if len(values) and not 0 <= values.min() <= values.max() < len(table):
                raise ChildFailedError("the child answered nonsense")
        return Column(head.kind, values, missing, table)


@contextmanager
def foreign(path: Path, *, suffix: str, limits: Limits | None = None) -> Iterator[Foreign]:
    """Open a foreign table in a child process.

    Args:
        path: A Parquet or Arrow IPC file.
        suffix: ".parquet", ".arrow" or ".feather".
        limits: What it may cost.

    Raises:
        SourceNotFoundError: nothing is there.
        SourceRefusedError: it is no such file, or its footer cannot be read.
    """
    with _opened(path, suffix, limits or Limits()) as (child, footer):
        if len(footer.names) != len(footer.widths):
            raise ChildFailedError("the child answered nonsense")
        notes = tuple(f"the {door} of the decoding process could not be limited here" for door in footer.open)
        yield Foreign(tuple(footer.names), footer.rows, notes, child, footer)


@contextmanager
def archive(path: Path, *, limits: Limits | None = None) -> Iterator[Iterator[bytes]]:
    """Unpack a foreign .7z archive in a child process, block by block; damage is a `ChildFailedError`.

    Args:
        path: The archive.
        limits: What it may cost.

    Raises:
        SourceNotFoundError: nothing is there.
        SourceRefusedError: it is no such file, or py7zr is not installed.
    """

    def blocks(child: _Child) -> Iterator[bytes]:
        while (head := child.answer(_Block)).bytes:
            yield child.take(head.bytes)
        if head.refused:
            raise ChildFailedError(head.refused)

    with _opened(path, ".7z", limits or Limits()) as (child, _):
        yield blocks(child)


@contextmanager
def _opened(path: Path, suffix: str, limits: Limits) -> Iterator[tuple["_Child", _Footer]]:
    if not path.is_file():
        raise SourceNotFoundError("there is no such file", where=str(path))
    child = _Child(path, limits)
    try:
        place = os.fspath(path.resolve())
        child.ask({"path": place, "suffix": suffix, "memory": limits.memory, "seconds": limits.seconds})
        footer = child.answer(_Footer)
        if footer.refused:
            raise SourceRefusedError(
                f"cannot be read as a {suffix} file: {footer.refused}",
                where=str(path),
                next_step=NEEDED.get(footer.lacking, ""),
            )
        yield child, footer
    except ChildFailedError as fault:
        raise SourceRefusedError(f"cannot be read as a {suffix} file: {fault}", where=str(path)) from None
    finally:
        child.end()


class _Child:
    """The process, its pipes and its wall clock."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.place = str(path)
        self._limits = limits
        self._deadline = time.monotonic() + limits.wall
        self._read_ahead = bytearray()
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            cwd="/" if os.name == "posix" else None,
            env=ENVIRONMENT,
            bufsize=0,
        )

    def ask(self, what: dict[str, Any]) -> None:
        """Send a line of JSON."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(what) + b"\n")
        except OSError:
            raise ChildFailedError(self._why()) from None

    def answer(self, form: type[Answer]) -> Answer:
        """Take a line of JSON."""
        while (end := self._read_ahead.find(b"\n")) < 0:
            if len(self._read_ahead) > _HEADER:
                raise ChildFailedError("its footer is too large")
            self._read()
        return _decoded(self.take(end + 1), form)

    def take(self, size: int) -> bytes:
        """Take this many bytes."""
        while len(self._read_ahead) < size:
            self._read()
        content = bytes(self._read_ahead[:size])
        del self._read_ahead[:size]
        return content

    def _read(self) -> None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        left = self._deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise ChildFailedError(f"it took longer than {self._limits.wall:g} seconds")
        content = os.read(pipe, 1 << 20)
        if not content:
            raise ChildFailedError(self._why())
        self._read_ahead += content

    def _why(self) -> str:
        code = self._process.wait(10)
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return f"it took more than {self._limits.seconds} CPU seconds or too much memory"
        return f"its decoder crashed ({signal.Signals(-code).name})" if code < 0 else "its decoder gave up"

    def end(self) -> None:
        """Close the pipes and make sure that nothing is left running."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.kill()
        self._process.wait()


ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "HOME": "/nonexistent",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def _decoded(content: bytes, form: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ChildFailedError("the child answered nonsense") from None


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 10_000 or unit == "GB":  # noqa: PLR2004 - four digits are read at a glance
            return f"{size} {unit}"
        size //= 1000
    raise AssertionError
