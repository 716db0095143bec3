"""Summaries: the small tables that charts are drawn from.

Each is a pure function of a panel, a record or a curve and answers rows with named fields; `plots` draws
rows and computes nothing. No row speaks of a single member.
"""

from collections.abc import Sequence
from hashlib import sha256
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.community import Community, Record
from allmende.indicator import Curve
from allmende.months import MONTHS_A_YEAR, month_numbers, text
from allmende.panel import NEVER, Panel
from allmende.people.organisations import domain_class, is_employer

__all__ = [
    "ActivePeriod",
    "CohortActivity",
    "HourCell",
    "LorenzPoint",
    "OrganisationActivity",
    "Overview",
    "ReferencePoint",
    "active_by_period",
    "activity_by_cohort",
    "chart_step",
    "hours",
    "lorenz",
    "one_over_n",
    "organisations",
    "overview",
    "records_digest",
]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LORENZ_POINTS = 200
_QUARTER = 3
_KINDS = {"association", "university"}


class Overview(NamedTuple):
    """How much record there is, programs left out unless said.

    Args:
        acts: Acts by people.
        bot_acts: Acts by programs.
        members: People who acted.
        bots: Programs that acted.
        accounts: Accounts that the sources name.
        merged: Accounts that were joined to another.
        first_month: Month of the first act by a person.
        last_month: Month of the last one.
        refused: What could not become an event.
    """

    acts: int
    bot_acts: int
    members: int
    bots: int
    accounts: int
    merged: int
    first_month: int
    last_month: int
    refused: int


class ActivePeriod(NamedTuple):
    """Members who contributed in a period; not `complete` when the record covers only part of it."""

    period: str
    start: int
    members: int
    contributions: int
    complete: bool


class CohortActivity(NamedTuple):
    """Active members of a period who made their first contribution in the years `cohort`."""

    period: str
    cohort: str
    members: int


class OrganisationActivity(NamedTuple):
    """Contributions made in a period from mail domains of an organisation."""

    period: str
    organisation: str
    contributions: int


class LorenzPoint(NamedTuple):
    """The least active `members` (share) made `contributions` (share) of the work."""

    members: float
    contributions: float


class HourCell(NamedTuple):
    """Acts on a weekday in an hour of the members' own clocks."""

    weekday: str
    hour: int
    acts: int


class ReferencePoint(NamedTuple):
    """A point of a curve that theory expects."""

    x: float
    y: float


def overview(community: Community) -> Overview:
    """How much record there is of a community."""
    events = community.events
    is_bot = community.bot[events.member] if len(events) else np.zeros(0, bool)
    by_people = events.at[~is_bot]
    acted = np.unique(events.member)
    bots = int(community.bot[acted].sum())
    first, last = (by_people.min(), by_people.max()) if len(by_people) else (0, 0)
    return Overview(
        len(by_people),
        int(is_bot.sum()),
        len(acted) - bots,
        bots,
        community.identities.accounts,
        len(community.identities.merges),
        int(month_numbers(np.array([first]))[0]),
        int(month_numbers(np.array([last]))[0]),
        community.refusals.total,
    )


def records_digest(community: Community) -> str:
    """Sixteen hex digits that stay the same as long as the records are the same.

    Made from where each record stood (commits of the branches read, digest of a file), or from the times of
    all acts where a reader says no such thing.
    """
    tips = sorted(tip for source in community.sources for tip in source.tips)
    text = "\n".join(tips).encode() or np.ascontiguousarray(community.events.at).tobytes()
    return sha256(text).hexdigest()[:16]


def chart_step(panel: Panel) -> int:
    """How many months a bar of a chart stands for: 12 over four years and more, 3 over one year, else 1."""
    if panel.length >= 4 * MONTHS_A_YEAR:
        return MONTHS_A_YEAR
    return _QUARTER if panel.length >= MONTHS_A_YEAR else 1


def active_by_period(panel: Panel, *, step: int = MONTHS_A_YEAR) -> tuple[ActivePeriod, ...]:
    """Members who contributed in each calendar period of the window, and how much.

    Args:
        panel: The panel.
        step: Months in a period: 12, 3 or 1.

    >>> active_by_period(Panel.of_counts([3, 1]), step=1)
    (ActivePeriod(period='1970-01', start=0, members=2, contributions=4, complete=True),)
    """
    if panel.length <= 0:
        return ()
    rows = panel.rows()
    first, stop = panel.start // step, -(-panel.stop // step)
    period = rows.month // step - first
    acts = np.bincount(period, rows.count, minlength=stop - first).astype(int)
    pairs = np.unique(period.astype(np.int64) * max(panel.size, 1) + rows.member)
    members = np.bincount(pairs // max(panel.size, 1), minlength=stop - first)
    return tuple(
        ActivePeriod(
            _period_text((first + i) * step, step),
            (first + i) * step,
            int(members[i]),
            int(acts[i]),
            (first + i) * step >= panel.start and (first + i + 1) * step <= panel.stop,
        )
        for i in range(stop - first)
    )


def activity_by_cohort(
    panel: Panel, *, step: int = MONTHS_A_YEAR, bands: int = 5
) -> tuple[CohortActivity, ...]:
    """Members who contributed in each period, by the years in which they first did.

    Args:
        panel: The panel; the history before its window tells who came when.
        step: Months in a period.
        bands: At most so many cohorts; each then spans the same number of years.
    """
    rows = panel.rows()
    if not len(rows):
        return ()
    joined = panel.first_month() // MONTHS_A_YEAR
    present = joined[panel.first_month() != NEVER]
    width = -(-(int(present.max()) - int(present.min()) + 1) // bands)
    # Bands end in the newest year, so that the newest cohort is as wide as the others.
    newest = int(present.max())
    band = (newest - joined) // width
    period = rows.month // step
    pairs = np.unique(np.stack([period, band[rows.member], rows.member]), axis=1)
    found, count = np.unique(pairs[:2], axis=1, return_counts=True)
    table = {(int(p), int(b)): int(c) for (p, b), c in zip(found.T, count, strict=True)}
    oldest_band = (newest - int(present.min())) // width
    return tuple(
        CohortActivity(_period_text(p * step, step), _band_text(newest, b, width), table.get((p, b), 0))
        for p in range(panel.start // step, -(-panel.stop // step))
        for b in range(oldest_band, -1, -1)
    )


def organisations(
    panel: Panel, *, step: int = MONTHS_A_YEAR, most: int = 7
) -> tuple[OrganisationActivity, ...]:
    """Contributions in each period by organisation: the `most` largest, the others together, and unknown.

    Unknown are also private addresses and those of forges, which tell no employer.

    Args:
        panel: The panel.
        step: Months in a period.
        most: How many organisations are told apart.
    """
    told = np.array([is_employer(org) or {org, domain_class(org)} & _KINDS for org in panel.orgs], bool)
    rows = panel.rows()
    org = np.where(told[rows.org], rows.org, 0)
    totals = np.bincount(org, rows.count, minlength=len(panel.orgs)).astype(np.int64)
    if totals[1:].sum() == 0:
        return ()
    ranked = [int(i) for i in np.argsort(-totals, kind="stable") if i != 0 and totals[i] > 0]
    names = [panel.orgs[i] for i in ranked[:most]] + ["others", "unknown"]
    place = np.full(len(panel.orgs), len(names) - 2)
    place[ranked[:most]] = np.arange(len(ranked[:most]))
    place[0] = len(names) - 1
    first, stop = panel.start // step, -(-panel.stop // step)
    cells = (rows.month // step - first) * len(names) + place[org]
    table = np.bincount(cells, rows.count, minlength=(stop - first) * len(names)).astype(int)
    return tuple(
        OrganisationActivity(_period_text((first + i) * step, step), name, int(table[i * len(names) + j]))
        for i in range(stop - first)
        for j, name in enumerate(names)
        if name != "others" or len(ranked) > most
    )


def lorenz(panel: Panel) -> tuple[LorenzPoint, ...]:
    """The Lorenz curve of contributions in the window, least active members first, thinned to 200 points.

    >>> lorenz(Panel.of_counts([3, 1]))[1]
    LorenzPoint(members=0.5, contributions=0.25)
    """
    counts = np.sort(panel.counts())
    counts = counts[counts > 0]
    if not len(counts):
        return ()
    share = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
    members = np.arange(len(share)) / len(counts)
    return tuple(
        LorenzPoint(round(float(members[i]), 6), round(float(share[i]), 6)) for i in _thinned(len(share))
    )


def hours(record: Record) -> tuple[HourCell, ...]:
    """Acts by weekday and hour; nothing when no clock offset could be read."""
    if not record.hours.sum():
        return ()
    return tuple(
        HourCell(day, hour, int(record.hours[i, hour]))
        for i, day in enumerate(_WEEKDAYS)
        for hour in range(24)
    )


def one_over_n(curve: Curve) -> tuple[ReferencePoint, ...]:
    """The stopping hazard that falls as 1/n (Wilkinson 2008), through the curve's first point."""
    usable = [
        (float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True) if x > 0 and isfinite(y) and y > 0
    ]
    if not usable:
        return ()
    x0, y0 = usable[0]
    return tuple(ReferencePoint(x, y0 * x0 / x) for x, _ in usable)


def _thinned(size: int) -> Sequence[int]:
    if size <= _LORENZ_POINTS:
        return range(size)
    # Half of the points by rank, half by share of work would need the curve's shape; the busy end of a
    # Lorenz curve is where it bends, so points stand closer there.
    spread: NDArray[np.float64] = 1 - np.linspace(1, 0, _LORENZ_POINTS) ** 2
    return sorted({*np.round(spread * (size - 1)).astype(int).tolist(), 0, size - 1})


def _period_text(month: int, step: int) -> str:
    if step == MONTHS_A_YEAR:
        return text(month)[:4]
    if step == _QUARTER:
        return f"{text(month)[:4]} Q{month % MONTHS_A_YEAR // _QUARTER + 1}"
    return text(month)


def _band_text(newest: int, band: int, width: int) -> str:
    last = newest - band * width + 1970
    return str(last) if width == 1 else f"{last - width + 1}-{last}"
