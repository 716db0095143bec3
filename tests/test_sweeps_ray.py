"""Sweeps on Ray: on a cluster of two nodes the same hash, and nothing lost when a node or the sweep dies."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from allmende.sweeps import opened, sweep
from test_sweeps import design

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the package ray is not installed"),
]
SCRIPT = """
    from allmende.executors.distributed import keep_private
    keep_private()
    import ray
    from pathlib import Path
    from ray.cluster_utils import Cluster
    import test_sweeps
    from allmende.model import asking
    from allmende.sweeps import running, sweep
    asking.WORK_A_PIECE, running.SHORTEST_DELIVERY = 2 * 13 * 80, 0.0
    quiet = {"node_ip_address": "127.0.0.1", "object_store_memory": 100 << 20, "num_cpus": 1}
    cluster = Cluster(initialize_head=True, head_node_args=quiet | {"include_dashboard": False})
    second = cluster.add_node(**quiet)
    cluster.wait_for_nodes()
    paths = ray.job_config.JobConfig(_py_driver_sys_path=[path for path in sys.path if path])
    ray.init(address=cluster.address, job_config=paths, log_to_driver=False)
    assert ray.cluster_resources()["CPU"] == 2
    def watch(piece, _):
        if piece.number == 6 and LOSE:
            cluster.remove_node(second, allow_graceful=False)
    sweep(test_sweeps.design(), Path(sys.argv[1]), executor="ray", watcher=watch)
    ray.shutdown()
    cluster.shutdown()
"""


@pytest.mark.parametrize("lose", [False, True])
def test_two_nodes_give_the_same_hash_also_when_one_is_lost(lose, tmp_path) -> None:
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    script = "import os, sys\n" + textwrap.dedent(SCRIPT).replace("LOSE", str(lose))
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "swept")],
        env=os.environ | {"RAY_TMPDIR": folder, "PYTHONPATH": path},
        start_new_session=True, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    found = opened(tmp_path / "swept")
    assert found.damage == ()
    assert found.hash() == sweep(design(), tmp_path / "undisturbed").hash()
