"""Cautions: whose futures these are, and what must be read before them."""

from allmende.model.gathering import NOTES
from allmende.reports.document import Notes, Section
from allmende.reports.escaping import visible
from allmende.results import Results

__all__ = ["cautions", "subject"]


def cautions(notes: tuple[str, ...]) -> tuple[Section, ...]:
    """A section with the notes that are not those of every simulation; nothing where there are none.

    Args:
        notes: Notes of the results.
    """
    told = tuple(visible(note, longest=1000) for note in notes if note not in NOTES)
    return (Section("caution", "Before you read on", (Notes(told),)),) if told else ()


def subject(results: Results) -> str:
    """The community whose worlds these are, or the economy."""
    arguments = results.replay.arguments
    return str(arguments.get("community") or arguments.get("economy", "economy"))
