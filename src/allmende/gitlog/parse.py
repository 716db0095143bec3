"""Records of a git history as columns of numbers.

What has no readable author or date becomes a counted refusal: records = commits read + refusals.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import compress, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import BudgetExceededError
from allmende.events import RECORDER_UNKNOWN, Refusal
from allmende.gitlog.dates import microseconds
from allmende.gitlog.frames import MOST_PATHS, Batch

__all__ = ["Log", "Parser"]

NOBODY = b" <>"
HEXADECIMAL = b"0123456789abcdef"
ID_LENGTHS = {40, 64}
BYTES_A_COMMIT = 700
BYTES_A_PATH = 200
NO_ID = "a damaged commit id"
NO_AUTHOR = "no author"
NO_DATE = "no date, or one too far away to be counted in microseconds"


@dataclass(frozen=True, slots=True)
class Log:
    """A history read: columns over its readable commits, in the order in which git told them.

    Args:
        acts: Records that git told: the commits here and the refusals.
        refusals: Those that could not be read.
        people: Distinct "Name <address>".
        works: Distinct paths.
        oversized: Commits whose paths were left out because there were more than `MOST_PATHS`.
        unrecorded: Commits that do not say who committed them, or when.
        torn: Whether the stream ended within a record.
        ref: Commit ids.
        at: Author date, microseconds since 1970. int64.
        offset: Minutes east of UTC on the author's clock. int16.
        member: Author, code into `people`. int32.
        merge: Whether it has more than one parent.
        recorder: Committer, code into `people` or `RECORDER_UNKNOWN`. int32.
        recorded: Committer date. int64.
        lines: Lines added and removed, 0 where they were not asked for. int64.
        touched: How many paths it touched. int64.
        work: Those paths, one commit after the other, codes into `works`. int32.
    """

    acts: int
    refusals: tuple[Refusal, ...]
    people: tuple[bytes, ...]
    works: tuple[bytes, ...]
    oversized: int
    unrecorded: int
    torn: bool
    ref: NDArray[np.bytes_]
    at: NDArray[np.int64]
    offset: NDArray[np.int16]
    member: NDArray[np.int32]
    merge: NDArray[np.bool_]
    recorder: NDArray[np.int32]
    recorded: NDArray[np.int64]
    lines: NDArray[np.int64]
    touched: NDArray[np.int64]
    work: NDArray[np.int32]


@dataclass(slots=True)
class Parser:
    """Collects batches of records; `log` is what they amount to.

    Args:
        line_counts: Whether paths come with counts of lines added and removed before them.
        memory: Bytes that the columns may take.
        cut: Commits whose parents are missing, so that what they changed cannot be told.
    """

    line_counts: bool = False
    memory: int = 4 << 30
    cut: frozenset[bytes] = frozenset()
    acts: int = 0
    unrecorded: int = 0
    oversized: int = 0
    torn: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    people: defaultdict[bytes, int] = field(default_factory=lambda: defaultdict(count().__next__))
    works: defaultdict[bytes, int] = field(default_factory=lambda: defaultdict(count().__next__))
    touches: int = 0
    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Take in the records of one batch.

        Raises:
            BudgetExceededError: there are more of them than memory was allowed for.
        """
        self.acts += len(batch)
        self.torn |= batch.torn
        if not len(batch):
            return
        at, offset, dated = microseconds(batch.dates)
        recorded, _, entered = microseconds(batch.committed)
        member = self._people(batch.authors)
        recorder = self._people(batch.committers)
        nobody = self.people.get(NOBODY, RECORDER_UNKNOWN - 1)
        recorder = np.where(recorder == nobody, RECORDER_UNKNOWN, recorder)
        whole = _whole_ids(batch.ids)
        named = member != nobody
        usable = whole & dated & named
        self._refuse(batch.ids, whole, named, usable)
        self.unrecorded += int(np.count_nonzero(usable & (~entered | (recorder == RECORDER_UNKNOWN))))
        part = {
            "ref": np.array(batch.ids, f"S{max(map(len, batch.ids))}"),
            "at": at,
            "offset": offset,
            "member": member,
            "merge": _lengths(batch.parents) > _lengths(batch.ids),
            "recorder": recorder.astype(np.int32),
            "recorded": np.where(entered, recorded, at),
        }
        keep = slice(None) if usable.all() else usable
        self.parts.append({name: column[keep] for name, column in part.items()})
        self.parts[-1] |= self._touched(batch, usable)
        if BYTES_A_COMMIT * self.acts + BYTES_A_PATH * (self.touches + len(self.works)) > self.memory:
            raise BudgetExceededError(
                f"its history needs more than the {self.memory >> 20:,} MiB of memory allowed",
                next_step="Allow more: --memory MIB, or `ReadOptions(memory=...)`.",
            )

    def log(self) -> Log:
        """All that was taken in."""
        names = ("ref", "at", "offset", "member", "merge", "recorder", "recorded", "lines", "touched", "work")
        parts = self.parts or [_NOTHING]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
        return Log(
            acts=self.acts,
            refusals=tuple(self.refusals),
            people=tuple(self.people),
            works=tuple(self.works),
            oversized=self.oversized,
            unrecorded=self.unrecorded,
            torn=self.torn,
            **columns,
        )

    def _people(self, names: list[bytes]) -> NDArray[np.int32]:
        return np.array([self.people[name] for name in names], np.int32)

    def _refuse(
        self,
        ids: list[bytes],
        whole: NDArray[np.bool_],
        named: NDArray[np.bool_],
        usable: NDArray[np.bool_],
    ) -> None:
        for row in np.flatnonzero(~usable).tolist():
            if not whole[row]:
                self.refusals.append(Refusal(f"commit number {self.acts - len(ids) + row + 1}", NO_ID))
            else:
                # Without an author line git finds no date either: the first of the two is the reason.
                reason = NO_DATE if named[row] else NO_AUTHOR
                self.refusals.append(Refusal(ids[row].decode("ascii"), reason))

    def _touched(self, batch: Batch, usable: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        if batch.counts is None:
            nothing = np.zeros(np.count_nonzero(usable), np.int64)
            return {"lines": nothing, "touched": nothing, "work": np.zeros(0, np.int32)}
        counts = np.array(batch.counts, np.int64)
        large = counts > MOST_PATHS
        self.oversized += int(np.count_nonzero(large & usable))
        told = usable & ~large
        if self.cut:
            told &= [name not in self.cut for name in batch.ids]
        paths = batch.paths if told.all() else list(compress(batch.paths, np.repeat(told, counts).tolist()))
        counts = np.where(told, counts, 0)
        lines = np.zeros(len(paths), np.int64)
        if self.line_counts:
            split = [path.split(b"\t", 2) for path in paths]
            lines = np.fromiter(map(_changed, split), np.int64, len(paths))
            paths = [fields[-1] for fields in split]
        total = np.concatenate([[0], np.cumsum(lines)])
        end = np.cumsum(counts)
        self.touches += len(paths)
        return {
            "lines": (total[end] - total[end - counts])[usable],
            "touched": counts[usable],
            "work": np.array([self.works[path] for path in paths], np.int32),
        }


_NOTHING: dict[str, NDArray[Any]] = {
    "ref": np.zeros(0, "S40"),
    "at": np.zeros(0, np.int64),
    "offset": np.zeros(0, np.int16),
    "member": np.zeros(0, np.int32),
    "merge": np.zeros(0, np.bool_),
    "recorder": np.zeros(0, np.int32),
    "recorded": np.zeros(0, np.int64),
    "lines": np.zeros(0, np.int64),
    "touched": np.zeros(0, np.int64),
    "work": np.zeros(0, np.int32),
}


def _lengths(texts: list[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _whole_ids(ids: list[bytes]) -> NDArray[np.bool_]:
    lengths = set(map(len, ids))
    if lengths <= ID_LENGTHS and len(lengths) == 1 and not b"".join(ids).translate(None, HEXADECIMAL):
        return np.ones(len(ids), np.bool_)
    return np.array([len(name) in ID_LENGTHS and not name.translate(None, HEXADECIMAL) for name in ids])


def _changed(fields: list[bytes]) -> int:
    """Lines added and removed; a binary file ("-") has none.

    >>> _changed([b"3", b"4", b"README"]), _changed([b"-", b"-", b"logo.png"])
    (7, 0)
    """
    return sum(int(number) for number in fields[:2] if number.isdigit() and len(number) < len("9" * 18))
