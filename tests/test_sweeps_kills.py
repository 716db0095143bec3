"""Kills: whatever is killed, and whenever, no finished run is lost and the hash is the undisturbed one."""

import sys

import pytest

import sweep_kills
from allmende.sweeps import sweep


@pytest.mark.skipif(sys.platform != "linux", reason="workers are found in /proc")
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_no_kill_loses_a_finished_run_or_changes_the_hash(kills, tmp_path) -> None:
    undisturbed = sweep(sweep_kills.design(), tmp_path / "undisturbed", executor="threads", workers=2)
    told = sweep_kills.killed(kills)
    assert (told.itself, told.workers) == (-(-kills // 2), kills // 2)
    assert told.lost == 0
    assert told.finished > 0
    assert told.hashes == {undisturbed.hash()}
