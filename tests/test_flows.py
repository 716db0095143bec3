"""The picture of the flows: what comes in is kept by somebody, and the three economies differ in by whom."""

from collections import defaultdict

import pytest

from allmende.outcomes import Flow, flows, makers
from allmende.simulation import simulate

TAKERS = {
    "sharing": "platform",
    "commons": "firms",
    "crowdsourcing": "sponsor",
    "benefit_sharing": "platform",
}


def kept(found: tuple[Flow, ...]) -> dict[str, float]:
    """What each keeps of the money of a year."""
    left: dict[str, float] = defaultdict(float)
    for flow in found:
        left[flow.payee] += flow.mid
        left[flow.payer] -= flow.mid
    return left


@pytest.mark.parametrize("economy", sorted(TAKERS))
def test_money_is_kept_by_somebody_and_mostly_by_whom_the_source_says(economy: str) -> None:
    results = simulate(economy, members=200, months=36, replicates=3, threads=1)
    left = kept(flows(results))
    assert sum(left.values()) == pytest.approx(0, abs=1e-3)
    inside = {name: amount for name, amount in left.items() if amount > 0}
    assert max(inside, key=inside.__getitem__) == TAKERS[economy]
    assert makers(results)


def test_only_commons_and_benefit_sharing_pass_money_through_a_foundation() -> None:
    for economy in sorted(TAKERS):
        found = flows(simulate(economy, members=100, months=24, replicates=2, threads=1))
        through = sum(flow.mid for flow in found if flow.payee == "foundation")
        assert (through > 0) == (economy in {"commons", "benefit_sharing"})


def test_nobody_makes_nothing() -> None:
    """What institutions are endowed with at the start is the only money there is, and it is left out."""
    results = simulate("commons", members=0, months=12, replicates=1, threads=1)
    assert flows(results) == ()
    assert makers(results) == ()
