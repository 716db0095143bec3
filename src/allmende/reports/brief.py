"""Brief: a measurement on one screen, for a maintainer with a minute."""

from allmende.measurement import Measurement
from allmende.reports.document import Document, Facts, Section, Sparkline
from allmende.reports.escaping import visible
from allmende.reports.standings import standings_brief
from allmende.reports.telling import caution, facts, findings, numbers_table, refused_answers, source_notes
from allmende.summaries import active_by_period, chart_step

__all__ = ["brief"]


def brief(measurement: Measurement) -> Document:
    """What is healthy, what is fragile, what changed, how sure; then the numbers.

    Args:
        measurement: What was measured.
    """
    panel = measurement.panel
    notes = tuple(("Note", note) for note in source_notes(measurement.community))
    head = (Facts((*facts(measurement), *notes)), caution(measurement.community))
    sections = [
        Section("head", "", head),
        Section("findings", "", findings(measurement)),
        Section("activity", "", (_activity(measurement),)),
        Section("numbers", "Numbers", (numbers_table(measurement, refusals=False),)),
    ]
    place = standings_brief(measurement)
    if place:
        sections.append(Section("standing", "Among others", place))
    refused = tuple(refused_answers(measurement.answers, short=True))
    if refused:
        sections.append(Section("refused", "Not answered", (Facts(refused),)))
    return Document(visible(measurement.community.name), panel.origin, tuple(sections))


def _activity(measurement: Measurement) -> Sparkline:
    step = chart_step(measurement.panel)
    periods = active_by_period(measurement.panel, step=step)
    word = {12: "year", 3: "quarter", 1: "month"}[step]
    ends = (periods[0].period, periods[-1].period) if periods else ("", "")
    part = " (last one incomplete)" if periods and not periods[-1].complete else ""
    return Sparkline(f"Active members by {word}{part}", ends, tuple(float(one.members) for one in periods))
