"""The history of a repository, asked of git in a sandbox: its log, a few commits of it, one file of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.errors import AllmendeError, BudgetExceededError, SourceRefusedError
from allmende.events import Refusal
from allmende.gitlog.dates import LATEST_SECOND
from allmende.gitlog.frames import FORMAT, batches
from allmende.gitlog.parse import NO_DATE, Log, Parser
from allmende.gitlog.safety import Sandbox

__all__ = ["Asked", "blob", "descends", "lists", "read", "some"]

COMMAND = (
    "log",
    "-z",
    "--stdin",
    "--date=raw",
    "--encoding=UTF-8",
    "--no-color",
    "--no-decorate",
    "--no-ext-diff",
    "--no-mailmap",
    "--no-notes",
    "--no-renames",
    "--no-show-signature",
    "--no-textconv",
)
UNWALKED = "--no-walk=unsorted"
# What reading files may use of the budget, so that some is left to read without them.
SHARE_OF_FILES = 0.75


class Asked(NamedTuple):
    """What is to be known about each commit beyond who and when.

    Args:
        paths: Which paths it touched.
        lines: How many lines it added and removed.
    """

    paths: bool = False
    lines: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """What git is told."""
        return ("--numstat",) if self.lines else ("--name-only",) if self.paths else ()


def read(
    box: Sandbox,
    tips: tuple[str, ...],
    *,
    known: tuple[str, ...] = (),
    asked: Asked = Asked(),  # noqa: B008 - an immutable value
    cut: tuple[str, ...] = (),
    progress: Callable[[int], None] = lambda _acts: None,
) -> tuple[Log, AllmendeError | None]:
    """All commits reachable from `tips` but not from `known`, and why reading stopped before the end.

    Args:
        box: Where git runs.
        tips: Commit ids to begin from.
        known: Commit ids at which to stop.
        asked: What is to be known about each commit.
        cut: Commits whose parents are missing: what they changed cannot be told.
        progress: Told how many commits were read.
    """
    given = "".join([*(f"{tip}^{{commit}}\n" for tip in tips), *(f"^{old}\n" for old in known)])
    parser = Parser(
        line_counts=asked.lines,
        memory=box.budget.memory,
        cut=frozenset(commit.encode() for commit in cut),
    )
    share = SHARE_OF_FILES if asked.options else 1.0
    blocks = box.blocks(*COMMAND, f"--format={FORMAT}", *asked.options, given=given.encode(), share=share)
    stopped: AllmendeError | None = None
    try:
        for batch in batches(blocks, paths=bool(asked.options)):
            parser.add(batch)
            progress(parser.acts)
    except (BudgetExceededError, SourceRefusedError) as error:
        stopped = error
    finally:
        blocks.close()
    log = parser.log()
    if log.torn and stopped is None:
        stopped = SourceRefusedError("git stopped in the middle of a commit", expected="a whole repository")
    return (log, stopped) if stopped else (_without_overflow(box, log), None)


def some(box: Sandbox, commits: list[bytes], *, paths: bool) -> Log:
    """These commits alone, in this order, with the paths they touched if wanted.

    Raises:
        SourceRefusedError: one of them is not there.
        BudgetExceededError: time or memory ran out.
    """
    parser = Parser(memory=box.budget.memory)
    options = ("--name-only",) if paths else ()
    given = b"".join(commit + b"\n" for commit in commits)
    blocks = box.blocks(*COMMAND, UNWALKED, f"--format={FORMAT}", *options, given=given)
    for batch in batches(blocks, paths=paths):
        parser.add(batch)
    return parser.log()


def descends(box: Sandbox, tips: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether everything reachable from `known` can still be reached from `tips`."""
    given = "".join([*(f"{old}^{{commit}}\n" for old in known), *(f"^{tip}\n" for tip in tips)])
    try:
        return not box.answer("rev-list", "--stdin", "--max-count=1", given=given.encode())
    except SourceRefusedError:
        return False


def blob(box: Sandbox, tip: str, path: str, *, largest: int) -> bytes | None:
    """Content of a file as it is in a commit; None when it is not there or larger than `largest`."""
    name = f"{tip}:{path}\n".encode()
    header = box.answer("cat-file", "--batch-check", given=name).split()
    if len(header) != 3 or header[1] != b"blob" or int(header[2]) > largest:  # noqa: PLR2004 - id, type, size
        return None
    answer = box.answer("cat-file", "--batch", given=header[0] + b"\n")
    return answer[answer.index(b"\n") + 1 : -1]


def lists(box: Sandbox, tip: str, path: str) -> bool:
    """Whether a commit has such a file, its content here or not."""
    return bool(box.answer("ls-tree", "-z", tip, "--", path))


def _without_overflow(box: Sandbox, log: Log) -> Log:
    """Refuse author dates that git tells as 1970 because they do not fit its clock.

    `%ad` of such a date is "0 +0000", as of a true 1970; only `%at` shows its digits. Both are rare
    enough to be asked for once more.
    """
    doubtful = np.flatnonzero(((log.at == 0) & (log.offset == 0)) | (log.recorded == 0))
    if not len(doubtful):
        return log
    given = b"".join(commit + b"\n" for commit in log.ref[doubtful].tolist())
    answer = box.answer(*COMMAND, UNWALKED, "--format=%H%x00%at%x00%ct", given=given).split(b"\0")
    far = dict(zip(answer[0::3], zip(answer[1::3], answer[2::3], strict=False), strict=False))
    made = [_overflows(far.get(commit, (b"", b""))[0]) for commit in log.ref[doubtful].tolist()]
    entered = [_overflows(far.get(commit, (b"", b""))[1]) for commit in log.ref[doubtful].tolist()]
    recorded = log.recorded.copy()
    recorded[doubtful[entered]] = log.at[doubtful[entered]]
    refused = doubtful[made]
    refusals = tuple(Refusal(commit.decode("ascii"), NO_DATE) for commit in log.ref[refused].tolist())
    keep = np.ones(len(log.at), np.bool_)
    keep[refused] = False
    return _kept(log, keep, recorded, refusals)


def _overflows(seconds: bytes) -> bool:
    return seconds.isdigit() and (len(seconds) > len(str(LATEST_SECOND)) or int(seconds) > LATEST_SECOND)


def _kept(
    log: Log, keep: NDArray[np.bool_], recorded: NDArray[np.int64], refusals: tuple[Refusal, ...]
) -> Log:
    rows = ("ref", "at", "offset", "member", "merge", "recorder", "lines", "touched")
    columns = {name: getattr(log, name)[keep] for name in rows}
    return replace(
        log,
        refusals=(*log.refusals, *refusals),
        recorded=recorded[keep],
        work=log.work[np.repeat(keep, log.touched)],
        **columns,
    )
