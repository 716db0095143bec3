"""Founders: worlds that begin with the members of a community."""

from functools import cache

import numpy as np
import pytest

import careers as invented
from allmende.calibration.fit import Fit
from allmende.calibration.fitting import calibrate
from allmende.comparison import compare
from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.model.founders import found
from allmende.model.hearing import traits_of
from allmende.model.rules import Rules
from allmende.model.state import Standing, Status
from allmende.model.worlds import Batch, Worlds, columns_of
from allmende.policies import Bounty
from allmende.simulation import simulate


@cache
def fitted() -> Fit:
    days, _, _ = invented.monthly_days(700, 60, (0.4, 0.5, 0.8, 0.5), 11)
    return calibrate(invented.panel(days[days.sum(axis=1) > 0]), seed=2)


def test_those_who_are_likely_there_are_there_with_their_own_rates() -> None:
    """Over many worlds: how often each member is there, and the mean rate, are those of the posterior."""
    fit, worlds = fitted(), 2_000
    start = fit.beginning(draws=1, seed=2)
    batch = Batch(5, start.members, np.arange(worlds), {}, start.population, np.zeros(worlds, np.int64))
    rules = Rules(start.draws[0], start.economy.institutions)
    values = columns_of(batch, rules)
    people = start.population
    standing = Standing.of_room(np.full(worlds, people.size))
    state = Worlds.opened(batch, values, standing)
    found(standing, people, batch.draws, 0, worlds, traits_of(values, size=worlds), state.streams, batch.seed)
    there = standing.members.status == Status.ACTIVE
    assert there.sum() == standing.count.sum()
    rank = standing.members.rank[there]
    often = np.bincount(rank, minlength=people.size) / worlds
    chance = people.chance[0].astype(float)
    assert np.all(np.abs(often - chance) < 5 * np.sqrt(chance * (1 - chance) / worlds) + 1e-9)

    params = start.draws[0]
    busiest = int(np.argmax(people.days))
    rates = standing.members.rate[there][rank == busiest]
    shape, scale = params.r + people.days[busiest], params.alpha + people.seen[busiest]
    assert rates.mean() == pytest.approx(shape / scale, rel=5 / np.sqrt(shape * len(rates)))
    stays = standing.members.dropout[there][rank == busiest]
    assert stays.mean() == pytest.approx(
        params.a / (params.a + params.b + people.days[busiest] + 1), rel=0.15
    )
    tenure = -standing.members.arrival[there][rank == busiest]
    assert set(tenure.tolist()) == {int(people.seen[busiest])}


def test_a_community_is_simulated_with_a_draw_for_each_replicate() -> None:
    fit = fitted()
    results = simulate(fit, months=6, replicates=40, seed=4)
    assert results["active_members"].shape == (1, 40, 1, 6)
    recent = np.mean([(fit.members.careers.joined == month).sum() for month in range(548, 560)])
    assert results["newcomers"].mean() == pytest.approx(recent, rel=0.4)
    given = {one["name"]: one["provenance"] for one in results.parameters}
    assert given["r"] == "measured"
    assert given["belonging"] != "measured"


def test_bits_depend_on_nothing_but_the_question() -> None:
    fit = fitted()
    one = simulate(fit, months=4, replicates=6, seed=4, threads=1)
    other = simulate(fit, months=4, replicates=6, seed=4, threads=2)
    assert (one["active_days"] == other["active_days"]).all()
    apart = simulate(fit, months=4, replicates=6, seed=5)
    assert (one["active_days"] != apart["active_days"]).any()


def test_policies_meet_the_same_people() -> None:
    """Before its start a policy changes nothing, bit for bit."""
    told = compare(fitted(), policies=[Bounty(pool=100_000, start=4)], months=8, replicates=6)
    days = told.results["active_days"]
    assert (days[0, ..., :4] == days[1, ..., :4]).all()
    assert (days[0, ..., 4:] != days[1, ..., 4:]).any()


def test_parameters_may_be_set_and_wrong_ones_are_refused() -> None:
    none = simulate(fitted(), months=3, replicates=2, parameters={"arrivals": 0.0})
    assert none["newcomers"].sum() == 0
    with pytest.raises(UnknownNameError, match="arrivals"):
        simulate(fitted(), months=3, replicates=2, parameters={"arivals": 0.0})
    with pytest.raises(OutOfRangeError, match="sets of parameters"):
        simulate(fitted(), months=3, replicates=2, draws=[fitted().parameters()])
