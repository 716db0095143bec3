"""Repositories for tests, made with git itself in a temporary folder: ordinary, odd, and hostile ones."""

import hashlib
import os
import subprocess
import zlib
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Carl",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
    "GIT_ALLOW_PROTOCOL": "file",
}
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NOON = 1_700_000_000


def run(repository: Path, *arguments: str, given: bytes = b"", **environment: str) -> str:
    """What git says; it must succeed."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        input=given,
        capture_output=True,
        check=False,
        env=ENVIRONMENT | environment,
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr.decode(errors='replace')}"
    return done.stdout.decode(errors="replace").strip()


def make(folder: Path, *options: str) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "-q", "-b", "main", *options)
    return folder


def commit(repository: Path, name: str, text: str = "", *, at: int = NOON, zone: str = "+0100") -> str:
    """Write one file and commit it."""
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or f"{name} {at}\n")
    run(repository, "add", "-A")
    date = f"{at} {zone}"
    run(repository, "commit", "-qm", name, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    return run(repository, "rev-parse", "HEAD")


def small(folder: Path) -> Path:
    """Six commits, one of them a merge, one empty; a path with tab and line feed."""
    repository = make(folder)
    commit(repository, "one", at=NOON)
    commit(repository, "new\nline\ttab", at=NOON + 100, zone="-0230")
    date = f"{NOON + 150} +0000"
    run(repository, "commit", "--allow-empty", "-qm", "empty", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    run(repository, "checkout", "-qb", "side", "HEAD~1")
    commit(repository, "folder/two", at=NOON + 200)
    run(repository, "checkout", "-q", "main")
    commit(repository, "three", at=NOON + 200)
    date = f"{NOON + 300} +0545"
    run(
        repository,
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "merge",
        "side",
        GIT_AUTHOR_DATE=date,
        GIT_COMMITTER_DATE=date,
    )
    return repository


def write_object(repository: Path, content: bytes, kind: str = "commit") -> str:
    """Store an object whatever it contains, as `git hash-object --literally` does, a hundred times faster."""
    whole = f"{kind} {len(content)}".encode() + b"\0" + content
    name = hashlib.sha1(whole).hexdigest()
    git_dir = repository / ".git" if (repository / ".git").is_dir() else repository
    path = git_dir / "objects" / name[:2] / name[2:]
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(zlib.compress(whole, 1))
    return name


def commit_object(
    author: bytes,
    committer: bytes,
    *,
    parents: tuple[str, ...] = (),
    extra: bytes = b"",
    message: bytes = b"m\n",
) -> bytes:
    """The bytes of a commit; `author` and `committer` are whole header lines, or nothing."""
    lines = [b"tree " + EMPTY_TREE.encode(), *(b"parent " + parent.encode() for parent in parents)]
    lines += [line for line in (author, committer, extra) if line]
    return b"\n".join(lines) + b"\n\n" + message


GOOD_AUTHOR = b"author Ada <ada@example.org> 1700000000 +0100"
GOOD_COMMITTER = b"committer Carl <carl@example.org> 1700000000 +0000"


def _author(line: bytes, *, extra: bytes = b"", message: bytes = b"m\n") -> bytes:
    return commit_object(line, GOOD_COMMITTER, extra=extra, message=message)


# Every odd commit seen or made in the survey of real histories, and whether it can be an event.
HOSTILE_COMMITS: dict[str, tuple[bytes, bool]] = {
    "zone of six digits": (_author(b"author A <a@x> 1300000000 +051800"), True),
    "zone of half an hour": (_author(b"author A <a@x> 1300000000 -0230"), True),
    "zone of 101": (_author(b"author A <a@x> 1300000000 +0101"), True),
    "zone of 99 minutes": (_author(b"author A <a@x> 1300000000 +0199"), True),
    "zone of 99 hours": (_author(b"author A <a@x> 1300000000 -9900"), True),
    "two blanks before the date": (_author(b"author A <a@x>  1081012886 +0000"), True),
    "two people": (_author(b"author A <a@x>, B <b@x> 1300000000 +0000"), True),
    "empty name": (_author(b"author  <a@x> 1300000000 +0000"), True),
    "empty address": (_author(b"author A <> 1300000000 +0000"), True),
    "empty name and address": (_author(b"author  <> 1300000000 +0000"), False),
    "address without @": (_author(b"author A <slow at samba.org> 1300000000 +0000"), True),
    "address with two @": (_author(b"author A <a@x@y> 1300000000 +0000"), True),
    "address in the name": (_author(b"author a@x <a@x> 1300000000 +0000"), True),
    "Latin-1 without header": (_author(b"author David_K\xe5gedal <d@x> 1300000000 +0000"), True),
    "Latin-1 with header": (
        _author(b"author K\xe5gedal <d@x> 1300000000 +0000", extra=b"encoding iso-8859-1"),
        True,
    ),
    "unknown encoding": (_author(b"author K\xe5 <d@x> 1300000000 +0000", extra=b"encoding no-such"), True),
    "UTF-7 that hides a NUL": (
        _author(b"author +AAA-x <d@x> 1300000000 +0000", extra=b"encoding utf-7"),
        None,
    ),
    "UTF-16": (_author(b"author A <d@x> 1300000000 +0000", extra=b"encoding utf-16"), None),
    "escape sequences": (_author(b"author \x1b[31mA\x1b[0m <a@x> 1300000000 +0000"), True),
    "unit separators": (_author(b"author A\x1ffake\x1fx <a@x> 1300000000 +0000"), True),
    "year 1970": (_author(b"author A <a@x> 1 +0000"), True),
    "second zero": (_author(b"author A <a@x> 0 +0000"), True),
    "year 1987": (_author(b"author A <a@x> 566000000 +0000"), True),
    "year 2106": (_author(b"author A <a@x> 4294967296 +0000"), True),
    "year 100000": (_author(b"author A <a@x> 3093527980800 +0000"), True),
    "overflow of microseconds": (_author(b"author A <a@x> 9300000000000 +0000"), False),
    "overflow of 64 bits": (_author(b"author A <a@x> 99999999999999999999 +0000"), False),
    "negative date": (_author(b"author A <a@x> -1 +0000"), False),
    "no date": (_author(b"author A <a@x>"), False),
    "no zone": (_author(b"author A <a@x> 1300000000"), None),
    "no closing bracket": (_author(b"author A <a@x 1300000000 +0000"), False),
    "no author line": (commit_object(b"", GOOD_COMMITTER), False),
    "no committer line": (commit_object(GOOD_AUTHOR, b""), True),
    "committer without date": (commit_object(GOOD_AUTHOR, b"committer C <c@x>"), True),
    "committer beyond 64 bits": (
        commit_object(GOOD_AUTHOR, b"committer C <c@x> 99999999999999999999 +0000"),
        True,
    ),
    "nobody committed": (commit_object(GOOD_AUTHOR, b"committer  <> 1300000000 +0000"), True),
    "two author lines": (commit_object(GOOD_AUTHOR + b"\n" + GOOD_AUTHOR, GOOD_COMMITTER), True),
    "NUL in the name": (_author(b"author A\0B <a@x> 1300000000 +0000"), False),
    "NUL in the message": (_author(GOOD_AUTHOR, message=b"a\0b\n"), True),
    "no message": (_author(GOOD_AUTHOR, message=b""), True),
    "message of a megabyte": (_author(GOOD_AUTHOR, message=b"x" * 1_000_000), True),
    "name of a megabyte": (_author(b"author " + b"x" * 1_000_000 + b" <a@x> 1300000000 +0000"), True),
    "unknown headers": (_author(GOOD_AUTHOR, extra=b"change-id abc\ngpgsig none\n more\nmergetag x"), True),
    "message like a record": (_author(GOOD_AUTHOR, message=b"\0" * 7 + GOOD_AUTHOR), True),
    "64-bit limit of git": (_author(b"author A <a@x> 9223372036854775807 +0000"), False),
    "zone of twenty digits": (_author(b"author A <a@x> 1300000000 +99999999999999999999"), True),
}


def hostile_history(folder: Path) -> tuple[Path, dict[str, str]]:
    """A history with all hostile commits in it, an octopus over them, and the same parent twice."""
    repository = make(folder)
    names = {write_object(repository, content): case for case, (content, _) in HOSTILE_COMMITS.items()}
    parents = tuple(names)
    many = commit_object(GOOD_AUTHOR, GOOD_COMMITTER, parents=parents)
    twice = commit_object(GOOD_AUTHOR, GOOD_COMMITTER, parents=(parents[0], parents[0]), message=b"twice\n")
    names[write_object(repository, many)] = "octopus"
    last = write_object(repository, twice)
    names[last] = "same parent twice"
    top = write_object(
        repository, commit_object(GOOD_AUTHOR, GOOD_COMMITTER, parents=tuple(list(names)[-2:]))
    )
    names[top] = "top"
    (repository / ".git" / "refs" / "heads" / "main").write_text(top + "\n")
    return repository, names


def long(folder: Path, *, commits: int) -> Path:
    """A history of many commits without files, one a minute."""
    repository = make(folder)
    stream = [
        f"commit refs/heads/main\nauthor Ada {number % 97} <ada@example.org> {NOON + 60 * number} +0100\n"
        f"committer Carl <carl@example.org> {NOON + 60 * number} +0000\ndata 0\n"
        for number in range(commits)
    ]
    run(repository, "fast-import", "--quiet", given="".join(stream).encode())
    return repository


def bomb(folder: Path, *, levels: int, width: int = 10) -> Path:
    """A commit whose tree has width ** levels paths and a hundred kilobytes at most."""
    repository = make(folder)
    commit(repository, "harmless", at=NOON)
    before = run(repository, "rev-parse", "HEAD")
    entry = bytes.fromhex(write_object(repository, b"x", "blob"))
    mode = b"100644"
    for _ in range(levels):
        tree = b"".join(mode + b" f%d\0" % number + entry for number in range(width))
        entry, mode = bytes.fromhex(write_object(repository, tree, "tree")), b"40000"
    lines = (b"tree " + entry.hex().encode(), b"parent " + before.encode(), GOOD_AUTHOR, GOOD_COMMITTER)
    top = write_object(repository, b"\n".join(lines) + b"\n\nbomb\n")
    (repository / ".git" / "refs" / "heads" / "main").write_text(top + "\n")
    return repository


# Every setting that git documents as running a program, redirecting a file, or reaching the network;
# {evil} is a program that leaves a canary, {outside} a file outside the repository.
SETTINGS: tuple[str, ...] = (
    "[core]\n\tfsmonitor = {evil}",
    "[core]\n\tfsmonitor = true",
    "[core]\n\thooksPath = {hooks}",
    "[core]\n\tsshCommand = {evil}",
    "[core]\n\tgitProxy = {evil}",
    "[core]\n\taskPass = {evil}",
    "[core]\n\teditor = {evil}",
    "[core]\n\tpager = {evil}",
    "[pager]\n\tlog = {evil}\n\trev-list = {evil}\n\tcat-file = {evil}",
    "[core]\n\tattributesFile = {outside}",
    "[core]\n\texcludesFile = {outside}",
    "[core]\n\tworktree = {outside}",
    "[core]\n\talternateRefsCommand = {evil}",
    "[diff]\n\texternal = {evil}",
    '[diff "evil"]\n\tcommand = {evil}',
    '[diff "evil"]\n\ttextconv = {evil}',
    '[diff "evil"]\n\ttextconv = {evil}\n\tcachetextconv = true',
    '[merge "evil"]\n\tdriver = {evil}',
    '[filter "evil"]\n\tclean = {evil}',
    '[filter "evil"]\n\tsmudge = {evil}',
    '[filter "evil"]\n\tprocess = {evil}',
    '[filter "evil"]\n\tclean = {evil}\n\trequired = true',
    "[gpg]\n\tprogram = {evil}\n[log]\n\tshowSignature = true",
    '[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tprogram = {evil}\n[log]\n\tshowSignature = true',
    '[gpg]\n\tformat = x509\n[gpg "x509"]\n\tprogram = {evil}\n[log]\n\tshowSignature = true',
    "[log]\n\tshowSignature = true",
    "[mailmap]\n\tfile = {outside}\n[log]\n\tmailmap = true",
    "[mailmap]\n\tblob = HEAD:evil\n[log]\n\tmailmap = true",
    "[credential]\n\thelper = {evil}",
    "[alias]\n\tlog = !{evil}\n\trev-list = !{evil}\n\tcat-file = !{evil}",
    "[include]\n\tpath = {evilconfig}",
    '[includeIf "gitdir:/"]\n\tpath = {evilconfig}',
    '[remote "origin"]\n\turl = {outside}\n\tuploadpack = {evil}\n\tpromisor = true',
    '[remote "origin"]\n\turl = http://127.0.0.1:9/\n\tproxy = http://127.0.0.1:9/\n\tpromisor = true',
    '[remote "origin"]\n\turl = ext::{evil}\n\tpromisor = true\n[protocol]\n\tallow = always',
    '[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ext::{evil}',
    "[extensions]\n\tworktreeConfig = true",
    '[url "ext::{evil}"]\n\tinsteadOf = https://\n[remote "origin"]\n\turl = https://x/\n\tpromisor = true',
    '[protocol "ext"]\n\tallow = always\n[remote "origin"]\n\turl = ext::{evil}\n\tpromisor = true',
    '[submodule "evil"]\n\turl = ext::{evil}\n\tupdate = !{evil}\n[diff]\n\tsubmodule = log',
    "[uploadpack]\n\tpackObjectsHook = {evil}",
    "[gc]\n\trecentObjectsHook = {evil}\n\tauto = 1",
    '[trailer "evil"]\n\tcommand = {evil}',
    '[trailer "evil"]\n\tcmd = {evil}\n\tkey = evil',
    "[sequence]\n\teditor = {evil}",
    "[interactive]\n\tdiffFilter = {evil}",
    '[remote "origin"]\n\turl = x:y\n\tpromisor = true\n[core]\n\tsshCommand = {evil}',
    "[format]\n\tpretty = %(trailers)\n[log]\n\tfollow = true\n\tdiffMerges = on\n[diff]\n\trenames = copies",
)
SIGNATURE = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----"
HOOKS = ("fsmonitor-watchman", "post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout")


def trap(folder: Path) -> Path:
    """A repository with a signed commit, attributes that name drivers, hooks, and a blob that is not there.

    Beside it stand `evil`, which leaves the file `canary`, and the files that settings lead to.
    """
    repository = make(folder / "trap")
    evil = folder / "evil"
    evil.write_text(f"#!/bin/sh\n: > '{folder}/canary'\n")
    evil.chmod(0o755)
    (folder / "evilconfig").write_text(SETTINGS[22].format(evil=evil) + "\n")
    (folder / "outside").write_text("* diff=evil filter=evil merge=evil\n")
    (repository / ".gitattributes").write_text("* diff=evil filter=evil merge=evil\n")
    (repository / "evil").write_text("Somebody Else <other@x> <ada@example.org>\n")
    commit(repository, "file", at=NOON)
    before = commit(repository, "file", "changed\n", at=NOON + 1)
    tree = run(repository, "rev-parse", "HEAD^{tree}")
    lines = (b"tree " + tree.encode(), b"parent " + before.encode(), GOOD_AUTHOR, GOOD_COMMITTER, SIGNATURE)
    signed = write_object(repository, b"\n".join(lines) + b"\n\nsigned\n\nevil: x\n")
    (repository / ".git" / "refs" / "heads" / "main").write_text(signed + "\n")
    for hooks in (repository / ".git" / "hooks", folder / "hooks"):
        hooks.mkdir(exist_ok=True)
        for name in HOOKS:
            (hooks / name).write_bytes(evil.read_bytes())
            (hooks / name).chmod(0o755)
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    return repository


def remove_blob(repository: Path, revision: str) -> None:
    """Leave out the content of a file, as a partial clone does."""
    name = run(repository, "rev-parse", revision)
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    (repository / ".git" / "objects" / "pack" / "pack-0.promisor").write_text("")


def arm(repository: Path, setting: str) -> None:
    """Write a hostile setting where git would read it."""
    folder = repository.parent
    text = setting.format(
        evil=folder / "evil",
        hooks=folder / "hooks",
        outside=folder / "outside",
        evilconfig=folder / "evilconfig",
    )
    for name in ("config", "config.worktree"):
        (repository / ".git" / name).write_text("[core]\n\trepositoryformatversion = 1\n" + text + "\n")
