"""References of a git repository, read as data: HEAD, packed-refs and the files below refs/.

git itself is not asked, because it would first read the repository's configuration. Only regular
files are opened, no link is followed, every name is checked before it becomes a path.
"""

import os
import re
import stat
from pathlib import Path

from allmende.errors import SourceRefusedError

__all__ = ["branch_tips", "head", "is_commit_id", "small_file"]

LARGEST_FILE = 256 << 20
LONGEST_NAME = 4096
DEEPEST_SYMBOLIC = 5
MOST_REFERENCES = 1_000_000
FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|/\.|@\{|\.lock(/|$)|\.$|/$")
COMMIT_ID = re.compile(rb"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
BRANCHES = ("refs/heads/", "refs/remotes/")


def is_commit_id(text: bytes) -> bool:
    """Whether this is the name of an object: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits."""
    return COMMIT_ID.match(text) is not None


def small_file(path: Path, *, largest: int = LARGEST_FILE) -> bytes | None:
    """The bytes of a regular file, None when there is none (or a folder of that name).

    Raises:
        SourceRefusedError: it is a link, a device or a pipe, is too large, or may not be read.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = "is a link" if path.is_symlink() else f"cannot be opened ({error.strerror})"
        raise _refused(path, reason) from None
    found = os.fstat(opened)
    if stat.S_ISDIR(found.st_mode):
        os.close(opened)
        return None
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(found.st_mode):
            raise _refused(path, "is not a regular file")
        if found.st_size > largest:
            raise _refused(path, f"has {found.st_size:,} bytes, more than the {largest:,} allowed")
        return file.read(largest + 1)


def head(git_dir: Path, common_dir: Path) -> tuple[str, str]:
    """What HEAD stands on: (name of the branch or "", commit id or "").

    A detached HEAD has no name, an unborn branch no commit.

    Raises:
        SourceRefusedError: HEAD or a reference on the way is missing, damaged, or a link.
    """
    text = _head_text(git_dir / "HEAD")
    name = ""
    for _ in range(DEEPEST_SYMBOLIC):
        if is_commit_id(text):
            return name, text.decode("ascii")
        if not text.startswith(b"ref:"):
            break
        name = _checked(text[4:].strip(), git_dir / "HEAD")
        found = _value(common_dir, name)
        if found is None:
            return name, ""
        text = found
    raise _refused(git_dir / "HEAD", "names neither a commit nor a branch")


def branch_tips(common_dir: Path) -> tuple[str, ...]:
    """Commit ids of all branches, local and remote-tracking, each once, in order of branch name.

    Pull requests (refs/pull) and tags are no branches; symbolic references stand on another branch.

    Raises:
        SourceRefusedError: a reference is a link or damaged, or there are more than a million.
    """
    pairs = (line.partition(b" ") for line in _packed(common_dir).split(b"\n"))
    branches = tuple(map(str.encode, BRANCHES))
    tips = {
        os.fsdecode(name): tip.decode("ascii")
        for tip, _, name in pairs
        if name.startswith(branches) and is_commit_id(tip)
    }
    for kind in BRANCHES:
        for name in _loose_names(common_dir, common_dir / kind.rstrip("/")):
            text = _value(common_dir, name)
            if text is not None and is_commit_id(text):
                tips[name] = text.decode("ascii")
        if len(tips) > MOST_REFERENCES:
            raise _refused(common_dir, f"has more than {MOST_REFERENCES:,} branches")
    return tuple(dict.fromkeys(tips[name] for name in sorted(tips)))


def _head_text(path: Path) -> bytes:
    # Old versions of git made HEAD a symbolic link: its text is data like any other.
    if path.is_symlink():
        return b"ref: " + os.fsencode(os.readlink(path))  # noqa: PTH115 - bytes of the link, not a path
    text = small_file(path, largest=LONGEST_NAME)
    if text is None:
        raise _refused(path, "is missing")
    return text.strip()


def _value(common_dir: Path, name: str) -> bytes | None:
    path = common_dir / name
    text = small_file(path, largest=LONGEST_NAME)
    if text is not None:
        if path.resolve() != path:
            raise _refused(path, "is reached through a link")
        return text.strip()
    packed = _packed(common_dir)
    # A search, because a fork of a large project has hundreds of thousands of lines here.
    end = packed.find(b" " + os.fsencode(name) + b"\n")
    tip = packed[packed.rfind(b"\n", 0, max(end, 0)) + 1 : max(end, 0)]
    return tip if is_commit_id(tip) else None


def _packed(common_dir: Path) -> bytes:
    text = small_file(common_dir / "packed-refs") or b""
    lines = text.count(b"\n")
    if lines > 2 * MOST_REFERENCES:
        raise _refused(common_dir / "packed-refs", f"has {lines:,} lines")
    return text + b"\n"


def _loose_names(common_dir: Path, folder: Path) -> list[str]:
    if folder.is_symlink():
        raise _refused(folder, "is a link")
    names: list[str] = []
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name):
            name = Path(entry.path).relative_to(common_dir).as_posix()
            if entry.is_symlink():
                raise _refused(Path(entry.path), "is a link")
            if entry.is_dir():
                waiting.append(Path(entry.path))
            elif FORBIDDEN.search(name) is None:
                names.append(name)
        if len(names) > MOST_REFERENCES:
            raise _refused(folder, f"has more than {MOST_REFERENCES:,} files")
    return names


def _checked(name: bytes, place: Path) -> str:
    text = name.decode("utf-8", "surrogateescape")
    if not text.startswith("refs/") or len(text) > LONGEST_NAME or FORBIDDEN.search(text):
        raise _refused(place, "names a reference that git would not allow")
    return text


def _refused(path: Path, reason: str) -> SourceRefusedError:
    return SourceRefusedError(
        f"{path.name} {reason}",
        where=str(path),
        expected="a git repository whose files are all its own",
        next_step="Read a fresh clone of it instead: git clone --no-local <it> <new folder>.",
    )
