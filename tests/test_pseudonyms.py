import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.errors import StoreError
from allmende.people.pseudonyms import KEY_BYTES, fingerprint, key_file, pseudonym, user_key

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(st.text(), st.text(), KEYS, KEYS)
def test_the_same_person_and_key_and_nothing_else(one: str, other: str, key: bytes, second: bytes) -> None:
    assert len(pseudonym(one, key=key)) == 32
    assert (pseudonym(one, key=key) == pseudonym(other, key=key)) == (one == other)
    assert (pseudonym(one, key=key) == pseudonym(one, key=second)) == (key == second)
    assert (fingerprint(key) == fingerprint(second)) == (key == second)


def test_a_pseudonym_is_an_hmac_known_from_elsewhere() -> None:
    # RFC 4231, test case 2.
    assert pseudonym("what do ya want for nothing?", key=b"Jefe") == "5bdcc146bf60754e6a042426089575c7"


def test_the_key_is_made_once_and_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLMENDE_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    first = user_key()
    assert user_key() == first
    assert len(first) == KEY_BYTES
    assert key_file() == tmp_path / "allmende" / "key"
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert [path.name for path in key_file().parent.iterdir()] == ["key"]


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLMENDE_KEY", str(tmp_path / "mine"))
    assert user_key() == user_key(tmp_path / "mine")


def test_many_who_start_together_get_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(user_key, [tmp_path / "deep" / "key"] * 8)
    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["key"]


@pytest.mark.parametrize("text", ["", "00ff", "zz" * 32, "é" * 64])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / "key"
    place.write_text(text)
    place.chmod(0o600)
    with pytest.raises(StoreError, match="key for pseudonyms"):
        user_key(place)


@pytest.mark.skipif(os.name != "posix", reason="only POSIX files have modes")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "key"
    user_key(place)
    place.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        user_key(place)


def test_a_place_where_no_key_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="ALLMENDE_KEY"):
        user_key(tmp_path / "file" / "key")
