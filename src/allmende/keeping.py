"""Keeping: results in a folder, whole or not at all, and every damage noticed.

    <folder>/arrays.npz       variables and flows, uncompressed
    <folder>/manifest.json    what they are, their checksums, and its own; written last

The folder is written under another name and renamed when it is complete. Reading it back checks every
byte of both files before anything is believed, and refuses arrays that are not what the manifest says
before memory is reserved for them.
"""

import hashlib
import json
import math
import shutil
import zipfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from allmende import files
from allmende.errors import StoreError
from allmende.results import Replay, Results, Variable

__all__ = ["FORMAT", "load", "save"]

FORMAT = 1
_ARRAYS, _MANIFEST = "arrays.npz", "manifest.json"
_LARGEST_MANIFEST = 16 << 20
_RESTORE = "Run it again, or restore the folder from a copy."


class _Quantity(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    unit: str
    title: str
    kind: str


class _Again(msgspec.Struct, forbid_unknown_fields=True):
    verb: str
    arguments: dict[str, Any]
    seed: int
    version: str


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    checksum: str
    arrays: str
    hash: str
    shape: tuple[int, int, int, int]
    policies: list[str]
    months: list[Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]]
    variables: list[_Quantity]
    flows: list[tuple[str, str, str]]
    parameters: list[dict[str, str]]
    replay: _Again
    notes: list[str]


def save(results: Results, folder: Path) -> Path:
    """Write results to a new folder, all or nothing, and return it.

    Raises:
        StoreError: the folder exists already.
    """
    if folder.exists():
        raise StoreError(
            "the folder exists already",
            where=str(folder),
            next_step="Choose another name; results are never overwritten.",
        )
    partial = files.partial_of(folder)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        files.write(partial / _ARRAYS, _packed(results))
        files.write(partial / _MANIFEST, _described(results, partial / _ARRAYS))
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    files.settle(folder.parent)
    return folder


def load(folder: Path) -> Results:
    """Read results back.

    Raises:
        StoreError: a file is missing, damaged, or from a newer version; the file is named.
    """
    manifest = _manifest(folder / _MANIFEST)
    arrays = _unpacked(folder / _ARRAYS, manifest)
    count = len(manifest.variables)
    variables = {
        each.name: Variable(each.name, each.unit, each.title, values)
        for each, values in zip(manifest.variables, arrays[:count], strict=True)
    }
    again = manifest.replay
    results = Results(
        policies=tuple(manifest.policies),
        months=np.array(manifest.months, np.int32),
        variables=variables,
        parameters=tuple(manifest.parameters),
        replay=Replay(again.verb, again.arguments, again.seed, again.version),
        flows=dict(zip(manifest.flows, arrays[count:], strict=True)),
        notes=tuple(manifest.notes),
    )
    if results.hash() != manifest.hash:
        raise StoreError(
            "the results do not have the hash they were saved with",
            where=str(folder / _MANIFEST),
            next_step=_RESTORE,
        )
    return results


def _packed(results: Results) -> bytes:
    """The arrays as the bytes of an npz file; names are numbers, so that no name can be a path."""
    from io import BytesIO

    stream = BytesIO()
    arrays: dict[str, Any] = {
        f"{number:04d}": np.ascontiguousarray(each, _stored(each))
        for number, each in enumerate(_values(results))
    }
    np.savez(stream, **arrays)
    return stream.getvalue()


def _stored(values: NDArray[Any]) -> str:
    return "<f8" if values.dtype.kind == "f" else "<i8"


def _described(results: Results, arrays: Path) -> bytes:
    shape = next(
        (each.shape for each in _values(results)), (len(results.policies), 0, 0, results.months.size)
    )
    manifest = _Manifest(
        format=FORMAT,
        checksum="",
        arrays=hashlib.sha256(arrays.read_bytes()).hexdigest(),
        hash=results.hash(),
        shape=(shape[0], shape[1], shape[2], shape[3]),
        policies=list(results.policies),
        months=results.months.tolist(),
        variables=[
            _Quantity(each.name, each.unit, each.title, _stored(each.values))
            for each in results.variables.values()
        ],
        flows=list(results.flows),
        parameters=[dict(row) for row in results.parameters],
        replay=_Again(
            results.replay.verb,
            dict(results.replay.arguments),
            results.replay.seed,
            results.replay.version,
        ),
        notes=list(results.notes),
    )
    manifest.checksum = _checksum(manifest)
    return _bytes(manifest)


def _manifest(path: Path) -> _Manifest:
    written = _read(path, _LARGEST_MANIFEST)
    try:
        newer = msgspec.json.decode(written, type=dict[str, Any]).get("format", FORMAT)
        if isinstance(newer, int) and newer > FORMAT:
            raise StoreError(
                f"the results were written in format {newer}",
                where=str(path),
                expected=f"format {FORMAT} or older",
                next_step="Update Allmende to read them.",
            )
        manifest = msgspec.json.decode(written, type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    policies, _, _, months = manifest.shape
    if min(manifest.shape) < 0 or (policies, months) != (len(manifest.policies), len(manifest.months)):
        raise _damaged(path, "its shape does not fit its labels")
    # Every byte counts: a manifest that says the same in other bytes was changed by somebody.
    if manifest.checksum != _checksum(manifest) or written != _bytes(manifest):
        raise _damaged(path, "its checksum does not fit")
    return manifest


def _unpacked(path: Path, manifest: _Manifest) -> list[NDArray[Any]]:
    kinds = [*(each.kind for each in manifest.variables), *("<i8" for _ in manifest.flows)]
    size = 8 * math.prod(manifest.shape)
    written = _read(path, (size + 1024) * len(kinds) + 1024)
    if hashlib.sha256(written).hexdigest() != manifest.arrays:
        raise _damaged(path, "its checksum does not fit")
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                _array(archive, f"{number:04d}.npy", kind, manifest.shape)
                for number, kind in enumerate(kinds)
            ]
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, str(error)) from error


def _array(archive: zipfile.ZipFile, name: str, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    with archive.open(name) as stream:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError(f"{name} is not an array of this format")
        found, _, dtype = np.lib.format.read_array_header_1_0(stream)
        if found != shape or dtype.str != kind:
            raise ValueError(f"{name} is {dtype.str}{found}, not {kind}{shape}")
        content = stream.read()
    return np.frombuffer(content, kind).reshape(shape).astype(np.float64 if kind == "<f8" else np.int64)


def _values(results: Results) -> list[NDArray[Any]]:
    return [*(variable.values for variable in results.variables.values()), *results.flows.values()]


def _checksum(manifest: _Manifest) -> str:
    return hashlib.sha256(_bytes(msgspec.structs.replace(manifest, checksum=""))).hexdigest()


def _bytes(manifest: _Manifest) -> bytes:
    plain = msgspec.to_builtins(manifest)
    return json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(f"{path.name} is damaged: {reason}", where=str(path), next_step=_RESTORE)


def _read(path: Path, largest: int) -> bytes:
    try:
        if path.stat().st_size > largest:
            raise _damaged(path, "it is larger than it can be")
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be read: {error.strerror}", where=str(path), next_step=_RESTORE
        ) from error
