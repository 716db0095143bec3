"""The panel of a community in memory."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende import executors
from allmende.aggregation.query import (
    COMPLETE,
    PANEL,
    PARTS,
    WORKS,
    executed,
    fetched,
    refuse_missing,
    window,
)
from allmende.community import Community
from allmende.events import Events
from allmende.logs import connect
from allmende.panel import MemberWorks, Panel

__all__ = ["aggregate", "panel_of"]


def panel_of(
    community: Community,
    *,
    start: int | None = None,
    stop: int | None = None,
    executor: str = "serial",
    workers: int | None = None,
    bots: bool = False,
    kept: NDArray[np.bool_] | None = None,
) -> Panel:
    """The panel of a community.

    Args:
        community: Events with members identified. Their codes stay, also those of members left out.
        start: First month of the window; by default that of the first act.
        stop: Month after the window; by default the one after the last act. Later acts are left out.
        executor: Where parts are made; with "serial" all at once. The panel is the same.
        workers: How many at a time.
        bots: Count the acts of programs too.
        kept: For each act, whether it counts; None when all do.

    Raises:
        OutOfRangeError: the window ends before it starts, or a sum does not fit in 64 bits.
        StoreError: an act has no moment that a calendar knows.
    """
    events = community.events
    if not bots and community.bot.any():
        people = ~community.bot[events.member]
        kept = people if kept is None else kept & people
    columns = aggregate(events, kept, stop=stop, executor=executor, workers=workers)
    months = columns["month"]
    first, end = window(months, start, stop)
    return Panel(
        **columns,
        members=events.members,
        orgs=events.orgs,
        start=first,
        stop=end,
        regime=community.record.regime,
        effort_unit=events.effort_unit,
        works=_works(events, kept, end),
    )


def aggregate(
    events: Events,
    kept: NDArray[np.bool_] | None = None,
    *,
    stop: int | None = None,
    executor: str = "serial",
    workers: int | None = None,
) -> dict[str, Any]:
    """The columns of the panel (`panel.COLUMNS`) of events.

    Args:
        events: The events; their order does not matter.
        kept: For each event, whether it counts; None when all do.
        stop: Month from which on acts do not count.
        executor: Where parts are made; with "serial" all at once.
        workers: How many at a time.

    Raises:
        OutOfRangeError: a sum does not fit in 64 bits.
        StoreError: an act has no moment that a calendar knows.
    """
    by_name = np.argsort(np.array(events.orgs, object), kind="stable").astype(np.int32)
    rank = np.empty_like(by_name)
    rank[by_name] = np.arange(len(by_name), dtype=np.int32)
    acts = {name: getattr(events, name) for name in ("at", "offset", "member", "action", "effort", "cents")}
    acts["org"] = rank[events.org]
    if kept is not None:
        acts = {name: column[kept] for name, column in acts.items()}
    with connect() as connection:
        if executor == "serial":
            connection.register("acts", acts)
            executed(connection, f"CREATE TEMP TABLE complete AS {PARTS}")
        else:
            slices = _slices(acts, executors.usable_cpus() if workers is None else workers)
            parts = list(executors.run(_parts, slices, executor=executor, workers=workers, chunk=1))
            connection.register(
                "parts", {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
            )
            executed(connection, f"CREATE TEMP TABLE complete AS {COMPLETE}")
        refuse_missing(connection, table="complete")
        columns = fetched(connection, PANEL)
    columns["org"] = by_name[columns["org"]]
    if stop is None:
        return columns
    early = columns["month"] < stop
    return {name: column[early] for name, column in columns.items()}


def _slices(acts: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    edges = np.linspace(0, len(acts["at"]), number + 1).astype(np.int64)
    for begin, end in pairwise(edges.tolist()):
        yield {name: column[begin:end] for name, column in acts.items()}


def _parts(acts: dict[str, Any]) -> dict[str, Any]:
    with connect() as connection:
        connection.register("acts", acts)
        return fetched(connection, PARTS)


def _works(events: Events, kept: NDArray[np.bool_] | None, stop: int) -> MemberWorks | None:
    touches = events.touches
    if touches is None:
        return None
    event, work = touches.event, touches.work
    if kept is not None:
        event, work = event[kept[event]], work[kept[event]]
    touched = {"event": event, "work": work, "at": events.at[event], "member": events.member[event]}
    with connect() as connection:
        connection.register("touched", touched)
        columns = fetched(connection, WORKS)
    early = columns["month"] < stop
    return MemberWorks(**{name: column[early] for name, column in columns.items()}, size=len(touches.works))
