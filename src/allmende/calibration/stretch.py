"""Stretch: the part of a record that counts one thing throughout, and what it must hold to be fitted.

A record that changed its regime (first who entered an act, then who made it), or out of which parts were
moved, tells of two populations. Only what follows the last such break is fitted, and members who were seen
for the first time in the year after it are no newcomers: they may have been there before.
"""

from dataclasses import dataclass

import numpy as np

from allmende.calibration.careers import Careers
from allmende.community import Break
from allmende.errors import OutOfRangeError, TooFewError
from allmende.months import MONTHS_A_YEAR, text
from allmende.panel import NEVER, Panel

__all__ = ["Stretch", "enough", "joined_since", "stretch_of"]

CUTS = ("regime", "split", "move")
FEWEST_JOINED = 30
FEWEST_REPEATED = 10
FEWEST_MONTHS = 18
REACHES = (10, 20)
MANY_JOINED = 150
_AT_REST = 12
_LIST = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """The months that are fitted.

    Args:
        start: First month.
        stop: Month after the last.
        cut: The break it begins after; None when it begins with the record.
        newcomers_from: Month from which a first day is that of a newcomer.
        notes: What a reader must know of it.
    """

    start: int
    stop: int
    cut: Break | None
    newcomers_from: int
    notes: tuple[str, ...]

    @property
    def months(self) -> int:
        """How many months."""
        return self.stop - self.start

    @property
    def told(self) -> str:
        """The months in words."""
        return f"{text(self.start)} to {text(self.stop - 1)}"


def stretch_of(panel: Panel, *, until: int | None, breaks: tuple[Break, ...], regime: str) -> Stretch:
    """The last comparable stretch of a record.

    Args:
        panel: The record.
        until: Month after the last to be fitted; None takes all complete months.
        breaks: Where the record changed.
        regime: Its regime.

    Raises:
        TooFewError: nobody contributed before then.
        OutOfRangeError: no month of the record lies before `until`.
    """
    first = panel.first_month()
    known = first[first != NEVER]
    begin = int(known.min()) if len(known) else panel.start
    # The last month of a record is seldom complete: its record was taken within it.
    stop = panel.stop - 1 if until is None else min(until, panel.stop)
    if until is None and panel.origin == "simulated":
        stop = panel.stop
    if not len(known) or stop <= begin:
        if until is not None and len(known):
            raise OutOfRangeError(
                f"no month of the record lies before {text(until)}", where="calibrate",
                expected=f"a month after {text(begin)}",
            )  # fmt: skip
        raise TooFewError(
            "nobody has contributed in a complete month", expected="a record with contributions",
            next_step="`allmende read` shows what was read and what was refused.",
        )  # fmt: skip
    cuts = [one for one in breaks if one.kind in CUTS and begin < one.month < stop]
    cut = max(cuts, key=lambda one: one.month, default=None)
    start = cut.month if cut else begin
    notes = []
    if cut:
        notes.append(
            f"Only {text(start)} to {text(stop - 1)} is fitted: before, the record counts something else "
            f"({cut.kind}: {cut.note})."
        )
    if regime in {"committer", "mixed"} and not (cut and cut.kind == "regime"):
        notes.append("The record names who entered an act, not who made it: members are committers here.")
    others = [one for one in breaks if one.kind not in CUTS and start < one.month < stop]
    notes += [
        f"The record was changed in {text(one.month)} ({one.kind}): {one.note}." for one in others[:_LIST]
    ]
    return Stretch(start, stop, cut, start + MONTHS_A_YEAR if cut else start, tuple(notes))


def joined_since(careers: Careers, stretch: Stretch) -> int:
    """Month from which those who joined are fitted: of the last ten years, or of more where they are few.

    Who came long ago tells little of who comes today.

    Args:
        careers: Everybody of the stretch.
        stretch: The stretch.
    """
    for years in REACHES:
        since = max(stretch.newcomers_from, stretch.stop - MONTHS_A_YEAR * years)
        if (careers.fresh & (careers.joined >= since)).sum() >= MANY_JOINED:
            return since
    return stretch.newcomers_from


def enough(careers: Careers, joined: Careers, stretch: Stretch) -> tuple[str, ...]:
    """Refuse a stretch that cannot tell a member model; otherwise say what is odd about it.

    Args:
        careers: Everybody of the stretch.
        joined: Those who are newcomers in it.
        stretch: The stretch.

    Raises:
        TooFewError: too few joined or came back, or the stretch is too short; the estimate that is
            distrusted is the share that stays for one day.
    """
    repeated = int((joined.days > 1).sum())
    once = float((joined.days == 1).mean()) if len(joined) else None
    lacking = []
    if len(joined) < FEWEST_JOINED:
        known = (
            f"; after the break they can be told from {text(stretch.newcomers_from)} on"
            if stretch.cut
            else ""
        )
        lacking.append(f"{len(joined)} joined (at least {FEWEST_JOINED} are needed{known})")
    if repeated < FEWEST_REPEATED:
        lacking.append(f"{repeated} of them came on a second day (at least {FEWEST_REPEATED})")
    if stretch.months < FEWEST_MONTHS:
        lacking.append(f"{stretch.months} months are known (at least {FEWEST_MONTHS})")
    told = "" if once is None else f"; {once:.0%} stayed for one day"
    if lacking:
        raise TooFewError(
            f"too few to fit a member model: in {stretch.told}, {'; '.join(lacking)}",
            estimate=once, where="calibrate",
            expected=f"more people or a longer record{told}",
            next_step=(
                "Take a later month (--until), read the whole history (`git fetch --unshallow`) or more "
                "repositories of the same community; `allmende measure` answers what few records can, and "
                "`allmende simulate commons` runs on the parameters of other communities."
            ),
        )  # fmt: skip
    notes = []
    latest = int((careers.joined + careers.last).max())
    if stretch.stop - 1 - latest >= _AT_REST:
        notes.append(f"Nobody has contributed since {text(latest)}: the community is at rest.")
    made = np.sort(careers.made)[::-1]
    if made[0] > 0.9 * made.sum():
        notes.append("One member made nine tenths of everything: what the others do says little of the work.")
    return tuple(notes)
