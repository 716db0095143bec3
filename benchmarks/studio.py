"""Two hundred readers at once, while a job runs: how long published pages take.

    python benchmarks/studio.py [--readers 200] [--seconds 20]

Starts a studio in a process of its own, publishes a study with notes and comments, then lets readers ask for
its pages one after another, each on a connection of its own, first with the machine to themselves and then
while a comparison runs. Every page was asked for once before. Readers are one more process; server, job and
readers share the machine.
"""

import argparse
import asyncio
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from allmende.studio.accounts import people
from allmende.studio.accounts.roles import Role
from allmende.studio.application import opened
from allmende.studio.discussion import comments, notes
from allmende.studio.jobs.question import Question
from allmende.studio.jobs.queue import cancel, enqueue
from allmende.studio.settings import Settings
from allmende.studio.studies import versions

SERVER = """
import sys
from pathlib import Path
from allmende.studio.application import opened
from allmende.studio.serving import serve
from allmende.studio.settings import Settings
serve(opened(Settings(folder=Path(sys.argv[1]), port=int(sys.argv[2]))))
"""
PATHS = ("", "/versions/1", "/notes/on-money", "/feed.atom", "/comments.atom")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--readers", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=20.0)
    asked.add_argument("--think", type=float, default=1.0, help="seconds between two pages of one reader")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        place = Path(folder) / "s"
        study, author = prepared(place, port)
        print(f"{given.readers} readers, {given.seconds:g} s each row, {os.cpu_count()} processors\n")
        print("| Published pages | Pages a second | median ms | p95 | p99 | worst | refused |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, think, busy in (
            (f"a page every {given.think:g} s each", given.think, False),
            (f"a page every {given.think:g} s each, a job runs", given.think, True),
            ("without pause, a job runs", 0.0, True),
        ):
            row(
                name, place, port=port, study=study, author=author, readers=given.readers,
                seconds=given.seconds, think=think, busy=busy,
            )  # fmt: skip


def prepared(place: Path, port: int) -> tuple[str, str]:
    """A published study with a note and forty comments, written before anybody reads."""
    studio = opened(Settings(folder=place, port=port))
    now = int(time.time())
    account = people.accept(studio.store, people.invite(studio.store, "A", Role.AUTHOR, now=now), "", now=now)
    assert account is not None
    study = versions.create(
        studio.store, title="Read by many", source="case:mozilla-2006", owner=account.id, now=now
    )
    job = enqueue(studio.store, study.id, account.id, Question("place", study.source), most=9, now=now)
    studio.runner.start()
    while studio.store.value("SELECT state FROM jobs WHERE id = ?", job) != "done":
        time.sleep(0.1)
    versions.publish(studio.store, study, {1}, now=now)
    notes.save(
        studio.store, study=study.id, note=None, author=account.id, title="On money",
        body="*Who* pays?\n\n" * 40, tags="money", public=True, now=now,
    )  # fmt: skip
    for number in range(40):
        with studio.store.write() as act:
            comments.add(
                act, study=study.id, note=0, parent=0, name="Jane", account="",
                text=f"{number} [fn]www.example.org[/fn]", renderer=1,
                state="published", flags=(), writer="", now=now,
            )  # fmt: skip
    studio.runner.stop()
    studio.store.close()
    return study.id, account.id


def row(
    name: str,
    place: Path,
    *,
    port: int,
    study: str,
    author: str,
    readers: int,
    seconds: float,
    think: float,
    busy: bool,
) -> None:
    """One row of the table: a fresh server, and a job if one is to run."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(place), str(port)])
    studio = opened(Settings(folder=place, port=port))
    try:
        asyncio.run(awake(port))
        for path in PATHS:
            with urlopen(f"http://127.0.0.1:{port}/studies/{study}{path}") as answer:
                answer.read()
        job = 0
        if busy:
            question = Question(
                "compare", "case:mozilla-2006", economy="commons", policies={"bounty": {}},
                members=5_000, months=240, replicates=80, seed=int(time.time()),
            )  # fmt: skip
            job = enqueue(studio.store, study, author, question, most=99, now=int(time.time()))
            while studio.store.value("SELECT state FROM jobs WHERE id = ?", job) != "running":
                time.sleep(0.05)
            time.sleep(3.0)
        times, refused = asyncio.run(crowd(port, study, readers, seconds, think))
        if job:
            state = studio.store.value("SELECT state FROM jobs WHERE id = ?", job)
            assert state == "running", f"the job is {state}: make it longer"
            cancel(studio.store, job, now=int(time.time()))
            time.sleep(1.5)
    finally:
        server.terminate()
        server.wait(20)
        studio.store.close()
    times.sort()
    cut = [1000 * times[min(int(len(times) * share), len(times) - 1)] for share in (0.5, 0.95, 0.99, 1)]
    print(
        f"| {name} | {len(times) / seconds:,.0f} | "
        + " | ".join(f"{one:.0f}" for one in cut)
        + f" | {refused} |",
        flush=True,
    )


async def awake(port: int) -> None:
    """Wait until the server listens."""
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise SystemExit("the server did not start")


async def crowd(port: int, study: str, readers: int, seconds: float, think: float) -> tuple[list[float], int]:
    """Readers who ask for one page after another; the first page of each, which opens a connection, too."""
    times: list[float] = []
    refused = 0
    until = time.monotonic() + seconds

    async def reader(number: int) -> None:
        nonlocal refused
        await asyncio.sleep(think * number / readers)
        connection = None
        turn = number
        while time.monotonic() < until:
            path = f"/studies/{study}{PATHS[turn % len(PATHS)]}"
            turn += 1
            begun = time.perf_counter()
            if connection is None:
                connection = await asyncio.open_connection("127.0.0.1", port)
            incoming, outgoing = connection
            outgoing.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = await incoming.readuntil(b"\r\n\r\n")
            length = int(
                next(one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length")).split()[
                    1
                ]
            )
            await incoming.readexactly(length)
            times.append(time.perf_counter() - begun)
            refused += not head.startswith(b"HTTP/1.1 200")
            if think:
                await asyncio.sleep(think)

    await asyncio.gather(*(reader(number) for number in range(readers)))
    return times, refused


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    main()
