"""Description: what a sweep's folder says about itself, so that it can be read without its design.

`sweep.json` is written before the first run, `manifest.json` after the last one. Both carry their own
checksum and are written whole or not at all.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from allmende import files
from allmende.errors import StoreError
from allmende.model.gathering import NOTES
from allmende.sweeps.design import Case, Design, Shape

__all__ = ["Described", "DescribedCase", "Manifest", "described", "read_form", "write_form"]

_LARGEST = 256 << 20
_RESTORE = "Restore it from a copy, or ask for the sweep again: it makes the file anew and keeps every run."
Count = Annotated[int, msgspec.Meta(ge=1, lt=2**40)]


class DescribedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case, as far as it is needed to read its results.

    Args:
        name: Its name.
        futures: Labels of the futures, the baseline first.
        draws: How many sets of parameters.
        replicates: Worlds of each draw.
        months: Months of a run.
        size: Worlds in a piece.
        seed: Seed of the study.
        parameters: Rows of `Params.describe` of the first draw.
        arguments: What is needed to ask again.
        notes: Sentences a reader of its results must see.
    """

    name: str
    futures: list[str]
    draws: Count
    replicates: Count
    months: Count
    size: Count
    seed: int
    parameters: list[dict[str, str]]
    arguments: dict[str, Any]
    notes: list[str] = []

    @property
    def shape(self) -> Shape:
        """How large it is."""
        return Shape(len(self.futures), self.draws * self.replicates, self.size)


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sweep's `sweep.json`.

    Args:
        checksum: SHA-256 of the other fields.
        asked: The design's fingerprint.
        version: Version of the package that began it.
        cases: The cases.
        format: Version of the form.
    """

    checksum: str
    asked: str
    version: str
    cases: list[DescribedCase]
    format: Literal[1] = 1


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sweep's `manifest.json`.

    Args:
        checksum: SHA-256 of the other fields.
        asked: The design's fingerprint.
        hash: Hash of all results.
        cases: Hash of the results of each case, by its name.
        runs: How many runs there are.
        format: Version of the form.
    """

    checksum: str
    asked: str
    hash: str
    cases: dict[str, str]
    runs: int
    format: Literal[1] = 1


Form = TypeVar("Form", Described, Manifest)


def described(design: Design) -> Described:
    """What a design says in `sweep.json`."""
    return Described("", design.fingerprint, version("allmende"), [_case(each) for each in design.cases])


def write_form(path: Path, form: Form) -> None:
    """Write a form with its checksum."""
    files.write(path, _bytes(msgspec.structs.replace(form, checksum=_checksum(form))))


def read_form(path: Path, kind: type[Form]) -> Form:
    """Read a form and check it.

    Raises:
        StoreError: the file is missing, damaged or from a newer version; it is named.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise _damaged(path, "it is larger than it can be")
        written = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read: {error.strerror}", where=str(path)) from error
    try:
        newer = msgspec.json.decode(written, type=dict[str, Any]).get("format", 1)
        if isinstance(newer, int) and newer > 1:
            raise StoreError(
                f"{path.name} was written in format {newer}",
                where=str(path),
                expected="format 1",
                next_step="Update Allmende to read it.",
            )
        form = msgspec.json.decode(written, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if form.checksum != _checksum(form) or written != _bytes(form):
        raise _damaged(path, "its checksum does not fit")
    return form


def _case(case: Case) -> DescribedCase:
    question = case.asked
    return DescribedCase(
        name=case.name,
        futures=list(question.labels),
        draws=len(question.draws),
        replicates=question.replicates,
        months=question.months,
        size=case.shape.size,
        seed=question.seed,
        parameters=question.draws[0].describe(),
        arguments=case.arguments,
        notes=[*question.notes, *NOTES],
    )


def _checksum(form: Form) -> str:
    return hashlib.sha256(_bytes(msgspec.structs.replace(form, checksum=""))).hexdigest()


def _bytes(form: Form) -> bytes:
    plain = msgspec.to_builtins(form)
    return json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(f"{path.name} is damaged: {reason}", where=str(path), next_step=_RESTORE)
