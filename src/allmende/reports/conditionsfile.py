"""Conditions file: what would have to be true, as JSON for other programs."""

from typing import Any

from allmende.conditions.hinges import Conditions
from allmende.conditions.sentences import sentences
from allmende.reports.plain import plain

__all__ = ["conditions_json", "conditions_table"]

FORMAT, VERSION = "allmende.conditions", 1


def conditions_json(found: Conditions, *, command: str = "") -> str:
    """Everything that was found, as JSON text; fields are only ever added.

    The fields are those of `allmende.conditions.hinges.Conditions` and of what it holds, and each judgement
    has its `sentences`; a limit that is not there, and what was not measured, is null.

    Args:
        found: What was found.
        command: The command that makes it again.
    """
    import msgspec

    said = {
        "format": FORMAT,
        "version": VERSION,
        "origin": "simulated",
        "command": command,
        "made_by": f"allmende {found.version}",
        **{name: value for name, value in conditions_table(found).items() if name != "version"},
    }
    # msgspec writes nan and infinity as null.
    return msgspec.json.encode(said).decode() + "\n"


def conditions_table(found: Conditions) -> dict[str, Any]:
    """Everything that was found, as plain tables, lists, numbers and texts."""
    table: dict[str, Any] = plain(found)
    for row, judged in zip(table["judgements"], found.judgements, strict=True):
        row["sentences"] = list(sentences(found, judged))
    return table
