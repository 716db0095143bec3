"""A small invented community, read and measured by the real code: what the tests of reports tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from allmende.community import Break, Community, Identities, Merge, Record
from allmende.events import Event, Events, Refusals
from allmende.measurement import Measurement, measure
from allmende.reader import Source

NASTY = "</script><img src=x onerror=alert(1)>\x1b[31m\u202egnp\x00&'\"{{7*7}}=1+1"


def village_events(people: int = 60, months: int = 60) -> Events:
    """A few carry the work, most come once; member 0 writes always, others for a while."""
    acts = []
    for person in range(people):
        arrival = person * months // people
        stays = months if person == 0 else 1 + (person * 7) % 11
        for month in range(arrival, min(arrival + stays, months)):
            for act in range(1 + (20 if person == 0 else (person * 13) % 3)):
                day = 1 + (person * 5 + act * 3 + month) % 27
                moment = datetime(2019, 1, day, 8 + (person + act) % 12, tzinfo=UTC)
                year, of_year = divmod(month, 12)
                acts.append(
                    Event(
                        moment.replace(year=2019 + year, month=1 + of_year) + timedelta(minutes=act),
                        f"member-{person:03d}",
                        offset=120,
                        org=("", "firm.example", "college.example")[person % 3],
                        ref=f"{person}-{month}-{act}",
                        works=(f"page-{(person + act) % 9}",),
                    )
                )
    acts.append(Event(datetime(2022, 5, 5, 5, tzinfo=UTC), "robot", ref="robot-1"))
    return Events.of(acts)


def village(
    name: str = "village", *, regime: str = "author", truncated: str = "", org: str = ""
) -> Community:
    """The invented community; `org` stands in for one of its organisations."""
    events = village_events()
    if org:
        events = replace(events, orgs=tuple(org if one == "firm.example" else one for one in events.orgs))
    hours = np.zeros((7, 24), np.int64)
    hours[:5, 9:17] = 40
    robot = events.members.index("robot")
    return Community(
        name,
        events,
        np.arange(len(events.members)) == robot,
        (
            Source(
                "table",
                f"folder/{name}.csv",
                name,
                len(events) + 3,
                truncated,
                ("2 columns were ignored",),
                ("ab12",),
            ),
        ),
        Refusals(
            {"no date": 2, "no member": 1}, {"no date": ("line 3", "line 9"), "no member": ("line 12",)}
        ),
        Identities(
            63,
            (Merge("member-001", ("member-001", "account-x"), "same address"),),
            {"robot": "name of a program"},
            "0a1b2c3d",
        ),
        Record(
            regime,
            "99 % of acts were entered by somebody else",
            (Break(620, "import", "900 acts in two days"),),
            {"in the future": 2},
            0.97,
            hours,
        ),
    )


@cache
def measured(
    name: str = "village", regime: str = "author", truncated: str = "", org: str = ""
) -> Measurement:
    """The invented community, measured with few replicates."""
    measurement = measure(village(name, regime=regime, truncated=truncated, org=org), replicates=12, seed=3)
    return replace(measurement, raw={"active_members": 21.0, "gini": 0.5})
