"""What a fit is held against: patterns that can fail, rival laws, members of known organisations."""

import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import careers as invented
from allmende.calibration.careers import careers_of, grouped
from allmende.calibration.fitting import calibrate
from allmende.calibration.lawfit import PRIORS, draw_law, fit_law
from allmende.calibration.likelihood import NAMES
from allmende.calibration.offices import offices_of
from allmende.calibration.patterns import compared, figures
from allmende.calibration.rivals import rivals
from allmende.calibration.worlds import Cells, cells_of, imagined
from allmende.community import Break
from allmende.errors import TooFewError
from allmende.panel import Panel

LAW = (0.4, 0.5, 0.8, 0.5)


def cells(who: list[int], month: list[int], days: list[int], seen: list[int]) -> Cells:
    return Cells(*(np.array(column, np.int64) for column in (who, month, days, seen)))


def test_figures_by_hand() -> None:
    """Four members: one day and gone; three days and gone; back after four months; came lately."""
    found, counted = figures(
        cells([0, 1, 1, 2, 2, 3], [0, 0, 1, 0, 5, 0], [1, 2, 1, 1, 1, 1], [40, 40, 40, 4])
    )
    # After the first day member 0 stopped; 1 and 2 went on; of member 3 it is not known.
    assert (found[0], counted[0]) == (pytest.approx(1 / 3), 3)
    # Member 2 had one silence of more than three months that ended, and all three a last one.
    assert (found[6], counted[6]) == (pytest.approx(1 / 4), 4)
    assert found[10] == pytest.approx(2 / 3)  # active again within six months: members 1 and 2 of three
    assert found[-1] == pytest.approx(7 / 6)


def test_cells_of_a_panel_are_its_active_months() -> None:
    days, joined, _ = invented.monthly_days(80, 30, LAW, 2)
    found = cells_of(invented.panel(days), np.arange(80), joined + 500, 530)
    table = np.zeros_like(days)
    table[found.who, found.month + joined[found.who]] = found.days
    assert (table == days).all()
    assert (found.seen == 30 - joined).all()


def test_imagined_careers_follow_the_law() -> None:
    """Estimates from careers made by the kernel of the simulator come near the law they were made with."""
    seen = np.full(20_000, 48)
    found = imagined(seen, np.array(LAW), seed=3, replicate=0)
    days = np.zeros((20_000, 48), np.int64)
    days[found.who, found.month] = found.days
    law = fit_law(grouped(careers_of(invented.panel(days), start=500, stop=548)))
    assert np.all(np.abs(law.logs - np.log(LAW)) < 4 * law.errors)


def misfitting(members: int, months: int, seed: int) -> NDArray[np.int64]:
    """Members who stay a fixed half-year and act in every month of it, or only once: no such law."""
    luck = np.random.default_rng(seed)
    days = np.zeros((members, months), np.int64)
    joined = luck.integers(0, months, members)
    stays = np.where(luck.random(members) < 0.4, 6, 1)
    for member in range(members):
        days[member, joined[member] : joined[member] + stays[member]] = 1 + luck.poisson(3, 1)
    return days


def test_a_fit_of_the_law_itself_is_not_flagged() -> None:
    flagged = 0
    for seed in range(8):
        days, _, _ = invented.monthly_days(500, 48, LAW, seed)
        flagged += any(one.missed for one in calibrate(invented.panel(days), seed=seed).patterns)
    assert flagged <= 1


def test_misfit_is_said_in_the_first_line() -> None:
    for seed in range(4):
        fit = calibrate(invented.panel(misfitting(500, 48, seed)), seed=seed)
        assert "does not describe this community in" in fit.notes[0]
        assert fit.notes[0].count("by the law") == sum(one.missed for one in fit.patterns)


def test_few_members_make_no_pattern() -> None:
    laws = np.array([LAW, LAW, LAW])
    few = imagined(np.full(8, 40), np.array(LAW), seed=1, replicate=0)
    assert compared(few, laws, seed=1) == ()


def test_the_law_that_made_the_record_is_the_likeliest() -> None:
    made, _ = invented.careers(1_500, 60, LAW, 3)
    found = rivals(made)
    assert found[0].name == "MBG/NBD"
    assert {one.name for one in found} == {"MBG/NBD", "BG/NBD", "PDO", "Pareto/NBD"}
    assert all(one.members == 1_500 for one in found)


def test_death_in_calendar_time_is_told_from_death_after_acts() -> None:
    """Members who leave with the same chance every month, busy or not: the periodic law describes them."""
    luck = np.random.default_rng(9)
    rate, chance = luck.gamma(1.0, 1.0, 1_500), luck.beta(1.0, 8.0, 1_500)
    life = luck.geometric(chance)
    days = luck.poisson(rate[:, None], (1_500, 40))
    days[:, 0] += 1
    days[np.arange(40)[None, :] >= life[:, None]] = 0
    found = rivals(careers_of(invented.panel(np.minimum(days, 28)), start=500, stop=540))
    assert found[0].name in {"PDO", "Pareto/NBD"}
    assert found[0].log_likelihood - next(x for x in found if x.name == "MBG/NBD").log_likelihood > 10


def test_two_laws_are_seen_where_there_are_two() -> None:
    one, _ = invented.careers(400, 48, (1.0, 0.3, 0.4, 2.0), 1)
    other, _ = invented.careers(400, 48, LAW, 2)
    names = one.__dataclass_fields__
    both = type(one)(**{name: np.r_[getattr(one, name), getattr(other, name)] for name in names})
    both = replace(both, org=np.repeat([1, 0], 400))
    found = offices_of(both, fit_law(grouped(both)))
    assert found is not None
    assert found.apart
    assert re.search(r"1[3-9]% stay for a single day \(others [56]\d%\)", found.told)
    same = replace(both, org=np.arange(800) % 2)
    alike = offices_of(same, fit_law(grouped(same)))
    assert alike is not None
    assert not alike.apart
    assert offices_of(one, fit_law(grouped(one))) is None


def test_ranks_of_the_truth_among_the_draws_are_uniform() -> None:
    """Simulation-based calibration, small: the whole is in `benchmarks/calibration.py`."""
    from scipy.stats import kstest

    luck, sets, ranked, narrow = np.random.default_rng(5), 60, [], []
    medians, spreads = zip(*(PRIORS[name] for name in NAMES), strict=True)
    for number in range(sets):
        true = np.log(medians) + np.array(spreads) * luck.standard_normal(4)
        made, _ = invented.careers(200, 40, tuple(np.exp(true).tolist()), 900 + number)
        draws = np.log(draw_law(fit_law(grouped(made)), 63, seed=number))
        ranked.append((draws < true).mean(axis=0))
        middle = draws.mean(axis=0)
        narrow.append((middle + 0.3 * (draws - middle) < true).mean(axis=0))
    for place in range(4):
        assert kstest(np.array(ranked)[:, place], "uniform").pvalue > 0.001 / 4
    # Draws that are far too narrow would be seen.
    assert min(kstest(np.array(narrow)[:, place], "uniform").pvalue for place in range(4)) < 0.001 / 4


def broken(days: NDArray[np.int64], month: int, kind: str) -> tuple[Panel, tuple[Break, ...]]:
    return invented.panel(days), (Break(month, kind, "members a month fell from 40 to 12"),)


def test_only_what_follows_a_break_is_fitted() -> None:
    from allmende.calibration.stretch import joined_since, stretch_of

    days, _, _ = invented.monthly_days(900, 72, LAW, 4)
    panel, breaks = broken(days, 530, "split")
    stretch = stretch_of(panel, until=None, breaks=breaks, regime="author")
    assert (stretch.start, stretch.newcomers_from) == (530, 542)
    assert "Only 2014-03" in stretch.notes[0]
    made = careers_of(panel, start=stretch.start, stop=stretch.stop)
    assert joined_since(made, stretch) == 542
    # Who was there before the break is seen for the first time after it, and is no newcomer.
    assert not made.fresh[made.joined == 530].all()
    kept = stretch_of(panel, until=None, breaks=broken(days, 530, "rewrite")[1], regime="author")
    assert kept.start == 500
    assert "was changed" in kept.notes[0]


def test_a_short_rest_after_a_break_is_refused() -> None:
    from allmende.calibration.stretch import enough, stretch_of

    days, _, _ = invented.monthly_days(900, 72, LAW, 4)
    panel, breaks = broken(days, 560, "regime")
    stretch = stretch_of(panel, until=None, breaks=breaks, regime="mixed")
    made = careers_of(panel, start=stretch.start, stop=stretch.stop)
    with pytest.raises(TooFewError, match="12 months are known"):
        enough(made, made.where(made.joined >= stretch.newcomers_from), stretch)
    with pytest.raises(TooFewError, match=r"0 joined .* after the break they can be told from 2017-09 on"):
        enough(made, made.where(made.joined >= stretch.newcomers_from), stretch)
