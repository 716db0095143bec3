"""Passwords: kept as scrypt hashes with a salt each; unknown names take as long to check as known ones."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from functools import cache

from allmende.errors import AllmendeError

__all__ = ["LEAST", "MOST", "fits", "hashed"]

LEAST, MOST = 10, 200
"""Length of a password."""

_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 128 * _COST * _BLOCK * 2


def hashed(password: str) -> str:
    """What is stored for a password.

    Raises:
        AllmendeError: it is too short or too long.
    """
    if not LEAST <= len(password) <= MOST:
        raise AllmendeError(f"the password has {len(password)} characters", expected=f"{LEAST} to {MOST}")
    salt = secrets.token_bytes(16)
    return f"scrypt${_COST}${b64encode(salt).decode()}${b64encode(_derived(password, salt)).decode()}"


def fits(password: str, stored: str) -> bool:
    """Whether a password is the one stored; "" is stored where there is none, and nothing fits it."""
    _, _, salt, wanted = (stored or _nobody()).split("$")
    same = hmac.compare_digest(_derived(password[:MOST], b64decode(salt)), b64decode(wanted))
    return same and bool(stored)


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(errors="surrogatepass"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MEMORY,
        dklen=32,
    )


@cache
def _nobody() -> str:
    return hashed(secrets.token_urlsafe(32))
