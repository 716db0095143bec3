"""Reports: what was measured or simulated, told on a terminal, in a page, and to other programs.

A report computes nothing: it turns a measurement into blocks (`document`) and draws those.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

# The doors load this package for its words alone; what it tells is loaded when it is told.
if TYPE_CHECKING:
    from allmende.calibration.fit import Fit
    from allmende.comparison import Comparison
    from allmende.conditions.hinges import Conditions
    from allmende.evaluation.evaluating import Evaluation
    from allmende.examination.examining import Examination
    from allmende.forecasting.forecast import Forecast
    from allmende.measurement import Measurement
    from allmende.reports.document import Document
    from allmende.results import Results

    Single = Measurement | Results | Comparison | Conditions | Examination | Forecast | Fit | Evaluation
    Told = Single | Sequence[Single]

__all__ = ["report"]


def report(told: "Told", path: str | Path, *, command: str = "") -> Path:
    """Write the page of what was measured, simulated, compared, forecast or examined.

    Several measurements are laid side by side.

    The page is one file and needs no network. No member appears in it, neither by name nor by pseudonym.

    Args:
        told: What was measured or simulated: one community, several to compare, the results of an economy,
            what policies would do in it, what would have to be true for that, a calibration, a forecast,
            what followed an event, or what came out about the claims of the theory. Several of different
            kinds make one page.
        path: Where the page goes.
        command: The command that makes it again, printed at its foot.

    Raises:
        RegimeMismatchError: records that count different things were to be compared.
        TooFewError: there is nothing to compare.
    """
    from allmende.reports.html import html

    place = Path(path).expanduser()
    place.write_text(html(_document(told, command)), encoding="utf-8")
    return place


def _document(told: "Told", command: str) -> "Document":
    from allmende.calibration.fit import Fit
    from allmende.comparison import Comparison
    from allmende.conditions.hinges import Conditions
    from allmende.evaluation.evaluating import Evaluation
    from allmende.examination.examining import Examination
    from allmende.forecasting.forecast import Forecast
    from allmende.measurement import Measurement
    from allmende.reports.claims import claims_page
    from allmende.reports.claimsfile import claims_json
    from allmende.reports.comparison import comparison
    from allmende.reports.comparisonfile import comparison_json
    from allmende.reports.conditions import conditions_page
    from allmende.reports.conditionsfile import conditions_json
    from allmende.reports.evaluationfile import evaluation_json
    from allmende.reports.evaluations import evaluation_page
    from allmende.reports.fitfile import fit_json
    from allmende.reports.fits import fit_page
    from allmende.reports.forecastfile import forecast_json
    from allmende.reports.forecasts import forecast_page
    from allmende.reports.futures import futures_page
    from allmende.reports.page import page
    from allmende.reports.resultsfile import page_data
    from allmende.reports.worlds import worlds_page
    from allmende.results import Results

    tellers: tuple[tuple[type, Any, Any], ...] = (
        (Results, worlds_page, page_data),
        (Comparison, futures_page, comparison_json),
        (Conditions, conditions_page, conditions_json),
        (Examination, claims_page, claims_json),
        (Forecast, forecast_page, forecast_json),
        (Fit, fit_page, fit_json),
        (Evaluation, evaluation_page, evaluation_json),
    )
    for kind, page_of, data_of in tellers:
        if isinstance(told, kind):
            found: Document = page_of(told, command=command, data=data_of(told, command=command))
            return found
    if isinstance(told, Sequence):
        if any(not isinstance(one, Measurement) for one in told):
            return _together([_document(one, command) for one in told])
        return comparison(cast("Sequence[Measurement]", told), command=command)
    assert isinstance(told, Measurement)
    return page(told, command=command)


def _together(documents: "Sequence[Document]") -> "Document":
    """Several pages as one: the sections of each under its title, what made them at the foot."""
    from allmende.reports.document import Document, Paragraph, Section

    sections = []
    for number, one in enumerate(documents):
        sections.append(Section(f"part-{number}", one.title, (Paragraph(one.subtitle),)))
        sections += [replace(section, name=f"part-{number}-{section.name}") for section in one.sections]
    first = documents[0]
    return Document(first.title, first.subtitle, tuple(sections), first.footer, first.data)
