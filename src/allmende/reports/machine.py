"""Machine: a measurement for other programs, as JSON and as a folder of CSV tables."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from io import StringIO
from math import isfinite
from pathlib import Path

from allmende.answers import Answer, Change
from allmende.community import Community
from allmende.indicator import Curve, Interval
from allmende.measurement import Measurement
from allmende.months import text
from allmende.reports.escaping import table_cell
from allmende.reports.stored import (
    StoredAnswer,
    StoredChange,
    StoredCommunity,
    StoredCurve,
    StoredFinding,
    StoredInterval,
    StoredMeasurement,
    StoredRecord,
    StoredSource,
    StoredStanding,
)
from allmende.reports.telling import described
from allmende.standing import standings
from allmende.summaries import overview, records_digest

__all__ = ["json_text", "stored", "tables", "write_csv"]

Row = dict[str, str | int | float | None]


def stored(measurement: Measurement, *, command: str = "") -> StoredMeasurement:
    """The stored form of a measurement.

    Args:
        measurement: What was measured.
        command: The command that makes it again.
    """
    panel = measurement.panel
    return StoredMeasurement(
        made_by=f"allmende {version('allmende')}",
        command=command,
        community=_community(measurement.community),
        origin="simulated" if panel.origin == "simulated" else "observed",
        start=text(panel.start),
        end=text(panel.stop - 1),
        by=measurement.by,
        level=measurement.level,
        replicates=measurement.replicates,
        seed=measurement.seed,
        findings=[
            StoredFinding(kind=f.kind, text=f.text, indicators=[*f.indicators]) for f in measurement.findings
        ],
        answers=[_answer(one) for one in measurement.answers],
        changes=[_change(one) for one in measurement.changes],
        series={name: [_answer(one) for one in row] for name, row in measurement.series.items()},
        raw={name: _finite(value) for name, value in measurement.raw.items()},
        standings=[
            StoredStanding(
                indicator=one.indicator,
                low=one.low,
                high=one.high,
                middle=one.middle,
                communities=one.communities,
                among=one.cell,
            )
            for one in standings(measurement)
        ],
    )


def json_text(measurement: Measurement, *, command: str = "") -> str:
    """The stored form as JSON text, two spaces a level, ready for a diff.

    Args:
        measurement: What was measured.
        command: The command that makes it again.
    """
    import msgspec

    encoded = msgspec.json.encode(stored(measurement, command=command))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def write_csv(measurement: Measurement, folder: Path) -> list[Path]:
    """Write the tables of a measurement into a folder, one CSV file each; answers the files.

    Text cells that a spreadsheet would take for a formula get a leading quote (`escaping.table_cell`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in tables(measurement).items():
        path = folder / f"{name}.csv"
        path.write_text(_csv(rows), encoding="utf-8", newline="")
        written.append(path)
    return written


def tables(measurement: Measurement) -> dict[str, list[Row]]:
    """The tables of a measurement by name; a table without rows is left out."""
    every: dict[str, list[Row]] = {
        "answers": list(_answer_rows(measurement.answers)),
        "changes": list(_change_rows(measurement.changes)),
        "series": [row for answers in measurement.series.values() for row in _answer_rows(answers)],
        "curves": list(_curve_rows(measurement.answers)),
        "findings": [{"kind": one.kind, "text": one.text} for one in measurement.findings],
        "refusals": [
            {"reason": reason, "count": count}
            for reason, count in measurement.community.refusals.counts.items()
        ],
        "raw": [
            {"indicator": name, "without_merging": _finite(value)} for name, value in measurement.raw.items()
        ],
    }
    return {name: rows for name, rows in every.items() if rows}


def _csv(rows: Iterable[Row]) -> str:
    written = StringIO()
    table = list(rows)
    writer = csv.DictWriter(written, list(table[0]), lineterminator="\n")
    writer.writeheader()
    for row in table:
        writer.writerow(
            {name: table_cell(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return written.getvalue()


def _answer_rows(answers: Iterable[Answer]) -> Iterator[Row]:
    for one in answers:
        if one.curve is None:
            yield {
                "indicator": one.indicator,
                "start": text(one.start),
                "end": text(one.stop - 1),
                "value": one.value,
                "low": one.interval.low if one.interval else None,
                "high": one.interval.high if one.interval else None,
                "unit": described(one.indicator).unit,
                "distrusted": one.distrusted,
                "note": " ".join(one.note.split()),
            }


def _change_rows(changes: Iterable[Change]) -> Iterator[Row]:
    for one in changes:
        yield {
            "indicator": one.indicator,
            "before": one.before.value,
            "after": one.after.value,
            "difference": one.difference.mid if one.difference else None,
            "low": one.difference.low if one.difference else None,
            "high": one.difference.high if one.difference else None,
            "clear": str(one.clear).lower(),
        }


def _curve_rows(answers: Iterable[Answer]) -> Iterator[Row]:
    for one in answers:
        curve = _curve(one, one.curve) if one.curve else None
        for i, label in enumerate(curve.labels if curve else ()):
            assert curve is not None
            yield {
                "indicator": one.indicator,
                "x_title": curve.x_title,
                "label": label,
                "x": curve.x[i],
                "y": curve.y[i],
                "low": curve.low[i],
                "high": curve.high[i],
                "weight": curve.weight[i],
            }


def _community(community: Community) -> StoredCommunity:
    seen = overview(community)
    return StoredCommunity(
        name=community.name,
        acts=seen.acts,
        bot_acts=seen.bot_acts,
        members=seen.members,
        bots=seen.bots,
        accounts=seen.accounts,
        merges=dict(Counter(one.reason for one in community.identities.merges)),
        bots_by_reason=dict(Counter(community.identities.bots.values())),
        key_fingerprint=community.identities.key_fingerprint,
        refusals=dict(community.refusals.counts),
        sources=[
            StoredSource(
                reader=one.reader,
                name=one.name,
                acts=one.acts,
                truncated=one.truncated,
                notes=[*one.notes],
                tips=[*one.tips],
            )
            for one in community.sources
        ],
        record=_record(community),
        digest=records_digest(community),
    )


def _record(community: Community) -> StoredRecord:
    record = community.record
    return StoredRecord(
        regime=record.regime,
        regime_note=record.regime_note,
        breaks=[{"month": text(one.month), "kind": one.kind, "note": one.note} for one in record.breaks],
        clock_faults=dict(record.clock_faults),
        zoned_share=record.zoned_share,
        hours=record.hours.tolist(),
    )


def _answer(one: Answer) -> StoredAnswer:
    return StoredAnswer(
        indicator=one.indicator,
        unit=described(one.indicator).unit,
        start=text(one.start),
        end=text(one.stop - 1),
        value=_finite(one.value),
        interval=_interval(one.interval),
        note=one.note,
        distrusted=_finite(one.distrusted),
        curve=_curve(one, one.curve) if one.curve else None,
    )


def _change(one: Change) -> StoredChange:
    return StoredChange(
        indicator=one.indicator,
        before=_answer(one.before),
        after=_answer(one.after),
        difference=_interval(one.difference),
        clear=one.clear,
    )


def _curve(answer: Answer, curve: Curve) -> StoredCurve:
    unknown: list[float | None] = [None] * len(curve.labels)
    return StoredCurve(
        x_title=curve.x_title,
        x=[_finite(x) for x in curve.x],
        y=[_finite(y) for y in curve.y],
        low=[_finite(y) for y in answer.curve_low] or unknown,
        high=[_finite(y) for y in answer.curve_high] or unknown,
        weight=[_finite(weight) for weight in curve.weight],
        labels=[*curve.labels],
    )


def _interval(one: Interval | None) -> StoredInterval | None:
    if one is None or not (isfinite(one.low) and isfinite(one.high)):
        return None
    return StoredInterval(low=one.low, mid=one.mid, high=one.high, level=one.level)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None
