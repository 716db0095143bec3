"""Threads: replies below what they answer, in the order they were written."""

from collections.abc import Iterable, Sequence

__all__ = ["DEEPEST", "THREADS", "in_order", "on_page"]

DEEPEST = 8
"""Deeper replies are shown at this depth."""

THREADS = 50
"""Threads on a page; a thread is never cut."""


def in_order(comments: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Comments in the order of reading, each with the depth at which it is shown.

    Args:
        comments: Number of each, and of what it answers (0 for nothing), in the order they were written. A
            reply to what is not among them stands by itself.

    >>> in_order([(1, 0), (2, 1), (3, 0), (4, 2), (5, 1)])
    [(1, 0), (2, 1), (4, 2), (5, 1), (3, 0)]
    """
    replies: dict[int, list[int]] = {}
    known: set[int] = set()
    for number, parent in comments:
        replies.setdefault(parent if parent in known else 0, []).append(number)
        known.add(number)
    found: list[tuple[int, int]] = []
    # Not recursive: a thread may be deeper than Python's stack.
    waiting = [(number, 0) for number in reversed(replies.get(0, []))]
    while waiting:
        number, depth = waiting.pop()
        found.append((number, min(depth, DEEPEST)))
        waiting += [(reply, depth + 1) for reply in reversed(replies.get(number, []))]
    return found


def on_page(ordered: Sequence[tuple[int, int]], page: int) -> tuple[list[tuple[int, int]], int]:
    """The threads of a page, and how many pages there are.

    >>> on_page([(1, 0), (2, 1), (3, 0)], 1)
    ([(1, 0), (2, 1), (3, 0)], 1)
    """
    starts = [place for place, (_, depth) in enumerate(ordered) if depth == 0]
    pages = max(1, -(-len(starts) // THREADS))
    first = (min(max(page, 1), pages) - 1) * THREADS
    ends = [*starts, len(ordered)]
    return list(ordered[ends[first] : ends[min(first + THREADS, len(starts))]]), pages
