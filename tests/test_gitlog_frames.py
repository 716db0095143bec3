"""Records cut out of any stream: nothing lost, nothing forged, however it comes in pieces."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

import git_fuzz
from allmende.gitlog import frames
from allmende.gitlog.frames import batches

FIELDS = st.lists(
    st.sampled_from([b"", b"a" * 40, b"Ada <a@x>", b"1700000000 +0100", b"\nREADME", b"x"]), max_size=60
)


def test_a_hundred_thousand_mutated_commits_are_all_accounted_for():
    seen = 0
    for seed in range(100_000):
        seen += git_fuzz.check(random.Random(seed))
        if seen >= 100_000:
            return
    raise AssertionError(f"only {seen} commits were tried")


@given(FIELDS, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_fields_in_any_pieces(fields, chance, paths):
    whole = b"\0".join(fields)
    at_once = git_fuzz.parsed([whole], paths=paths)
    in_pieces = git_fuzz.parsed(git_fuzz.pieces(chance, whole), paths=paths)
    assert at_once.acts == in_pieces.acts == git_fuzz.plainly(whole, paths=paths).acts
    assert at_once.torn == in_pieces.torn
    assert at_once.ref.tolist() == in_pieces.ref.tolist()
    assert at_once.touched.tolist() == in_pieces.touched.tolist()


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_bytes(whole, paths):
    log = git_fuzz.parsed([whole], paths=paths)
    assert log.acts == len(log.at) + len(log.refusals) == git_fuzz.plainly(whole, paths=paths).acts


def test_a_path_that_looks_like_a_commit_is_a_path():
    record = [b"", b"a" * 40, b"", b"Ada <a@x>", b"1700000000 +0100", b"Ada <a@x>", b"1700000000 +0100"]
    whole = b"".join(field + b"\0" for field in [*record, b"\n" + b"b" * 40, *record[3:], *record])
    (batch, *others) = [batch for batch in batches([whole], paths=True) if len(batch)]
    assert [*batch.ids, *(name for other in others for name in other.ids)] == [b"a" * 40] * 2


def test_ten_million_paths_are_not_held_in_memory(monkeypatch):
    monkeypatch.setattr(frames, "MOST_PATHS", 1000)
    record = (
        b"\0" + b"\0".join([b"a" * 40, b"", b"Ada <a@x>", b"1 +0000", b"Ada <a@x>", b"1 +0000"]) + b"\0\n"
    )
    many = [record, *[b"path\0" * 500] * 100, record.rstrip(b"\n")]
    held = [len(batch.paths) for batch in batches(iter(many), paths=True)]
    assert max(held) <= 1001 + 500
    assert sum(held) >= 1001
