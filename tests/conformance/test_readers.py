"""What every reader must do: the specification of the kind."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from allmende.errors import SourceError
from allmende.events import ACTIONS, COLUMNS, OFFSET_UNKNOWN, RECORDER_UNKNOWN
from allmende.reader import Reader, ReadOptions, Records
from conformance_checks import check
from reader_cases import CASES, Cases

# A commit may claim any moment (the record counts such clock faults); a month must still have a number.
FURTHEST = 1 << 62
PLAIN = ReadOptions(cache=False)
FULL = ReadOptions(cache=False, touches=True, effort=True)


def cases(plugin: Reader) -> Cases:
    assert plugin.name in CASES, f"give the reader '{plugin.name}' sources to be tried on, in reader_cases.py"
    return CASES[plugin.name]


def read(plugin: Reader, source: Path, options: ReadOptions = PLAIN) -> Records | None:
    """The records; None for a clear error, which names the place."""
    try:
        return plugin(source, options)
    except SourceError as fault:
        named = fault.given and source.name in f"{fault.where} {fault.given}"
    assert named, "an error says what is wrong, and where"
    return None


def everything(plugin: Reader, folder: Path) -> list[Records]:
    """The records of every source there is."""
    wanted = cases(plugin)
    sources = [*wanted.good(folder), *wanted.nasty(folder), *wanted.empty(folder)]
    found = [read(plugin, source, FULL) for source in sources]
    return [records for records in found if records is not None]


@check("reader")
def test_says_what_it_reads_and_knows_its_own(plugin: Reader, tmp_path: Path) -> None:
    assert plugin.describes
    for source in cases(plugin).good(tmp_path):
        assert plugin.recognises(source)
    for other in (tmp_path / "nothing", tmp_path.parent, Path(__file__)):
        assert not plugin.recognises(other)


@check("reader")
def test_reads_good_sources_whole(plugin: Reader, tmp_path: Path) -> None:
    for source in cases(plugin).good(tmp_path):
        records = plugin(source, PLAIN)
        assert len(records.events) == records.source.acts > 0
        assert records.refusals.total == 0
        assert records.source.reader == plugin.name
        assert records.source.name
        assert records.source.tips
        assert not records.source.truncated


@check("reader")
def test_events_are_sorted_and_in_bounds(plugin: Reader, tmp_path: Path) -> None:
    for records in everything(plugin, tmp_path):
        events = records.events
        assert np.all(np.diff(events.at) >= 0)
        assert np.all(np.abs(events.at) < FURTHEST)
        known = events.offset[events.offset != OFFSET_UNKNOWN].astype(int)
        assert np.all(np.abs(known) <= 18 * 60)
        assert np.all(events.action < len(ACTIONS))
        assert np.all(events.effort >= 0)
        assert np.all((events.member >= 0) & (events.member < len(events.members)))
        assert np.all((events.recorder >= RECORDER_UNKNOWN) & (events.recorder < len(events.members)))
        assert np.all((events.org >= 0) & (events.org < len(events.orgs)))
        assert len(set(events.members)) == len(events.members)
        for name in COLUMNS:
            assert len(getattr(events, name)) == len(events)


@check("reader")
def test_every_act_is_an_event_or_a_refusal(plugin: Reader, tmp_path: Path) -> None:
    for records in everything(plugin, tmp_path):
        assert records.source.acts == len(records.events) + records.refusals.total


@check("reader")
def test_refusals_name_place_and_reason(plugin: Reader, tmp_path: Path) -> None:
    for source in cases(plugin).nasty(tmp_path):
        records = read(plugin, source)
        if records is None:
            continue
        assert records.refusals.total or records.source.truncated, source
        for reason, number in records.refusals.counts.items():
            places = records.refusals.examples[reason]
            assert reason
            assert number > 0
            assert 1 <= len(places) <= records.refusals.KEPT
            assert all(place.strip() for place in places)


@check("reader")
def test_a_second_read_is_the_same(plugin: Reader, tmp_path: Path) -> None:
    for source in [*cases(plugin).good(tmp_path), *cases(plugin).nasty(tmp_path)]:
        first, second = read(plugin, source, FULL), read(plugin, source, FULL)
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            assert first.source == second.source
            assert first.refusals == second.refusals
            for column in fields(first.events):
                one, other = getattr(first.events, column.name), getattr(second.events, column.name)
                if column.name != "touches":
                    assert np.array_equal(one, other), column.name


@check("reader")
def test_never_invents_a_member_or_a_reference(plugin: Reader, tmp_path: Path) -> None:
    wanted = cases(plugin)
    for source in [*wanted.good(tmp_path), *wanted.nasty(tmp_path)]:
        records = read(plugin, source)
        if records is None or source.suffix in {".gz", ".parquet"}:
            continue
        written, events = wanted.written(source), records.events
        used = set(events.member.tolist()) | set(events.recorder[events.recorder >= 0].tolist())
        assert used == set(range(len(events.members))), "members without an act"
        assert [name for name in events.members if name not in written] == []
        # A reference may be qualified by the community it is of: "villagewiki:12".
        references = [ref.decode().rpartition(":")[2] for ref in events.ref.tolist()]
        assert [ref for ref in references if ref not in written] == []


@check("reader")
def test_touches_belong_to_events(plugin: Reader, tmp_path: Path) -> None:
    for records in everything(plugin, tmp_path):
        touches = records.events.touches
        if touches is not None:
            assert np.all(np.diff(touches.event) >= 0)
            assert np.all((touches.event >= 0) & (touches.event < len(records.events)))
            assert np.all((touches.work >= 0) & (touches.work < len(touches.works)))


@check("reader")
def test_an_empty_source_has_no_act(plugin: Reader, tmp_path: Path) -> None:
    for source in cases(plugin).empty(tmp_path):
        records = plugin(source, PLAIN)
        assert records.source.acts == len(records.events) == records.refusals.total == 0


@check("reader")
def test_nothing_there_is_a_clear_error(plugin: Reader, tmp_path: Path) -> None:
    assert read(plugin, tmp_path / "nothing.here") is None
