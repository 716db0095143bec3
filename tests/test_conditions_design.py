"""Designs: even, keyed by name, extendable, and those that SALib understands."""

import numpy as np
import pytest

from allmende.conditions.design import believed, of_draws, saltelli, sample
from allmende.economies.commons import COMMONS
from allmende.errors import OutOfRangeError, UnknownNameError
from allmende.priors import share_below

PAY = ("pay_jump", "pay_norm", "pay_unit")


def test_every_parameter_with_a_prior_is_varied_and_nothing_else() -> None:
    design = sample("commons", size=16)
    assert design.names == believed(COMMONS.parameters)
    fixed = set(COMMONS.parameters.declarations()) - set(design.names)
    for draw in design.draws:
        assert all(getattr(draw, name) == getattr(COMMONS.parameters, name) for name in fixed)
    spread = design.values.std(axis=0)
    assert (spread > 0).all()


def test_the_values_are_the_quantiles_of_the_priors() -> None:
    design = sample("commons", size=64, names=PAY)
    known = COMMONS.parameters.declarations()
    for place, name in enumerate(design.names):
        prior, low, high = known[name].prior, known[name].low, known[name].high
        below, above = share_below(prior, low), share_below(prior, high)
        for u, value in zip(design.unit[:, place], design.values[:, place], strict=True):
            assert (share_below(prior, value) - below) / (above - below) == pytest.approx(u, abs=1e-6)
    assert [draw.pay_jump for draw in design.draws] == design.column("pay_jump").tolist()


def test_points_are_even_in_every_dimension() -> None:
    """Of 1, 2, 4, ... points there is one in each of as many equal parts."""
    unit = sample("commons", size=256).unit
    for size in (1, 2, 4, 64, 256):
        parts = np.sort((unit[:size] * size).astype(int), axis=0)
        assert (parts == np.arange(size)[:, None]).all()


def test_no_two_parameters_move_together() -> None:
    """Chance alone makes correlations of 1 / sqrt(points): of cosines too, not of the values alone."""
    unit = sample("commons", size=1_000).unit
    for basis in (unit, np.cos(2 * np.pi * unit), np.cos(5 * np.pi * unit)):
        related = np.corrcoef(basis.T)[np.triu_indices(unit.shape[1], 1)] * 1_000**0.5
        assert related.std() < 1.1
        assert np.abs(related).max() < 4.5


def test_more_points_begin_with_the_fewer_ones_and_a_name_decides_the_values() -> None:
    many, few, alone = (
        sample("commons", size=100, seed=3),
        sample("commons", size=40, seed=3),
        sample("commons", size=100, seed=3, names=["pay_unit"]),
    )
    assert np.array_equal(many.values[:40], few.values)
    assert np.array_equal(many.column("pay_unit"), alone.values[:, 0])
    assert alone.draws[0].pay_jump == COMMONS.parameters.pay_jump


def test_it_is_the_same_bits_twice_and_others_under_another_seed() -> None:
    first, again, other = (sample("sharing", size=20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.unit, again.unit)
    assert (first.unit != other.unit).all()
    # Frozen bits: a change of the points is a change of every study that was published.
    assert (first.unit[:3, 0] * 2**33).astype(np.int64).tolist() == FROZEN


FROZEN = [1708197, 7459736092, 5232572573]


def test_what_is_known_is_not_varied() -> None:
    design = sample("commons", size=4, parameters={"pay_jump": 0.7})
    assert "pay_jump" not in design.names
    assert {draw.pay_jump for draw in design.draws} == {0.7}


def test_saltelli_changes_one_coordinate_at_a_time() -> None:
    design = saltelli("commons", size=8, names=PAY)
    blocks = design.unit.reshape(8, 5, 3)
    for block in blocks:
        assert ((block[1:4] != block[0]) == np.eye(3, dtype=bool)).all()
        assert np.array_equal(np.diag(block[1:4]), block[4])
    assert len(np.unique(blocks[:, [0, 4]].reshape(-1, 3), axis=0)) == 16


def test_given_draws_are_a_design_of_what_differs() -> None:
    design = sample("commons", size=30, names=PAY)
    found = of_draws(design.draws)
    assert found.names == design.names
    assert np.array_equal(found.values, design.values)
    assert np.array_equal(found.unit.argsort(axis=0), design.values.argsort(axis=0))


def test_bad_designs_are_refused_in_words() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'pay_jump'"):
        sample("commons", size=4, names=["pay_jum"])
    with pytest.raises(UnknownNameError, match="prior"):
        sample("commons", size=4, names=["history"])
    with pytest.raises(OutOfRangeError, match="size is 0"):
        sample("commons", size=0)
    with pytest.raises(OutOfRangeError, match="left to vary"):
        sample("commons", size=4, names=[])
    with pytest.raises(OutOfRangeError, match="do not differ"):
        of_draws([COMMONS.parameters, COMMONS.parameters])
    with pytest.raises(UnknownNameError, match="Did you mean 'pay_norm'"):
        sample("commons", size=4).column("pay_nrm")
