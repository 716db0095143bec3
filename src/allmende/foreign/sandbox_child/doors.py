"""What the program gives up before it looks at a stranger's file, as the operating system lets it.

Limits of memory, CPU time, open files and written bytes; a namespace without network; and on Linux a
filter in the kernel that denies sockets, programs, signals, and every call that makes, writes, renames
or removes a file.
"""

import ctypes
import os
import struct
import sys

__all__ = ["close_doors"]

NETWORK_AND_USER = 0x40000000 | 0x10000000
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
# For each machine: its name in a filter; calls that are denied (socket, connect, execve, execveat, ptrace,
# kill, process_vm_writev, io_uring_setup, mount, openat2; creat, unlink, rename, truncate, mkdir, rmdir,
# link, symlink, chmod and their variants); and calls that open files, with the place of their flags.
# fmt: off
MACHINES = {
    "x86_64": (
        0xC000003E,
        (
            41, 42, 59, 322, 101, 62, 311, 425, 165, 437,
            85, 87, 263, 82, 264, 316, 76, 77, 83, 258, 84, 86, 265, 88, 266, 90, 91, 268,
        ),
        {2: 1, 257: 2},
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 221, 281, 117, 129, 271, 425, 40, 437, 35, 38, 276, 45, 46, 34, 37, 36, 52, 53),
        {56: 2},
    ),
}
# fmt: on
WRITING = 0o1 | 0o2 | 0o100 | 0o1000
"""Flags of opening to write, to read and write, to create, to empty."""


def close_doors(memory: int, seconds: int) -> list[str]:
    """Give up what reading a file does not need; answers what could not be given up here."""
    still_open = []
    try:
        import resource

        for limit, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (most, most))
    except (ImportError, ValueError, OSError):
        still_open.append("memory and time")
    # A namespace without network, and a filter in the kernel that refuses sockets: either is enough.
    if not (_unshare() | _filter()):
        still_open.append("network")
    return still_open


def _unshare() -> bool:
    try:
        return bool(ctypes.CDLL(None).unshare(NETWORK_AND_USER) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def _filter() -> bool:
    """Install a seccomp filter: no socket, no program, no signal, no file made, written or removed."""
    machine = os.uname().machine if hasattr(os, "uname") else ""
    if machine not in MACHINES or not sys.platform.startswith("linux"):
        return False
    program = _program(*MACHINES[machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    head = ctypes.create_string_buffer(struct.pack("HL", len(program), ctypes.addressof(code)))
    library = ctypes.CDLL(None)
    nothing = ctypes.c_ulong(0)
    library.prctl(NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing)
    return bool(library.prctl(SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(head), nothing, nothing) == 0)


def _program(
    architecture: int, denied: tuple[int, ...], opening: dict[int, int]
) -> list[tuple[int, int, int, int]]:
    """The filter in the kernel's own language: (operation, lines to skip if true, if false, operand)."""
    load, equal, at_least, any_of = 0x20, 0x15, 0x35, 0x45
    refuse, allow = (0x06, 0, 0, 0x00050000 | 1), (0x06, 0, 0, 0x7FFF0000)
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        refuse,
        (load, 0, 0, 0),
        # Calls by the second numbering of the same machine would pass the list below.
        (at_least, 0, 1, 0x40000000),
        refuse,
    ]
    for call in denied:
        program += [(equal, 0, 1, call), refuse]
    for call, place in opening.items():
        program += [(equal, 0, 4, call), (load, 0, 0, 16 + 8 * place), (any_of, 0, 1, WRITING), refuse, allow]
    return [*program, allow]
