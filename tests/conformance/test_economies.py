"""Every economy plug-in: what it must keep, whoever wrote it."""

from pathlib import Path

import numpy as np
import pytest

from allmende import odd
from allmende.ledger import ACCOUNTS
from allmende.model.economy import Economy
from allmende.model.parameters import MemberParams
from allmende.plugins import find
from allmende.simulation import simulate

ECONOMIES = [each for each in find("economy").values() if isinstance(each, Economy)]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "odd"
every = pytest.mark.parametrize("economy", ECONOMIES, ids=lambda each: each.name)
SMALL = {"members": 60, "months": 14, "replicates": 2, "threads": 1}


def finite(found) -> None:
    for name, variable in found.variables.items():
        values = variable.values
        if name in {
            "yearly_members",
            "gini",
            "top_tenth_share",
            "half_members",
            "single_share",
            "single_contributions",
        }:
            continue
        assert np.isfinite(values).all(), name


@every
def test_it_is_the_same_twice_and_on_every_number_of_threads(economy: Economy) -> None:
    assert simulate(economy, **SMALL).hash() == simulate(economy, **(SMALL | {"threads": 3})).hash()


@every
def test_every_cent_is_kept(economy: Economy) -> None:
    """`simulate` audits the books of every world in every month and raises when they do not close."""
    found = simulate(economy, **SMALL)
    held = sum(found[f"balance_{each.name}"][..., -1] for each in ACCOUNTS if not each.overdraft)
    brought = sum(
        cents.sum(axis=-1)
        for (_, payer, _), cents in found.flows.items()
        if payer in {each.name for each in ACCOUNTS if each.overdraft}
    )
    assert np.array_equal(held, brought)


@every
def test_the_taker_takes_most_of_the_exchange_value(economy: Economy) -> None:
    found = simulate(economy, members=200, months=36, replicates=4, threads=1)
    kept = {
        each.name: found[f"exchange_value_to_{each.name}"].sum() for each in ACCOUNTS if not each.overdraft
    }
    kept.pop("suppliers")
    assert max(kept, key=kept.__getitem__) == economy.taker


@every
def test_most_use_value_is_made_by_whom_the_source_says(economy: Economy) -> None:
    found = simulate(economy, members=200, months=60, replicates=4, threads=1)
    made = found[f"use_value_by_{economy.maker}"].sum()
    assert made > 0.3 * found["use_value"].sum()


@every
def test_its_description_is_complete_and_written_down(economy: Economy) -> None:
    assert odd.missing(economy) == []
    assert (DOCS / f"{economy.name}.md").read_text() == odd.page(economy), (
        "run python -m allmende.odd docs/odd"
    )


@every
def test_its_defaults_are_within_their_priors_and_bounds(economy: Economy) -> None:
    for draw in range(5):
        economy.parameters.drawn(seed=1, draw=draw)


@every
@pytest.mark.parametrize("end", ["low", "high"])
def test_state_stays_finite_at_every_bound(economy: Economy, end: str) -> None:
    """Each parameter at its bound, one after the other, the others at their defaults.

    What all economies have in common is tried in the one that uses most of it.
    """
    common = set() if economy.name == "commons" else set(MemberParams.declarations())
    for name, declaration in economy.parameters.declarations().items():
        if name in common:
            continue
        bound = declaration.kind(getattr(declaration, end))
        given = {"members": 20, "months": 13, "replicates": 1, "threads": 1, "parameters": {name: bound}}
        finite(simulate(economy, **given))


@every
@pytest.mark.slow
def test_state_stays_finite_for_ten_years_at_random_corners(economy: Economy) -> None:
    """All parameters at a random bound at once, for 120 months."""
    random = np.random.default_rng(5)
    declared = economy.parameters.declarations()
    for _ in range(60):
        corner = {name: d.kind(random.choice([d.low, d.high])) for name, d in declared.items()}
        finite(simulate(economy, members=15, months=120, replicates=1, threads=1, parameters=corner))
