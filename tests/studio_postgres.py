"""A real PostgreSQL in a temporary folder, run by a user that is not root; skipped where there is none."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def program(name: str) -> str | None:
    """The newest program of that name: Debian keeps them out of the way."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parts[-3]))
    return str(places[-1]) if places else shutil.which(name)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="allmende-postgres-"))
    somebody = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    own = {"user": somebody.pw_uid, "group": somebody.pw_gid} if os.getuid() == 0 else {}
    more = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **own}
    quick = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60"]
    where = ["-D", f"{folder}/data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"]
    subprocess.run(
        [initdb, "-D", f"{folder}/data", "-U", "studio", "--auth=trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, **more,
    )  # fmt: skip
    process = subprocess.Popen(
        [server, *where, *quick], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more
    )
    address = f"postgresql://studio@127.0.0.1:{port}/postgres"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
