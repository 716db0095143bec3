import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.people.mailmap import Proper, parse

FORMS = b"""# a comment
   # another, indented

Amabel Oddworth <amabel@mill.example>
<bertolf@mill.example> <bertolf@old.example>
Cunegund Vexley <cunegund@mill.example> <cv@old.example>
Dagobert Quill <dagobert@mill.example> dago <shared@old.example>
Ermentrud Quill <ermentrud@mill.example> Erm <SHARED@old.example>
Fulbert Quill <fulbert@mill.example> <shared@old.example>
"""


def test_the_four_forms() -> None:
    mailmap = parse(FORMS)
    assert mailmap.bad_lines == 0
    assert mailmap.lookup("am", "AMABEL@mill.example") == Proper("Amabel Oddworth", "AMABEL@mill.example")
    assert mailmap.lookup("b", "bertolf@old.example") == Proper("b", "bertolf@mill.example")
    assert mailmap.lookup("x", "cv@old.example") == Proper("Cunegund Vexley", "cunegund@mill.example")
    assert mailmap.lookup("DAGO", "shared@old.example") == Proper("Dagobert Quill", "dagobert@mill.example")
    assert mailmap.lookup("erm", "shared@old.example") == Proper("Ermentrud Quill", "ermentrud@mill.example")
    assert mailmap.lookup("other", "shared@old.example") == Proper("Fulbert Quill", "fulbert@mill.example")
    assert mailmap.lookup("nobody", "nobody@mill.example") is None


def test_a_later_line_with_a_commit_name_replaces_an_earlier_one() -> None:
    """As git has it: the second line says no proper name, so the account keeps its own."""
    table = parse(b"Ada Example <ada@x.example> ada <a@y.example>\n<ada@x.example> ada <a@y.example>\n")
    assert table.lookup("ada", "a@y.example") == Proper("ada", "ada@x.example")


def test_bad_lines_are_counted_and_later_lines_go_first() -> None:
    mailmap = parse(
        b"nonsense\n<a@b.example>\nA <\nB <b@c.example>\nC <b@c.example>\n" + b"x" * 5000 + b" <y@z.example>"
    )
    assert mailmap.bad_lines == 4
    assert mailmap.lookup("", "b@c.example") == Proper("C", "b@c.example")


@given(st.binary(max_size=300))
def test_no_bytes_stop_it(text: bytes) -> None:
    mailmap = parse(text)
    assert len(mailmap) + mailmap.bad_lines <= text.count(b"\n") + 1


LINES = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "Amabel Odd ", "bo ", "  Cune  Vex "]),
        st.sampled_from(["<a@x.example>", "<b@x.example>", "<A@X.example>"]),
        st.sampled_from(["", " dago ", " Erm Quill ", " "]),
        st.sampled_from(["", "<a@x.example>", "<b@x.example>", "<c@x.example> # why"]),
    ),
    max_size=6,
)


@pytest.mark.skipif(
    shutil.which("git") is None, reason="git is not installed: its own answer cannot be asked"
)
@settings(max_examples=25, deadline=None)
@given(lines=LINES)
def test_the_answers_are_gits(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    place: Path = tmp_path_factory.getbasetemp() / "mailmap"
    if not place.exists():
        subprocess.run(["git", "init", "-q", place], check=True)
    text = "\n".join(lines) + "\n"
    (place / "ours").write_text(text)
    accounts = [
        (n, a) for n in ("dago", "Erm Quill", "zed") for a in ("a@x.example", "B@x.example", "c@x.example")
    ]
    command = ["git", "-c", "mailmap.file=ours", "check-mailmap", "--stdin"]
    asked = "".join(f"{name} <{address}>\n" for name, address in accounts)
    told = subprocess.run(command, cwd=place, input=asked, capture_output=True, text=True, check=True).stdout
    mailmap = parse(text.encode())
    mine = [mailmap.lookup(*account) or Proper(*account) for account in accounts]
    assert [f"{proper.name} <{proper.address}>" for proper in mine] == told.splitlines()
