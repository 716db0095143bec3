"""Calibrate: fit the member model to what a community's own record says.

    fit = calibrate(community, until="2022-12")
    fit.estimates()                    # every parameter: value, interval, where it comes from
    fit.draws(100)["a"]                # what is believed after the record

Likelihoods in closed form, so the whole takes seconds for a hundred thousand members (`docs/calibration.md`).
"""

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers, careers_of, grouped
from allmende.calibration.fit import Fit
from allmende.calibration.joining import fit_joining
from allmende.calibration.lawfit import Law, draw_law, fit_law
from allmende.calibration.likelihood import alive
from allmende.calibration.offices import offices_of
from allmende.calibration.patterns import Pattern, compared
from allmende.calibration.posterior import members_of, series_of
from allmende.calibration.recent import Year, recent_of
from allmende.calibration.stretch import Stretch, enough, joined_since, stretch_of
from allmende.calibration.work import fit_work, intensities
from allmende.calibration.worlds import cells_of
from allmende.community import Break, Community
from allmende.grouping import changes, distinct_days
from allmende.months import MONTHS_A_YEAR, parse, text
from allmende.panel import CONTRIBUTIONS, Panel
from allmende.simulation import economy_called

__all__ = ["WORLDS", "calibrate"]

WORLDS = 30
"""Worlds by the law alone, against which the record is held."""


def calibrate(
    community: Community | Panel,
    *,
    until: int | str | None = None,
    seed: int = 1,
    name: str = "",
    economy: str = "commons",
    check: bool = True,
) -> Fit:
    """What do this community's records say about its members, and how sure is that?

    Args:
        community: The community, or its panel (then breaks of the record are not known).
        until: Last month to be fitted, "2022-12" or its number; all complete months when None.
        seed: Seed of everything drawn.
        name: What to call it; the community's own name when empty.
        economy: The economy its worlds run in, for what the record does not say.
        check: Whether to hold the law against the record (a fifth of a second for a thousand members).

    Raises:
        TooFewError: too few members or months to fit; what is distrusted and what helps are said.
        OutOfRangeError: no month of the record lies before `until`.
        UnknownNameError: there is no such economy; the nearest is offered.
    """
    panel, breaks, regime, called = _panel(community)
    stop = None if until is None else (parse(until) if isinstance(until, str) else until) + 1
    stretch = stretch_of(panel, until=stop, breaks=breaks, regime=regime)
    careers = careers_of(panel, start=stretch.start, stop=stretch.stop)
    economy_called(economy)
    since = joined_since(careers, stretch)
    joined = careers.where(careers.fresh & (careers.joined >= since))
    odd = enough(careers, joined, stretch)
    law = fit_law(grouped(joined))
    active = alive(careers, law.logs)
    work = fit_work(careers, law.values, active)
    made = intensities(careers, law.values, active, work)
    known = members_of(careers, panel.members, law.values, made)
    joining = fit_joining(
        series_of(
            careers, law.values, start=stretch.start, stop=stretch.stop, days=_days(panel, stretch)
        ).last(stretch.stop - stretch.newcomers_from if stretch.cut else stretch.months)
    )
    recent = recent_of(careers, law.values, made, work.extra, _year(panel, careers, stretch))
    patterns = _patterns(panel, joined, law, stretch, seed) if check else ()
    offices = offices_of(joined, law)
    notes = (
        *_missed(patterns), *odd, *stretch.notes, *_weak(law, careers), *_since(since, stretch, joined),
        *((offices.told,) if offices and offices.apart else ()),
    )  # fmt: skip
    return Fit(
        name or called, stretch, since, law, work, joining, recent, known, patterns, offices, notes, seed,
        economy, panel=panel,
    )  # fmt: skip


def _panel(community: Community | Panel) -> tuple[Panel, tuple[Break, ...], str, str]:
    if isinstance(community, Panel):
        return community, (), community.regime, "the community"
    from allmende.aggregation.memory import panel_of
    from allmende.records.record import possible_moment

    panel = panel_of(community, kept=possible_moment(community.events))
    return panel, community.record.breaks, community.record.regime, community.name


def _days(panel: Panel, stretch: Stretch) -> NDArray[np.float64]:
    """Active days of all members in each month of the stretch."""
    rows = panel.rows(window=False, actions=CONTRIBUTIONS)
    inside = (rows.month >= stretch.start) & (rows.month < stretch.stop)
    member, month, days = rows.member[inside], rows.month[inside], rows.day_set[inside]
    cells = np.flatnonzero(changes(member, month))
    total = np.bincount(month[cells] - stretch.start, distinct_days(days, cells), minlength=stretch.months)
    return total.astype(np.float64)


def _year(panel: Panel, careers: Careers, stretch: Stretch) -> Year:
    """What was counted in the last year of the stretch."""
    months = min(MONTHS_A_YEAR, stretch.months)
    rows = panel.rows(window=False, actions=CONTRIBUTIONS)
    inside = (rows.month >= stretch.stop - months) & (rows.month < stretch.stop)
    active = np.count_nonzero(changes(rows.member[inside], rows.month[inside]))
    came = careers.fresh & (careers.joined >= stretch.stop - months)
    return Year(months, float(came.sum()), float(active), float(rows.count[inside].sum()))


def _patterns(
    panel: Panel, joined: Careers, law: Law, stretch: Stretch, seed: int
) -> tuple[Pattern, ...]:  # fmt: skip
    cells = cells_of(panel, joined.member, joined.joined, stretch.stop)
    return compared(cells, draw_law(law, WORLDS, seed=seed), seed=seed)


def _missed(patterns: tuple[Pattern, ...]) -> tuple[str, ...]:
    """The first line, where the law does not describe the record."""
    missed = [one.told for one in patterns if one.missed]
    if not missed:
        return ()
    of = f"{len(missed)} of {len(patterns)} patterns"
    return (f"The member model does not describe this community in {of}: {'; '.join(missed)}.",)


def _since(since: int, stretch: Stretch, joined: Careers) -> tuple[str, ...]:
    if since == stretch.newcomers_from:
        return ()
    return (f"The law of members is that of the {len(joined):,} who joined from {text(since)} on.",)


def _weak(law: Law, careers: Careers) -> tuple[str, ...]:
    notes = []
    if not law.found:
        notes.append(
            "The likelihood of the members' law has no maximum within its bounds: its values are the "
            "least bad, and what is believed rests on the priors."
        )
    if (careers.days == 1).mean() > 0.9:  # noqa: PLR2004 - nine in ten
        notes.append("Nine in ten members acted on a single day.")
    return tuple(notes)
