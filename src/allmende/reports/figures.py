"""Figures: the charts of a measurement, each with the table behind it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isfinite
from typing import NamedTuple

from allmende.answers import Answer
from allmende.indicator import Curve
from allmende.measurement import Measurement
from allmende.months import MONTHS_A_YEAR, text
from allmende.plots import records
from allmende.plots.vegalite import Specification
from allmende.reports.document import Cell, Column, Figure, Table
from allmende.reports.escaping import visible
from allmende.reports.numbers import between, number
from allmende.reports.telling import Described, described, span_text, window_text
from allmende.summaries import (
    OrganisationActivity,
    activity_by_cohort,
    chart_step,
    hours,
    lorenz,
    one_over_n,
    organisations,
)

__all__ = ["figures", "series_figures"]

_DRAWN = {"lorenz"}
_STEPS = {12: "year", 3: "quarter", 1: "month"}


def figures(measurement: Measurement) -> Iterator[Figure]:
    """The charts of a community: who came when and stayed, who carries the work, when members act."""
    for make in (_cohorts, _organisations, _lorenz, _hours):
        yield from make(measurement)
    for answer in measurement.answers:
        if answer.curve is not None and answer.curve.x.size and answer.indicator not in _DRAWN:
            yield _curve(measurement, answer, answer.curve)


def series_figures(measurement: Measurement) -> Iterator[Figure]:
    """Each indicator of a window over time; those with fewer than two answers have no picture."""
    for name, answers in measurement.series.items():
        if sum(one.value is not None for one in answers) > 1:
            yield _series(measurement, described(name), answers)


def _cohorts(measurement: Measurement) -> Iterator[Figure]:
    panel = measurement.panel
    step = chart_step(panel)
    rows = activity_by_cohort(panel, step=step)
    if rows:
        yield Figure(
            "cohorts",
            "Active members by the year they came",
            _origin(measurement, span_text(measurement)),
            f"Members who contributed in each {_STEPS[step]}, stacked by year of first contribution.",
            records.cohorts(rows, origin=panel.origin, x_title=_STEPS[step]),
            _table_of(rows, "Active members by period and cohort"),
            wide=True,
            note="A community that renews itself grows new layers while the older ones thin out slowly."
            + _incomplete(measurement, step),
        )


def _lorenz(measurement: Measurement) -> Iterator[Figure]:
    window = measurement.panel.between(*_window(measurement))
    rows = lorenz(window)
    asked = next((one for one in measurement.answers if one.indicator == "lorenz" and one.curve), None)
    intervals = _curve_rows(asked, asked.curve) if asked and asked.curve else []
    if len(rows) > 2:  # noqa: PLR2004 - one member makes no curve
        yield Figure(
            "lorenz",
            "How unequally the work is shared",
            _origin(measurement, window_text(measurement)),
            "Share of contributions made by the least active share of members; dashed: equal shares.",
            records.lorenz(rows, origin=window.origin, intervals=intervals),
            _table_of(rows, "Points of the Lorenz curve", share=True),
            note="The further the line hangs below the dashed one (equal shares), the fewer people do most.",
        )


def _organisations(measurement: Measurement) -> Iterator[Figure]:
    panel = measurement.panel
    step = chart_step(panel)
    rows = [
        OrganisationActivity(row.period, visible(row.organisation, longest=40), row.contributions)
        for row in organisations(panel, step=step)
    ]
    if rows:
        yield Figure(
            "organisations",
            "Contributions by organisation",
            _origin(measurement, f"{span_text(measurement)}, as far as mail domains tell"),
            f"Stacked bars: share of each {_STEPS[step]}'s contributions by organisation.",
            records.organisations(rows, origin=panel.origin, x_title=_STEPS[step]),
            _table_of(rows, "Contributions by period and organisation"),
            wide=True,
            note="Unknown is not unpaid: employed members often write from private addresses."
            + _incomplete(measurement, step),
        )


def _hours(measurement: Measurement) -> Iterator[Figure]:
    rows = hours(measurement.community.record)
    if rows:
        readable = number(measurement.community.record.zoned_share, "share")
        yield Figure(
            "hours",
            "When members act",
            _origin(measurement, f"their own clocks, readable for {readable} of the acts"),
            "Heat map: acts by weekday and hour of the member's clock.",
            records.heat(rows, origin=measurement.panel.origin),
            _hours_table(measurement),
            note="A dark block from Monday to Friday, nine to five, is the mark of paid work.",
        )


def _curve(measurement: Measurement, answer: Answer, curve: Curve) -> Figure:
    about = described(answer.indicator)
    rows = _curve_rows(answer, curve)
    hazard = answer.indicator == "stopping_hazard"
    share = about.unit == "share"
    draw: Callable[..., Specification] = records.categories
    if hazard or all(_is_number(label) for label in curve.labels):
        draw = partial(records.curve, logarithmic=hazard, reference=one_over_n(curve) if hazard else ())
    specification = draw(
        [row for row in rows if row.y or not hazard],
        title=about.title,
        origin=measurement.panel.origin,
        x_title=curve.x_title,
        y_title=about.unit,
        share=share,
    )
    return Figure(
        f"curve-{answer.indicator.replace('_', '-')}",
        about.question or about.title,
        _origin(measurement, f"{text(answer.start)} to {text(answer.stop - 1)}"),
        f"{about.title}: {curve.x_title} against {about.unit}, with intervals.",
        specification,
        _curve_table(measurement, about, curve, rows),
        note="Dashed: a risk of stopping that falls as 1/n, straight on these axes." if hazard else "",
    )


def _series(measurement: Measurement, about: Described, answers: Sequence[Answer]) -> Figure:
    step = answers[0].stop - answers[0].start
    rows = [
        records.SeriesRow(
            text(one.start)[:4] if step == MONTHS_A_YEAR else text(one.start),
            one.value,
            one.interval.low if one.interval else None,
            one.interval.high if one.interval else None,
        )
        for one in answers
    ]
    body = tuple(
        (
            Cell(row.period),
            Cell(number(row.value, about.unit), strong=True),
            Cell(between(one.interval, about.unit), muted=True),
        )
        for row, one in zip(rows, answers, strict=True)
    )
    columns = (Column(measurement.by), Column(about.unit, numeric=True), Column("interval", numeric=True))
    return Figure(
        f"series-{about.name.replace('_', '-')}",
        about.title,
        _origin(measurement, about.unit),
        f"{about.question} By {measurement.by}, with intervals.",
        records.series(
            rows,
            title=about.title,
            origin=measurement.panel.origin,
            y_title="",
            share=about.unit == "share",
        ),
        Table(about.question, columns, body),
        note=about.question,
    )


def _curve_rows(answer: Answer, curve: Curve) -> list[records.CurveRow]:
    ends = answer.curve_low or tuple(curve.y), answer.curve_high or tuple(curve.y)
    return [
        records.CurveRow(
            float(curve.x[i]),
            visible(label, longest=40),
            _finite(curve.y[i]),
            _finite(ends[0][i]),
            _finite(ends[1][i]),
            float(curve.weight[i]),
        )
        for i, label in enumerate(curve.labels)
    ]


def _curve_table(
    measurement: Measurement, about: Described, curve: Curve, rows: Sequence[records.CurveRow]
) -> Table:
    columns = (
        Column(curve.x_title),
        Column(about.unit, numeric=True),
        Column(f"{measurement.level:.0%} interval", numeric=True),
        Column("resting on", numeric=True),
    )
    body = tuple(
        (
            Cell(row.label),
            Cell(number(row.y, about.unit), strong=True),
            Cell(f"{number(row.low, about.unit)} to {number(row.high, about.unit)}", muted=True),
            Cell(f"{row.members:,.0f}"),
        )
        for row in rows
    )
    return Table(about.question, columns, body)


def _hours_table(measurement: Measurement) -> Table:
    rows = hours(measurement.community.record)
    days = list(dict.fromkeys(row.weekday for row in rows))
    columns = (Column("hour"), *(Column(day[:3], numeric=True) for day in days))
    table = {(row.weekday, row.hour): row.acts for row in rows}
    body = tuple((Cell(f"{hour}:00"), *(Cell(f"{table[day, hour]:,}") for day in days)) for hour in range(24))
    return Table("Acts by hour and weekday", columns, body)


def _table_of(rows: Sequence[NamedTuple], caption: str, *, share: bool = False) -> Table:
    columns = tuple(
        Column(name, numeric=isinstance(value, int | float)) for name, value in rows[0]._asdict().items()
    )
    unit = "share" if share else "acts"
    body = tuple(
        tuple(Cell(number(value, unit) if isinstance(value, int | float) else value) for value in row)
        for row in rows
    )
    return Table(caption, columns, body)


def _window(measurement: Measurement) -> tuple[int, int]:
    spans = [(one.start, one.stop) for one in measurement.answers]
    panel = measurement.panel
    return min(spans, key=lambda span: span[1] - span[0], default=(panel.start, panel.stop))


def _incomplete(measurement: Measurement, step: int) -> str:
    return f" The last {_STEPS[step]} is not complete." if measurement.panel.stop % step else ""


def _origin(measurement: Measurement, detail: str) -> str:
    return f"{measurement.panel.origin} · {detail}"


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _is_number(label: str) -> bool:
    return label.replace(".", "", 1).isdigit()
