"""Pseudonyms: a name becomes a number that only the holder of a key can find again.

A pseudonym is the keyed hash (HMAC-SHA-256, first 128 bits, 32 hex digits) of a member's canonical
identity. The same key gives the same person the same pseudonym in every community; without the key
nobody can go from names to pseudonyms, not even by trying names. The key stays with the user,
outside results and studies. Pseudonyms are not anonymous: who has both the
public history and the times of acts can match them.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from allmende.errors import StoreError

__all__ = ["KEY_BYTES", "fingerprint", "key_file", "pseudonym", "user_key"]

KEY_BYTES = 32
DIGITS = 32


def pseudonym(identity: str, /, *, key: bytes) -> str:
    """The pseudonym of an identity under a key: 32 hex digits.

    >>> pseudonym("jane@example.org", key=bytes(32))[:8]
    '072a423c'
    """
    return hmac.digest(key, identity.encode(errors="surrogatepass"), "sha256").hex()[:DIGITS]


def fingerprint(key: bytes) -> str:
    """Eight hex digits that tell two keys apart and do not lead to either.

    >>> fingerprint(bytes(32))
    '66687aad'
    """
    return hashlib.sha256(key).hexdigest()[:8]


def key_file() -> Path:
    """Where the key is kept: the file ALLMENDE_KEY names, or `allmende/key` among the user's settings."""
    named = os.environ.get("ALLMENDE_KEY")
    if named:
        return Path(named).expanduser()
    settings = os.environ.get("XDG_CONFIG_HOME")
    return (Path(settings) if settings else Path.home() / ".config") / "allmende" / "key"


def user_key(path: Path | None = None, /) -> bytes:
    """The user's key, made on first use, readable by the user alone.

    Args:
        path: The file; by default `key_file()`.

    Raises:
        StoreError: the file cannot be read or made, others may read it, or it does not hold a key.
    """
    place = path or key_file()
    try:
        if not place.exists():
            _make(place)
        others = place.stat().st_mode & 0o077
        text = place.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"the key for pseudonyms cannot be read or made: {error}",
            where=str(place),
            next_step="Name another file in ALLMENDE_KEY, or show names (--show-names).",
        ) from error
    if others and os.name == "posix":
        raise StoreError(
            "the key for pseudonyms can be read by others",
            where=str(place),
            expected="a file for you alone (mode 0600)",
            next_step="Run `chmod 600` on it; whoever may have read it can name the members of your results.",
        )
    return _decoded(text, place)


def _decoded(text: str, place: Path) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(
            "the file of the key for pseudonyms does not hold a key",
            where=str(place),
            expected=f"{2 * KEY_BYTES} hex digits",
            next_step="Restore it from a backup, or delete it: then new results do not link to earlier ones.",
        )
    return key


def _make(place: Path) -> None:
    # Written whole beside its place and linked there: of two processes that start together one wins,
    # and neither ever sees half a key.
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(beside, place)
        except FileExistsError:
            return
    finally:
        beside.unlink()
