"""git, run so that nothing of the repository is executed and nothing outside it is touched.

Two fences, each enough by itself (measured: 0 executions in 60 and in 80 trials):

a. *Closed.* git starts with an environment of ours alone, with configuration of machine and user
   switched off and every setting that could run a program pinned.
b. *Elsewhere.* git never sees the repository: it runs in an empty bare directory of our own, made
   for the occasion, to which the repository's object directory is lent as a source of objects.
   Hooks, configuration, attributes, grafts, replacements, remotes of the repository are not there.

In addition git may write no file (`RLIMIT_FSIZE` 0), and has a budget of CPU and memory.
"""

import fcntl
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from allmende.errors import BudgetExceededError, SourceRefusedError
from allmende.gitlog.layout import Layout

__all__ = ["Budget", "Sandbox", "sandbox"]

PIPE = 1 << 20
BLOCK = 1 << 22
MOST_WORDS = 400
LONGEST = 10**8
F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", None)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
CONFIG = """\
[core]
    repositoryformatversion = 1
    bare = true
    fsmonitor = false
    hooksPath = /dev/null
    attributesFile = /dev/null
    excludesFile = /dev/null
    sshCommand = false
    pager = cat
    commitGraph = false
    bigFileThreshold = 32m
[extensions]
    objectFormat = {object_format}
[log]
    showSignature = false
    mailmap = false
    follow = false
[diff]
    external =
    renames = false
[gpg]
    program = false
[protocol]
    allow = never
[i18n]
    logOutputEncoding = UTF-8
[gc]
    auto = 0
"""
ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    # Without it git flushes its output after every commit: a quarter of its CPU (measured).
    "GIT_FLUSH": "0",
    # A file that is there, if only /dev/null, makes git print advice.
    "GIT_GRAFT_FILE": "/nonexistent",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
}


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + spent.ru_utime + spent.ru_stime


@dataclass(slots=True)
class Budget:
    """What reading one repository may cost, and what is left of it.

    Args:
        seconds: CPU of git and of the reader together.
        memory: Bytes that git may hold.
    """

    seconds: float
    memory: int
    began: float = field(default_factory=_cpu)

    @property
    def left(self) -> float:
        """CPU seconds not yet used."""
        return self.seconds - (_cpu() - self.began)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An empty git directory of our own, with another repository's objects lent to it.

    Args:
        home: The directory.
        program: Path of git.
        environment: All that git gets to see of ours.
        budget: What is left to spend.
    """

    home: Path
    program: str
    environment: dict[str, str]
    budget: Budget

    def blocks(self, *arguments: str, given: bytes = b"", share: float = 1.0) -> Generator[bytes, None, None]:
        """What git answers, in blocks of a few MiB.

        Args:
            arguments: Command and options.
            given: Its standard input.
            share: Part of the budget that is left that it may use.

        Raises:
            BudgetExceededError: after the last block, when time or memory ran out.
            SourceRefusedError: after the last block, when git failed.
        """
        seconds = max(self.budget.left, 0.0) * share
        until = self.budget.left - seconds
        with self._process(arguments, given) as process:
            _limit(process.pid, seconds, self.budget.memory)
            assert process.stdout is not None
            assert process.stderr is not None
            words: list[bytes] = []
            listener = threading.Thread(target=_keep_last, args=(process.stderr, words), daemon=True)
            listener.start()
            while block := process.stdout.read(BLOCK):
                yield block
                if self.budget.left < until:
                    process.kill()
            status = process.wait()
            listener.join()
        self._judge(status, _plain(words), self.budget.left < until + 0.1 * seconds)

    def answer(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers, in one piece; for questions with a short answer.

        Raises:
            BudgetExceededError: time or memory ran out.
            SourceRefusedError: git failed.
        """
        return b"".join(self.blocks(*arguments, given=given))

    @contextmanager
    def _process(self, arguments: tuple[str, ...], given: bytes) -> Iterator["subprocess.Popen[bytes]"]:
        # Input comes from a file rather than a pipe, so that neither side can wait for the other.
        with tempfile.TemporaryFile(dir=self.home) as asked:
            asked.write(given)
            asked.seek(0)
            process = subprocess.Popen(  # noqa: S603 - no shell; arguments are constants of ours
                [self.program, "--no-pager", *arguments],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.home,
                env=self.environment,
            )
        _widen(process.stdout)
        with process:
            try:
                yield process
            finally:
                process.kill()

    def _judge(self, status: int, words: str, late: bool) -> None:  # noqa: FBT001 - private, one caller
        if status == 0:
            return
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and late):
            raise BudgetExceededError(
                f"reading needs more than the {self.budget.seconds:g} CPU seconds allowed",
                next_step="Allow more: --budget SECONDS, or `ReadOptions(seconds=...)`.",
            )
        if "ut of memory" in words or "memory exhausted" in words or status == -signal.SIGKILL:
            raise BudgetExceededError(
                f"reading needs more than the {self.budget.memory >> 20:,} MiB of memory allowed",
                next_step="Allow more: --memory MIB, or `ReadOptions(memory=...)`.",
            )
        raise SourceRefusedError(
            f"git could not read it: {words or f'it ended with status {status}'}",
            expected="a whole repository",
            next_step="`git fsck` inside it tells more; a fresh clone may be whole.",
        )


@contextmanager
def sandbox(layout: Layout, *, seconds: float, memory: int) -> Iterator[Sandbox]:
    """A sandbox in which git can read the objects of this repository and nothing else of it.

    Args:
        layout: The repository.
        seconds: CPU budget of git and of the reader together.
        memory: Bytes that git may hold.

    Raises:
        SourceRefusedError: git is not installed.
    """
    program = _program()
    with tempfile.TemporaryDirectory(prefix="allmende-git-") as folder:
        home = Path(folder)
        long_ids = any(len(tip) == 64 for tip in layout.tips)  # noqa: PLR2004 - SHA-256 in hexadecimal
        (home / "config").write_text(CONFIG.format(object_format="sha256" if long_ids else "sha1"))
        (home / "HEAD").write_text("ref: refs/heads/none\n")
        (home / "objects").mkdir()
        (home / "refs").mkdir()
        if layout.shallow:
            (home / "shallow").write_text("".join(f"{commit}\n" for commit in layout.shallow))
        environment = ENVIRONMENT | {
            "PATH": str(Path(program).parent),
            "GIT_DIR": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(layout.objects),
        }
        yield Sandbox(home, program, environment, Budget(seconds, memory))


def _widen(pipe: IO[bytes] | None) -> None:
    """Let git run ahead of the parser; systems that allow it only small pipes are slower, no more."""
    if pipe is not None and F_SETPIPE_SZ is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, F_SETPIPE_SZ, PIPE)


def _keep_last(stream: IO[bytes], kept: list[bytes]) -> None:
    # git must never wait for us to read its complaints; the last of them say why it stopped.
    while block := stream.read(1 << 16):
        kept[:] = [b"".join((*kept, block))[-4 * MOST_WORDS :]]


def _plain(words: list[bytes]) -> str:
    said = CONTROL.sub(" ", b"".join(words).decode("utf-8", "replace")).strip()
    return said.removeprefix("fatal: ")[:MOST_WORDS]


def _limit(process: int, seconds: float, memory: int) -> None:
    # Set from outside, right after the start, so that no Python code runs between fork and exec.
    prlimit = getattr(resource, "prlimit", None)
    if prlimit is None:
        return
    limits = {
        resource.RLIMIT_CPU: int(min(seconds, LONGEST)) + 1,
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    try:
        for limit, value in limits.items():
            # A limit that the user set for us is never raised.
            given = [old for old in prlimit(process, limit) if old != resource.RLIM_INFINITY]
            lowest = min([value, *given])
            prlimit(process, limit, (lowest, lowest))
    except ProcessLookupError:
        return


def _program() -> str:
    # A relative entry of PATH could find a program of the repository's own.
    folders = [folder for folder in os.get_exec_path() if os.path.isabs(folder)]  # noqa: PTH117 - text
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None:
        raise SourceRefusedError(
            "git is not installed, and repositories cannot be read without it",
            expected="a program called git on PATH",
            next_step="Install git 2.30 or newer.",
        )
    return found


def _quoted(path: Path) -> str:
    """A path as git reads it from a list separated by colons.

    >>> print(_quoted(Path("/a:b")))
    "/a:b"
    """
    text = str(path)
    if not re.search(r'[:"\\\n]', text):
        return text
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return f'"{text}"'
