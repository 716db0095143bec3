"""Slow clients: a connection that does not send the head of a request in time is closed.

uvicorn waits for ever (measured: 300 half-sent requests were all still open after a minute), so the studio
brings its own limit, and one on connections from one address.
"""

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["CONNECTIONS", "HEAD_S", "Patient"]

HEAD_S = 10.0
"""How long the head of a request may take."""

CONNECTIONS = 256
"""Most connections from one address at a time."""

_open: Counter[str] = Counter()


class Patient(H11Protocol):
    """uvicorn's protocol with a limit on waiting; the class is uvicorn's own way to be extended."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._waiting: asyncio.TimerHandle | None = None
        self._address = self.client[0] if self.client else ""
        _open[self._address] += 1
        if _open[self._address] > CONNECTIONS:
            transport.close()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; once a head is complete there is nothing to wait for until the next request."""
        before = self.cycle
        if self._waiting is None and (before is None or before.response_complete):
            self._wait()
        super().data_received(data)
        if self._waiting is not None and self.cycle is not before:
            self._waiting.cancel()
            self._waiting = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        _open[self._address] -= 1
        if not _open[self._address]:
            del _open[self._address]
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(HEAD_S, self._give_up)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
