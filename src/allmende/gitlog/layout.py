"""Layout: where a repository keeps HEAD, references and objects, found without asking git.

A work tree, a bare repository, a linked worktree, a submodule. What leads outside the folder that
was given is followed in two cases only, both made by git itself and checked from the other end:
a linked worktree whose main repository names it in turn, and a submodule whose git directory lies
in `.git/modules` of the work tree around it. Every other way out (links, a foreign gitdir file,
alternates) is refused by name, because an unpacked archive could use it to read what is not its own.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.gitlog.references import branch_tips, head, is_commit_id, small_file

__all__ = ["Layout", "find", "recognises"]

SMALL = 1 << 20
DEEPEST_ALTERNATE = 5
HARMLESS = frozenset(
    {"noop", "objectformat", "partialclone", "preciousobjects", "relativeworktrees", "worktreeconfig"}
)
SECTION = re.compile(rb"^\s*\[\s*([^\]\s\"]+)[^\]]*\](.*)$")
SETTING = re.compile(rb"^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*\"?([^#;\"]*))?")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a repository keeps what, and where its history stands.

    Args:
        name: Name of its folder, without ".git".
        objects: Its object directory.
        branch: Branch that HEAD names, "" when detached.
        tips: Commit ids to read from; none for a branch without commits.
        shallow: Commits whose parents were never fetched.
        partial: Whether some of its objects were left out when it was cloned.
        notes: What the user should know about what was passed over.
    """

    name: str
    objects: Path
    branch: str
    tips: tuple[str, ...]
    shallow: tuple[str, ...] = ()
    partial: bool = False
    notes: tuple[str, ...] = ()


def recognises(source: Path) -> bool:
    """Whether a place looks like a git repository; cheap, and never raises."""
    try:
        return (source / ".git").exists() or (source / ".git").is_symlink() or _is_git_dir(source)
    except (OSError, ValueError):
        return False


def find(source: Path, *, all_branches: bool = False) -> Layout:
    """Where the repository at `source` keeps what.

    Args:
        source: Its work tree or its git directory.
        all_branches: Tips of all branches rather than of HEAD alone.

    Raises:
        SourceNotFoundError: there is no such folder, or no repository in it.
        SourceRefusedError: it leads outside itself, cannot be read, or is of an unknown kind.
    """
    place = _folder(source)
    try:
        return _layout(place, all_branches=all_branches)
    except OSError as error:
        where = Path(os.fsdecode(error.filename or place))
        raise _refused(where, f"cannot be read ({error.strerror})", "Ask its owner.") from None


def _layout(place: Path, *, all_branches: bool) -> Layout:
    git_dir = _git_dir(place)
    common_dir = _common_dir(git_dir)
    _check_extensions(common_dir)
    objects = common_dir / "objects"
    _check_objects(objects, inside=(place, common_dir))
    branch, tip = head(git_dir, common_dir)
    tips = branch_tips(common_dir) if all_branches else ()
    own = (tip,) if tip else ()
    return Layout(
        name=(place.parent if place.name == ".git" else place).name.removesuffix(".git"),
        objects=objects,
        branch=branch,
        tips=tuple(dict.fromkeys((*own, *tips))),
        shallow=_shallow(common_dir),
        partial=any((objects / "pack").glob("*.promisor")),
        notes=_notes(common_dir, branch, tip),
    )


def _folder(source: Path) -> Path:
    try:
        place = source.resolve(strict=True)
    except PermissionError:
        raise _refused(source, "may not be read", "Ask its owner, or read a clone of it.") from None
    except (OSError, RuntimeError, ValueError):
        raise SourceNotFoundError(
            "there is nothing", where=str(source), expected="the folder of a git repository"
        ) from None
    if not place.is_dir():
        raise SourceNotFoundError(
            "this is a file", where=str(source), expected="the folder of a git repository"
        )
    if not os.access(place, os.R_OK | os.X_OK):
        raise _refused(source, "may not be read", "Ask its owner, or read a clone of it.")
    return place


def _is_git_dir(folder: Path) -> bool:
    # A worktree's own git directory has HEAD and commondir, but neither objects nor refs.
    parts = [name for name in ("HEAD", "objects", "commondir") if os.path.lexists(folder / name)]
    return "HEAD" in parts and len(parts) > 1


def _git_dir(place: Path) -> Path:
    dot_git = place / ".git"
    try:
        mode = dot_git.lstat().st_mode
    except FileNotFoundError:
        if _is_git_dir(place):
            return place
        raise SourceNotFoundError(
            "this folder is not a git repository",
            where=str(place),
            expected="a folder with .git in it, or a bare repository",
            next_step="Give the folder in which the repository begins.",
        ) from None
    if stat.S_ISDIR(mode):
        return dot_git
    if stat.S_ISREG(mode):
        return _named_git_dir(place, dot_git)
    what = "is a link" if stat.S_ISLNK(mode) else "is neither a folder nor a file"
    raise _refused(dot_git, what, "If you trust it, give the folder it leads to.")


def _named_git_dir(place: Path, dot_git: Path) -> Path:
    text = (small_file(dot_git, largest=SMALL) or b"").strip()
    if not text.startswith(b"gitdir:"):
        raise _refused(dot_git, "does not name a git directory", "Read a fresh clone of it.")
    target = _resolved(place, text[7:].strip(), dot_git)
    if target.is_relative_to(place) or _is_submodule(place, target) or _is_worktree(dot_git, target):
        return target
    raise _refused(
        dot_git,
        f"leads outside, to {target}",
        f"If you trust it, give that folder instead: {target}",
    )


def _is_submodule(place: Path, target: Path) -> bool:
    parents = list(target.parents)
    return any(
        folder.name == "modules"
        and folder.parent.name == ".git"
        and place.is_relative_to(folder.parent.parent)
        for folder in parents
    )


def _is_worktree(dot_git: Path, target: Path) -> bool:
    if target.parent.name != "worktrees":
        return False
    back = (small_file(target / "gitdir", largest=SMALL) or b"").strip()
    return bool(back) and _resolved(target, back, target / "gitdir") == dot_git


def _common_dir(git_dir: Path) -> Path:
    text = small_file(git_dir / "commondir", largest=SMALL)
    if text is None:
        return git_dir
    common = _resolved(git_dir, text.strip(), git_dir / "commondir")
    if git_dir.parent.name != "worktrees" or git_dir.parent.parent != common:
        raise _refused(
            git_dir / "commondir",
            f"leads outside, to {common}",
            f"If you trust it, give that folder instead: {common}",
        )
    return common


def _check_extensions(common_dir: Path) -> None:
    section = b""
    for line in (small_file(common_dir / "config", largest=SMALL) or b"").splitlines():
        header = SECTION.match(line)
        rest = line
        if header:
            section, rest = header[1].lower(), header[2]
        setting = SETTING.match(rest)
        if section != b"extensions" or setting is None:
            continue
        key = setting[1].decode().lower()
        value = (setting[2] or b"").decode("utf-8", "replace").strip().lower()
        if key in HARMLESS or (key == "refstorage" and value == "files"):
            continue
        raise _refused(
            common_dir / "config",
            f"asks for the extension {key} = {value!r}, which this reader does not know",
            "Read an ordinary clone of it: git clone --no-local --ref-format=files <it> <new folder>.",
        )
    if (common_dir / "reftable").exists():
        raise _refused(
            common_dir / "reftable",
            "keeps its references in tables, which this reader does not know",
            "Read an ordinary clone of it: git clone --no-local --ref-format=files <it> <new folder>.",
        )


def _check_objects(objects: Path, *, inside: tuple[Path, ...], depth: int = 0) -> None:
    """Every entry must be a plain file or folder: git would follow a link and hang on a pipe."""
    if objects.is_symlink() or not objects.is_dir():
        raise _refused(objects, "is a link or is missing", "Read a fresh clone of it.")
    waiting = [str(objects)]
    while waiting:
        for entry in list(os.scandir(waiting.pop())):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif not entry.is_file(follow_symlinks=False):
                raise _refused(Path(entry.path), "is a link or no plain file", "Read a fresh clone of it.")
    for line in (small_file(objects / "info" / "alternates", largest=SMALL) or b"").split(b"\n"):
        if not line or line.startswith(b"#"):
            continue
        other = _resolved(objects, _unquoted(line), objects / "info" / "alternates")
        if depth == DEEPEST_ALTERNATE or not any(other.is_relative_to(folder) for folder in inside):
            raise _refused(
                objects / "info" / "alternates",
                f"borrows objects from outside, {other}",
                "Read the repository that has them, or make this one whole: "
                "git repack -a -d, then remove objects/info/alternates.",
            )
        _check_objects(other, inside=inside, depth=depth + 1)


def _shallow(common_dir: Path) -> tuple[str, ...]:
    lines = (small_file(common_dir / "shallow") or b"").split()
    if not all(is_commit_id(line) for line in lines):
        raise _refused(common_dir / "shallow", "lists something that is no commit", "Read a fresh clone.")
    return tuple(sorted(line.decode("ascii") for line in lines))


def _notes(common_dir: Path, branch: str, tip: str) -> tuple[str, ...]:
    notes = []
    if not tip:
        notes.append(f"the branch {branch} has no commits")
    if os.path.lexists(common_dir / "info" / "grafts"):
        notes.append("info/grafts, which would hide commits, is ignored")
    if (common_dir / "refs" / "replace").is_dir():
        notes.append("replaced commits are read as they were made (refs/replace is ignored)")
    return tuple(notes)


def _unquoted(line: bytes) -> bytes:
    if not line.startswith(b'"'):
        return line
    try:
        return line.strip(b'"').decode("unicode_escape").encode("latin-1")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return line


def _resolved(folder: Path, text: bytes, place: Path) -> Path:
    try:
        return (folder / os.fsdecode(text)).resolve()
    except (OSError, RuntimeError, ValueError):
        raise _refused(place, "names a path that cannot be", "Read a fresh clone of it.") from None


def _refused(path: Path, reason: str, next_step: str) -> SourceRefusedError:
    return SourceRefusedError(
        f"{path.name} {reason}",
        where=str(path),
        expected="a git repository whose files are all its own",
        next_step=next_step,
    )
