"""The server itself: slow clients are closed, others are served meanwhile, and it says where to begin."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

SERVER = """
import sys
from pathlib import Path
from allmende.studio.application import opened
from allmende.studio.security import slow
from allmende.studio.serving import serve
from allmende.studio.settings import Settings
slow.HEAD_S = 0.6
serve(opened(Settings(folder=Path(sys.argv[1]), port=int(sys.argv[2]))))
"""
SLOW = 60


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-W", "error", "-c", SERVER, str(tmp_path / "s"), str(found)])
    for _ in range(400):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", found)) == 0:
                break
        time.sleep(0.05)
    yield found
    process.terminate()
    assert process.wait(20) in {0, -15}


def closed(one: socket.socket) -> bool:
    one.settimeout(0.0)
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_slow_clients_are_closed_while_others_are_served(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW)]
    begun = time.monotonic()
    letters = iter(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Very-Long: " + b"a" * 1000)
    worst = 0.0
    while time.monotonic() - begun < 1.6:
        letter = bytes([next(letters)])
        for one in slow:
            try:
                one.sendall(letter)
            except OSError:
                continue
        asked = time.monotonic()
        with urlopen(f"http://127.0.0.1:{port}/privacy", timeout=10) as answer:
            assert answer.status == 200
        worst = max(worst, time.monotonic() - asked)
        time.sleep(0.05)
    assert all(closed(one) for one in slow)
    assert worst < 5.0
    for one in slow:
        one.close()


def test_a_body_that_stops_short_holds_nobody_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        head = f"POST /enter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        one.sendall(f"{head}Content-Length: 100\r\n\r\nname=".encode())
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert answer.status == 200


def test_two_requests_one_after_the_other_on_a_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        for _ in range(3):
            one.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            told = b""
            while not told.endswith(b"/contact\n"):
                more = one.recv(65536)
                assert more, told
                told += more
            assert told.startswith(b"HTTP/1.1 200")
            time.sleep(0.4)
