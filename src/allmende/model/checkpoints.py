"""Checkpoints: a batch of worlds kept on disk, so that an interrupted run goes on to the same bits.

A checkpoint is a folder with one file for each batch and one that says what was asked. Files are
written under another name, flushed, and renamed, so each is whole or not there; each carries its own
checksum. Nothing in them is code.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allmende import files
from allmende.errors import StoreError
from allmende.model.recording import MEASURES, Outcome
from allmende.model.state import MEMBER_FIELDS, Standing
from allmende.model.worlds import Worlds

__all__ = ["claim", "read_outcome", "read_state", "write_outcome", "write_state"]

ASKED = "asked.json"
SEPARATOR = "|"
STATE = (
    "environment", "adopted", "stock", "stock_start", "capacity", "service", "norm", "shock", "archive",
    "contingency", "offer",
)  # fmt: skip
Arrays = dict[str, NDArray[np.generic]]


def claim(folder: Path, fingerprint: str) -> None:
    """Make the folder the checkpoint of this question, or make sure that it is.

    Raises:
        StoreError: the folder is the checkpoint of another question, or something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / ASKED
    if not said.exists():
        if any(folder.iterdir()):
            raise StoreError(
                "the folder holds something else than a checkpoint", where=str(folder),
                next_step="Choose an empty or new folder.",
            )  # fmt: skip
        files.write(said, json.dumps({"format": 1, "asked": fingerprint}).encode())
        return
    try:
        kept = json.loads(said.read_text())
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or kept.get("format") != 1 or kept.get("asked") != fingerprint:
        raise StoreError(
            "the checkpoint belongs to another question: economy, parameters, policies, members, months, "
            "replicates or seed differ",
            where=str(said),
            next_step="Ask the same question again, or choose another folder.",
        )


def write_state(path: Path, worlds: Worlds, outcome: Outcome, month: int) -> None:
    """Keep a batch as it is at the beginning of a month."""
    arrays: Arrays = {f"world {name}": getattr(worlds, name) for name in STATE}
    arrays |= {f"last {name}": values for name, values in worlds.measures.items()}
    arrays |= {f"measure {name}": values for name, values in outcome.measures.items()}
    used = _used(worlds.standing)
    for name in MEMBER_FIELDS:
        arrays[f"member {name}"] = getattr(worlds.standing.members, name)[used]
    arrays["first"], arrays["count"] = worlds.standing.first, worlds.standing.count
    arrays["balances"] = worlds.ledger.balances
    for key, cents in worlds.ledger.entries.items():
        arrays["entry " + SEPARATOR.join(map(str, key))] = cents
    arrays["month"], arrays["moneyed"] = np.array(month), np.array(worlds.moneyed)
    files.write(path, _packed(arrays))


def read_state(path: Path, worlds: Worlds, outcome: Outcome) -> int:
    """Bring a batch back to where it was, in place, and answer the month to begin with.

    Args:
        path: The file.
        worlds: The same batch, opened anew.
        outcome: Filled with what had been recorded.

    Raises:
        StoreError: the file is damaged.
    """
    arrays = _unpacked(path)
    try:
        for name in STATE:
            setattr(worlds, name, arrays[f"world {name}"])
        worlds.measures = _under(arrays, "last ")
        for name in MEASURES:
            outcome.measures[name][:] = arrays[f"measure {name}"]
        standing = Standing.of_room(np.diff(arrays["first"]))
        standing.count[:] = arrays["count"]
        used = _used(standing)
        for name in MEMBER_FIELDS:
            getattr(standing.members, name)[used] = arrays[f"member {name}"]
        worlds.standing = standing
        worlds.ledger.balances[:] = arrays["balances"]
        for text, cents in _under(arrays, "entry ").items():
            kind, payer, payee, month = text.split(SEPARATOR)
            worlds.ledger.entries[kind, payer, payee, int(month)] = cents
        worlds.moneyed = bool(arrays["moneyed"])
        worlds.month = int(arrays["month"])
    except (KeyError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    return worlds.month


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Keep what is recorded of a batch that has been run to its end."""
    arrays: Arrays = {f"measure {name}": values for name, values in outcome.measures.items()}
    arrays |= {"flow " + SEPARATOR.join(key): cents for key, cents in outcome.flows.items()}
    files.write(path, _packed(arrays))


def read_outcome(path: Path) -> Outcome:
    """What is recorded of a batch.

    Raises:
        StoreError: the file is damaged.
    """
    arrays = _unpacked(path)
    flows = {tuple(text.split(SEPARATOR)): cents for text, cents in _under(arrays, "flow ").items()}
    return Outcome(_under(arrays, "measure "), {(a, b, c): cents for (a, b, c), cents in flows.items()})


def _used(standing: Standing) -> NDArray[np.bool_]:
    used = np.zeros(int(standing.first[-1]), bool)
    for world in range(len(standing.count)):
        used[standing.rows(world)] = True
    return used


def _under(arrays: Arrays, prefix: str) -> dict[str, NDArray]:  # type: ignore[type-arg]
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _packed(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    content = buffer.getvalue()
    return hashlib.sha256(content).digest() + content


def _unpacked(path: Path) -> Arrays:
    content = path.read_bytes()
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        raise _damaged(path, "its checksum does not fit")
    try:
        with np.load(io.BytesIO(content[32:]), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"the checkpoint is damaged: {reason}", where=str(path), next_step="Delete this file and run again."
    )
