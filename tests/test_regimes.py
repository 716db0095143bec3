"""Which records name committers: made ones on both sides of each bound, and known ones among the logs."""

from pathlib import Path

import numpy as np
import pytest

from allmende.events import OFFSET_UNKNOWN, RECORDER_UNKNOWN, Events
from allmende.months import text
from allmende.records.record import describe
from allmende.records.regimes import regime_of

LOGS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "events"
YEAR = 365.25 * 86_400e6
ANCHOR = 946_684_800_000_000  # 2000-01-01


def years(*plans: dict[str, float]) -> Events:
    """A record of one plan a year: members, acts, own (share), utc (share), once (share of members)."""
    parts: list[tuple[np.ndarray, ...]] = []
    for number, plan in enumerate(plans):
        members, acts = int(plan["members"]), int(plan["acts"])
        few = int(plan.get("once", 0) * members)
        member = np.r_[np.arange(few), few + np.arange(acts - few) % max(1, members - few)].astype(np.int32)
        at = ANCHOR + ((number + (np.arange(acts) + 0.5) / (acts + 1)) * YEAR).astype(np.int64)
        # Spread over the year: 7919 is prime to every number of acts used here.
        spread = np.arange(acts) * 7919 % acts / acts
        own = spread < plan.get("own", 1.0)
        offset = np.where(spread < plan.get("utc", 0.0), 0, 120).astype(np.int16)
        parts.append((at, member, np.where(own, member, RECORDER_UNKNOWN).astype(np.int32), offset))
    at, member, recorder, offset = (np.concatenate(column) for column in zip(*parts, strict=True))
    names = tuple(f"member-{i}" for i in range(member.max() + 1))
    return Events.of_columns(at, member, names, recorder=recorder, offset=offset)


def regime(*plans: dict[str, float]) -> str:
    events = years(*plans)
    return regime_of(events, np.ones(len(events), np.bool_)).name


IMPORTED = {"members": 20, "acts": 1000, "own": 1.0, "utc": 1.0}
CLOSED = {"members": 20, "acts": 1500, "own": 1.0, "utc": 0.02}
OPEN = {"members": 100, "acts": 1500, "own": 0.6, "utc": 0.05, "once": 0.45}
PUSHED = {"members": 100, "acts": 1500, "own": 0.99, "utc": 0.02, "once": 0.45}


def test_one_regime() -> None:
    assert regime(IMPORTED, IMPORTED) == "committer"
    assert regime(CLOSED, CLOSED, CLOSED) == "committer"
    assert regime(OPEN, OPEN) == "author"
    assert regime(PUSHED, PUSHED, PUSHED) == "author"


def test_a_young_project_is_not_taken_for_a_closed_one() -> None:
    assert regime(CLOSED, CLOSED, OPEN, OPEN, OPEN) == "author"


def test_one_odd_year_is_not_a_change() -> None:
    assert regime(CLOSED, CLOSED, {**CLOSED, "own": 0.93}, CLOSED) == "committer"


def test_a_change_is_found_and_dated() -> None:
    events = years(IMPORTED, IMPORTED, IMPORTED, OPEN, OPEN, OPEN)
    found = regime_of(events, np.ones(len(events), np.bool_))
    assert found.name == "mixed"
    assert [text(change.month) for change in found.breaks] == ["2003-01"]
    assert "2000-2002" in found.note
    assert "100%" in found.breaks[0].note


def test_a_small_stretch_is_noted_and_does_not_name_the_record() -> None:
    events = years({**IMPORTED, "acts": 100}, OPEN, OPEN)
    found = regime_of(events, np.ones(len(events), np.bool_))
    assert found.name == "author"
    assert len(found.breaks) == 1


def test_programs_tell_nothing() -> None:
    events = years(OPEN)
    assert regime_of(events, np.zeros(len(events), np.bool_)).name == "unknown"


def test_a_source_that_names_one_member_for_each_act_names_who_made_it() -> None:
    at = np.arange(100, dtype=np.int64) * 10**12
    events = Events.of_columns(at, np.arange(100, dtype=np.int32) % 7, tuple("abcdefg"))
    assert (events.offset == OFFSET_UNKNOWN).all()
    assert regime_of(events, np.ones(100, np.bool_)).name == "author"


KNOWN = {
    "httpd": "committer",
    "postgres": "committer",
    "drupal": "committer",
    "classicpress": "committer",
    "redis": "author",
    "kafka": "author",
    "git": "author",
    "duckdb": "author",
    "pdf.js": "author",
    "linux-pre-git": "author",
    "eclipse-jdt-core": "mixed",
    "eclipse-platform-ui": "mixed",
    "cpython": "mixed",
    "django": "mixed",
}


@pytest.mark.skipif(not LOGS.exists(), reason="the logs of real communities are not beside the project")
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_regimes_that_are_known(name: str) -> None:
    events, bot = logged(name)
    record = describe(events, bot)
    assert record.regime == KNOWN[name], record.regime_note
    changes = [text(found.month) for found in record.breaks if found.kind == "regime"]
    if name.startswith("eclipse"):
        assert len(changes) == 1
        assert "2011-06" <= changes[0] <= "2012-01"
    if name == "cpython":
        assert changes == ["2017-01"]


@pytest.mark.skipif(not LOGS.exists(), reason="the logs of real communities are not beside the project")
def test_terraform_breaks_where_its_plugins_moved_out() -> None:
    events, bot = logged("terraform")
    splits = [text(found.month) for found in describe(events, bot).breaks if found.kind == "split"]
    assert splits == ["2017-07"]


def logged(name: str) -> tuple[Events, np.ndarray]:
    import duckdb

    rows = duckdb.execute(
        "select epoch_us(time) as moment, coalesce(tz_offset_min, -32768)::smallint as zone, actor, bot,"
        " author_is_committer as own from read_parquet(?) where kind = 'commit' order by time",
        [str(LOGS / f"{name}.parquet")],
    ).fetchnumpy()
    members, member = np.unique(rows["actor"].astype(str), return_inverse=True)
    bot = np.zeros(len(members), np.bool_)
    bot[member[rows["bot"].astype(bool)]] = True
    recorder = np.where(rows["own"].astype(bool), member, RECORDER_UNKNOWN).astype(np.int32)
    moments, zones = (np.asarray(rows[column]) for column in ("moment", "zone"))
    events = Events.of_columns(
        moments.astype(np.int64),
        member.astype(np.int32),
        tuple(members),
        offset=zones.astype(np.int16),
        recorder=recorder,
    )
    return events, bot
