"""Executors: the same answers, order and errors wherever the work is done, also when workers die."""

import contextlib
import importlib.util
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import executor_functions as functions
from allmende.errors import AllmendeError, OutOfRangeError, StoreError, UnknownNameError, WorkerLostError
from allmende.executors import completed, delivered, names, run, threads_allowed, usable_cpus

HAS_RAY = importlib.util.find_spec("ray") is not None
RAY = pytest.param("ray", marks=pytest.mark.skipif(not HAS_RAY, reason="the package ray is not installed"))
LOCAL = ["serial", "threads", "processes"]
IN_MEMORY = ["serial", "threads"]


@pytest.fixture(scope="module")
def ray_cluster():
    """One cluster for all tests of this module that need one: starting it takes seconds."""
    from allmende.executors import distributed

    pool = distributed.open_ray(abs, 2)
    yield
    pool.close()


@pytest.fixture(autouse=True)
def _cluster_where_needed(request) -> None:
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and callspec.params.get("executor") == "ray":
        request.getfixturevalue("ray_cluster")


@pytest.mark.parametrize("executor", ["threads", "processes", RAY])
def test_answers_are_those_of_serial_bit_for_bit(executor) -> None:
    rows = list(range(60))
    expected = [functions.sums(row) for row in rows]
    assert list(run(functions.sums, rows, executor=executor, workers=2)) == expected
    assert sorted(completed(functions.sums, rows, executor=executor, workers=2)) == list(enumerate(expected))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.integers(0, 300),
    workers=st.integers(1, 9),
    chunk=st.none() | st.integers(1, 50),
    executor=st.sampled_from(IN_MEMORY),
)
def test_no_number_of_workers_or_chunk_changes_the_answers(size, workers, chunk, executor) -> None:
    answers = run(functions.sums, range(size), executor=executor, workers=workers, chunk=chunk)
    assert list(answers) == [functions.sums(row) for row in range(size)]


@pytest.mark.parametrize("executor", LOCAL)
def test_deliveries_are_neighbours_that_together_are_all(executor) -> None:
    """Batches grow until they are worth the wanted seconds, and shrink again at the end."""
    found, sizes = {}, []
    for first, answers in delivered(functions.sums, range(400), executor=executor, workers=2, seconds=0.002):
        sizes.append(len(answers))
        found |= dict(enumerate(answers, first))
    assert [found[number] for number in range(400)] == [functions.sums(row) for row in range(400)]
    assert max(sizes) > 1


@pytest.mark.parametrize("chunk", [1, 7, None])
def test_processes_keep_order_for_any_chunk(chunk) -> None:
    answers = list(run(functions.sums, iter(range(40)), executor="processes", workers=3, chunk=chunk))
    assert answers == [functions.sums(row) for row in range(40)]


@pytest.mark.parametrize("executor", LOCAL)
def test_no_rows_no_answers(executor) -> None:
    assert list(run(abs, [], executor=executor, workers=2)) == []


@pytest.mark.parametrize("executor", [*LOCAL, RAY])
def test_the_first_failing_row_is_raised_after_the_answers_before_it(executor) -> None:
    answers = []
    with pytest.raises(StoreError, match="row 7 is torn") as caught:
        answers.extend(run(functions.fails_at_seven, range(20), executor=executor, workers=3, chunk=1))
    assert answers == list(range(7))
    assert caught.value.next_step == "Mend it."
    assert "This was raised on row 7: 7." in caught.value.__notes__
    if executor in {"processes", "ray"}:
        assert any("fails_at_seven" in note for note in caught.value.__notes__), "the worker's traceback"


@pytest.mark.parametrize("executor", LOCAL)
def test_an_exception_that_cannot_travel_is_told_in_words(executor) -> None:
    with pytest.raises(AllmendeError, match="UnsendableError: 0 and more"):
        list(run(functions.raises_unsendable, range(3), executor=executor, workers=1))


def test_an_answer_that_cannot_travel_names_its_row() -> None:
    with pytest.raises(AllmendeError, match="the answer cannot be sent") as caught:
        list(run(functions.answers_unsendable, range(5), executor="processes", workers=1, chunk=5))
    assert "This was raised on row 2: 2." in caught.value.__notes__


@pytest.mark.parametrize("executor", ["processes", RAY])
def test_rows_of_killed_workers_are_tried_again(executor, tmp_path) -> None:
    rows = [(number, str(tmp_path)) for number in range(8)]
    assert list(run(functions.dies_once, rows, executor=executor, workers=2, chunk=2)) == list(range(8))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["died-3", "died-7"]


@pytest.mark.parametrize("executor", ["processes", RAY])
def test_a_row_that_kills_every_worker_is_named(executor) -> None:
    answers = []
    with pytest.raises(WorkerLostError, match=r"row 5 \(5\) was lost with 3 workers"):
        answers.extend(run(functions.always_dies_at_five, range(9), executor=executor, workers=2, chunk=3))
    assert answers == list(range(len(answers)))


@pytest.mark.parametrize("chunk", [1, 3])
def test_a_row_gets_exactly_three_workers(chunk, tmp_path) -> None:
    rows = [(number, str(tmp_path)) for number in range(3)]
    with pytest.raises(WorkerLostError, match="row 1 "):
        list(run(functions.dies_and_counts, rows, executor="processes", workers=1, chunk=chunk))
    assert (tmp_path / "1").read_text() == "xxx"


@pytest.mark.parametrize("executor", LOCAL)
def test_running_out_of_memory_is_a_loss_that_names_the_row(executor) -> None:
    with pytest.raises(WorkerLostError, match=r"row 2 .* memory"):
        list(run(functions.out_of_memory_at_two, range(4), executor=executor, workers=1))


@pytest.mark.parametrize(
    ("kills", "workers"),
    [(2, 2), *(pytest.param(40, workers, marks=pytest.mark.slow) for workers in (1, 2, 3, 8))],
)
def test_killing_workers_at_random_moments_changes_nothing(kills, workers) -> None:
    """A finished row is never lost: the answers are those of an undisturbed run."""
    rows = range(100 * kills)
    luck = np.random.Generator(np.random.Philox(workers))
    strikes = set((luck.permutation(99 * kills)[:kills]).tolist())
    answers, struck = [], 0
    for number, answer in enumerate(
        run(functions.sums, rows, executor="processes", workers=workers, chunk=3)
    ):
        answers.append(answer)
        if number in strikes:
            children = multiprocessing.active_children()
            children[int(luck.integers(len(children)))].kill()
            struck += 1
    assert answers == [functions.sums(row) for row in rows]
    assert struck == kills


def test_workers_use_one_thread_each_and_leave_ours_alone() -> None:
    before = dict(os.environ)
    limits = list(run(functions.thread_limits, range(4), executor="processes", workers=2, chunk=1))
    assert {limit[:3] for limit in limits} == {("1", 1, True)}
    assert dict(os.environ) == before
    assert threads_allowed() == usable_cpus()


@pytest.mark.parametrize("executor", LOCAL)
def test_progress_is_told_and_ends_at_the_total(executor) -> None:
    told = []
    list(
        run(
            abs,
            range(10),
            executor=executor,
            workers=2,
            chunk=3,
            stage="counting",
            progress=lambda *step: told.append(step),
        )
    )
    assert told[0] == ("counting", 0, 10)
    assert told[-1] == ("counting", 10, 10)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.parametrize("executor", LOCAL)
def test_rows_are_drawn_only_as_needed(executor) -> None:
    drawn = []

    def rows():
        for number in range(10**9):
            drawn.append(number)
            yield number

    answers = run(abs, rows(), executor=executor, workers=2, chunk=1)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    answers.close()
    assert len(drawn) < 200


def test_answers_that_wait_for_a_slow_row_are_bounded() -> None:
    """Behind a slow first row no more than sixteen tasks a worker pile up."""
    drawn, seen, gate = [], [], threading.Event()

    def rows():
        for number in range(10**6):
            drawn.append(number)
            yield number

    def slow_first(row):
        assert row or gate.wait(60)
        return row

    def release() -> None:
        seen.append(len(drawn))
        gate.set()

    threading.Timer(1.0, release).start()
    answers = run(slow_first, rows(), executor="threads", workers=2, chunk=1)
    assert [next(answers) for _ in range(40)] == list(range(40))
    answers.close()
    assert 10 < seen[0] <= 2 * 16 + 2


def test_closing_leaves_no_process() -> None:
    answers = run(functions.thread_limits, range(100), executor="processes", workers=2, chunk=1)
    pid = next(answers)[3]
    answers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("executor", ["processes", RAY])
def test_interrupting_ends_all_within_seconds(executor, tmp_path) -> None:
    """Ctrl-C goes to the whole group, as a terminal sends it; nothing of the group is left."""
    mark = tmp_path / "started"
    script = textwrap.dedent(f"""
        import sys
        sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}
        import executor_functions
        from allmende.executors import run
        if __name__ == "__main__":
            list(run(executor_functions.sleeps, [{str(mark)!r}] * 4, executor={executor!r}, workers=2))
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", script], start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    _until(mark.exists, 60)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in told
    assert told.count("Traceback") == 1, told
    _until(lambda: not _group(process.pid), 10)


def test_a_killed_parent_leaves_no_worker() -> None:
    script = textwrap.dedent(f"""
        import sys
        sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}
        import executor_functions
        from allmende.executors import run
        if __name__ == "__main__":
            for answer in run(executor_functions.sums, range(10**9), executor="processes", workers=2):
                print(answer, flush=True)
    """)
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=30)
    _until(lambda: not _group(process.pid), 10)


def test_a_script_without_guard_is_told_what_to_do(tmp_path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from allmende.executors import run\nprint(list(run(abs, [1], executor='processes', workers=1)))\n"
    )
    source = str(Path(__file__).resolve().parents[1] / "src")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": source}, timeout=60, check=False,
    )  # fmt: skip
    assert "no worker process could start" in done.stderr
    assert "if __name__ == '__main__':" in done.stderr


def test_faults_of_the_caller_are_named_at_once() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'threads'"):
        run(abs, [1], executor="thread")
    with pytest.raises(OutOfRangeError, match="workers is 0"):
        run(abs, [1], workers=0)
    with pytest.raises(OutOfRangeError, match="chunk is -1"):
        run(abs, [1], chunk=-1)
    with pytest.raises(AllmendeError, match="cannot be sent to another process"):
        list(run(lambda row: row, [1], executor="processes"))
    with pytest.raises(AllmendeError, match="one of the rows 1 to 1 cannot be sent"):
        list(run(abs, [1, lambda: 1], executor="processes", workers=1, chunk=1))


def test_a_distribution_can_bring_an_executor(tmp_path, monkeypatch) -> None:
    (tmp_path / "backwards.py").write_text(
        "from allmende.executors.local import Serial\n"
        "class Backwards(Serial):\n"
        "    def collect(self):\n"
        "        self._waiting.sort(key=lambda task: -task.first)\n"
        "        return super().collect()\n"
        "def open_backwards(function, workers):\n"
        "    pool = Backwards(function)\n"
        "    pool.workers = 4\n"
        "    return pool\n"
    )
    info = tmp_path / "backwards-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: backwards\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[allmende.executor]\nbackwards = backwards:open_backwards\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "backwards" in names()
    assert [number for number, _ in completed(abs, range(4), executor="backwards")] == [3, 2, 1, 0]
    assert list(run(abs, range(40), executor="backwards")) == list(range(40))


def test_without_ray_the_error_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(AllmendeError, match=r'pip install "allmende\[ray\]"'):
        list(run(abs, [1], executor="ray"))


@pytest.mark.slow
@pytest.mark.skipif(not HAS_RAY, reason="the package ray is not installed")
def test_ray_uses_every_node_of_a_cluster_and_outlives_one() -> None:
    """Two nodes on this machine: both work; when one is taken away its rows go to the other."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    done = _script(
        """
        from allmende.executors.distributed import keep_private
        keep_private()
        import ray
        from ray.cluster_utils import Cluster
        cluster = Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 1, "include_dashboard": False, "node_ip_address": "127.0.0.1",
                            "object_store_memory": 100 << 20},
        )
        second = cluster.add_node(num_cpus=1, node_ip_address="127.0.0.1", object_store_memory=100 << 20)
        paths = ray.job_config.JobConfig(_py_driver_sys_path=sys.path)
        ray.init(address=cluster.address, job_config=paths, log_to_driver=False)
        cluster.wait_for_nodes()
        nodes = list(run(executor_functions.node_of, range(20), executor="ray", chunk=1))
        assert len(set(nodes)) == 2, nodes
        answers = run(executor_functions.node_of, range(60), executor="ray", chunk=1)
        nodes = [next(answers) for _ in range(10)]
        cluster.remove_node(second, allow_graceful=False)
        nodes += answers
        assert len(nodes) == 60
        assert len(set(nodes[-20:])) == 1, nodes
        assert ray.is_initialized(), "a cluster of the user's is left alone"
        print("listening on", listening(os.getsid(0)))
        ray.shutdown()
        cluster.shutdown()
        """,
        environment={"RAY_TMPDIR": folder},
    )
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("listening on {'127.0.0.1'}")


@pytest.mark.skipif(not HAS_RAY, reason="the package ray is not installed")
def test_a_cluster_made_for_a_run_is_private_and_leaves_nothing() -> None:
    folder = tempfile.mkdtemp(dir="/tmp")
    done = _script(
        """
        answers = run(executor_functions.sums, range(3), executor="ray", workers=1)
        next(answers)
        print("listening on", listening(os.getsid(0)))
        answers.close()
        """,
        environment={"TMPDIR": folder, "HOME": folder},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "listening on {'127.0.0.1'}"
    # Nothing is left, in the folder of temporary files or at home.
    Path(folder).rmdir()


def listening(session: int) -> set[str]:
    """The addresses on which processes of a session listen (Linux)."""
    inodes = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getsid(int(folder.name)) == session:
                inodes |= {str(link.readlink()) for link in (folder / "fd").iterdir()}
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in inodes:
                addresses.add(socket.inet_ntoa(bytes.fromhex(local.partition(":")[0][-8:])[::-1]))
    return addresses


def _script(text: str, *, environment) -> subprocess.CompletedProcess[str]:
    head = (
        f"import os, sys\nsys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\n"
        "import executor_functions\nfrom test_executors import listening\n"
        "from allmende.executors import run\n"
    )
    return subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(text)],
        env=os.environ | environment,
        start_new_session=True, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def _until(condition, seconds) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _group(leader: int) -> list[str]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "-o", "stat=", "-o", "args=", "--sid", str(leader)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in found.stdout.splitlines() if " Z" not in line]
