"""Claims file: what came out about the claims of the theory, as JSON for other programs."""

from typing import Any

from allmende.examination.examining import Answer, Examination
from allmende.exhibits import Exhibit
from allmende.reports.plain import plain

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
            {"name": taken.name, "says": taken.says, **plain(taken.share)} for taken in answer.taken
        ],
        "fails": plain(answer.fails),
        "holds": plain(answer.holds),
        "evidence": plain(claim.evidence),
        "exhibits": [_exhibit(exhibit) for exhibit in answer.exhibits],
        "notes": list(answer.notes),
    }


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    return {"kind": type(exhibit).__name__.lower(), **plain(exhibit)}
