"""Machine: what is stored is what was measured, can be read back, and nothing in it runs."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from allmende.errors import StoreError
from allmende.events import Refusals
from allmende.reports.machine import json_text, stored, tables, write_csv
from allmende.reports.stored import FORMAT, VERSION, decode, schema
from village import measured, village

ROOT = Path(__file__).resolve().parent.parent


def test_the_stored_form_comes_back_as_it_was() -> None:
    text = json_text(measured(), command="allmende measure village.csv")
    assert decode(text.encode()) == stored(measured(), command="allmende measure village.csv")
    assert json.loads(text)["format"] == FORMAT


def test_every_answer_is_stored_with_its_unit_and_interval() -> None:
    form = stored(measured())
    assert [one.indicator for one in form.answers] == [one.indicator for one in measured().answers]
    for kept, answer in zip(form.answers, measured().answers, strict=True):
        assert kept.value == answer.value
        assert (kept.interval is None) == (answer.interval is None)
        assert kept.value is not None or kept.curve is not None or kept.note
    assert form.community.merges == {"same address": 1}
    assert form.community.digest


def test_nothing_that_is_no_number_is_stored() -> None:
    assert "NaN" not in json_text(measured())
    assert "Infinity" not in json_text(measured())


def test_a_damaged_or_newer_file_is_refused() -> None:
    with pytest.raises(StoreError, match="not a stored measurement"):
        decode(b'{"format": "something else"}')
    with pytest.raises(StoreError, match="not a stored measurement"):
        decode(b"\xff{")
    newer = json.loads(json_text(measured())) | {"version": VERSION + 1}
    with pytest.raises(StoreError, match="Update Allmende"):
        decode(json.dumps(newer).encode())


def test_the_schema_is_that_of_the_code() -> None:
    kept = ROOT / "docs" / "reference" / "measurement.schema.json"
    assert json.loads(kept.read_text()) == schema(), "write it anew with: python tools/measurement_schema.py"


def test_the_tables_have_every_number(tmp_path: Path) -> None:
    paths = write_csv(measured(), tmp_path / "new" / "folder")
    assert {path.stem for path in paths} == set(tables(measured()))
    with (tmp_path / "new" / "folder" / "answers.csv").open() as file:
        rows = list(csv.DictReader(file))
    values = {row["indicator"]: row["value"] for row in rows}
    for one in measured().answers:
        if one.curve is None:
            assert (float(values[one.indicator]) if values[one.indicator] else None) == one.value


def test_no_cell_of_a_table_is_a_formula(tmp_path: Path) -> None:
    refusals = Refusals({"=HYPERLINK(1)": 1, "@SUM(A1)": 2, "\t=1": 3, "plain": 4, "-2+3": 5})
    told = replace(measured(), community=replace(measured().community, refusals=refusals))
    write_csv(told, tmp_path)
    for path in tmp_path.glob("*.csv"):
        with path.open(newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    assert not cell.startswith(("=", "+", "@", "\t", "\r")), (path.name, cell)
                    assert not cell.startswith("-") or float(cell) < 0, (path.name, cell)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_events_of_a_hostile_source_are_written_as_text(form: str, tmp_path: Path) -> None:
    from allmende.reports.eventfile import write_events

    place = tmp_path / f"events.{form}"
    write_events(village(org="=cmd|' /C calc'!A0"), place)
    if form == "jsonl":
        rows = [json.loads(line) for line in place.read_text().splitlines()]
        assert {row["org"] for row in rows} == {"", "=cmd|' /C calc'!A0", "college.example"}
    else:
        with place.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["org"] for row in rows} == {"", "'=cmd|' /C calc'!A0", "college.example"}
    assert len(rows) == len(village().events)
    assert all(row["member"] for row in rows)
