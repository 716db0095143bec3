"""A fuzzer for the stream of git log: mutated commits, mutated streams, and a slow reader to compare with.

The slow reader is the specification of `gitlog.frames` and `gitlog.parse`, written as a person would who
need not hurry. Whatever the stream, both must tell the same commits, and lose none.
"""

import random
import re
from dataclasses import dataclass

from allmende.gitlog.frames import batches
from allmende.gitlog.parse import Log, Parser

ODD = [
    b"",
    b" ",
    b"\0",
    b"\n",
    b"\n\0",
    b" <>",
    b"<",
    b">",
    b"\xff",
    b"\xc3",
    b"\x1f",
    b"\t",
    b"-",
    b"+0000",
    b"9" * 20,
]
DATES = [
    b"1700000000 +0100",
    b"1700000000 -0930",
    b"978307200 +0000",
    b"0 +0000",
    b"1 +0000",
    b"1300000000 +51800",
    b"1300000000 +0060",
    b"9223372036854 +0000",
    b"9223372036855 +0000",
    b"99999999999999999999 +0000",
    b"-5 +0000",
    b"17000000000 +0000",
    b"1700000000",
    b"1700000000 0100",
    b"1700000000 +01000",
    b"170000000a +0100",
    b"",
    b"",
]
PEOPLE = [b"Ada <ada@x>", b"Bob <bob@x>", b" <c@x>", b"D <>", b" <>", b"K\xe5re <k@x>", b"Zo\xc3\xab <z@x>"]
PATHS = [b"README", b"src/a.c", b"new\nline", b"tab\tfile", b"f" * 40, b"\n", b" ", b"1700000000 +0100"]
LATEST = (2**63 - 1) // 10**6


def stream(chance: random.Random, *, records: int, paths: bool) -> bytes:
    """Records of git log, most of them as git tells them, some mutated; then perhaps the stream itself."""
    parts = [_record(chance, paths=paths) for _ in range(records)]
    whole = b"".join(parts)
    if chance.random() < 0.3:
        for _ in range(chance.randint(1, 4)):
            whole = _mutated(chance, whole)
    if chance.random() < 0.1:
        whole = whole[: chance.randrange(len(whole) + 1)]
    return whole


def pieces(chance: random.Random, whole: bytes) -> list[bytes]:
    """The stream in blocks of any size, empty ones included."""
    cuts = sorted(chance.randrange(len(whole) + 1) for _ in range(chance.randint(0, 6)))
    return [whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def parsed(blocks: list[bytes], *, paths: bool) -> Log:
    """What the reader makes of it."""
    parser = Parser()
    for batch in batches(iter(blocks), paths=paths):
        parser.add(batch)
    return parser.log()


@dataclass(frozen=True)
class Plain:
    """What the slow reader makes of a stream: commits as tuples, refused places, and whether it was torn."""

    acts: int
    commits: list[tuple[bytes, int, int | None, bytes, bool, tuple[bytes, ...]]]
    refused: int
    torn: bool


def plainly(whole: bytes, *, paths: bool) -> Plain:
    """Read a stream one field after the other."""
    *fields, rest = whole.split(b"\0")
    place = next((number for number, name in enumerate(fields) if not name), len(fields))
    acts, commits, refused = 0, [], 0
    while place + 7 <= len(fields):
        end = place + 7
        while end < len(fields) and fields[end]:
            end += 1
        acts += 1
        commit = _commit(fields[place:end], paths=paths)
        if commit is None:
            refused += 1
        else:
            commits.append(commit)
        place = end
    return Plain(acts, commits, refused, bool(rest) or place < len(fields))


def check(chance: random.Random, *, records: int = 20) -> int:
    """One random stream through both readers; how many records it had."""
    paths = chance.random() < 0.5
    whole = stream(chance, records=records, paths=paths)
    log = parsed(pieces(chance, whole), paths=paths)
    plain = plainly(whole, paths=paths)
    assert log.acts == plain.acts
    assert log.acts == len(log.at) + len(log.refusals), "commits in = events + refusals"
    assert log.torn == plain.torn
    work = iter(log.work.tolist())
    for row, (ref, at, offset, author, merge, touched) in enumerate(plain.commits):
        assert log.ref[row] == ref
        assert log.at[row] == at
        assert log.offset[row] == (-32768 if offset is None else offset)
        assert log.people[log.member[row]] == author
        assert log.merge[row] == merge
        assert [log.works[next(work)] for _ in range(log.touched[row])] == list(touched)
    assert len(plain.commits) == len(log.at)
    return max(log.acts, records)


def _record(chance: random.Random, *, paths: bool) -> bytes:
    fields = [
        b"",
        b"%040x" % chance.getrandbits(160),
        b" ".join(b"%040x" % chance.getrandbits(160) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))),
        chance.choice(PEOPLE),
        chance.choice(DATES) if chance.random() < 0.3 else DATES[0],
        chance.choice(PEOPLE),
        chance.choice(DATES) if chance.random() < 0.3 else DATES[0],
    ]
    if paths and chance.random() < 0.6:
        first, *others = chance.choices(PATHS, k=chance.randint(1, 5))
        fields += [b"\n" + first, *others]
    if chance.random() < 0.1:
        place = chance.randrange(len(fields))
        fields[place] = _mutated(chance, fields[place])
    return b"".join(field + b"\0" for field in fields)


def _mutated(chance: random.Random, text: bytes) -> bytes:
    place = chance.randrange(len(text) + 1)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:place] + chance.choice(ODD) + text[place:]
    if kind == 1:
        return text[:place] + text[place + chance.randint(1, 30) :]
    if kind == 2:
        return text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :]
    return text[:place] + text[max(0, place - 50) : place] + text[place:]


def _commit(
    fields: list[bytes], *, paths: bool
) -> tuple[bytes, int, int | None, bytes, bool, tuple[bytes, ...]] | None:
    _, ref, parents, author, date, _, _, *touched = fields
    seconds = re.fullmatch(rb"([0-9]{1,20})(?: (.*))?", date, re.DOTALL)
    if not re.fullmatch(rb"[0-9a-f]{40}|[0-9a-f]{64}", ref) or author == b" <>":
        return None
    if seconds is None or int(seconds[1]) > LATEST:
        return None
    zone = re.fullmatch(rb"([+-])(\d{1,2})([0-5]\d)", seconds[2] or b"")
    offset = None
    if zone and int(zone[2]) * 60 + int(zone[3]) <= 15 * 60:
        offset = (int(zone[2]) * 60 + int(zone[3])) * (-1 if zone[1] == b"-" else 1)
    if touched:
        touched[0] = touched[0].removeprefix(b"\n")
    return (
        ref,
        int(seconds[1]) * 10**6,
        offset,
        author,
        len(parents) > len(ref),
        tuple(touched if paths else ()),
    )


HEADERS = [
    b"",
    b"encoding iso-8859-1\n",
    b"encoding utf-16\n",
    b"encoding utf-7\n",
    b"encoding no-such\n",
    b"gpgsig x\n y\n",
    b"author Eve <eve@x> 1 +0000\n",
    b"committer <\n",
    b"mergetag object x\n",
    b"change-id \0\n",
]


def commit_bytes(chance: random.Random, tree: str) -> bytes:
    """A commit whose headers after the tree are those of a record, mutated more often than not."""
    author, committer = chance.choice(PEOPLE), chance.choice(PEOPLE)
    made, entered = chance.choice(DATES), chance.choice(DATES)
    lines = b"author " + author + b" " + made + b"\ncommitter " + committer + b" " + entered + b"\n"
    lines += chance.choice(HEADERS) + b"\n" + b"%d" % chance.getrandbits(64)
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        lines = _mutated(chance, lines)
    # Only the walk itself needs sound lines: the tree, and parents, which would follow it.
    return b"tree " + tree.encode() + b"\n" + lines.replace(b"parent ", b"Parent ")
