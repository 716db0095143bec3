"""What the revisions of a page did to it, told from their digests and sizes."""

from collections import deque
from typing import NamedTuple

from allmende.events import action_code

__all__ = ["DISCUSSION", "RADIUS", "Revision", "actions_and_sizes", "is_talk"]

RADIUS = 15
"""How many revisions back an identity revert is looked for, as the tool mwreverts does by default."""
DISCUSSION = frozenset({90, 1200, 2600})
"""Discussion in namespaces with even numbers: LiquidThreads, message walls, structured discussions."""

_MAKE, _REVISE, _REVIEW, _DISCUSS = map(action_code, ("make", "revise", "review", "discuss"))
_HIDDEN = -1


class Revision(NamedTuple):
    """One revision of a page, as far as events need it.

    Args:
        at: Microseconds since 1970.
        number: Its id; 0 when unknown.
        parent: Id of the revision before it; 0 for none.
        member: Code of who made it; -1 when hidden or unknown.
        size: Bytes; -1 when unknown.
        digest: Of its text; "" when unknown.
        counts: Whether it becomes an event.
    """

    at: int
    number: int
    parent: int
    member: int
    size: int
    digest: str
    counts: bool = True


def actions_and_sizes(revisions: list[Revision], *, talk: bool) -> list[tuple[int, int, bool]]:
    """What each revision of a page did, in order: action code, bytes changed, whether those are known.

    The first makes the page, later ones revise it. A text that stood before within the last 15
    revisions, with others by somebody else since, reviews them: an identity revert. Undoing only
    oneself revises. Everything else in a discussion namespace discusses.

    >>> first, vandal = Revision(1, 1, 0, 7, 10, "x"), Revision(2, 2, 1, 8, 4, "y")
    >>> actions_and_sizes([first, vandal, Revision(3, 3, 2, 7, 10, "x")], talk=False)
    [(0, 10, True), (1, 6, True), (2, 6, True)]
    """
    told = []
    recent: deque[tuple[str, int]] = deque(maxlen=RADIUS)
    before = -1
    for position, revision in enumerate(revisions):
        begins = position == 0 and not revision.parent
        if _undoes_others(revision, recent):
            action = _REVIEW
        elif talk:
            action = _DISCUSS
        else:
            action = _MAKE if begins else _REVISE
        old = 0 if begins else before
        known = revision.size >= 0 and old >= 0
        told.append((action, abs(revision.size - old) if known else 0, known))
        before = revision.size
        recent.append((revision.digest, revision.member))
    return told


def _undoes_others(revision: Revision, recent: deque[tuple[str, int]]) -> bool:
    """Whether it restores an earlier text over revisions of others."""
    others = False
    for digest, member in reversed(recent):
        if digest == revision.digest and digest:
            return others
        others = others or member != revision.member or member == _HIDDEN
    return False


def is_talk(namespace: int) -> bool:
    """Whether pages of a namespace are discussions: by MediaWiki's rule those with odd numbers are.

    >>> is_talk(0), is_talk(1), is_talk(1200)
    (False, True, True)
    """
    return namespace % 2 == 1 or namespace in DISCUSSION
