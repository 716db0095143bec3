"""Placement file: where communities stand, as JSON for other programs."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from allmende.indicator import Interval
from allmende.months import text
from allmende.typology.placement import Placement
from allmende.typology.placing import Trajectory

__all__ = ["FORMAT", "VERSION", "placements_json"]

FORMAT, VERSION = "allmende.placements", 1


def placements_json(trajectories: Sequence[Trajectory], *, command: str = "") -> str:
    """Every placement with shares, evidence and what is missing, as JSON text; fields are only ever added.

    Args:
        trajectories: The communities.
        command: The command that makes it again.
    """
    import msgspec

    said = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"allmende {version('allmende')}",
        "command": command,
        "communities": [
            {
                "name": one.name,
                "notes": list(one.notes),
                "placements": [_placement(placed) for placed in one.placements],
            }
            for one in trajectories
        ],
    }
    return msgspec.json.encode(said).decode() + "\n"


def _placement(placed: Placement) -> dict[str, Any]:
    return {
        "from": None if placed.start is None else text(placed.start),
        "to": None if placed.stop is None else text(placed.stop - 1),
        "verdict": placed.verdict,
        "reason": placed.reason,
        "shares": {name: _interval(share) for name, share in placed.shares.items()},
        "evidence": [
            {
                "criterion": one.criterion,
                "levels": dict(one.levels),
                "reference": one.reference,
                "weights": dict(zip(placed.shares, one.weights, strict=True)),
            }
            for one in placed.evidence
        ],
        "missing": list(placed.missing),
    }


def _interval(share: Interval) -> dict[str, float]:
    return {"low": share.low, "mid": share.mid, "high": share.high, "level": share.level}
