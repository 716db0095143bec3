"""Plots: specifications say where their rows come from and use colours that have a role."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from allmende.outcomes import Band
from allmende.plots import records, worlds
from allmende.plots.vegalite import COLOURS
from allmende.reports.figures import figures, series_figures
from allmende.summaries import CohortActivity, HourCell, LorenzPoint, OrganisationActivity, ReferencePoint
from village import measured

CURVE = [records.CurveRow(1, "1", 0.5, 0.4, 0.6, 9), records.CurveRow(2, "2-4", None, None, None, 1)]
SPECIFICATIONS = {
    "cohorts": records.cohorts(
        [CohortActivity("2020", "2019", 3), CohortActivity("2020", "2020", 4)],
        origin="simulated",
        x_title="year",
    ),
    "organisations": records.organisations(
        [OrganisationActivity("2020", "a", 3), OrganisationActivity("2020", "unknown", 4)],
        origin="simulated",
        x_title="year",
    ),
    "lorenz": records.lorenz([LorenzPoint(0, 0), LorenzPoint(1, 1)], origin="simulated", intervals=CURVE),
    "curve": records.curve(CURVE, title="c", origin="simulated", x_title="x", y_title="y", share=True),
    "hazard": records.curve(
        CURVE,
        title="c",
        origin="simulated",
        x_title="x",
        y_title="y",
        logarithmic=True,
        reference=[ReferencePoint(1, 0.5)],
    ),
    "categories": records.categories(CURVE, title="c", origin="simulated", x_title="x", y_title="y"),
    "heat": records.heat([HourCell("Monday", 3, 7)], origin="simulated"),
    "series": records.series(
        [records.SeriesRow("2020", 1.0, 0.5, 1.5), records.SeriesRow("2021", None, None, None)],
        title="s",
        origin="simulated",
        y_title="members",
    ),
    "bands": worlds.bands(
        [Band(0, "baseline", 1.0, 0.5, 2.0)], title="b", origin="simulated", y_title="members"
    ),
}


def texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts(value)
    elif isinstance(part, str):
        yield part


@pytest.mark.parametrize("name", sorted(SPECIFICATIONS))
def test_a_specification_is_plain_json_and_says_its_origin(name: str) -> None:
    specification = SPECIFICATIONS[name]
    assert json.loads(json.dumps(specification, allow_nan=False)) == json.loads(json.dumps(specification))
    assert specification["title"]["subtitle"] == "simulated"
    assert specification["width"] == "container"


@pytest.mark.parametrize("name", sorted(SPECIFICATIONS))
def test_every_colour_has_a_role_so_that_a_dark_page_can_replace_it(name: str) -> None:
    colours = {text for text in texts(SPECIFICATIONS[name]) if text.startswith("#")}
    assert colours
    assert colours <= set(COLOURS)


@pytest.mark.parametrize("name", sorted(SPECIFICATIONS))
def test_a_specification_fetches_nothing(name: str) -> None:
    addresses = [text for text in texts(SPECIFICATIONS[name]) if "://" in text]
    assert addresses == [SPECIFICATIONS[name]["$schema"]]
    assert '"url"' not in json.dumps(SPECIFICATIONS[name])


def test_bars_are_stacked_in_the_order_of_the_rows() -> None:
    values = SPECIFICATIONS["cohorts"]["data"]["values"]
    assert [row["place"] for row in values] == [0, 1]
    assert SPECIFICATIONS["cohorts"]["encoding"]["color"]["scale"]["domain"] == ["2019", "2020"]


def test_a_gap_stays_a_gap() -> None:
    line = SPECIFICATIONS["curve"]["layer"][1]["data"]["values"]
    assert line[1]["y"] is None


def test_unknown_organisations_stand_back() -> None:
    scale = SPECIFICATIONS["organisations"]["encoding"]["color"]["scale"]
    assert COLOURS[scale["range"][scale["domain"].index("unknown")]] == "faint"


def test_every_figure_of_a_measurement_has_a_table_a_description_and_its_origin() -> None:
    every = [*figures(measured()), *series_figures(measured())]
    assert len({one.name for one in every}) == len(every) > 10
    for one in every:
        assert one.origin.startswith("observed")
        assert one.description
        assert one.table.rows, one.name
        assert all(len(row) == len(one.table.columns) for row in one.table.rows), one.name
        json.dumps(one.specification, allow_nan=False)
