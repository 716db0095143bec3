"""What was read of a repository before, kept so that only what is new must be read again.

The file begins with the checksum of the rest, which is numbers and commit ids: no name, no address,
no path. Whoever or whatever appears is kept as the commit in which it appears first, and is read
again from the repository itself. A file that is damaged, older, or no longer fits the repository is
passed over and written anew.
"""

import hashlib
import io
import json
import os
import tempfile
from binascii import hexlify, unhexlify
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import AllmendeError
from allmende.events import RECORDER_UNKNOWN, Events, Refusals, Touches
from allmende.gitlog.history import Asked, some
from allmende.gitlog.layout import Layout
from allmende.gitlog.safety import Sandbox
from allmende.gitlog.whole import Told, decoded

__all__ = ["VERSION", "Kept", "load", "place", "store"]

VERSION = 1
CHECKSUM = hashlib.sha256().digest_size
COLUMNS = ("at", "offset", "member", "action", "effort", "recorder", "recorded")
NUMBERS = ("acts", "oversized", "unrecorded")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read before, and from where.

    Args:
        told: What the history told then.
        tips: Commit ids from which it was read.
        shallow: Commits at which it was cut off.
    """

    told: Told
    tips: tuple[str, ...]
    shallow: tuple[str, ...]


def place(found: Layout, asked: Asked) -> Path:
    """The file for this repository and question, below ALLMENDE_CACHE or the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "allmende"
    folder = Path(os.environ.get("ALLMENDE_CACHE") or default)
    key = f"{found.objects}\0{asked.paths}\0{asked.lines}\0{len(found.tips) > 1}"
    return folder / f"git-{hashlib.sha256(os.fsencode(key)).hexdigest()[:32]}.history"


def store(file: Path, kept: Kept) -> bool:
    """Keep what was read; whether that was possible. The old file stays whole until the new one is."""
    events = kept.told.events
    arrays: dict[str, NDArray[Any]] = {name: getattr(events, name) for name in COLUMNS}
    arrays["ref"] = np.frombuffer(unhexlify(events.ref.tobytes()), np.uint8)
    if events.touches is not None:
        arrays |= {"touch_event": events.touches.event, "touch_work": events.touches.work}
    arrays["about"] = np.frombuffer(json.dumps(_about(kept)).encode(), np.uint8)
    image = io.BytesIO()
    np.savez(image, allow_pickle=False, **arrays)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(file, hashlib.sha256(image.getbuffer()).digest(), image.getbuffer())
    except OSError:
        return False
    return True


def load(file: Path, box: Sandbox) -> Kept | None:
    """What was read before, names read again from the repository; None when that cannot be."""
    try:
        whole = file.read_bytes()
        image = memoryview(whole)[CHECKSUM:]
        if hashlib.sha256(image).digest() != whole[:CHECKSUM]:
            return None
        with np.load(io.BytesIO(image), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays["about"].tobytes())
        return _kept(arrays, about, box) if about["version"] == VERSION else None
    except (AllmendeError, OSError, LookupError, TypeError, ValueError):
        return None


def _about(kept: Kept) -> dict[str, Any]:
    events = kept.told.events
    return {
        "version": VERSION,
        "tips": kept.tips,
        "shallow": kept.shallow,
        "refusals": [kept.told.refusals.counts, kept.told.refusals.examples],
        "effort_unit": events.effort_unit,
        "id_bytes": events.ref.dtype.itemsize // 2,
        "members": len(events.members),
        "works": len(events.touches.works) if events.touches else 0,
    } | {name: getattr(kept.told, name) for name in NUMBERS}


def _kept(arrays: dict[str, NDArray[Any]], about: dict[str, Any], box: Sandbox) -> Kept:
    width = 2 * about["id_bytes"]
    size = len(arrays["at"])
    ref = np.frombuffer(hexlify(arrays["ref"].tobytes()), f"S{width}")
    columns: dict[str, Any] = {name: arrays[name] for name in COLUMNS}
    nameless = Events(
        **columns,
        cents=np.zeros(size, np.int64),
        org=np.zeros(size, np.int32),
        ref=ref,
        effort_unit=about["effort_unit"],
        touches=Touches(arrays["touch_event"], arrays["touch_work"], ()) if "touch_work" in arrays else None,
    )
    counts, examples = about["refusals"]
    refusals = Refusals(counts, {reason: tuple(places) for reason, places in examples.items()})
    told = Told(
        _named(nameless, about["members"], about["works"], box),
        refusals=refusals,
        **{name: about[name] for name in NUMBERS},
    )
    if len(told.events) + refusals.total != told.acts:
        raise ValueError("commits in = events + refusals")
    return Kept(told, tuple(about["tips"]), tuple(about["shallow"]))


def _named(events: Events, members: int, works: int, box: Sandbox) -> Events:
    """The events with names read from the commits in which each appears first."""
    size = len(events)
    code, first = np.unique(np.concatenate([events.member, events.recorder]), return_index=True)
    first = first[code != RECORDER_UNKNOWN]
    touches = events.touches
    work, begin = np.unique(touches.work if touches else np.zeros(0, np.int32), return_index=True)
    if not (_complete(code[code != RECORDER_UNKNOWN], members) and _complete(work, works)):
        raise ValueError("codes and names do not fit")
    told_by = first % max(size, 1)
    touched_by = touches.event[begin] if touches else begin
    wanted = np.unique(np.concatenate([told_by, touched_by]))
    log = some(box, events.ref[wanted].tolist(), paths=bool(works))
    if not np.array_equal(log.ref, events.ref[wanted]):
        raise ValueError("a commit is no longer there")
    row = np.searchsorted(wanted, told_by)
    people = np.where(first < size, log.member[row], log.recorder[row])
    names = decoded(log.people[person] for person in people.tolist())
    if touches is not None:
        within = begin - np.searchsorted(touches.event, touched_by)
        start = np.cumsum(log.touched) - log.touched
        path = log.work[start[np.searchsorted(wanted, touched_by)] + within]
        touches = Touches(touches.event, touches.work, decoded(log.works[one] for one in path.tolist()))
    return replace(events, members=names, touches=touches)


def _complete(codes: NDArray[np.int32], number: int) -> bool:
    return np.array_equal(codes, np.arange(number))


def _write(file: Path, *parts: bytes | memoryview) -> None:
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.writelines(parts)
            target.flush()
            os.fsync(target.fileno())
        Path(draft).replace(file)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
