"""The wiki reader: what revisions did, from dumps of every version, and what cannot be told counted."""

import bz2
import gzip
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.events import ACTIONS, action_code
from allmende.reader import ReadOptions, Records
from allmende.readers.wiki import wiki
from allmende.wikidump.history import RADIUS, Revision, actions_and_sizes, is_talk
from allmende.wikidump.parsing import DEPTH, LONGEST_TOKEN

DUMPS = Path(__file__).resolve().parent / "fixtures" / "wiki"
PLAIN = ReadOptions()


def written(folder: Path, text: str | bytes, name: str = "dump.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(records: Records) -> list[tuple[str, str, int, bytes]]:
    events = records.events
    return [
        (events.members[member], ACTIONS[action], effort, ref)
        for member, action, effort, ref in zip(
            events.member.tolist(),
            events.action.tolist(),
            events.effort.tolist(),
            events.ref.tolist(),
            strict=True,
        )
    ]


def revision(number: int, *, who: str = "Ada", text: str = "", parent: int = 0, day: int = 1) -> str:
    return (
        f"<revision><id>{number}</id><parentid>{parent}</parentid><timestamp>2020-01-{day:02d}T00:00:00Z</timestamp>"
        f"<contributor><username>{who}</username></contributor><text>{text}</text></revision>"
    )


def page(*revisions: str, title: str = "A", namespace: int = 0) -> str:
    return f"<page><title>{title}</title><ns>{namespace}</ns>{''.join(revisions)}</page>"


def dump(*pages: str) -> str:
    return f'<mediawiki version="0.10">{"".join(pages)}</mediawiki>'


def test_a_small_dump() -> None:
    records = wiki(DUMPS / "small.xml", ReadOptions(touches=True))
    assert told(records) == [
        ("Ada", "make", 100, b"villagewiki:10"),
        ("198.51.100.7", "revise", 80, b"villagewiki:11"),
        ("Grace", "review", 80, b"villagewiki:12"),
        ("Grace", "discuss", 40, b"villagewiki:15"),
        ("Ada", "revise", 30, b"villagewiki:14"),
    ]
    assert records.source.name == "villagewiki"
    assert records.source.acts == 6
    assert records.refusals.counts == {"its contributor is hidden": 1}
    assert records.refusals.examples == {"its contributor is hidden": ("revision 13, line 39",)}
    assert records.source.notes == (
        "1 edits of 1 network addresses or temporary accounts: none of these is a person's account",
    )
    touches = records.events.touches
    assert touches is not None
    assert [touches.works[code] for code in touches.work] == ["Well", "Well", "Well", "Talk:Well", "Well"]
    assert records.events.effort_unit == "bytes"


def test_a_dump_of_the_first_version_has_sizes_and_reverts_from_its_texts() -> None:
    records = wiki(DUMPS / "old.xml", PLAIN)
    size = len("Tiefer Brunnen, öffentlich.".encode())
    assert told(records) == [
        ("Jörg", "make", size, b"1"),
        ("203.0.113.9", "revise", size, b"2"),
        ("Zoë", "review", size, b"3"),
        ("Zoë", "discuss", 9, b"4"),
    ]
    assert records.source.name == "Dorfwiki"


def test_every_fault_is_told_with_its_place() -> None:
    records = wiki(DUMPS / "nasty.xml", PLAIN)
    assert told(records) == [("Grace", "revise", 1, b"")]
    assert records.source.acts == 7
    assert records.refusals.examples == {
        "its time is not understood": ("revision 1, line 5",),
        "no time": ("revision 2, line 11",),
        "no contributor": ("revision 3, line 16", "revision 5, line 27", "revision 6, line 33"),
        "its contributor is hidden": ("revision 4, line 21",),
    }


def test_a_cut_dump_keeps_what_came_before() -> None:
    records = wiki(DUMPS / "cut.xml", PLAIN)
    assert records.source.acts == 4
    assert [ref for *_, ref in told(records)] == [b"villagewiki:10", b"villagewiki:11", b"villagewiki:12"]
    assert records.refusals.counts == {"cut off": 1}
    assert "read until revision 4: cut off at line" in records.source.truncated


@pytest.mark.parametrize("part", range(0, (DUMPS / "small.xml").stat().st_size - 20, 97))
def test_a_dump_cut_anywhere_is_conserved(tmp_path: Path, part: int) -> None:
    whole = (DUMPS / "small.xml").read_bytes()
    path = written(tmp_path, whole[:part])
    try:
        records = wiki(path, PLAIN)
    except SourceRefusedError:
        assert part < whole.find(b">")
        return
    started = whole[:part].count(b"<revision>")
    assert records.source.acts == started == len(records.events) + records.refusals.total
    assert records.source.truncated


def test_document_types_and_entities_are_refused() -> None:
    with pytest.raises(SourceRefusedError, match="document type"):
        wiki(DUMPS / "entities.xml", PLAIN)


@pytest.mark.parametrize(
    ("text", "why"), [("<rss/>", "begins with <rss>"), ("no", "no XML"), ("", "no XML"), ("<a", "no XML")]
)
def test_other_files_are_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(SourceRefusedError, match=why) as error:
        wiki(written(tmp_path, text), PLAIN)
    assert "dump.xml" in error.value.where
    with pytest.raises(SourceNotFoundError):
        wiki(tmp_path / "none.xml", PLAIN)


def test_only_dumps_are_recognised(tmp_path: Path) -> None:
    assert wiki.recognises(DUMPS / "small.xml")
    assert wiki.recognises(written(tmp_path, gzip.compress((DUMPS / "small.xml").read_bytes()), "a.xml.gz"))
    assert wiki.recognises(written(tmp_path, b"7z", "a.xml.7z"))
    assert not wiki.recognises(DUMPS / "feed.xml")
    assert not wiki.recognises(written(tmp_path, b"no gzip", "b.xml.gz"))
    assert not wiki.recognises(tmp_path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".7z"])
def test_packed_dumps_are_the_same(tmp_path: Path, suffix: str) -> None:
    content = (DUMPS / "small.xml").read_bytes()
    path = tmp_path / f"small.xml{suffix}"
    if suffix == ".7z":
        py7zr = pytest.importorskip("py7zr")
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.write(DUMPS / "small.xml", "small.xml")
    else:
        path.write_bytes({".gz": gzip.compress, ".bz2": bz2.compress}[suffix](content))
    assert told(wiki(path, PLAIN)) == told(wiki(DUMPS / "small.xml", PLAIN))


def test_order_in_the_dump_means_nothing(tmp_path: Path) -> None:
    revisions = [
        revision(n, who=who, text=text, parent=n - 1, day=n)
        for n, who, text in ((1, "Ada", "x"), (2, "Bo", "y"), (3, "Cy", "x"))
    ]
    forward = told(wiki(written(tmp_path, dump(page(*revisions))), PLAIN))
    assert [action for _, action, *_ in forward] == ["make", "revise", "review"]
    assert told(wiki(written(tmp_path, dump(page(*reversed(revisions)))), PLAIN)) == forward


def test_a_dump_of_current_pages_is_no_history(tmp_path: Path) -> None:
    pages = [page(revision(number, parent=number - 1), title=f"P{number}") for number in range(2, 9)]
    records = wiki(written(tmp_path, dump(*pages)), PLAIN)
    assert records.source.truncated == "the dump holds current revisions, not the history"
    assert {action for _, action, *_ in told(records)} == {"revise"}
    assert "the size of the change is unknown for 7 edits and counts as 0" in records.source.notes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (dump(page("<a>" * DEPTH)), "nested deeper"),
        (dump("<page " + "a" * (LONGEST_TOKEN + (1 << 20))), "a tag or comment is longer than 16 MiB"),
        (dump("<!--" + " " * (LONGEST_TOKEN + (1 << 20)) + "-->"), "a tag or comment is longer than 16 MiB"),
        (dump(page(revision(1))) + "<more/>", "not well-formed"),
        (dump(page(revision(1, text="&undefined;"))), "not well-formed"),
        (dump(page(revision(1, text="\x01"))), "not well-formed"),
        (dump(page(revision(1))).encode() + b"\xff", "not well-formed"),
    ],
)
def test_what_is_no_dump_further_on_ends_reading_there(tmp_path: Path, text: str | bytes, why: str) -> None:
    records = wiki(written(tmp_path, text), PLAIN)
    assert why in records.source.truncated
    assert records.source.acts == len(records.events) + records.refusals.total


def test_budgets_end_reading_cleanly(tmp_path: Path) -> None:
    pages = [page(revision(number), title=f"P{number}") for number in range(1, 6000)]
    path = written(tmp_path, dump(*pages))
    for options, why in (
        (ReadOptions(seconds=0), "CPU seconds was used up"),
        (ReadOptions(memory=1000), "of memory was used up"),
    ):
        records = wiki(path, options)
        assert why in records.source.truncated
        assert records.source.acts == len(records.events) + records.refusals.total < 5999


def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    """A hundred megabytes of text pass through a few."""
    path = tmp_path / "big.xml.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'<mediawiki version="0.3">')
        for number in range(100):
            text = "lorem ipsum " * 87_000
            file.write(page(revision(number + 1, text=text, parent=number), title=f"P{number}").encode())
        file.write(b"</mediawiki>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    records = wiki(path, PLAIN)
    assert len(records.events) == 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_a_long_name_is_refused_and_forgotten(tmp_path: Path) -> None:
    records = wiki(written(tmp_path, dump(page(revision(1, who="a" * 70_000), revision(2)))), PLAIN)
    assert records.refusals.counts == {"its username is longer than 64 kB": 1}
    assert records.events.members == ("Ada",)


def test_discussion_namespaces() -> None:
    assert [number for number in range(-2, 12) if is_talk(number)] == [-1, 1, 3, 5, 7, 9, 11]
    assert is_talk(1200)


HISTORY = some.lists(some.tuples(some.integers(0, 3), some.integers(0, 3), some.integers(-1, 5)), max_size=40)


def revisions_of(history: list[tuple[int, int, int]]) -> Iterator[Revision]:
    for number, (member, text, size) in enumerate(history, 1):
        yield Revision(number, number, number - 1, member, size, "abc "[text].strip())


@given(HISTORY, some.sampled_from(["a page", "its discussion"]))
def test_reverts_are_identity_reverts(history: list[tuple[int, int, int]], kind: str) -> None:
    """Against the definition itself, quadratic and plain."""
    revisions, talk = list(revisions_of(history)), kind == "its discussion"
    for index, (action, size, known) in enumerate(actions_and_sizes(revisions, talk=talk)):
        now = revisions[index]
        earlier = [at for at in range(max(0, index - RADIUS), index) if revisions[at].digest == now.digest]
        undone = revisions[earlier[-1] + 1 : index] if earlier and now.digest else []
        reverts = any(other.member != now.member for other in undone)
        ordinary = "discuss" if talk else "revise" if index else "make"
        assert action == action_code("review" if reverts else ordinary)
        old = 0 if index == 0 else revisions[index - 1].size
        assert known == (now.size >= 0 and old >= 0)
        assert size == (abs(now.size - old) if known else 0)


def test_undoing_oneself_is_no_review() -> None:
    told_actions = actions_and_sizes(
        [Revision(n, n, n - 1, 1, 1, digest) for n, digest in ((1, "x"), (2, "y"), (3, "x"))], talk=False
    )
    assert [action for action, *_ in told_actions] == [
        action_code(word) for word in ("make", "revise", "revise")
    ]


def test_saving_the_same_text_again_is_no_review() -> None:
    revisions = [Revision(1, 1, 0, 1, 1, "x"), Revision(2, 2, 1, 2, 1, "x")]
    assert [action for action, *_ in actions_and_sizes(revisions, talk=False)] == [0, 1]


def test_offsets_are_unknown_and_recorders_the_members() -> None:
    events = wiki(DUMPS / "small.xml", PLAIN).events
    assert set(events.offset.tolist()) == {-32768}
    assert np.array_equal(events.recorder, events.member)
    assert np.array_equal(events.recorded, events.at)
