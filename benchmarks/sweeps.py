"""Sweeps: runs a second, and how much of the processor time is simulation: `python benchmarks/sweeps.py`.

The workload: 1,000 paired runs (500 worlds with and without a policy) of 10,000 members for 60 months, kept
on the disk as they come. Efficiency is the processor time that workers spent in simulations over all
processor time of the sweep: starting, sending, writing, hashing included. `--runs 100` makes it small;
`--ray` adds Ray, with what its own processes use, from their start on and once they are there; `--policies`
measures what one more policy costs in a comparison.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from allmende.comparison import compare
from allmende.executors.distributed import open_ray
from allmende.policies import Bounty, Foundation, Gate, Recognition
from allmende.simulation import simulate
from allmende.sweeps import Design, case, sweep

MEMBERS, MONTHS, WORKERS = 10_000, 60, 2
SETTLING = 5.0  # seconds until what Ray starts has started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--policies", action="store_true")
    asked = parser.parse_args()
    if asked.policies:
        one_more_policy(asked.rounds)
        return
    executors = ["serial", "threads", "processes", *(["ray", "ray, once there"] if asked.ray else [])]
    told: dict[str, list[tuple[float, float, float, str]]] = {name: [] for name in executors}
    swept("threads", 4)  # compiles what is not compiled yet
    for _ in range(asked.rounds):
        for name in executors:
            told[name].append(measured(name, asked.runs))
    assert len({each[3] for rows in told.values() for each in rows}) == 1, "executors differ"
    print(f"{asked.runs:,} paired runs of {MEMBERS:,} members x {MONTHS} months, medians of {asked.rounds}\n")
    print("| executor | seconds | runs a second | simulation CPU s | all CPU s | efficiency |")
    print("|---|---|---|---|---|---|")
    for name, rows in told.items():
        seconds, inside, total = (median(each[k] for each in rows) for k in range(3))
        share = median(each[1] / each[2] for each in rows)
        rate = asked.runs / seconds
        print(f"| {name} | {seconds:.1f} | {rate:.1f} | {inside:.1f} | {total:.1f} | {share:.3f} |")
    print(f"\nThe same hash on all: {told['serial'][0][3][:16]}")


def measured(executor: str, runs: int) -> tuple[float, float, float, str]:
    """Seconds, CPU seconds of simulation, CPU seconds in all, hash."""
    began, before = time.perf_counter(), cpu()
    if not executor.startswith("ray"):
        inside, found = swept(executor, runs)
        return time.perf_counter() - began, inside, cpu() - before, found
    # The cluster is begun and ended here, to ask its processes what they used while they are there.
    cluster = open_ray(abs, WORKERS)
    try:
        time.sleep(SETTLING)
        if executor == "ray, once there":
            began, before = time.perf_counter(), cpu() + of_ray()
        inside, found = swept("ray", runs)
        return time.perf_counter() - began, inside, cpu() - before + of_ray(), found
    finally:
        cluster.close()


def swept(executor: str, runs: int) -> tuple[float, str]:
    place, inside = Path(tempfile.mkdtemp()), [0.0]

    def watch(_piece: object, seconds: float) -> None:
        inside[0] += seconds

    try:
        design = Design(
            (case("commons", members=MEMBERS, months=MONTHS, replicates=runs // 2, policies=[Bounty()]),)
        )
        done = sweep(design, place / "swept", executor=executor, workers=WORKERS, watcher=watch)
        return inside[0], done.manifest().hash
    finally:
        shutil.rmtree(place)


def cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def of_ray() -> float:
    """CPU seconds of the processes of this session's Ray and of their children that ended (Linux)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes() + (place / "comm").read_bytes()
            ours = os.getsid(int(place.name)) == os.getsid(0) and int(place.name) != os.getpid()
            if ours and b"ray" in command:
                ticks += sum(map(int, (place / "stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def one_more_policy(rounds: int) -> None:
    """The CPU time of a comparison by its number of policies; one more should cost its own runs."""
    policies = [Bounty(), Foundation(), Gate(), Recognition()]
    question = {"members": 1_000, "months": MONTHS, "replicates": 40, "threads": 1}

    def timed(verb: Callable[..., object], count: int) -> float:
        began = cpu()
        verb("commons", policies=policies[:count], **question)
        return cpu() - began

    timed(compare, 1)
    rows: dict[int, list[tuple[float, float]]] = {count: [] for count in range(1, len(policies) + 1)}
    for _ in range(rounds):
        for count, row in rows.items():
            row.append((timed(compare, count), timed(simulate, count)))
    print("| policies | comparison, CPU s | one policy more | its runs alone, CPU s | one policy more |")
    print("|---|---|---|---|---|")
    last = (0.0, 0.0)
    for count, row in rows.items():
        whole, runs = (median(each[k] for each in row) for k in (0, 1))
        more = [
            f"{now - before:.2f}" if count > 1 else ""
            for now, before in zip((whole, runs), last, strict=True)
        ]
        print(f"| {count} | {whole:.2f} | {more[0]} | {runs:.2f} | {more[1]} |")
        last = (whole, runs)


if __name__ == "__main__":
    sys.exit(main())
