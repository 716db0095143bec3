"""The picture of the flows: what comes in is kept by somebody, and the three economies differ in by whom."""

import pytest

from allmende.flows import flows
from allmende.simulation import simulate

TAKERS = {
    "sharing": "platform",
    "commons": "firms",
    "crowdsourcing": "sponsor",
    "benefit_sharing": "platform",
}


@pytest.mark.parametrize("economy", sorted(TAKERS))
def test_money_is_kept_by_somebody_and_mostly_by_whom_the_source_says(economy: str) -> None:
    found = flows(simulate(economy, members=200, months=36, replicates=3, threads=1))
    assert sum(node.kept for node in found.nodes) == pytest.approx(0, abs=1e-3)
    inside = {node.name: node.kept for node in found.nodes if node.kept > 0}
    assert max(inside, key=inside.__getitem__) == TAKERS[economy]
    assert {edge.unit for edge in found.edges} == {"uses", "cents"}


def test_only_commons_and_benefit_sharing_pass_money_through_a_foundation() -> None:
    for economy in sorted(TAKERS):
        found = flows(simulate(economy, members=100, months=24, replicates=2, threads=1))
        through = sum(node.through for node in found.nodes if node.name == "foundation")
        assert (through > 0) == (economy in {"commons", "benefit_sharing"})


def test_nobody_makes_nothing() -> None:
    found = flows(simulate("commons", members=0, months=12, replicates=1, threads=1))
    assert found.edges == ()
    assert found.nodes == ()
