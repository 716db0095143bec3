"""Guards against spam that ask nobody else: a trap, a clock, rates, and what a text is made of.

A form carries a stamp, signed with the site's key: when it was made, for what, and a number used once.
"""

import hashlib
import hmac
import math
import re
import secrets
import unicodedata
from dataclasses import dataclass

from allmende.studio.database.store import Act, Store
from allmende.studio.discussion.private import keep_network

__all__ = [
    "FAILURES_S",
    "Limits",
    "content_flags",
    "digest_of",
    "flags_by_rate",
    "note_failure",
    "read_stamp",
    "spend",
    "stamp",
    "trap_name",
    "verdict",
]

FAILURES_S = 300
"""How long a failure makes a network wait longer."""

_LEAST_S, _LONGEST_S = 5.0, 300.0
_STALE_S = 86_400
_DAY_S = 86_400
_MOST_LINKS = 2
_MOST_DIRECTIONS = 3
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u2060]")
_LINK = re.compile(r"(?:https?://|ftp://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be written.

    Args:
        minute: Comments of a network in a minute; beyond it they are refused.
        day: Comments of a network in a day; beyond it they are refused.
        threads: New threads of a network in a study and a day; beyond it somebody looks first.
        study: Comments in a study and a day; beyond it somebody looks first.
    """

    minute: int = 2
    day: int = 20
    threads: int = 3
    study: int = 200


def verdict(*, trap: str, age: float, failures: int, preview: bool = False) -> str:
    """What the guards of a form say: "pass", "reject", "too-fast" or "stale".

    Args:
        trap: What stands in the field that people do not see.
        age: Seconds since the form was made.
        failures: Failures of the network in the last five minutes.
        preview: Whether nothing is to be written.

    >>> verdict(trap="", age=6, failures=0), verdict(trap="0", age=60, failures=0)
    ('pass', 'reject')
    """
    if trap:
        return "reject"
    if age > _STALE_S:
        return "stale"
    if not preview and age < math.floor(min(_LEAST_S + math.exp(min(failures, 10)) - 1, _LONGEST_S)):
        return "too-fast"
    return "pass"


def trap_name(key: bytes) -> str:
    """Name of the field that people do not see; another on every site."""
    return f"note_{hmac.digest(key, b'trap', 'sha256').hex()[:8]}"


def stamp(key: bytes, purpose: str, *, now: int) -> str:
    """A stamp for a form.

    Args:
        key: The site's key.
        purpose: What the form is for; the stamp of another is worth nothing.
        now: The present time.
    """
    said = f"{now}.{secrets.token_hex(8)}"
    return f"{said}.{_signature(key, purpose, said)}"


def read_stamp(key: bytes, purpose: str, text: str) -> tuple[int, str] | None:
    """When a form was made, and its number; None when the stamp is not ours.

    >>> read_stamp(bytes(32), "a", stamp(bytes(32), "a", now=7))[0]
    7
    """
    said, _, signature = text.rpartition(".")
    if not re.fullmatch(r"[0-9]{1,12}\.[0-9a-f]{16}", said):
        return None
    if not hmac.compare_digest(signature, _signature(key, purpose, said)):
        return None
    at, _, nonce = said.partition(".")
    return int(at), nonce


def spend(act: Act, nonce: str, *, now: int) -> bool:
    """Use the number of a stamp; False when it was used before."""
    act.run("DELETE FROM spent WHERE expires < ?", now)
    return bool(
        act.run(
            "INSERT INTO spent (nonce, expires) VALUES (?, ?) ON CONFLICT DO NOTHING",
            nonce,
            now + 2 * _STALE_S,
        )
    )


def note_failure(store: Store, network: str, *, now: int) -> None:
    """Remember that a network failed a guard."""
    with store.write() as act:
        keep_network(act, network, what="failure", study="", now=now)


def flags_by_rate(
    act: Act, *, network: str, study: str, top: bool, now: int, limits: Limits
) -> list[str] | int:  # fmt: skip
    """What rates say: flags for a moderator, or the seconds to wait when there is too much.

    Args:
        act: The transaction in which the comment will be written.
        network: Where it comes from.
        study: Where it will stand.
        top: Whether it begins a thread.
        now: The present time.
        limits: How much is allowed.
    """
    if _written(act, now - 60, network=network) >= limits.minute:
        return 60
    if _written(act, now - _DAY_S, network=network) >= limits.day:
        return 3600
    flags = []
    if top and _written(act, now - _DAY_S, network=network, what="thread", study=study) >= limits.threads:
        flags.append("many-threads")
    if _written(act, now - _DAY_S, study=study) >= limits.study:
        flags.append("busy-study")
    return flags


def content_flags(text: str, *, known: bool, repeated: bool) -> list[str]:
    """What a text itself makes a moderator look at.

    Args:
        text: The text.
        known: Whether its writer has published comments.
        repeated: Whether the same was written within a day.

    >>> content_flags("www.a.example www.b.example www.c.example", known=False, repeated=False)
    ['links', 'only-links']
    """
    flags = []
    if not known and len(_LINK.findall(text)) > _MOST_LINKS:
        flags.append("links")
    if _LINK.search(text) and not any(unicodedata.category(one)[0] in "LN" for one in _LINK.sub("", text)):
        flags.append("only-links")
    if len(_DIRECTIONS.findall(text)) >= _MOST_DIRECTIONS:
        flags.append("hidden-characters")
    if repeated:
        flags.append("repeated")
    return flags


def digest_of(text: str) -> str:
    """The same for texts that differ in white space and capitals alone."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()


def _written(act: Act, since: int, *, network: str = "", what: str = "", study: str = "") -> int:
    row = act.row(
        "SELECT count(*) AS times FROM private_networks WHERE at > ? AND what <> 'failure' "
        "AND (network = ? OR ? = '') AND (what = ? OR ? = '') AND (study = ? OR ? = '')",
        since, network, network, what, what, study, study,
    )  # fmt: skip
    assert row is not None
    return int(row["times"])


def _signature(key: bytes, purpose: str, said: str) -> str:
    return hmac.digest(key, f"form {purpose} {said}".encode(), "sha256").hex()[:32]
