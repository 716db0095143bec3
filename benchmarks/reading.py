"""How much CPU does reading a git history cost, beside what git itself needs and what others take?

    python benchmarks/reading.py REPOSITORY... [--rounds 5] [--branches] [--files] [--lines] [--peers FOLDER]

CPU seconds of the whole process tree, interpreter start and imports included; the contestants take
turns in every round, so that a busy machine slows all of them. Shown are medians, and the median over
rounds of the ratio to the reference of the same round. `--peers` compares with Perceval and PyDriller,
which are installed into FOLDER when it does not exist yet.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import venv
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
FIELDS = "%H%x00%P%x00%an <%ae>%x00%ad%x00%cn <%ce>%x00%cd"
LOG = ("git", "log", "-z", "--date=raw", f"--format={FIELDS}")
# What the command line does before anything else: one thread for linear algebra.
READ = """
import os, sys
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
from pathlib import Path
from allmende.reader import ReadOptions
from allmende.readers.git import git
asked = set(sys.argv[2:])
options = ReadOptions(
    cache="cache" in asked, touches="touches" in asked, effort="lines" in asked,
    all_branches="branches" in asked, seconds=7200.0,
)
records = git(Path(sys.argv[1]), options)
print(records.source.acts, len(records.events), records.source.truncated)
"""
PERCEVAL = """
import sys
from perceval.backends.core.git import Git
print(sum(1 for _ in Git(sys.argv[1], sys.argv[2]).fetch(branches=[sys.argv[3]])))
"""
PYDRILLER = """
import sys
from pydriller import Repository
print(sum(bool(c.hash and c.author.name and c.author_date and c.parents is not None)
          for c in Repository(sys.argv[1]).traverse_commits()))
"""


@dataclass(frozen=True)
class Contestant:
    """A program to be measured; `cold` means that the cache is emptied before each run."""

    name: str
    command: tuple[str, ...]
    cold: bool = False
    once: bool = False


@dataclass(frozen=True)
class Cost:
    """What a run cost; `said` is the first word it printed, a number of commits."""

    seconds: float
    mebibytes: float
    said: str


def run(contestant: Contestant, repository: Path, cache: Path, *, limit: float) -> Cost | None:
    """One run, None when it took longer than `limit` CPU seconds or failed."""
    if contestant.cold:
        shutil.rmtree(cache, ignore_errors=True)
    environment = os.environ | {
        "GIT_FLUSH": "0",
        "GIT_DIR": str(repository),
        "ALLMENDE_CACHE": str(cache),
        "PYTHONPATH": str(SOURCE),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        plain = contestant.command[0] == "git"
        process = subprocess.Popen(
            ("sh", "-c", f'ulimit -t {int(limit)}; exec "$@"', "limited", *contestant.command),
            stdout=subprocess.DEVNULL if plain else output,
            stderr=complaints,
            env=environment if plain else {k: v for k, v in environment.items() if k != "GIT_DIR"},
            start_new_session=True,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        if status:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            complaints.seek(0)
            last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
            print(
                f"    {contestant.name}: stopped with status {status} {' '.join(last)[:200]}", file=sys.stderr
            )
            return None
        output.seek(0)
        words = output.read().decode(errors="replace").split()
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, words[0] if words else "")


def reading(repository: Path, *asked: str) -> tuple[str, ...]:
    """The command that reads a repository with Allmende."""
    return (sys.executable, "-c", READ, str(repository), *asked)


def contests(repository: Path, arguments: argparse.Namespace) -> list[list[Contestant]]:
    """Groups of contestants; the first of each is the reference."""
    every = ("branches",) if arguments.branches else ()
    log = (*LOG, "--branches", "--remotes") if arguments.branches else LOG
    kept = reading(repository, "cache", *every)
    groups = [
        [
            Contestant("git log, the same six fields", log),
            Contestant("allmende, nothing kept", reading(repository, *every)),
            Contestant("allmende, first read", kept, cold=True),
            Contestant("allmende, second read, nothing new", kept),
        ]
    ]
    if arguments.files:
        tree = (*LOG, "--raw", "--no-renames")
        groups.append(
            [
                Contestant("git log --raw: its own tree diff", tree),
                Contestant("git log --name-only", (*LOG, "--name-only", "--no-renames")),
                Contestant("allmende, files", reading(repository, "touches")),
            ]
        )
    if arguments.lines:
        groups.append(
            [
                Contestant("git log --numstat", (*LOG, "--numstat", "--no-renames"), once=True),
                Contestant("allmende, lines", reading(repository, "lines"), once=True),
            ]
        )
    if arguments.peers:
        groups.append(peers(repository, arguments.peers))
    return groups


def peers(repository: Path, folder: Path) -> list[Contestant]:
    """Perceval and PyDriller, the former with its own mirror made beforehand and not counted."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "perceval", "pydriller"], check=True)
    mirror = Path(tempfile.mkdtemp(prefix="mirror-")) / "repository"
    subprocess.run(["git", "clone", "-q", "--bare", "--no-local", str(repository), str(mirror)], check=True)
    branch = subprocess.run(
        ["git", "symbolic-ref", "--short", "HEAD"], cwd=mirror, check=True, capture_output=True, text=True
    ).stdout.strip()
    return [
        Contestant("allmende, nothing kept", reading(repository)),
        Contestant("PyDriller, metadata only", (str(python), "-c", PYDRILLER, str(mirror)), once=True),
        Contestant("Perceval", (str(python), "-c", PERCEVAL, str(mirror), str(mirror), branch), once=True),
    ]


def contest(group: list[Contestant], repository: Path, arguments: argparse.Namespace) -> None:
    """Let a group take turns and print its table."""
    costs: dict[str, list[Cost | None]] = {contestant.name: [] for contestant in group}
    with tempfile.TemporaryDirectory() as cache:
        for turn in range(arguments.rounds):
            for contestant in group:
                if not (contestant.once and turn):
                    cost = run(contestant, repository, Path(cache) / "cache", limit=arguments.limit)
                    costs[contestant.name].append(cost)
    reference = costs[group[0].name]
    print(f"| {'':44} | CPU s | ratio | MiB | commits | runs |")
    print(f"|{'-' * 46}|---|---|---|---|---|")
    for name, found in costs.items():
        done = [cost for cost in found if cost]
        if not done:
            print(f"| {name:44} | > {arguments.limit:g} or failed | | | | {len(found)} |")
            continue
        pairs = [(one, base) for one, base in zip(found, reference, strict=False) if one and base]
        ratios = [one.seconds / base.seconds for one, base in pairs] or [float("nan")]
        seconds, ratio = statistics.median(cost.seconds for cost in done), statistics.median(ratios)
        memory = max(cost.mebibytes for cost in done)
        print(f"| {name:44} | {seconds:.3f} | {ratio:.2f} | {memory:.0f} | {done[-1].said} | {len(done)} |")
    print()


def main() -> None:
    """Run the contests asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=600.0, help="CPU seconds of one run")
    parser.add_argument("--branches", action="store_true", help="all branches, not HEAD alone")
    parser.add_argument("--files", action="store_true", help="also which files each commit touched")
    parser.add_argument("--lines", action="store_true", help="also line counts, once: slow")
    parser.add_argument("--peers", type=Path, help="also Perceval and PyDriller, installed in this folder")
    arguments = parser.parse_args()
    arguments.union = False
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}", flush=True
    )
    print(subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout)
    for given in arguments.repositories:
        repository = (given / ".git" if (given / ".git").is_dir() else given).resolve()
        print(f"## {given.name}\n")
        for group in contests(repository, arguments):
            contest(group, repository, arguments)


if __name__ == "__main__":
    main()
