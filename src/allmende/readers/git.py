"""git: who made, and who let in, every commit of a repository.

Work trees, bare repositories, linked worktrees, submodules; shallow clones (said so); partial clones
(nothing is ever fetched). Nothing of the repository is executed (`gitlog.safety`), and what was read
once need not be read again (`gitlog.cache`).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from allmende.errors import AllmendeError, BudgetExceededError
from allmende.events import Events
from allmende.gitlog import cache, history, layout
from allmende.gitlog.frames import MOST_PATHS
from allmende.gitlog.history import Asked
from allmende.gitlog.safety import Sandbox, sandbox
from allmende.gitlog.whole import Told, joined, told
from allmende.reader import ReadOptions, Records, Source, reader

__all__ = ["git"]

LARGEST_MAILMAP = 4 << 20


@reader(
    describes="git repositories: work trees, bare ones, worktrees, shallow and partial clones",
    recognises=layout.recognises,
)
def git(source: Path, options: ReadOptions, /) -> Records:
    """Read the history of a git repository.

    A commit is the act "make" of its author, at the author's date and clock; a commit with several
    parents is the act "decide" of who integrated. The committer is the recorder. With
    `options.effort`, effort is lines added and removed; with `options.touches`, works are paths.

    Raises:
        SourceNotFoundError: there is no repository.
        SourceRefusedError: it is damaged, may not be read, or leads outside itself.
        BudgetExceededError: not one commit could be read within the budget.
    """
    found = layout.find(source, all_branches=options.all_branches)
    record = Source(reader="git", place=str(source), name=found.name, tips=found.tips, notes=found.notes)
    if not found.tips:
        return Records(Events.of([]), record)
    with sandbox(found, seconds=options.seconds, memory=options.memory) as box:
        mailmap, left_out = _mailmap(box, found.tips[0])
        answer, truncated, notes = _history(box, found, options)
    return Records(
        answer.events,
        replace(
            record,
            acts=answer.acts,
            truncated="; ".join(filter(None, (_shallow(found), truncated))),
            notes=(*found.notes, *left_out, *notes, *_counted(answer)),
            mailmap=mailmap,
        ),
        answer.refusals,
    )


def _mailmap(box: Sandbox, tip: str) -> tuple[bytes, tuple[str, ...]]:
    content = history.blob(box, tip, ".mailmap", largest=LARGEST_MAILMAP)
    if content is None and history.lists(box, tip, ".mailmap"):
        return b"", ("its .mailmap is too large or not in this clone: people are merged without it",)
    return content or b"", ()


def _history(box: Sandbox, found: layout.Layout, options: ReadOptions) -> tuple[Told, str, tuple[str, ...]]:
    """The history with as much of what was asked as can be had, why it is cut short, and notes."""
    notes: list[str] = []
    for asked in _ladder(options):
        answer, stopped = _read(box, found, asked, options)
        if stopped is None or asked == Asked():
            break
        notes.append(_without(asked, stopped, found))
    if stopped is None:
        return answer, "", tuple(notes)
    if not len(answer.events):
        raise stopped
    return answer, _measured_until(answer.events, stopped), tuple(notes)


def _ladder(options: ReadOptions) -> list[Asked]:
    """What is asked for, then what is asked for instead when that cannot be had."""
    full = Asked(paths=options.touches, lines=options.effort)
    return list(dict.fromkeys([full, Asked(paths=options.touches), Asked()]))


def _read(
    box: Sandbox, found: layout.Layout, asked: Asked, options: ReadOptions
) -> tuple[Told, AllmendeError | None]:
    """From the cache and what is new since, else all of it."""
    file = cache.place(found, asked)
    kept = cache.load(file, box) if options.cache else None
    if kept is not None and kept.shallow == found.shallow:
        if kept.tips == found.tips:
            return kept.told, None
        if answer := _continued(box, found, asked, kept):
            cache.store(file, cache.Kept(answer, found.tips, found.shallow))
            return answer, None
    log, stopped = history.read(
        box,
        found.tips,
        asked=asked,
        cut=found.shallow,
        progress=lambda acts: options.progress("reading commits", acts, None),
    )
    answer = told(log, touches=asked.paths, lines=asked.lines)
    if options.cache and stopped is None:
        cache.store(file, cache.Kept(answer, found.tips, found.shallow))
    return answer, stopped


def _continued(box: Sandbox, found: layout.Layout, asked: Asked, kept: cache.Kept) -> Told | None:
    """What was kept and what is new since; None when history was rewritten in between."""
    if not history.descends(box, found.tips, kept.tips):
        return None
    log, stopped = history.read(box, found.tips, known=kept.tips, asked=asked, cut=found.shallow)
    # With clocks far wrong git may tell commits again that are reachable from the old tips.
    if stopped is not None or np.isin(log.ref, kept.told.events.ref).any():
        return None
    return joined(kept.told, told(log, touches=asked.paths, lines=asked.lines))


def _shallow(found: layout.Layout) -> str:
    if not found.shallow:
        return ""
    return f"shallow clone: history is cut off at {len(found.shallow):,} commits, what was before is missing"


def _measured_until(events: Events, stopped: AllmendeError) -> str:
    earliest, latest = (str(at.astype("datetime64[us]").astype("datetime64[D]")) for at in events.at[[0, -1]])
    reason = "too large" if isinstance(stopped, BudgetExceededError) else "damaged"
    return f"{reason}, measured from {latest} back until {earliest}: {stopped.given}"


def _without(asked: Asked, stopped: AllmendeError, found: layout.Layout) -> str:
    what = "lines of each commit" if asked.lines else "files of each commit"
    why = "file contents are missing in this partial clone" if found.partial else stopped.given
    return f"{what} could not be read, so they are left out: {why}"


def _counted(answer: Told) -> tuple[str, ...]:
    notes = []
    if answer.unrecorded:
        notes.append(f"{answer.unrecorded:,} commits do not say who entered them or when")
    if answer.oversized:
        notes.append(f"{answer.oversized:,} commits touch more than {MOST_PATHS:,} files, which are left out")
    return tuple(notes)
