"""The tree of a repository as data: names of its files, and the text of a few, read as blobs.

Nothing is checked out: paths are words, contents are bytes, both bounded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from allmende.gitlog import history, layout
from allmende.gitlog.safety import sandbox

__all__ = ["Tree", "tree_of"]

MOST_PATHS = 200_000
LARGEST_TEXT = 256 << 10
MOST_TEXTS = 60


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands in a repository at one commit.

    Args:
        commit: The commit, "" for a branch without commits.
        paths: Every file, as written, at most `MOST_PATHS`.
        texts: Contents of the files that were asked for, by path.
    """

    commit: str
    paths: tuple[str, ...]
    texts: Mapping[str, str]


def tree_of(
    source: Path, wanted: Callable[[str], bool], *, seconds: float = 60.0, memory: int = 2 << 30
) -> Tree:
    """The tree at HEAD, and the text of the files whose path is wanted.

    Args:
        source: A work tree or git directory.
        wanted: Says of a path whether its text is to be read; at most `MOST_TEXTS` are.
        seconds: CPU budget.
        memory: Memory budget, bytes.

    Raises:
        SourceNotFoundError: there is no repository.
        SourceRefusedError: it may not or cannot be read.
        BudgetExceededError: listing it costs more than the budget.
    """
    found = layout.find(source)
    if not found.tips:
        return Tree("", (), {})
    tip = found.tips[0]
    with sandbox(found, seconds=seconds, memory=memory) as box:
        listing = box.answer("ls-tree", "-r", "-z", "--name-only", tip)
        paths = tuple(
            name.decode("utf-8", "replace") for name in listing.split(b"\0", MOST_PATHS)[:MOST_PATHS] if name
        )
        # A name with a line break would be two questions to git; no file that is wanted has one.
        chosen = [path for path in paths if wanted(path) and path.isprintable()][:MOST_TEXTS]
        texts = {path: history.blob(box, tip, path, largest=LARGEST_TEXT) for path in chosen}
    return Tree(
        tip,
        paths,
        {path: text.decode("utf-8", "replace") for path, text in texts.items() if text is not None},
    )
