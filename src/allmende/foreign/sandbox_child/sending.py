"""How the program answers: lines of JSON, and plain bytes that such a line announced."""

import json
import os
from typing import Any, BinaryIO

__all__ = ["Channel"]


class Channel:
    """The way back to who started the program; nobody else's words go there.

    Libraries write to the standard output as they please (progress bars, warnings). What was the standard
    output becomes the channel, and the standard output goes where errors go.
    """

    def __init__(self) -> None:
        self._pipe: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)

    def answer(self, what: dict[str, Any]) -> None:
        """Send a line of JSON."""
        self._pipe.write(json.dumps(what).encode() + b"\n")
        self._pipe.flush()

    def column(self, kind: str, values: Any, missing: Any, table: list[str]) -> None:
        """Send a column: a line that says what follows, then the bytes."""
        import numpy as np

        texts = json.dumps(table).encode()
        self.answer({"kind": kind, "rows": len(values), "table": len(texts)})
        dtype = {"text": "<i4", "fraction": "<f8"}.get(kind, "<i8")
        for part in (np.ascontiguousarray(values, dtype).data, np.packbits(missing).data, texts):
            self._pipe.write(part)
        self._pipe.flush()

    def block(self, content: bytes | bytearray) -> None:
        """Send bytes: a line that says how many, then they."""
        self.answer({"bytes": len(content)})
        self._pipe.write(content)
