"""Diary: what the members of one world did, month by month, as the Panel that readers fill too.

Active days are noted as the lowest bits of the month: a simulated member acts on so many days, not on
these days. Contributions are `make`; where works are common, part of them are `review`s by the core.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, words
from allmende.events import action_code
from allmende.model.works import Works
from allmende.model.worlds import Worlds
from allmende.panel import MemberWorks, Panel

__all__ = ["Diary", "Page"]

TOUCHES = 4
MODULES_A_MEMBER = 0.2


class Page(NamedTuple):
    """What one month holds: a row for each member who acted."""

    names: NDArray[np.uint64]
    """Month of arrival and rank of the member."""
    acts: NDArray[np.int64]
    """Contributions."""
    days: NDArray[np.int64]
    """Active days."""
    firm: NDArray[np.int64]
    """Number of the employing firm, 0 for none."""
    month: int
    """Month of the run."""


@dataclass(slots=True)
class Diary:
    """Rows noted so far, of one world of a batch.

    Args:
        works: Form of works.
        world: Which world.
        pages: What was noted, a page a month.
    """

    works: Works
    world: int = 0
    pages: list[Page] = field(default_factory=list)

    def note(self, month: int, worlds: Worlds) -> None:
        """Note a month at its end."""
        member, rows = worlds.standing.members, worlds.standing.rows(self.world)
        acted = np.flatnonzero(member.days[rows]) + rows.start
        names = member_key(
            member.arrival[acted].astype(np.int64).astype(np.uint64), member.rank[acted].astype(np.uint64)
        )
        self.pages.append(
            Page(
                np.asarray(names, np.uint64),
                member.acts[acted].astype(np.int64),
                member.days[acted].astype(np.int64),
                member.employer[acted].astype(np.int64),
                month,
            )
        )

    def panel(self, worlds: Worlds, months: int) -> Panel:
        """Everything noted, as a panel whose window is the whole run."""
        names = np.concatenate([page.names for page in self.pages])
        known, member = np.unique(names, return_inverse=True)
        count = np.concatenate([page.acts for page in self.pages])
        days = np.concatenate([page.days for page in self.pages])
        firm = np.concatenate([page.firm for page in self.pages])
        month = np.concatenate([np.full(len(page.names), page.month) for page in self.pages])
        order = np.lexsort((month, member))
        firms = int(firm.max(initial=0))
        return Panel.of_columns(
            member=member[order].astype(np.int32),
            month=month[order].astype(np.int32),
            action=np.full(len(order), action_code("make"), np.uint8),
            count=count[order],
            day_set=((np.int64(1) << days[order]) - 1).astype(np.uint32),
            org=firm[order].astype(np.int32),
            members=tuple(_called(int(name)) for name in known),
            orgs=("", *(f"firm-{k}" for k in range(1, firms + 1))),
            start=0,
            stop=months,
            origin="simulated",
            regime="author",
            effort_unit="acts",
            works=self._touched(worlds, names[order], member[order], month[order], count[order]),
        )

    def _touched(
        self,
        worlds: Worlds,
        names: NDArray[np.uint64],
        member: NDArray[np.int64],
        month: NDArray[np.int64],
        count: NDArray[np.int64],
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


def _called(name: int) -> str:
    """A member's pseudonym: month of arrival and rank in it."""
    arrival = name >> 32
    return f"m{arrival - 2**32 if arrival >= 2**31 else arrival}-{name & 0xFFFF_FFFF}"
