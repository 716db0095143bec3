"""Claims file: what came out about the claims of the theory, as JSON for other programs."""

from math import isfinite
from typing import Any

from allmende.examination.examining import Answer, Examination
from allmende.examination.regions import Region
from allmende.exhibits import Exhibit

__all__ = ["claims_json"]

FORMAT, VERSION = "allmende.claims", 1


def claims_json(told: Examination, *, command: str = "") -> str:
    """Every claim with its readings, shares, regions, exhibits and evidence, as JSON text.

    Fields are only ever added. A limit that is not there is null.

    Args:
        told: What came out.
        command: The command that makes it again.
    """
    import msgspec

    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "simulated",
        "command": command,
        "made_by": f"allmende {told.version}",
        "seed": told.seed,
        "size": told.size,
        "hash": told.hash(),
        "claims": [_answer(answer) for answer in told.answers.values()],
    }
    # msgspec writes nan and infinities as null.
    return msgspec.json.encode(said).decode() + "\n"


def _answer(answer: Answer) -> dict[str, Any]:
    claim = answer.claim
    return {
        "name": claim.name,
        "title": claim.title,
        "says": claim.says,
        "test": claim.test,
        "kind": claim.kind,
        "verdict": answer.verdict,
        "found": answer.found,
        "reality": claim.reality,
        "points": answer.points,
        "readings": [
            {"name": taken.name, "says": taken.says, **taken.share._asdict()} for taken in answer.taken
        ],
        "fails": [_region(region) for region in answer.fails],
        "holds": [_region(region) for region in answer.holds],
        "evidence": [row._asdict() for row in claim.evidence],
        "exhibits": [_exhibit(exhibit) for exhibit in answer.exhibits],
        "notes": list(answer.notes),
    }


def _region(region: Region) -> dict[str, Any]:
    bounds = [
        {
            **bound._asdict(),
            "low": bound.low if isfinite(bound.low) else None,
            "high": bound.high if isfinite(bound.high) else None,
        }
        for bound in region.bounds
    ]
    return {**region._asdict(), "bounds": bounds}


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(exhibit)
    return {"kind": type(exhibit).__name__.lower(), **_named(exhibit, found)}


def _named(exhibit: Exhibit, found: dict[str, Any]) -> dict[str, Any]:
    """The exhibit with rows as objects: tuples lose the names of their fields."""
    for name in ("bars", "curves", "panes"):
        if name in found:
            found[name] = [_row(row) for row in getattr(exhibit, name)]
    return found


def _row(row: Any) -> dict[str, Any]:
    return {
        name: [_row(each) for each in value] if value and name in {"points", "cells", "cases"} else value
        for name, value in row._asdict().items()
    }
