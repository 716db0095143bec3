"""Kills: a sweep is killed at random moments, itself and its workers in turns, until it has been enough.

`python tests/sweep_kills.py KILLS` prints what happened; `test_sweeps_kills.py` asserts it.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allmende.model import asking
from allmende.policies import Bounty
from allmende.sweeps import Design, case, opened, running, sweep

SWEEP = "import sys, sweep_kills; sweep_kills.small_deliveries(); sweep_kills.again(sys.argv[1])"


@dataclass
class Told:
    """What happened.

    Args:
        itself: Times the sweep was killed.
        workers: Times a worker was.
        finished: Sweeps that came to their end.
        lost: Runs that were finished and are gone, or were changed.
        hashes: Hashes of the finished sweeps.
    """

    itself: int
    workers: int
    finished: int
    lost: int
    hashes: set[str]


def design() -> Design:
    """400 runs of about 10 ms, in deliveries of 40 ms."""
    return Design((case("commons", members=400, months=24, replicates=200, policies=[Bounty()]),))


def small_deliveries() -> None:
    asking.WORK_A_PIECE = 4 * 24 * 450
    running.SHORTEST_DELIVERY = 0.04


def again(folder: str) -> None:
    sweep(design(), Path(folder), executor="processes", workers=2)


def killed(kills: int, *, seed: int = 1) -> Told:
    """Kill a sweep so often, at moments drawn uniformly, starting it again whenever it died or ended."""
    luck = np.random.Generator(np.random.Philox(seed))
    told = Told(0, 0, 0, 0, set())
    place = Path(tempfile.mkdtemp(prefix="kills-"))
    folder, process, known = place / "swept", None, {}
    try:
        while told.itself + told.workers < kills:
            if process is None:
                process, beginning = _started(folder), time.monotonic()
                # A new process is left alone until it has begun to deliver, so that it is killed at work.
                _wait_for_more(folder, len(known), process)
            time.sleep(float(luck.uniform(0.0, 0.5)))
            victim = process.pid if (told.itself + told.workers) % 2 == 0 else _worker_of(process.pid, luck)
            if process.poll() is None and victim is not None:
                os.kill(victim, signal.SIGKILL)
                told.itself += victim == process.pid
                told.workers += victim != process.pid
                if victim == process.pid:
                    process.wait()
            now = _contents(folder)
            told.lost += sum(now.get(name) != content for name, content in known.items())
            known = now
            if process.poll() is not None:
                assert process.returncode in {0, -signal.SIGKILL}, process.returncode
                if process.returncode == 0:
                    _note_end(folder, told)
                    shutil.rmtree(folder)
                    known = {}
                process = None
            assert process is None or time.monotonic() - beginning < 300
        if process is None:
            process = _started(folder)
        assert process.wait(300) == 0
        _note_end(folder, told)
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        shutil.rmtree(place, ignore_errors=True)
    return told


def _started(folder: Path) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", SWEEP, str(folder)],
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )


def _wait_for_more(folder: Path, there: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 120
    while process.poll() is None and len(_contents(folder)) <= there:
        assert time.monotonic() < end, "the sweep delivers nothing"
        time.sleep(0.02)


def _contents(folder: Path) -> dict[str, str]:
    """A hash of what each delivered file holds."""
    paths = (folder / "runs").glob("*.parquet")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _worker_of(leader: int, luck: np.random.Generator) -> int | None:
    """One of the worker processes (Linux); the tracker of the standard library is none."""
    workers = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == leader and b"spawn_main" in (place / "cmdline").read_bytes():
                workers.append(int(place.name))
        except OSError:
            continue
    return workers[int(luck.integers(len(workers)))] if workers else None


def _note_end(folder: Path, told: Told) -> None:
    found = opened(folder)
    assert not found.damage
    told.finished += 1
    told.hashes.add(found.hash())


if __name__ == "__main__":
    sys.stdout.write(f"{killed(int(sys.argv[1]))}\n")
