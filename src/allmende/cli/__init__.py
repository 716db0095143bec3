"""The command line: `allmende measure PATH` and its companions.

Each command is a module that is loaded when the command is used, so that `allmende --help` loads nothing
heavy.
"""

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    The code is 0 when all was done, 2 when something given was not right, 1 for a fault of Allmende's own,
    130 when the user stopped it, 141 when whoever read the output went away.

    Args:
        arguments: Words after the program's name; those of the process when None.
    """
    # Threads of linear algebra cost more to start than anything here gains by them (measured: 0.07 s of CPU
    # at the start, and ten times the time of a small fit on a busy machine).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from allmende.cli.commands import commands
    from allmende.cli.failing import guarded

    given = list(sys.argv[1:] if arguments is None else arguments)
    raise SystemExit(guarded(commands, given))
