"""The event logs beside the project, as panels: read with one plain query, independent of the readers.

They are no part of the project; where they are absent, the tests that need them skip.
"""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pytest

from allmende.panel import Panel

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
QUERY = """
with act as (
    select community, actor_merged as member, timezone('UTC', time) as moment, org,
        tz_offset_min is not null and tz_offset_min <> 0 as zoned,
        timezone('UTC', time) + to_minutes(coalesce(tz_offset_min, 0)) as clock
    from read_parquet($logs)
    where kind = 'commit' and not bot
)
select community, member,
    cast((year(moment) - 1970) * 12 + month(moment) - 1 as integer) as month_number,
    count(*) as acts,
    cast(bit_or(1::bigint << (day(moment) - 1)) as bigint) as day_set,
    mode(org) as org,
    cast(sum(zoned::integer) as bigint) as zoned,
    cast(sum((zoned and isodow(clock) <= 5 and hour(clock) between 9 and 16)::integer) as bigint) as office,
    cast(sum((zoned and isodow(clock) > 5)::integer) as bigint) as weekend
from act
group by all
order by community, member, month_number
"""


def rows(name: str) -> list[dict[str, str]]:
    """A table of the collection, a dictionary a line."""
    if not (SHARED / name).exists():
        pytest.skip(f"{name} of the shared collection of logs is not beside the project")
    with (SHARED / name).open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


@cache
def community_panels() -> dict[str, Panel]:
    """Every log as a panel over its whole life: no merges, no bots, addresses of one person joined."""
    if not (SHARED / "events").is_dir():
        pytest.skip("the shared collection of logs is not beside the project")
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    table = connection.execute(QUERY, {"logs": str(SHARED / "events" / "*.parquet")}).fetchnumpy()
    names, first = np.unique(np.asarray(table["community"], str), return_index=True)
    ends = np.r_[first[1:], len(table["acts"])]
    return {
        str(name): _panel({key: column[a:b] for key, column in table.items()})
        for name, a, b in zip(names, first, ends, strict=True)
    }


def communities_with_half_bots() -> set[str]:
    """Logs in which somebody commits both as a person and as a bot."""
    query = """
        select distinct community from (
            select community, actor_merged from read_parquet($logs) where kind = 'commit'
            group by all having bool_or(bot) and not bool_and(bot)
        )
    """
    answer = duckdb.connect().execute(query, {"logs": str(SHARED / "events" / "*.parquet")})
    return {str(row[0]) for row in answer.fetchall()}


def _panel(table: dict[str, np.ndarray]) -> Panel:
    members, member = np.unique(np.asarray(table["member"], str), return_inverse=True)
    named = np.ma.filled(np.ma.asarray(table["org"]), "")
    orgs, org = np.unique(np.r_[[""], np.asarray(named, str)], return_inverse=True)
    months = np.asarray(table["month_number"], np.int32)
    panel = Panel.of_columns(
        member=member.astype(np.int32),
        month=months,
        action=np.zeros(len(months), np.uint8),
        count=np.asarray(table["acts"], np.int64),
        day_set=np.asarray(table["day_set"], np.uint32),
        members=tuple(members.tolist()),
        orgs=tuple(orgs.tolist()),
        start=int(months.min()),
        stop=int(months.max()) + 1,
    )
    clocks = {name: np.asarray(table[name], np.int64) for name in ("zoned", "office", "weekend")}
    return replace(panel, org=org[1:].astype(np.int32), **clocks)
