"""Evaluations told: first what could be told at all, then what followed, then what stands against it."""

from collections.abc import Iterator

import numpy as np

from allmende.evaluation.evaluating import Estimate, Evaluation
from allmende.indicator import Interval
from allmende.months import text
from allmende.plots.evaluations import against_expected
from allmende.plots.forecasts import FanRow
from allmende.reports.document import (
    Block,
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

__all__ = ["GRADES_TOLD", "WAYS", "evaluation_brief", "evaluation_page", "per_cent"]

WAYS = {
    "both": "Both ways together: the forecast",
    "members": "Members, each followed",
    "level": "Level of the count alone",
    "difference": "Difference to other communities' change",
    "synthetic": "Weighted other communities",
}
GRADES_TOLD = {
    "clear": "Clear: beyond what is usual, and all ways agree",
    "weak": "Weak: beyond what is usual, but something speaks against it",
    "disputed": "Disputed: the ways disagree about the direction",
    "none": "Nothing to be seen: within what is usual without any event",
}
_TITLES = {"active_members": "Active members", "newcomers": "Newcomers", "contributions": "Contributions"}
_SHOWN = 36
_MINUS = "\u2212"
_READING = (
    (
        "Expected",
        (
            "What the record before the event let expect: half of the futures follow each member, half the "
            "level of the count, as in a forecast made in the month before. They know no month after it."
        ),
    ),
    (
        "Earlier dates",
        (
            "The same was done at dates before, at which nothing is said to have happened. Where they miss "
            "by more than their intervals promise, all intervals here are wider. They are never narrower."
        ),
    ),
    (
        "No cause",
        (
            "One community has one past. What else happened in these months is not in its record, and a "
            "change that followed an event need not come from it."
        ),
    ),
)


def evaluation_page(told: Evaluation, *, command: str = "", data: str = "") -> Document:
    """The page of an evaluation.

    Args:
        told: The evaluation.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = (
        *_opening(told),
        Section("chart", "Month by month", (_figure(told),)),
        Section("ways", "Way by way", (_ways(told),)),
        Section("placebos", "Earlier dates without this event", tuple(_placebos(told))),
        Section("reading", "How to read this page", (Facts(_READING),), "prose"),
    )
    return Document(
        visible(told.name),
        f"Evaluation · what followed {visible(told.event)}",
        tuple(one for one in sections if one.blocks),
        made_by(command, ("Seed", str(told.seed))),
        data,
    )


def evaluation_brief(told: Evaluation) -> Document:
    """An evaluation on one screen.

    Args:
        told: The evaluation.
    """
    sections = (
        *_opening(told),
        Section("ways", "Way by way", (_ways(told),)),
        Section("placebos", "Earlier dates without this event", tuple(_placebos(told))),
    )
    kept = tuple(one for one in sections if one.blocks)
    return Document(visible(told.name), f"what followed {visible(told.event)}", kept)


def per_cent(ratio: float) -> str:
    r"""A ratio as the change that it is.

    >>> ascii(per_cent(0.6)), per_cent(1.25), per_cent(3.4)
    ("'\\u221240%'", '+25%', '3.4 times')
    """
    if ratio >= 2:  # noqa: PLR2004 - beyond a doubling, times are easier to read
        return f"{ratio:.2g} times" if ratio < 10 else f"{ratio:,.0f} times"  # noqa: PLR2004 - two figures
    share = round(100 * (ratio - 1))
    return f"{_MINUS if share < 0 else '+'}{abs(share)}%"


def _opening(told: Evaluation) -> Iterator[Section]:
    notes = tuple(visible(note, longest=1000) for note in told.notes)
    yield Section("caution", "Before you read on", (Notes(notes),) if notes else ())
    yield Section("power", "What could be told at all", (_power(told),))
    yield Section("answer", "What followed", tuple(_answer(told)))


def _power(told: Evaluation) -> Sentences:
    low, high = per_cent(told.smallest.low), per_cent(told.smallest.high)
    said = (
        f"In {counted(len(told.observed), 'month')} of this record only a change beyond {low} or {high} can "
        "be told from what is usual without any event. Nothing smaller can be seen, be it there or not."
    )
    return Sentences("unsure", "The smallest change that could be seen", (said,))


def _answer(told: Evaluation) -> Iterator[Block]:
    answer = told.answer
    what = _TITLES[told.window.outcome].lower()
    happened = told.observed.sum()
    middle = happened / answer.narrow.mid
    narrow, wide = _between(answer.narrow), _between(answer.wide)
    found = (
        f"From {_span(told)}, {what}: {per_cent(answer.narrow.mid)} against what was to be expected "
        f"(80% interval {narrow}, 95% interval {wide}). Summed over months: {_whole(happened)} where "
        f"{_whole(middle)} were to be expected."
    )
    unknown = (
        "What else happened in these months the record does not say: this is what followed the event, not "
        "what came of it."
    )
    said = (found, f"{GRADES_TOLD[told.grade]}.", unknown)
    kind = "unsure" if told.grade in {"none", "disputed"} else "changed"
    yield Sentences(kind, "Against what was to be expected", said)
    if told.against:
        against = tuple(visible(one, longest=1000) for one in told.against)
        yield Sentences("unsure", "What speaks against reading it as an effect", against)


def _ways(told: Evaluation) -> Table:
    columns = (
        Column(""),
        Column("Change", numeric=True),
        Column("80% interval", numeric=True),
        Column("95% interval", numeric=True),
        Column("Widened", numeric=True),
    )
    caption = f"{_TITLES[told.window.outcome]}, {_span(told)}, against what each way expected"
    return Table(caption, columns, tuple(_way(one) for one in told.estimates))


def _way(one: Estimate) -> tuple[Cell, ...]:
    return (
        Cell(WAYS[one.way]),
        Cell(per_cent(one.narrow.mid), strong=True),
        Cell(_between(one.narrow)),
        Cell(_between(one.wide), muted=True),
        Cell(f"{one.widening:.2f} times" if one.widening > 1 else "", muted=True),
    )


def _placebos(told: Evaluation) -> Iterator[Block]:
    if not told.placebos:
        return
    length = told.window.stop - told.window.start
    size = abs(np.log(told.answer.narrow.mid))
    rows = tuple(
        (
            Cell(f"{text(one.start)} to {text(one.start + length - 1)}"),
            Cell(per_cent(float(np.exp(one.logs["both"]))), strong=True),
            Cell("as large" if abs(one.logs["both"]) >= size else "smaller", muted=True),
        )
        for one in told.placebos
    )
    share = f"{told.answer.as_large} of {counted(len(told.placebos), 'date')}"
    yield Table(
        f"As large a change as after the event: at {share}; neighbouring rows share half their months",
        (Column("Months"), Column("Change", numeric=True), Column("Against the event's")),
        rows,
    )


def _figure(told: Evaluation) -> Figure:
    title = _TITLES[told.window.outcome]
    low, mid, high = told.band()
    rows = tuple(
        (
            Cell(text(told.window.start + place)),
            Cell(_whole(value), strong=True),
            Cell(_whole(mid[place])),
            Cell(f"{_whole(low[place])} to {_whole(high[place])}", muted=True),
        )
        for place, value in enumerate(told.observed)
    )
    columns = (
        Column("month"),
        Column("happened", numeric=True),
        Column("expected", numeric=True),
        Column("80%", numeric=True),
    )
    return Figure(
        "evaluation",
        title,
        "observed, against what the record before the event let expect (50, 80 and 95%)",
        f"{title} by month: the record as a line up to the event, then what was expected as nested bands and "
        "what happened as points.",
        against_expected(
            _rows(told),
            event=text(told.window.known),
            title=title,
            origin="observed against expected",
            y_title="",
        ),
        Table(f"{title} by month", columns, rows),
        wide=True,
    )


def _rows(told: Evaluation) -> list[FanRow]:
    known = told.known[-_SHOWN:]
    first = told.window.start - len(known)
    rows = [FanRow(text(first + place), float(value)) for place, value in enumerate(known)]
    ends = np.quantile(told.paths, [0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975], axis=0)
    for place, value in enumerate(told.observed):
        rows.append(FanRow(text(told.window.start + place), float(value), *ends[:, place].tolist()))
    return rows


def _between(interval: Interval) -> str:
    return f"{per_cent(interval.low)} to {per_cent(interval.high)}"


def _span(told: Evaluation) -> str:
    return f"{text(told.window.start)} to {text(told.window.stop - 1)}"


def _whole(value: float) -> str:
    return number(round(value), "members")
