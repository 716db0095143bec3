r"""The output of `git log` cut into records, block by block.

Every commit begins with an empty field, then has six fields, then the paths it touched, each ended
by a NUL byte:

    "" id parents author date committer date ["\n"path path ...]

A path is never empty and no field contains a NUL (git cuts at the first), so a record can neither be
forged nor shifted by what a name or a path contains.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["FORMAT", "MOST_PATHS", "Batch", "batches"]

FORMAT = "%x00%H%x00%P%x00%an <%ae>%x00%ad%x00%cn <%ce>%x00%cd"
STRIDE = 7
MOST_PATHS = 100_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one block, a list for each field, all of equal length.

    Args:
        ids: Commit ids.
        parents: Ids of the parents, with a blank between them.
        authors: "Name <address>".
        dates: Seconds since 1970 and zone.
        committers: As authors.
        committed: As dates.
        paths: What they touched, record after record; counts of lines before each path where asked for.
        counts: How many of the paths belong to each record; None when paths were not asked for.
        torn: Whether the stream ended here within a record, which is then not among these.
    """

    ids: list[bytes]
    parents: list[bytes]
    authors: list[bytes]
    dates: list[bytes]
    committers: list[bytes]
    committed: list[bytes]
    paths: list[bytes]
    counts: list[int] | None = None
    torn: bool = False

    def __len__(self) -> int:
        return len(self.ids)


def batches(blocks: Iterable[bytes], *, paths: bool = False) -> Iterator[Batch]:
    """Cut a stream of blocks into whole records, whatever the stream contains.

    Args:
        blocks: The output of `git log -z --format=FORMAT`.
        paths: Keep the paths that follow a commit, at most one more than `MOST_PATHS` of each.
    """
    rest: list[bytes] = []
    for block in blocks:
        tail = rest.pop() if rest else b""
        fields = rest + (tail + block).split(b"\0")
        batch, rest = _cut(fields, paths=paths)
        yield batch
    rest = rest or [b""]
    # The end of the stream ends the last record, if that has its six fields.
    whole = len(rest) > STRIDE
    end = _marker(rest, STRIDE) if whole else 0
    torn = bool(rest[-1]) or end < len(rest) - 1
    yield _batch(rest, [0, end] if whole else [0], paths=paths, torn=torn)


def _cut(fields: list[bytes], *, paths: bool) -> tuple[Batch, list[bytes]]:
    """The whole records of these fields, and the fields that must wait for the next block."""
    even = (len(fields) - 1) // STRIDE * STRIDE
    if not paths and fields[0:even:STRIDE].count(b"") * STRIDE == even and even:
        held = even - STRIDE
        return _even_batch(fields[:held]), fields[held:]
    starts = [_marker(fields, 0)]
    while starts[-1] < len(fields) - 1:
        starts.append(_marker(fields, starts[-1] + STRIDE))
    if starts[-1] == len(fields) - 1 and len(starts) > 1:
        starts.pop()
    return _batch(fields, starts, paths=paths), _short(fields[starts[-1] :])


def _marker(fields: list[bytes], begin: int) -> int:
    # The last field is not yet ended, so its being empty does not mark a record.
    try:
        return fields.index(b"", begin, len(fields) - 1)
    except ValueError:
        return len(fields) - 1


def _short(held: list[bytes]) -> list[bytes]:
    # A commit of ten million paths must not be held in memory: one too many is enough to know.
    return held if len(held) <= STRIDE + MOST_PATHS + 2 else [*held[: STRIDE + MOST_PATHS + 1], held[-1]]


def _even_batch(fields: list[bytes]) -> Batch:
    ids, parents, authors, dates, committers, committed = (
        fields[place::STRIDE] for place in range(1, STRIDE)
    )
    return Batch(ids, parents, authors, dates, committers, committed, [])


def _batch(fields: list[bytes], starts: list[int], *, paths: bool, torn: bool = False) -> Batch:
    """The records that begin at all `starts` but the last, which is where the last one ends."""
    begins = starts[:-1]
    ids, parents, authors, dates, committers, committed = (
        [fields[begin + place] for begin in begins] for place in range(1, STRIDE)
    )
    touched: list[bytes] = []
    for begin, end in pairwise(starts) if paths else ():
        if begin + STRIDE < end:
            touched.append(fields[begin + STRIDE].removeprefix(b"\n"))
            touched += fields[begin + STRIDE + 1 : end]
    counts = [end - begin - STRIDE for begin, end in pairwise(starts)] if paths else None
    return Batch(ids, parents, authors, dates, committers, committed, touched, counts, torn)
