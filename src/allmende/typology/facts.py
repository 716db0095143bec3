"""Facts: what no log contains, as dated statements with their sources, in a TOML file.

    community = "redis"

    [[period]]
    from = "2009-03"
    to = "2020-06"
    value_captor = "many_companies"
    decision = "individual"
    conflict = ""

    [period.sources]
    value_captor = "who sold hosting of it: ..."

A period without `to` goes on. Facts are the levels of `codebook.CODEBOOK`; a fact may be given as a list
where two answers are both right, and then counts for each in equal parts.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from allmende import months
from allmende.errors import AllmendeError, MappingError, UnknownNameError
from allmende.typology.codebook import CODEBOOK, criterion

__all__ = ["Dossier", "Period", "parse_facts", "read_facts"]

_LONGEST = 64 << 10
_OTHER_KEYS = frozenset({"from", "to", "conflict", "sources", "confidence"})


@dataclass(frozen=True, slots=True)
class Period:
    """What is known about a community in a span of months.

    Args:
        start: First month.
        stop: Month after the last, None while it goes on.
        facts: For each criterion the levels that hold, with weights that sum to 1.
        sources: For each criterion where the fact comes from.
        conflict: What a reader should know who finds the facts at odds.
        confidence: "high", "medium" or "low", as the coder saw it.
    """

    start: int
    stop: int | None
    facts: Mapping[str, Mapping[str, float]]
    sources: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""
    confidence: str = "medium"

    def holds(self, month: int) -> bool:
        """Whether the period covers a month."""
        return self.start <= month and (self.stop is None or month < self.stop)


@dataclass(frozen=True, slots=True)
class Dossier:
    """The facts of one community, period by period in order of time."""

    community: str
    periods: tuple[Period, ...]

    def at(self, month: int) -> Period | None:
        """The period that covers a month, or None."""
        return next((one for one in self.periods if one.holds(month)), None)


def read_facts(path: Path) -> Dossier:
    """The facts of a file.

    Raises:
        MappingError: the file is not one of facts; the message names the line.
        UnknownNameError: a fact or a level is unknown; the nearest is offered.
    """
    size = path.stat().st_size
    if size > _LONGEST:
        raise MappingError(f"'{path}' has {size:,} bytes", expected=f"a facts file of at most {_LONGEST:,}")
    return parse_facts(path.read_bytes().decode("utf-8", "replace"), where=str(path))


def parse_facts(text: str, *, where: str = "facts") -> Dossier:
    r"""The facts of a text; errors as in `read_facts`.

    >>> parse_facts('community = "x"\n[[period]]\nfrom = "2001"\nobject = "common"').periods[0].facts
    {'object': {'common': 1.0}}
    """
    # tomllib takes quadratic time on dotted keys of thousands of parts; no fact has more than two.
    if re.search(r"(?:[^\s.=]+\.){16}", text):
        raise MappingError("a key has more than sixteen parts", where=where)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"the file is not TOML: {error}", where=where) from None
    unknown = set(table) - {"community", "period"}
    if unknown:
        raise UnknownNameError(
            "key", min(unknown), {"community", "period"}, where=_place(text, min(unknown), where)
        )
    rows = table.get("period", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MappingError("'period' is not a list of tables", where=where, expected="[[period]]")
    periods = sorted((_period(row, text, where) for row in rows), key=lambda one: one.start)
    for one, following in pairwise(periods):
        if one.stop is None or one.stop > following.start:
            raise MappingError(
                f"two periods overlap at {months.text(following.start)}: they contradict each other",
                where=where,
                next_step="End the earlier period with `to` in the month before.",
            )
    return Dossier(str(table.get("community", "")), tuple(periods))


def _period(row: dict[str, object], text: str, where: str) -> Period:
    if "from" not in row:
        raise MappingError("a period has no date", where=where, expected='from = "2004-02"')
    known = {one.name for one in CODEBOOK}
    facts: dict[str, Mapping[str, float]] = {}
    for key, value in row.items():
        if key in _OTHER_KEYS:
            continue
        if key not in known:
            raise UnknownNameError("fact", key, known | _OTHER_KEYS, where=_place(text, key, where))
        facts[key] = _levels(key, value, _place(text, key, where))
    start, stop = _month(row["from"], text, where), None
    if row.get("to"):
        stop = _month(row["to"], text, where) + 1
        if stop <= start:
            raise MappingError(f"a period ends ({row['to']}) before it begins ({row['from']})", where=where)
    sources = row.get("sources", {})
    if not isinstance(sources, dict) or set(sources) - known:
        raise MappingError(
            "'sources' names something that is no fact", where=where, expected="[period.sources]"
        )
    return Period(
        start,
        stop,
        facts,
        {key: str(value) for key, value in sources.items()},
        str(row.get("conflict", "")),
        str(row.get("confidence", "medium")),
    )


def _levels(key: str, value: object, where: str) -> Mapping[str, float]:
    chosen = value if isinstance(value, list) else [value]
    levels = criterion(key).levels
    for level in chosen:
        if level not in levels:
            raise UnknownNameError(f"answer to '{key}'", str(level), levels, where=where)
    if not chosen or len(set(chosen)) < len(chosen):
        raise MappingError(f"'{key}' has no answer, or one twice", where=where)
    return {str(level): 1 / len(chosen) for level in chosen}


def _month(value: object, text: str, where: str) -> int:
    try:
        return months.parse(str(value))
    except AllmendeError as error:
        raise MappingError(
            error.given, where=_place(text, str(value), where), expected=error.expected
        ) from None


def _place(text: str, word: str, where: str) -> str:
    line = next((i for i, row in enumerate(text.splitlines(), 1) if word in row), 0)
    return f"{where}, line {line}" if line else where
