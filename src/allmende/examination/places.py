"""Places: the map of shared revenue - how much there is to share, what the norm says - and who stands where.

The three regions of S2 and S3, over the horizon of a run and against the same people without it:

    destructive     what those make who would be there anyway falls by more than 5 %
    successful      it does not, and all together make at least 2 % more
    unattractive    neither: it pays too little to matter
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allmende.examination.futures import (
    COMMONS,
    DESIGNS,
    SHARED,
    START,
    Design,
    SharedPrior,
    without_entrants,
)
from allmende.examination.laboratory import Laboratory, Trial
from allmende.exhibits import Case, Cell, Field, Pane
from allmende.model.parameters import MemberParams
from allmende.model.rules import Policy

__all__ = ["HARMS", "PLACES", "REGIONS", "Place", "field_of", "harms_of", "money_of", "region_of"]

Numbers = NDArray[np.float64]
REGIONS = ("unattractive", "destructive", "successful")
HARMS = ("within 5 %", "harmed", "destroyed")
_RUIN, _HARM, _GAIN = np.log(0.8), np.log(0.95), np.log(1.02)
_MONEY, _NORM = "money a month for each paid member (1 = about ten dollars)", "pay norm at the start"
_LEAST = 1e-4
_WIDER, _THIRDS = 1.01, 3
_MOVES, _STAYS = 0.1, 0.0
_CENT_PANE, _BAR_PANE = "from the first cent, a norm that follows", "above a bar, a norm that follows"
_COMMONS_PANE = "in a commons, by active days, a norm that stays"
_PANES = (
    ("from the first cent, a norm that stays", "by views, from the first cent", _STAYS),
    (_CENT_PANE, "by views, from the first cent", _MOVES),
    (_BAR_PANE, "by views above a bar", _MOVES),
    ("for quality above a bar, a norm that stays", "for quality, above a bar", _STAYS),
    (_COMMONS_PANE, "", _STAYS),
)
"""Title, design, and the share of the way that the norm goes up in a month. In a commons firms share."""

_BASE_SHARE = 0.55


class Place(NamedTuple):
    """Where a real community stands. Money is dollars a month for each member who is paid.

    Args:
        name: Its name and years.
        pane: How it shares, and whether the norm follows: a title of the map.
        money: Least, middle and most.
        norm: Least, middle and most of the pay norm when it began.
        seen: The regions that the evidence puts it in.
        rests_on: The rows, and what is recalled or assumed.
    """

    name: str
    pane: str
    money: tuple[float, float, float]
    norm: tuple[float, float, float]
    seen: tuple[str, ...]
    rests_on: str


PLACES = (
    Place(
        "YouTube 2007-12", _BAR_PANE, (10.0, 100.0, 1_000.0), (0.0, 0.1, 0.3), ("successful",),
        "Outcome C33, C34, G8 (read, second hand); bar G9; money for each paid partner recalled, low trust; "
        "norm assumed: the source itself says that money was no motive.",
    ),
    Place(
        "Twitch 2019-21", _BAR_PANE, (3.0, 22.0, 60.0), (0.1, 0.3, 0.6), ("successful",),
        "Money G5, computed from 889 million dollars in nine months over 4.0 to 4.9 million accounts (second "
        "hand); outcome G7 and that it went on (recalled); norm assumed.",
    ),
    Place(
        "Steemit 2016-17", _CENT_PANE, (0.003, 0.03, 0.3), (0.6, 0.8, 1.0), ("unattractive",),
        "Money C35: a cent for the first post (read), one to thirty posts a month (assumed); outcome C35, "
        "C36; norm assumed: founded on tokens.",
    ),
    Place(
        "GitHub Sponsors 2019-21", _BAR_PANE, (3.0, 14.0, 60.0), (0.05, 0.2, 0.5),
        ("destructive", "unattractive"),
        "Money C22: 2.8 sponsorships each (read), five dollars each (recalled); outcome C20-C22: receipt "
        "lowers new projects and community tasks, reviews rise, no effect lasts; norm from C16, C12 "
        "(assumed).",
    ),
    Place(
        "A typical free-software project", _COMMONS_PANE, (0.1, 1.0, 10.0), (0.0, 0.15, 0.4),
        ("unattractive",),
        "Outcome C23: many ask, no clear effect, money unspent (read); money for each paid member "
        "recalled, low trust; norm from C16 and C41: most are unpaid (read, recalled).",
    ),
)  # fmt: skip
"""Real communities: figures with the ids of `docs/evidence.md`; what is recalled or assumed says so."""


def region_of(total: Numbers, there: Numbers) -> NDArray[np.int64]:
    """The region of each run, as its place in `REGIONS`.

    Args:
        total: Logarithm of the output of all, with shared revenue against without.
        there: The same of those who would be there anyway.

    >>> region_of(np.log([1.01, 0.90, 1.10, 1.10]), np.log([1.0, 0.90, 1.0, 0.9])).tolist()
    [0, 1, 2, 1]
    """
    found: NDArray[np.int64] = np.where(there < _HARM, 1, np.where(total >= _GAIN, 2, 0))
    return found


def money_of(draws: tuple[SharedPrior, ...], share: float) -> Numbers:
    """What a month's pool is worth to each member at the start, in the unit from which amounts matter."""
    return np.array(
        [
            share * each.market * each.adopted * each.views_a_use * each.ad_price / each.pay_unit
            for each in draws
        ]
    )


def field_of(laboratory: Laboratory) -> Field:
    """The map of the three regions: a design on each pane, money across, pay norm up."""
    return laboratory.once("field", lambda: _field(laboratory))


def harms_of(laboratory: Laboratory) -> Field:
    """The same worlds, by what becomes of the output of those who would be there anyway."""
    return laboratory.once("harms", lambda: _harms(laboratory))


def _field(laboratory: Laboratory) -> Field:
    panes = []
    for title, everybody, there, place in _worlds(laboratory):
        total = everybody.ratio("output", place)
        code = region_of(total, there.ratio("output", place))
        cells = _cells(laboratory, everybody, place, [REGIONS[one] for one in code], np.expm1(total))
        panes.append(Pane(title, cells, _cases(title, cells)))
    return Field(
        name="map",
        title="Three regions of shared revenue",
        says=f"{_said(laboratory)}; points are real communities, as far as their figures are known",
        x=_MONEY,
        y=_NORM,
        regions=REGIONS,
        panes=tuple(panes),
        effect="change of the output of all",
    )


def _harms(laboratory: Laboratory) -> Field:
    panes = []
    for title, everybody, there, place in _worlds(laboratory):
        own = there.ratio("output", place)
        code = np.where(own < _RUIN, 2, np.where(own < _HARM, 1, 0))
        cells = _cells(laboratory, everybody, place, [HARMS[one] for one in code], np.expm1(own))
        panes.append(Pane(title, cells, ()))
    return Field(
        name="harms",
        title="What becomes of those who would be there anyway",
        says=f"{_said(laboratory)}: less than 5 % lower, 5 to 20 % lower, or more",
        x=_MONEY,
        y=_NORM,
        regions=HARMS,
        panes=tuple(panes),
        effect="change of the output of those who would be there anyway",
    )


def _said(laboratory: Laboratory) -> str:
    months = laboratory.size.months - START
    worlds = laboratory.size.cell_worlds
    return f"each field is {worlds} worlds over {months} months, everything else at its default"


def _worlds(laboratory: Laboratory) -> tuple[tuple[str, Trial, Trial, int], ...]:
    """For each pane: title, worlds of all, those without whom pay draws, place of its design."""
    runs = laboratory.once(
        "map worlds", lambda: {moves: _runs(laboratory, moves) for moves in (_STAYS, _MOVES)}
    )
    commons = laboratory.once("map commons", lambda: _runs_of_commons(laboratory))
    places = {title: place for place, (title, _) in enumerate(_designs(), 1)}
    return tuple(
        (title, *(runs[moves] if design else commons), places.get(design, 1))
        for title, design, moves in _PANES
    )


def _designs() -> tuple[tuple[str, Design], ...]:
    titles = dict.fromkeys(design for _, design, _ in _PANES if design)
    return tuple((title, next(each for each in DESIGNS if each.title == title)) for title in titles)


def _runs(laboratory: Laboratory, moves: float) -> tuple[Trial, Trial]:
    """The worlds of every field under every design: of all members, and without those whom pay draws."""
    # Infrastructure costs nothing here, so that there is something to share wherever there is income.
    other = SHARED.with_values(norm_up=moves, upkeep_cost=0.0)
    draws = [_priced(other, amount).with_values(pay_norm=norm) for amount, norm in _fields(laboratory)]
    return _both(laboratory, "sharing", draws, [design.policy for _, design in _designs()])


def _runs_of_commons(laboratory: Laboratory) -> tuple[Trial, Trial]:
    """The same of a commons in which nobody is employed and the firms share their sales with contributors."""
    other = COMMONS.with_values(norm_up=_STAYS, upkeep_cost=0.0, employed=0.0, employed_start=0.0)
    at_one = _BASE_SHARE * other.market * other.adopted / other.pay_unit
    draws = [
        other.with_values(revenue_a_user=amount / at_one, pay_norm=norm)
        for amount, norm in _fields(laboratory)
    ]
    return _both(laboratory, "commons", draws, [DESIGNS[0].policy])


def _fields(laboratory: Laboratory) -> tuple[tuple[float, float], ...]:
    """Money for each member and pay norm of every field, column by column."""
    money = np.geomspace(0.005, 30.0, laboratory.size.columns)
    norms = (np.arange(laboratory.size.rows) + 0.5) / laboratory.size.rows
    return tuple((float(amount), float(norm)) for amount in money for norm in norms)


def _both(
    laboratory: Laboratory, economy: str, draws: Sequence[MemberParams], policies: Sequence[Policy]
) -> tuple[Trial, Trial]:
    first, second = (
        laboratory.trial(
            economy,
            each,
            policies,
            wanted=("output", "paid_members"),
            start=START,
            replicates=laboratory.size.cell_worlds,
        )
        for each in (draws, without_entrants(draws))
    )
    return first, second


def _priced(draw: SharedPrior, amount: float) -> SharedPrior:
    """The draw with such a price of advertising that each member's part of the pool is this amount."""
    at_one = float(money_of((draw,), _BASE_SHARE)[0]) / draw.ad_price
    return draw.with_values(ad_price=min(amount / at_one, 1_000.0))


def _cells(
    laboratory: Laboratory, everybody: Trial, place: int, region: list[str], effect: Numbers
) -> tuple[Cell, ...]:
    columns, rows = laboratory.size.columns, laboratory.size.rows
    paid = np.maximum(everybody.values["paid_members"][place], 0.1)
    each = everybody.paid("revenue share", "members", place) / paid / SHARED.pay_unit
    edges = _edges(np.median(each.reshape(columns, rows), axis=1))
    return tuple(
        Cell(
            float(edges[column]), float(edges[column + 1]), row / rows, (row + 1) / rows,
            region[column * rows + row], float(effect[column * rows + row]),
        )
        for column in range(columns)
        for row in range(rows)
    )  # fmt: skip


def _edges(centres: Numbers) -> Numbers:
    """Edges between columns, halfway on the logarithmic axis; centres only ever rise."""
    rising = np.log(np.maximum.accumulate(np.maximum(centres, _LEAST)))
    rising = rising + 1e-6 * np.arange(len(rising))
    between = (rising[1:] + rising[:-1]) / 2
    ends = (2 * rising[0] - between[0], 2 * rising[-1] - between[-1])
    return np.asarray(np.exp(np.concatenate([ends[:1], between, ends[1:]])), np.float64)


def _cases(title: str, cells: tuple[Cell, ...]) -> tuple[Case, ...]:
    unit = SHARED.pay_unit / 100
    found = []
    for place in PLACES:
        if place.pane == title:
            low, mid, high = (each / unit for each in place.money)
            norm_low, norm, norm_high = place.norm
            predicted = _predicted(cells, (low, high), (norm_low, norm_high))
            found.append(
                Case(
                    place.name,
                    mid,
                    low,
                    high,
                    norm,
                    norm_low,
                    norm_high,
                    predicted,
                    place.seen,
                    place.rests_on,
                )
            )
    return tuple(found)


def _predicted(
    cells: tuple[Cell, ...], money: tuple[float, float], norm: tuple[float, float]
) -> tuple[str, ...]:
    """The regions that cover a third of a span or more, greatest first; beyond the map its edge counts."""
    least, most = min(cell.x for cell in cells), max(cell.x2 for cell in cells)
    low, high = (min(max(each, least), most) for each in money)
    area = dict.fromkeys(REGIONS, 0.0)
    for cell in cells:
        across = np.log(min(cell.x2, high * _WIDER)) - np.log(max(cell.x, low / _WIDER))
        up = min(cell.y2, norm[1]) - max(cell.y, norm[0])
        if across > 0 and up > 0:
            area[cell.region] += float(across * up)
    whole = sum(area.values())
    ordered = sorted(REGIONS, key=lambda region: -area[region])
    return tuple(region for region in ordered if area[region] * _THIRDS >= whole > 0)
