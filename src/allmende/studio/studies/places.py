"""Places: which records may be opened. Paths of the server are opened only below permitted folders."""

from collections.abc import Sequence
from pathlib import Path

from allmende.errors import AllmendeError, SourceNotFoundError, SourceRefusedError

__all__ = ["CASE", "ECONOMY", "kind_of", "name_of", "permitted"]

CASE, ECONOMY = "case:", "economy:"
"""What the source of a study begins with when it is no record but a case, or an economy by itself."""

_LONGEST = 1_000


def permitted(text: str, roots: Sequence[Path]) -> str:
    """The source that a text names: a case, an economy, or a path below a permitted folder.

    Args:
        text: As an author typed it.
        roots: The permitted folders.

    Raises:
        UnknownNameError: there is no such case or economy.
        SourceRefusedError: the path lies outside.
        SourceNotFoundError: nothing is there.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > _LONGEST or "\0" in wanted:
        raise AllmendeError("no record is named", expected="a path, case:NAME or economy:NAME")
    if wanted.startswith(CASE):
        from allmende.typology.casebook import case

        return CASE + case(wanted.removeprefix(CASE)).slug
    if wanted.startswith(ECONOMY):
        from allmende.plugins import get

        return ECONOMY + get("economy", wanted.removeprefix(ECONOMY)).name
    place = Path(wanted).expanduser()
    places = [place] if place.is_absolute() else [root / place for root in roots]
    inside = [one.resolve() for one in places if any(one.resolve().is_relative_to(root) for root in roots)]
    if not inside:
        raise SourceRefusedError(
            "this folder is not one from which records may be opened",
            expected="a path below a folder that the administrator permits",
            next_step="Start the studio with --root FOLDER to permit another.",
        )
    for one in inside:
        if one.exists():
            return str(one)
    raise SourceNotFoundError("nothing is there", where=wanted)


def kind_of(source: str) -> str:
    """What a source is: "case", "economy" or "record".

    >>> kind_of("case:redis-2024"), kind_of("economy:commons"), kind_of("dumps/wiki.xml")
    ('case', 'economy', 'record')
    """
    return next((one[:-1] for one in (CASE, ECONOMY) if source.startswith(one)), "record")


def name_of(source: str) -> str:
    """What a source is called, without the folders of the server.

    >>> name_of("/srv/clones/redis"), name_of("case:redis-2024")
    ('redis', 'redis-2024')
    """
    return source.partition(":")[2] if kind_of(source) != "record" else Path(source).name or source
