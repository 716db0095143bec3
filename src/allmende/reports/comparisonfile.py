"""Comparison file: what a comparison found, as JSON for other programs."""

from typing import Any

from allmende.comparison import Comparison
from allmende.conditions.hinges import Conditions
from allmende.reports.conditionsfile import conditions_table

__all__ = ["comparison_json"]

FORMAT, VERSION = "allmende.comparison", 1


def comparison_json(told: Comparison, *, conditions: Conditions | None = None, command: str = "") -> str:
    """Every effect and standing, as JSON text; fields are only ever added.

    `effects` has a row for each future and outcome, and `standings` one for each future; the fields are
    those of `allmende.effects.Effect` and `Standing`, null where worlds are too few or nothing was measured.

    `conditions` has what would have to be true, as in `allmende.reports.conditionsfile`, or is null.

    Args:
        told: What was compared.
        conditions: What was found over everything believed.
        command: The command that makes it again.
    """
    import msgspec

    results = told.results
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "simulated",
        "command": command,
        "made_by": f"allmende {results.replay.version}",
        "replay": {
            "verb": "compare",
            "arguments": dict(results.replay.arguments),
            "seed": results.replay.seed,
        },
        "hash": results.hash(),
        "outcome": told.outcome,
        "worlds": list(told.tried),
        "futures": list(results.policies),
        "effects": [{**each._asdict(), "verdict": each.verdict} for each in told.effects],
        "standings": [each._asdict() for each in told.standings],
        "parameters": [dict(row) for row in results.parameters],
        "notes": list(told.notes),
        "conditions": None if conditions is None else conditions_table(conditions),
    }
    # msgspec writes nan as null.
    return msgspec.json.encode(said).decode() + "\n"
