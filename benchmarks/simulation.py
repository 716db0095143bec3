"""Simulation against its peers, in CPU time: `python benchmarks/simulation.py [--peers]`.

Three tables. The reference workload (`peers/workload.py`): every driver on, members who act, leavers
replaced; the package's kernels, a blocked C version that must give the same days to the last one, tuned
NumPy, and with --peers mesa-frames and Mesa 3 in throw-away environments do all the same work. The member
rule alone on a community as records show it, in which four in five members are idle in a month. Whole worlds,
with institutions, works, money and indicators. CPU time of one thread, medians of interleaved runs.
"""

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peers import reference_numpy, workload
from reference import c_library as reference_in_c
from reference import in_c as months_in_c
from reference import ours as our_months
from reference import village as reference_village

from allmende.draws import Decision
from allmende.kernel import compiled
from allmende.model import month as steps
from allmende.model.blocks import blocks_of, streams_of
from allmende.model.choosing import choose
from allmende.model.crew import Crew
from allmende.model.parameters import NULL
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import Standing
from allmende.model.turnover import settle_leavers
from allmende.model.worlds import Batch
from allmende.plugins import get
from allmende.simulation import simulate

PEERS = Path(__file__).parent / "peers"
MONTHS = 24
RUNS = 3
SEED = 5


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def village(size: int) -> Standing:
    """Members at the start of a world of that size, with nothing on but belonging."""
    economy = get("economy", "crowdsourcing")
    rules = economy.rules(**(dict(NULL) | {"arrivals": 0.0, "belonging": 0.2, "belonging_stay": 0.2}))
    return steps.opened(Batch(SEED, size, np.arange(1)), rules, economy.works, Crew()).standing


def signals() -> NDArray[np.float64]:
    heard = np.zeros((1, len(Signal)))
    heard[0, Signal.BELONGING] = heard[0, Signal.BELONGING_STAY] = 0.2
    heard[0, Signal.TIES_KEPT], heard[0, Signal.TIES_MADE] = 0.9, 0.05
    heard[0, Signal.ACTS], heard[0, Signal.BAR], heard[0, Signal.CORE] = 1.3, 1e12, 10
    return heard


def copy(standing: Standing) -> Standing:
    fresh = Standing.of_room(np.diff(standing.first))
    fresh.count[:] = standing.count
    for old, new in zip(standing.members, fresh.members, strict=True):
        new[:] = old
    return fresh


def ours(standing: Standing) -> int:
    """The kernels of the package, a month after the other."""
    blocks, heard, streams = blocks_of(standing), signals(), streams_of(np.zeros(1, np.int64))
    zero, total = np.zeros(1), 0
    for now in range(MONTHS):
        tallies = np.zeros((len(blocks), len(Tally)), np.int64)
        amounts = np.zeros((len(blocks), len(Amount)))
        compiled(choose)(
            standing.members, blocks, 0, len(blocks), heard, streams, SEED, now, tallies, amounts
        )
        compiled(settle_leavers)(standing.members, blocks, 0, len(blocks), zero, zero + 1, streams, SEED, now)
        total += int(tallies[:, Tally.DAYS].sum())
    return total


def c_library() -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp())
    built = folder / "member_months.so"
    flags = ["-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, str(PEERS / "member_months.c"), "-o", str(built), "-lm"], check=True)
    library = ctypes.CDLL(str(built))
    library.member_months.restype = ctypes.c_int64
    return library


def in_c(library: ctypes.CDLL, standing: Standing) -> int:
    member, count = standing.members, int(standing.count[0])
    streams = streams_of(np.zeros(1, np.int64))[0]
    columns = (
        member.arrival, member.rank, member.rate, member.dropout, member.intensity, member.need, member.ties,
        member.drive, member.acts, member.year, member.lifetime, member.days, member.status,
    )  # fmt: skip
    numbers = (0.0, 0.0, 0.2, 0.2, 0.9, 0.05, 1.3)
    return int(
        library.member_months(
            ctypes.c_int64(count),
            ctypes.c_int(MONTHS),
            ctypes.c_int(0),
            *(each.ctypes.data_as(ctypes.c_void_p) for each in columns),
            ctypes.c_uint64(SEED),
            ctypes.c_uint64(int(streams[Decision.ACTIVITY])),
            ctypes.c_uint64(int(streams[Decision.WORK])),
            *(ctypes.c_double(each) for each in numbers),
        )
    )


def in_numpy(standing: Standing) -> int:
    """Tuned NumPy: whole arrays, in place where that helps, and only those still active."""
    random = np.random.Generator(np.random.SFC64(1))
    rows = standing.rows(0)
    rate = standing.members.rate[rows].astype(np.float64)
    dropout = np.clip(standing.members.dropout[rows].astype(np.float64), 1e-9, 1 - 1e-9)
    intensity = standing.members.intensity[rows].astype(np.float64)
    ties, active = standing.members.ties[rows].astype(np.float64), np.ones(len(rate), bool)
    lifetime, total = np.zeros(len(rate), np.int64), 0
    year = np.zeros(len(rate), np.int64)
    for _ in range(MONTHS):
        ties *= 0.9
        here = np.flatnonzero(active)
        bond = ties[here] / (1 + ties[here]) - 0.5
        planned = np.minimum(random.poisson(np.minimum(rate[here] * np.exp(0.2 * bond), 60)), 31)
        acting = planned > 0
        here, planned, bond = here[acting], planned[acting], bond[acting]
        odds = dropout[here] / (1 - dropout[here]) * np.exp(-0.2 * bond)
        last = random.geometric(odds / (1 + odds))
        days = np.minimum(planned, last)
        contributions = days + random.poisson(1.3 * intensity[here] * days)
        active[here[last <= planned]] = False
        lifetime[here] += days
        year[here] += contributions
        ties[here] += 0.05 * days
        total += int(days.sum())
    return total


def measured(work: Callable[[Standing], int], standing: Standing) -> tuple[float, int]:
    times, total = [], 0
    for _ in range(RUNS):
        fresh = copy(standing)
        before = cpu()
        total = work(fresh)
        times.append(cpu() - before)
    return float(np.median(times)) / int(standing.count[0]) / MONTHS * 1e9, total


@contextmanager
def environment(package: str) -> Iterator[str | None]:
    """A throw-away environment with one package; its interpreter, or None when it does not install."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
            python = str(Path(folder) / "bin" / "python")
            subprocess.run([python, "-m", "pip", "install", "-q", package], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"*{package} does not install here: {error}*")
            python = None
        yield python


def elsewhere(python: str, script: str, size: int, months: int) -> tuple[float, float]:
    """Nanoseconds a member-month and active days a member-month of a peer in its own environment."""
    single = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [python, str(PEERS / script), str(size), str(months)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | single)
    nanoseconds, days, *_ = done.stdout.split()
    return float(nanoseconds), float(days)


def timed(work: Callable[[], tuple[int, ...]], size: int, months: int) -> tuple[float, float]:
    """The same of work in this process."""
    before = cpu()
    total = work()
    return (cpu() - before) / size / months * 1e9, total[0] / size / months


def round_of(
    library: ctypes.CDLL, size: int, months: int, frames: str | None, mesa: str | None
) -> dict[str, tuple[float, float]]:
    """One run of every implementation of the reference workload."""
    start = reference_village(size)
    mine, theirs, numpys = copy(start), copy(start), reference_numpy.opened(size)
    found = {
        "ours": timed(lambda: our_months(mine, months), size, months),
        "C, blocks": timed(lambda: months_in_c(library, theirs, months), size, months),
        "NumPy, tuned": timed(lambda: reference_numpy.months(numpys, months), size, months),
    }
    # The same people, the same luck, the same arithmetic: one day of difference would be a fault.
    assert found["ours"][1] == found["C, blocks"][1]
    if frames:
        found["mesa-frames"] = elsewhere(frames, "frames_reference_months.py", size, months)
    if mesa:
        found["Mesa 3"] = elsewhere(mesa, "mesa_reference_months.py", size, max(months // 10, 10))
    return found


def reference_table(sizes: Mapping[int, int], frames: str | None, mesa: str | None) -> None:
    """The reference workload at each size, for so many months (Mesa for a tenth of them)."""
    library = reference_in_c()
    our_months(reference_village(1_000), 13)
    print("| members | implementation | ns CPU a member-month | times ours | active days a member-month |")
    print("|---:|---|---:|---:|---:|")
    for size, months in sizes.items():
        rounds = [round_of(library, size, months, frames, mesa) for _ in range(RUNS)]
        base = float(np.median([each["ours"][0] for each in rounds]))
        for name in rounds[0]:
            taken, days = np.median(np.array([each[name] for each in rounds]), axis=0)
            print(f"| {size:,} | {name} | {taken:,.0f} | {taken / base:.2f} | {days:.2f} |", flush=True)


def members_table() -> None:
    library = c_library()
    print("\n| members | implementation | ns CPU a member-month | ratio to C | active days |")
    print("|---:|---|---:|---:|---:|")
    for size in (1_000, 10_000, 100_000):
        standing = village(size)
        ours(copy(standing))
        found = {
            "C, blocks": measured(lambda s: in_c(library, s), standing),
            "ours": measured(ours, standing),
            "NumPy, tuned": measured(in_numpy, standing),
        }
        base = found["C, blocks"][0]
        for name, (nanoseconds, total) in found.items():
            print(f"| {size:,} | {name} | {nanoseconds:.1f} | {nanoseconds / base:.2f} | {total:,} |")
        assert found["C, blocks"][1] == found["ours"][1]


def whole_table() -> None:
    print(
        "\n| economy | members | months | worlds | ms a world | ns a member-month | speed-up by 2 threads |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for economy in ("sharing", "commons", "crowdsourcing"):
        simulate(economy, members=100, months=13, replicates=2)
        before = cpu()
        found = simulate(economy, members=1_000, months=60, replicates=300, threads=1)
        used = cpu() - before
        walls = []
        for threads in (1, 2):
            start = time.perf_counter()
            simulate(economy, members=1_000, months=24, replicates=300, threads=threads)
            walls.append(time.perf_counter() - start)
        each, ratio = used / found["members"].sum() * 1e9, walls[0] / walls[1]
        print(f"| {economy} | 1,000 | 60 | 300 | {used / 300 * 1e3:.2f} | {each:.0f} | {ratio:.2f} |")


def main() -> None:
    print("# Simulation: CPU time against peers\n")
    sizes = {1_000: workload.MONTHS, 10_000: workload.MONTHS, 100_000: workload.MONTHS // 4}
    if "--peers" in sys.argv:
        with environment("mesa-frames") as frames, environment("mesa>=3") as mesa:
            reference_table(sizes, frames, mesa)
    else:
        reference_table(sizes, None, None)
    members_table()
    whole_table()


if __name__ == "__main__":
    main()
