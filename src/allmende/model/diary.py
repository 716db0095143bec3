"""Diary: what the members of one world did, month by month, as the Panel that readers fill too.

* `make`: contributions, on so many active days. The days are noted as the lowest bits of the month: a
  simulated member acts on so many days, not on these days.
* `review` and `decide`, where the form of works has somebody who integrates. In a common work the core looks
  at what comes in, as much as it can, and takes it in; proposals are judged and a few integrated by people
  of the sponsor, who are no members of the simulation.
* `pay`: what each member received, with the firm as organisation where it is a wage. Over all members it is
  what the ledger says, to the cent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.apportionment import split
from allmende.draws import Decision, words
from allmende.events import action_code
from allmende.model.state import Members, Status, names_of
from allmende.model.works import CommonWork, Proposals, Works
from allmende.model.worlds import Worlds
from allmende.panel import MemberWorks, Panel

__all__ = ["SPONSOR", "Diary", "Page"]

TOUCHES = 4
MODULES_A_MEMBER = 0.2
SPONSOR = "sponsor"
"""What the sponsor is called as an organisation; its people are "sponsor-1" and so on."""
STAFF = 3
_STAFF_NAMES = np.array([2**64 - 1 - k for k in range(STAFF)], np.uint64)
_SPONSOR_ORG = -1
MAKE, REVIEW, DECIDE, PAY = (action_code(name) for name in ("make", "review", "decide", "pay"))
Whole = NDArray[np.int64]


class Page(NamedTuple):
    """What one month holds of one action: a row for each member."""

    month: int
    """Month of the run."""
    action: int
    """Code of the action."""
    names: NDArray[np.uint64]
    """Month of arrival and rank of the member."""
    times: Whole
    """How often."""
    days: Whole
    """On how many days."""
    cents: Whole
    """Money received."""
    org: Whole
    """Number of the employing firm, 0 for none, -1 for the sponsor."""


@dataclass(slots=True)
class Diary:
    """Rows noted so far, of one world of a batch.

    Args:
        works: Form of works.
        world: Which world.
        pages: What was noted.
    """

    works: Works
    world: int = 0
    pages: list[Page] = field(default_factory=list)

    def note(self, month: int, worlds: Worlds) -> None:
        """Note a month at its end."""
        member, rows = worlds.standing.members, worlds.standing.rows(self.world)
        acted = np.flatnonzero(member.days[rows]) + rows.start
        self.pages.append(
            _page(
                month, MAKE, member, acted, count=member.acts[acted], days=member.days[acted],
                org=member.employer[acted],
            )
        )  # fmt: skip
        self.pages.extend(page for page in self._integrated(month, worlds, acted) if len(page.names))
        self.pages.extend(page for page in self._paid(month, worlds) if len(page.names))

    def _integrated(self, month: int, worlds: Worlds, acted: Whole) -> Iterator[Page]:
        """What was looked at and what was taken in, by whom."""
        assert worlds.columns is not None, "a month has been run"
        values, made = worlds.columns[1], int(worlds.measures["contributions"][self.world])
        match self.works:
            case CommonWork():
                member = worlds.standing.members
                # Of the core are those who were it before the month.
                before = member.lifetime[acted].astype(np.int64) - member.days[acted]
                core = acted[before >= values["core_days"][self.world]]
                days = member.days[core].astype(np.int64)
                able = int(min(made, values["review_capacity"][self.world] * int(days.sum())))
                count = split([able], days, [0, len(days)])
                kept = count > 0
                for action in (REVIEW, DECIDE):
                    yield _page(
                        month, action, member, core[kept], count=count[kept], days=days[kept],
                        org=member.employer[core[kept]],
                    )  # fmt: skip
            case Proposals():
                judging = worlds.ledger.entries.get(("judging", "sponsor", "suppliers", month))
                able = int(values["judging_capacity"][self.world] * worlds.batch.members)
                judged = min(made, able) if judging is not None and judging[self.world] > 0 else 0
                taken = int(worlds.measures["accepted_proposals"][self.world])
                yield from (_staff(month, REVIEW, judged), _staff(month, DECIDE, taken))

    def _paid(self, month: int, worlds: Worlds) -> Iterator[Page]:
        """What members got one by one, and wages, which the employed share in equal parts."""
        together = sum(
            int(cents[self.world])
            for (_, _, payee, when), cents in worlds.ledger.entries.items()
            if payee == "members" and when == month
        )
        if worlds.receipts is not None:
            first, names, cents = worlds.receipts
            mine = slice(int(first[self.world]), int(first[self.world + 1]))
            together -= int(cents[mine].sum())
            ones = np.ones(len(names[mine]), np.int64)
            yield Page(month, PAY, names[mine], ones, ones, cents[mine], 0 * ones)
        member, rows = worlds.standing.members, worlds.standing.rows(self.world)
        there = (member.status[rows] != Status.GONE) & (member.arrival[rows] <= month)
        hired = np.flatnonzero((member.employer[rows] > 0) & there) + rows.start
        wages = split([together], np.ones(len(hired), np.int64), [0, len(hired)])
        yield _page(
            month,
            PAY,
            member,
            hired[wages > 0],
            cents=wages[wages > 0],
            org=member.employer[hired[wages > 0]],
        )

    def panel(self, worlds: Worlds, months: int) -> Panel:
        """Everything noted, as a panel whose window is the whole run."""
        lengths = [len(page.names) for page in self.pages]
        action = np.repeat([page.action for page in self.pages], lengths).astype(np.int64)
        month = np.repeat([page.month for page in self.pages], lengths).astype(np.int64)
        names, count, days, cents, org = (
            np.concatenate([getattr(page, name) for page in self.pages])
            for name in ("names", "times", "days", "cents", "org")
        )
        known, member = np.unique(names, return_inverse=True)
        order = np.lexsort((action, month, member))
        firms = int(org.max(initial=0))
        made = order[action[order] == MAKE]
        return Panel.of_columns(
            member=member[order].astype(np.int32),
            month=month[order].astype(np.int32),
            action=action[order].astype(np.uint8),
            count=count[order],
            day_set=((np.int64(1) << days[order]) - 1).astype(np.uint32),
            cents=cents[order],
            org=np.where(org == _SPONSOR_ORG, firms + 1, org)[order].astype(np.int32),
            members=tuple(_called(int(name)) for name in known),
            orgs=("", *(f"firm-{k}" for k in range(1, firms + 1)), *_sponsor_of(org)),
            start=0,
            stop=months,
            origin="simulated",
            regime="author",
            effort_unit="acts",
            works=self._touched(worlds, names[made], member[made], month[made], count[made]),
        )

    def _touched(
        self, worlds: Worlds, names: NDArray[np.uint64], member: Whole, month: Whole, count: Whole
    ) -> MemberWorks:
        """Which works were touched: up to four a month, common ones as often as the form of works has it."""
        people = int(member.max(initial=-1)) + 1
        modules = max(4, int(MODULES_A_MEMBER * worlds.batch.members))
        found = []
        for touch in range(TOUCHES):
            some = np.flatnonzero(count > touch)
            luck = [
                words(
                    worlds.batch.seed, Decision.WORK, replicate=int(worlds.batch.replicates[self.world]),
                    month=month[some], member=names[some], index=2 + 2 * touch + part,
                ).astype(np.float64) * 2.0**-64
                for part in (0, 1)
            ]  # fmt: skip
            # Common works are unequally popular: a third of the touches fall on a ninth of them.
            common = np.floor(modules * luck[1] * luck[1]).astype(np.int64)
            work = np.where(luck[0] < self.works.common_share, common, modules + member[some])
            found.append(np.stack([member[some], month[some], work], axis=1))
        touches, times = np.unique(np.concatenate(found), axis=0, return_counts=True)
        return MemberWorks(
            touches[:, 0].astype(np.int32), touches[:, 1].astype(np.int32), touches[:, 2].astype(np.int32),
            times.astype(np.int64), modules + people,
        )  # fmt: skip


def _page(
    month: int,
    action: int,
    member: Members,
    rows: Whole,
    *,
    count: NDArray[np.integer] | int = 1,
    days: NDArray[np.integer] | int = 1,
    cents: Whole | int = 0,
    org: NDArray[np.integer] | int = 0,
) -> Page:
    """Rows of members; what is one number is the same for all."""
    columns = (np.broadcast_to(np.asarray(each, np.int64), len(rows)) for each in (count, days, cents, org))
    return Page(month, action, names_of(member, rows), *columns)


def _staff(month: int, action: int, count: int) -> Page:
    """What people of the sponsor did, in equal parts; who is first in turn gets the odd one."""
    turn = np.roll(np.arange(STAFF), -month)
    times = split([count], np.ones(STAFF, np.int64), [0, STAFF])
    some = np.flatnonzero(times)
    ones = np.ones(len(some), np.int64)
    return Page(month, action, _STAFF_NAMES[turn[some]], times[some], ones, 0 * ones, _SPONSOR_ORG * ones)


def _sponsor_of(org: Whole) -> tuple[str, ...]:
    return (SPONSOR,) if bool(np.any(org == _SPONSOR_ORG)) else ()


def _called(name: int) -> str:
    """A member's pseudonym: month of arrival and rank in it."""
    if name >= int(_STAFF_NAMES[-1]):
        return f"{SPONSOR}-{2**64 - name}"
    arrival = name >> 32
    return f"m{arrival - 2**32 if arrival >= 2**31 else arrival}-{name & 0xFFFF_FFFF}"
