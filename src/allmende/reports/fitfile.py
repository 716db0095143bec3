"""Fit file: a calibration as JSON for other programs; no member stands in it."""

from importlib.metadata import version
from typing import Any

from allmende.calibration.fit import Fit
from allmende.months import text

__all__ = ["fit_json"]

FORMAT, VERSION = "allmende.fit", 1
DRAWS = 100


def fit_json(told: Fit, *, command: str = "") -> str:
    """The calibration as JSON text; fields are only ever added.

    `parameters` has value, ends of the 95 % interval and source of each; `draws` what is believed, a list for
    each name; `patterns` what the law was held against.

    Args:
        told: The fit.
        command: The command that makes it again.
    """
    import msgspec

    draws = told.draws(DRAWS)
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "observed",
        "command": command,
        "made_by": f"allmende {version('allmende')}",
        "community": told.name,
        "seed": told.seed,
        "months": [text(told.stretch.start), text(told.stretch.stop - 1)],
        "joined_since": text(told.since),
        "members": {
            "seen": len(told.members),
            "fitted": told.law.size,
            "expected_active": told.members.expected_active,
        },
        "parameters": {
            one.name: {"value": one.value, "low": one.low, "high": one.high, "source": one.provenance}
            for one in told.estimates()
        },
        "newcomers": {
            "now": told.joining.rate,
            "usual": told.joining.level,
            "season": told.joining.season.tolist(),
            "trend_a_year": list(told.joining.trend),
        },
        "environment": list(told.joining.environment),
        "draws": {name: draws[name].tolist() for name in draws.names},
        "patterns": [
            {
                "name": one.name,
                "observed": one.observed,
                "low": one.low,
                "middle": one.middle,
                "high": one.high,
                "missed": one.missed,
            }
            for one in told.patterns
        ],
        "unseen": None
        if told.unseen is None
        else {
            name: {
                "told": float(told.unseen.told[place]),
                "narrowed": told.unseen.contractions().get(name, 0.0),
            }
            for place, name in enumerate(told.unseen.names)
        },
        "notes": list(told.notes),
    }
    return msgspec.json.encode(said).decode() + "\n"
