"""Forecasts told: the year first, then month by month, and how far to trust it."""

from collections.abc import Iterator

from allmende.forecasting.forecast import LEVELS, Forecast
from allmende.forecasting.history import MONTHLY, YEARLY
from allmende.months import MONTHS_A_YEAR, text
from allmende.plots.forecasts import FanRow, fan
from allmende.reports.document import (
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Notes,
    Section,
    Sentences,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.making import made_by
from allmende.reports.numbers import counted, number

__all__ = ["TITLES", "forecast_brief", "forecast_page"]

TITLES = {
    "active_members": "Active members, summed over months",
    "newcomers": "Newcomers",
    "contributions": "Contributions",
    "contributor_absence_factor": "Contributor absence factor",
    "organisations": "Organisations",
}
_BY_MONTH = {"active_members": "Active members", "newcomers": "Newcomers", "contributions": "Contributions"}
_SHOWN = 36
_NARROW, _WIDE = LEVELS[1], LEVELS[2]
_READING = (
    (
        "Two models, one forecast",
        (
            "Half of the futures follow each member: who still takes part, how often, and who will come. The "
            "other half follow the level of each series as it wanders. Both stand in an environment that "
            "moves all members at once, whose size was learned from how forecasts of other communities "
            "went wrong."
        ),
    ),
    (
        "Intervals",
        (
            "Of the months of other communities, four fifths fell inside the 80 % intervals and nineteen of "
            "twenty inside the 95 % intervals, and so did the totals of their years. An event that changes "
            "the community (a fork, a new licence, an employer who leaves) is in no interval."
        ),
    ),
    (
        "A forecast is no verdict",
        (
            "It says what usually follows a record like this one. It speaks of a community, never of a "
            "member, and what members decide can make it wrong."
        ),
    ),
)


def forecast_page(told: Forecast, *, command: str = "", data: str = "") -> Document:
    """The page of a forecast.

    Args:
        told: The forecast.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = (
        *_opening(told),
        Section("charts", "Month by month", tuple(_figures(told)), "grid"),
        Section("trust", "How earlier forecasts of this community went", tuple(_trust(told))),
        Section("reading", "How to read this page", (Facts(_READING),), "prose"),
    )
    return Document(
        visible(told.name),
        f"Forecast · {_span(told)}",
        tuple(one for one in sections if one.blocks),
        _footer(told, command),
        data,
    )


def forecast_brief(told: Forecast) -> Document:
    """A forecast on one screen.

    Args:
        told: The forecast.
    """
    sections = (
        *_opening(told),
        Section("months", "Month by month", (_by_month(told, "active_members"),)),
        Section("trust", "How earlier forecasts of this community went", tuple(_trust(told))),
    )
    kept = tuple(one for one in sections if one.blocks)
    return Document(visible(told.name), f"forecast, {_span(told)}", kept)


def _span(told: Forecast) -> str:
    return f"{text(told.start)} to {text(told.start + told.months - 1)}"


def _opening(told: Forecast) -> tuple[Section, ...]:
    notes = tuple(visible(note, longest=1000) for note in told.notes)
    return (
        Section("caution", "Before you read on", (Notes(notes),) if notes else ()),
        Section("year", "The coming year" if told.months >= MONTHS_A_YEAR else "In all", (_year(told),)),
    )


def _year(told: Forecast) -> Table:
    scored = bool(told.true_year) and told.months >= MONTHS_A_YEAR
    rows = []
    for name in (*MONTHLY, *YEARLY):
        narrow, wide = told.year(name, _NARROW), told.year(name, _WIDE)
        cells = [
            Cell(TITLES[name]),
            Cell(_whole(told.last[name])),
            Cell(_whole(narrow.mid), strong=True),
            Cell(f"{_whole(narrow.low)} to {_whole(narrow.high)}"),
            Cell(f"{_whole(wide.low)} to {_whole(wide.high)}", muted=True),
        ]
        if scored:
            inside = narrow.low <= told.true_year[name] <= narrow.high
            cells.append(Cell(f"{_whole(told.true_year[name])}{'' if inside else ' (outside 80%)'}"))
        rows.append(tuple(cells))
    columns = [
        Column(""),
        Column("Last year", numeric=True),
        Column("Forecast", numeric=True),
        Column(f"{_NARROW:.0%} interval", numeric=True),
        Column(f"{_WIDE:.0%} interval", numeric=True),
    ]
    if scored:
        columns.append(Column("Happened", numeric=True))
    months = min(told.months, MONTHS_A_YEAR)
    caption = f"{counted(months, 'month')} from {text(told.start)}, last year the twelve months before"
    return Table(caption, tuple(columns), tuple(rows))


def _by_month(told: Forecast, outcome: str) -> Table:
    truth = told.truth[outcome]
    ends = {level: told.band(outcome, level) for level in LEVELS}
    rows = []
    for place in range(told.months):
        cells = [Cell(text(told.start + place)), Cell(_whole(float(ends[_NARROW][1][place])), strong=True)]
        for level in LEVELS:
            low, _, high = ends[level]
            cells.append(
                Cell(f"{_whole(float(low[place]))} to {_whole(float(high[place]))}", muted=level != _NARROW)
            )
        if len(truth):
            cells.append(Cell(_whole(float(truth[place])) if place < len(truth) else ""))
        rows.append(tuple(cells))
    columns = [Column("month"), Column("forecast", numeric=True)]
    columns += [Column(f"{level:.0%}", numeric=True) for level in LEVELS]
    if len(truth):
        columns.append(Column("happened", numeric=True))
    return Table(f"{_BY_MONTH[outcome]} by month", tuple(columns), tuple(rows))


def _figures(told: Forecast) -> Iterator[Figure]:
    happened = "what happened since as points" if len(told.truth["active_members"]) else "nothing known since"
    for outcome, title in _BY_MONTH.items():
        yield Figure(
            f"forecast-{outcome.replace('_', '-')}",
            title,
            "observed, then forecast with intervals of 50, 80 and 95%",
            f"{title} by month: the record as a line, the forecast with nested bands, {happened}.",
            fan(_rows(told, outcome), title=title, origin="observed, then forecast", y_title=""),
            _by_month(told, outcome),
            wide=outcome == "active_members",
        )


def _rows(told: Forecast, outcome: str) -> list[FanRow]:
    known = told.known[outcome][-_SHOWN:]
    first = told.start - len(known)
    rows = [FanRow(text(first + place), float(value)) for place, value in enumerate(known)]
    truth = told.truth[outcome]
    half, most, nearly = (told.band(outcome, level) for level in LEVELS)
    ends = [half[1], half[0], half[2], most[0], most[2], nearly[0], nearly[2]]
    for place, numbers in enumerate(zip(*ends, strict=True)):
        known_since = float(truth[place]) if place < len(truth) else None
        rows.append(FanRow(text(told.start + place), known_since, *(float(one) for one in numbers)))
    return rows


def _trust(told: Forecast) -> Iterator[Sentences | Table]:
    past = told.reliability
    if past is None:
        short = (
            "The record is too short to forecast a year that is over; how such forecasts go elsewhere is "
            "all that is known of this one."
        )
        yield Sentences("unsure", "It cannot be checked here", (short,))
        return
    years = len(past.hindcasts)
    said = []
    for name, title in _BY_MONTH.items():
        hits = sum(one.inside(name) for one in past.hindcasts)
        ratio = past.skill[name]
        better = f"{abs(1 - ratio):.0%} {'better' if ratio < 1 else 'worse'}"
        said.append(
            f"{title}: {hits} of {counted(years, 'year')} fell inside the 80% interval, "
            f"{past.months_inside[name]:.0%} of the months did, and the score by month (CRPS) was {better} "
            "than that of last year's months."
        )
    yield Sentences("unsure", f"Tried on the last {counted(years, 'year')}", tuple(said))
    rows = tuple(
        (
            Cell(f"{text(one.start)} to {text(one.start + MONTHS_A_YEAR - 1)}"),
            Cell(_whole(one.mid["active_members"]), strong=True),
            Cell(f"{_whole(one.low['active_members'])} to {_whole(one.high['active_members'])}"),
            Cell(_whole(one.truth["active_members"])),
            Cell("inside" if one.inside("active_members") else "outside", muted=True),
        )
        for one in past.hindcasts
    )
    columns = (
        Column("Year"),
        Column("Forecast", numeric=True),
        Column("80% interval", numeric=True),
        Column("Happened", numeric=True),
        Column(""),
    )
    yield Table(f"{TITLES['active_members']}, forecast from what lies before each year", columns, rows)


def _footer(told: Forecast, command: str) -> tuple[tuple[str, str], ...]:
    return made_by(command, ("Seed", str(told.seed)))


def _whole(value: float) -> str:
    return number(round(value), "members")
