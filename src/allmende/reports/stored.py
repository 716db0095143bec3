"""Stored: the machine-readable form of a measurement, with a version.

The JSON written by `allmende measure --json`, and found inside every page, has exactly the fields declared
here; its JSON Schema is made from them (`schema`). One rule of evolution: fields are only ever added, with a
default. No member appears in it, not even under a pseudonym.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "FORMAT",
    "VERSION",
    "StoredAnswer",
    "StoredChange",
    "StoredCommunity",
    "StoredCurve",
    "StoredFinding",
    "StoredInterval",
    "StoredMeasurement",
    "StoredRecord",
    "StoredSource",
    "StoredStanding",
    "decode",
    "schema",
]

FORMAT = "allmende.measurement"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInterval:
    """`level` of the resampled values lie between `low` and `high`."""

    low: float
    mid: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCurve:
    """An answer that is a line; null where data are too few."""

    x_title: str
    x: list[float | None]
    y: list[float | None]
    low: list[float | None]
    high: list[float | None]
    weight: list[float | None]
    labels: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What an indicator says about the months from `start` to `end`, both included, written 2022-12."""

    indicator: str
    unit: str
    start: str
    end: str
    value: float | None = None
    interval: StoredInterval | None = None
    note: str = ""
    distrusted: float | None = None
    curve: StoredCurve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange:
    """How an indicator moved from a window to the next of equal length; `clear` when zero is outside."""

    indicator: str
    before: StoredAnswer
    after: StoredAnswer
    difference: StoredInterval | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A sentence to know: "healthy", "fragile", "changed" or "unsure"."""

    kind: str
    text: str
    indicators: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """Where records came from; `tips` are the commits or digests at which the record stood."""

    reader: str
    name: str
    acts: int
    truncated: str
    notes: list[str]
    tips: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """What kind of record it is; `hours` are acts by weekday (Monday first) and hour."""

    regime: str
    regime_note: str
    breaks: list[dict[str, str]]
    clock_faults: dict[str, int]
    zoned_share: float
    hours: list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCommunity:
    """Who was measured, in numbers; merges and programs are counted by reason, never listed."""

    name: str
    acts: int
    bot_acts: int
    members: int
    bots: int
    accounts: int
    merges: dict[str, int]
    bots_by_reason: dict[str, int]
    key_fingerprint: str
    refusals: dict[str, int]
    sources: list[StoredSource]
    record: StoredRecord
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStanding:
    """Where a number stands: above `low` to `high` of the `communities` in the class `among`."""

    indicator: str
    low: float
    high: float
    middle: float
    communities: int
    among: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeasurement:
    """Everything that was measured.

    `raw` are figures without the merging of accounts, to be laid beside the merged ones. `series` has the
    answers by period, oldest first.
    """

    format: Literal["allmende.measurement"] = "allmende.measurement"
    version: int = VERSION
    made_by: str
    command: str
    community: StoredCommunity
    origin: Literal["observed", "simulated"]
    start: str
    end: str
    by: str
    level: float
    replicates: int
    seed: int
    findings: list[StoredFinding]
    answers: list[StoredAnswer]
    changes: list[StoredChange]
    series: dict[str, list[StoredAnswer]] = field(default_factory=dict)
    raw: dict[str, float | None] = field(default_factory=dict)
    standings: list[StoredStanding] = field(default_factory=list)


def schema() -> dict[str, Any]:
    """The JSON Schema of the stored form."""
    import msgspec

    return msgspec.json.schema(StoredMeasurement)


def decode(text: bytes) -> StoredMeasurement:
    """Read a stored measurement back.

    Raises:
        StoreError: it is damaged, or from a newer version.
    """
    import msgspec

    from allmende.errors import StoreError

    try:
        stored = msgspec.json.decode(text, type=StoredMeasurement)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(
            f"this is not a stored measurement: {error}", expected=f"JSON of the format {FORMAT}"
        ) from error
    if stored.version > VERSION:
        raise StoreError(
            f"this measurement has version {stored.version} of its format",
            expected=f"at most {VERSION}",
            next_step="Update Allmende to read it.",
        )
    return stored
