"""A log of generated events becomes a panel: in one piece, in files, by processes, on Ray.

    python benchmarks/aggregation.py --events 1000000

Events are drawn with keys, so the same command makes the same log: heavy-tailed members who come and go,
months that overlap between files, offsets and organisations. Each way runs in a process of its own, whose
whole tree is watched: CPU seconds and the largest sum of memory (RSS counts shared pages once for each
process, PSS shares them out). The log is made in a temporary folder and removed.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from allmende.aggregation import panel_of, panel_of_log
from allmende.community import Community
from allmende.events import OFFSET_UNKNOWN, Events
from allmende.executors import run
from allmende.logs import write_log
from allmende.panel import COLUMNS, Panel

FIRST, MONTHS, MONTH, CORE = 1_000_000_000_000_000, 240, 2_629_746_000_000, 500
OFFSETS = np.array([-480, -300, 0, 60, 60, 120, 330, OFFSET_UNKNOWN], np.int16)
ORGS = ("", *(f"firm-{number:02}.example" for number in range(40)))
TICK = os.sysconf("SC_CLK_TCK")


def drawn(number: int, *, files: int, rows: int, members: int) -> Events:
    """The acts of one file of the log."""
    draws = np.random.Generator(np.random.Philox(key=[7, number]))
    # A tenth of the time reaches into the neighbours' files, so that member-months are cut.
    passed = np.sort((number + draws.random(rows) * 1.2 - 0.1) / files)
    at = FIRST + (passed * MONTHS * MONTH).astype(np.int64)
    # A tenth of the acts is a lasting core's; the others come from members who enter, act and leave.
    active = members // 60
    guest = CORE + passed.clip(0, 1) * (members - CORE - active) + active * draws.random(rows) ** 4
    code = np.where(draws.random(rows) < 0.1, CORE * draws.random(rows) ** 2, guest).astype(np.int32)
    used, member = np.unique(code, return_inverse=True)
    own = code % len(ORGS)
    return Events.of_columns(
        at,
        member.astype(np.int32),
        tuple(f"member-{(one * 2_654_435_761) % 2**32:08x}" for one in used.tolist()),
        offset=OFFSETS[(code + (draws.random(rows) < 0.05)) % len(OFFSETS)],
        action=draws.choice(np.array([0, 0, 0, 1, 2, 3], np.uint8), rows),
        effort=np.exp(draws.normal(3, 2, rows)).astype(np.int64),
        org=np.where(draws.random(rows) < 0.9, own, 0).astype(np.int32),
        orgs=ORGS,
        effort_unit="lines",
    )


def written(number: int, *, files: int, rows: int, members: int, folder: Path) -> int:
    """Write one file of the log; its size in bytes."""
    path = folder / f"{number:05}.parquet"
    write_log(drawn(number, files=files, rows=rows, members=members), path)
    return path.stat().st_size


def digest(panel: Panel) -> str:
    told = hashlib.sha256()
    for name in COLUMNS:
        told.update(np.ascontiguousarray(getattr(panel, name)))
    told.update(json.dumps([panel.members, panel.orgs, panel.start, panel.stop]).encode())
    return told.hexdigest()


def one_way(folder: Path, executor: str, part_size: int | None, memory: int) -> None:
    panel = panel_of_log(
        folder, executor=executor, part_size=part_size, memory=memory, work=folder.parent / "parts"
    )
    print(json.dumps({"rows": len(panel), "members": len(panel.members), "hash": digest(panel)}))


def in_memory(events: int) -> None:
    """CPU seconds of the first panel in a fresh process, DuckDB's import included."""
    record = drawn(0, files=1, rows=events, members=events // 100)
    community = Community("generated", record, np.zeros(len(record.members), bool))
    began = time.process_time()
    panel = panel_of(community)
    print(json.dumps({"cpu": time.process_time() - began, "rows": len(panel)}))


def timed_in_memory(events: int, runs: int) -> None:
    command = [sys.executable, __file__, "--executor=in memory", f"--events={events}"]
    found = [json.loads(subprocess.check_output(command)) for _ in range(runs)]
    used = sorted(one["cpu"] for one in found)
    print(
        f"{events:,} events in memory, a panel of {found[0]['rows']:,} rows: CPU s of the first panel, "
        f"import of DuckDB included: median {used[len(used) // 2]:.2f} ({used[0]:.2f} to {used[-1]:.2f})"
    )


def watched(command: list[str]) -> dict[str, float | str]:
    """Run a command; what its processes used."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    cpu: dict[int, float] = {}
    rss = pss = 0
    while process.poll() is None:
        now_rss = now_pss = 0
        for pid in tree(process.pid):
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            cpu[pid] = (int(stat[11]) + int(stat[12])) / TICK
            sizes = {line.split()[0]: int(line.split()[1]) for line in rollup[1:]}
            now_rss, now_pss = now_rss + sizes["Rss:"], now_pss + sizes["Pss:"]
        rss, pss = max(rss, now_rss), max(pss, now_pss)
        time.sleep(0.1)
    if process.returncode:
        sys.exit(f"{command} failed")
    assert process.stdout is not None
    answer = json.loads(process.stdout.read())
    wall = time.monotonic() - began
    return answer | {"wall": wall, "cpu": sum(cpu.values()), "rss": rss / 2**20, "pss": pss / 2**20}


def tree(root: int) -> list[int]:
    """A process and all that came from it, also those that began a session of their own."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument(
        "--files", type=int, default=0, help="by default one for each million events, at least 20"
    )
    parser.add_argument("--memory", type=float, default=4.0, help="GiB")
    parser.add_argument("--ways", default="serial,processes,ray,one piece")
    parser.add_argument(
        "--in-memory", type=int, metavar="RUNS", help="time panels of events in memory instead"
    )
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--executor", help=argparse.SUPPRESS)
    parser.add_argument("--part-size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    memory = int(options.memory * 2**30)
    if options.executor == "in memory":
        in_memory(options.events)
        return
    if options.in_memory:
        timed_in_memory(options.events, options.in_memory)
        return
    if options.folder:
        one_way(options.folder, options.executor, options.part_size, memory)
        return
    files = options.files or max(20, options.events // 1_000_000)
    rows = options.events // files
    with TemporaryDirectory(prefix="allmende-benchmark-") as temporary:
        folder = Path(temporary, "log")
        folder.mkdir()
        needed = 2 * 30 * options.events
        if shutil.disk_usage(folder).free < needed:
            sys.exit(f"{needed / 1e9:.0f} GB of disk are needed in {temporary}")
        write = partial(written, files=files, rows=rows, members=options.events // 100, folder=folder)
        began = time.monotonic()
        size = sum(run(write, range(files), executor="processes", chunk=1))
        print(
            f"{files * rows:,} events in {files} files, {size / 1e6:,.0f} MB, "
            f"made in {time.monotonic() - began:.0f} s; memory {options.memory:g} GiB\n"
        )
        print("| way | wall s | CPU s | CPU to first | RSS GiB | PSS GiB | parts MB | SHA-256 |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
        ways = options.ways.split(",")
        found = {}
        for way in ways:
            executor = "serial" if way == "one piece" else way
            command = [sys.executable, __file__, f"--folder={folder}", f"--executor={executor}"]
            command += [
                f"--memory={options.memory}",
                *(["--part-size=1000000000000000"] * (way == "one piece")),
            ]
            found[way] = watched(command)
            parts = Path(temporary, "parts")
            found[way]["parts"] = sum(path.stat().st_size for path in parts.iterdir()) / 1e6
            shutil.rmtree(parts)
            line = found[way]
            ratio = f"{line['cpu'] / found[ways[0]]['cpu']:.2f}"
            print(
                f"| {way} | {line['wall']:.1f} | {line['cpu']:.1f} | {ratio} | {line['rss']:.2f} | "
                f"{line['pss']:.2f} | {line['parts']:.0f} | {line['hash'][:16]} |",
                flush=True,
            )
        first = found[ways[0]]
        print(f"\nA panel of {first['rows']:,} rows and {first['members']:,} members.")
        same = len({line["hash"] for line in found.values()}) == 1
        print("Every way gives the same panel." if same else "THE PANELS DIFFER.")
        sys.exit(not same)


if __name__ == "__main__":
    main()
