"""Mapping: which column of a table says what about an event, as a TOML file.

Users write one for their own table; the package ships some for tables it knows; where there is
neither, well-known column names are recognised and what was taken for what is said in the notes.
The three have the same form and go the same way.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from allmende.errors import MappingError, UnknownNameError
from allmende.tomlfiles import read_toml

__all__ = ["Columns", "Constants", "Mapping", "TimeForm", "load_mapping", "recognise", "shipped"]

Action = Literal["make", "revise", "review", "discuss", "pay", "join", "leave", "decide", "use"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source column of each event column; None where the table has none.

    Args:
        at: When it happened.
        offset: Minutes east of UTC on the member's clock.
        member: Who did it.
        action: What was done, in the words of `events.ACTIONS` (other words: `Mapping.actions`).
        effort: Its size; several columns are added up.
        cents: Money that changed hands.
        org: Employer or organisation.
        ref: Where it can be looked up.
        recorder: Who entered it into the record.
        recorded: When it was entered.
        self_recorded: Whether the member entered it; where false the recorder is unknown.
        work: The work (file, page) it touched.
        bot: Whether the member is a program.
        community: Which community the row belongs to.
    """

    at: Text | None = None
    offset: Text | None = None
    member: Text | None = None
    action: Text | None = None
    effort: Text | Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=20)] | None = None
    cents: Text | None = None
    org: Text | None = None
    ref: Text | None = None
    recorder: Text | None = None
    recorded: Text | None = None
    self_recorded: Text | None = None
    work: Text | None = None
    bot: Text | None = None
    community: Text | None = None

    @property
    def efforts(self) -> tuple[str, ...]:
        """The columns that are added up to the effort."""
        if self.effort is None:
            return ()
        return (self.effort,) if isinstance(self.effort, str) else self.effort


class Constants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for every row where no column says it.

    Args:
        member: Who did it.
        action: What was done.
        org: Employer or organisation.
        offset: Minutes east of UTC.
        effort: Size.
        cents: Money that changed hands.
    """

    member: Text | None = None
    action: Action | None = None
    org: str = ""
    offset: Annotated[int, msgspec.Meta(ge=-1080, le=1080)] | None = None
    effort: Annotated[int, msgspec.Meta(ge=0)] = 1
    cents: int = 0


class TimeForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How moments are written. All empty: ISO 8601, or a number whose size tells the unit.

    Args:
        format: As `datetime.strptime` has it, "%d/%m/%Y %H:%M".
        unit: Of a number counted from 1970: seconds, milliseconds, microseconds or nanoseconds.
        zone: Of moments written without one, "Europe/Berlin"; UTC where empty.
    """

    format: str = ""
    unit: Literal["", "s", "ms", "us", "ns"] = ""
    zone: str = ""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone or "UTC")
        except (OSError, ValueError, LookupError):
            raise ValueError(f"no time zone is called '{self.zone}'") from None


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How rows become events.

    Args:
        columns: Source column of each event column. When the file names none they are recognised.
        constants: What holds where no column says it.
        actions: For columns in the given order, which value means which action; the first column whose
            value is listed decides, then `columns.action`, then `constants.action`.
        time: How moments are written.
        refuse: Values of a column that make a row a counted refusal.
        only: The one community to read out of a table that holds several.
        name: Name of the community; otherwise the community column or the file name gives it.
        money: Whether the amounts are cents or whole units of money (dollars).
        effort_unit: What one unit of effort is.
        effort_absolute: The effort is the size of a change that may be negative.
        effort_on_request: Read the effort only when sizes were asked for.
        conserved_names: The names in the table are already pseudonyms.
        encoding: Of text files.
        delimiter: Of text files; otherwise told by suffix and first line.
    """

    columns: Columns = Columns()
    constants: Constants = Constants()
    actions: dict[Text, dict[str, Action]] = {}
    time: TimeForm = TimeForm()
    refuse: dict[Text, tuple[str | int | bool, ...]] = {}
    only: str = ""
    name: str = ""
    money: Literal["cents", "units"] = "cents"
    effort_unit: str = ""
    effort_absolute: bool = False
    effort_on_request: bool = False
    conserved_names: bool = False
    encoding: Literal["utf-8", "latin-1", "windows-1252"] = "utf-8"
    delimiter: Annotated[str, msgspec.Meta(pattern="^[,;|\t ]?$")] = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every source column it reads, each once."""
        named = msgspec.structs.asdict(self.columns)
        single = (name for field, name in named.items() if name and field != "effort")
        return tuple(dict.fromkeys([*single, *self.columns.efforts, *self.actions, *self.refuse]))


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingError: it cannot be read or does not have the form; key and line are named.
    """
    return read_toml(path, Mapping, error=MappingError)


@cache
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the package, by name; each fits tables with all of its columns."""
    folder = Path(__file__).parent / "mappings"
    return {path.stem: load_mapping(path) for path in sorted(folder.glob("*.toml"))}


WELL_KNOWN = {
    "at": ("at", "time", "timestamp", "date", "datetime", "created_at", "created", "when"),
    "offset": ("offset", "tz_offset_min", "utc_offset_minutes", "offset_minutes"),
    "member": ("member", "actor", "author", "user", "username", "user_name", "login", "contributor"),
    "action": ("action", "kind", "type", "event"),
    "effort": ("effort",),
    "cents": ("cents", "amount_cents"),
    "org": ("org", "organisation", "organization", "company", "employer", "affiliation"),
    "ref": ("ref", "id", "url", "commit", "hash", "sha", "revision", "link"),
    "recorder": ("recorder", "committer"),
    "recorded": ("recorded", "recorded_at", "committed_at"),
    "work": ("work", "page", "file", "path", "title"),
    "bot": ("bot", "is_bot"),
    "community": ("community",),
}
WELL_KNOWN_ACTIONS: dict[str, Action] = {
    "commit": "make",
    "create": "make",
    "edit": "revise",
    "update": "revise",
    "revert": "review",
    "approve": "review",
    "comment": "discuss",
    "message": "discuss",
    "reply": "discuss",
    "merge": "decide",
    "vote": "decide",
    "donate": "pay",
    "grant": "pay",
}


def recognise(names: Sequence[str], given: Mapping | None = None, *, where: str = "") -> tuple[Mapping, str]:
    """The mapping for a table with these columns, and a sentence about how it was found.

    A given mapping that names columns is taken as it is. Otherwise the first shipped mapping all of
    whose columns are there is taken, otherwise well-known names are; the rest of the given mapping
    (`only`, `time`, ...) goes on top.

    Args:
        names: Columns of the table.
        given: The user's mapping.
        where: The table, for errors.

    Raises:
        UnknownNameError: the given mapping names a column that the table does not have.
        MappingError: no columns for time and member can be told.
    """
    given = given or Mapping()
    if given.columns != Columns():
        _check(given, names, where)
        return given, ""
    for title, mapping in shipped().items():
        if set(mapping.wanted) <= set(names):
            return _over(mapping, given), f"read as {title} (mapping shipped with the package)"
    mapping, note = _guess(names)
    mapping = _over(mapping, given)
    _check(mapping, names, where)
    return mapping, note


def _guess(names: Sequence[str]) -> tuple[Mapping, str]:
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(names)}
    found: dict[str, str] = {}
    for field, known in WELL_KNOWN.items():
        found |= next(({field: plain[name]} for name in known if name in plain), {})
    says_action = "action" in found
    mapping = Mapping(
        columns=msgspec.convert(found, Columns),
        actions={found["action"]: WELL_KNOWN_ACTIONS} if says_action else {},
        constants=Constants(action=None if says_action else "make"),
    )
    note = "columns told by their names: " + ", ".join(f"{found[field]} as {field}" for field in found)
    return mapping, note


def _over(below: Mapping, above: Mapping) -> Mapping:
    changed = {
        name: getattr(above, name)
        for name in Mapping.__struct_fields__
        if getattr(above, name) != getattr(Mapping(), name)
    }
    return msgspec.structs.replace(below, **changed)


def _check(mapping: Mapping, names: Sequence[str], where: str) -> None:
    columns, constants = mapping.columns, mapping.constants
    for name in mapping.wanted:
        # A dotted name may lead into the objects of a JSON Lines file.
        if name not in names and name.split(".")[0] not in names:
            raise UnknownNameError("column", name, _shown(names), where=where)
    lacking = [
        field
        for field, source in (("at", columns.at), ("member", columns.member or constants.member))
        if not source
    ]
    if lacking:
        there = ", ".join(_shown(names))
        raise MappingError(
            f"no column could be told to be {' or '.join(lacking)}; there are {there or 'none'}",
            where=where,
            expected="columns for the time (at) and the member",
            next_step="Say which they are in a mapping file: [columns] at = '...', member = '...'",
        )
    if not (columns.action or mapping.actions or constants.action):
        raise MappingError(
            "the mapping does not say what was done",
            where=where,
            expected="columns.action, an [actions.COLUMN] table, or constants.action",
            next_step="If all rows are alike: [constants] action = 'make'",
        )


def _shown(names: Sequence[str]) -> list[str]:
    """Names of a stranger's columns, fit for a message: few, short, and nothing that a terminal obeys."""
    return ["".join(mark if mark.isprintable() else "?" for mark in name[:60]) for name in names[:40]]
