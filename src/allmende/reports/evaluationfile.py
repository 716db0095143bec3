"""Evaluation file: an evaluation as JSON for other programs."""

from importlib.metadata import version
from math import exp
from typing import Any

from allmende.evaluation.evaluating import Estimate, Evaluation
from allmende.evaluation.expected import LEVELS
from allmende.months import text

__all__ = ["evaluation_json"]

FORMAT, VERSION = "allmende.evaluation", 1


def evaluation_json(told: Evaluation, *, command: str = "") -> str:
    """The evaluation as JSON text; fields are only ever added.

    Changes are ratios of what happened to what was expected.

    Args:
        told: The evaluation.
        command: The command that makes it again.
    """
    import msgspec

    window = told.window
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "observed against expected",
        "command": command,
        "made_by": f"allmende {version('allmende')}",
        "community": told.name,
        "event": told.event,
        "outcome": window.outcome,
        "seed": told.seed,
        "months": [text(month) for month in range(window.start, window.stop)],
        "smallest_visible": {"low": told.smallest.low, "high": told.smallest.high},
        "grade": told.grade,
        "estimates": [_estimate(one) for one in told.estimates],
        "placebos": [
            {"start": text(one.start), "ratio": {way: exp(log) for way, log in one.logs.items()}}
            for one in told.placebos
        ],
        "monthly": {
            "happened": told.observed.tolist(),
            "expected": told.band()[1].tolist(),
            "intervals": {
                f"{level:.0%}": {"low": told.band(level)[0].tolist(), "high": told.band(level)[2].tolist()}
                for level in LEVELS
            },
        },
        "against": list(told.against),
        "notes": list(told.notes),
    }
    return msgspec.json.encode(said).decode() + "\n"


def _estimate(one: Estimate) -> dict[str, Any]:
    return {
        "way": one.way,
        "ratio": one.narrow.mid,
        "intervals": {
            f"{interval.level:.0%}": {"low": interval.low, "high": interval.high}
            for interval in (one.narrow, one.wide)
        },
        "widening": one.widening,
        "placebos_as_large": one.as_large,
    }
