"""Mappings: files are checked strictly and name key and line; what is recognised is said."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from allmende.errors import MappingError, UnknownNameError
from allmende.events import ACTIONS
from allmende.tables.mapping import Action, Columns, Mapping, load_mapping, recognise, shipped


def written(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text)
    return path


def test_actions_are_those_of_events() -> None:
    assert get_args(Action) == ACTIONS


@pytest.mark.parametrize(
    ("text", "given", "where"),
    [
        ("[columns]\nat = 3\n", "expected", "line 2 (columns.at)"),
        ("only = 'a'\n\n[columns]\nmemberr = 'who'\n", "memberr", "memberr"),
        ("[columns]\nat = 'when'\n[actions.kind]\nmade = 'creates'\n", "invalid enum value", "actions"),
        ("[time]\nunit = 'h'\n", "invalid enum value", "line 2 (time.unit)"),
        ("[time]\nzone = 'Mars/Olympus'\n", "Mars/Olympus", "time"),
        ("[constants]\neffort = -1\n", ">= 0", "line 2 (constants.effort)"),
        ("delimiter = 'ab'\n", "matching regex", "line 1 (delimiter)"),
        ("money = 'cents\n", "not TOML", "mapping.toml"),
    ],
)
def test_a_wrong_file_is_told_with_key_and_line(tmp_path: Path, text: str, given: str, where: str) -> None:
    with pytest.raises(MappingError) as error:
        load_mapping(written(tmp_path, text))
    assert given in str(error.value)
    assert where in error.value.where


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot read"):
        load_mapping(tmp_path / "none.toml")


def test_all_of_a_mapping_survives_its_file(tmp_path: Path) -> None:
    path = Path(__file__).resolve().parent / "fixtures" / "table" / "hackathon.toml"
    mapping = load_mapping(path)
    assert mapping.columns.efforts == ("Coding", "Reviewing")
    assert mapping.constants.action == "revise"
    assert mapping.actions == {"What": {"started": "make", "commented": "discuss"}}
    assert mapping.refuse == {"Status": ("test", "deleted")}
    assert mapping.time.zone == "Europe/Berlin"
    assert set(mapping.wanted) == {
        "When", "Who", "Coding", "Reviewing", "Prize (EUR)", "Team", "What", "Status",
    }  # fmt: skip
    again = written(tmp_path, "")
    again.write_bytes(msgspec.toml.encode(mapping) if hasattr(msgspec, "tomli_w") else path.read_bytes())
    assert load_mapping(again) == mapping


def test_shipped_mappings_fit_the_tables_they_are_for() -> None:
    assert set(shipped()) == {"allmende-log", "event-log", "wiki-revisions"}
    for title, mapping in shipped().items():
        found, note = recognise([*mapping.wanted, "another"])
        assert found == mapping
        assert title in note


def test_a_shipped_mapping_needs_all_of_its_columns() -> None:
    names = [name for name in shipped()["event-log"].wanted if name != "author_is_committer"]
    found, note = recognise([*names, "actor"])
    assert found.columns.member == "actor"
    assert "told by their names" in note


def test_well_known_names_are_recognised_and_said() -> None:
    mapping, note = recognise(["Created-At", "User Name", "weather", "type"])
    assert mapping.columns == Columns(at="Created-At", member="User Name", action="type")
    assert mapping.constants.action is None
    assert note == "columns told by their names: Created-At as at, User Name as member, type as action"


def test_without_an_action_column_every_row_makes() -> None:
    mapping, _ = recognise(["time", "member"])
    assert mapping.constants.action == "make"


def test_the_first_of_several_well_known_names_wins() -> None:
    mapping, _ = recognise(["user", "date", "time", "member"])
    assert (mapping.columns.at, mapping.columns.member) == ("time", "member")


def test_a_given_mapping_without_columns_goes_on_top() -> None:
    mapping, _ = recognise(["time", "member", "community"], Mapping(only="a", name="b"))
    assert (mapping.only, mapping.name, mapping.columns.at) == ("a", "b", "time")


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    given = Mapping(columns=Columns(at="time", member="autor"))
    with pytest.raises(UnknownNameError, match="Did you mean 'author'"):
        recognise(["time", "author"], given, where="log.csv")


def test_dotted_names_lead_into_objects() -> None:
    given = Mapping(columns=Columns(at="time", member="actor.login"), actions={"kind": {"a": "make"}})
    assert recognise(["time", "actor", "kind"], given)[0] == given


@pytest.mark.parametrize("names", [[], ["a", "b"], ["time"], ["member"]])
def test_a_table_without_time_or_member_is_refused_with_its_columns(names: list[str]) -> None:
    with pytest.raises(MappingError, match="no column could be told") as error:
        recognise(names, where="log.csv")
    assert error.value.where == "log.csv"
    assert "mapping" in error.value.next_step


def test_a_mapping_that_does_not_say_what_was_done_is_refused() -> None:
    with pytest.raises(MappingError, match="what was done"):
        recognise(["a", "b"], Mapping(columns=Columns(at="a", member="b")))


def test_names_of_a_stranger_are_shown_with_care() -> None:
    with pytest.raises(MappingError) as error:
        recognise(["\x1b[31mred", "a" * 10**6, *(f"column {number}" for number in range(1000))])
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 3000
