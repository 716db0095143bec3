"""The tree of a repository as data: names of its files, and the text of a few, read as blobs.

Nothing is checked out: paths are words, contents are bytes, both bounded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from allmende.gitlog import history, layout
from allmende.gitlog.dates import LATEST_SECOND
from allmende.gitlog.safety import Sandbox, sandbox

__all__ = ["Tree", "changes_of", "tree_of"]

MOST_PATHS = 200_000
LARGEST_TEXT = 256 << 10
MOST_TEXTS = 60
MOST_CHANGES = 60


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands in a repository at one commit.

    Args:
        commit: The commit, "" for a branch without commits.
        paths: Every file, as written, at most `MOST_PATHS`.
        texts: Contents of the files that were asked for, by path.
        at: When the commit was made by whoever entered it, seconds since 1970 (UTC).
    """

    commit: str
    paths: tuple[str, ...]
    texts: Mapping[str, str]
    at: int = 0


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
        when = _dated(box.answer("log", "--max-count=1", "--format=%H %ct", tip))
    return Tree(
        tip,
        paths,
        {path: text.decode("utf-8", "replace") for path, text in texts.items() if text is not None},
        when[0][1] if when else 0,
    )


def changes_of(
    source: Path,
    names: tuple[str, ...],
    *,
    seconds: float = 120.0,
    memory: int = 2 << 30,
) -> tuple[Tree, ...]:
    """The files of the top folder with such names, at every commit that changed one of them, oldest first.

    Args:
        source: A work tree or git directory.
        names: Shell patterns of names, in any case: `"licen[cs]e*"`. No others are in the trees.
        seconds: CPU budget; the whole history is walked.
        memory: Memory budget, bytes.

    Returns:
        At most `MOST_CHANGES` trees; where there were more, the oldest and the latest are kept.

    Raises:
        SourceNotFoundError: there is no repository.
        SourceRefusedError: it may not or cannot be read.
        BudgetExceededError: walking it costs more than the budget.
    """
    found = layout.find(source)
    if not found.tips:
        return ()
    specs = [f":(top,icase,glob){name}" for name in names]
    with sandbox(found, seconds=seconds, memory=memory) as box:
        log = box.answer("log", "--no-renames", "--format=%H %ct", found.tips[0], "--", *specs)
        changes = sorted(_dated(log), key=lambda one: one[1])
        if len(changes) > MOST_CHANGES:
            changes = [*changes[: MOST_CHANGES // 2], *changes[-MOST_CHANGES // 2 :]]
        read: dict[str, str | None] = {}
        trees = [_small_tree(box, commit, at, specs, read) for commit, at in changes]
    return tuple(trees)


def _dated(log: bytes) -> list[tuple[str, int]]:
    """Commits with the second they were entered; one whose date no clock can show is left out."""
    found = []
    for line in log.decode("ascii", "replace").splitlines():
        commit, _, second = line.partition(" ")
        if second.isascii() and second.isdigit() and len(second) <= len(str(LATEST_SECOND)):
            found.append((commit, int(second)))
    return found


def _small_tree(box: Sandbox, commit: str, at: int, specs: list[str], read: dict[str, str | None]) -> Tree:
    """The named files of one commit; contents that were read before are not read again."""
    wanted = _matching(box.answer("ls-tree", "-z", commit), specs)
    for name, blob in wanted.items():
        if blob not in read:
            content = history.blob(box, commit, name, largest=LARGEST_TEXT)
            read[blob] = None if content is None else content.decode("utf-8", "replace")
    texts = {name: text for name, blob in wanted.items() if (text := read[blob]) is not None}
    return Tree(commit, tuple(wanted), texts, at)


def _matching(listing: bytes, specs: list[str]) -> dict[str, str]:
    """Name and blob of the files in a listing of one folder that match one of the patterns."""
    from fnmatch import fnmatchcase

    patterns = [spec.rpartition(")")[2].lower() for spec in specs]
    found = {}
    for entry in listing.split(b"\0", MOST_PATHS)[:MOST_PATHS]:
        about, _, written = entry.partition(b"\t")
        name, words = written.decode("utf-8", "replace"), about.split()
        if len(words) != 3 or words[1] != b"blob" or not name.isprintable():  # noqa: PLR2004 - mode, type, id
            continue
        if any(fnmatchcase(name.lower(), pattern) for pattern in patterns):
            found[name] = words[2].decode("ascii", "replace")
    return dict(list(found.items())[:MOST_TEXTS])
