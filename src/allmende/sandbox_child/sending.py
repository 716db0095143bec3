"""How the program answers: lines of JSON, and plain bytes that such a line announced."""

import json
import sys
from typing import Any

__all__ = ["answer", "send", "send_bytes"]


def answer(what: dict[str, Any]) -> None:
    """Send a line of JSON."""
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()


def send(kind: str, values: Any, missing: Any, table: list[str]) -> None:
    """Send a column: a line that says what follows, then the bytes."""
    import numpy as np

    texts = json.dumps(table).encode()
    answer({"kind": kind, "rows": len(values), "table": len(texts)})
    dtype = {"text": "<i4", "fraction": "<f8"}.get(kind, "<i8")
    for part in (np.ascontiguousarray(values, dtype).data, np.packbits(missing).data, texts):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def send_bytes(content: bytes | bytearray) -> None:
    """Send bytes: a line that says how many, then they."""
    answer({"bytes": len(content)})
    sys.stdout.buffer.write(content)
