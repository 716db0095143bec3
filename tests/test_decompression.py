"""Compressed files: the same bytes whatever the packing, and an end that is told."""

import bz2
import gzip
from pathlib import Path

import pytest

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.foreign.archives import pump
from allmende.tables.decompression import BLOCK, Stream, bare_suffix

CONTENT = b"".join(b"line %d\n" % number for number in range(100_000))
PACK = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}
SUFFIXES = ["", ".gz", ".bz2", ".7z"]


def packed(folder: Path, suffix: str, content: bytes = CONTENT) -> Path:
    path = folder / f"file.txt{suffix}"
    if suffix == ".7z":
        py7zr = pytest.importorskip("py7zr")
        (folder / "plain").write_bytes(content)
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.write(folder / "plain", "file.txt")
    else:
        path.write_bytes(PACK[suffix](content))
    return path


def pumped(path: Path, *, ratio: int = 1000, most: int = 1 << 40) -> tuple[bytes, str]:
    found = bytearray()

    def feed(content: bytes) -> bool:
        found.extend(content)
        return len(found) < most

    stopped = pump(path, feed, ratio=ratio)
    return bytes(found), stopped


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_bytes_arrive(tmp_path: Path, suffix: str) -> None:
    assert pumped(packed(tmp_path, suffix)) == (CONTENT, "")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_who_wants_no_more_gets_no_more(tmp_path: Path, suffix: str) -> None:
    content, stopped = pumped(packed(tmp_path, suffix), most=1)
    assert CONTENT.startswith(content)
    assert 0 < len(content) <= max(BLOCK, len(CONTENT))
    assert stopped == ""


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".7z"])
@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
def test_a_cut_file_ends_with_a_reason(tmp_path: Path, suffix: str, keep: float) -> None:
    path = packed(tmp_path, suffix)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    if suffix == ".7z":
        # Its index stands at the end: of a part of an archive nothing can be read.
        with pytest.raises(SourceRefusedError, match=r"cannot be read as a \.7z file"):
            pumped(path)
        return
    content, stopped = pumped(path)
    assert CONTENT.startswith(content)
    assert stopped or content == b""


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".7z"])
def test_a_damaged_file_ends_with_a_reason(tmp_path: Path, suffix: str) -> None:
    path = packed(tmp_path, suffix)
    whole = bytearray(path.read_bytes())
    for place in range(len(whole) // 2, len(whole) // 2 + 50):
        whole[place] ^= 0xFF
    path.write_bytes(whole)
    assert "damaged" in pumped(path)[1] or "cannot be read on" in pumped(path)[1]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".7z"])
def test_a_bomb_ends_at_its_ratio(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allmende.tables.decompression.FREE", 1 << 20)
    path = packed(tmp_path, suffix, bytes(10_000_000))
    content, stopped = pumped(path, ratio=100)
    assert "unpacks to more than 100 times its size" in stopped
    assert len(content) < 10_000_000


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        with pytest.raises(SourceNotFoundError):
            pumped(tmp_path / f"none{suffix}")
    with pytest.raises(SourceRefusedError, match="cannot be read"):
        Stream.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.csv", ".csv"), ("a.b.XML.BZ2", ".xml"), ("a.xml.7z", ".xml"), (".gz", ""), ("a.gz", ""), ("a", "")],
)
def test_suffixes_without_the_packing(name: str, suffix: str) -> None:
    assert bare_suffix(Path(name)) == suffix
