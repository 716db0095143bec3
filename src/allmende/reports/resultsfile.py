"""Results file: what a simulation returned, as JSON for other programs."""

from typing import Any

from allmende.results import DIMENSIONS, Results

__all__ = ["FORMAT", "VERSION", "page_data", "results_json"]

FORMAT, VERSION = "allmende.results", 1
_MOST_NUMBERS = 400_000
"""A page carries its numbers up to so many; a browser should open it in a second."""


def results_json(results: Results, *, command: str = "") -> str:
    """Everything that came out, as JSON text; fields are only ever added.

    `variables` has for each name its unit, title and values[policy][draw][replicate][month], null where a
    variable is not measured in a month. `flows` are cents with the same dimensions.

    Args:
        results: What the simulation returned.
        command: The command that makes it again.
    """
    return _encoded(_about(results, command) | {"variables": _variables(results), "flows": _flows(results)})


def page_data(results: Results, *, command: str = "") -> str:
    """What a page carries inside: everything, or all but the numbers when these are too many.

    Args:
        results: What the simulation returned.
        command: The command that makes it again.
    """
    size = sum(one.values.size for one in results.variables.values())
    if size + sum(one.size for one in results.flows.values()) <= _MOST_NUMBERS:
        return results_json(results, command=command)
    return _encoded(_about(results, command) | {"left_out": "variables and flows: write them with --json"})


def _about(results: Results, command: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "origin": "simulated",
        "command": command,
        "made_by": f"allmende {results.replay.version}",
        "replay": {
            "verb": results.replay.verb,
            "arguments": dict(results.replay.arguments),
            "seed": results.replay.seed,
        },
        "hash": results.hash(),
        "dimensions": list(DIMENSIONS),
        "policies": list(results.policies),
        "months": results.months.tolist(),
        "parameters": [dict(row) for row in results.parameters],
        "notes": list(results.notes),
    }


def _variables(results: Results) -> dict[str, Any]:
    # msgspec writes nan as null.
    return {
        name: {"unit": one.unit, "title": one.title, "values": one.values.tolist()}
        for name, one in results.variables.items()
    }


def _flows(results: Results) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "payer": payer, "payee": payee, "cents": cents.tolist()}
        for (kind, payer, payee), cents in sorted(results.flows.items())
    ]


def _encoded(said: dict[str, Any]) -> str:
    import msgspec

    return msgspec.json.encode(said).decode() + "\n"
