"""Results: labelled arrays with a hash of their outcome."""

from dataclasses import replace

import numpy as np
import pytest

from allmende.errors import UnknownNameError
from allmende.results import DIMENSIONS, Replay, Results, Variable

SHAPE = (2, 1, 3, 6)
PUBLISHED = "19e5dbe51483bfb9cecb646d6d28cb5c2bcf769bea585c18b269c613b0283a65"


def make(**changes) -> Results:
    """Two policies, one draw, three replicates, six months."""
    chance = np.random.default_rng(9)
    members = Variable("members", "members", "Active members", chance.integers(0, 99, SHAPE))
    gini = Variable("gini", "share", "Gini of contributions", chance.random(SHAPE))
    flows = {("dues", "firms", "foundation"): chance.integers(0, 99, SHAPE)}
    usual = Results(
        policies=("baseline", "bounty"),
        months=np.arange(600, 606, dtype=np.int32),
        variables={"members": members, "gini": gini},
        parameters=({"name": "warmth", "value": "0.3", "provenance": "literature"},),
        replay=Replay("simulate", {"economy": "commons", "members": 100}, 2**64 - 1, "0.1.0"),
        flows=flows,
        notes=("Extinct in one replicate.",),
    )
    return replace(usual, **changes)


def _with(results, name, values):
    variable = replace(results.variables[name], values=values)
    return replace(results, variables={**results.variables, name: variable})


def test_a_variable_is_found_by_name() -> None:
    results = make()
    assert results["gini"].shape == SHAPE
    with pytest.raises(UnknownNameError, match=r"no variable is called 'ginni'.*Did you mean 'gini'"):
        results["ginni"]


def test_the_hash_is_published() -> None:
    """It must be the same on every machine and in every later version."""
    values = np.array([0.5, -0.0, np.nan, 1e300, -np.inf, 3.0]).reshape(1, 1, 1, 6)
    results = make(
        policies=("baseline",),
        variables={"gini": Variable("gini", "share", "Gini", values)},
        flows={("dues", "firms", "foundation"): np.arange(6).reshape(1, 1, 1, 6)},
    )
    assert results.hash() == PUBLISHED


def test_the_hash_does_not_depend_on_how_it_was_computed() -> None:
    results = make()
    again = [
        replace(results, notes=()),
        replace(results, replay=replace(results.replay, version="9.9", arguments={}, seed=0)),
        replace(results, variables=dict(reversed(results.variables.items()))),
        _with(results, "gini", np.asfortranarray(results["gini"])),
        _with(results, "members", results["members"].astype(np.int32)),
        _with(results, "gini", results["gini"].astype(">f8")),
    ]
    assert {each.hash() for each in again} == {results.hash()}


def test_every_nan_is_the_same_nan() -> None:
    first, second = make()["gini"].copy(), make()["gini"].copy()
    first[0, 0, 0, 0] = np.nan
    second[0, 0, 0, 0] = np.array([0xFFF8000000000001], np.uint64).view(np.float64)[0]
    assert _with(make(), "gini", first).hash() == _with(make(), "gini", second).hash() != make().hash()


def test_the_hash_sees_every_outcome() -> None:
    results = make()
    nudged, moved = results["gini"].copy(), results["members"].copy()
    nudged[1, 0, 2, 5] = np.nextafter(nudged[1, 0, 2, 5], 2)
    moved[0, 0, 0, 0], moved[0, 0, 0, 1] = moved[0, 0, 0, 1], moved[0, 0, 0, 0]
    key = ("dues", "firms", "foundation")
    others = [
        _with(results, "gini", nudged),
        _with(results, "members", moved),
        _with(results, "members", results["members"].astype(float)),
        replace(results, policies=("baseline", "grant")),
        replace(results, months=results.months + 1),
        replace(results, flows={}),
        replace(results, flows={key: results.flows[key] + 1}),
        replace(results, flows={("dues", "firms", "platform"): results.flows[key]}),
        replace(results, parameters=()),
        replace(results, variables={"gini": results.variables["gini"]}),
        replace(
            results,
            variables={**results.variables, "gini": replace(results.variables["gini"], unit="1")},
        ),
    ]
    hashes = [each.hash() for each in [results, *others]]
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policies": ("baseline",)}, "2 policies, not 1"),
        ({"months": np.arange(5, dtype=np.int32)}, "6 months, not 5"),
        ({"flows": {("a", "b", "c"): np.zeros((2, 1, 3))}}, "differ in shape"),
        ({"variables": {"x": Variable("y", "1", "Y", np.zeros(SHAPE))}}, "'y' is filed under 'x'"),
        ({"variables": {}, "flows": {("a", "b", "c"): np.zeros((2, 3, 6))}}, "not one axis for each"),
    ],
)
def test_shapes_that_do_not_fit_are_faults(changes, message) -> None:
    with pytest.raises(AssertionError, match=message):
        make(**changes)


def test_as_xarray() -> None:
    results = make()
    found = results.to_xarray()
    assert found["gini"].dims == DIMENSIONS
    assert found["gini"].attrs == {"units": "share", "long_name": "Gini of contributions"}
    assert np.array_equal(found["members"].sel(policy="bounty", month=603), results["members"][1, :, :, 3])
    money = found["flows"].sel(flow="dues: firms to foundation")
    assert np.array_equal(money, results.flows["dues", "firms", "foundation"])
    assert found.attrs["hash"] == results.hash()
    assert found.attrs["seed"] == "18446744073709551615"
    assert "flows" not in make(flows={}).to_xarray()


def test_results_without_anything_in_them() -> None:
    empty = make(variables={}, flows={})
    assert len(empty.hash()) == 64
    assert list(empty.to_xarray().data_vars) == []
