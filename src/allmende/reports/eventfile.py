"""Event file: the events of a community as a table for other tools, members as pseudonyms."""

import tempfile
from pathlib import Path

from allmende.community import Community
from allmende.errors import AllmendeError
from allmende.logs import connect, literal, write_log

__all__ = ["FORMS", "refuse_unknown_form", "write_events"]

FORMS = {".parquet": "", ".csv": "FORMAT csv, HEADER true", ".jsonl": "FORMAT json"}
"""File endings, and what DuckDB calls their form; a Parquet file is written the way logs are."""

_TEXTS = ("member", "action", "org", "ref", "recorder")
_LIKE_A_FORMULA = r"^[=+\-@\t\r'']"


def refuse_unknown_form(path: Path) -> None:
    """Say before reading that a file cannot be written in the form that its ending names.

    Raises:
        AllmendeError: it is none of `FORMS`.
    """
    if path.suffix.lower() not in FORMS:
        raise AllmendeError(
            f"'{path}' does not end in a form that events can be written in",
            expected=", ".join(FORMS),
            next_step="Parquet keeps types and is read back by `allmende measure`.",
        )


def write_events(community: Community, path: Path) -> None:
    """Write the events of a community; text that a spreadsheet would run gets a leading quote in CSV.

    Args:
        community: The community, its members under pseudonyms.
        path: Where; its ending names the form.

    Raises:
        AllmendeError: the ending is none of `FORMS`.
    """
    refuse_unknown_form(path)
    place = path.expanduser()
    form = place.suffix.lower()
    if form == ".parquet":
        write_log(community.events, place, bot=community.bot)
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "events.parquet"
        write_log(community.events, log, bot=community.bot)
        guard = form == ".csv"
        texts = ", ".join(f"{_text(name, guard=guard)} AS {name}" for name in _TEXTS)
        works = "to_json(works)::VARCHAR AS works" if guard else "works"
        chosen = f'"at", "offset", {texts}, effort, cents, recorded, bot, {works}'
        connect().execute(
            f"COPY (SELECT {chosen} FROM read_parquet({literal(str(log))})) "  # noqa: S608 - own names
            f"TO {literal(str(place))} ({FORMS[form]})"
        )


def _text(name: str, *, guard: bool) -> str:
    text = "decode(ref)" if name == "ref" else name
    if not guard:
        return text
    return f"CASE WHEN regexp_matches({text}, '{_LIKE_A_FORMULA}') THEN '''' || {text} ELSE {text} END"
