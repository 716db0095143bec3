"""What every indicator must do: the specification of the kind."""

import doctest
import warnings
from dataclasses import fields, replace
from math import isnan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from allmende.errors import TooFewError
from allmende.indicator import FAMILIES, Curve, Indicator
from allmende.panel import COLUMNS, MemberWorks, Panel
from conformance_checks import check
from indicator_cases import CLOSED, MOVERS
from interval_coverage import coverage
from strategies import panels

SLACK = 1e-9
EMPTY = Panel.of_counts([])
SILENT = [
    EMPTY,
    replace(EMPTY, start=0, stop=0),
    replace(EMPTY, start=600, stop=612),
    Panel.of_counts([0, 0, 0], actions=("review",)),
    replace(EMPTY, works=MemberWorks(*(np.zeros(0, np.int32) for _ in range(3)), np.zeros(0, np.int64), 0)),
]


def home(plugin: Indicator, panel: Panel) -> Panel:
    """The window an indicator speaks about: the whole record of a career, or the last two years."""
    return panel if plugin.lifetime else panel.last(24)


def answer(plugin: Indicator, panel: Panel) -> float | Curve:
    """The answer; a warning is a failure (no division by nothing)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return plugin(panel)


def same(first: float | Curve, second: float | Curve) -> bool:
    if isinstance(first, Curve) and isinstance(second, Curve):
        return first.labels == second.labels and all(
            np.allclose(getattr(first, name), getattr(second, name), rtol=1e-9, atol=1e-12, equal_nan=True)
            for name in ("x", "y", "weight")
        )
    return bool(np.isclose(first, second, rtol=1e-9, atol=1e-12))


def at(value: float | Curve, label: str) -> float:
    """A number, or the point of a curve."""
    return float(value.y[value.labels.index(label)]) if isinstance(value, Curve) else value


@check("indicator")
def test_says_what_it_asks_and_where_the_definition_is_from(plugin: Indicator) -> None:
    assert plugin.question.endswith("?")
    assert len(plugin.definition.splitlines()) > 1 or plugin.reference
    assert plugin.reference
    assert plugin.family in FAMILIES
    assert plugin.unit
    assert plugin.bounds[0] < plugin.bounds[1]
    assert plugin.better in {"higher", "lower", ""}
    if plugin.unit == "share":
        assert plugin.bounds == (0, 1)


@check("indicator")
def test_its_example_runs(plugin: Indicator) -> None:
    names = {"Panel": Panel, plugin.name: plugin}
    example = doctest.DocTestParser().get_doctest(plugin.definition, names, plugin.name, None, 0)
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


@check("indicator")
def test_refuses_an_empty_panel(plugin: Indicator) -> None:
    for panel in SILENT:
        with pytest.raises(TooFewError) as refusal:
            answer(plugin, panel)
        assert refusal.value.given
        assert refusal.value.estimate is None or not isnan(refusal.value.estimate)


@check("indicator")
def test_answers_the_village(plugin: Indicator, village: Panel) -> None:
    value = answer(plugin, home(plugin, village))
    assert isinstance(value, Curve) == plugin.curve
    if isinstance(value, Curve):
        assert len(value.x) == len(value.y) == len(value.weight) == len(value.labels)
        assert np.isfinite(value.y).any()
        assert value.x_title
    else:
        assert type(value) is float


@check("indicator")
def test_numbers_of_members_and_order_of_rows_mean_nothing(plugin: Indicator, village: Panel) -> None:
    shuffled = renumbered(village, seed=3)
    assert same(answer(plugin, home(plugin, village)), answer(plugin, home(plugin, shuffled)))


@check("indicator")
def test_resampling_everybody_once_changes_nothing(plugin: Indicator, village: Panel) -> None:
    panel = home(plugin, village)
    everybody = panel.resampled(np.arange(panel.size))
    assert same(answer(plugin, panel), answer(plugin, everybody))


@check("indicator")
def test_resampled_answers_stay_in_bounds(plugin: Indicator, village: Panel) -> None:
    panel = home(plugin, village)
    for seed in range(5):
        pick = np.random.default_rng([seed, 5]).integers(panel.size, size=panel.size)
        within_bounds(plugin, panel.resampled(pick))


@check("indicator")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(panel=panels())
def test_stays_in_its_bounds(plugin: Indicator, panel: Panel) -> None:
    within_bounds(plugin, panel)


@check("indicator")
def test_equals_its_closed_form(plugin: Indicator) -> None:
    assert CLOSED[plugin.name], "write down a panel whose answer is known by hand"
    for panel, expected, tolerance in CLOSED[plugin.name]:
        value = answer(plugin, panel)
        wanted = expected if isinstance(expected, dict) else {"": expected}
        for label, number in wanted.items():
            assert at(value, label) == pytest.approx(number, abs=tolerance, nan_ok=True), label


@check("indicator")
def test_moves_on_a_panel_made_to_move_it(plugin: Indicator, village: Panel) -> None:
    change, direction, label = MOVERS[plugin.name]
    panel = home(plugin, village)
    before, after = at(answer(plugin, panel), label), at(answer(plugin, change(panel)), label)
    assert (after - before) * direction > SLACK, f"{before} -> {after}: {change.__doc__}"


# Where resampling members is known to say too little: the largest of a heavy tail, a share of none of a few.
WEAK_INTERVALS = {"payout_top_hundredth_share", "top_member_share", "return_curve"}


@check("indicator")
@pytest.mark.slow
def test_intervals_hold_about_as_often_as_they_say(plugin: Indicator) -> None:
    """Sixty villages at 90 %: three deviations of luck, and what small heavy-tailed samples cost."""
    found = coverage()[plugin.name]
    assert found.villages >= 30
    assert found.share >= (0.3 if plugin.name in WEAK_INTERVALS else 0.6)


def within_bounds(plugin: Indicator, panel: Panel) -> None:
    low, high = plugin.bounds
    try:
        value = answer(plugin, panel)
    except TooFewError as refusal:
        estimate = refusal.estimate
        assert estimate is None or low - SLACK <= estimate <= high + SLACK
        return
    points = value.y[np.isfinite(value.y)] if isinstance(value, Curve) else np.array([value])
    assert len(points)
    assert np.all((points >= low - SLACK) & (points <= high + SLACK))


def renumbered(panel: Panel, *, seed: int) -> Panel:
    """The same panel with other codes of members, works and organisations, its rows shuffled and sorted."""
    luck = np.random.default_rng([seed, 17])
    code = luck.permutation(len(panel.members)).astype(np.int32)
    names = np.empty(len(panel.members), object)
    names[code] = panel.members
    org_code = np.r_[0, 1 + luck.permutation(len(panel.orgs) - 1)].astype(np.int32)
    orgs = np.empty(len(panel.orgs), object)
    orgs[org_code] = panel.orgs
    order = luck.permutation(len(panel))
    columns = {name: getattr(panel, name)[order] for name in COLUMNS}
    columns["member"], columns["org"] = code[columns["member"]], org_code[columns["org"]]
    again = np.lexsort((columns["action"], columns["month"], columns["member"]))
    works = panel.works
    assert works is not None
    shuffle = luck.permutation(len(works.member))
    work_code = luck.permutation(works.size).astype(np.int32)
    return replace(
        panel,
        **{name: column[again] for name, column in columns.items()},
        members=tuple(names),
        orgs=tuple(orgs),
        works=MemberWorks(
            code[works.member[shuffle]],
            works.month[shuffle],
            work_code[works.work[shuffle]],
            works.count[shuffle],
            works.size,
        ),
        _kept={},
    )


def test_every_field_of_the_panel_is_renumbered_or_kept(village: Panel) -> None:
    other = renumbered(village, seed=3)
    assert {f.name for f in fields(Panel)} >= set(COLUMNS)
    assert sorted(other.members) == sorted(village.members)
    assert other.members != village.members
    assert int(other.count.sum()) == int(village.count.sum())
